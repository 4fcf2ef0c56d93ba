"""Credit notes: an issued invoice is mended by a document that names it, never by a change.

A credit note takes its lines' amounts back, at most once each. What the invoice has left open is reduced; what was paid
already becomes the customer's credit.
"""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.db.models import Sum

from servanda.business.billing.actions.issuing import CONTENT_FORMAT, hash_of, hashed_group
from servanda.business.billing.actions.numbering import take_numbers
from servanda.business.billing.decisions.vat import buyer_to_json, groups_to_credit, vat_by_account
from servanda.business.billing.facts import CreditedAs, InvoiceFacts, InvoiceLineFacts, VatGroup
from servanda.business.billing.models import Allocation, Invoice, InvoiceLine, InvoiceVat
from servanda.business.billing.queries import invoices
from servanda.business.billing.queries.invoices import vat_group
from servanda.business.billing.wording import credit_subject, credit_text
from servanda.business.companies.facts import CompanyFacts
from servanda.business.customers.queries import customer
from servanda.business.evidence.actions import record
from servanda.business.evidence.facts import because_to_json
from servanda.business.ledger.actions import post
from servanda.business.ledger.facts import Account, JournalEntry, PostingLine
from servanda.business.letters.actions import write_letters
from servanda.business.letters.decisions import carrier_of
from servanda.business.letters.facts import LetterDraft
from servanda.ground.citation import Citation
from servanda.ground.money import Money, total_of
from servanda.ground.periods import Period
from servanda.ground.refusal import Refused

CREDIT_NOTE = Citation("Momsbekendtgørelsen", "§ 58, stk. 2", "1435/2023")


class NothingToCredit(Refused):
    """More was to be credited than the invoice or its line has left."""


@transaction.atomic
def credit_invoice(
    company: CompanyFacts,
    invoice_id: int,
    *,
    net_by_position: Mapping[int, Money],
    reason: str,
    because: tuple[Citation, ...],
    by: str,
    today: date,
    at: datetime,
    credited_as: Mapping[int, CreditedAs] | None = None,
) -> int:
    """Issue a credit note over so much net of each named line, and return its id.

    Refuses an empty reason, a line that does not exist, and an amount above what the line has left. `credited_as` says, by
    line, what the credit note tells of it instead of the invoice's own text and period.
    """
    if not reason.strip():
        raise NothingToCredit("Say why the invoice is credited. The reason is printed on the credit note.")
    row = Invoice.objects.select_for_update().get(pk=invoice_id)
    (invoice,) = invoices([invoice_id])
    lines = _checked_lines(invoice, net_by_position)
    net = total_of((amount for _, amount in lines), row.currency)
    groups = groups_to_credit(invoice.groups, _credited_groups(invoice_id), lines)
    total = net + total_of((group.vat for group in groups), row.currency)
    told = credited_as or {}
    note = _write_note(company, invoice, lines, groups, told, net=net, total=total, because=because, today=today)
    _take_back(company, row, note, total, reason=reason, by=by, today=today)
    _book(company, invoice, note, groups, total=total, because=because, today=today, at=at)
    record(
        company_id=company.company_id,
        key=f"invoice.credited:{note.pk}",
        what="invoice.credited",
        subject=f"invoice:{invoice_id}",
        on_day=today,
        at=at,
        because=(*because, CREDIT_NOTE),
        facts={"credit_note": note.number, "total_minor": total.minor, "reason": reason},
        customer_id=invoice.customer_id,
        by=by,
    )
    _send(company, invoice, note, total, reason, today=today, at=at)
    return note.pk


def credit_whole_invoice(
    company: CompanyFacts,
    invoice_id: int,
    *,
    reason: str,
    because: tuple[Citation, ...],
    by: str,
    today: date,
    at: datetime,
) -> int:
    """Issue a credit note over all that the invoice's lines have left."""
    (invoice,) = invoices([invoice_id])
    left = {line.position: left_of_line(invoice, line) for line in invoice.lines}
    return credit_invoice(
        company,
        invoice_id,
        net_by_position={position: amount for position, amount in left.items() if amount},
        reason=reason,
        because=because,
        by=by,
        today=today,
        at=at,
    )


def left_of_line(invoice: InvoiceFacts, line: InvoiceLineFacts) -> Money:
    """Return how much net of a line has not been credited yet."""
    credited = InvoiceLine.objects.filter(
        invoice__original_id=invoice.invoice_id, invoice__kind="credit note", position=line.position
    ).aggregate(total=Sum("net_minor"))
    return line.net - Money(credited["total"] or 0, line.net.currency)


def _checked_lines(invoice: InvoiceFacts, net_by_position: Mapping[int, Money]) -> list[tuple[InvoiceLineFacts, Money]]:
    by_position = {line.position: line for line in invoice.lines}
    if invoice.kind != "invoice" or not net_by_position:
        raise NothingToCredit(
            "Number %(number)s has nothing to credit. Choose an invoice and its lines.", {"number": invoice.number}
        )
    for position, amount in net_by_position.items():
        line = by_position.get(position)
        if line is None:
            raise NothingToCredit(
                "Invoice %(number)s has no line %(position)s.", {"number": invoice.number, "position": position}
            )
        left = left_of_line(invoice, line)
        if not Money(0) < amount <= left:
            raise NothingToCredit(
                "Line %(position)s of invoice %(number)s has %(left)s left to credit; %(amount)s was asked for. "
                "Credit at most what is left.",
                {"position": position, "number": invoice.number, "left": left, "amount": amount},
            )
    return [(by_position[position], amount) for position, amount in sorted(net_by_position.items())]


def _credited_groups(invoice_id: int) -> tuple[VatGroup, ...]:
    """Return the groups of the credit notes that the invoice has already."""
    rows = InvoiceVat.objects.filter(invoice__original_id=invoice_id, invoice__kind="credit note").order_by("id")
    return tuple(vat_group(row, Money(0).currency) for row in rows)


def _write_note(
    company: CompanyFacts,
    invoice: InvoiceFacts,
    lines: list[tuple[InvoiceLineFacts, Money]],
    groups: tuple[VatGroup, ...],
    told: Mapping[int, CreditedAs],
    *,
    net: Money,
    total: Money,
    because: tuple[Citation, ...],
    today: date,
) -> Invoice:
    number = take_numbers(company.company_id, 1)
    content = (
        *(number, invoice.number, today, [(line.position, amount.minor) for line, amount in lines], total.minor),
        [hashed_group(group) for group in groups],
    )
    note = Invoice.objects.create(
        company_id=company.company_id,
        customer_id=invoice.customer_id,
        contract_id=invoice.contract_id,
        kind="credit note",
        number=number,
        original_id=invoice.invoice_id,
        issued_on=today,
        due_on=None,
        is_term_agreed=invoice.is_term_agreed,
        customer_kind=str(invoice.customer_kind),
        language=invoice.language,
        currency=net.currency,
        net_minor=net.minor,
        vat_minor=(total - net).minor,
        total_minor=total.minor,
        open_minor=0,
        reference="",
        products=sorted(invoice.products),
        terms_version=invoice.terms_version,
        because=because_to_json((*because, CREDIT_NOTE)),
        buyer=buyer_to_json(invoice.buyer) if invoice.buyer is not None else {},
        content_format=CONTENT_FORMAT,
        content_sha256=hash_of(content),
    )
    InvoiceLine.objects.bulk_create(_note_line(note, line, amount, told.get(line.position)) for line, amount in lines)
    InvoiceVat.objects.bulk_create(
        InvoiceVat(
            invoice=note,
            country=group.country,
            category=group.category,
            percent=group.percent,
            net_minor=group.net.minor,
            vat_minor=group.vat.minor,
        )
        for group in groups
    )
    whole = [line.line_key for line, amount in lines if amount == line.net]
    InvoiceLine.objects.filter(pk__in=whole, credited_by__isnull=True).update(credited_by=note.pk)
    return note


def _note_line(note: Invoice, line: InvoiceLineFacts, amount: Money, told: CreditedAs | None) -> InvoiceLine:
    period = Period(line.since, line.until) if line.since is not None and line.until is not None else None
    if told is not None and told.period is not None:
        period = told.period
    return InvoiceLine(
        invoice=note,
        position=line.position,
        line_id=line.line_id,
        product_code=line.product,
        description=told.description if told is not None else line.description,
        quantity=1,
        unit_minor=amount.minor,
        net_minor=amount.minor,
        vat_category=line.vat_category,
        vat_percent=line.vat_percent,
        vat_country=line.vat_country,
        vat_basis=line.vat_basis,
        since=period.since if period is not None else None,
        until=period.until if period is not None else None,
    )


def _take_back(
    company: CompanyFacts, row: Invoice, note: Invoice, total: Money, *, reason: str, by: str, today: date
) -> None:
    """Reduce what the invoice has open; the allocation is the trace of it."""
    taken = min(total.minor, row.open_minor)
    if not taken:
        return
    Allocation.objects.create(
        company_id=company.company_id,
        credit_note=note,
        invoice=row,
        amount_minor=taken,
        value_on=today,
        on_day=today,
        by=by,
        because=reason,
    )
    row.open_minor -= taken
    row.save(update_fields=["open_minor"])


def _book(
    company: CompanyFacts,
    invoice: InvoiceFacts,
    note: Invoice,
    groups: tuple[VatGroup, ...],
    *,
    total: Money,
    because: tuple[Citation, ...],
    today: date,
    at: datetime,
) -> None:
    to_credit = total - min(total, invoice.open_principal)  # paid already: the customer has it to their credit
    lines = (
        PostingLine(Account.SALES, total_of(group.net for group in groups)),
        *(PostingLine(account, vat) for account, vat in vat_by_account(groups).items()),
        PostingLine(Account.RECEIVABLE, to_credit - total),
        PostingLine(Account.CUSTOMER_CREDIT, -to_credit),
    )
    entry = JournalEntry(
        key=f"credit note:{note.pk}",
        what="credit note",
        on_day=today,
        lines=tuple(line for line in lines if line.amount),
        because=(*because, CREDIT_NOTE),
        customer_id=invoice.customer_id,
        invoice_id=invoice.invoice_id,
    )
    post(company.company_id, entry, at=at)


def _send(
    company: CompanyFacts,
    invoice: InvoiceFacts,
    note: Invoice,
    total: Money,
    reason: str,
    *,
    today: date,
    at: datetime,
) -> None:
    to = customer(invoice.customer_id)
    draft = LetterDraft(
        company_id=company.company_id,
        customer_id=invoice.customer_id,
        key=f"invoice:{note.pk}",
        kind="credit note",
        language=invoice.language,
        recipient=to.email,
        subject=credit_subject(company.name, note.number, invoice.language),
        text=credit_text(company.name, note.number, invoice.number, total, reason, invoice.language),
        on_day=today,
        queued_at=at,
        invoice_id=note.pk,
        carrier=carrier_of("credit note", to),
    )
    write_letters([draft])
