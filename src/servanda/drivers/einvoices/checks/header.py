"""Is what the document says of itself whole: number, days, currency, references?"""

from collections.abc import Iterator

from servanda.drivers.einvoices.codes import CURRENCIES
from servanda.drivers.einvoices.model import EInvoice, EReminder
from servanda.drivers.einvoices.ports import Format, Objection
from servanda.drivers.einvoices.ubl import xml_text
from servanda.ground.law.sentences import Sentence


def wrong_in_header(invoice: EInvoice, *, document_format: Format) -> Iterator[Objection]:
    """Yield what is wrong with an invoice or a credit note as a whole."""
    yield from _wrong_number(invoice.number)
    yield from _wrong_currency(invoice.currency)
    yield from _wrong_references(invoice, document_format)
    yield from _wrong_days(invoice, document_format)
    yield from _wrong_accounting_currency(invoice, document_format)
    if invoice.kind == "credit note" and not any(xml_text(one.number) for one in invoice.preceding):
        yield Objection(
            field="preceding",
            term="BG-3",
            message=Sentence(
                "Kreditnotaen siger ikke, hvilken faktura den ændrer.",
                "The credit note does not say which invoice it changes.",
            ),
            remedy=Sentence("Angiv fakturaens nummer.", "Give the number of the invoice."),
        )
    if any(not xml_text(one.number) for one in invoice.preceding) and invoice.kind == "invoice":
        yield Objection(
            field="preceding",
            term="BT-25",
            message=Sentence("Den tidligere faktura har intet nummer.", "The preceding invoice has no number."),
            remedy=Sentence("Angiv dens nummer, eller udelad den.", "Give its number, or leave it out."),
        )


def wrong_in_reminder(reminder: EReminder, *, document_format: Format) -> Iterator[Objection]:
    """Yield what is wrong with a reminder."""
    if document_format == "peppol bis 3":
        yield Objection(
            field="format",
            message=Sentence("Peppol BIS 3 har ingen rykker.", "Peppol BIS 3 has no reminder."),
            remedy=Sentence("Send den som OIOUBL eller som brev.", "Send it as OIOUBL or as a letter."),
        )
    yield from _wrong_number(reminder.number)
    yield from _wrong_currency(reminder.currency)
    if reminder.sequence < 1:
        yield Objection(
            field="sequence",
            message=Sentence(
                f"Rykkerens løbenummer er {reminder.sequence}.", f"The reminder's sequence is {reminder.sequence}."
            ),
            remedy=Sentence("Tæl rykkere fra 1.", "Count reminders from 1."),
        )
    if not reminder.claims:
        yield Objection(
            field="claims",
            message=Sentence("Rykkeren nævner ingen faktura.", "The reminder names no invoice."),
            remedy=Sentence("Angiv de fakturaer, der rykkes for.", "Name the invoices that it is about."),
        )
    for number, claim in enumerate(reminder.claims, start=1):
        if not xml_text(claim.invoice_number):
            yield _unnamed(f"claims[{number}].invoice_number")
        if claim.balance.minor <= 0 or claim.balance.currency != reminder.currency:
            yield _wrong_balance(f"claims[{number}].balance", str(claim.balance), reminder.currency)
    for number, charge in enumerate(reminder.charges, start=1):
        if charge.amount.minor <= 0 or charge.amount.currency != reminder.currency:
            yield _wrong_balance(f"charges[{number}].amount", str(charge.amount), reminder.currency)


def _unnamed(field: str) -> Objection:
    return Objection(
        field=field,
        message=Sentence("En faktura i rykkeren har intet nummer.", "An invoice in the reminder has no number."),
        remedy=Sentence("Angiv fakturaens nummer.", "Give the number of the invoice."),
    )


def _wrong_balance(field: str, said: str, currency: str) -> Objection:
    return Objection(
        field=field,
        message=Sentence(
            f"Beløbet i {field} er {said}; det skal være over nul og i {currency}.",
            f"The amount in {field} is {said}; it must be above zero and in {currency}.",
        ),
        remedy=Sentence("Udelad det, der er betalt.", "Leave out what is paid."),
    )


def _wrong_number(number: str) -> Iterator[Objection]:
    if not xml_text(number):
        yield Objection(
            field="number",
            term="BT-1",
            message=Sentence("Dokumentet har intet nummer.", "The document has no number."),
            remedy=Sentence("Giv det det næste nummer i rækken.", "Give it the next number of the series."),
        )


def _wrong_currency(currency: str) -> Iterator[Objection]:
    if currency not in CURRENCIES:
        yield Objection(
            field="currency",
            term="BT-5",
            message=Sentence(f"Valutaen {currency!r} bruges ikke her.", f"The currency {currency!r} is not used here."),
            remedy=Sentence(
                f"Brug en af: {', '.join(sorted(CURRENCIES))}.", f"Use one of: {', '.join(sorted(CURRENCIES))}."
            ),
        )


def _wrong_references(invoice: EInvoice, document_format: Format) -> Iterator[Objection]:
    if xml_text(invoice.order_reference) or xml_text(invoice.buyer_reference):
        return
    if invoice.buyer.is_public:
        yield Objection(
            field="buyer_reference",
            term="BT-10",
            message=Sentence(
                "En offentlig kunde skal have et ordrenummer eller en personreference på fakturaen.",
                "A public customer must have an order number or a person reference on the invoice.",
            ),
            remedy=Sentence(
                "Bed kunden om det ene, og skriv det på kunden.", "Ask the customer for either, and note it there."
            ),
        )
    elif document_format == "peppol bis 3":
        yield Objection(
            field="buyer_reference",
            term="BT-10",
            message=Sentence(
                "Peppol BIS 3 kræver køberens reference eller et ordrenummer.",
                "Peppol BIS 3 asks for the buyer's reference or an order number.",
            ),
            remedy=Sentence(
                "Brug kundenummeret, hvis køberen ingen reference har.",
                "Use the customer number if the buyer has no reference.",
            ),
        )


def _wrong_days(invoice: EInvoice, document_format: Format) -> Iterator[Objection]:
    if invoice.totals.payable.minor > 0 and invoice.due_on is None and not xml_text(invoice.payment_terms):
        yield Objection(
            field="due_on",
            term="BT-9",
            message=Sentence(
                "Der skal betales noget, men hverken forfaldsdag eller betalingsbetingelser står der.",
                "Something is to be paid, but neither a due day nor terms of payment are given.",
            ),
            remedy=Sentence("Angiv forfaldsdagen.", "Give the due day."),
        )
    whole = invoice.period
    if whole is None or document_format != "peppol bis 3":
        return
    for line in invoice.lines:
        if line.period and not (whole.since <= line.period.since and line.period.until <= whole.until):
            yield Objection(
                field=f"line {line.line_id}",
                term="BG-26",
                message=Sentence(
                    f"Linje {line.line_id} dækker dage uden for fakturaens periode.",
                    f"Line {line.line_id} covers days outside the invoice's period.",
                ),
                remedy=Sentence(
                    "Gør fakturaens periode så lang som linjernes, eller udelad den.",
                    "Make the invoice's period as long as the lines', or leave it out.",
                ),
            )


def _wrong_accounting_currency(invoice: EInvoice, document_format: Format) -> Iterator[Objection]:
    foreign = invoice.tax_in_accounting_currency
    if foreign is None:
        return
    allowed = frozenset({"DKK", "EUR"}) if document_format == "oioubl 2.1" else CURRENCIES
    if foreign.currency == invoice.currency or foreign.currency not in allowed:
        yield Objection(
            field="tax_in_accounting_currency",
            term="BT-6",
            message=Sentence(
                f"Momsen er også angivet i {foreign.currency}, hvilket ikke er en anden tilladt valuta.",
                f"The VAT is also given in {foreign.currency}, which is no other allowed currency.",
            ),
            remedy=Sentence(
                "Angiv den i DKK, når fakturaen er i en anden valuta, og ellers ikke.",
                "Give it in DKK when the invoice is in another currency, and not otherwise.",
            ),
        )
    elif (foreign.minor < 0) != (invoice.totals.tax.minor < 0) and foreign.minor and invoice.totals.tax.minor:
        yield Objection(
            field="tax_in_accounting_currency",
            term="BT-111",
            message=Sentence(
                "Momsen har forskelligt fortegn i de to valutaer.", "The VAT has another sign in the other currency."
            ),
            remedy=Sentence("Regn den om igen.", "Convert it again."),
        )
