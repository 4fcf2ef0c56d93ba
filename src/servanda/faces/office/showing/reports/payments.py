"""Payments: what explained them, how early or late they came, and what lateness cost."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from servanda.business.billing.wording import rule_text
from servanda.business.reports.facts import Payments
from servanda.business.reports.queries import payments_of
from servanda.faces.office.chart_picture import ChartPicture, Series, chart_of
from servanda.faces.office.showing.reports.asking import Asked
from servanda.faces.office.showing.reports.writing import (
    axis_money,
    count_cell,
    days_text,
    decimal,
    minor_money,
    money,
    money_cell,
    percent,
    share_cell,
    share_of,
    short_day,
    text_cell,
    whole,
)
from servanda.faces.office.shown_reports import KeyFigure, ReportCell, ReportColumn, ReportShown, ReportTable
from servanda.faces.office.words import BOOKINGS, language, word
from servanda.ground.money import Money

WAYS = {
    "automatic": gettext_noop("Matched by itself"),
    "person": gettext_noop("Matched by a person"),
    "suspense": gettext_noop("Not explained yet"),
    "explained": gettext_noop("No customer's payment"),
    "reversed": gettext_noop("Taken back by the bank"),
    "out": gettext_noop("Money that went out"),
}
DELAY_NAMES = (
    gettext_noop("More than a week early"),
    gettext_noop("Up to a week early"),
    gettext_noop("On the due day"),
    gettext_noop("1–7 days late"),
    gettext_noop("8–14 days late"),
    gettext_noop("15–30 days late"),
    gettext_noop("31–60 days late"),
    gettext_noop("Over 60 days late"),
)
IN_TIME = 3  # so many of the groups are in time


def payments_shown(asked: Asked) -> ReportShown:
    """Return the report of payments."""
    found = payments_of(asked.company_id, asked.stretch)
    return ReportShown(
        name="payments",
        title=_("Payments"),
        sentences=(payments_sentence(found.delays, days_text(found.stretch.period)), *_suspense(found)),
        figures=_figures(asked, found),
        pictures=(delays_picture(found.delays, key="delays"),),
        tables=(_delays(asked, found), _received(asked, found), _charges(asked, found)),
    )


def payments_sentence(delays: tuple[tuple[int, Money], ...], days: str) -> str:
    """Say in one sentence how much was paid and how much of it in time."""
    total = Money(sum(amount.minor for _place, amount in delays))
    in_time = Money(sum(amount.minor for place, amount in delays if place < IN_TIME))
    share = share_of(in_time, total)
    if share is None:
        return _("From %(days)s nothing was paid on invoices.") % {"days": days}
    told = {"days": days, "total": money(total), "share": percent(share)}
    return _("From %(days)s customers paid %(total)s on invoices, %(share)s of it by the due day.") % told


def delays_picture(delays: tuple[tuple[int, Money], ...], *, key: str, is_small: bool = False) -> ChartPicture:
    return chart_of(
        (Series(_("Paid"), tuple(amount.minor for _place, amount in delays)),),
        key=key,
        title=_("What was paid, by days from the due day"),
        columns=("< −7", "−7–−1", "0", "1–7", "8–14", "15–30", "31–60", "> 60"),
        full_columns=tuple(_(name) for name in DELAY_NAMES),
        written=minor_money,
        axis=axis_money,
        is_small=is_small,
    )


def _suspense(found: Payments) -> list[str]:
    if not found.suspense_entries or found.suspense_since is None:
        return [_("Every payment is explained.")]
    told = {
        "count": whole(found.suspense_entries),
        "amount": money(found.suspense),
        "day": short_day(found.suspense_since),
    }
    return [_("%(count)s payments of %(amount)s are not explained yet, the oldest since %(day)s.") % told]


def _figures(asked: Asked, found: Payments) -> tuple[KeyFigure, ...]:
    paid = found.paid
    by_hand = sum(one.entries for one in found.received if one.way == "person")
    itself = sum(one.entries for one in found.received if one.way == "automatic")
    share = share_of(Money(itself), Money(itself + by_hand))
    return (
        KeyFigure(
            _("Matched by itself"),
            percent(share) if share is not None else "–",
            _("of the payments that were matched"),
            asked.rows("entries", period=found.stretch.period, way="automatic"),
        ),
        KeyFigure(
            _("Days from invoice to payment"),
            decimal(paid.days_from_issue) if paid.days_from_issue is not None else "–",
            _("weighed by amount"),
        ),
        KeyFigure(_("Reminders"), whole(found.reminders), _("letters sent")),
        KeyFigure(
            _("Not explained yet"),
            money(found.suspense),
            _("as it is now"),
            asked.rows("entries", way="suspense-now"),
        ),
    )


def _delays(asked: Asked, found: Payments) -> ReportTable:
    total = Money(sum(amount.minor for _place, amount in found.delays))
    period = found.stretch.period
    return ReportTable(
        name="delays",
        title=_("What was paid, by days from the due day"),
        columns=(
            ReportColumn(_("Paid when")),
            ReportColumn(_("Paid"), "money"),
            ReportColumn(_("Share"), "percent"),
        ),
        rows=tuple(
            (
                text_cell(_(DELAY_NAMES[place])),
                money_cell(amount, asked.rows("paid", period=period, delay=place)),
                share_cell(share_of(amount, total)),
            )
            for place, amount in found.delays
        ),
        total=(
            text_cell(_("Total")),
            money_cell(total, asked.rows("paid", period=period)),
            share_cell(share_of(total, total)),
        ),
        note=_("Payments that the bank took back are taken off again."),
    )


def _received(asked: Asked, found: Payments) -> ReportTable:
    period = found.stretch.period
    return ReportTable(
        name="received",
        title=_("How movements on the account were explained"),
        columns=(
            ReportColumn(_("How")),
            ReportColumn(_("By which rule")),
            ReportColumn(_("Movements"), "whole"),
            ReportColumn(_("Amount"), "money"),
        ),
        rows=tuple(
            (
                text_cell(word(WAYS, one.way)),
                text_cell(rule_text(one.rule, language())),
                count_cell(one.entries, asked.rows("entries", period=period, way=one.way, rule=one.rule)),
                money_cell(one.amount),
            )
            for one in found.received
        ),
        total=(
            text_cell(_("Total")),
            text_cell(""),
            count_cell(sum(one.entries for one in found.received), asked.rows("entries", period=period)),
            money_cell(Money(sum(one.amount.minor for one in found.received))),
        ),
    )


def _charges(asked: Asked, found: Payments) -> ReportTable:
    period = found.stretch.period
    total: tuple[ReportCell, ...] = (
        text_cell(_("Total")),
        count_cell(sum(one.count for one in found.charges)),
        money_cell(Money(sum(one.charged.minor for one in found.charges)), asked.rows("charges", period=period)),
        money_cell(Money(sum(one.paid.minor for one in found.charges))),
        money_cell(Money(sum(one.waived.minor for one in found.charges))),
    )
    return ReportTable(
        name="charges",
        title=_("What late payment cost the customers"),
        columns=(
            ReportColumn(_("Charge")),
            ReportColumn(_("How many"), "whole"),
            ReportColumn(_("Charged"), "money"),
            ReportColumn(_("Paid"), "money"),
            ReportColumn(_("Waived"), "money"),
        ),
        rows=tuple(
            (
                text_cell(word(BOOKINGS, one.kind)),
                count_cell(one.count, asked.rows("charges", period=period, kind=one.kind)),
                money_cell(one.charged, asked.rows("charges", period=period, kind=one.kind)),
                money_cell(one.paid),
                money_cell(one.waived),
            )
            for one in found.charges
        ),
        total=total,
    )
