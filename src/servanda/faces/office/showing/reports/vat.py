"""VAT at a glance: net and VAT of issued documents by month and treatment. The return itself is another page."""

from collections import defaultdict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from servanda.business.reports.facts import VatOverview, VatPart
from servanda.business.reports.queries import vat_of_stretch
from servanda.faces.office.chart_picture import ChartPicture, Series, chart_of
from servanda.faces.office.showing.reports.asking import Asked
from servanda.faces.office.showing.reports.writing import (
    axis_money,
    count_cell,
    days_text,
    minor_money,
    money,
    money_cell,
    month_name,
    percent,
    short_month,
    text_cell,
)
from servanda.faces.office.shown_reports import Check, KeyFigure, ReportColumn, ReportShown, ReportTable
from servanda.ground.calendar import add_months
from servanda.ground.money import Money
from servanda.ground.periods import Period

CATEGORIES = {
    "S": gettext_noop("Danish VAT"),
    "AE": gettext_noop("Reverse charge"),
    "K": gettext_noop("Reverse charge in the EU"),
    "G": gettext_noop("Export out of the EU"),
    "O": gettext_noop("Outside VAT"),
    "E": gettext_noop("Exempt"),
    "Z": gettext_noop("Zero rate"),
}


def vat_shown(asked: Asked) -> ReportShown:
    """Return the overview of VAT."""
    found = vat_of_stretch(asked.company_id, asked.stretch)
    return ReportShown(
        name="vat",
        title=_("VAT at a glance"),
        sentences=(vat_sentence(found.parts, found.stretch.period),),
        figures=(
            KeyFigure(_("VAT on sales"), money(found.total)),
            KeyFigure(_("Sales without VAT"), money(_net(found.parts))),
        ),
        pictures=(vat_picture(found.parts, key="months"),),
        tables=(_months(asked, found), _treatments(asked, found)),
        checks=(_check(found),),
        notes=(_("This is an overview of what was issued; the return and its period are made on their own page."),),
    )


def vat_sentence(parts: tuple[VatPart, ...], period: Period) -> str:
    """Say in one sentence what VAT was on sales."""
    vat = Money(sum(part.vat.minor for part in parts))
    told = {"days": days_text(period), "vat": money(vat), "net": money(_net(parts))}
    return _("From %(days)s VAT on sales came to %(vat)s, on %(net)s without VAT.") % told


def vat_picture(parts: tuple[VatPart, ...], *, key: str, is_small: bool = False) -> ChartPicture:
    sums: dict[object, int] = defaultdict(int)
    for part in parts:
        sums[part.month] += part.vat.minor
    months = sorted({part.month for part in parts})
    return chart_of(
        (Series(_("VAT"), tuple(sums[month] for month in months)),),
        key=key,
        title=_("VAT on sales, by month"),
        columns=tuple(map(short_month, months)),
        full_columns=tuple(map(month_name, months)),
        written=minor_money,
        axis=axis_money,
        is_small=is_small,
    )


def category_name(category: str) -> str:
    found = CATEGORIES.get(category)
    return f"{_(found)} ({category})" if found else category


def _net(parts: tuple[VatPart, ...]) -> Money:
    return Money(sum(part.net.minor for part in parts))


def _columns() -> tuple[ReportColumn, ...]:
    return (
        ReportColumn(_("Treatment")),
        ReportColumn(_("Rate")),
        ReportColumn(_("Documents"), "whole"),
        ReportColumn(_("Without VAT"), "money"),
        ReportColumn(_("VAT"), "money"),
    )


def _months(asked: Asked, found: VatOverview) -> ReportTable:
    period = found.stretch.period
    rows = []
    for part in found.parts:
        month = Period(max(part.month, period.since), min(add_months(part.month, 1), period.until))
        address = asked.rows("documents", period=month, category=part.category, percent=part.percent)
        rows.append(
            (
                text_cell(month_name(part.month)),
                text_cell(category_name(part.category)),
                text_cell(percent(part.percent / 100)),
                count_cell(part.documents, address),
                money_cell(part.net, address),
                money_cell(part.vat),
            )
        )
    return ReportTable(
        name="months",
        title=_("VAT on sales, by month"),
        columns=(ReportColumn(_("Month")), *_columns()),
        rows=tuple(rows),
        total=(
            text_cell(_("Total")),
            text_cell(""),
            text_cell(""),
            count_cell(None),
            money_cell(_net(found.parts)),
            money_cell(found.total),
        ),
    )


def _treatments(asked: Asked, found: VatOverview) -> ReportTable:
    by_treatment: dict[tuple[str, object], list[VatPart]] = defaultdict(list)
    for part in found.parts:
        by_treatment[part.category, part.percent].append(part)
    rows = tuple(
        (
            text_cell(category_name(category)),
            text_cell(percent(parts[0].percent / 100)),
            count_cell(
                sum(part.documents for part in parts),
                asked.rows("documents", period=found.stretch.period, category=category, percent=rate),
            ),
            money_cell(_net(tuple(parts))),
            money_cell(Money(sum(part.vat.minor for part in parts))),
        )
        for (category, rate), parts in sorted(by_treatment.items(), key=lambda item: item[0][0])
    )
    return ReportTable(name="treatments", title=_("By treatment"), columns=_columns(), rows=rows)


def _check(found: VatOverview) -> Check:
    told = {"total": money(found.total), "booked": money(found.booked), "off": money(found.unexplained)}
    text = _(
        "VAT on documents: %(total)s. The accounts of VAT for the same documents: %(booked)s. Difference: %(off)s."
    )
    return Check(text % told, not found.unexplained)
