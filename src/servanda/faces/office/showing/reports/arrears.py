"""Arrears by age at the end of a day: who owes what since when, and what such debts have been worth so far."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from servanda.business.reports.facts import Arrears
from servanda.business.reports.queries import arrears_on
from servanda.faces.office.chart_picture import ChartPicture, Series, chart_of
from servanda.faces.office.showing.reports.asking import Asked
from servanda.faces.office.showing.reports.writing import (
    ROWS_MAX,
    axis_money,
    decimal,
    minor_money,
    money,
    money_cell,
    named_customers,
    share_cell,
    share_of,
    text_cell,
)
from servanda.faces.office.shown_reports import Check, KeyFigure, ReportColumn, ReportShown, ReportTable
from servanda.faces.office.words import language
from servanda.ground.calendar import day_text
from servanda.ground.money import Money

AGE_NAMES = (
    gettext_noop("Not due"),
    gettext_noop("1–30 days late"),
    gettext_noop("31–60 days late"),
    gettext_noop("61–90 days late"),
    gettext_noop("Over 90 days late"),
)
DAYS = 90


def arrears_shown(asked: Asked) -> ReportShown:
    """Return the report of arrears as of the day that is asked for."""
    found = arrears_on(asked.company_id, asked.as_of, today=asked.today)
    return ReportShown(
        name="arrears",
        title=_("Arrears by age"),
        sentences=(arrears_sentence(found.by_age, day_text(found.as_of, language())), *_more_sentences(found)),
        figures=_figures(asked, found),
        pictures=(ages_picture(found.by_age, key="ages"),),
        tables=(_ages(asked, found), _customers(asked, found)),
        checks=(_check(found),),
        notes=(_("A payment counts from the day on which it was read from the bank, as the reminders saw it."),),
    )


def arrears_sentence(by_age: tuple[Money, ...], day: str) -> str:
    """Say in one sentence what is owed and how much of it is late."""
    total, late, oldest = _sum(by_age), _sum(by_age[1:]), by_age[-1]
    told = {"day": day, "total": money(total), "late": money(late), "old": money(oldest)}
    if not total:
        return _("On %(day)s nobody owed anything.") % told
    if not late:
        return _("On %(day)s customers owed %(total)s, and none of it was late.") % told
    if not oldest:
        return _("On %(day)s customers owed %(total)s; %(late)s of it was late, nothing by more than 90 days.") % told
    return _("On %(day)s customers owed %(total)s; %(late)s of it was late, %(old)s by more than 90 days.") % told


def ages_picture(by_age: tuple[Money, ...], *, key: str, is_small: bool = False) -> ChartPicture:
    """Return the chart of what is owed by age group."""
    names = tuple(_(name) for name in AGE_NAMES)
    short = (_("not due"), "1–30", "31–60", "61–90", "90+")
    return chart_of(
        (Series(_("Owed"), tuple(amount.minor for amount in by_age)),),
        key=key,
        title=_("What is owed, by age"),
        columns=short,
        full_columns=names,
        written=minor_money,
        axis=axis_money,
        is_small=is_small,
    )


def _sum(amounts: tuple[Money, ...]) -> Money:
    return Money(sum(amount.minor for amount in amounts))


def _more_sentences(found: Arrears) -> list[str]:
    hint = _provision(found)
    if hint is None:
        return [_("There is too little history yet to say what such debts are worth.")]
    return [
        _(
            "Of what was owed half a year before, the same share as then would leave %(hint)s unpaid: "
            "a hint for what to set aside."
        )
        % {"hint": money(hint)}
    ]


def _provision(found: Arrears) -> Money | None:
    """Return what of today's debts would stay unpaid if each age group fared as half a year ago; None without a history."""
    if not any(one.was for one in found.history):
        return None
    minor = sum(
        amount.minor * one.still.minor // one.was.minor
        for amount, one in zip(found.by_age, found.history, strict=True)
        if one.was.minor > 0
    )
    return Money(minor)


def _figures(asked: Asked, found: Arrears) -> tuple[KeyFigure, ...]:
    paid = found.paid
    turnover_days = found.total.minor * DAYS / found.gross_90.minor if found.gross_90.minor > 0 else None
    nothing = _("nothing was paid")
    return (
        KeyFigure(_("Owed"), money(found.total), address=asked.rows("open", as_of=found.as_of)),
        KeyFigure(
            _("Days of sales in it"),
            str(round(turnover_days)) if turnover_days is not None else "–",
            _("DSO: what is owed, in days of the last 90 days' sales with VAT"),
        ),
        KeyFigure(
            _("Days from invoice to payment"),
            decimal(paid.days_from_issue) if paid.days_from_issue is not None else "–",
            _("weighed by amount, last 90 days") if paid.paid else nothing,
        ),
        KeyFigure(
            _("Days from due day to payment"),
            decimal(paid.days_from_due) if paid.days_from_due is not None else "–",
            _("below nothing is early") if paid.paid else nothing,
        ),
    )


def _ages(asked: Asked, found: Arrears) -> ReportTable:
    rows = tuple(
        (
            text_cell(_(name)),
            money_cell(amount, asked.rows("open", as_of=found.as_of, age=place)),
            share_cell(share_of(amount, found.total)),
            share_cell(share_of(found.history[place].still, found.history[place].was)),
        )
        for place, (name, amount) in enumerate(zip(AGE_NAMES, found.by_age, strict=True))
    )
    return ReportTable(
        name="ages",
        title=_("By age"),
        columns=(
            ReportColumn(_("Age")),
            ReportColumn(_("Owed"), "money"),
            ReportColumn(_("Share"), "percent"),
            ReportColumn(_("Still unpaid of what stood there half a year before"), "percent"),
        ),
        rows=rows,
        total=(
            text_cell(_("Total")),
            money_cell(found.total, asked.rows("open", as_of=found.as_of)),
            share_cell(share_of(found.total, found.total)),
            share_cell(None),
        ),
    )


def _customers(asked: Asked, found: Arrears) -> ReportTable:
    shown = found.customers if asked.is_whole else found.customers[:ROWS_MAX]
    people = named_customers(one.customer_id for one in shown)
    rows = tuple(
        (
            text_cell(
                people[one.customer_id].name,
                asked.rows("open", as_of=found.as_of, customer=people[one.customer_id].number),
            ),
            *(
                money_cell(
                    amount, asked.rows("open", as_of=found.as_of, age=place, customer=people[one.customer_id].number)
                )
                for place, amount in enumerate(one.by_age)
            ),
            money_cell(one.total, asked.rows("open", as_of=found.as_of, customer=people[one.customer_id].number)),
        )
        for one in shown
    )
    left = len(found.customers) - len(shown)
    return ReportTable(
        name="customers",
        title=_("By customer, the most overdue first"),
        columns=(
            ReportColumn(_("Customer")),
            *(ReportColumn(_(name), "money") for name in AGE_NAMES),
            ReportColumn(_("Total"), "money"),
        ),
        rows=rows,
        total=(
            text_cell(_("Total")),
            *(
                money_cell(amount, asked.rows("open", as_of=found.as_of, age=place))
                for place, amount in enumerate(found.by_age)
            ),
            money_cell(found.total, asked.rows("open", as_of=found.as_of)),
        ),
        more=_("%(count)s more customers are in the file.") % {"count": left} if left else "",
    )


def _check(found: Arrears) -> Check:
    told = {"total": money(found.total), "booked": money(found.booked), "off": money(found.unexplained)}
    text = (
        _("Open on invoices and charges: %(total)s. Receivables by the books: %(booked)s. Difference: %(off)s.") % told
    )
    return Check(text, not found.unexplained)
