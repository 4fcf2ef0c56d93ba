"""Posting journal entries: all lines of an entry in one statement, after which the database checks its balance."""

from collections.abc import Sequence
from datetime import datetime

from servanda.business.evidence.facts import because_to_json
from servanda.business.ledger.facts import JournalEntry
from servanda.business.ledger.models import Entry, Posting
from servanda.ground.money import Money, total_of


def post(company_id: int, entry: JournalEntry, *, at: datetime) -> bool:
    """Post one entry. False: its key is there already, and nothing was written."""
    return post_all(company_id, [entry], at=at) == 1


def post_all(company_id: int, entries: Sequence[JournalEntry], *, at: datetime) -> int:
    """Post the entries whose keys are new, and return how many those are."""
    taken = set(Entry.objects.filter(key__in=[entry.key for entry in entries]).values_list("key", flat=True))
    new = [entry for entry in entries if entry.key not in taken]
    for entry in new:
        assert not total_of((line.amount for line in entry.lines), _currency(entry)), f"{entry.key} is out of balance"
    rows = Entry.objects.bulk_create(_entry_row(company_id, entry, at) for entry in new)
    Posting.objects.bulk_create(
        _posting_row(company_id, row, entry, line.account, line.amount)
        for row, entry in zip(rows, new, strict=True)
        for line in entry.lines
        if line.amount
    )
    return len(new)


def _currency(entry: JournalEntry) -> str:
    return entry.lines[0].amount.currency


def _entry_row(company_id: int, entry: JournalEntry, at: datetime) -> Entry:
    return Entry(
        company_id=company_id,
        key=entry.key,
        what=entry.what,
        on_day=entry.on_day,
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
