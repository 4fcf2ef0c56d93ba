"""The letter that invites somebody to act for a customer, and the mails about logins."""

from datetime import datetime

from servanda.ground.calendar import moment_text


def invitation_subject(company: str, language: str) -> str:
    return (
        f"Din adgang til kundesiderne hos {company}"
        if language == "da"
        else f"Your access to {company}'s customer pages"
    )


def invitation_paragraphs(*, company: str, customer: str, link: str, until: datetime, language: str) -> tuple[str, ...]:
    """Return the letter, paragraph by paragraph; the link stands alone so that a mail program makes it one."""
    day = moment_text(until, language)
    if language == "da":
        return (
            f"Du er inviteret til at handle for {customer} på {company}s kundesider.",
            f"Åbn dette link, og vælg en adgangskode. Linket virker én gang og til og med {day}:",
            link,
            "Har du ikke ventet denne mail, kan du se bort fra den. Uden linket sker der ingenting.",
        )
    return (
        f"You are invited to act for {customer} on {company}'s customer pages.",
        f"Open this link and choose a password. The link works once, and until {day}:",
        link,
        "If you did not expect this mail, ignore it. Without the link nothing happens.",
    )


def password_subject(company: str, language: str) -> str:
    return f"Vælg en ny adgangskode hos {company}" if language == "da" else f"Choose a new password at {company}"


def password_paragraphs(company: str, link: str, hours: int, language: str) -> tuple[str, ...]:
    if language == "da":
        return (
            f"Nogen har bedt om en ny adgangskode til kundesiderne hos {company}.",
            f"Var det dig, så åbn dette link inden {hours} timer, og vælg en ny:",
            link,
            "Var det ikke dig, skal du ikke gøre noget. Din adgangskode er den samme som før.",
        )
    return (
        f"Somebody asked for a new password to the customer pages of {company}.",
        f"If it was you, open this link within {hours} hours and choose a new one:",
        link,
        "If it was not you, you need do nothing. Your password is the same as before.",
    )


def password_changed_subject(company: str, language: str) -> str:
    if language == "da":
        return f"Din adgangskode hos {company} er ændret"
    return f"Your password at {company} was changed"


def password_changed_paragraphs(company: str, language: str) -> tuple[str, ...]:
    if language == "da":
        return (
            f"Adgangskoden til kundesiderne hos {company} er ændret, og alle andre er logget ud.",
            f"Var det ikke dig, så vælg straks en ny med »Glemt adgangskode«, og svar på denne mail til {company}.",
        )
    return (
        f"The password to the customer pages of {company} was changed, and all others are signed out.",
        f"If it was not you, choose a new one at once by “Forgot the password”, and answer this mail to {company}.",
    )


def email_subject(company: str, language: str) -> str:
    return f"Bekræft din nye adresse hos {company}" if language == "da" else f"Confirm your new address at {company}"


def email_paragraphs(company: str, link: str, hours: int, language: str) -> tuple[str, ...]:
    if language == "da":
        return (
            f"Denne adresse er skrevet som ny adresse til kundesiderne hos {company}.",
            f"Åbn dette link inden {hours} timer for at bruge den fremover:",
            link,
            "Har du ikke bedt om det, skal du ikke gøre noget.",
        )
    return (
        f"This address was given as the new one for the customer pages of {company}.",
        f"Open this link within {hours} hours to sign in with it from now on:",
        link,
        "If you did not ask for it, you need do nothing.",
    )


def email_changed_subject(company: str, language: str) -> str:
    if language == "da":
        return f"Din adresse til {company} er ændret"
    return f"Your address at {company} was changed"


def email_changed_paragraphs(company: str, link: str, days: int, language: str) -> tuple[str, ...]:
    if language == "da":
        return (
            f"Fra nu af logger du ind på kundesiderne hos {company} med en anden e-mailadresse end denne.",
            f"Var det ikke dig, så åbn dette link inden {days} dage. Så gælder denne adresse igen, og alle bliver logget ud:",
            link,
        )
    return (
        f"From now on another e-mail address than this one signs in to the customer pages of {company}.",
        f"If it was not you, open this link within {days} days. This address then holds again, and all are signed out:",
        link,
    )
