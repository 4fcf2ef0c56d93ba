"""The letter that invites somebody to act for a customer."""

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
