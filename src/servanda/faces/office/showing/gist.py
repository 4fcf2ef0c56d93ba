"""What do a company's terms do about a late payment, in one line? Reckoned from the ladder, never written by hand."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from servanda.agreements import PROVIDERS
from servanda.agreements.reading import catalogue_of
from servanda.business.dunning.decisions.unpaid import unpaid_timeline
from servanda.ground.calendar import bank_day_on_or_after
from servanda.terms.clauses import CustomerKind
from servanda.terms.document import Agreement
from servanda.terms.timeline import TimelineEvent
from servanda.terms.versions import Library, NoSuchVersion

AHEAD_DAYS = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class Gist:
    """The figures of the line: over all services that the company sells to businesses."""

    payment_days: tuple[int, ...]
    reminders: int
    hold_days: int | None  # from the invoice to the suspension, of the service that is suspended first
    hold_late_days: int | None  # from the due day
    hold_step: int | None  # the reminder that it comes with, or after
    is_hold_decided: bool  # by a person
    is_silent: bool


def terms_line(library: Library | None, *, today: date) -> str:
    """Return the line; where no terms are in force, or nothing is known of what is sold, an empty one."""
    day = bank_day_on_or_after(today)
    if library is None or library.provider not in PROVIDERS:
        return ""
    try:
        gist = _gist(library.version_on(day), day)
    except NoSuchVersion:
        return ""
    return " · ".join((_payment(gist), _reminders(gist), _hold(gist)))


def _payment(gist: Gist) -> str:
    if not gist.payment_days:
        return _("no due day")
    first, last = min(gist.payment_days), max(gist.payment_days)
    if first != last:
        return _("%(first)s–%(last)s days to pay") % {"first": first, "last": last}
    return ngettext("%(days)s day to pay", "%(days)s days to pay", last) % {"days": last}


def _reminders(gist: Gist) -> str:
    if not gist.reminders:
        return _("no reminders")
    return ngettext("%(count)s reminder", "%(count)s reminders", gist.reminders) % {"count": gist.reminders}


def _hold(gist: Gist) -> str:
    if gist.hold_days is None:
        return _("silent on the rest: a person decides") if gist.is_silent else _("never suspends")
    if gist.hold_step is not None:
        text = _("suspends with reminder %(step)s") % {"step": gist.hold_step}
    else:
        late = gist.hold_late_days or 0
        text = ngettext("suspends %(days)s day after the due day", "suspends %(days)s days after the due day", late)
        text %= {"days": late}
    return _("%(act)s if a person says yes") % {"act": text} if gist.is_hold_decided else text


@lru_cache(maxsize=64)
def _gist(agreement: Agreement, day: date) -> Gist:
    ladders = [
        unpaid_timeline(
            agreement,
            product=product.code,
            is_service=True,
            customer=CustomerKind.BUSINESS,
            issued_on=day,
            received_on=day,
            amount=None,
            until=day + timedelta(days=AHEAD_DAYS),
        )
        for product in catalogue_of(agreement.provider).product
        if product.is_service
    ]
    held = [(hold, ladder) for ladder in ladders if (hold := _first(ladder, "hold.placed")) is not None]
    hold, ladder = min(held, key=lambda found: found[0].on) if held else (None, ())
    due = _first(ladder, "payment.due")
    steps = [event.step for event in ladder if event.event == "reminder.sent" and hold and event.on <= hold.on]
    return Gist(
        payment_days=tuple((due.on - day).days for found in ladders if (due := _first(found, "payment.due"))),
        reminders=max((sum(event.event == "reminder.sent" for event in found) for found in ladders), default=0),
        hold_days=(hold.on - day).days if hold is not None else None,
        hold_late_days=(hold.on - due.on).days if hold is not None and due is not None else None,
        hold_step=max((step for step in steps if step is not None), default=None),
        is_hold_decided=hold is not None and hold.decided_by == "person",
        is_silent=any(_first(found, "not_specified") is not None for found in ladders),
    )


def _first(ladder: tuple[TimelineEvent, ...], event: str) -> TimelineEvent | None:
    return next((found for found in ladder if found.event == event), None)
