"""Default interest: worked examples, the half-years, partial payments, and rates not yet confirmed."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.ground.dated import NotCovered
from servanda.ground.law.interest import (
    FROM_AGREED_DUE_DAY,
    FROM_THIRTY_DAYS_AFTER_DEMAND,
    STATUTORY_RATE,
    UNCONFIRMED,
    DayCount,
    interest_segments,
    interest_starts_on,
    statutory_interest,
    statutory_rate,
)
from servanda.ground.money import Money, total_of

DUE = date(2026, 1, 15)


@pytest.mark.parametrize(
    ("principal", "due_on", "paid_on", "interest"),
    [
        (Money(10_000_00), date(2026, 1, 15), date(2026, 3, 16), Money(160_27)),
        (Money(1_250_00), date(2026, 5, 31), date(2026, 8, 15), Money(25_76)),
        (Money(100_000_00), date(2025, 1, 1), date(2025, 7, 2), Money(5_357_53)),
        (Money(6_312_50), date(2024, 11, 30), date(2026, 11, 20), Money(1_261_20)),
        (Money(1_000_00), date(2026, 3, 2), date(2026, 4, 27), Money(14_96)),
        (Money(1_000_00), date(2026, 7, 1), date(2026, 7, 11), Money(2_74)),
        (Money(1_000_00), DUE, DUE, Money(0)),
    ],
)
def test_worked_examples(principal: Money, due_on: date, paid_on: date, interest: Money) -> None:
    found = statutory_interest(principal, since=due_on, until=paid_on, due_on=due_on)
    assert found.amount == interest
    assert found.covered_until is None


def test_each_half_year_has_its_own_segment_and_rate() -> None:
    segments = interest_segments(
        Money(6_312_50), since=date(2024, 11, 30), until=date(2026, 11, 20), due_on=date(2024, 11, 30)
    )
    assert [(segment.since, segment.days, segment.rate) for segment in segments] == [
        (date(2024, 11, 30), 32, Decimal("11.50")),
        (date(2025, 1, 1), 181, Decimal("10.75")),
        (date(2025, 7, 1), 184, Decimal("9.75")),
        (date(2026, 1, 1), 181, Decimal("9.75")),
        (date(2026, 7, 1), 142, Decimal("10.00")),
    ]
    assert {segment.source for segment in segments} == {STATUTORY_RATE}


@pytest.mark.parametrize(
    ("day", "due_on", "total"),
    [
        (date(2008, 7, 1), date(2008, 1, 1), "11.35"),
        (date(2012, 12, 31), date(2012, 12, 1), "7.45"),
        (date(2013, 2, 28), date(2013, 2, 28), "7.20"),
        (date(2013, 4, 1), date(2013, 2, 28), "7.20"),
        (date(2013, 3, 1), date(2013, 3, 1), "8.20"),
        (date(2026, 6, 30), date(2010, 1, 1), "8.75"),  # an old claim keeps its seven points
        (date(2015, 7, 1), date(2015, 7, 1), "8.05"),
        (date(2021, 7, 1), date(2021, 7, 1), "7.65"),
        (date(2022, 7, 1), date(2022, 7, 1), "7.55"),
        (date(2023, 6, 30), date(2023, 6, 1), "9.90"),
        (date(2023, 7, 1), date(2023, 6, 1), "11.25"),
        (date(2024, 6, 30), date(2024, 6, 1), "11.75"),
        (date(2026, 12, 31), date(2026, 12, 1), "10.00"),
    ],
)
def test_the_rate_floats_with_the_half_year_and_the_surcharge_follows_the_due_day(
    day: date, due_on: date, total: str
) -> None:
    assert statutory_rate(day, due_on=due_on).value == Decimal(total)


@pytest.mark.parametrize("day", [date(2006, 12, 31), date(2027, 1, 1)])
def test_a_half_year_without_a_rate_is_refused(day: date) -> None:
    with pytest.raises(NotCovered, match="reference rate"):
        statutory_rate(day, due_on=date(2006, 1, 1))


def test_interest_stops_at_the_last_known_rate_and_says_so() -> None:
    found = statutory_interest(Money(1_000_00), since=DUE, until=date(2027, 2, 1), due_on=DUE)
    until_then = statutory_interest(Money(1_000_00), since=DUE, until=date(2027, 1, 1), due_on=DUE)
    assert found.covered_until == date(2027, 1, 1)
    assert until_then.covered_until is None
    assert found.amount == until_then.amount


def test_interest_that_begins_after_the_last_known_rate_is_nothing_yet() -> None:
    due_on = date(2027, 1, 15)
    found = statutory_interest(Money(1_000_00), since=due_on, until=date(2027, 2, 1), due_on=due_on)
    assert (found.amount, found.segments, found.covered_until) == (Money(0), (), date(2027, 1, 1))


def test_interest_on_a_rate_from_one_source_is_marked() -> None:
    assert {date(2026, 7, 1)} == UNCONFIRMED
    before = statutory_interest(Money(1_000_00), since=DUE, until=date(2026, 7, 1), due_on=DUE)
    after = statutory_interest(Money(1_000_00), since=DUE, until=date(2026, 7, 2), due_on=DUE)
    assert before.is_confirmed
    assert not after.is_confirmed


def test_a_partial_payment_lowers_the_principal_from_its_own_day_on() -> None:
    paid = ((date(2026, 2, 14), Money(4_000_00)),)
    found = statutory_interest(Money(10_000_00), since=DUE, until=date(2026, 3, 16), due_on=DUE, payments=paid)
    assert [(segment.days, segment.principal) for segment in found.segments] == [
        (30, Money(10_000_00)),
        (30, Money(6_000_00)),
    ]
    assert found.amount == Money(128_22)  # 80.1370 + 48.0822


def test_a_claim_that_is_paid_or_overpaid_bears_no_more_interest() -> None:
    paid = ((date(2026, 2, 14), Money(10_500_00)),)
    found = statutory_interest(Money(10_000_00), since=DUE, until=date(2026, 12, 1), due_on=DUE, payments=paid)
    assert [(segment.since, segment.until) for segment in found.segments] == [(DUE, date(2026, 2, 14))]


def test_a_payment_before_the_first_day_counts_from_the_start() -> None:
    paid = ((date(2026, 1, 10), Money(9_000_00)), (DUE, Money(1_000_00)))
    found = statutory_interest(Money(10_000_00), since=DUE, until=date(2026, 3, 1), due_on=DUE, payments=paid)
    assert found.segments == ()


def test_no_day_before_the_due_day_bears_interest() -> None:
    early = interest_segments(Money(1_00), since=date(2025, 12, 1), until=date(2026, 2, 1), due_on=DUE)
    assert early[0].since == DUE


@pytest.mark.parametrize(
    ("is_term_agreed", "due_on", "expected"),
    [
        (True, date(2026, 11, 14), (date(2026, 11, 14), FROM_AGREED_DUE_DAY)),
        (False, date(2026, 11, 14), (date(2026, 11, 30), FROM_THIRTY_DAYS_AFTER_DEMAND)),
        (False, date(2026, 12, 15), (date(2026, 12, 15), FROM_THIRTY_DAYS_AFTER_DEMAND)),
    ],
)
def test_interest_starts_by_agreement_or_thirty_days_after_the_demand(
    is_term_agreed: bool, due_on: date, expected: tuple[date, object]
) -> None:
    sent_on = date(2026, 10, 31)
    assert interest_starts_on(due_on=due_on, sent_on=sent_on, is_term_agreed=is_term_agreed) == expected


moments = st.dates(date(2020, 1, 1), date(2026, 12, 31))
payments = st.lists(st.tuples(moments, st.integers(0, 30_000_00).map(Money)), max_size=5).map(tuple)


@given(st.integers(0, 50_000_00).map(Money), moments, moments, payments)
def test_segments_price_each_day_as_if_it_were_counted_alone(
    principal: Money, due_on: date, until: date, paid: tuple[tuple[date, Money], ...]
) -> None:
    found = statutory_interest(principal, since=due_on, until=until, due_on=due_on, payments=paid)
    exact = Fraction(0)
    for day in (due_on + timedelta(days=n) for n in range((until - due_on).days)):
        rest = max(0, (principal - total_of(money for on, money in paid if on <= day)).minor)
        exact += rest * Fraction(statutory_rate(day, due_on=due_on).value) / 36500
    assert found.amount.minor == int(exact + Fraction(1, 2))


@pytest.mark.parametrize(
    ("day_count", "since", "until", "days", "amount"),
    [
        ("act/365", date(2026, 1, 15), date(2026, 3, 16), 60, 160_27),
        ("30/360", date(2026, 1, 15), date(2026, 3, 16), 61, 165_21),
        ("act/act", date(2026, 1, 15), date(2026, 3, 16), 60, 160_27),
        ("act/act", date(2024, 1, 15), date(2024, 3, 16), 61, 195_83),  # 11.75 % over 366 days
        ("act/365", date(2024, 1, 15), date(2024, 3, 16), 61, 196_37),
        ("30/360", date(2026, 1, 31), date(2026, 2, 28), 28, 75_83),
    ],
)
def test_the_days_may_be_counted_in_the_three_ways_that_are_in_use(
    day_count: DayCount, since: date, until: date, days: int, amount: int
) -> None:
    found = statutory_interest(Money(10_000_00), since=since, until=until, due_on=since, day_count=day_count)
    assert (sum(segment.days for segment in found.segments), found.amount.minor) == (days, amount)


def test_a_thousand_kroner_ten_days_late_cost_2_74_and_never_60() -> None:
    found = statutory_interest(
        Money(1_000_00), since=date(2026, 8, 3), until=date(2026, 8, 13), due_on=date(2026, 8, 3)
    )
    assert found.amount == Money(2_74)


def test_the_boundary_that_is_not_chosen_would_give_one_oere_more() -> None:
    """LAW 2b: from the day after the due day, the day of payment counted, 30 and 46 days come to 25.77."""
    found = statutory_interest(
        Money(1_250_00), since=date(2026, 6, 1), until=date(2026, 8, 16), due_on=date(2026, 6, 1)
    )
    assert [segment.days for segment in found.segments] == [30, 46]
    assert found.amount == Money(25_77)
