"""Are the series without holes, is every entry in a voucher, and does each voucher say what the ledger says?"""

from datetime import date

from django.db import connection

from servanda.business.billing.queries.numbers import given_numbers
from servanda.business.books.facts import Gap, SeriesProof
from servanda.business.books.models import VoidNumber, Voucher

INVOICES, VOUCHERS, ENTRIES = "invoice", "voucher", "entry"


def proofs(company_id: int, *, until: date) -> tuple[SeriesProof, ...]:
    """Return what the series of invoices and vouchers hold, and whether each entry up to the day is in a voucher."""
    return (_of_invoices(company_id), _of_vouchers(company_id), _of_entries(company_id, until))


def voided(company_id: int, series: str) -> dict[int, str]:
    """Return the numbers of a series that no document carries, with the reasons that people gave."""
    rows = VoidNumber.objects.filter(company_id=company_id, series=series).order_by("number")
    return {row.number: row.reason for row in rows}


def differing_vouchers(company_id: int) -> tuple[int, ...]:
    """Return the numbers of vouchers whose lines are not what their entries add up to."""
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERING, {"company": company_id})
        return tuple(row[0] for row in cursor.fetchall())


def _of_invoices(company_id: int) -> SeriesProof:
    given, voids = given_numbers(company_id), voided(company_id, INVOICES)
    gaps = tuple(
        Gap(series=INVOICES, number=number, problem="no invoice or credit note carries it", void=voids.get(number, ""))
        for number in given.missing
    )
    return SeriesProof(series=INVOICES, count=given.count, first=given.first, last=given.last, gaps=gaps)


def _of_vouchers(company_id: int) -> SeriesProof:
    numbers = list(Voucher.objects.filter(company_id=company_id).order_by("number").values_list("number", flat=True))
    missing = sorted(set(range(1, (numbers[-1] if numbers else 0) + 1)) - set(numbers))
    gaps = [Gap(series=VOUCHERS, number=number, problem="no voucher carries it") for number in missing]
    gaps += [
        Gap(series=VOUCHERS, number=number, problem="its lines are not what its entries add up to")
        for number in differing_vouchers(company_id)
    ]
    first, last = (numbers[0], numbers[-1]) if numbers else (None, None)
    return SeriesProof(series=VOUCHERS, count=len(numbers), first=first, last=last, gaps=tuple(gaps))


def _of_entries(company_id: int, until: date) -> SeriesProof:
    with connection.cursor() as cursor:
        cursor.execute(_COVERED, {"company": company_id, "until": until})
        count, first, last = cursor.fetchone()
        cursor.execute(_UNCOVERED, {"company": company_id, "until": until})
        gaps = tuple(
            Gap(series=ENTRIES, number=entry_id, problem=f"{key} of {on_day} is in no voucher")
            for entry_id, key, on_day in cursor.fetchall()
        )
    return SeriesProof(series=ENTRIES, count=count, first=first, last=last, gaps=gaps)


_COVERED = """
select count(*), min(e.id), max(e.id) from ledger_entry e join books_voucher_entry c on c.entry_id = e.id
 where e.company_id = %(company)s and e.on_day <= %(until)s
"""
_UNCOVERED = """
select e.id, e.key, e.on_day from ledger_entry e
 where e.company_id = %(company)s and e.on_day <= %(until)s
   and not exists (select 1 from books_voucher_entry c where c.entry_id = e.id)
 order by e.id
"""
_DIFFERING = """
select distinct v.number from (
    select c.voucher_id, p.account, p.currency, sum(greatest(p.amount_minor, 0)) as debit_minor,
           sum(greatest(-p.amount_minor, 0)) as credit_minor
      from books_voucher w join books_voucher_entry c on c.voucher_id = w.id
      join ledger_posting p on p.entry_id = c.entry_id
     where w.company_id = %(company)s group by 1, 2, 3) booked
  full join (select l.* from books_voucher_line l join books_voucher w on w.id = l.voucher_id
              where w.company_id = %(company)s) said
    on said.voucher_id = booked.voucher_id and said.account = booked.account and said.currency = booked.currency
  join books_voucher v on v.id = coalesce(booked.voucher_id, said.voucher_id)
 where said.debit_minor is distinct from booked.debit_minor or said.credit_minor is distinct from booked.credit_minor
 order by v.number
"""
