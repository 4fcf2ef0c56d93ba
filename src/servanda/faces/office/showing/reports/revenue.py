"""Revenue: by month beside the year before, by plan, by kind of customer, and the largest customers."""

from django.utils.translation import gettext as _

from servanda.business.catalogue.facts import PriceList
from servanda.business.catalogue.queries import prices_of
from servanda.business.reports.facts import Basis, Revenue, Turnover
from servanda.business.reports.queries import revenue_of
from servanda.faces.office.chart_picture import Series, chart_of
from servanda.faces.office.showing.reports.asking import Asked
from servanda.faces.office.showing.reports.writing import (
    axis_money,
    change_of,
    count_cell,
    days_text,
    minor_money,
    money,
    money_cell,
    month_name,
    month_names,
    months_told,
    named_customers,
    percent,
    plan_name,
    product_name,
    share_cell,
    share_of,
    text_cell,
)
from servanda.faces.office.shown_reports import (
    Check,
    KeyFigure,
    ReportCell,
    ReportColumn,
    ReportShown,
    ReportTable,
)
from servanda.faces.office.words import CUSTOMER_KINDS, word
from servanda.ground.money import Money


def revenue_shown(asked: Asked) -> ReportShown:
    """Return the report of revenue."""
    found = revenue_of(asked.company_id, asked.stretch, basis=asked.basis)
    months = [one.month for one in found.months]
    title = _("Revenue by month, without VAT")
    picture = chart_of(
        (
            Series(_("these days"), tuple(one.turnover.net.minor for one in found.months)),
            Series(_("the year before"), tuple(one.year_before.net.minor for one in found.months)),
        ),
        key="months",
        title=title,
        columns=months_told(months),
        full_columns=month_names(months),
        written=minor_money,
        axis=axis_money,
    )
    return ReportShown(
        name="revenue",
        title=_("Revenue"),
        sentences=tuple(_sentences(found)),
        figures=_figures(asked, found),
        pictures=(picture,),
        tables=(
            _months(asked, found, title),
            _plans(asked, found, prices_of(asked.company_id)),
            _kinds(asked, found),
            _top(asked, found),
        ),
        checks=tuple(_checks(found)),
    )


def revenue_sentence(total: Money, before: Money, days: str) -> str:
    """Say in one sentence what revenue was and how it compares with the year before."""
    change = change_of(total, before)
    told = {"days": days, "total": money(total)}
    if change is None:
        return (
            _("Revenue from %(days)s was %(total)s without VAT; the year before has nothing to compare it with.") % told
        )
    share = {**told, "share": percent(abs(change)), "before": money(before)}
    if change < 0:
        return (
            _("Revenue from %(days)s was %(total)s without VAT, %(share)s less than the year before (%(before)s).")
            % share
        )
    return (
        _("Revenue from %(days)s was %(total)s without VAT, %(share)s more than the year before (%(before)s).") % share
    )


def _sentences(found: Revenue) -> list[str]:
    said = [revenue_sentence(found.total.net, found.year_before.net, days_text(found.stretch.period))]
    if found.basis is Basis.ACCRUED:
        said.append(_("It counts on the days for which customers pay, however early or late they were invoiced."))
    else:
        said.append(_("It counts on the day on which invoices and credit notes were issued."))
    return said


def _figures(asked: Asked, found: Revenue) -> tuple[KeyFigure, ...]:
    behind = _behind(asked, found)
    stretch = found.stretch
    return (
        KeyFigure(_("Revenue"), money(found.total.net), _("without VAT"), asked.rows(behind, period=stretch.period)),
        KeyFigure(
            _("Credited of that"),
            money(found.total.credited),
            _("taken off already"),
            asked.rows(behind, period=stretch.period, document="credit note"),
        ),
        KeyFigure(
            _("The stretch before"),
            money(found.before.net),
            days_text(stretch.before),
            asked.rows(behind, period=stretch.before),
        ),
        KeyFigure(
            _("The year before"),
            money(found.year_before.net),
            days_text(stretch.year_before),
            asked.rows(behind, period=stretch.year_before),
        ),
    )


def _behind(asked: Asked, found: Revenue) -> str:
    return "earned" if found.basis is Basis.ACCRUED else "documents"


def _turnover_columns() -> tuple[ReportColumn, ...]:
    return (
        ReportColumn(_("Invoiced"), "money"),
        ReportColumn(_("Credited"), "money"),
        ReportColumn(_("Revenue"), "money"),
    )


def _turnover_cells(asked: Asked, found: Revenue, turnover: Turnover, **wanted: object) -> tuple[ReportCell, ...]:
    behind = _behind(asked, found)
    period = wanted.pop("period", found.stretch.period)
    return (
        money_cell(turnover.invoiced, asked.rows(behind, period=period, document="invoice", **wanted)),  # type: ignore[arg-type]
        money_cell(turnover.credited, asked.rows(behind, period=period, document="credit note", **wanted)),  # type: ignore[arg-type]
        money_cell(turnover.net, asked.rows(behind, period=period, **wanted)),  # type: ignore[arg-type]
    )


def _months(asked: Asked, found: Revenue, title: str) -> ReportTable:
    rows = tuple(
        (
            text_cell(month_name(one.month.since)),
            *_turnover_cells(asked, found, one.turnover, period=one.month),
            money_cell(one.year_before.net),
            share_cell(change_of(one.turnover.net, one.year_before.net)),
        )
        for one in found.months
    )
    return ReportTable(
        name="months",
        title=title,
        columns=(
            ReportColumn(_("Month")),
            *_turnover_columns(),
            ReportColumn(_("The year before"), "money"),
            ReportColumn(_("Change"), "percent"),
        ),
        rows=rows,
        total=(
            text_cell(_("Total")),
            *_turnover_cells(asked, found, found.total),
            money_cell(found.year_before.net),
            share_cell(change_of(found.total.net, found.year_before.net)),
        ),
    )


def _plans(asked: Asked, found: Revenue, prices: PriceList) -> ReportTable:
    rows = tuple(
        (
            text_cell(product_name(prices, part.key)),
            text_cell(plan_name(prices, part.sub)),
            *_turnover_cells(asked, found, part.turnover, product=part.key, plan=part.sub),
            share_cell(share_of(part.turnover.net, found.total.net)),
        )
        for part in found.plans
    )
    return ReportTable(
        name="plans",
        title=_("By product and plan"),
        columns=(
            ReportColumn(_("Product")),
            ReportColumn(_("Plan")),
            *_turnover_columns(),
            ReportColumn(_("Share"), "percent"),
        ),
        rows=rows,
        total=(
            text_cell(_("Total")),
            text_cell(""),
            *_turnover_cells(asked, found, found.total),
            share_cell(share_of(found.total.net, found.total.net)),
        ),
    )


def _kinds(asked: Asked, found: Revenue) -> ReportTable:
    rows = tuple(
        (
            text_cell(word(CUSTOMER_KINDS, part.key)),
            *_turnover_cells(asked, found, part.turnover, customer_kind=part.key),
            share_cell(share_of(part.turnover.net, found.total.net)),
        )
        for part in found.kinds
    )
    return ReportTable(
        name="kinds",
        title=_("By kind of customer"),
        columns=(ReportColumn(_("Kind")), *_turnover_columns(), ReportColumn(_("Share"), "percent")),
        rows=rows,
        total=(
            text_cell(_("Total")),
            *_turnover_cells(asked, found, found.total),
            share_cell(share_of(found.total.net, found.total.net)),
        ),
    )


def _top(asked: Asked, found: Revenue) -> ReportTable:
    people = named_customers(one.customer_id for one in found.top)
    rows = tuple(
        (
            text_cell(
                people[one.customer_id].name,
                asked.rows(_behind(asked, found), period=found.stretch.period, customer=people[one.customer_id].number),
            ),
            count_cell(place),
            *_turnover_cells(asked, found, one.turnover, customer=people[one.customer_id].number),
            share_cell(share_of(one.turnover.net, found.total.net)),
        )
        for place, one in enumerate(found.top, start=1)
    )
    return ReportTable(
        name="customers",
        title=_("The largest customers"),
        columns=(
            ReportColumn(_("Customer")),
            ReportColumn(_("Place"), "whole"),
            *_turnover_columns(),
            ReportColumn(_("Share"), "percent"),
        ),
        rows=rows,
    )


def _checks(found: Revenue) -> list[Check]:
    told = {"issued": money(found.issued.net), "booked": money(found.booked), "off": money(found.unexplained)}
    checks = [
        Check(
            _("Issued documents: %(issued)s. The account of sales on the same days: %(booked)s. Difference: %(off)s.")
            % told,
            not found.unexplained,
        )
    ]
    if found.opening is not None and found.closing is not None:
        bridge = {
            "issued": money(found.issued.net),
            "opening": money(found.opening.balance),
            "closing": money(found.closing.balance),
            "earned": money(found.total.net),
            "off": money(found.unbridged),
        }
        text = _(
            "Issued %(issued)s, plus prepaid at the beginning %(opening)s, less prepaid at the end %(closing)s, "
            "is revenue by period %(earned)s. Difference: %(off)s."
        )
        checks.append(Check(text % bridge, not found.unbridged))
    return checks
