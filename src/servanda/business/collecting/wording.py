"""What collecting's letters say, in Danish and English: what will be collected, what was, and what could not be."""

from dataclasses import dataclass
from datetime import date

from servanda.business.collecting.facts import MandateKind
from servanda.ground.calendar import day_text
from servanda.ground.money import Money, money_text

PROVIDERS = {MandateKind.BETALINGSSERVICE: "Betalingsservice", MandateKind.MOBILEPAY: "MobilePay"}


@dataclass(frozen=True, slots=True)
class Words:
    """The subject of a letter and its paragraphs."""

    subject: str
    paragraphs: tuple[str, ...]


def announced(number: int, amount: Money, kind: MandateKind, on: date, language: str) -> Words:
    """Return the news that an invoice will be collected, and when."""
    by, much, day = PROVIDERS[kind], money_text(amount, language), day_text(on, language)
    if language == "da":
        return Words(
            f"Faktura {number} betales automatisk",
            (
                _ended(f"Faktura {number} på {much} bliver trukket gennem {by} {day}"),
                "Du skal ikke selv betale den. Er beløbet ikke rigtigt, så skriv til os inden den dag.",
            ),
        )
    return Words(
        f"Invoice {number} is paid automatically",
        (
            _ended(f"Invoice {number} for {much} will be collected through {by} on {day}"),
            "You need not pay it yourself. If the amount is not right, write to us before that day.",
        ),
    )


def collected(number: int, amount: Money, kind: MandateKind, on: date, language: str) -> Words:
    """Return the receipt for what was collected."""
    by, much, day = PROVIDERS[kind], money_text(amount, language), day_text(on, language)
    if language == "da":
        told = _ended(f"Vi har {day} fået {much} gennem {by} for faktura {number}")
        return Words(f"Faktura {number} er trukket", (f"{told} Tak.",))
    told = _ended(f"On {day} we received {much} through {by} for invoice {number}")
    return Words(f"Invoice {number} was collected", (f"{told} Thank you.",))


def not_collected(number: int, amount: Money, kind: MandateKind, *, is_taken_back: bool, language: str) -> Words:
    """Return the news that an invoice was not collected, or that the payment was taken back, and what is to be done."""
    by, much = PROVIDERS[kind], money_text(amount, language)
    if language == "da":
        how = "er taget tilbage igen" if is_taken_back else "kunne ikke trækkes"
        return Words(
            f"Faktura {number} er ikke betalt",
            (
                f"Betalingen af faktura {number} på {much} gennem {by} {how}.",
                "Vi prøver ikke at trække den igen. Betal den i stedet med en overførsel; oplysningerne står her og på fakturaen.",
            ),
        )
    how = "was taken back" if is_taken_back else "could not be collected"
    return Words(
        f"Invoice {number} is not paid",
        (
            f"The payment of invoice {number} for {much} through {by} {how}.",
            "We will not try to collect it again. Please pay it by a transfer instead; the details stand here and on the invoice.",
        ),
    )


def owed(number: int, language: str) -> str:
    return f"Faktura {number}" if language == "da" else f"Invoice {number}"


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith(".") else f"{sentence}."
