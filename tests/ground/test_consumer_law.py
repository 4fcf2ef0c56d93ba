"""What a consumer can always do: withdraw, and leave a subscription after five months."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.ground.calendar import add_months, last_of_month
from servanda.ground.law.consumers import (
    earliest_consumer_end,
    is_fixed_year_allowed,
    withdrawal_ends_on,
    withdrawal_refund,
)
from servanda.ground.money import Money

CONCLUDED = date(2026, 1, 20)
days = st.dates(date(2000, 1, 1), date(2090, 1, 1))


@pytest.mark.parametrize(
    ("noticed_on", "ends_on"),
    [
        (date(2026, 6, 22), date(2026, 7, 31)),
        (date(2026, 5, 10), date(2026, 7, 31)),
        (CONCLUDED, date(2026, 7, 31)),
        (date(2026, 7, 1), date(2026, 8, 31)),
        (date(2027, 1, 31), date(2027, 2, 28)),
        (date(2027, 2, 2), date(2027, 3, 31)),
    ],
)
def test_a_consumer_leaves_after_five_months_with_one_month_to_the_end_of_a_month(
    noticed_on: date, ends_on: date
) -> None:
    assert earliest_consumer_end(contract_began_on=CONCLUDED, noticed_on=noticed_on) == ends_on


@given(days, st.integers(0, 2000))
def test_no_consumer_is_bound_for_more_than_seven_months_or_two_from_a_later_notice(
    began_on: date, waited: int
) -> None:
    noticed_on = began_on + timedelta(days=waited)
    ends_on = earliest_consumer_end(contract_began_on=began_on, noticed_on=noticed_on)
    assert ends_on == last_of_month(ends_on)
    assert ends_on >= add_months(noticed_on, 1)
    assert ends_on <= last_of_month(max(add_months(began_on, 6), add_months(noticed_on, 1)))


@pytest.mark.parametrize(
    ("story", "total", "delivered_until", "due_on", "is_renewal", "is_allowed"),
    [
        ("small, prepaid", 2_000_00, date(2027, 1, 20), date(2026, 2, 3), False, True),
        ("an øre too dear", 2_000_01, date(2027, 1, 20), date(2026, 2, 3), False, False),
        ("a day too long", 2_000_00, date(2027, 1, 21), date(2026, 2, 3), False, False),
        ("paid a day too late", 2_000_00, date(2027, 1, 20), date(2026, 2, 4), False, False),
        ("its renewal", 2_000_00, date(2027, 1, 20), date(2026, 2, 3), True, False),
    ],
)
def test_only_a_small_first_year_paid_at_once_may_bind(
    story: str, total: int, delivered_until: date, due_on: date, is_renewal: bool, is_allowed: bool
) -> None:
    assert (
        is_fixed_year_allowed(
            total=Money(total),
            concluded_on=CONCLUDED,
            delivered_until=delivered_until,
            due_on=due_on,
            is_renewal=is_renewal,
        )
        is is_allowed
    ), story


@pytest.mark.parametrize(
    ("days_used", "is_start_requested", "refund"),
    [
        (9, True, Money(1_170_41)),
        (9, False, Money(1_200_00)),
        (0, True, Money(1_200_00)),
        (365, True, Money(0)),
    ],
)
def test_a_withdrawing_consumer_pays_for_used_days_only_after_asking_to_start(
    days_used: int, is_start_requested: bool, refund: Money
) -> None:
    paid = Money(1_200_00)
    found = withdrawal_refund(paid, days_used=days_used, days_total=365, is_start_requested=is_start_requested)
    assert found == refund


def test_more_days_used_than_the_period_has_are_a_bug() -> None:
    with pytest.raises(AssertionError):
        withdrawal_refund(Money(100), days_used=31, days_total=30, is_start_requested=True)


def test_the_day_of_the_conclusion_is_not_counted() -> None:
    assert withdrawal_ends_on(date(2026, 6, 19)) == date(2026, 7, 3)


@pytest.mark.parametrize(
    ("concluded_on", "last_day"),
    [
        (date(2026, 11, 6), date(2026, 11, 20)),  # a Friday
        (date(2026, 11, 7), date(2026, 11, 23)),  # Saturday to Monday
        (date(2026, 11, 8), date(2026, 11, 23)),  # Sunday to Monday
        (date(2026, 3, 19), date(2026, 4, 7)),  # Maundy Thursday to the Tuesday after Easter
        (date(2026, 5, 22), date(2026, 6, 8)),  # Constitution Day, a Friday
        (date(2026, 12, 10), date(2026, 12, 28)),  # 24 December, and Christmas with its weekend
        (date(2026, 12, 17), date(2027, 1, 4)),  # 31 December, 1 January, and a weekend
        (date(2026, 5, 1), date(2026, 5, 15)),  # the Friday after Ascension is a weekday
    ],
)
def test_a_deadline_on_a_day_of_rest_runs_until_the_next_weekday(concluded_on: date, last_day: date) -> None:
    assert withdrawal_ends_on(concluded_on) == last_day
