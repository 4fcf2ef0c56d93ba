"""The mails of a sign-up, in Danish and English."""


def start_subject(company: str, language: str) -> str:
    return f"Bliv kunde hos {company}" if language == "da" else f"Become a customer of {company}"


def start_paragraphs(company: str, link: str, days: int, language: str) -> tuple[str, ...]:
    """Return the mail that proves an address; it costs nothing to open."""
    if language == "da":
        return (
            f"Du vil være kunde hos {company}. Åbn dette link for at gå videre. Det virker i {days} dage:",
            link,
            "Ingenting er bestilt endnu. Har du ikke selv skrevet din adresse, skal du ikke gøre noget.",
        )
    return (
        f"You want to become a customer of {company}. Open this link to go on. It works for {days} days:",
        link,
        "Nothing is ordered yet. If you did not write your address yourself, you need do nothing.",
    )


def known_subject(company: str, language: str) -> str:
    return f"Du er allerede kunde hos {company}" if language == "da" else f"You are a customer of {company} already"


def known_paragraphs(company: str, link: str, language: str) -> tuple[str, ...]:
    """Return the mail to an address that signs in already: the page that it was written on says the same to everybody."""
    if language == "da":
        return (
            f"Nogen, sikkert dig selv, vil oprette denne adresse som kunde hos {company}. Den har allerede et login.",
            "Log ind, og bestil på kundesiderne:",
            link,
        )
    return (
        f"Somebody, probably you, wants to sign this address up with {company}. It has a login already.",
        "Sign in, and order on the customer pages:",
        link,
    )


def guardian_subject(minor: str, company: str, language: str) -> str:
    if language == "da":
        return f"{minor} vil bestille hos {company} og skal have dit ja"
    return f"{minor} wants to order from {company} and needs your yes"


def guardian_paragraphs(
    minor: str, guardian: str, company: str, link: str, days: int, language: str
) -> tuple[str, ...]:
    if language == "da":
        return (
            f"Hej {guardian}. {minor} er ikke myndig og har skrevet dig som værge. Værgens ja skal til, før en bestilling gælder.",
            f"Åbn dette link for at se, hvad det er og hvad det koster, og sig ja eller nej. Det virker i {days} dage:",
            link,
            f"Et menneske hos {company} ser på dit ja, før noget sker. Er du ikke værge, så sig nej, eller gør ingenting.",
        )
    return (
        f"Hello {guardian}. {minor} is not of age and named you as their guardian. An order holds only with a guardian's yes.",
        f"Open this link to see what it is and what it costs, and say yes or no. It works for {days} days:",
        link,
        f"A person at {company} looks at your yes before anything happens. If you are no guardian, say no, or do nothing.",
    )


def decided_subject(company: str, *, is_approved: bool, language: str) -> str:
    if language == "da":
        return f"Du kan bestille hos {company} nu" if is_approved else f"Din bestilling hos {company}"
    return f"You can order from {company} now" if is_approved else f"Your order with {company}"


def decided_paragraphs(company: str, *, is_approved: bool, email: str, language: str) -> tuple[str, ...]:
    """Return the mail to the minor: the link from before leads on, or no order comes of it."""
    if language == "da":
        if is_approved:
            return (f"{company} har set din værges ja. Åbn linket fra vores første mail igen, og bestil.",)
        return (f"{company} kunne ikke godtage din værges ja, så der er ikke bestilt noget. Skriv til {email}.",)
    if is_approved:
        return (f"{company} has seen your guardian's yes. Open the link of our first mail again, and order.",)
    return (f"{company} could not take your guardian's yes, so nothing is ordered. Write to {email}.",)
