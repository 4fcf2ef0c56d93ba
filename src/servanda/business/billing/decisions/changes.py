"""What does the rest of a billed period cost when a line becomes more, less or of another plan within it?

More is billed for the rest of the period, as the difference to what was billed for those days. Less counts from the next
period on: what was agreed for a period stands, and no terms promise otherwise; a person may credit the rest as a kindness.
A price that only moves in the list never touches a period that has begun.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from servanda.business.billing.decisions.refunds import share_after
from servanda.business.billing.facts import BilledTime
from servanda.ground.money import Money, total_of
from servanda.ground.periods import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class RestOfPeriod:
    """The rest of one billed period: what it costs by the new agreement, and what was billed for it already."""

    period: Period  # from the day of the change on
    whole_days: int
    new_price: Money  # of the whole period
    costs: Money
    billed: Money

    @property
    def difference(self) -> Money:
        return self.costs - self.billed


def rest_of_period(billed: Iterable[BilledTime], period: Period, *, new_price: Money, on: date) -> RestOfPeriod:
    """Return what a billed period costs from the day on, by its new price, beside what was billed for those days.

    `billed` is all billed time of the line: the period itself, and what was billed beside it since.
    """
    first = max(on, period.since)
    within = [time for time in billed if time.period.since < period.until and first < time.period.until]
    return RestOfPeriod(
        period=Period(first, period.until),
        whole_days=period.days,
        new_price=new_price,
        costs=share_after(new_price, period, first),
        billed=total_of((_billed_after(time, first) for time in within), new_price.currency),
    )


def _billed_after(time: BilledTime, day: date) -> Money:
    """Return what was billed for the days from the day on, less what was given back of them."""
    given = time.given if time.given_from is not None and time.given_from >= day else Money(0, time.net.currency)
    return share_after(time.price, time.period, day) - given
