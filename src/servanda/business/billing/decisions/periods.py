"""Which periods of a line are due to be invoiced today, and when to look again?

Periods are anchored to the day the line began: 31 January, 28 February, 31 March. A period is invoiced on the day that the
terms name for it; several missed ones come as lines of one invoice.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache

from servanda.business.billing.facts import BillableLine
from servanda.business.contracts.facts import AgreedRule
from servanda.ground.calendar import add_months, last_working_day_of_month, months_between
from servanda.ground.money import Money
from servanda.ground.periods import Period
from servanda.terms.clauses import InvoiceRun


def periods_due(line: BillableLine, run: InvoiceRun, *, today: date) -> tuple[Period, ...]:
    """Return the unbilled periods whose invoice day has come, the oldest first."""
    periods = []
    since = line.billed_until
    while (period := next_period(line, since)) is not None and run_day(period, run) <= today:
        periods.append(period)
        since = period.until
    return tuple(periods)


def next_period(line: BillableLine, since: date) -> Period | None:
    """Return the period that begins on the day, cut off where the line ends; None after its end.

    A thing sold once has one period, the day on which it was sold.
    """
    if line.until is not None and since >= line.until:
        return None
    if line.interval_months == 0:
        return Period(since, since + timedelta(days=1)) if since <= line.began_on else None
    whole_until = whole_period(line, since).until
    until = min(whole_until, line.until) if line.until is not None else whole_until
    return Period(since, until)


def run_day(period: Period, run: InvoiceRun) -> date:
    """Return the day on which a period is invoiced."""
    if run.day == "last working day of month":
        return last_working_day_of_month(period.since)
    return period.since - timedelta(days=run.lead_days)


def price_of_period(line: BillableLine, period: Period, unit: Money) -> Money:
    """Return the net price: the unit price of a whole period times the quantity, by days where it was cut off."""
    whole = unit * line.quantity
    if line.interval_months == 0:
        return whole
    full = whole_period(line, period.since)
    if full.days == period.days:
        return whole
    return whole.split((period.days, full.days - period.days))[0]


def look_again_on(line: BillableLine, run: InvoiceRun, *, billed_until: date, today: date) -> date | None:
    """Return the next day on which the line may be due; None when nothing more will be.

    A line that is billed to its end is looked at once more on that day: its notice may have been withdrawn by then.
    """
    period = next_period(line, billed_until)
    if period is not None:
        return run_day(period, run)
    return line.until if line.until is not None and today < line.until else None


def next_turn(agreed: Iterable[AgreedRule], *, today: date) -> date | None:
    """Return the next day on which a rule of the customer's own begins or ends: the day of invoicing may be another then."""
    days = (day for one in agreed for day in (one.since, one.until) if day > today)
    return min(days, default=None)


def whole_period(line: BillableLine, day: date) -> Period:
    """Return the whole period, anchored to the day the line began, that a day lies in."""
    return _whole_period(line.began_on, line.interval_months, day)


@lru_cache(maxsize=8192)  # the lines of a batch began on few days, and each asks some times
def _whole_period(anchor: date, interval_months: int, day: date) -> Period:
    number = months_between(anchor, day) // interval_months
    since = add_months(anchor, number * interval_months)
    return Period(since, add_months(anchor, (number + 1) * interval_months))
