"""Giving up small differences: a payment that falls short by a few øre settles its invoice, where the company decided so.

Only what customers owe is ever given up, and at most one krone. What they pay too much is theirs to the last øre. A write-off that
followed a payment falls away with it: then the whole invoice is open again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from servanda.business.billing.models import Allocation, Charge, Invoice, WriteOff, WriteOffLimit
from servanda.business.billing.queries.small import MOST, small_difference
from servanda.business.companies.facts import CompanyFacts
from servanda.business.evidence.actions import record, record_all
from servanda.business.evidence.facts import Event, because_from_json, because_to_json
from servanda.business.ledger.actions import post_all
from servanda.business.ledger.facts import Account, JournalEntry, PostingLine
from servanda.ground.citation import Citation
from servanda.ground.money import Money
from servanda.ground.refusal import Refused

VOUCHER = Citation("Bogføringsloven", "§ 9", "700/2022")
REASON = "a difference too small to ask for"


class NotSmall(Refused):
    """More was to be written off than the company gives up."""


@dataclass(frozen=True, slots=True)
class WrittenOff:
    """So much of an invoice's principal is given up; `entry_id` is the payment that fell short by it."""

    invoice_id: int
    customer_id: int
    amount: Money
    value_on: date
    entry_id: int | None = None


@transaction.atomic
def set_write_off_limit(
    company: CompanyFacts, amount: Money, *, since: date, by: str, reason: str, today: date, at: datetime
) -> None:
    """Decide up to how much the company writes off from a day on; nothing ends it. The past stays as it was."""
    if not Money(0) <= amount <= MOST:
        raise NotSmall(
            "%(amount)s is not between 0 and %(most)s. More than one krone is no small difference.",
            {"amount": amount, "most": MOST},
        )
    if not reason.strip():
        raise NotSmall("Say why. The reason is kept with the decision.")
    if since < today:
        raise NotSmall(
            "The decision would hold from %(since)s, which has passed. Choose today or a later day.", {"since": since}
        )
    row = WriteOffLimit.objects.create(
        company_id=company.company_id, since=since, amount_minor=amount.minor, by=by, reason=reason.strip()
    )
    record(
        company_id=company.company_id,
        key=f"write-off-limit.set:{row.pk}",
        what="write-off-limit.set",
        subject=f"company:{company.company_id}",
        on_day=today,
        at=at,
        because=(),
        facts={"amount_minor": amount.minor, "since": since.isoformat(), "reason": row.reason},
        by=by,
    )


@transaction.atomic
def write_off_rest(
    company: CompanyFacts, invoice_id: int, *, by: str, today: date, at: datetime
) -> tuple[WrittenOff, ...]:
    """Write off what little is left of an invoice's principal, on a person's word; nothing left is nothing to do."""
    row = (
        Invoice.objects.select_for_update().filter(pk=invoice_id, company_id=company.company_id, kind="invoice").first()
    )
    if row is None or not row.open_minor:
        return ()
    small = small_difference(company, on=today)
    left = Money(row.open_minor, row.currency)
    charged = Charge.objects.filter(invoice=row, open_minor__gt=0).exists()
    if left > small.most or charged:
        raise NotSmall(
            "Invoice %(number)s has %(left)s open, or charges besides; %(name)s writes off at most %(most)s. Ask "
            "for it, or write a credit note.",
            {"number": row.number, "left": left, "name": company.name, "most": small.most},
        )
    given = (WrittenOff(row.pk, row.customer_id, left, today),)
    write_off_all(company, given, by=by, today=today, at=at)
    row.open_minor = 0
    row.save(update_fields=["open_minor"])
    return given


def write_off_all(company: CompanyFacts, given: Iterable[WrittenOff], *, by: str, today: date, at: datetime) -> None:
    """Book small differences off their invoices. Who calls has locked the invoices, and writes what is open of them."""
    wanted = tuple(given)
    if not wanted:
        return
    small = small_difference(company, on=today)
    because = (*small.because, VOUCHER)
    rows = WriteOff.objects.bulk_create(
        WriteOff(
            company_id=company.company_id,
            customer_id=one.customer_id,
            invoice_id=one.invoice_id,
            entry_id=one.entry_id,
            amount_minor=one.amount.minor,
            on_day=today,
            by=by,
            because=because_to_json(because),
        )
        for one in wanted
    )
    Allocation.objects.bulk_create(
        _allocation(row, row.amount_minor, one.value_on, by=by, today=today)
        for row, one in zip(rows, wanted, strict=True)
    )
    post_all(company.company_id, [_journal(row, 1, because, today=today) for row in rows], at=at)
    record_all(_event(row, "written-off", because, today=today, at=at, by=by) for row in rows)


def undo_write_offs(company: CompanyFacts, entry_id: int, *, by: str, today: date, at: datetime) -> None:
    """Take back what was given up because of a payment that is gone now; the invoices have it open again."""
    gone = set(
        Allocation.objects.filter(write_off__entry_id=entry_id, amount_minor__lt=0).values_list("write_off", flat=True)
    )
    for row in WriteOff.objects.filter(entry_id=entry_id).exclude(pk__in=gone).order_by("id"):
        invoice = Invoice.objects.select_for_update().get(pk=row.invoice_id)
        given = Allocation.objects.get(write_off=row)
        _allocation(row, -row.amount_minor, given.value_on, by=by, today=today).save()
        invoice.open_minor += row.amount_minor
        invoice.save(update_fields=["open_minor"])
        because = because_from_json(row.because)
        post_all(company.company_id, [_journal(row, -1, because, today=today)], at=at)
        record_all([_event(row, "write-off-taken-back", because, today=today, at=at, by=by)])


def _allocation(row: WriteOff, amount: int, value_on: date, *, by: str, today: date) -> Allocation:
    return Allocation(
        company_id=row.company_id,
        write_off=row,
        invoice_id=row.invoice_id,
        amount_minor=amount,
        value_on=value_on,
        on_day=today,
        by=by,
        because=REASON if amount > 0 else "the payment that fell short is gone",
    )


def _journal(row: WriteOff, sign: int, because: tuple[Citation, ...], *, today: date) -> JournalEntry:
    amount = Money(sign * row.amount_minor)
    return JournalEntry(
        key=f"{'written off' if sign > 0 else 'write-off taken back'}:{row.pk}",
        what="write-off",
        on_day=today,
        lines=(PostingLine(Account.ROUNDING, amount), PostingLine(Account.RECEIVABLE, -amount)),
        because=because,
        customer_id=row.customer_id,
        invoice_id=row.invoice_id,
    )


def _event(row: WriteOff, what: str, because: tuple[Citation, ...], *, today: date, at: datetime, by: str) -> Event:
    return Event(
        company_id=row.company_id,
        key=f"invoice.{what}:{row.pk}",
        what=f"invoice.{what}",
        subject=f"invoice:{row.invoice_id}",
        on_day=today,
        at=at,
        because=because,
        facts={"amount_minor": row.amount_minor, "entry": row.entry_id},
        customer_id=row.customer_id,
        by=by,
    )
