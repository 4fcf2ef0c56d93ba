"""The vouchers of a company, and the entries in them."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import connection

from servanda.business.books.facts import BookedEntry, BookedPosting, VoucherFacts, VoucherLineFacts
from servanda.business.books.models import Voucher, VoucherLine
from servanda.ground.money import Money
from servanda.ground.refusal import Refused


class NoSuchVoucher(Refused):
    """The company has no voucher of that number."""


def vouchers(company_id: int, *, since: date, until: date) -> tuple[VoucherFacts, ...]:
    """Return the vouchers of the days from the first to the last with their lines, in the order of their numbers."""
    rows = Voucher.objects.filter(company_id=company_id, day__range=(since, until)).order_by("number")
    return _whole(rows)


def newest_vouchers(company_id: int, *, limit: int, before: int | None = None) -> tuple[VoucherFacts, ...]:
    """Return the newest vouchers, without lines; those below a number, if one is given."""
    rows = Voucher.objects.filter(company_id=company_id).order_by("-number")
    if before is not None:
        rows = rows.filter(number__lt=before)
    return tuple(_facts(row, ()) for row in rows[:limit])


def voucher_numbered(company_id: int, number: int) -> VoucherFacts:
    """Return a voucher with its lines; refuses an unknown number."""
    found = _whole(Voucher.objects.filter(company_id=company_id, number=number))
    if not found:
        raise NoSuchVoucher("There is no voucher %(number)s. Choose one of the list.", {"number": number})
    return found[0]


def voucher_count(company_id: int) -> int:
    return Voucher.objects.filter(company_id=company_id).count()


def entries_of_voucher(voucher_id: int, *, limit: int = 500) -> tuple[BookedEntry, ...]:
    """Return the entries in a voucher with their postings, in the order of the ledger."""
    return _entries(f"{_ENTRIES} where v.id = %s order by e.id limit %s", [voucher_id, limit])


def entries_of_period(company_id: int, *, since: date, until: date) -> tuple[BookedEntry, ...]:
    """Return the entries of the days from the first to the last, by day and place in the ledger."""
    where = "where e.company_id = %s and e.on_day between %s and %s order by e.on_day, e.id"
    return _entries(f"{_ENTRIES} {where}", [company_id, since, until])


def days_without_voucher(company_id: int, *, until: date) -> tuple[date, ...]:
    """Return the days up to one, included, that have an entry in no voucher."""
    with connection.cursor() as cursor:
        cursor.execute(_UNCOVERED_DAYS, [company_id, until])
        return tuple(row[0] for row in cursor.fetchall())


def _whole(rows: Iterable[Voucher]) -> tuple[VoucherFacts, ...]:
    found = list(rows)
    lines: dict[int, list[VoucherLineFacts]] = defaultdict(list)
    for row in VoucherLine.objects.filter(voucher__in=found).order_by("voucher_id", "account", "currency"):
        debit, credit = Money(row.debit_minor, row.currency), Money(row.credit_minor, row.currency)
        lines[row.voucher_id].append(VoucherLineFacts(account=row.account, debit=debit, credit=credit))
    return tuple(_facts(row, tuple(lines[row.pk])) for row in found)


def _facts(row: Voucher, lines: tuple[VoucherLineFacts, ...]) -> VoucherFacts:
    return VoucherFacts(
        voucher_id=row.pk,
        number=row.number,
        kind=row.kind,
        day=row.day,
        made_on=row.made_on,
        entries=row.entries,
        debit=Money(row.debit_minor),
        sha256=row.sha256,
        lines=lines,
    )


def _entries(select: str, values: list[Any]) -> tuple[BookedEntry, ...]:
    with connection.cursor() as cursor:
        cursor.execute(select, values)
        return tuple(_entry(row) for row in cursor.fetchall())


def _entry(row: tuple[Any, ...]) -> BookedEntry:
    *head, accounts, amounts, currencies = row
    entry_id, number, key, what, on_day, of_day, at, customer_id, invoice_id = head
    postings = tuple(
        BookedPosting(account=account, amount=Money(amount, currency))
        for account, amount, currency in zip(accounts or (), amounts or (), currencies or (), strict=True)
    )
    return BookedEntry(
        entry_id=entry_id,
        voucher_number=number,
        key=key,
        what=what,
        on_day=on_day,
        of_day=of_day,
        at=at,
        customer_id=customer_id,
        invoice_id=invoice_id,
        postings=postings,
    )


_ENTRIES = """
select e.id, v.number, e.key, e.what, e.on_day, e.of_day, e.at, e.customer_id, e.invoice_id,
       p.accounts, p.amounts, p.currencies
  from ledger_entry e
  left join books_voucher_entry c on c.entry_id = e.id
  left join books_voucher v on v.id = c.voucher_id
  left join lateral (select array_agg(account order by id) as accounts, array_agg(amount_minor order by id) as amounts,
                            array_agg(currency order by id) as currencies
                       from ledger_posting where entry_id = e.id) p on true
"""
_UNCOVERED_DAYS = """
select distinct e.on_day from ledger_entry e
 where e.company_id = %s and e.on_day <= %s
   and not exists (select 1 from books_voucher_entry c where c.entry_id = e.id)
 order by e.on_day
"""
