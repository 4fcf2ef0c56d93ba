"""The contract lines with a price, from when to when they run and what they cost when: for income, churn and products."""

from datetime import date

from servanda.business.catalogue.facts import PriceList
from servanda.business.catalogue.queries import prices_of
from servanda.business.reports.decisions.movements import cohorts_of, movements_of, reasons_of
from servanda.business.reports.decisions.stretches import months_of, whole_months_of
from servanda.business.reports.facts import Churn, Life, Stretch
from servanda.business.reports.queries.asking import one_view, rows

_LINES = """
select id, customer_id, product_code, plan_code, began_on, until, interval_months, quantity, own_price_minor, end_cause
  from contract_line where company_id = %(company)s and interval_months > 0 order by id
"""
# What was really invoiced for lines whose plan has had several prices: who was not told of a rise pays the old one.
_STEPS = """
select line_id, since, unit_minor
  from (select l.line_id, l.since, l.unit_minor, lag(l.unit_minor) over (partition by l.line_id order by l.since) as before
          from contract_line c join invoice_line l on l.line_id = c.id
         where c.company_id = %(company)s and c.plan_code = any(%(plans)s) and c.own_price_minor is null
           and l.bills_period and l.credited_by is null) x
 where before is distinct from unit_minor order by line_id, since
"""


def lives_of(company_id: int, prices: PriceList | None = None) -> tuple[Life, ...]:
    """Return all lines of a company that are billed again and again."""
    listed = prices or prices_of(company_id)
    moved = [code for code, plan in listed.plans.items() if len(plan.prices) > 1]
    billed: dict[int, list[tuple[date, int]]] = {}
    if moved:
        for line_id, since, unit in rows(_STEPS, {"company": company_id, "plans": moved}):
            billed.setdefault(line_id, []).append((since, unit))
    single = {code: plan.prices[0].amount.minor for code, plan in listed.plans.items() if len(plan.prices) == 1}
    lives = []
    for found in rows(_LINES, {"company": company_id}):
        line_id, _customer, _product, plan, began_on, _until, _interval, quantity, own_price, _cause = found
        unit = own_price if own_price is not None else single.get(plan)
        if unit is not None:
            steps: tuple[tuple[date, int], ...] = ((began_on, unit * quantity),)
        else:
            told = billed.get(line_id) or [(began_on, _listed(listed, plan, began_on))]
            steps = tuple((since, price * quantity) for since, price in told)
        lives.append(Life._make((*found, steps)))
    return tuple(lives)


def churn_of(company_id: int, stretch: Stretch) -> Churn:
    """Return who came and went in a stretch, and what that did to the monthly income."""
    with one_view():
        lives = lives_of(company_id)
    return Churn(
        stretch=stretch,
        movements=movements_of(lives, months_of(stretch.period)),
        cohorts=cohorts_of(lives, whole_months_of(stretch.period)),
        reasons=reasons_of(lives, stretch.period),
    )


def _listed(listed: PriceList, plan: str, day: date) -> int:
    """Return the price of a plan that was in force on the day, or its first one."""
    known = listed.plans.get(plan)
    prices = known.prices if known is not None else ()
    amounts = [price.amount.minor for price in prices if price.since <= day] or [
        price.amount.minor for price in prices[:1]
    ]
    return amounts[-1] if amounts else 0
