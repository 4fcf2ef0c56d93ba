"""Legal days: midnights and summer time, bank days, working days, anchored months, and dates as text."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.ground.calendar import (
    NaiveMoment,
    NotADay,
    add_months,
    bank_day_on_or_after,
    bank_days_after,
    day_text,
    first_of_month,
    is_bank_day,
    is_holiday,
    is_working_day,
    last_of_month,
    last_working_day_of_month,
    legal_day,
    moment_of,
    moment_text,
    months_between,
    parse_day,
    working_days_after,
    working_days_before,
)
from servanda.ground.holidays import YearNotCovered

days = st.dates(date(1990, 2, 1), date(2100, 11, 30))


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 1, 31, 22, 59, 59, tzinfo=UTC), date(2026, 1, 31)),
        (datetime(2026, 1, 31, 23, 0, tzinfo=UTC), date(2026, 2, 1)),  # winter: an hour ahead
        (datetime(2026, 6, 30, 21, 59, 59, tzinfo=UTC), date(2026, 6, 30)),
        (datetime(2026, 6, 30, 22, 0, tzinfo=UTC), date(2026, 7, 1)),  # summer: two hours ahead
        (datetime(2026, 3, 28, 23, 0, tzinfo=UTC), date(2026, 3, 29)),  # the night summer time begins
        (datetime(2026, 3, 29, 22, 0, tzinfo=UTC), date(2026, 3, 30)),
        (datetime(2026, 10, 24, 22, 0, tzinfo=UTC), date(2026, 10, 25)),  # the night it ends
        (datetime(2026, 10, 25, 22, 59, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 10, 25, 23, 0, tzinfo=UTC), date(2026, 10, 26)),
        (datetime(2026, 12, 31, 20, 0, tzinfo=timezone(timedelta(hours=-5))), date(2027, 1, 1)),
    ],
)
def test_a_moment_belongs_to_the_danish_day(moment: datetime, day: date) -> None:
    assert legal_day(moment) == day


@pytest.mark.parametrize("ask", [legal_day, lambda moment: moment_text(moment, "da")])
def test_a_moment_without_a_zone_is_refused(ask: Callable[[datetime], object]) -> None:
    with pytest.raises(NaiveMoment, match=r"no time zone"):
        ask(datetime(2026, 1, 1, 12, 0))  # noqa: DTZ001 the refused case


@pytest.mark.parametrize(
    ("day", "hour", "moment"),
    [
        (date(2026, 1, 15), 9, datetime(2026, 1, 15, 8, tzinfo=UTC)),
        (date(2026, 7, 15), 9, datetime(2026, 7, 15, 7, tzinfo=UTC)),
        (date(2026, 3, 29), 0, datetime(2026, 3, 28, 23, tzinfo=UTC)),
        (date(2026, 3, 29), 2, datetime(2026, 3, 29, 1, tzinfo=UTC)),  # skipped: it becomes 03:00
        (date(2026, 10, 25), 2, datetime(2026, 10, 25, 0, tzinfo=UTC)),  # comes twice: the first
        (date(2026, 10, 25), 3, datetime(2026, 10, 25, 2, tzinfo=UTC)),
    ],
)
def test_a_local_hour_becomes_a_utc_moment(day: date, hour: int, moment: datetime) -> None:
    found = moment_of(day, hour)
    assert found == moment
    assert found.tzinfo is UTC


def test_nine_in_the_morning_is_the_hour_unless_another_is_given() -> None:
    assert moment_of(date(2026, 11, 30)) == datetime(2026, 11, 30, 8, tzinfo=UTC)


@given(days, st.integers(0, 23))
def test_every_local_hour_lies_on_its_own_legal_day(day: date, hour: int) -> None:
    assert legal_day(moment_of(day, hour)) == day


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2026, 11, 30), 1, date(2026, 12, 1)),
        (date(2026, 11, 27), 1, date(2026, 11, 30)),  # over a weekend
        (date(2026, 4, 1), 1, date(2026, 4, 7)),  # over Easter
        (date(2026, 5, 13), 1, date(2026, 5, 18)),  # Ascension and the day after
        (date(2026, 12, 23), 1, date(2026, 12, 28)),
        (date(2026, 12, 30), 2, date(2027, 1, 5)),
        (date(2026, 11, 28), 0, date(2026, 11, 30)),
        (date(2026, 11, 30), 0, date(2026, 11, 30)),
    ],
)
def test_bank_days_are_counted_from_the_day_after(day: date, count: int, expected: date) -> None:
    assert bank_days_after(day, count=count) == expected


@pytest.mark.parametrize(
    ("due", "bank_day"),
    [
        (date(2026, 6, 5), date(2026, 6, 8)),
        (date(2026, 5, 31), date(2026, 6, 1)),
        (date(2026, 12, 31), date(2027, 1, 4)),
        (date(2026, 11, 30), date(2026, 11, 30)),
    ],
)
def test_a_payment_on_the_next_bank_day_is_timely(due: date, bank_day: date) -> None:
    assert bank_day_on_or_after(due) == bank_day


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2026, 5, 13), 1, date(2026, 5, 15)),  # the day after Ascension is a working day
        (date(2026, 4, 1), 3, date(2026, 4, 9)),
        (date(2026, 12, 24), 1, date(2026, 12, 28)),
        (date(2026, 11, 28), 0, date(2026, 11, 30)),
    ],
)
def test_working_days_are_counted_from_the_day_after(day: date, count: int, expected: date) -> None:
    assert working_days_after(day, count=count) == expected


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2026, 11, 30), 1, date(2026, 11, 27)),
        (date(2026, 11, 29), 1, date(2026, 11, 27)),
        (date(2026, 11, 29), 0, date(2026, 11, 27)),
        (date(2026, 11, 30), 0, date(2026, 11, 30)),
        (date(2026, 4, 7), 2, date(2026, 3, 31)),
    ],
)
def test_working_days_before_do_not_count_the_day_itself(day: date, count: int, expected: date) -> None:
    assert working_days_before(day, count=count) == expected


@given(days, st.integers(1, 15))
def test_counting_working_days_there_and_back_agrees_with_counting_one_by_one(day: date, count: int) -> None:
    reached = working_days_after(day, count=count)
    passed = [day + timedelta(days=n) for n in range(1, (reached - day).days + 1)]
    assert sum(map(is_working_day, passed)) == count
    assert is_working_day(reached)
    if is_working_day(day):
        assert working_days_before(reached, count=count) == day


@given(days)
def test_a_bank_day_is_a_working_day_and_a_holiday_is_neither(day: date) -> None:
    assert is_working_day(day) or not is_bank_day(day)
    assert not (is_holiday(day) and is_working_day(day))


@pytest.mark.parametrize("day", [date(1989, 12, 31), date(2101, 1, 1)])
@pytest.mark.parametrize(
    "ask",
    [
        is_holiday,
        is_working_day,
        is_bank_day,
        bank_day_on_or_after,
        last_working_day_of_month,
        lambda day: bank_days_after(day, count=3),
        lambda day: working_days_after(day, count=3),
        lambda day: working_days_before(day, count=3),
    ],
)
def test_days_whose_holidays_are_unknown_are_refused(ask: Callable[[date], object], day: date) -> None:
    with pytest.raises(YearNotCovered, match=f"around {day.year}"):
        ask(day)


def test_a_count_that_leaves_the_known_years_is_refused() -> None:
    with pytest.raises(YearNotCovered):
        bank_days_after(date(2100, 12, 30), count=2)
    with pytest.raises(YearNotCovered):
        working_days_before(date(1990, 1, 2), count=1)


@pytest.mark.parametrize(
    ("day", "last"),
    [
        (date(2026, 11, 1), date(2026, 11, 30)),
        (date(2026, 5, 31), date(2026, 5, 29)),
        (date(2027, 3, 3), date(2027, 3, 31)),
        (date(2024, 3, 3), date(2024, 3, 27)),  # the month ends in Easter
        (date(2026, 12, 31), date(2026, 12, 31)),
    ],
)
def test_the_last_working_day_of_the_month(day: date, last: date) -> None:
    assert last_working_day_of_month(day) == last


@pytest.mark.parametrize(
    ("anchor", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 1, 31), 2, date(2026, 3, 31)),
        (date(2026, 1, 31), 3, date(2026, 4, 30)),
        (date(2026, 1, 31), 4, date(2026, 5, 31)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2028, 2, 29), 48, date(2032, 2, 29)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 15), -13, date(2024, 12, 15)),
        (date(2026, 11, 30), 0, date(2026, 11, 30)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)),
    ],
)
def test_months_are_clamped_and_keep_their_anchor(anchor: date, months: int, expected: date) -> None:
    assert add_months(anchor, months) == expected


@given(st.dates(date(1990, 1, 1), date(2090, 12, 31)), st.integers(-120, 120))
def test_anchored_months_never_skip_a_month_and_lose_at_most_three_days(anchor: date, months: int) -> None:
    day = add_months(anchor, months)
    assert (day.year - anchor.year) * 12 + day.month - anchor.month == months
    assert 0 <= anchor.day - day.day <= 3
    assert day.day == anchor.day or day == last_of_month(day)


@given(days, days)
def test_whole_months_between_are_the_most_that_fit(anchor: date, day: date) -> None:
    months = months_between(anchor, day)
    assert add_months(anchor, months) <= day < add_months(anchor, months + 1)


@pytest.mark.parametrize(
    ("anchor", "day", "months"),
    [
        (date(2026, 1, 31), date(2026, 2, 27), 0),
        (date(2026, 1, 31), date(2026, 2, 28), 1),
        (date(2026, 1, 31), date(2026, 3, 30), 1),
        (date(2026, 1, 31), date(2026, 1, 30), -1),
        (date(2024, 2, 29), date(2025, 2, 28), 12),
    ],
)
def test_months_between_follow_the_anchor(anchor: date, day: date, months: int) -> None:
    assert months_between(anchor, day) == months


def test_first_and_last_day_of_the_month() -> None:
    assert first_of_month(date(2028, 2, 17)) == date(2028, 2, 1)
    assert last_of_month(date(2028, 2, 17)) == date(2028, 2, 29)
    assert last_of_month(date(2026, 12, 1)) == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("invoiced", "expected"),
    [(date(2026, 1, 1), date(2026, 2, 28)), (date(2026, 11, 30), date(2026, 12, 31))],
)
def test_running_month_and_one_month_ends_with_the_following_month(invoiced: date, expected: date) -> None:
    assert last_of_month(add_months(first_of_month(invoiced), 1)) == expected


def test_running_month_and_thirty_days() -> None:
    assert last_of_month(date(2026, 1, 12)) + timedelta(days=30) == date(2026, 3, 2)


@pytest.mark.parametrize("text", ["2026-02-29", "2026-13-01", "30-11-2026", "20261130", "2026-W10-1", "i dag", ""])
def test_text_that_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(NotADay, match=r"as in 2026-11-30"):
        parse_day(text)


@given(days)
def test_a_date_survives_being_written_and_read(day: date) -> None:
    assert parse_day(day.isoformat()) == day


@pytest.mark.parametrize(
    ("language", "expected"), [("da", "mandag den 30. november 2026"), ("en", "Monday 30 November 2026")]
)
def test_a_day_is_written_with_its_weekday(language: str, expected: str) -> None:
    assert day_text(date(2026, 11, 30), language) == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [("da", "søndag den 1. marts 2026 kl. 00.05"), ("en", "Sunday 1 March 2026 at 00:05")],
)
def test_a_moment_is_written_in_danish_time(language: str, expected: str) -> None:
    assert moment_text(datetime(2026, 2, 28, 23, 5, tzinfo=UTC), language) == expected
