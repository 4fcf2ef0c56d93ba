"""What when it is not the customer's notice that ends a line, and what is paid back then?

The provider may leave with the terms' notice; the customer may leave after a long outage. A prepaid time that is not
used is paid back by days, rounded once. The law lets a consumer always have it back.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from servanda.business.contracts.decisions.orders import Objection
from servanda.ground.calendar import add_months, last_of_month
from servanda.ground.citation import Citation
from servanda.ground.law.consumers import CONSUMER_PREPAID_REFUND, CONSUMER_WITHDRAWAL, withdrawal_ends_on
from servanda.ground.money import Money
from servanda.ground.periods import Period
from servanda.terms.clauses import (
    CancellationFee,
    CustomerKind,
    OutageExit,
    ProviderExit,
    Refund,
    RefundCeiling,
    amount_minor,
)
from servanda.terms.ruled import Ruled

_DAYS_OF_A_YEAR = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class Repayment:
    """What of a prepaid period goes back, and why; nothing is an answer too."""

    amount: Money
    because: tuple[Citation, ...]


def ends_by_provider(rule: ProviderExit, *, sent_on: date) -> date:
    """Return the last day of a line that the provider ends by a letter of the day; without a notice, that day."""
    ends_on = add_months(sent_on, rule.months or 0)
    return last_of_month(ends_on) if rule.counted_to == "month end" else ends_on


def outage_exit_right_at(rule: OutageExit, *, down_since: datetime, up_at: datetime | None) -> datetime | None:
    """Return the moment from which the customer may rescind for an unbroken outage: the second after so many days.

    Days are 24 running hours. None when the service came back before. `up_at` empty: still down.
    """
    full_at = down_since + timedelta(days=rule.days)
    return full_at + timedelta(seconds=1) if up_at is None or up_at > full_at else None


def refund_of_unused(paid: Money, *, period: Period, ended_on: date) -> Money:
    """Return the part of a prepaid period's price for the days after the last day, rounded once."""
    used_until = min(max(ended_on + timedelta(days=1), period.since), period.until)
    unused_days = (period.until - used_until).days
    return Money(1, paid.currency).times(Decimal(paid.minor * unused_days) / period.days)


def repayment(
    rule: Ruled[Refund] | None, *, paid: Money, period: Period, ended_on: date, customer: CustomerKind
) -> Repayment | None:
    """Return what goes back when a line ends within a prepaid period; None where the terms are silent.

    The rule is the one for the cause of the ending. Terms that keep the money of a consumer yield to the law.
    """
    unused = refund_of_unused(paid, period=period, ended_on=ended_on)
    if rule is not None and rule.rule.share == "unused time":
        return Repayment(amount=unused, because=rule.because)
    because = rule.because if rule is not None else ()
    if customer is CustomerKind.CONSUMER:
        return Repayment(amount=unused, because=(CONSUMER_PREPAID_REFUND, *because))
    if rule is None:
        return None
    return Repayment(amount=Money(0, paid.currency), because=because)


def refund_ceiling(rule: RefundCeiling, *, yearly_fee: Money, fault_days: int) -> Money:
    """Return the most that may go back for days of fault: the share of the running fee of that time."""
    exact = Decimal(yearly_fee.minor) * fault_days * rule.percent / (100 * _DAYS_OF_A_YEAR)
    return Money(1, yearly_fee.currency).times(exact)


def fault_refund_objection(
    ceiling: Ruled[RefundCeiling],
    *,
    amount: Money,
    yearly_fee: Money,
    fault_days: int,
    is_sole_fault: bool,
    approved_by: str,
) -> Objection | None:
    """Return why money cannot go back for a fault: not ours alone, above the ceiling, or approved by nobody."""
    highest = refund_ceiling(ceiling.rule, yearly_fee=yearly_fee, fault_days=fault_days)
    if ceiling.rule.sole_fault_required and not is_sole_fault:
        message = (
            "The fault is not proven to be ours alone, which these terms require. Note the cause, or refuse the claim."
        )
    elif amount > highest:
        message = f"{amount} is more than the fee of those days, {highest}. Credit at most that much."
    elif not approved_by.strip():
        message = "A person decides whether the fault is ours alone. Let someone approve the credit."
    else:
        return None
    return Objection(message=message, because=ceiling.because)


def cancellation_fee(rule: CancellationFee | None) -> Money:
    """Return what ending costs by itself: what the terms name, and nothing where they name nothing."""
    return Money(amount_minor(rule.amount)) if rule is not None else Money(0)


def return_objection(
    rule: Ruled[Refund] | None, *, fault: str, customer: CustomerKind, concluded_on: date, asked_on: date
) -> Objection | None:
    """Return why a delivered service cannot be given back: it has no stated fault, and the terms allow no regret.

    A consumer's right to withdraw within fourteen days stands beside the terms.
    """
    if rule is None or rule.rule.share != "none" or fault.strip():
        return None
    if may_withdraw(customer=customer, concluded_on=concluded_on, asked_on=asked_on):
        return None
    return Objection(
        message="Software and services cannot be returned without a fault. Describe what is wrong, if anything is.",
        because=rule.because,
    )


def may_withdraw(*, customer: CustomerKind, concluded_on: date, asked_on: date) -> bool:
    """Tell whether the customer is a consumer who can still withdraw (`WITHDRAWAL` says by which provision)."""
    return customer is CustomerKind.CONSUMER and asked_on <= withdrawal_ends_on(concluded_on)


WITHDRAWAL = CONSUMER_WITHDRAWAL
