"""What goes back of time that was billed and will not be used, and what is billed again when the line runs on after all?

Problem: an end moves. It is settled, comes sooner by an exit, is withdrawn; and each time some days were billed, given back
or both. A sum that is reckoned from the step before drifts by an øre with each step.

Choice: the share of a period that lies after a day is always reckoned from the whole period and rounded once (`share_after`);
a step gives back the difference to what was given already. So refunds in parts come to what one refund comes to, and what was
used and what went back always add up to what was billed.

Rejected: cutting the invoice's line into days with a price each, which no price divides into.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

from servanda.business.billing.facts import BilledTime
from servanda.ground.citation import Citation
from servanda.ground.law.consumers import CONSUMER_PREPAID_REFUND
from servanda.ground.money import Money
from servanda.ground.periods import Period
from servanda.terms.clauses import CustomerKind, Refund
from servanda.terms.ruled import Ruled

# How the cause of an ending is called in the rule on refunds; what is not here has no rule of its own.
CAUSES = {
    "change": "customer exit after change",
    "provider: any": "provider exit",
    "provider: discontinuation": "provider exit",
    "provider: force majeure": "force majeure",
    "closure for non-payment": "customer default",
}
# Ends that are the provider's own doing, or the law's: what is unused goes back, whatever the terms say of other ends.
BY_RIGHT = frozenset({"outage", "withdrawal"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeStep:
    """A step on billed time: how many days of it, what they come to, why, and for which end of the line."""

    what: ClassVar[str] = ""

    time: BilledTime
    period: Period
    amount: Money  # without VAT
    for_until: date | None
    cause: str
    because: tuple[Citation, ...]

    @property
    def key(self) -> str:
        return f"{self.what}:{self.time.line_key}:{self.time.steps + 1}"


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveBack(TimeStep):
    """Credit the days that will not be used."""

    what = "time.given_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class BillAgain(TimeStep):
    """Bill days that were given back and are used after all."""

    what = "time.billed_again"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskWhatGoesBack(TimeStep):
    """The terms keep the money, or are silent: a person decides, and nothing is forfeit by itself."""

    what = "time.asked"

    is_silent: bool  # the terms say nothing of this ending


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled(TimeStep):
    """The time is looked at for this end, and comes to nothing."""

    what = "time.settled"


@dataclass(frozen=True, slots=True, kw_only=True)
class HowItEnds:
    """How the line ends, for whom, and what the terms say of the money. `paid_until` empty: it runs on."""

    until: date | None
    paid_until: date | None
    cause: str
    customer: CustomerKind
    rule: Ruled[Refund] | None = None  # the rule for this cause
    because: tuple[Citation, ...] = ()  # what the ending itself rests on
    noticed_on: date | None = None


def share_after(price: Money, period: Period, day: date) -> Money:
    """Return the part of a period's price for the days from the day on, reckoned from the whole and rounded once."""
    first = min(max(day, period.since), period.until)
    unused = (period.until - first).days
    return Money(1, price.currency).times(Decimal(price.minor * unused) / period.days)


def time_step(time: BilledTime, end: HowItEnds) -> GiveBack | BillAgain | AskWhatGoesBack | Settled:
    """Return what is due on one billed period by how its line ends now."""
    used_until = _within(time.period, end.paid_until)
    first_given = time.given_from or time.period.until
    if used_until < first_given:
        return _back(time, end, Period(used_until, first_given))
    used_again = [gap for gap in _given_still(time, first_given) if gap.since < used_until]
    if used_again:
        return _again(time, end, Period(used_again[0].since, min(used_again[0].until, used_until)))
    return _settled(time, end)


def unpaid_for(time: BilledTime, end: HowItEnds) -> Money:
    """Return what an end would give back of the period, apart from who decides it."""
    step = time_step(time, end)
    return step.amount if isinstance(step, GiveBack | AskWhatGoesBack) else Money(0, time.net.currency)


def money_rule(end: HowItEnds) -> tuple[Citation, ...] | None:
    """Return what giving back the unused time rests on; None where a person decides."""
    rule = end.rule
    if end.cause in BY_RIGHT and end.because:
        return end.because
    if rule is not None and rule.rule.share == "unused time":
        return rule.because
    if end.customer is CustomerKind.CONSUMER:
        return (CONSUMER_PREPAID_REFUND, *(rule.because if rule is not None else ()))
    return None


def _back(time: BilledTime, end: HowItEnds, period: Period) -> GiveBack | AskWhatGoesBack | Settled:
    due = share_after(time.price, time.period, period.since) - time.given
    amount = min(due, time.left)
    if amount.minor <= 0:
        return _settled(time, end)
    because = money_rule(end)
    if because is not None:
        return GiveBack(time=time, period=period, amount=amount, for_until=end.until, cause=end.cause, because=because)
    return AskWhatGoesBack(
        time=time,
        period=period,
        amount=amount,
        for_until=end.until,
        cause=end.cause,
        because=end.rule.because if end.rule is not None else end.because,
        is_silent=end.rule is None,
    )


def _again(time: BilledTime, end: HowItEnds, period: Period) -> BillAgain | Settled:
    amount = share_after(time.price, time.period, period.since) - share_after(time.price, time.period, period.until)
    if amount.minor <= 0 or time.given.minor <= 0:
        return _settled(time, end)
    return BillAgain(time=time, period=period, amount=amount, for_until=end.until, cause=end.cause, because=end.because)


def _settled(time: BilledTime, end: HowItEnds) -> Settled:
    return Settled(
        time=time,
        period=time.period,
        amount=Money(0, time.net.currency),
        for_until=end.until,
        cause=end.cause,
        because=end.because,
    )


def _given_still(time: BilledTime, first_given: date) -> list[Period]:
    """Return the days that were given back and are billed on no other invoice, in stretches."""
    still = []
    since = first_given
    for again in sorted(time.again):
        if since < again.since:
            still.append(Period(since, again.since))
        since = max(since, again.until)
    if since < time.period.until:
        still.append(Period(since, time.period.until))
    return still


def _within(period: Period, day: date | None) -> date:
    return period.until if day is None else min(max(day, period.since), period.until)
