"""Booking new movements: what each is for, and all rows of a statement written at once.

Payments that come one after another are decided in their order, from what is open as the ones before leave it, and then written
together: some twenty questions for a whole statement, whether it has one line or a thousand. Where the bank takes a payment back,
what came before is written first, so that the payment is there to be found.

A movement that cannot be booked must not keep out the others of its file. Where booking them together fails, each is booked by
itself (`book_rows_apart`), and the one that fails lies in suspense with the reason, for a person.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import DatabaseError, OperationalError, transaction

from servanda.business.billing.actions.allocating import VOUCHER, Allocated, allocate_all, lock_invoices, note_match
from servanda.business.billing.actions.noticing import Told, explain_by_notices, notices_for
from servanda.business.billing.actions.undoing import CAN_RETURN, give_back
from servanda.business.billing.decisions.matching import (
    BY_REFERENCE,
    Match,
    Part,
    after,
    invoice_numbers_in,
    match,
)
from servanda.business.billing.facts import IncomingEntry, OpenItem, SmallDifference
from servanda.business.billing.models import BankEntry
from servanda.business.billing.queries import items_of_invoices, open_items, open_items_of_customers
from servanda.business.billing.queries.payers import customers_paid_for
from servanda.business.billing.queries.paying_back import STANDS
from servanda.business.billing.queries.small import small_difference
from servanda.business.companies.facts import CompanyFacts
from servanda.business.evidence.actions import record_all
from servanda.business.evidence.facts import Event
from servanda.business.ledger.actions import post_all
from servanda.business.ledger.facts import Account, JournalEntry, PostingLine
from servanda.ground.money import Money
from servanda.ground.refusal import Refused

ALIKE = "it looks like a payment of another statement, and the bank gave no reference"
BACK = "the bank returns money that went out"
OUT = "money that went out"
NOT_KNOWN = "it takes back a payment that is not known"
UNBOOKABLE = (
    "it could not be booked by itself"  # then why: a rule, the database or a mistake of the program stood against it
)
# What one movement may fail by. That another worker was at the same rows (OperationalError) is tried again as a whole.
FAILURES = (AssertionError, LookupError, ValueError, Refused, DatabaseError)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReceivedEntry:
    """What became of one movement. `rule` is how it was matched, or why it lies in suspense."""

    entry_id: int
    amount: Money
    booked_on: date
    text: str
    payer_name: str
    state: str
    rule: str
    parts: tuple[Part, ...] = ()
    credit: Money | None = None  # what is over, and stays to the customer's credit
    takes_back: int | None = None  # the entry that the bank has taken back
    score: int = 0  # how sure the match is, of 100
    written_off: Money | None = None  # what it fell short by, and the company gave up


@dataclass(slots=True)
class _Desk:
    """What payments can be for, as it stands while they are decided one after another."""

    items: dict[int, OpenItem]
    small: SmallDifference
    payers: dict[str, set[int]]
    by_reference: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    by_number: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    by_customer: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))


Booked = tuple[tuple[ReceivedEntry, ...], tuple[Allocated, ...]]
Follow = Callable[[Sequence[Allocated]], None]  # carries out what follows from payments, in the same transaction


def book_rows(company: CompanyFacts, rows: Sequence[BankEntry], *, today: date, at: datetime) -> Booked:
    """Book new movements in their order, write them, and return what became of each, and the invoices that changed.

    Runs in the transaction of the caller, who has the company's turn.
    """
    told: list[ReceivedEntry] = []
    changed: list[Allocated] = []
    for run in _runs(rows):
        entries, allocated = (
            _take_back(company, run[0], today=today, at=at)
            if _takes_back(run[0])
            else _book_run(company, run, today=today, at=at)
        )
        told.extend(entries)
        changed.extend(allocated)
    return tuple(told), tuple(changed)


def book_rows_apart(
    company: CompanyFacts, rows: Sequence[BankEntry], follow: Follow, *, today: date, at: datetime
) -> Booked:
    """Book each new movement by itself with all that follows; one that fails lies in suspense with the reason.

    Runs in the transaction of the caller, who has the company's turn.
    """
    told: list[ReceivedEntry] = []
    changed: list[Allocated] = []
    for row in rows:
        as_it_came = copy(row)
        try:
            with transaction.atomic():
                entries, allocated = book_rows(company, [row], today=today, at=at)
                follow(allocated)
        except OperationalError:
            raise
        except FAILURES as failure:
            _log.exception("A movement of statement %s was left for a person.", as_it_came.statement_id)
            as_it_came.save()
            entries, allocated = _left_waiting(company, as_it_came, f"{UNBOOKABLE}: {_why(failure)}", at=at)
        told.extend(entries)
        changed.extend(allocated)
    return tuple(told), tuple(changed)


def _why(failure: Exception) -> str:
    """Return a failure in one line: a database tells details below, which are for operators."""
    return (str(failure).strip() or type(failure).__name__).splitlines()[0]


def match_again(company: CompanyFacts, row: BankEntry, today: date) -> Match:
    """Return what an entry in suspense is for by what is known of it now; its invoices are locked."""
    desk = _desk(company, [row], today=today)
    return _decide(company, row, desk)


def _takes_back(row: BankEntry) -> bool:
    return row.amount_minor < 0 and row.is_reversal and row.because != ALIKE


def _runs(rows: Iterable[BankEntry]) -> Iterable[list[BankEntry]]:
    """Yield the rows in their order: each taking back by itself, and all between two of them together."""
    run: list[BankEntry] = []
    for row in rows:
        if not _takes_back(row):
            run.append(row)
            continue
        if run:
            yield run
        yield [row]
        run = []
    if run:
        yield run


def _book_run(company: CompanyFacts, rows: list[BankEntry], *, today: date, at: datetime) -> Booked:
    news = notices_for(company, rows)
    for row in rows:
        news.fill_in(row)
    payments = [row for row in rows if _is_payment(row)]
    desk = _desk(company, payments, today=today)
    found = {id(row): _decide(company, row, desk) for row in payments}
    matched = []
    for row in rows:
        known = found.get(id(row))
        if known is not None and known.customer_id is not None:
            note_match(row, known)
            matched.append(row)
        else:
            row.because = row.because or (known.rule if known is not None else _not_a_payment(row))
    BankEntry.objects.bulk_create(rows, batch_size=1000)
    waiting = [row for row in rows if row.state == "suspense"]
    post_all(company.company_id, [_to_suspense(row) for row in waiting], at=at)
    given = [(row, found[id(row)], f"bank entry received:{row.pk}") for row in matched]
    allocated = allocate_all(company, given, by="system", today=today, at=at)
    record_all(_event(company, row, match, today=today, at=at) for row, match, _ in given)
    told_by_notice = explain_by_notices(company, waiting, news, match_again, today=today, at=at)
    entries = tuple(_told(row, found.get(id(row)), told_by_notice.get(row.pk)) for row in rows)
    return entries, (*allocated, *(one for told in told_by_notice.values() for one in told.allocated))


def _is_payment(row: BankEntry) -> bool:
    return row.amount_minor > 0 and not row.is_reversal and row.because != ALIKE


def _not_a_payment(row: BankEntry) -> str:
    return OUT if row.amount_minor < 0 else BACK


def _desk(company: CompanyFacts, rows: Sequence[BankEntry], *, today: date) -> _Desk:
    """Read and lock all that these payments could be for, as it stands once nobody else can change it."""
    references = {row.creditor_reference for row in rows if row.creditor_reference}
    numbers = {number for row in rows for number in invoice_numbers_in(_incoming(company, row))}
    payers = customers_paid_for(company.company_id, {row.payer_account for row in rows if row.payer_account})
    found = open_items(company.company_id, references=references, numbers=numbers)
    own = open_items_of_customers(_payers_alone(rows, payers, found))
    locked = lock_invoices({item.invoice_id for item in (*found, *own)})
    desk = _Desk({}, small_difference(company, on=today), payers)
    for item in items_of_invoices(locked):
        desk.items[item.invoice_id] = item
        desk.by_reference[item.reference].append(item.invoice_id)
        desk.by_number[item.number].append(item.invoice_id)
        desk.by_customer[item.customer_id].append(item.invoice_id)
    return desk


def _payers_alone(
    rows: Sequence[BankEntry], payers: Mapping[str, set[int]], found: Sequence[OpenItem]
) -> frozenset[int]:
    """Return the customers who may be paid for by an account alone: as known before, or by a reference in these rows.

    Only accounts that also pay without a reference here matter.
    """
    untold = {row.payer_account for row in rows if row.payer_account and not row.creditor_reference}
    by_reference = {item.reference: item.customer_id for item in found}
    known = {account: set(payers.get(account, ())) for account in untold}
    for row in rows:
        if row.payer_account in untold and row.creditor_reference in by_reference:
            known[row.payer_account].add(by_reference[row.creditor_reference])
    return frozenset(next(iter(customers)) for customers in known.values() if len(customers) == 1)


def _decide(company: CompanyFacts, row: BankEntry, desk: _Desk) -> Match:
    """Return what a payment is for, and take it off what is open on the desk."""
    entry = _incoming(company, row, frozenset(desk.payers.get(row.payer_account, ())))
    ids = set(desk.by_reference.get(entry.reference, ())) if entry.reference else set()
    for number in invoice_numbers_in(entry):
        ids.update(desk.by_number.get(number, ()))
    for customer_id in entry.paid_before_for if len(entry.paid_before_for) == 1 else ():
        ids.update(desk.by_customer.get(customer_id, ()))
    items = sorted((desk.items[invoice_id] for invoice_id in ids), key=lambda item: item.number)
    found = match(entry, tuple(items), small=desk.small)
    for part in found.parts:
        desk.items[part.invoice_id] = after(desk.items[part.invoice_id], part, found.written_off)
    if found.rule == BY_REFERENCE and found.customer_id is not None and row.payer_account:
        desk.payers.setdefault(row.payer_account, set()).add(found.customer_id)
    return found


def _incoming(company: CompanyFacts, row: BankEntry, paid_before_for: frozenset[int] = frozenset()) -> IncomingEntry:
    return IncomingEntry(
        Money(row.amount_minor, row.currency),
        row.creditor_reference,
        row.text,
        paid_before_for,
        is_for_another=bool(row.fik_creditor and company.fik_creditor and row.fik_creditor != company.fik_creditor),
        payer_name=row.payer_name,
    )


def _take_back(company: CompanyFacts, row: BankEntry, *, today: date, at: datetime) -> Booked:
    row.save()
    returned = _returned_payment(row)
    if returned is None:
        return _left_waiting(company, row, NOT_KNOWN, at=at)
    try:
        with transaction.atomic():
            allocated = give_back(company, returned, row, today=today, at=at)
    except Refused as refusal:  # one movement never keeps out the others of its statement
        row.refresh_from_db()
        return _left_waiting(company, row, f"{STANDS}: {refusal}", at=at)
    return (_told(row, None, None, takes_back=returned.pk),), allocated


def _left_waiting(company: CompanyFacts, row: BankEntry, reason: str, *, at: datetime) -> Booked:
    """Book a taking back that is not carried out, with the reason, for a person to see to."""
    row.because = reason
    row.save(update_fields=["because"])
    post_all(company.company_id, [_to_suspense(row)], at=at)
    return (_told(row, None, None),), ()


def _told(
    row: BankEntry, found: Match | None, by_notice: Told | None, *, takes_back: int | None = None
) -> ReceivedEntry:
    known = by_notice.found if by_notice is not None and by_notice.found is not None else found
    is_matched = row.state == "matched" and known is not None
    return ReceivedEntry(
        entry_id=row.pk,
        amount=Money(row.amount_minor, row.currency),
        booked_on=row.booked_on,
        text=row.text,
        payer_name=row.payer_name,
        state=row.state,
        rule=row.because,
        parts=known.parts if is_matched and known else (),
        credit=(known.rest or None) if is_matched and known else None,
        takes_back=takes_back,
        score=known.score if is_matched and known else 0,
        written_off=known.written_off if is_matched and known else None,
    )


def _event(company: CompanyFacts, row: BankEntry, found: Match, *, today: date, at: datetime) -> Event:
    facts: dict[str, object] = {
        "amount_minor": row.amount_minor,
        "value_on": row.value_on.isoformat(),
        "rule": found.rule,
        "score": found.score,
        "invoices": [part.invoice_id for part in found.parts],
        "rest_minor": found.rest.minor,
    }
    return Event(
        company_id=company.company_id,
        key=f"payment.received:{row.pk}",
        what="payment.received",
        subject=f"entry:{row.pk}",
        on_day=today,
        at=at,
        because=(VOUCHER,),
        facts=facts,
        customer_id=found.customer_id,
    )


def _to_suspense(row: BankEntry) -> JournalEntry:
    amount = Money(row.amount_minor, row.currency)
    return JournalEntry(
        key=f"bank entry:{row.pk}",
        what="payment",
        on_day=row.booked_on,
        lines=(PostingLine(Account(row.ledger_account), amount), PostingLine(Account.SUSPENSE, -amount)),
        because=(VOUCHER,),
    )


def _returned_payment(row: BankEntry) -> BankEntry | None:
    """Return the payment that a negative movement takes back, if it is certain which one it was.

    It came before, over the same amount, and the bank names it by its own reference, by the payment reference, or, without
    either, it is the only one with the same text from the same payer.
    """
    same = BankEntry.objects.filter(
        company_id=row.company_id,
        account=row.account,
        amount_minor=-row.amount_minor,
        booked_on__lte=row.booked_on,
        is_reversal=False,
        parent=None,
        state__in=list(CAN_RETURN),
    ).order_by("-booked_on", "-id")
    if row.reference and (named := same.filter(reference=row.reference).first()):
        return named
    if row.creditor_reference:
        # Paid twice with one reference: the later one is over, and taking that back takes least from the customer.
        return same.filter(creditor_reference=row.creditor_reference).first()
    if not row.text and not row.payer_account:
        return None
    alike = list(same.filter(creditor_reference="", text=row.text, payer_account=row.payer_account)[:2])
    return alike[0] if len(alike) == 1 else None
