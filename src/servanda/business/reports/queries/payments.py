"""How money comes in: what explained it, how late it was, and what lateness cost the customers."""

from collections.abc import Sequence
from decimal import Decimal

from servanda.business.reports.facts import DELAYS, Delays, LateCharges, Payments, Received, Stretch
from servanda.business.reports.queries.asking import amount, one_view, row, rows
from servanda.ground.money import Money
from servanda.ground.periods import Period

# A movement that was split among several customers is told by its parts.
_RECEIVED = """
select case when is_reversal or amount_minor < 0 then 'out' when state = 'suspense' then 'suspense'
            when state = 'explained' then 'explained' when state = 'reversed' then 'reversed'
            when because = 'a person''s word' then 'person' else 'automatic' end as way,
       case when state in ('matched', 'reversed') and not is_reversal and amount_minor > 0 then because else '' end,
       count(*), sum(amount_minor)
  from bank_entry
 where company_id = %(company)s and booked_on >= %(since)s and booked_on < %(until)s and state <> 'split'
 group by 1, 2 order by 1, 4 desc
"""
_DELAYED = """
select coalesce(width_bucket(a.value_on - i.due_on, %(delays)s::int[]), -1), sum(a.amount_minor),
       sum(a.amount_minor * (a.value_on - i.issued_on)), sum(a.amount_minor * (a.value_on - i.due_on))
  from allocation a join invoice i on i.id = a.invoice_id
 where a.company_id = %(company)s and a.entry_id is not null and a.charge_id is null
   and a.on_day >= %(since)s and a.on_day < %(until)s
 group by 1
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
        delayed = rows(_DELAYED, values)
        return Payments(
            stretch=stretch,
            received=tuple(
                Received(way, rule, count, amount(minor)) for way, rule, count, minor in rows(_RECEIVED, values)
            ),
            delays=_by_group(delayed),
            charges=tuple(
                LateCharges(kind, amount(charged), amount(paid), amount(waived), count)
                for kind, charged, paid, waived, count in rows(_CHARGES, values)
            ),
            reminders=row(_REMINDERS, values)[0],
            suspense=amount(suspense),
            suspense_entries=entries,
            suspense_since=since,
            paid=_weighed(delayed),
        )


def delays_of(company_id: int, period: Period) -> tuple[tuple[int, Money], ...]:
    """Return what was paid in each group of days before and after the due day, by value day."""
    return _by_group(rows(_DELAYED, _values(company_id, period)))


def _by_group(delayed: Sequence[tuple[int, int, int, int]]) -> tuple[tuple[int, Money], ...]:
    found = {place: paid for place, paid, _issued_days, _due_days in delayed}
    return tuple((place, amount(found.get(place))) for place in range(len(DELAYS) + 1))


def _weighed(delayed: Sequence[tuple[int, int, int, int | None]]) -> Delays:
    """Return how long payments took; those on invoices without a due day stand in no group and only count from issue."""
    paid = Decimal(sum(one[1] for one in delayed))
    with_due = Decimal(sum(one[1] for one in delayed if one[0] >= 0))
    issued_days, due_days = sum(one[2] for one in delayed), sum(one[3] or 0 for one in delayed)
    return Delays(
        Money(int(paid)), issued_days / paid if paid > 0 else None, due_days / with_due if with_due > 0 else None
    )


def _values(company_id: int, period: Period) -> dict[str, object]:
    return {
        "company": company_id,
        "since": period.since,
        "until": period.until,
        "delays": list(DELAYS),
    }
