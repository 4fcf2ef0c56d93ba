"""What is still to come: periods of the running lines that nobody has been invoiced for, and money for what is open.

Periods begin and end as billing counts them, from the day the line began; one that is cut by the line's end costs its days.
Where a plan has had one price only, and where a line has its own, the database reckons. Lines of plans whose price has moved
or will move go through billing's own decisions one by one, because a rise binds only whom it was told to.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

from servanda.business.billing.decisions.periods import next_period, price_of_period
from servanda.business.billing.decisions.prices import price_of
from servanda.business.billing.queries.lines import running_contracts
from servanda.business.billing.queries.prices import pricing_of
from servanda.business.catalogue.facts import NotInCatalogue, PriceList
from servanda.business.catalogue.queries import prices_of
from servanda.business.companies.facts import CompanyFacts
from servanda.business.reports.decisions.movements import is_running
from servanda.business.reports.decisions.stretches import months_ahead
from servanda.business.reports.facts import Expected, ExpectedCash, ExpectedMonth, Life
from servanda.business.reports.queries.arrears import ITEMS, item_values
from servanda.business.reports.queries.asking import amount, one_view, rows
from servanda.business.reports.queries.lives import lives_of
from servanda.business.reports.queries.revenue import prepaid_on
from servanda.ground.money import Money
from servanda.ground.periods import Period

MONTHS = 12
HABIT_DAYS = 182
CASH_WEEKS = 8

# One row for lines that are alike. `began_on + n months` clamps a short month exactly as `add_months` does.
_PERIODS = """
with line as (
  select c.interval_months as months, c.began_on, c.until, r.billed_until,
         coalesce(c.own_price_minor, p.amount_minor) * c.quantity as whole, count(*) as lines
    from contract_line c join contract k on k.id = c.contract_id and k.ended_on is null
    join billing_running_line r on r.line_id = c.id and r.look_again_on is not null
    left join unnest(%(plans)s::text[], %(prices)s::bigint[]) as p (plan_code, amount_minor) using (plan_code)
   where c.company_id = %(company)s and c.interval_months > 0 and (c.until is null or c.until > %(today)s)
     and (c.own_price_minor is not null or p.amount_minor is not null)
   group by 1, 2, 3, 4, 5),
whole as (
  select line.*, (began_on + make_interval(months => n * months))::date as since,
         (began_on + make_interval(months => (n + 1) * months))::date as ends
    from line cross join lateral generate_series(
           greatest(((extract(year from age(billed_until, began_on)) * 12
                      + extract(month from age(billed_until, began_on)))::int / months) - 1, 0),
           ((extract(year from age(%(until)s::date, began_on)) * 12
             + extract(month from age(%(until)s::date, began_on)))::int / months) + 1) as n),
period as (
  select lines, whole, ends - since as full_days, greatest(since, billed_until) as since, least(ends, until) as ends
    from whole
   where ends > billed_until and (until is null or since < until) and greatest(since, billed_until) < %(until)s)
select since, sum(lines), sum(lines * case when ends - since = full_days then whole
                                           else round(whole::numeric * (ends - since) / full_days) end)
  from period where ends > since group by 1
"""
_HABITS = """
select i.customer_id, sum(a.amount_minor), sum(a.amount_minor * (a.value_on - i.due_on))
  from allocation a join invoice i on i.id = a.invoice_id
 where a.company_id = %(company)s and i.due_on is not null and a.entry_id is not null and a.charge_id is null
   and a.on_day > %(since)s
 group by 1
"""
_OPEN = f"""
{ITEMS}
select customer_id, due_on, sum(open) from item where open > 0 group by 1, 2
"""


def expected_of(company: CompanyFacts, *, today: date) -> Expected:
    """Return what the running lines and the open invoices bring from today on."""
    months = months_ahead(today, MONTHS)
    with one_view():
        prices = prices_of(company.company_id)
        running = tuple(life for life in lives_of(company.company_id, prices) if is_running(life, today))
        habits = _habits(company.company_id, today)
        open_ones = rows(_OPEN, item_values(company.company_id, today, today=today))
        return Expected(
            today=today,
            months=expected_months(company, prices, months, today=today),
            by_product=_by_product(running, today),
            month_income=Money(sum(life.month_minor(today) for life in running)),
            lines=len(running),
            prepaid=prepaid_on(company.company_id, today),
            cash=tuple(_cash(open_ones, habits, today=today)),
            overdue=Money(sum(int(minor) for _customer, due, minor in open_ones if due is not None and due < today)),
            usual_delay=habits.usual,
        )


def expected_months(
    company: CompanyFacts, prices: PriceList, months: Sequence[Period], *, today: date
) -> tuple[ExpectedMonth, ...]:
    """Return what is to be invoiced for periods that begin in each month; one that is late counts in the first."""
    net: Counter[int] = Counter()
    lines: Counter[int] = Counter()
    ends = [month.until for month in months]
    for since, count, minor in _periods(company, prices, until=ends[-1], today=today):
        place = next(index for index, end in enumerate(ends) if since < end)
        net[place] += minor
        lines[place] += count
    return tuple(ExpectedMonth(month, Money(net[place]), lines[place]) for place, month in enumerate(months))


def _periods(company: CompanyFacts, prices: PriceList, *, until: date, today: date) -> Iterator[tuple[date, int, int]]:
    """Yield the first day of periods, of how many lines, and what they cost."""
    single = {code: plan.prices[0] for code, plan in prices.plans.items() if len(plan.prices) == 1}
    values = {
        "company": company.company_id,
        "plans": list(single),
        "prices": [price.amount.minor for price in single.values()],
        "today": today,
        "until": until,
    }
    for since, count, minor in rows(_PERIODS, values):
        yield since, int(count), int(minor)
    if len(single) < len(prices.plans):
        yield from _one_by_one(company, prices, frozenset(single), until=until, today=today)


def _one_by_one(
    company: CompanyFacts, prices: PriceList, single: frozenset[str], *, until: date, today: date
) -> Iterator[tuple[date, int, int]]:
    contracts = running_contracts(company.company_id, today=today)
    pricing = pricing_of(company, prices, contracts)
    for contract in contracts:
        for line in contract.lines:
            if line.own_price is not None or line.plan in single or line.interval_months == 0:
                continue
            since = line.billed_until
            while since < until and (period := next_period(line, since)) is not None:
                try:
                    unit = price_of(contract, line, prices, pricing, on=period.since)[0]
                except NotInCatalogue:  # a plan that is not sold any more, or not yet: nobody knows what it will cost
                    break
                yield period.since, 1, price_of_period(line, period, unit).minor
                since = period.until


def _by_product(running: Sequence[Life], today: date) -> tuple[tuple[str, Money, int], ...]:
    income: Counter[str] = Counter()
    lines: Counter[str] = Counter()
    for life in running:
        income[life.product] += life.month_minor(today)
        lines[life.product] += 1
    order = sorted(lines, key=lambda product: (-income[product], product))
    return tuple((product, Money(income[product]), lines[product]) for product in order)


@dataclass(frozen=True, slots=True)
class Habits:
    """How many days late customers pay, by amount: each of them, and all together if any has paid."""

    by_customer: Mapping[int, int]
    usual: Decimal | None

    def of(self, customer_id: int) -> int:
        """Return a customer's habit; of one without a history, that of all."""
        return self.by_customer.get(customer_id, _whole(self.usual) if self.usual is not None else 0)


def _habits(company_id: int, today: date) -> Habits:
    found = rows(_HABITS, {"company": company_id, "since": today - timedelta(days=HABIT_DAYS)})
    paid, late = sum(row[1] for row in found), sum(row[2] for row in found)
    return Habits(
        by_customer={customer: _whole(Decimal(days) / Decimal(given)) for customer, given, days in found if given > 0},
        usual=Decimal(late) / Decimal(paid) if paid > 0 else None,
    )


def _whole(days: Decimal) -> int:
    return int(days.quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


def _cash(open_ones: Sequence[tuple[int, date | None, int]], habits: Habits, *, today: date) -> Iterator[ExpectedCash]:
    """Yield the weeks to come with what is open, by due day and by habit; the last stretch takes what comes later.

    What is due already is expected on the day by the due day alone. By habit it may be late still; who is later than ever
    is expected today, since nothing tells a better day.
    """
    weeks = [
        Period(today + timedelta(days=7 * number), today + timedelta(days=7 * number + 7))
        for number in range(CASH_WEEKS)
    ]
    due: Counter[int] = Counter()
    usually: Counter[int] = Counter()
    for customer, due_on, minor in open_ones:
        day = due_on or today
        due[_week(day, today)] += int(minor)
        usually[_week(day + timedelta(days=habits.of(customer)), today)] += int(minor)
    last = Period(weeks[-1].until, weeks[-1].until + timedelta(days=365 * 10))
    for place, week in enumerate((*weeks, last)):
        yield ExpectedCash(week, amount(due[place]), amount(usually[place]))


def _week(day: date, today: date) -> int:
    return min(max((day - today).days, 0) // 7, CASH_WEEKS)
