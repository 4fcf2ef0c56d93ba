"""Which invoice numbers a company has given, which of them are on no invoice, and what was issued in a period."""

from dataclasses import dataclass
from datetime import date

from django.db import connection

from servanda.business.billing.facts import InvoiceFacts
from servanda.business.billing.models import Invoice
from servanda.business.billing.queries.invoices import invoices


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenNumbers:
    """The series of invoices and credit notes. `next_number` is what the counter gives next."""

    count: int
    first: int | None
    last: int | None
    next_number: int | None
    missing: tuple[int, ...]


def given_numbers(company_id: int) -> GivenNumbers:
    """Return what the series of a company holds; a number that the counter has passed is missing like one between."""
    with connection.cursor() as cursor:
        cursor.execute(_SERIES, {"company": company_id})
        count, first, last, next_number = cursor.fetchone()
        cursor.execute(_MISSING, {"company": company_id})
        missing = tuple(row[0] for row in cursor.fetchall())
    return GivenNumbers(count=count, first=first, last=last, next_number=next_number, missing=missing)


_SERIES = """
select count(*), min(number), max(number),
       (select next_number from billing_number_series where company_id = %(company)s and name = 'invoice')
  from invoice where company_id = %(company)s
"""
_MISSING = """
select missing from (
    select generate_series(number + 1,
               coalesce(lead(number) over (order by number), (
                   select next_number from billing_number_series
                    where company_id = %(company)s and name = 'invoice')) - 1) as missing
      from invoice where company_id = %(company)s) gap
 order by missing
"""


def invoices_issued(company_id: int, *, since: date, until: date) -> tuple[InvoiceFacts, ...]:
    """Return the invoices and credit notes issued on the days from the first to the last, by number."""
    rows = Invoice.objects.filter(company_id=company_id, issued_on__range=(since, until))
    return invoices(rows.values_list("pk", flat=True))
