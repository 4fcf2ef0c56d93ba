"""How money comes in: what explained it, how late it was, and what lateness cost the customers."""

from datetime import timedelta

from servanda.business.reports.facts import DELAYS, LateCharges, Payments, Received, Stretch
from servanda.business.reports.queries.arrears import delays_between
from servanda.business.reports.queries.asking import amount, one_view, row, rows
from servanda.ground.money import Money
from servanda.ground.periods import Period

# A person's word stands in the first allocation of an entry that had lain in suspense.
_RECEIVED = """
select case when is_reversal or amount_minor < 0 then 'out' when state = 'suspense' then 'suspense'
            when state = 'explained' then 'explained' when state = 'reversed' then 'reversed'
            when because = 'a person''s word' then 'person' else 'automatic' end as way,
       case when state in ('matched', 'reversed') and not is_reversal and amount_minor > 0 then because else '' end,
       count(*), sum(amount_minor)
  from bank_entry where company_id = %(company)s and booked_on >= %(since)s and booked_on < %(until)s
 group by 1, 2 order by 1, 4 desc
"""
_DELAYED = """
select width_bucket(a.value_on - i.due_on, %(delays)s::int[]), sum(a.amount_minor)
  from allocation a join invoice i on i.id = a.invoice_id
 where a.company_id = %(company)s and a.entry_id is not null and a.charge_id is null and i.due_on is not null
   and a.on_day >= %(since)s and a.on_day < %(until)s
 group by 1 order by 1
"""
_CHARGES = """
select kind, sum(charged), sum(paid), sum(waived), sum(count)::int from (
  select kind, amount_minor as charged, 0 as paid, 0 as waived, 1 as count
    from charge where company_id = %(company)s and on_day >= %(since)s and on_day < %(until)s
  union all
  select c.kind, 0, a.amount_minor, 0, 0
    from allocation a join charge c on c.id = a.charge_id
   where a.company_id = %(company)s and a.on_day >= %(since)s and a.on_day < %(until)s
  union all
  select c.kind, 0, 0, -p.amount_minor, 0
    from ledger_entry e join ledger_posting p on p.entry_id = e.id and p.account = 'receivable'
    join charge c on c.id = substring(e.key from '[0-9]+$')::bigint
   where e.company_id = %(company)s and e.what = 'waived' and e.on_day >= %(since)s and e.on_day < %(until)s) x
 group by 1 order by 1
"""
_REMINDERS = """
select count(*) from letter
 where company_id = %(company)s and kind = 'reminder' and on_day >= %(since)s and on_day < %(until)s
"""
_SUSPENSE = """
select coalesce(sum(amount_minor), 0), count(*), min(booked_on)
  from bank_entry where company_id = %(company)s and state = 'suspense'
"""


def payments_of(company_id: int, stretch: Stretch) -> Payments:
    """Return how money came in during the stretch; what lies in suspense is told as it is now."""
    values = _values(company_id, stretch.period)
    with one_view():
        suspense, entries, since = row(_SUSPENSE, values)
        return Payments(
            stretch=stretch,
            received=tuple(
                Received(way, rule, count, amount(minor)) for way, rule, count, minor in rows(_RECEIVED, values)
            ),
            delays=delays_of(company_id, stretch.period),
            charges=tuple(
                LateCharges(kind, amount(charged), amount(paid), amount(waived), count)
                for kind, charged, paid, waived, count in rows(_CHARGES, values)
            ),
            reminders=row(_REMINDERS, values)[0],
            suspense=amount(suspense),
            suspense_entries=entries,
            suspense_since=since,
            paid=delays_between(company_id, stretch.period.since - timedelta(days=1), stretch.period.last_day),
        )


def delays_of(company_id: int, period: Period) -> tuple[tuple[int, Money], ...]:
    """Return what was paid in each group of days before and after the due day, by value day."""
    found = dict(rows(_DELAYED, _values(company_id, period)))
    return tuple((place, amount(found.get(place))) for place in range(len(DELAYS) + 1))


def _values(company_id: int, period: Period) -> dict[str, object]:
    return {
        "company": company_id,
        "since": period.since,
        "until": period.until,
        "delays": list(DELAYS),
    }
