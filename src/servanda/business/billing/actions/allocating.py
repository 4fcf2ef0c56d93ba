"""Giving payments to what they are for: rows, journal and what is open change together, for one payment or for thousands.

Charges are filled in the order in which they were made, as the law's custom has it: costs, then interest, then the principal.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from servanda.business.billing.actions.bulk import set_minor
from servanda.business.billing.actions.writing_off import WrittenOff, write_off_all
from servanda.business.billing.decisions.matching import Match, Part, falls_short, part_of
from servanda.business.billing.facts import OpenItem, SmallDifference
from servanda.business.billing.models import Allocation, BankEntry, Charge, Invoice
from servanda.business.billing.queries import items_of_invoices
from servanda.business.billing.queries.small import small_difference
from servanda.business.companies.facts import CompanyFacts
from servanda.business.evidence.actions import record
from servanda.business.evidence.queries import count_recorded
from servanda.business.ledger.actions import post_all
from servanda.business.ledger.facts import Account, JournalEntry, PostingLine
from servanda.ground.citation import Citation
from servanda.ground.money import Money, total_of
from servanda.ground.refusal import Refused

VOUCHER = Citation("Bogføringsloven", "§ 9", "700/2022")
BY_PERSON = "a person's word"


class NotThisEntry(Refused):
    """The bank entry cannot be used for this: it is explained already, or has too little left."""


@dataclass(frozen=True, slots=True)
class Allocated:
    """An invoice on which something was received or taken back, by the day its value reached us."""

    invoice_id: int
    customer_id: int
    value_on: date
    amount: Money  # below zero when it was taken back
    why: str = ""  # it was taken back, where it was not the bank that did it


@dataclass(slots=True)
class _Open:
    """What is left of invoices and of their charges while payments are given to them."""

    invoices: dict[int, int] = field(default_factory=dict)
    charges: dict[int, int] = field(default_factory=dict)
    of_invoice: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))


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
    entry_key = _explained_key(row) if is_booked else f"bank entry received:{row.pk}"
    note_match(row, found)
    row.save(update_fields=["customer_id", "unallocated_minor", "state", "because"])
    return allocate_all(company, [(row, found, entry_key)], by=by, today=today, at=at)


def note_match(row: BankEntry, found: Match) -> None:
    """Put on a bank entry whose it is and what is left of it; who calls writes the row."""
    assert found.customer_id is not None
    row.customer_id = found.customer_id
    row.unallocated_minor = found.rest.minor
    row.state = "matched"
    row.because = found.rule


def allocate_all(
    company: CompanyFacts,
    matched: Sequence[tuple[BankEntry, Match, str]],
    *,
    by: str,
    today: date,
    at: datetime,
) -> tuple[Allocated, ...]:
    """Give matched bank entries, noted and written, to their invoices; each comes with the key of its journal entry.

    The payments are given in their order. Runs in the transaction of the caller, who has locked the invoices.
    """
    left = _open_of({part.invoice_id for _, found, _ in matched for part in found.parts})
    rows = [one for row, found, _ in matched for one in _allocations(company, row, found, left, by=by, today=today)]
    Allocation.objects.bulk_create(rows, batch_size=2000)
    post_all(company.company_id, [_journal(row, found, key, today=today) for row, found, key in matched], at=at)
    write_off_all(company, _written_off(matched), by=by, today=today, at=at)
    for _, found, _ in matched:
        if found.written_off:
            left.invoices[found.parts[0].invoice_id] -= found.written_off.minor
    set_minor(Invoice, "open_minor", left.invoices)
    set_minor(Charge, "open_minor", left.charges)
    return tuple(
        Allocated(part.invoice_id, _owner(row), row.value_on, part.amount)
        for row, found, _ in matched
        for part in found.parts
    )


@transaction.atomic
def explain_as_payment(
    company: CompanyFacts,
    entry_id: int,
    *,
    invoice_id: int,
    by: str,
    today: date,
    at: datetime,
    writes_off: bool = False,
) -> tuple[Allocated, ...]:
    """Give an entry in suspense to the invoice that a person names; what is over stays as the customer's credit.

    Where it falls short by as little as the company gives up, that is written off if the person says so.
    """
    row = in_suspense(company, entry_id)
    item = _item(company, row, invoice_id)
    amount = Money(row.amount_minor, row.currency)
    part = part_of(item, amount)
    parts = (part,) if part.amount else ()
    small = small_difference(company, on=today) if writes_off else SmallDifference(Money(0, row.currency))
    found = Match(BY_PERSON, parts, amount - part.amount, item.customer_id, 100, falls_short(item, part, small))
    return explain_as(company, row, found, by=by, today=today, at=at)


@transaction.atomic
def explain_as_payments(
    company: CompanyFacts,
    entry_id: int,
    *,
    amounts: Sequence[tuple[int, Money]],
    by: str,
    today: date,
    at: datetime,
) -> tuple[Allocated, ...]:
    """Give an entry in suspense to several invoices of one customer, so much to each; the rest is the customer's credit."""
    row = in_suspense(company, entry_id)
    lock_invoices(invoice_id for invoice_id, _ in amounts)
    items = [_item(company, row, invoice_id) for invoice_id, _ in amounts]
    if len({item.customer_id for item in items}) != 1 or len({item.invoice_id for item in items}) != len(items):
        raise NotThisEntry("The invoices are of several customers, or one is named twice. Split the entry first.")
    parts = []
    for item, (_, amount) in zip(items, amounts, strict=True):
        if not Money(0, row.currency) < amount <= item.open_total:
            raise NotThisEntry(
                "Invoice %(number)s has %(open_total)s open; %(amount)s was named. Name at most that.",
                {"number": item.number, "open_total": item.open_total, "amount": amount},
            )
        parts.append(part_of(item, amount))
    rest = Money(row.amount_minor, row.currency) - total_of((part.amount for part in parts), row.currency)
    if rest.minor < 0:
        raise NotThisEntry("The parts come to more than the entry has; %(rest)s too much.", {"rest": -rest})
    found = Match(BY_PERSON, tuple(parts), rest, items[0].customer_id, 100)
    return explain_as(company, row, found, by=by, today=today, at=at)


@transaction.atomic
def explain_as_credit(
    company: CompanyFacts, entry_id: int, *, customer_id: int, by: str, today: date, at: datetime
) -> tuple[Allocated, ...]:
    """Put all of an entry in suspense to a customer's credit. The round uses it for what they owe, the oldest first."""
    row = in_suspense(company, entry_id)
    if row.amount_minor <= 0:
        raise NotThisEntry(
            "Bank entry %(entry_id)s is money that went out; it is nobody's credit. Say otherwise what it is.",
            {"entry_id": row.pk},
        )
    found = Match(BY_PERSON, (), Money(row.amount_minor, row.currency), customer_id, 100)
    return explain_as(company, row, found, by=by, today=today, at=at)


def explain_as(
    company: CompanyFacts, row: BankEntry, found: Match, *, by: str, today: date, at: datetime
) -> tuple[Allocated, ...]:
    """Carry out what a person (or the system, by new evidence) says an entry in suspense is; kept as evidence."""
    allocated = allocate(company, row, found, by=by, today=today, at=at, is_booked=True)
    facts: dict[str, object] = {
        "rule": found.rule,
        "amount_minor": row.amount_minor,
        "invoices": [part.invoice_id for part in found.parts],
        "rest_minor": found.rest.minor,
    }
    if len(found.parts) == 1:
        facts["invoice"] = found.parts[0].invoice_id
    record_act(company, row, "payment.explained", facts, by=by, today=today, at=at)
    return allocated


def record_act(
    company: CompanyFacts,
    row: BankEntry,
    what: str,
    facts: dict[str, object],
    *,
    by: str,
    today: date,
    at: datetime,
) -> None:
    """Record what was done to an entry. It may be done and undone several times: each time has a key of its own."""
    before = count_recorded(f"entry:{row.pk}", what)
    is_new = record(
        company_id=company.company_id,
        key=f"{what}:{row.pk}" + (f":{before + 1}" if before else ""),
        what=what,
        subject=f"entry:{row.pk}",
        on_day=today,
        at=at,
        because=(VOUCHER,),
        facts=facts,
        customer_id=row.customer_id,
        by=by,
    )
    assert is_new, f"{what} of entry {row.pk} was recorded by another at the same time"


def in_suspense(company: CompanyFacts, entry_id: int) -> BankEntry:
    """Return an entry that waits for an explanation, locked; refuses any other."""
    row = BankEntry.objects.select_for_update().filter(pk=entry_id, company_id=company.company_id).first()
    if row is None or row.state != "suspense":
        raise NotThisEntry(
            "Bank entry %(entry_id)s does not wait for an explanation. Choose one that is waiting for an explanation.",
            {"entry_id": entry_id},
        )
    return row


def times_moved(row: BankEntry, what: str) -> int:
    """Return how often this was done to an entry before, for keys that must be new each time."""
    return count_recorded(f"entry:{row.pk}", what)


def _explained_key(row: BankEntry) -> str:
    before = times_moved(row, "payment.explained")
    return f"bank entry explained:{row.pk}" + (f":{before + 1}" if before else "")


def _open_of(invoice_ids: Iterable[int]) -> _Open:
    left = _Open()
    ids = sorted(invoice_ids)
    rows = Invoice.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
    left.invoices = dict(rows.values_list("pk", "open_minor"))
    charges = Charge.objects.select_for_update().filter(invoice_id__in=ids, open_minor__gt=0).order_by("id")
    for charge_id, invoice_id, open_minor in charges.values_list("pk", "invoice_id", "open_minor"):
        left.charges[charge_id] = open_minor
        left.of_invoice[invoice_id].append(charge_id)
    return left


def _allocations(
    company: CompanyFacts, row: BankEntry, found: Match, left: _Open, *, by: str, today: date
) -> Iterator[Allocation]:
    """Yield the rows that give an entry to its invoices, and take it off what is left of those."""
    for part in found.parts:
        for charge_id, amount in _given(part, left):
            yield Allocation(
                company_id=company.company_id,
                entry=row,
                invoice_id=part.invoice_id,
                charge_id=charge_id,
                amount_minor=amount,
                value_on=row.value_on,
                on_day=today,
                by=by,
                because=found.rule,
            )


def _given(part: Part, left: _Open) -> Iterator[tuple[int | None, int]]:
    """Yield each charge that a part reaches with its amount, then the principal's; the charge is empty there."""
    to_charges = part.to_charges.minor
    for charge_id in left.of_invoice[part.invoice_id]:
        amount = min(to_charges, left.charges[charge_id])
        if amount:
            left.charges[charge_id] -= amount
            to_charges -= amount
            yield charge_id, amount
    assert not to_charges, f"invoice {part.invoice_id} has fewer charges open than were matched"
    if part.to_principal:
        left.invoices[part.invoice_id] -= part.to_principal.minor
        yield None, part.to_principal.minor


def _written_off(matched: Sequence[tuple[BankEntry, Match, str]]) -> Iterator[WrittenOff]:
    for row, found, _ in matched:
        if found.written_off:
            assert len(found.parts) == 1, "a small difference is one invoice's"
            yield WrittenOff(found.parts[0].invoice_id, _owner(row), found.written_off, row.value_on, row.pk)


def _journal(row: BankEntry, found: Match, key: str, *, today: date) -> JournalEntry:
    amount = Money(row.amount_minor, row.currency)
    given = amount - found.rest
    is_booked = key.startswith("bank entry explained")
    lines = (
        PostingLine(Account.SUSPENSE if is_booked else Account(row.ledger_account), amount),
        PostingLine(Account.RECEIVABLE, -given),
        PostingLine(Account.CUSTOMER_CREDIT, -found.rest),
    )
    return JournalEntry(
        key=key,
        what="payment",
        on_day=today if is_booked else row.booked_on,
        lines=tuple(line for line in lines if line.amount),
        because=(VOUCHER,),
        customer_id=found.customer_id,
        invoice_id=found.parts[0].invoice_id if found.parts else None,
    )


def _owner(row: BankEntry) -> int:
    assert row.customer_id is not None, "what is allocated has a customer"
    return row.customer_id


def _item(company: CompanyFacts, row: BankEntry, invoice_id: int) -> OpenItem:
    """Return the invoice that a person names for an entry, as it stands once nobody else can change it."""
    if row.amount_minor <= 0:
        raise NotThisEntry(
            "Bank entry %(entry_id)s is money that went out. It pays no invoice; say otherwise what it is.",
            {"entry_id": row.pk},
        )
    locked = lock_invoices([invoice_id])
    found = Invoice.objects.filter(pk__in=locked, company_id=company.company_id, kind="invoice").first()
    if found is None or found.currency != row.currency:
        raise NotThisEntry(
            "%(name)s has no invoice with id %(invoice_id)s in %(currency)s. Choose another one.",
            {"name": company.name, "invoice_id": invoice_id, "currency": row.currency},
        )
    return items_of_invoices([invoice_id])[0]
