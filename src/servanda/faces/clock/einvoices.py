"""Maps an invoice, a credit note or a reminder to what a program reads: the model of EN 16931. No rules, no sums of its own.

What stands here is what stands on the paper (`papers`): the same lines, amounts, days and references. The same frozen facts give
the same document, always.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import cast

from servanda.business.billing.facts import InvoiceFacts, InvoiceLineFacts, VatBreakdown
from servanda.business.companies.facts import CompanyFacts
from servanda.business.customers.facts import CustomerFacts
from servanda.business.einvoices.decisions import endpoint_of
from servanda.business.einvoices.facts import References
from servanda.business.letters.facts import LetterFacts
from servanda.drivers.einvoices import (
    CVR,
    GLN,
    Address,
    ChargeKind,
    Contact,
    EInvoice,
    EReminder,
    FikPayment,
    Identifier,
    Line,
    Party,
    PrecedingInvoice,
    ReminderCharge,
    ReminderClaim,
    Totals,
    Vat,
    VatCategoryCode,
    VatSubtotal,
)
from servanda.ground.law.sentences import Sentence
from servanda.ground.money import Money, money_text, total_of
from servanda.ground.periods import Period
from servanda.terms.clauses import CustomerKind

_PLACE = re.compile(r"(?P<code>[A-Z]{0,2}-?[0-9][0-9 ]{2,8}) +(?P<city>.+)")
_NAME_LETTERS = 100


@dataclass(frozen=True, slots=True)
class Exemption:
    """Why a category has no VAT: the code of the VATEX list for programs, and general words for people."""

    code: str
    words: Sentence


EXEMPT: Mapping[str, Exemption] = {
    "AE": Exemption("VATEX-EU-AE", Sentence("Omvendt betalingspligt.", "Reverse charge.")),
    "K": Exemption("VATEX-EU-IC", Sentence("Momsfri levering inden for EU.", "Supply within the EU, exempt from VAT.")),
    "G": Exemption("VATEX-EU-G", Sentence("Eksport ud af EU, uden moms.", "Export outside the EU, without VAT.")),
    "E": Exemption("", Sentence("Fritaget for moms.", "Exempt from VAT.")),
    "O": Exemption("VATEX-EU-O", Sentence("Ikke omfattet af dansk moms.", "Outside the scope of Danish VAT.")),
}


def e_invoice_of(
    invoice: InvoiceFacts,
    company: CompanyFacts,
    to: CustomerFacts,
    references: References,
    *,
    original: InvoiceFacts | None = None,
) -> EInvoice:
    """Return an invoice, or a credit note with the invoice that it takes back, as a program reads it."""
    assert (original is None) == (invoice.kind != "credit note"), "a credit note names its invoice"
    is_credit = invoice.kind == "credit note"
    return EInvoice(
        kind="credit note" if is_credit else "invoice",
        number=str(invoice.number),
        issued_on=invoice.issued_on,
        currency=invoice.total.currency,
        seller=seller_of(company),
        buyer=buyer_of(to),
        lines=tuple(_line(line, invoice.language) for line in invoice.lines),
        breakdown=_breakdown(invoice),
        totals=_totals(invoice),
        due_on=invoice.due_on,
        payment=None if is_credit or not invoice.total else _payment(invoice, company),
        buyer_reference=_buyer_reference(to, references),
        order_reference=references.order_number,
        preceding=(PrecedingInvoice(number=str(original.number), issued_on=original.issued_on),) if original else (),
        note=_note(invoice, original),
        payment_terms=_terms_of_payment(invoice),
    )


def e_reminder_of(
    letter: LetterFacts,
    invoice: InvoiceFacts,
    company: CompanyFacts,
    to: CustomerFacts,
    references: References,
    *,
    number: str,
) -> EReminder:
    """Return a reminder as a program reads it: what the letter claimed on the day it was written, to the øre."""
    paper = letter.paper
    assert paper is not None and "principal_minor" in paper, "a reminder keeps what it claims"
    currency = invoice.total.currency
    charges = cast("Sequence[tuple[str, int]]", paper["charges_minor"])
    pay_by = paper.get("pay_by")
    return EReminder(
        kind="reminder",
        number=number,
        issued_on=letter.on_day,
        sequence=int(str(paper["step"])),
        period=Period(invoice.issued_on, max(letter.on_day, _day_after(invoice.issued_on))),
        currency=currency,
        seller=seller_of(company),
        buyer=buyer_of(to),
        claims=(
            ReminderClaim(
                invoice_number=str(invoice.number),
                issued_on=invoice.issued_on,
                balance=Money(int(str(paper["principal_minor"])), currency),
                note=_claim_note(invoice),
            ),
        ),
        charges=tuple(_charge(kind, Money(minor, currency), invoice.language) for kind, minor in charges),
        due_on=date.fromisoformat(str(pay_by)) if pay_by else None,
        payment=_payment(invoice, company),
        buyer_reference=_buyer_reference(to, references),
        note="\n".join([str(paper["title"]), *_texts(paper)]),
    )


def seller_of(company: CompanyFacts) -> Party:
    """Return the company as the seller."""
    return Party(
        name=company.legal_name,
        trading_name=company.name,
        address=_address_in_lines(company.address_lines),
        legal_id=Identifier(company.cvr, CVR),
        vat_id=f"DK{company.cvr}",
        endpoint=Identifier(company.cvr, CVR),
        contact=Contact(name=company.name, phone=company.phone, email=company.email),
    )


def buyer_of(to: CustomerFacts) -> Party:
    """Return the customer as the buyer."""
    details = to.details
    is_danish = details.country == "DK"
    endpoint = endpoint_of(to)
    scheme = GLN if details.ean else CVR
    return Party(
        name=details.name,
        address=Address(
            street=details.address_lines[0] if details.address_lines else "",
            additional=", ".join(details.address_lines[1:]),
            postcode=details.postal_code,
            city=details.city,
            country=details.country,
        ),
        legal_id=Identifier(details.cvr, CVR) if details.cvr and is_danish else None,
        vat_id=details.vat_number or (f"DK{details.cvr}" if details.cvr and is_danish else ""),
        endpoint=Identifier(endpoint, scheme) if endpoint else None,
        contact=Contact(name=details.contact_name, email=details.email),
        is_public=details.kind is CustomerKind.PUBLIC,
    )


def _buyer_reference(to: CustomerFacts, references: References) -> str:
    """Return whom the invoice is for. Both formats want something here; a private buyer knows the customer number."""
    if references.person_reference or to.kind is CustomerKind.PUBLIC:
        return references.person_reference
    return to.number


def _address_in_lines(lines: tuple[str, ...]) -> Address:
    """Read an address as it is printed: the street first, the postal code and the town last."""
    found = _PLACE.fullmatch(lines[-1].strip()) if lines else None
    return Address(
        street=lines[0] if len(lines) > 1 else "",
        additional=", ".join(lines[1:-1]),
        postcode=found["code"].strip() if found else "",
        city=found["city"].strip() if found else (lines[-1] if lines else ""),
    )


def _line(line: InvoiceLineFacts, language: str) -> Line:
    """Return a line. Where the days of a period were priced, unit times quantity is not its amount: it counts as one."""
    is_whole = line.unit * line.quantity == line.net
    period = Period(line.since, line.until) if line.since is not None and line.until is not None else None
    first, _, rest = line.description.partition("\n")
    return Line(
        line_id=str(line.position),
        name=first[:_NAME_LETTERS],
        description=f"{first[_NAME_LETTERS:]}\n{rest}".strip(),
        quantity=Decimal(line.quantity if is_whole else 1),
        price=line.unit.decimal if is_whole else line.net.decimal,
        net=line.net,
        vat=Vat(category=_category(line), percent=line.vat_percent),
        period=period,
        seller_item_id=line.product,
        note="" if is_whole else _by_days(line, language),
    )


def _by_days(line: InvoiceLineFacts, language: str) -> str:
    unit = money_text(line.unit, language)
    if language == "da":
        return f"{line.quantity} × {unit} for en hel periode, beregnet efter dage."
    return f"{line.quantity} × {unit} for a whole period, reckoned by days."


def _category(line: InvoiceLineFacts) -> VatCategoryCode:
    return cast(VatCategoryCode, line.vat_category)


def _breakdown(invoice: InvoiceFacts) -> tuple[VatSubtotal, ...]:
    """Return the VAT of each category and rate as it was issued. Whose VAT it is, EN 16931 does not tell apart."""
    groups: dict[Vat, list[VatBreakdown]] = {}
    for one in invoice.breakdown:
        vat = Vat(category=cast(VatCategoryCode, one.category), percent=one.percent)
        groups.setdefault(vat, []).append(one)
    currency = invoice.total.currency
    return tuple(
        VatSubtotal(
            vat=vat,
            taxable=total_of((one.base for one in found), currency),
            tax=total_of((one.vat for one in found), currency),
            exemption_reason=_exemption(vat, found, invoice.language),
            exemption_code=EXEMPT[vat.category].code if vat.category in EXEMPT else "",
        )
        for vat, found in groups.items()
    )


def _exemption(vat: Vat, found: Iterable[VatBreakdown], language: str) -> str:
    """Return why there is no VAT, in the words that the invoice itself uses; in general ones where it has none."""
    if vat.category not in EXEMPT:
        return ""
    notes = dict.fromkeys(note for one in found for note in one.notes) or {EXEMPT[vat.category].words: None}
    return " ".join(note.da if language == "da" else note.en for note in notes)


def _totals(invoice: InvoiceFacts) -> Totals:
    nothing = Money(0, invoice.total.currency)
    return Totals(
        lines=invoice.net,
        allowances=nothing,
        charges=nothing,
        net=invoice.net,
        tax=invoice.vat,
        gross=invoice.total,
        prepaid=nothing,
        rounding=nothing,
        payable=invoice.total,
    )


def _payment(invoice: InvoiceFacts, company: CompanyFacts) -> FikPayment:
    return FikPayment(kind="71", creditor=company.fik_creditor, reference=invoice.reference)


def _note(invoice: InvoiceFacts, original: InvoiceFacts | None) -> str:
    is_da = invoice.language == "da"
    terms = f"{'Vilkår' if is_da else 'Terms'} {invoice.terms_version}."
    if original is None:
        return terms
    return f"{'Kreditering af faktura' if is_da else 'Credit of invoice'} {original.number}. {terms}"


def _terms_of_payment(invoice: InvoiceFacts) -> str:
    """Return how it is settled where no day says so."""
    is_da = invoice.language == "da"
    if invoice.kind == "credit note":
        return "Trækkes fra det, der er åbent, eller står til gode." if is_da else "Set against what is open, or kept."
    if invoice.due_on is None:
        return "Betales ved modtagelsen." if is_da else "Due on receipt."
    return ""


_CHARGES: Mapping[str, tuple[ChargeKind, str, str]] = {
    "fee": ("fee", "Rykkergebyr", "Reminder fee"),
    "collection fee": ("fee", "Gebyr for inkassovarsel", "Fee for the collection warning"),
    "interest": ("interest", "Rente", "Interest"),
    "compensation": ("compensation", "Kompensation for sen betaling", "Compensation for late payment"),
}


def _charge(kind: str, amount: Money, language: str) -> ReminderCharge:
    charged, danish, english = _CHARGES[kind]
    return ReminderCharge(kind=charged, amount=amount, text=danish if language == "da" else english)


def _claim_note(invoice: InvoiceFacts) -> str:
    if invoice.due_on is None:
        return ""
    return f"{'Forfaldt' if invoice.language == 'da' else 'Due'} {invoice.due_on.isoformat()}"


def _texts(paper: Mapping[str, object]) -> list[str]:
    """Return the paragraphs of the letter, and what it names without charging it."""
    owed = [f"{label}: {amount}" for label, amount in cast("list[tuple[str, str]]", paper["owed"])]
    return [*cast("list[str]", paper["paragraphs"]), *owed]


def _day_after(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)
