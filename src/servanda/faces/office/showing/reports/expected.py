"""Expected income: what the running lines bring in the months to come, what is prepaid, and when open money should come."""

from django.utils.translation import gettext as _

from servanda.business.catalogue.queries import prices_of
from servanda.business.reports.facts import Expected, ExpectedMonth
from servanda.business.reports.queries import expected_of
from servanda.faces.office.chart_picture import ChartPicture, Series, chart_of
from servanda.faces.office.showing.reports.asking import Asked
from servanda.faces.office.showing.reports.writing import (
    axis_money,
    count_cell,
    decimal,
    minor_money,
    money,
    money_cell,
    month_name,
    month_names,
    months_told,
    product_name,
    share_cell,
    share_of,
    short_day,
    text_cell,
)
from servanda.faces.office.shown_reports import KeyFigure, ReportColumn, ReportShown, ReportTable
from servanda.ground.money import Money


def expected_shown(asked: Asked) -> ReportShown:
    """Return the report of what is to come, always from today on."""
    found = expected_of(asked.visit.company, today=asked.today)
    return ReportShown(
        name="expected",
        title=_("Expected income"),
        sentences=(expected_sentence(found.months, found.month_income), _prepaid_sentence(found)),
        figures=_figures(asked, found),
        pictures=(expected_picture(found.months, key="months"), _cash_picture(found)),
        tables=(_months(found), _products(asked, found), _cash(found)),
        notes=(
            _(
                "Lines that are given notice of stop on their last day, all others are taken to run on. Prices are those "
                "that bind each customer; a period counts in the month in which it begins, without VAT."
            ),
        ),
    )


def expected_sentence(months: tuple[ExpectedMonth, ...], month_income: Money) -> str:
    """Say in one sentence what is to be invoiced in a year if nothing changes."""
    total = Money(sum(one.to_invoice.minor for one in months))
    told = {
        "total": money(total),
        "last": month_name(months[-1].month.since),
        "month": money(month_income),
        "year": money(month_income * 12),
    }
    return (
        _(
            "If nothing changes, %(total)s without VAT will be invoiced until the end of %(last)s; the running "
            "lines bring %(month)s a month, %(year)s a year."
        )
        % told
    )


def expected_picture(months: tuple[ExpectedMonth, ...], *, key: str, is_small: bool = False) -> ChartPicture:
    return chart_of(
        (Series(_("To be invoiced"), tuple(one.to_invoice.minor for one in months)),),
        key=key,
        title=_("To be invoiced, by month"),
        columns=months_told([one.month for one in months]),
        full_columns=month_names([one.month for one in months]),
        written=minor_money,
        axis=axis_money,
        is_small=is_small,
    )


def _prepaid_sentence(found: Expected) -> str:
    return _("%(prepaid)s is invoiced already for days from today on: it is not earned yet.") % {
        "prepaid": money(found.prepaid.not_yet_earned)
    }


def _figures(asked: Asked, found: Expected) -> tuple[KeyFigure, ...]:
    habit = found.usual_delay
    running = asked.rows("lines", state="running", as_of=found.today)
    return (
        KeyFigure(
            _("A month"), money(found.month_income), _("MRR: each line's price shared out on its months"), running
        ),
        KeyFigure(_("A year"), money(found.year_income), _("ARR: twelve times that")),
        KeyFigure(_("Prepaid, not yet earned"), money(found.prepaid.not_yet_earned), _("without VAT, from today on")),
        KeyFigure(
            _("Usual delay"),
            decimal(habit) if habit is not None else "–",
            _("days from due day to payment, weighed by amount, half a year"),
        ),
    )


def _months(found: Expected) -> ReportTable:
    total = Money(sum(one.to_invoice.minor for one in found.months))
    return ReportTable(
        name="months",
        title=_("To be invoiced, by month"),
        columns=(
            ReportColumn(_("Month")),
            ReportColumn(_("To be invoiced"), "money"),
            ReportColumn(_("Periods"), "whole"),
        ),
        rows=tuple(
            (text_cell(month_name(one.month.since)), money_cell(one.to_invoice), count_cell(one.lines))
            for one in found.months
        ),
        total=(text_cell(_("Total")), money_cell(total), count_cell(sum(one.lines for one in found.months))),
    )


def _products(asked: Asked, found: Expected) -> ReportTable:
    prices = prices_of(asked.company_id)
    return ReportTable(
        name="products",
        title=_("Monthly income by product"),
        columns=(
            ReportColumn(_("Product")),
            ReportColumn(_("Running lines"), "whole"),
            ReportColumn(_("A month"), "money"),
            ReportColumn(_("A year"), "money"),
            ReportColumn(_("Share"), "percent"),
        ),
        rows=tuple(
            (
                text_cell(product_name(prices, product)),
                count_cell(lines, asked.rows("lines", state="running", product=product, as_of=found.today)),
                money_cell(income, asked.rows("lines", state="running", product=product, as_of=found.today)),
                money_cell(income * 12),
                share_cell(share_of(income, found.month_income)),
            )
            for product, income, lines in found.by_product
        ),
        total=(
            text_cell(_("Total")),
            count_cell(found.lines, asked.rows("lines", state="running", as_of=found.today)),
            money_cell(found.month_income),
            money_cell(found.year_income),
            share_cell(share_of(found.month_income, found.month_income)),
        ),
    )


def _week_names(found: Expected) -> tuple[str, ...]:
    names = [_("From %(day)s") % {"day": short_day(one.days.since)} for one in found.cash[:-1]]
    return (*names, _("Later"))


def _cash_picture(found: Expected) -> ChartPicture:
    return chart_of(
        (
            Series(_("by due day"), tuple(one.by_due_day.minor for one in found.cash)),
            Series(_("by each customer's habit"), tuple(one.by_habit.minor for one in found.cash)),
        ),
        key="cash",
        title=_("When open money should come, by week"),
        columns=(*tuple(f"{one.days.since.day}.{one.days.since.month}." for one in found.cash[:-1]), _("later")),
        full_columns=_week_names(found),
        written=minor_money,
        axis=axis_money,
    )


def _cash(found: Expected) -> ReportTable:
    return ReportTable(
        name="cash",
        title=_("When open money should come, by week"),
        columns=(
            ReportColumn(_("Week")),
            ReportColumn(_("By due day"), "money"),
            ReportColumn(_("By each customer's habit"), "money"),
        ),
        rows=tuple(
            (text_cell(name), money_cell(one.by_due_day), money_cell(one.by_habit))
            for name, one in zip(_week_names(found), found.cash, strict=True)
        ),
        total=(
            text_cell(_("Total")),
            money_cell(Money(sum(one.by_due_day.minor for one in found.cash))),
            money_cell(Money(sum(one.by_habit.minor for one in found.cash))),
        ),
        note=_("With VAT and charges. What is due already stands in the first week; %(overdue)s of it is late.")
        % {"overdue": money(found.overdue)},
    )
