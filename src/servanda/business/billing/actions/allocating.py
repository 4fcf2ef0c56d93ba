"""Giving a payment to what it is for, and taking that back: rows, journal and what is open change together."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Sum

from servanda.business.billing.actions.crediting_locks import lock_credit_of
from servanda.business.billing.decisions.matching import Match, Part, part_of
from servanda.business.billing.facts import OpenItem
from servanda.business.billing.models import Allocation, BankEntry, Charge, CreditUse, Invoice
from servanda.business.billing.queries import open_items
from servanda.business.companies.facts import CompanyFacts
from servanda.business.evidence.actions import record
from servanda.business.ledger.actions import post
from servanda.business.ledger.facts import Account, JournalEntry, PostingLine
from servanda.ground.citation import Citation
from servanda.ground.money import Money
from servanda.ground.refusal import Refused

VOUCHER = Citation("Bogføringsloven", "§ 9", "700/2022")


class NotThisEntry(Refused):
    """The bank entry cannot be used for this: it is explained already, or has too little left."""


@dataclass(frozen=True, slots=True)
class Allocated:
    """An invoice on which something was received or taken back, by the day its value reached us."""

    invoice_id: int
    customer_id: int
    value_on: date
    amount: Money  # below zero when it was taken back


def lock_invoices(invoice_ids: Iterable[int], *, waits: bool = True) -> tuple[int, ...]:
    """Lock invoices until the transaction ends, in one order for all, and return those that were got.

    Who is to decide on what is open reads it after this. Without waiting, those that another has are left out.
    """
    rows = Invoice.objects.select_for_update(no_key=True, skip_locked=not waits).filter(pk__in=list(invoice_ids))
    return tuple(rows.order_by("pk").values_list("pk", flat=True))


def allocate(
    company: CompanyFacts, row: BankEntry, found: Match, *, by: str, today: date, at: datetime, is_booked: bool = False
) -> tuple[Allocated, ...]:
    """Give a bank entry to the invoices of a match; the rest stays as the customer's credit.

    `is_booked` tells that the entry lies in suspense already, so that only the move out of there is booked.
    Runs in the caller's transaction.
    """
    assert found.customer_id is not None
    for part in found.parts:
        _give(company, row, part, by=by, rule=found.rule, today=today)
    given = sum(part.to_charges.minor + part.to_principal.minor for part in found.parts)
    row.customer_id = found.customer_id
    row.unallocated_minor -= given
    row.state = "matched"
    row.because = found.rule
    row.save(update_fields=["customer_id", "unallocated_minor", "state", "because"])
    _book(company, row, found, Money(given, row.currency), is_booked=is_booked, at=at, today=today)
    return tuple(
        Allocated(part.invoice_id, found.customer_id, row.value_on, part.to_charges + part.to_principal)
        for part in found.parts
    )


@transaction.atomic
def explain_as_payment(
    company: CompanyFacts, entry_id: int, *, invoice_id: int, by: str, today: date, at: datetime
) -> tuple[Allocated, ...]:
    """Give an entry in suspense to the invoice that a person names; what is over stays as the customer's credit."""
    row = _in_suspense(company, entry_id)
    item = _item(company, row, invoice_id)
    amount = Money(row.amount_minor, row.currency)
    part = part_of(item, amount)
    rest = amount - part.to_charges - part.to_principal
    parts = (part,) if part.to_charges or part.to_principal else ()
    found = Match("a person's word", parts, rest, item.customer_id)
    allocated = allocate(company, row, found, by=by, today=today, at=at, is_booked=True)
    facts: dict[str, object] = {"invoice": invoice_id, "amount_minor": row.amount_minor}
    _record(company, row, "payment.explained", facts, by=by, today=today, at=at)
    return allocated


@transaction.atomic
def explain_otherwise(company: CompanyFacts, entry_id: int, *, reason: str, by: str, today: date, at: datetime) -> None:
    """Take an entry out of suspense that is no customer's payment (a bank fee, own money), with the reason."""
    if not reason.strip():
        raise NotThisEntry("Say what the entry is. The reason goes into the books.")
    row = _in_suspense(company, entry_id)
    amount = Money(row.amount_minor, row.currency)
    entry = JournalEntry(
        key=f"bank entry explained:{row.pk}",
        what="explained",
        on_day=today,
        lines=(PostingLine(Account.SUSPENSE, amount), PostingLine(Account.OTHER, -amount)),
        because=(VOUCHER,),
    )
    post(company.company_id, entry, at=at)
    row.state, row.because = "explained", reason
    row.unallocated_minor = 0 if row.amount_minor > 0 else row.unallocated_minor
    row.save(update_fields=["state", "because", "unallocated_minor"])
    facts: dict[str, object] = {"reason": reason, "amount_minor": row.amount_minor}
    _record(company, row, "payment.explained", facts, by=by, today=today, at=at)


def give_back(
    company: CompanyFacts, returned: BankEntry, reversal: BankEntry, *, today: date, at: datetime
) -> tuple[Allocated, ...]:
    """Undo what a payment did that the bank has taken back: the claims are open again. Runs in the caller's transaction.

    What credit notes have left over for these invoices, because they were paid then, comes off them now.
    """
    if returned.customer_id is not None:
        lock_credit_of(returned.customer_id)
    undone = list(Allocation.objects.filter(entry=returned).order_by("id"))
    lock_invoices({allocation.invoice_id for allocation in undone})
    for allocation in undone:
        _reopen(allocation)
        _write_counter(company, allocation, reversal, today=today)
    _close_pair(company, returned, reversal, given=sum(one.amount_minor for one in undone), at=at, today=today)
    for invoice_id in sorted({allocation.invoice_id for allocation in undone}):
        _apply_credit_notes(company, invoice_id, today=today, at=at)
    return tuple(
        Allocated(one.invoice_id, _owner(returned), reversal.value_on, Money(-one.amount_minor, returned.currency))
        for one in undone
    )


def _owner(row: BankEntry) -> int:
    assert row.customer_id is not None, "what is allocated has a customer"
    return row.customer_id


def _write_counter(company: CompanyFacts, allocation: Allocation, reversal: BankEntry, *, today: date) -> None:
    Allocation.objects.create(
        company_id=company.company_id,
        entry=reversal,
        invoice_id=allocation.invoice_id,
        charge_id=allocation.charge_id,
        amount_minor=-allocation.amount_minor,
        value_on=allocation.value_on,  # as if it had never come: interest runs from where it would have stopped
        on_day=today,
        because="the bank took the payment back",
    )


def _apply_credit_notes(company: CompanyFacts, invoice_id: int, *, today: date, at: datetime) -> None:
    """Take off an invoice that is open again what its credit notes had given to the customer's credit."""
    invoice = Invoice.objects.get(pk=invoice_id)
    for note in Invoice.objects.filter(original_id=invoice_id, kind="credit note").order_by("id"):
        used = Allocation.objects.filter(credit_note=note).aggregate(total=Sum("amount_minor"))["total"] or 0
        used += CreditUse.objects.filter(credit_note=note).aggregate(total=Sum("amount_minor"))["total"] or 0
        amount = min(note.total_minor - used, invoice.open_minor)
        if amount <= 0:
            continue
        applied = Allocation.objects.create(
            company_id=company.company_id,
            credit_note=note,
            invoice=invoice,
            amount_minor=amount,
            value_on=note.issued_on,
            on_day=today,
            because="the payment before it was taken back",
        )
        invoice.open_minor -= amount
        invoice.save(update_fields=["open_minor"])
        money = Money(amount, invoice.currency)
        entry = JournalEntry(
            key=f"credit applied:{applied.pk}",
            what="credit applied",
            on_day=today,
            lines=(PostingLine(Account.CUSTOMER_CREDIT, money), PostingLine(Account.RECEIVABLE, -money)),
            because=(VOUCHER,),
            customer_id=invoice.customer_id,
            invoice_id=invoice_id,
        )
        post(company.company_id, entry, at=at)


def _give(company: CompanyFacts, row: BankEntry, part: Part, *, by: str, rule: str, today: date) -> None:
    invoice = Invoice.objects.select_for_update().get(pk=part.invoice_id)
    left = part.to_charges.minor
    for charge in Charge.objects.select_for_update().filter(invoice=invoice, open_minor__gt=0).order_by("id"):
        amount = min(left, charge.open_minor)
        if not amount:
            break
        _write(company, row, invoice, amount, by=by, rule=rule, today=today, charge=charge)
        charge.open_minor -= amount
        charge.save(update_fields=["open_minor"])
        left -= amount
    if part.to_principal:
        _write(company, row, invoice, part.to_principal.minor, by=by, rule=rule, today=today)
        invoice.open_minor -= part.to_principal.minor
        invoice.save(update_fields=["open_minor"])


def _write(
    company: CompanyFacts,
    row: BankEntry,
    invoice: Invoice,
    amount: int,
    *,
    by: str,
    rule: str,
    today: date,
    charge: Charge | None = None,
) -> None:
    Allocation.objects.create(
        company_id=company.company_id,
        entry=row,
        invoice=invoice,
        charge=charge,
        amount_minor=amount,
        value_on=row.value_on,
        on_day=today,
        by=by,
        because=rule,
    )


def _book(
    company: CompanyFacts, row: BankEntry, found: Match, given: Money, *, is_booked: bool, today: date, at: datetime
) -> None:
    amount = Money(row.amount_minor, row.currency)
    source = Account.SUSPENSE if is_booked else Account.BANK
    lines = (
        PostingLine(source, amount),
        PostingLine(Account.RECEIVABLE, -given),
        PostingLine(Account.CUSTOMER_CREDIT, given - amount),
    )
    entry = JournalEntry(
        key=f"bank entry {'explained' if is_booked else 'received'}:{row.pk}",
        what="payment",
        on_day=today if is_booked else row.booked_on,
        lines=tuple(line for line in lines if line.amount),
        because=(VOUCHER,),
        customer_id=found.customer_id,
        invoice_id=found.parts[0].invoice_id if found.parts else None,
    )
    post(company.company_id, entry, at=at)


def _reopen(allocation: Allocation) -> None:
    if allocation.charge_id is not None:
        charge = Charge.objects.select_for_update().get(pk=allocation.charge_id)
        charge.open_minor += allocation.amount_minor
        charge.save(update_fields=["open_minor"])
    else:
        invoice = Invoice.objects.select_for_update().get(pk=allocation.invoice_id)
        invoice.open_minor += allocation.amount_minor
        invoice.save(update_fields=["open_minor"])


def _close_pair(
    company: CompanyFacts, returned: BankEntry, reversal: BankEntry, *, given: int, today: date, at: datetime
) -> None:
    """Book the money out again, from where the payment had put it: the claims, the customer's credit, or suspense."""
    amount = Money(returned.amount_minor, returned.currency)
    receivable = Money(given, returned.currency)
    rest = Account.SUSPENSE if returned.state == "suspense" else Account.CUSTOMER_CREDIT
    lines = (
        PostingLine(Account.BANK, -amount),
        PostingLine(Account.RECEIVABLE, receivable),
        PostingLine(rest, amount - receivable),
    )
    entry = JournalEntry(
        key=f"bank entry reversed:{reversal.pk}",
        what="payment reversed",
        on_day=reversal.booked_on,
        lines=tuple(line for line in lines if line.amount),
        because=(VOUCHER,),
        customer_id=returned.customer_id,
    )
    post(company.company_id, entry, at=at)
    returned.state, returned.unallocated_minor, returned.because = "reversed", 0, "taken back by the bank"
    returned.save(update_fields=["state", "unallocated_minor", "because"])
    reversal.state, reversal.customer_id = "matched", returned.customer_id
    reversal.because = "takes back an earlier payment"
    reversal.save(update_fields=["state", "customer_id", "because"])
    facts: dict[str, object] = {"amount_minor": reversal.amount_minor, "takes_back": returned.pk}
    _record(company, reversal, "payment.reversed", facts, by="system", today=today, at=at)


def _record(
    company: CompanyFacts,
    row: BankEntry,
    what: str,
    facts: dict[str, object],
    *,
    by: str,
    today: date,
    at: datetime,
) -> None:
    record(
        company_id=company.company_id,
        key=f"{what}:{row.pk}",
        what=what,
        subject=f"entry:{row.pk}",
        on_day=today,
        at=at,
        because=(VOUCHER,),
        facts=facts,
        customer_id=row.customer_id,
        by=by,
    )


def _in_suspense(company: CompanyFacts, entry_id: int) -> BankEntry:
    row = BankEntry.objects.select_for_update().filter(pk=entry_id, company_id=company.company_id).first()
    if row is None or row.state != "suspense":
        state = row.state if row is not None else "not there"
        raise NotThisEntry(f"Bank entry {entry_id} is {state}. Choose one that is waiting for an explanation.")
    return row


def _item(company: CompanyFacts, row: BankEntry, invoice_id: int) -> OpenItem:
    """Return the invoice that a person names for an entry, as it stands once nobody else can change it."""
    if row.amount_minor <= 0:
        raise NotThisEntry(f"Bank entry {row.pk} is money that went out. It pays no invoice; say otherwise what it is.")
    locked = lock_invoices([invoice_id])
    found = Invoice.objects.filter(pk__in=locked, company_id=company.company_id, kind="invoice").first()
    if found is None or found.currency != row.currency:
        raise NotThisEntry(f"{company.name} has no invoice with id {invoice_id} in {row.currency}. Choose another one.")
    items = open_items(company.company_id, references=[found.reference])
    return next(item for item in items if item.invoice_id == invoice_id)
