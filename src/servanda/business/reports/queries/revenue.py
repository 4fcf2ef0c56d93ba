"""Revenue: what was invoiced less what was credited, by the day of the document or by the days that it is for."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from servanda.business.reports.decisions.stretches import months_of, moved
from servanda.business.reports.facts import (
    Basis,
    CustomerTurnover,
    MonthTurnover,
    PartTurnover,
    Prepaid,
    Revenue,
    Stretch,
    Turnover,
)
from servanda.business.reports.queries.asking import amount, one_view, row, rows_of_documents
from servanda.ground.money import Money
from servanda.ground.periods import Period

TOP = 20

_BY_DAY = """
select issued_on, sum(net_minor) filter (where kind = 'invoice'), sum(net_minor) filter (where kind <> 'invoice')
  from invoice where company_id = %(company)s and issued_on >= %(since)s and issued_on < %(until)s
 group by 1
"""
_BY_CUSTOMER = """
with found as materialized (
  select customer_kind, customer_id, coalesce(sum(net_minor) filter (where kind = 'invoice'), 0) as invoiced,
         coalesce(sum(net_minor) filter (where kind <> 'invoice'), 0) as credited
    from invoice where company_id = %(company)s and issued_on >= %(since)s and issued_on < %(until)s group by 1, 2)
select customer_kind, null, sum(invoiced), sum(credited) from found group by 1
union all
(select null, customer_id, sum(invoiced), sum(credited) from found group by 2
  order by sum(invoiced) - sum(credited) desc, customer_id limit %(top)s)
"""
_BY_PLAN = """
select l.product_code, coalesce(c.plan_code, ''), coalesce(sum(l.net_minor) filter (where i.kind = 'invoice'), 0),
       coalesce(sum(l.net_minor) filter (where i.kind <> 'invoice'), 0)
  from invoice i join invoice_line l on l.invoice_id = i.id left join contract_line c on c.id = l.line_id
 where i.company_id = %(company)s and i.issued_on >= %(since)s and i.issued_on < %(until)s
 group by 1, 2
"""

# Lines alike (the same days and the same amount) earn alike, so they are counted first and reckoned once.
_PIECES = """
select i.kind, l.since, l.until, l.net_minor, {by} as part, {sub} as sub, count(*) as lines
  from invoice i join invoice_line l on l.invoice_id = i.id {joins}
 where i.company_id = %(company)s and l.since < %(until)s and l.until > %(since)s
 group by 1, 2, 3, 4, 5, 6
union all
select i.kind, i.issued_on, i.issued_on + 1, l.net_minor, {by}, {sub}, count(*)
  from invoice i join invoice_line l on l.invoice_id = i.id {joins}
 where i.company_id = %(company)s and l.since is null and i.issued_on >= %(since)s and i.issued_on < %(until)s
 group by 1, 2, 3, 4, 5, 6
"""
_EARNED = """
  (least(greatest({day} - s.since, 0), s.until - s.since) * (s.net_minor / (s.until - s.since))
   + least(least(greatest({day} - s.since, 0), s.until - s.since), mod(s.net_minor, s.until - s.since))) * s.lines
"""
_ACCRUED = f"""
with s as ({{pieces}})
select p.place, s.part, s.sub,
       coalesce(sum({_EARNED.format(day="p.until")} - {_EARNED.format(day="p.since")}) filter (where s.kind = 'invoice'), 0),
       coalesce(sum({_EARNED.format(day="p.until")} - {_EARNED.format(day="p.since")}) filter (where s.kind <> 'invoice'), 0)
  from s join unnest(%(since_each)s::date[], %(until_each)s::date[]) with ordinality as p (since, until, place)
         on s.since < p.until and s.until > p.since
 group by 1, 2, 3
"""
_PREPAID = f"""
with s as (
  select i.issued_on, case when i.kind = 'invoice' then 1 else -1 end as sign, l.since, l.until, l.net_minor, 1 as lines
    from invoice i join invoice_line l on l.invoice_id = i.id
   where i.company_id = %(company)s
     and ((i.issued_on < %(day)s and l.until > %(day)s) or (i.issued_on >= %(day)s and l.since < %(day)s)))
select sum(sign * (s.net_minor - {_EARNED.format(day="%(day)s::date")})) filter (where issued_on < %(day)s),
       sum(sign * {_EARNED.format(day="%(day)s::date")}) filter (where issued_on >= %(day)s)
  from s
"""
_BOOKED = """
select -sum(p.amount_minor)
  from ledger_entry e join ledger_posting p on p.entry_id = e.id and p.account = %(account)s
 where e.company_id = %(company)s and e.on_day >= %(since)s and e.on_day < %(until)s
"""


def revenue_of(company_id: int, stretch: Stretch, *, basis: Basis = Basis.ISSUED) -> Revenue:
    """Return the revenue of a stretch by months, plans, kinds of customers and the largest customers."""
    with one_view():
        return _issued(company_id, stretch) if basis is Basis.ISSUED else _accrued(company_id, stretch)


def revenue_by_month(company_id: int, months: Sequence[Period]) -> tuple[Turnover, ...]:
    """Return what was invoiced and credited in each of some stretches, by the day of the document."""
    return _sums(_by_day(company_id, months), months)


def prepaid_on(company_id: int, day: date) -> Prepaid:
    """Return what was invoiced before the day for days from it on, and what was delivered before and invoiced since."""
    ((earlier, later),) = rows_of_documents(_PREPAID, {"company": company_id, "day": day})
    return Prepaid(day, amount(earlier), amount(later))


def booked_on(company_id: int, account: str, period: Period) -> Money:
    """Return what an account was credited with on the days of a stretch, less what it was debited with."""
    return amount(row(_BOOKED, {**_values(company_id, period), "account": account})[0])


def _issued(company_id: int, stretch: Stretch) -> Revenue:
    months = months_of(stretch.period)
    year_before = tuple(moved(month, months=-12) for month in months)
    asked = (*months, *year_before, stretch.period, stretch.before, stretch.year_before)
    sums = _sums(_by_day(company_id, asked), asked)
    values = _values(company_id, stretch.period)
    customers = rows_of_documents(_BY_CUSTOMER, {**values, "top": TOP})
    total = sums[-3]
    return Revenue(
        basis=Basis.ISSUED,
        stretch=stretch,
        months=_months(months, sums),
        plans=_parts(rows_of_documents(_BY_PLAN, values)),
        kinds=_kinds((kind, turnover) for kind, _customer, turnover in _by_customer(customers) if kind is not None),
        top=_top((customer, turnover) for _kind, customer, turnover in _by_customer(customers) if customer is not None),
        total=total,
        before=sums[-2],
        year_before=sums[-1],
        issued=total,
        booked=booked_on(company_id, "sales", stretch.period),
    )


def _accrued(company_id: int, stretch: Stretch) -> Revenue:
    months = months_of(stretch.period)
    year_before = tuple(moved(month, months=-12) for month in months)
    asked = (*months, *year_before, stretch.before, stretch.year_before)
    plan = {
        "by": "l.product_code",
        "sub": "coalesce(c.plan_code, '')",
        "joins": "left join contract_line c on c.id = l.line_id",
    }
    found = _earned_in(company_id, asked, **plan)
    sums = [Turnover() for _ in asked]
    plans: dict[tuple[str, str], Turnover] = {}
    for place, product, sub, turnover in found:
        sums[place] = sums[place] + turnover
        if place < len(months):
            plans[product, sub] = plans.get((product, sub), Turnover()) + turnover
    customers = _earned_in(company_id, (stretch.period,), by="i.customer_kind", sub="i.customer_id::text", joins="")
    issued = revenue_by_month(company_id, (stretch.period,))[0]
    return Revenue(
        basis=Basis.ACCRUED,
        stretch=stretch,
        months=_months(months, sums),
        plans=_largest(PartTurnover(product, sub, turnover) for (product, sub), turnover in plans.items()),
        kinds=_kinds((kind, turnover) for _place, kind, _customer, turnover in customers),
        top=_top((int(customer), turnover) for _place, _kind, customer, turnover in customers),
        total=_total(sums[: len(months)]),
        before=sums[-2],
        year_before=sums[-1],
        issued=issued,
        booked=booked_on(company_id, "sales", stretch.period),
        opening=prepaid_on(company_id, stretch.period.since),
        closing=prepaid_on(company_id, stretch.period.until),
    )


def _earned_in(
    company_id: int, periods: Sequence[Period], *, by: str, sub: str, joins: str
) -> list[tuple[int, str, str, Turnover]]:
    pieces = _PIECES.format(by=by, sub=sub, joins=joins)
    values = {
        **_values(company_id, _around(periods)),
        "since_each": [period.since for period in periods],
        "until_each": [period.until for period in periods],
    }
    return [
        (place - 1, part, below, Turnover(amount(invoiced), amount(credited)))
        for place, part, below, invoiced, credited in rows_of_documents(_ACCRUED.format(pieces=pieces), values)
    ]


def _by_day(company_id: int, periods: Sequence[Period]) -> Mapping[date, Turnover]:
    found = rows_of_documents(_BY_DAY, _values(company_id, _around(periods))) if periods else []
    return {day: Turnover(amount(invoiced), amount(credited)) for day, invoiced, credited in found}


def _sums(by_day: Mapping[date, Turnover], periods: Sequence[Period]) -> tuple[Turnover, ...]:
    return tuple(_total(turnover for day, turnover in by_day.items() if day in period) for period in periods)


def _total(turnovers: Iterable[Turnover]) -> Turnover:
    total = Turnover()
    for turnover in turnovers:
        total = total + turnover
    return total


def _months(months: Sequence[Period], sums: Sequence[Turnover]) -> tuple[MonthTurnover, ...]:
    """Return the months with their sums; those of the year before stand behind those of the stretch."""
    return tuple(MonthTurnover(month, sums[place], sums[len(months) + place]) for place, month in enumerate(months))


def _by_customer(
    found: Iterable[tuple[str | None, int | None, int, int]],
) -> list[tuple[str | None, int | None, Turnover]]:
    """Return the kinds of customers and, after them, the largest customers."""
    return [
        (kind, customer, Turnover(amount(invoiced), amount(credited))) for kind, customer, invoiced, credited in found
    ]


def _parts(found: Iterable[tuple[str, str, int, int]]) -> tuple[PartTurnover, ...]:
    return _largest(
        PartTurnover(key, sub, Turnover(amount(invoiced), amount(credited))) for key, sub, invoiced, credited in found
    )


def _kinds(found: Iterable[tuple[str, Turnover]]) -> tuple[PartTurnover, ...]:
    sums: dict[str, Turnover] = {}
    for kind, turnover in found:
        sums[kind] = sums.get(kind, Turnover()) + turnover
    return _largest(PartTurnover(kind, "", turnover) for kind, turnover in sums.items())


def _largest(parts: Iterable[PartTurnover]) -> tuple[PartTurnover, ...]:
    return tuple(sorted(parts, key=lambda part: (-part.turnover.net.minor, part.key, part.sub)))


def _top(found: Iterable[tuple[int, Turnover]]) -> tuple[CustomerTurnover, ...]:
    """Return the customers with most revenue; one whose kind has changed meanwhile counts once."""
    sums: dict[int, Turnover] = {}
    for customer, turnover in found:
        sums[customer] = sums.get(customer, Turnover()) + turnover
    largest = sorted(sums.items(), key=lambda item: (-item[1].net.minor, item[0]))[:TOP]
    return tuple(CustomerTurnover(customer, turnover) for customer, turnover in largest)


def _around(periods: Sequence[Period]) -> Period:
    return Period(min(period.since for period in periods), max(period.until for period in periods))


def _values(company_id: int, period: Period) -> dict[str, object]:
    return {"company": company_id, "since": period.since, "until": period.until}
