"""Making the voucher of each day that is over: all its entries added up, each entry in exactly one voucher.

What was late for its day, while its books were still open, goes into a supplement with the next number. Numbers are given
under a lock of the company in the transaction that writes, so there are no holes, and the second run finds nothing to do.
"""

import hashlib
from datetime import date, datetime, timedelta

import msgspec
from django.db import connection, transaction
from django.db.models import Max

from servanda.business.books.models import Voucher, VoucherLine
from servanda.business.books.queries.vouchers import days_without_voucher

_TURN = 20_271  # names the lock on a company's vouchers among all advisory locks


@transaction.atomic
def make_vouchers(company_id: int, *, today: date, at: datetime) -> int:
    """Make the vouchers of all days before today that have entries in none, and return how many were made."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [_TURN, company_id])
    days = days_without_voucher(company_id, until=today - timedelta(days=1))
    for day in days:
        _make(company_id, day, today=today, at=at)
    return len(days)


def _make(company_id: int, day: date, *, today: date, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_ENTRIES, [company_id, day])
        ids = [row[0] for row in cursor.fetchall()]
        cursor.execute(_LINES, [ids])
        lines = [(account, currency, int(debit), int(credit)) for account, currency, debit, credit in cursor.fetchall()]
    mine = Voucher.objects.filter(company_id=company_id)
    number = (mine.aggregate(last=Max("number"))["last"] or 0) + 1
    voucher = Voucher.objects.create(
        company_id=company_id,
        number=number,
        kind="supplement" if mine.filter(day=day).exists() else "day",
        day=day,
        made_on=today,
        made_at=at,
        entries=len(ids),
        debit_minor=sum(debit for _, _, debit, _ in lines),
        sha256=voucher_hash(company_id, number, day, lines, ids),
    )
    VoucherLine.objects.bulk_create(
        VoucherLine(voucher=voucher, account=account, currency=currency, debit_minor=debit, credit_minor=credit)
        for account, currency, debit, credit in lines
    )
    with connection.cursor() as cursor:
        cursor.execute(_COVER, [voucher.pk, ids])


def voucher_hash(
    company_id: int, number: int, day: date, lines: list[tuple[str, str, int, int]], ids: list[int]
) -> str:
    """Return the hash of what a voucher says: it can be computed again from the rows at any time."""
    return hashlib.sha256(msgspec.json.encode((company_id, number, day, lines, ids))).hexdigest()


_ENTRIES = """
select e.id from ledger_entry e
 where e.company_id = %s and e.on_day = %s and not exists (select 1 from books_voucher_entry c where c.entry_id = e.id)
 order by e.id
"""
_LINES = """
select account, currency, sum(greatest(amount_minor, 0)), sum(greatest(-amount_minor, 0))
  from ledger_posting where entry_id = any(%s) group by 1, 2 order by 1, 2
"""
_COVER = "insert into books_voucher_entry (voucher_id, entry_id) select %s, unnest(%s::bigint[])"
