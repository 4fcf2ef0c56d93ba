"""Posting journal entries: all lines of an entry in one statement, after which the database checks its balance."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Count, Q, Sum

from servanda.business.evidence.facts import because_to_json
from servanda.business.ledger.decisions import booking_day
from servanda.business.ledger.facts import ClosingDraft, JournalEntry
from servanda.business.ledger.models import Closing, Entry, Posting
from servanda.business.ledger.queries import closed_until
from servanda.ground.money import Money, total_of

PERIOD_LOCK = 20_270  # among all advisory locks: the closing of a company's books; migration 0003 takes it, too


def post(company_id: int, entry: JournalEntry, *, at: datetime) -> bool:
    """Post one entry. False: its key is there already, and nothing was written."""
    return post_all(company_id, [entry], at=at) == 1


@transaction.atomic(savepoint=False)
def post_all(company_id: int, entries: Sequence[JournalEntry], *, at: datetime) -> int:
    """Post the entries whose keys are new, and return how many those are."""
    taken = set(Entry.objects.filter(key__in=[entry.key for entry in entries]).values_list("key", flat=True))
    new = [entry for entry in entries if entry.key not in taken]
    for entry in new:
        assert not total_of((line.amount for line in entry.lines), _currency(entry)), f"{entry.key} is out of balance"
    closed = closed_until(company_id) if new else None
    rows = Entry.objects.bulk_create(_entry_row(company_id, entry, at, closed) for entry in new)
    Posting.objects.bulk_create(
        _posting_row(company_id, row, entry, line.account, line.amount)
        for row, entry in zip(rows, new, strict=True)
        for line in entry.lines
        if line.amount
    )
    return len(new)


def close_books(company_id: int, draft: ClosingDraft, *, today: date, at: datetime) -> int:
    """Write that the books are closed up to a day, or reopened after one, and return the row's id.

    What may be closed and by whom is for the caller to ask. Runs in the caller's transaction, after `hold_entries`.
    """
    before = closed_until(company_id)
    entries = Entry.objects.filter(company_id=company_id, on_day__lte=draft.until or date.min)
    found = entries.aggregate(
        count=Count("id", distinct=True),
        debit=Sum("posting__amount_minor", filter=Q(posting__amount_minor__gt=0)),
    )
    row = Closing.objects.create(
        company_id=company_id,
        closed_until=draft.until,
        is_reopening=before is not None and (draft.until is None or draft.until < before),
        entries=found["count"],
        debit_minor=found["debit"] or 0,
        reason=draft.reason,
        by=draft.by,
        seconded_by=draft.seconded_by,
        on_day=today,
        at=at,
    )
    return row.pk


def hold_entries(company_id: int) -> None:
    """Wait for the entries that are being written, and let none begin until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [PERIOD_LOCK, company_id])


def _currency(entry: JournalEntry) -> str:
    return entry.lines[0].amount.currency


def _entry_row(company_id: int, entry: JournalEntry, at: datetime, closed: date | None) -> Entry:
    on_day = booking_day(entry.on_day, closed_until=closed)
    return Entry(
        company_id=company_id,
        key=entry.key,
        what=entry.what,
        on_day=on_day,
        of_day=entry.on_day if on_day != entry.on_day else None,
        at=at,
        customer_id=entry.customer_id,
        invoice_id=entry.invoice_id,
        because=because_to_json(entry.because),
    )


def _posting_row(company_id: int, row: Entry, entry: JournalEntry, account: str, amount: Money) -> Posting:
    return Posting(
        entry=row,
        company_id=company_id,
        account=account,
        amount_minor=amount.minor,
        currency=amount.currency,
        customer_id=entry.customer_id,
    )
