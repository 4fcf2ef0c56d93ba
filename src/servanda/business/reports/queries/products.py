"""What each product brings, how its running lines are priced beside the list, and how much of it was taken back."""

from collections import defaultdict

from servanda.business.catalogue.facts import NotInCatalogue, PriceList
from servanda.business.catalogue.queries import prices_of
from servanda.business.reports.decisions.movements import is_running
from servanda.business.reports.facts import Life, ProductFigures, Products, Stretch, Turnover, sum_of
from servanda.business.reports.queries.asking import amount, one_view, rows, rows_of_documents
from servanda.business.reports.queries.lives import lives_of
from servanda.ground.money import Money

_BY_PRODUCT = """
select l.product_code, coalesce(sum(l.net_minor) filter (where i.kind = 'invoice'), 0),
       coalesce(sum(l.net_minor) filter (where i.kind <> 'invoice'), 0)
  from invoice i join invoice_line l on l.invoice_id = i.id
 where i.company_id = %(company)s and i.issued_on >= %(since)s and i.issued_on < %(until)s
 group by 1
"""
# Of a credit note, what was not needed to settle its invoice: the invoice had been paid, so this went back to the customer.
_CREDITED_PAID = """
select l.product_code, sum(round(l.net_minor::numeric * (i.total_minor - coalesce(g.given, 0)) / nullif(i.total_minor, 0)))
  from invoice i join invoice_line l on l.invoice_id = i.id
  left join (select credit_note_id, sum(amount_minor) as given from allocation
              where company_id = %(company)s and credit_note_id is not null group by 1) g on g.credit_note_id = i.id
 where i.company_id = %(company)s and i.kind <> 'invoice' and i.issued_on >= %(since)s and i.issued_on < %(until)s
 group by 1
"""


def products_of(company_id: int, stretch: Stretch) -> Products:
    """Return the figures of each product; its lines are those that run on the last day of the stretch."""
    with one_view():
        prices = prices_of(company_id)
        values = {"company": company_id, "since": stretch.period.since, "until": stretch.period.until}
        credited_paid = dict(rows(_CREDITED_PAID, values))
        sold = {
            product: (Turnover(amount(invoiced), amount(credited)), amount(credited_paid.get(product)))
            for product, invoiced, credited in rows_of_documents(_BY_PRODUCT, values)
        }
        lives: dict[str, list[Life]] = defaultdict(list)
        for life in lives_of(company_id, prices):
            if is_running(life, stretch.period.last_day):
                lives[life.product].append(life)
    nothing = (Turnover(), Money(0))
    found = [
        _figures(product, *sold.get(product, nothing), lives[product], prices, stretch)
        for product in sorted({*sold, *lives})
    ]
    return Products(
        stretch=stretch, products=tuple(sorted(found, key=lambda one: (-one.turnover.net.minor, one.product)))
    )


def _figures(
    product: str, turnover: Turnover, credited_paid: Money, lives: list[Life], prices: PriceList, stretch: Stretch
) -> ProductFigures:
    day = stretch.period.last_day
    own = [life for life in lives if life.own_price_minor is not None]
    return ProductFigures(
        product=product,
        turnover=turnover,
        credited_paid=credited_paid,
        lines=len(lives),
        month_income=Money(sum(life.month_minor(day) for life in lives)),
        own_prices=len(own),
        below_list=sum_of(_below_list(life, prices, stretch) for life in own),
    )


def _below_list(life: Life, prices: PriceList, stretch: Stretch) -> Money:
    """Return by how much a line's own price is below the list in a month; nothing where the plan is not listed."""
    try:
        listed = prices.price_on(life.plan, stretch.period.last_day) * life.quantity
    except NotInCatalogue:
        return Money(0)
    at_list = life._replace(own_price_minor=None, steps=((life.began_on, listed.minor),))
    day = stretch.period.last_day
    return Money(at_list.month_minor(day) - life.month_minor(day))
