"""How much of a line has been earned by a day? Each day of its period earns its part, to the øre.

The parts are those of `Money.split` with the same weight for each day: all alike, and the øre left over to the first days. So
what is earned up to a day follows in one step, stretches add up wherever they are cut, and the whole is what was invoiced.
The query for many lines says the same in SQL (`queries.revenue`); a test holds the two against each other.
"""

from datetime import date

from servanda.ground.money import Money
from servanda.ground.periods import Period


def earned(net: Money, period: Period, *, until: date) -> Money:
    """Return what of a line's net has been earned before the day."""
    days = min(max((until - period.since).days, 0), period.days)
    each, left = divmod(abs(net.minor), period.days)
    amount = days * each + min(days, left)
    return Money(amount if net.minor >= 0 else -amount, net.currency)


def earned_in(net: Money, period: Period, stretch: Period) -> Money:
    """Return what of a line's net is earned within the stretch."""
    return earned(net, period, until=stretch.until) - earned(net, period, until=stretch.since)
