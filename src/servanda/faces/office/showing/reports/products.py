"""Each product: what it brings, at which price, what was taken back, and how often its price deviates from the list."""

from decimal import Decimal

from django.utils.translation import gettext as _

from servanda.business.catalogue.queries import prices_of
from servanda.business.reports.facts import ProductFigures, Products
from servanda.business.reports.queries import products_of
from servanda.faces.office.chart_picture import Series, chart_of
from servanda.faces.office.showing.reports.asking import Asked
from servanda.faces.office.showing.reports.writing import (
    axis_money,
    count_cell,
    days_text,
    minor_money,
    money,
    money_cell,
    percent,
    product_name,
    share_cell,
    share_of,
    text_cell,
)
from servanda.faces.office.shown_reports import ReportColumn, ReportShown, ReportTable
from servanda.ground.money import Money, Rounding

SHOWN_MAX = 10
LETTERS = 78  # of all names together, as far as an axis has room


def products_shown(asked: Asked) -> ReportShown:
    """Return the report of products."""
    found = products_of(asked.company_id, asked.stretch)
    prices = prices_of(asked.company_id)
    names = {one.product: product_name(prices, one.product) for one in found.products}
    shown = found.products[:SHOWN_MAX]
    title = _("Revenue by product, without VAT")
    picture = chart_of(
        (
            Series(_("Invoiced"), tuple(one.turnover.invoiced.minor for one in shown)),
            Series(_("Credited"), tuple(-one.turnover.credited.minor for one in shown)),
        ),
        key="products",
        title=title,
        columns=tuple(_short(names[one.product], len(shown)) for one in shown),
        full_columns=tuple(names[one.product] for one in shown),
        written=minor_money,
        axis=axis_money,
        is_stacked=True,
    )
    return ReportShown(
        name="products",
        title=_("Products"),
        sentences=(_sentence(found, names),),
        pictures=(picture,) if shown else (),
        tables=(_sold(asked, found, names, title), _priced(asked, found, names)),
        notes=(_("Lines and prices are those of the last day; an average price is the monthly income by line."),),
    )


def _short(name: str, count: int) -> str:
    most = max(LETTERS // count, 5)
    return name if len(name) <= most else f"{name[: most - 1]}…"


def _sentence(found: Products, names: dict[str, str]) -> str:
    days = days_text(found.stretch.period)
    total = found.total.net
    first = found.products[0] if found.products else None
    share = share_of(first.turnover.net, total) if first is not None else None
    if first is None or share is None:
        return _("From %(days)s no product brought revenue.") % {"days": days}
    told = {"days": days, "product": names[first.product], "share": percent(share), "total": money(total)}
    return _("From %(days)s %(product)s brought %(share)s of the revenue of %(total)s without VAT.") % told


def _sold(asked: Asked, found: Products, names: dict[str, str], title: str) -> ReportTable:
    period = found.stretch.period
    total = found.total
    rows = tuple(
        (
            text_cell(names[one.product]),
            money_cell(
                one.turnover.invoiced, asked.rows("documents", period=period, product=one.product, document="invoice")
            ),
            money_cell(
                one.turnover.credited,
                asked.rows("documents", period=period, product=one.product, document="credit note"),
            ),
            money_cell(one.turnover.net, asked.rows("documents", period=period, product=one.product)),
            share_cell(share_of(one.turnover.net, total.net)),
            share_cell(share_of(one.turnover.credited, one.turnover.invoiced)),
            money_cell(one.credited_paid),
        )
        for one in found.products
    )
    return ReportTable(
        name="sold",
        title=title,
        columns=(
            ReportColumn(_("Product")),
            ReportColumn(_("Invoiced"), "money"),
            ReportColumn(_("Credited"), "money"),
            ReportColumn(_("Revenue"), "money"),
            ReportColumn(_("Share"), "percent"),
            ReportColumn(_("Credited of the invoiced"), "percent"),
            ReportColumn(_("Credited after it was paid"), "money"),
        ),
        rows=rows,
        total=(
            text_cell(_("Total")),
            money_cell(total.invoiced, asked.rows("documents", period=period, document="invoice")),
            money_cell(total.credited, asked.rows("documents", period=period, document="credit note")),
            money_cell(total.net, asked.rows("documents", period=period)),
            share_cell(share_of(total.net, total.net)),
            share_cell(share_of(total.credited, total.invoiced)),
            money_cell(Money(sum(one.credited_paid.minor for one in found.products))),
        ),
    )


def _priced(asked: Asked, found: Products, names: dict[str, str]) -> ReportTable:
    day = min(found.stretch.period.last_day, asked.today)
    rows = tuple(
        (
            text_cell(names[one.product]),
            count_cell(one.lines, asked.rows("lines", state="running", product=one.product, as_of=day)),
            money_cell(one.month_income, asked.rows("lines", state="running", product=one.product, as_of=day)),
            money_cell(_average(one)),
            count_cell(one.own_prices, asked.rows("lines", state="own-price", product=one.product, as_of=day)),
            money_cell(one.below_list),
        )
        for one in found.products
        if one.lines
    )
    return ReportTable(
        name="priced",
        title=_("Running lines and their prices"),
        columns=(
            ReportColumn(_("Product")),
            ReportColumn(_("Running lines"), "whole"),
            ReportColumn(_("A month"), "money"),
            ReportColumn(_("Average price a month"), "money"),
            ReportColumn(_("Lines with a price of their own"), "whole"),
            ReportColumn(_("Below the list a month"), "money"),
        ),
        rows=rows,
    )


def _average(one: ProductFigures) -> Money | None:
    return one.month_income.times(1 / Decimal(one.lines), Rounding.HALF_EVEN) if one.lines else None
