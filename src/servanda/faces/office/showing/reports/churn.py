"""Who comes and goes: movements of the monthly income, customers and lines begun and ended, why, and who stayed."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from servanda.business.reports.facts import Churn, Cohort, Movement
from servanda.business.reports.queries import churn_of
from servanda.faces.office.chart_picture import ChartPicture, Series, chart_of
from servanda.faces.office.showing.reports.asking import Asked
from servanda.faces.office.showing.reports.writing import (
    axis_money,
    count_cell,
    minor_money,
    money,
    money_cell,
    month_name,
    month_names,
    months_told,
    percent,
    share_cell,
    text_cell,
    whole,
)
from servanda.faces.office.shown_reports import KeyFigure, ReportCell, ReportColumn, ReportShown, ReportTable
from servanda.ground.money import Money

CAUSES = {
    "notice": gettext_noop("The customer gave notice"),
    "closure for non-payment": gettext_noop("Closed for non-payment"),
    "closure": gettext_noop("Closed for another breach"),
    "withdrawal": gettext_noop("The consumer withdrew"),
    "transfer": gettext_noop("Transferred to another customer"),
    "provider": gettext_noop("The provider ended it"),
    "discontinued": gettext_noop("The service is discontinued"),
    "": gettext_noop("No reason noted"),
}
SHARES_MAX = 12  # months of a cohort that a page has room for


def churn_shown(asked: Asked) -> ReportShown:
    """Return the report of who comes and goes."""
    found = churn_of(asked.company_id, asked.stretch)
    return ReportShown(
        name="churn",
        title=_("Customers who come and go"),
        sentences=(churn_sentence(found.movements), *_more(found)),
        figures=_figures(asked, found),
        pictures=(_income_picture(found.movements), people_picture(found.movements, key="people")),
        tables=(_movements(found), _people(asked, found), _reasons(asked, found), _cohorts(found)),
        notes=(
            _(
                "A customer counts as long as they have a line with a price that is billed again and again. A line "
                "that ends on the last day of a month is gone at its close."
            ),
        ),
    )


def churn_sentence(movements: tuple[Movement, ...]) -> str:
    """Say in one sentence how many customers came and went and what became of the monthly income."""
    if not movements:
        return _("There are no days to tell of.")
    begun = sum(one.customers_begun + one.customers_back for one in movements)
    ended = sum(one.customers_ended for one in movements)
    told = {
        "begun": whole(begun),
        "ended": whole(ended),
        "customers": whole(movements[-1].customers_closing),
        "opening": money(movements[0].opening),
        "closing": money(movements[-1].closing),
    }
    return (
        _(
            "%(begun)s customers came and %(ended)s left, which makes %(customers)s; the monthly income went from "
            "%(opening)s to %(closing)s."
        )
        % told
    )


def people_picture(movements: tuple[Movement, ...], *, key: str, is_small: bool = False) -> ChartPicture:
    months = [one.month for one in movements]
    return chart_of(
        (
            Series(_("came"), tuple(one.customers_begun + one.customers_back for one in movements)),
            Series(_("left"), tuple(-one.customers_ended for one in movements)),
        ),
        key=key,
        title=_("Customers who came and left, by month"),
        columns=months_told(months),
        full_columns=month_names(months),
        written=whole,
        axis=whole,
        is_stacked=True,
        is_small=is_small,
    )


def _more(found: Churn) -> list[str]:
    kept = _kept(found.movements)
    if kept is None:
        return []
    return [
        _("Of the income from customers who were there at the beginning, %(kept)s is left, with what they bought more.")
        % {"kept": percent(kept)}
    ]


def _kept(movements: tuple[Movement, ...]) -> Decimal | None:
    """Return the net revenue retention: the opening income with what existing customers added and took away."""
    if not movements or not movements[0].opening:
        return None
    moved = sum(one.expansion.minor + one.contraction.minor + one.churned.minor for one in movements)
    return Decimal(movements[0].opening.minor + moved) / Decimal(movements[0].opening.minor)


def _figures(asked: Asked, found: Churn) -> tuple[KeyFigure, ...]:
    if not found.movements:
        return ()
    last = found.movements[-1]
    period = found.stretch.period
    opening = sum(one.customers_opening for one in found.movements)
    ended = sum(one.customers_ended for one in found.movements)
    rate = Decimal(ended) / Decimal(opening) if opening else None
    return (
        KeyFigure(
            _("Customers at the end"),
            whole(last.customers_closing),
            _("with a running line"),
            asked.rows("lines", state="running", as_of=min(period.last_day, asked.today)),
        ),
        KeyFigure(_("Monthly income at the end"), money(last.closing), _("MRR")),
        KeyFigure(
            _("Customers lost a month"),
            percent(rate) if rate is not None else "–",
            _("of those at each month's beginning, on average"),
        ),
        KeyFigure(
            _("Lines ended"),
            whole(sum(one.lines_ended for one in found.movements)),
            "",
            asked.rows("lines", period=period, state="ended"),
        ),
    )


def _income_picture(movements: tuple[Movement, ...]) -> ChartPicture:
    months = [one.month for one in movements]
    return chart_of(
        (
            Series(_("new and back"), tuple((one.new + one.reactivated).minor for one in movements)),
            Series(_("bought more"), tuple(one.expansion.minor for one in movements)),
            Series(_("bought less"), tuple(one.contraction.minor for one in movements)),
            Series(_("lost"), tuple(one.churned.minor for one in movements)),
        ),
        key="income",
        title=_("How the monthly income moved"),
        columns=months_told(months),
        full_columns=month_names(months),
        written=minor_money,
        axis=axis_money,
        is_stacked=True,
    )


def _movements(found: Churn) -> ReportTable:
    names = ("opening", "new", "reactivated", "expansion", "contraction", "churned", "closing")
    columns = (
        _("At the beginning"),
        _("New"),
        _("Back"),
        _("Bought more"),
        _("Bought less"),
        _("Lost"),
        _("At the end"),
    )
    total = None
    if found.movements:
        sums = {name: Money(sum(getattr(one, name).minor for one in found.movements)) for name in names[1:-1]}
        ends = {"opening": found.movements[0].opening, "closing": found.movements[-1].closing}
        total = (text_cell(_("Total")), *(money_cell({**sums, **ends}[name]) for name in names))
    return ReportTable(
        name="income",
        title=_("How the monthly income moved"),
        columns=(ReportColumn(_("Month")), *(ReportColumn(column, "money") for column in columns)),
        rows=tuple(
            (text_cell(month_name(one.month.since)), *(money_cell(getattr(one, name)) for name in names))
            for one in found.movements
        ),
        total=total,
    )


def _people(asked: Asked, found: Churn) -> ReportTable:
    columns = (
        _("Customers at the beginning"),
        _("Came"),
        _("Came back"),
        _("Left"),
        _("Customers at the end"),
        _("Lines begun"),
        _("Lines ended"),
    )
    return ReportTable(
        name="people",
        title=_("Customers and lines"),
        columns=(ReportColumn(_("Month")), *(ReportColumn(column, "whole") for column in columns)),
        rows=tuple(
            (
                text_cell(month_name(one.month.since)),
                count_cell(one.customers_opening),
                count_cell(one.customers_begun),
                count_cell(one.customers_back),
                count_cell(one.customers_ended),
                count_cell(one.customers_closing),
                count_cell(one.lines_begun, asked.rows("lines", period=one.month, state="begun")),
                count_cell(one.lines_ended, asked.rows("lines", period=one.month, state="ended")),
            )
            for one in found.movements
        ),
    )


def cause_name(cause: str) -> str:
    """Return why a line ended; a cause of the house is told with what stands behind its colon."""
    head, _colon, rest = cause.partition(": ")
    found = CAUSES.get(cause) or CAUSES.get(head)
    if found is None:
        return cause
    return f"{_(found)}: {rest}" if rest else _(found)


def _reasons(asked: Asked, found: Churn) -> ReportTable:
    return ReportTable(
        name="reasons",
        title=_("Why lines ended"),
        columns=(
            ReportColumn(_("Reason")),
            ReportColumn(_("Lines"), "whole"),
            ReportColumn(_("Monthly income lost"), "money"),
        ),
        rows=tuple(
            (
                text_cell(cause_name(one.cause)),
                count_cell(one.lines, asked.rows("lines", period=found.stretch.period, state="ended", cause=one.cause)),
                money_cell(one.month, asked.rows("lines", period=found.stretch.period, state="ended", cause=one.cause)),
            )
            for one in found.reasons
        ),
    )


def _cohorts(found: Churn) -> ReportTable:
    most = min(len(found.cohorts), SHARES_MAX)
    return ReportTable(
        name="cohorts",
        title=_("How many of those who began in a month are still there"),
        columns=(
            ReportColumn(_("Began in")),
            ReportColumn(_("Customers"), "whole"),
            *(ReportColumn(_("after %(months)s months") % {"months": after}, "percent") for after in range(most)),
        ),
        rows=tuple(_cohort_row(one, most) for one in found.cohorts if one.customers),
        note=_("By the close of the month; after 0 months is the close of the month in which they began."),
    )


def _cohort_row(cohort: Cohort, most: int) -> tuple[ReportCell, ...]:
    shares = [Decimal(stayed) / Decimal(cohort.customers) for stayed in cohort.stayed[:most]]
    cells = (share_cell(shares[after] if after < len(shares) else None) for after in range(most))
    return (text_cell(month_name(cohort.month.since)), count_cell(cohort.customers), *cells)
