"""What the letter of a payout says, in Danish and English."""

from datetime import date

from servanda.ground.calendar import day_text
from servanda.ground.money import Money, money_text

ENDING = 4  # so many of the last digits name an account to those who know it, and to nobody else


def paid_back_subject(company_name: str, language: str) -> str:
    return f"{company_name} har betalt penge tilbage" if language == "da" else f"{company_name} has paid money back"


def paid_back_paragraphs(amount: Money, account: str, on: date, email: str, language: str) -> tuple[str, ...]:
    """Return the news that money was paid back: how much, when, and to which account."""
    much, day, ending = money_text(amount, language), day_text(on, language), account[-ENDING:]
    if language == "da":
        return (
            f"Vi har {day} betalt {much} tilbage til kontoen, der ender på {ending}.",
            f"Kender du ikke kontoen, så skriv straks til {email}.",
        )
    return (
        f"On {day} we paid {much} back to the account that ends in {ending}.",
        f"If you do not know the account, write to {email} at once.",
    )
