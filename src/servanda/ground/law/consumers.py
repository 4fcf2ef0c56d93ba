"""What may a consumer always do: withdraw within fourteen days, and leave a subscription?

The Consumer Contracts Act (forbrugeraftaleloven) cannot be deviated from to the consumer's detriment (§ 33),
so these answers stand above the agreement. A provider may be more generous.
"""

from datetime import date, timedelta
from decimal import Decimal

from servanda.ground.calendar import add_months, is_working_day, last_of_month
from servanda.ground.citation import Citation
from servanda.ground.money import Money

_ACT = "Forbrugeraftaleloven"
CONSUMER_CONFIRMATION = Citation(_ACT, "§ 13")
CONSUMER_WITHDRAWAL = Citation(_ACT, "§ 18, stk. 1")
CONSUMER_WITHDRAWAL_LOST = Citation(_ACT, "§ 18, stk. 2")
CONSUMER_WITHDRAWAL_DEADLINE = Citation(_ACT, "§ 19, stk. 6")
CONSUMER_WITHDRAWAL_FUNCTION = Citation(_ACT, "§ 20 a")
CONSUMER_WITHDRAWAL_PAYMENT = Citation(_ACT, "§ 25")
CONSUMER_TERMINATION = Citation(_ACT, "§ 28, stk. 1")
CONSUMER_FIXED_YEAR = Citation(_ACT, "§ 28, stk. 2")
CONSUMER_TERMINATION_CHANNEL = Citation(_ACT, "§ 28 a")
CONSUMER_PREPAID_REFUND = Citation(_ACT, "§ 29")
CONSUMER_MANDATORY = Citation(_ACT, "§ 33")

WITHDRAWAL_DAYS = 14
REFUND_DAYS = 14
BINDING_MONTHS = 5
NOTICE_MONTHS = 1
WITHDRAWAL_FUNCTION_SINCE = date(2026, 6, 19)
SAME_CHANNEL_SINCE = date(2022, 5, 28)
_RESTS_BY_LAW = frozenset({(6, 5), (12, 24), (12, 31)})
_FIXED_YEAR_TOTAL_MAX = Money(2_000_00)
_FIXED_YEAR_DUE_DAYS = 14


def withdrawal_ends_on(concluded_on: date) -> date:
    """Return the last day to withdraw; the day of the conclusion is not counted.

    A deadline that falls on a Saturday, a Sunday, a holiday, 5 June, 24 or 31 December runs until the next weekday (§ 19).
    """
    day = concluded_on + timedelta(days=WITHDRAWAL_DAYS)
    while _is_day_of_rest(day):
        day += timedelta(days=1)
    return day


def _is_day_of_rest(day: date) -> bool:
    return not is_working_day(day) or (day.month, day.day) in _RESTS_BY_LAW


def withdrawal_refund(paid: Money, *, days_used: int, days_total: int, is_start_requested: bool) -> Money:
    """Return what a withdrawing consumer gets back of a prepaid running service.

    Days used are paid for only if the consumer expressly asked to start within the fourteen days (§ 25).
    """
    assert days_total > 0, "a period has days"
    assert 0 <= days_used <= days_total, "a period is used from none of its days to all of them"
    if not is_start_requested:
        return paid
    return paid - Money(1, paid.currency).times(Decimal(paid.minor * days_used) / days_total)


def earliest_consumer_end(*, contract_began_on: date, noticed_on: date) -> date:
    """Return the last day that a consumer who gives notice can be held to the contract.

    One month's notice to the end of a month, counted from five months after the conclusion at the earliest.
    The end of a month is read as that of the calendar month.
    """
    counted_from = max(noticed_on, add_months(contract_began_on, BINDING_MONTHS))
    return last_of_month(add_months(counted_from, NOTICE_MONTHS))


def is_fixed_year_allowed(
    *, total: Money, concluded_on: date, delivered_until: date, due_on: date, is_renewal: bool
) -> bool:
    """Tell whether a consumer may be bound for the whole period of a small prepaid contract (§ 28, stk. 2).

    Everything is delivered within a year (`delivered_until` is the first day after the period), it costs at
    most 2,000 kr., and all of it falls due within fourteen days. A renewal continues a running contract, so
    it is not covered.
    """
    is_within_a_year = delivered_until <= add_months(concluded_on, 12)
    is_paid_at_once = due_on <= concluded_on + timedelta(days=_FIXED_YEAR_DUE_DAYS)
    return not is_renewal and is_within_a_year and is_paid_at_once and total <= _FIXED_YEAR_TOTAL_MAX
