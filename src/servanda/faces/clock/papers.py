"""Makes a letter into a paper: the invoice as the law wants it, a reminder with what is owed. Plain texts, no rules."""

from collections.abc import Mapping
from datetime import date
from typing import cast

from servanda.business.billing.facts import InvoiceFacts, InvoiceLineFacts, VatBreakdown
from servanda.business.billing.queries import invoices
from servanda.business.companies.facts import CompanyFacts
from servanda.business.customers.facts import CustomerFacts
from servanda.business.customers.queries import customer
from servanda.business.evidence.facts import because_from_json
from servanda.business.letters.facts import LetterFacts
from servanda.business.library.queries import version_of
from servanda.drivers.documents import Column, Paper, Payment, Sender, Table, Total
from servanda.ground.calendar import day_text
from servanda.ground.citation import Citation
from servanda.ground.money import money_text
from servanda.ground.periods import Period
from servanda.terms.clauses import InvoiceNote
from servanda.terms.document import Language
from servanda.terms.resolving import ask

# The note that a clause of kind invoice-note asks for.
INTERRUPTION = {
    "da": "Betaling til tiden er nødvendig, for at ydelserne ikke bliver afbrudt.",
    "en": "Payment in time is needed so that the services are not interrupted.",
}


def paper_of(letter: LetterFacts, company: CompanyFacts) -> Paper:
    """Return the paper of a letter, in the customer's language."""
    to = customer(letter.customer_id)
    if letter.invoice_id is None:
        return _notice(letter, company, to)
    (invoice,) = invoices([letter.invoice_id])
    if letter.kind == "invoice":
        return _invoice(invoice, company, to)
    if letter.kind == "credit note":
        return _credit_note(invoice, company, to)
    assert letter.paper is not None
    return _letter(letter, letter.paper, invoice, company, to)


def _invoice(invoice: InvoiceFacts, company: CompanyFacts, to: CustomerFacts) -> Paper:
    is_da = invoice.language == "da"
    return Paper(
        kind="invoice",
        language=_language(invoice.language),
        title="Faktura" if is_da else "Invoice",
        number=str(invoice.number),
        issued_on=invoice.issued_on,
        sender=_sender(company),
        recipient_lines=to.postal_lines,
        facts=_facts(invoice, to, invoice.issued_on),
        paragraphs=(),
        table=_table(invoice),
        totals=_totals(invoice),
        payment=_payment(invoice, company, money_text(invoice.total, invoice.language), invoice.due_on),
        notes=_notes(invoice, company),
        clauses=_clauses(invoice.because, invoice, company),
    )


def _credit_note(invoice: InvoiceFacts, company: CompanyFacts, to: CustomerFacts) -> Paper:
    assert invoice.original_id is not None
    (original,) = invoices([invoice.original_id])
    is_da = invoice.language == "da"
    refers_to = f"Faktura {original.number}" if is_da else f"Invoice {original.number}"
    return Paper(
        kind="credit note",
        language=_language(invoice.language),
        title="Kreditnota" if is_da else "Credit note",
        number=str(invoice.number),
        issued_on=invoice.issued_on,
        sender=_sender(company),
        recipient_lines=to.postal_lines,
        refers_to=refers_to,
        facts=_facts(invoice, to, invoice.issued_on),
        paragraphs=(),
        table=_table(invoice),
        totals=_totals(invoice),
        payment=None,
        notes=_vat_notes(invoice),
        clauses=_clauses(invoice.because, invoice, company),
    )


def _letter(
    letter: LetterFacts, paper: Mapping[str, object], invoice: InvoiceFacts, company: CompanyFacts, to: CustomerFacts
) -> Paper:
    owed = cast("list[list[str]]", paper["owed"])
    is_da = letter.language == "da"
    total = str(paper["total"])
    columns = (
        Column("Hvad" if is_da else "What", is_wide=True),
        Column("Beløb" if is_da else "Amount", alignment="right"),
    )
    return Paper(
        kind="letter",
        language=_language(letter.language),
        title=str(paper["title"]),
        number="",
        issued_on=letter.on_day,
        sender=_sender(company),
        recipient_lines=to.postal_lines,
        facts=_facts(invoice, to, letter.on_day),
        paragraphs=tuple(cast("list[str]", paper["paragraphs"])),
        table=Table(columns, tuple((label, amount) for label, amount in owed)) if owed else None,
        totals=(Total("I alt" if is_da else "In all", total, is_strong=True),) if owed else (),
        payment=_payment(invoice, company, total, _pay_by(paper, invoice)) if owed else None,
        notes=(),
        clauses=_clauses(because_from_json(cast("list[Mapping[str, object]]", paper["because"])), invoice, company),
    )


def _notice(letter: LetterFacts, company: CompanyFacts, to: CustomerFacts) -> Paper:
    assert letter.paper is not None
    because = because_from_json(cast("list[Mapping[str, object]]", letter.paper["because"]))
    is_da = letter.language == "da"
    return Paper(
        kind="letter",
        language=_language(letter.language),
        title=str(letter.paper["title"]),
        number="",
        issued_on=letter.on_day,
        sender=_sender(company),
        recipient_lines=to.postal_lines,
        facts=(
            ("Dato" if is_da else "Date", day_text(letter.on_day, letter.language)),
            ("Kundenummer" if is_da else "Customer number", to.number),
        ),
        paragraphs=tuple(cast("list[str]", letter.paper["paragraphs"])),
        clauses=tuple((str(citation), "") for citation in because),
    )


def _clauses(
    because: tuple[Citation, ...], invoice: InvoiceFacts, company: CompanyFacts
) -> tuple[tuple[str, str], ...]:
    """Return what the paper rests on: our clauses with their headings, and the law."""
    agreement = version_of(company.slug, invoice.terms_version, _language(invoice.language))
    headings = {clause.number: clause.heading for clause in agreement.clauses}
    return tuple(
        (f"{company.name} {citation.clause}", headings.get(citation.clause, ""))
        if citation.source == company.slug
        else (str(citation), "")
        for citation in because
    )


def _language(language: str) -> Language:
    return "da" if language == "da" else "en"


def _sender(company: CompanyFacts) -> Sender:
    return Sender(
        name=company.legal_name,
        address_lines=company.address_lines,
        cvr=company.cvr,
        email=company.email,
        phone=company.phone,
        web=company.web,
        accent_colour=company.colour,
    )


def _facts(invoice: InvoiceFacts, to: CustomerFacts, on: date) -> tuple[tuple[str, str], ...]:
    is_da = invoice.language == "da"
    rows = [
        ("Dato" if is_da else "Date", day_text(on, invoice.language)),
        ("Kundenummer" if is_da else "Customer number", to.number),
    ]
    if to.details.cvr:
        rows.append(("CVR", to.details.cvr))
    number = invoice.buyer.number if invoice.buyer is not None else to.details.vat_number
    if number:
        rows.append(("Momsnummer" if is_da else "VAT number", number))
    if to.details.ean:
        rows.append(("EAN", to.details.ean))
    rows.append(("Vilkår" if is_da else "Terms", invoice.terms_version))
    return tuple(rows)


def _table(invoice: InvoiceFacts) -> Table:
    is_da = invoice.language == "da"
    columns = (
        Column("Ydelse" if is_da else "Service", is_wide=True),
        Column("Antal" if is_da else "Quantity", alignment="right"),
        Column("Pris" if is_da else "Price", alignment="right"),
        Column("Beløb" if is_da else "Amount", alignment="right"),
    )
    return Table(columns, tuple(_row(line, invoice.language) for line in invoice.lines))


def _row(line: InvoiceLineFacts, language: str) -> tuple[str, ...]:
    period = f"\n{_period(line, language)}" if line.since is not None else ""
    return (
        f"{line.description}{period}",
        str(line.quantity),
        money_text(line.unit, language),
        money_text(line.net, language),
    )


def _period(line: InvoiceLineFacts, language: str) -> str:
    assert line.since is not None
    assert line.until is not None
    period = Period(line.since, line.until)
    if period.days == 1:
        return day_text(period.since, language)
    return f"{day_text(period.since, language)} – {day_text(period.last_day, language)}"


def _totals(invoice: InvoiceFacts) -> tuple[Total, ...]:
    is_da = invoice.language == "da"
    vat = [
        Total(
            f"{_vat_label(part, is_da=is_da)} {'af' if is_da else 'of'} {money_text(part.base, invoice.language)}",
            money_text(part.vat, invoice.language),
        )
        for part in invoice.breakdown
    ]
    return (
        Total("Uden moms" if is_da else "Without VAT", money_text(invoice.net, invoice.language)),
        *vat,
        Total("I alt" if is_da else "Total", money_text(invoice.total, invoice.language), is_strong=True),
    )


def _vat_label(part: VatBreakdown, *, is_da: bool) -> str:
    """Return the rate and whose VAT it is, where it is not Danish."""
    whose = f" ({part.group.country})" if part.group.country != "DK" else ""
    percent = f"{part.percent.normalize():f}"
    return f"Moms {percent.replace('.', ',')} %{whose}" if is_da else f"VAT {percent} %{whose}"


def _payment(invoice: InvoiceFacts, company: CompanyFacts, amount_text: str, pay_by: date | None) -> Payment:
    """Return how to pay; without a day the terms name none, and the amount is due on receipt."""
    is_da = invoice.language == "da"
    on_receipt = "Ved modtagelsen" if is_da else "On receipt"
    return Payment(
        amount_text=amount_text,
        due_text=day_text(pay_by, invoice.language) if pay_by is not None else on_receipt,
        account_lines=(
            ("Reg. og konto" if is_da else "Account", f"{company.bank_registration} {company.bank_account}"),
            ("IBAN", company.iban),
        ),
        reference=invoice.reference,
        fik_line=f"+71<{invoice.reference}+{company.fik_creditor}<",
    )


def _notes(invoice: InvoiceFacts, company: CompanyFacts) -> tuple[str, ...]:
    agreement = version_of(company.slug, invoice.terms_version)
    asked = [
        ask(
            agreement,
            InvoiceNote,
            on=invoice.issued_on,
            product=product,
            customer=invoice.customer_kind,
            deviations=invoice.own_terms,
        )
        for product in sorted(invoice.products)
    ]
    notes = [INTERRUPTION[invoice.language]] if any(answer.rule is not None for answer in asked) else []
    return (*notes, *_vat_notes(invoice))


def _vat_notes(invoice: InvoiceFacts) -> tuple[str, ...]:
    """Return the sentences that the VAT treatments of this sale demand, as they were when it was issued."""
    notes = dict.fromkeys(note for part in invoice.breakdown for note in part.notes)
    return tuple(note.in_language(_language(invoice.language)) for note in notes)


def _pay_by(paper: Mapping[str, object], invoice: InvoiceFacts) -> date | None:
    """Return the deadline of the letter itself, or the invoice's own."""
    written = paper.get("pay_by")
    return date.fromisoformat(str(written)) if written else invoice.due_on
