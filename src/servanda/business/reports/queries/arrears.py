"""Arrears by age at the end of any day: as it stood then, whatever was paid, credited or waived since.

What was open on a past day is what is open now and what has come off it since. So a day long ago costs more than yesterday,
and today costs least. A day counts by when we knew: a payment that the bank booked before the day and that we read after it
was still open then, as it was for the rounds of that day.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from servanda.business.reports.facts import AGES, Arrears, CustomerArrears, Delays, StillOpen, sum_of
from servanda.business.reports.queries.asking import amount, one_view, row, rows
from servanda.ground.calendar import moment_of
from servanda.ground.money import Money

HISTORY_DAYS = 182
PAID_DAYS = 90

# `open` is at the close of %(as_of)s, `was` at that of the earlier day %(earlier)s; a charge is due on its own day. Nothing has
# come off since today: then `after` and `waived` need not be read. What is open is found by an index of its own, and what was
# settled since by its allocations: what was settled long before is not looked at.
ITEMS = """
with after as (
  select invoice_id, charge_id, sum(amount_minor) filter (where on_day > %(as_of)s) as given,
         sum(amount_minor) as given_earlier
    from allocation where %(is_past)s and company_id = %(company)s and on_day > %(earlier)s group by 1, 2),
waived as (
  select substring(e.key from '[0-9]+$')::bigint as charge_id,
         -sum(p.amount_minor) filter (where e.on_day > %(as_of)s) as given, -sum(p.amount_minor) as given_earlier
    from ledger_entry e join ledger_posting p on p.entry_id = e.id and p.account = 'receivable'
   where %(is_past)s and e.company_id = %(company)s and e.what = 'waived' and e.on_day > %(earlier)s group by 1),
item as (
  select i.customer_id, i.id as invoice_id, null::bigint as charge_id, i.issued_on as since, i.due_on,
         i.open_minor + coalesce(a.given, 0) as open,
         case when i.issued_on <= %(earlier)s then i.open_minor + coalesce(a.given_earlier, 0) else 0 end as was
    from invoice i left join after a on a.invoice_id = i.id and a.charge_id is null
   where i.company_id = %(company)s and i.kind = 'invoice' and i.issued_on <= %(as_of)s and i.open_minor > 0
  union all
  select i.customer_id, i.id, null, i.issued_on, i.due_on, coalesce(a.given, 0),
         case when i.issued_on <= %(earlier)s then coalesce(a.given_earlier, 0) else 0 end
    from after a join invoice i on i.id = a.invoice_id
   where a.charge_id is null and i.company_id = %(company)s and i.kind = 'invoice' and i.issued_on <= %(as_of)s
     and i.open_minor = 0
  union all
  select c.customer_id, c.invoice_id, c.id, c.on_day, c.on_day,
         c.open_minor + coalesce(a.given, 0) + coalesce(w.given, 0),
         case when c.on_day <= %(earlier)s
              then c.open_minor + coalesce(a.given_earlier, 0) + coalesce(w.given_earlier, 0) else 0 end
    from charge c left join after a on a.charge_id = c.id left join waived w on w.charge_id = c.id
   where c.company_id = %(company)s and c.on_day <= %(as_of)s)
"""
AGE = "coalesce(width_bucket({day}::date - due_on, %(ages)s::int[]), 0)"
_BY_CUSTOMER = f"""
{ITEMS}
select customer_id, {AGE.format(day="%(as_of)s")}, sum(open) from item where open <> 0 group by 1, 2
"""
_HISTORY = f"""
{ITEMS}
select {AGE.format(day="%(earlier)s")}, sum(was), sum(least(open, was)) from item where was <> 0 group by 1
"""
_BOOKED = """
select sum(p.amount_minor)
  from ledger_posting p join ledger_entry e on e.id = p.entry_id
 where p.company_id = %(company)s and p.account = 'receivable' and e.at < %(before)s
"""
_BOOKED_NOW = """
select sum(amount_minor) from ledger_posting where company_id = %(company)s and account = 'receivable'
"""
_GROSS = """
select sum(case when kind = 'invoice' then total_minor else -total_minor end)
  from invoice where company_id = %(company)s and issued_on > %(since)s and issued_on <= %(as_of)s
"""
DELAYS = """
select sum(a.amount_minor), sum(a.amount_minor * (a.value_on - i.issued_on)),
       sum(a.amount_minor) filter (where i.due_on is not null), sum(a.amount_minor * (a.value_on - i.due_on))
  from allocation a join invoice i on i.id = a.invoice_id
 where a.company_id = %(company)s and a.entry_id is not null and a.charge_id is null
   and a.on_day > %(since)s and a.on_day <= %(as_of)s
"""


def arrears_on(company_id: int, as_of: date, *, today: date) -> Arrears:
    """Return what was owed at the end of the day. A day to come is as today."""
    day = min(as_of, today)
    with one_view():
        by_customer: dict[int, list[int]] = {}
        for customer_id, age, minor in rows(_BY_CUSTOMER, item_values(company_id, day, today=today)):
            by_customer.setdefault(customer_id, [0] * (len(AGES) + 1))[age] = int(minor)
        customers = tuple(sorted((_customer(one, ages) for one, ages in by_customer.items()), key=_most_overdue))
        since = day - timedelta(days=PAID_DAYS)
        return Arrears(
            as_of=day,
            customers=customers,
            by_age=tuple(sum_of(one.by_age[age] for one in customers) for age in range(len(AGES) + 1)),
            booked=_booked(company_id, day, today=today),
            history=_history(company_id, day, today=today),
            gross_90=amount(row(_GROSS, {"company": company_id, "since": since, "as_of": day})[0]),
            paid=delays_between(company_id, since, day),
        )


def ages_on(company_id: int, today: date) -> tuple[Money, ...]:
    """Return what is owed today by age group, and nothing more."""
    sums = [0] * (len(AGES) + 1)
    for _customer, age, minor in rows(_BY_CUSTOMER, item_values(company_id, today, today=today)):
        sums[age] += int(minor)
    return tuple(map(Money, sums))


def item_values(company_id: int, as_of: date, *, today: date, earlier: date | None = None) -> Mapping[str, object]:
    """Return what the query of open items asks for. Without an earlier day it reads no more than it must."""
    return {
        "company": company_id,
        "as_of": as_of,
        "earlier": earlier or as_of,
        "is_past": (earlier or as_of) < today,
        "ages": list(AGES),
    }


def _history(company_id: int, day: date, *, today: date) -> tuple[StillOpen, ...]:
    values = item_values(company_id, day, today=today, earlier=day - timedelta(days=HISTORY_DAYS))
    found = {age: (was, still) for age, was, still in rows(_HISTORY, values)}
    ages = (found.get(age, (0, 0)) for age in range(len(AGES) + 1))
    return tuple(StillOpen(amount(was), amount(still)) for was, still in ages)


def delays_between(company_id: int, after: date, until: date) -> Delays:
    """Return how long what was paid after one day and up to another had taken, weighed by amount."""
    found = row(DELAYS, {"company": company_id, "since": after, "as_of": until})
    paid, issued_days, with_due, due_days = (Decimal(value or 0) for value in found)
    return Delays(
        Money(int(paid)), issued_days / paid if paid > 0 else None, due_days / with_due if with_due > 0 else None
    )


def _booked(company_id: int, day: date, *, today: date) -> Money:
    if day >= today:
        return amount(row(_BOOKED_NOW, {"company": company_id})[0])
    midnight = moment_of(day + timedelta(days=1), hour=0)
    return amount(row(_BOOKED, {"company": company_id, "before": midnight})[0])


def _customer(customer_id: int, ages: list[int]) -> CustomerArrears:
    return CustomerArrears(customer_id, tuple(map(Money, ages)))


def _most_overdue(one: CustomerArrears) -> tuple[int, int, int]:
    return (-one.overdue.minor, -one.total.minor, one.customer_id)
