"""Which days does a report cover, and with which days is it compared?

A stretch that is still running ends today, and so do the ones that it is compared with end as early: otherwise every month
would look worse than the one before until its last day.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from servanda.business.reports.facts import Stretch
from servanda.ground.calendar import add_months, first_of_month
from servanda.ground.periods import Period
from servanda.ground.refusal import Refused

STRETCHES = (
    "this-month",
    "last-month",
    "this-quarter",
    "last-quarter",
    "this-year",
    "financial-year",
    "last-financial-year",
    "last-12-months",
)
LONGEST_MONTHS = 60


class NoSuchStretch(Refused):
    """The name is none of the stretches, or the days do not make one."""


def stretch_named(name: str, *, today: date, fiscal_first_month: int = 1) -> Stretch:
    """Return the stretch of the name as it is today; refuses an unknown name."""
    if name not in STRETCHES:
        raise NoSuchStretch(
            "There is no stretch '%(name)s'. Choose one of: %(known)s, or give two days.",
            {"name": name, "known": ", ".join(STRETCHES)},
        )
    since, months = _began(name, today, fiscal_first_month)
    whole_until = add_months(since, months)
    until = min(whole_until, today + timedelta(days=1))
    return _stretch(name, Period(since, until), months)


def stretch_between(since: date, last_day: date) -> Stretch:
    """Return the stretch of free days, both of which belong; refuses days in the wrong order and too many of them."""
    if last_day < since:
        raise NoSuchStretch(
            "The stretch ends on %(last_day)s, before it begins on %(since)s. Give the earlier day first.",
            {"last_day": last_day, "since": since},
        )
    if last_day >= add_months(since, LONGEST_MONTHS):
        raise NoSuchStretch(
            "%(since)s to %(last_day)s is more than %(years)s years. Take a shorter stretch.",
            {"since": since, "last_day": last_day, "years": LONGEST_MONTHS // 12},
        )
    period = Period(since, last_day + timedelta(days=1))
    months = _whole_months(period)
    return _stretch("free", period, months)


def months_of(period: Period) -> tuple[Period, ...]:
    """Return the calendar months that the stretch lies in, the first and the last one cut to it."""
    return tuple(_months(period))


def whole_months_of(period: Period) -> tuple[Period, ...]:
    """Return the calendar months that the stretch lies in, whole."""
    return tuple(Period(month.since.replace(day=1), _next(month.since)) for month in months_of(period))


def months_ahead(day: date, count: int) -> tuple[Period, ...]:
    """Return so many months from the day on: the rest of its own, and those that follow whole."""
    first = first_of_month(day)
    starts = (day, *(add_months(first, number) for number in range(1, count)))
    return tuple(Period(since, _next(since)) for since in starts)


def _months(period: Period) -> Iterator[Period]:
    since = period.since
    while since < period.until:
        until = min(_next(since), period.until)
        yield Period(since, until)
        since = until


def _next(day: date) -> date:
    return add_months(first_of_month(day), 1)


def _began(name: str, today: date, fiscal_first_month: int) -> tuple[date, int]:
    month = first_of_month(today)
    if name in ("this-month", "last-month"):
        return add_months(month, -1 if name == "last-month" else 0), 1
    if name in ("this-quarter", "last-quarter"):
        quarter = add_months(month, -((today.month - 1) % 3))
        return add_months(quarter, -3 if name == "last-quarter" else 0), 3
    if name in ("financial-year", "last-financial-year"):
        year = add_months(month, -((today.month - fiscal_first_month) % 12))
        return add_months(year, -12 if name == "last-financial-year" else 0), 12
    if name == "this-year":
        return date(today.year, 1, 1), 12
    return add_months(month, -11), 12


def _stretch(name: str, period: Period, months: int | None) -> Stretch:
    before = (
        moved(period, months=-months)
        if months is not None
        else Period(period.since - timedelta(days=period.days), period.since)
    )
    return Stretch(name=name, period=period, before=before, year_before=moved(period, months=-12))


def moved(period: Period, *, months: int) -> Period:
    """Return the stretch so many months away, day for day; whole months stay whole."""
    since = add_months(period.since, months)
    if period.until.day == 1:
        return Period(since, add_months(period.until, months))
    until = add_months(period.last_day, months) + timedelta(days=1)
    return Period(since, max(until, since + timedelta(days=1)))


def _whole_months(period: Period) -> int | None:
    """Return of how many whole calendar months a stretch is; None where it is cut within one."""
    if period.since.day != 1 or period.until.day != 1:
        return None
    return (period.until.year - period.since.year) * 12 + period.until.month - period.since.month
