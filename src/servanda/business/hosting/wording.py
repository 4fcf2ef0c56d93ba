"""What hosting's letters say, in Danish and English."""

from collections.abc import Mapping
from datetime import date

from servanda.ground.calendar import day_text
from servanda.ground.money import Money, money_text


def export_subject(name: str, language: str) -> str:
    return f"Husk dine data: {name}" if language == "da" else f"Remember your data: {name}"


def erasure_subject(name: str, language: str) -> str:
    return f"Dine data er slettet: {name}" if language == "da" else f"Your data are erased: {name}"


def erasure_paragraphs(
    name: str, company_name: str, on: date, parts: int, figures: Mapping[str, int], language: str
) -> tuple[str, ...]:
    """Return the certificate of erasure, from what the machine told of its own work."""
    day = day_text(on, language)
    words = _ERASED_DA if language == "da" else _ERASED_EN
    counted = ", ".join(f"{figures[what]} {word}" for what, word in words.items() if figures.get(what))
    if language == "da":
        return (
            f"{company_name} har slettet alle data, der hørte til {name}. Det blev bekræftet af serveren {day}.",
            f"{parts} dele er slettet" + (f": {counted}." if counted else "."),
            "Fakturaer og bogføring gemmes, så længe loven kræver det.",
        )
    return (
        f"{company_name} has erased all data of {name}. The server confirmed it on {day}.",
        f"{parts} parts are erased" + (f": {counted}." if counted else "."),
        "Invoices and bookkeeping are kept for as long as the law demands.",
    )


_ERASED_DA = {"erased_files": "filer", "erased_tables": "tabeller", "erased_records": "navne", "erased_bytes": "byte"}
_ERASED_EN = {"erased_files": "files", "erased_tables": "tables", "erased_records": "names", "erased_bytes": "bytes"}


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


def order_subject(company: str, language: str) -> str:
    return f"Bekræftelse på din bestilling hos {company}" if language == "da" else f"Your order with {company}"


def order_paragraphs(
    *,
    company: str,
    name: str,
    plan: str,
    number: str,
    price: Money,
    is_with_vat: bool,
    months: int,
    version: str,
    begins_on: date,
    withdraw_until: date | None,
    is_start_requested: bool,
    email: str,
    language: str,
) -> tuple[str, ...]:
    """Return the confirmation of an order as the law wants it kept: what, at what price, on which terms, how to withdraw."""
    amount, begins = money_text(price, language), day_text(begins_on, language)
    if language == "da":
        vat = "inkl. moms" if is_with_vat else "ekskl. moms"
        every = f"for hver periode på {months} måneder" if months else "én gang"
        said = [
            f"Tak for din bestilling. Aftalen mellem dig og {company} har nummer {number}.",
            f"Du har bestilt: {plan}, {name}. Prisen er {amount} {vat}, {every}. Aftalen begynder {begins}.",
            f"Vilkårene i version {version}, som du accepterede, gælder. Du finder dem på kundesiderne.",
        ]
        if withdraw_until is not None:
            said.append(
                f"Du kan fortryde aftalen til og med {day_text(withdraw_until, 'da')}: brug knappen på kundesiderne, eller skriv"
                f" til {email}."
                + (
                    " Du har bedt om, at vi begynder med det samme; fortryder du, betaler du for de brugte dage."
                    if is_start_requested
                    else ""
                )
            )
        return tuple(said)
    vat = "including VAT" if is_with_vat else "without VAT"
    every = f"for each period of {months} months" if months else "once"
    said = [
        f"Thank you for your order. The agreement between you and {company} has the number {number}.",
        f"You ordered: {plan}, {name}. The price is {amount} {vat}, {every}. The agreement begins on {begins}.",
        f"The terms in version {version}, which you accepted, apply. They stand on the customer pages.",
    ]
    if withdraw_until is not None:
        said.append(
            f"You can withdraw until {day_text(withdraw_until, 'en')}: use the button on the customer pages, or write to {email}."
            + (
                " You asked us to begin at once; if you withdraw you pay for the days used."
                if is_start_requested
                else ""
            )
        )
    return tuple(said)
