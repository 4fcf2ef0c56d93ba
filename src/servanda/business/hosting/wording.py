"""What hosting's letters say, in Danish and English."""

from datetime import date

from servanda.ground.calendar import day_text


def export_subject(name: str, language: str) -> str:
    return f"Husk dine data: {name}" if language == "da" else f"Remember your data: {name}"


def export_paragraphs(name: str, company_name: str, email: str, ends_on: date, language: str) -> tuple[str, ...]:
    """Return the reminder to take data out before a service ends."""
    day = day_text(ends_on, language)
    if language == "da":
        return (
            f"Aftalen om {name} hos {company_name} slutter {day}.",
            "Gem de filer, mails og databaser, du vil beholde, inden den dag.",
            f"Har du brug for hjælp til at hente dine data, så skriv til {email}.",
        )
    return (
        f"The agreement on {name} with {company_name} ends on {day}.",
        "Save the files, mails and databases that you want to keep before that day.",
        f"If you need help to get your data, write to {email}.",
    )
