"""The pure parts of reports: which days a stretch has, what a day earns, and how income moves."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.business.reports.decisions.movements import cohorts_of, movements_of, reasons_of
from servanda.business.reports.decisions.recognising import earned, earned_in
from servanda.business.reports.decisions.stretches import (
    NoSuchStretch,
    months_ahead,
    months_of,
    stretch_between,
    stretch_named,
)
from servanda.business.reports.facts import Life
from servanda.ground.calendar import add_months
from servanda.ground.money import Money, total_of
from servanda.ground.periods import Period

TODAY = date(2028, 2, 29)


@pytest.mark.parametrize(
    ("name", "today", "days", "before", "year_before"),
    [
        ("this-month", TODAY, ("2028-02-01", "2028-02-29"), ("2028-01-01", "2028-01-31"), ("2027-02-01", "2027-02-28")),
        ("last-month", TODAY, ("2028-01-01", "2028-01-31"), ("2027-12-01", "2027-12-31"), ("2027-01-01", "2027-01-31")),
        (
            "this-month",
            date(2026, 3, 30),
            ("2026-03-01", "2026-03-30"),
            ("2026-02-01", "2026-02-28"),
            ("2025-03-01", "2025-03-30"),
        ),
        (
            "this-quarter",
            date(2026, 5, 10),
            ("2026-04-01", "2026-05-10"),
            ("2026-01-01", "2026-02-10"),
            ("2025-04-01", "2025-05-10"),
        ),
        (
            "last-quarter",
            date(2026, 2, 10),
            ("2025-10-01", "2025-12-31"),
            ("2025-07-01", "2025-09-30"),
            ("2024-10-01", "2024-12-31"),
        ),
        (
            "financial-year",
            date(2026, 5, 10),
            ("2025-07-01", "2026-05-10"),
            ("2024-07-01", "2025-05-10"),
            ("2024-07-01", "2025-05-10"),
        ),
        (
            "last-financial-year",
            date(2026, 7, 1),
            ("2025-07-01", "2026-06-30"),
            ("2024-07-01", "2025-06-30"),
            ("2024-07-01", "2025-06-30"),
        ),
        (
            "this-year",
            date(2026, 1, 1),
            ("2026-01-01", "2026-01-01"),
            ("2025-01-01", "2025-01-01"),
            ("2025-01-01", "2025-01-01"),
        ),
    ],
)
def test_a_stretch_has_its_days_and_those_it_is_compared_with(
    name: str, today: date, days: tuple[str, str], before: tuple[str, str], year_before: tuple[str, str]
) -> None:
    found = stretch_named(name, today=today, fiscal_first_month=7)
    for period, told in ((found.period, days), (found.before, before), (found.year_before, year_before)):
        assert (str(period.since), str(period.last_day)) == told


def test_free_days_are_compared_with_as_many_before() -> None:
    found = stretch_between(date(2026, 3, 10), date(2026, 3, 19))
    assert found.before == Period(date(2026, 2, 28), date(2026, 3, 10))


def test_free_whole_months_are_compared_with_as_many_months() -> None:
    found = stretch_between(date(2026, 2, 1), date(2026, 3, 31))
    assert found.before == Period(date(2025, 12, 1), date(2026, 2, 1))


@pytest.mark.parametrize(
    ("since", "last_day"), [(date(2026, 2, 2), date(2026, 2, 1)), (date(2020, 1, 1), date(2026, 1, 1))]
)
def test_days_that_make_no_stretch_are_refused(since: date, last_day: date) -> None:
    with pytest.raises(NoSuchStretch):
        stretch_between(since, last_day)


some_days = st.dates(min_value=date(2019, 1, 1), max_value=date(2030, 12, 31))


@given(some_days, st.integers(min_value=1, max_value=1500))
def test_the_months_of_a_stretch_cover_it_without_a_gap(since: date, count: int) -> None:
    period = Period(since, since + timedelta(days=count))
    months = months_of(period)
    assert (months[0].since, months[-1].until) == (period.since, period.until)
    assert all(before.until == after.since and after.since.day == 1 for before, after in itertools.pairwise(months))


def test_months_ahead_begin_today() -> None:
    months = months_ahead(date(2026, 1, 31), 3)
    assert [month.since for month in months] == [date(2026, 1, 31), date(2026, 2, 1), date(2026, 3, 1)]
    assert months[-1].until == date(2026, 4, 1)


@given(st.integers(-(10**9), 10**9), some_days, st.integers(1, 800), st.lists(some_days, max_size=5))
def test_what_is_earned_adds_up_wherever_it_is_cut(minor: int, since: date, count: int, cuts: list[date]) -> None:
    net, period = Money(minor), Period(since, since + timedelta(days=count))
    ends = sorted({date(2000, 1, 1), *cuts, date(2050, 1, 1)})
    parts = [earned_in(net, period, Period(one, other)) for one, other in itertools.pairwise(ends)]
    assert total_of(parts) == net


@given(st.integers(-(10**7), 10**7), some_days, st.integers(1, 400))
def test_what_a_day_earns_is_its_part_of_the_split(minor: int, since: date, count: int) -> None:
    net, period = Money(minor), Period(since, since + timedelta(days=count))
    parts = net.split([1] * count)
    for number in (0, count // 2, count - 1):
        day = since + timedelta(days=number)
        assert earned_in(net, period, Period(day, day + timedelta(days=1))) == parts[number]
        assert earned(net, period, until=day) == total_of(parts[:number])


def a_life(
    customer: int,
    began: str,
    until: str = "",
    *,
    øre: int = 100_00,
    months: int = 1,
    steps: tuple[tuple[str, int], ...] = (),
) -> Life:
    prices = tuple((date.fromisoformat(day), amount) for day, amount in steps) or ((date.fromisoformat(began), øre),)
    return Life(
        line_id=customer * 100 + int(began[5:7]),
        customer_id=customer,
        product="hosting",
        plan="monthly",
        began_on=date.fromisoformat(began),
        until=date.fromisoformat(until) if until else None,
        interval_months=months,
        quantity=1,
        own_price_minor=None,
        end_cause="notice" if until else "",
        steps=prices,
    )


MONTHS = months_of(Period(date(2026, 1, 1), date(2026, 5, 1)))


@pytest.mark.parametrize(
    ("lives", "moves"),
    [
        ([a_life(1, "2026-02-01")], ["", "new 100.00", "", ""]),
        ([a_life(1, "2026-01-31")], ["new 100.00", "", "", ""]),
        ([a_life(1, "2025-01-01", "2026-02-01")], ["churned -100.00", "", "", ""]),  # last day 31 January
        ([a_life(1, "2025-01-01", "2026-02-02")], ["", "churned -100.00", "", ""]),
        ([a_life(1, "2026-02-03", "2026-02-20")], ["", "", "", ""]),
        ([a_life(1, "2025-01-01"), a_life(1, "2026-03-05", øre=50_00)], ["", "", "expansion 50.00", ""]),
        ([a_life(1, "2025-01-01"), a_life(1, "2025-02-01", "2026-03-15")], ["", "", "contraction -100.00", ""]),
        (
            [a_life(1, "2025-01-01", "2026-01-15"), a_life(1, "2026-03-01")],
            ["churned -100.00", "", "reactivated 100.00", ""],
        ),
        (
            [a_life(1, "2025-01-01", steps=(("2025-01-01", 100_00), ("2026-03-01", 120_00)))],
            ["", "", "expansion 20.00", ""],
        ),
        ([a_life(1, "2025-01-01", "2026-03-10"), a_life(1, "2026-03-10")], ["", "", "", ""]),  # moved to another plan
    ],
)
def test_income_moves_for_one_reason(lives: list[Life], moves: list[str]) -> None:
    told = []
    for one in movements_of(lives, MONTHS):
        kinds = ("new", "reactivated", "expansion", "contraction", "churned")
        told.append(", ".join(f"{kind} {getattr(one, kind).decimal}" for kind in kinds if getattr(one, kind)))
    assert told == moves


@given(
    st.lists(
        st.tuples(
            st.integers(1, 4), st.dates(date(2025, 1, 1), date(2026, 6, 1)), st.integers(0, 500), st.integers(0, 10**6)
        ),
        max_size=12,
    )
)
def test_movements_always_lead_from_opening_to_closing(drawn: list[tuple[int, date, int, int]]) -> None:
    lives = [
        a_life(customer, str(began), str(began + timedelta(days=ran)) if ran else "", øre=amount)
        for customer, began, ran, amount in drawn
    ]
    found = movements_of(lives, MONTHS)
    for one in found:
        assert one.closing == total_of(
            (one.opening, one.new, one.reactivated, one.expansion, one.contraction, one.churned)
        )
        assert one.customers_closing >= 0
    running = [
        life
        for life in lives
        if life.began_on < date(2026, 5, 1) and (life.until is None or life.until > date(2026, 5, 1))
    ]
    assert found[-1].closing == Money(sum(life.month_minor(date(2026, 4, 30)) for life in running))


def test_a_yearly_price_is_shared_out_on_its_months() -> None:
    assert a_life(1, "2026-01-01", øre=1000_00, months=12).month_minor(date(2026, 1, 1)) == 83_33
    assert a_life(1, "2026-01-01", øre=6, months=12).month_minor(date(2026, 1, 1)) == 0  # half even
    assert a_life(1, "2026-01-01", øre=18, months=12).month_minor(date(2026, 1, 1)) == 2


def test_a_cohort_loses_those_who_left() -> None:
    lives = [a_life(1, "2026-01-10"), a_life(2, "2026-01-20", "2026-03-01"), a_life(3, "2026-02-02")]
    first, second, *_rest = cohorts_of(lives, MONTHS)
    assert (first.customers, first.stayed) == (2, (2, 1, 1, 1))
    assert (second.customers, second.stayed) == (1, (1, 1, 1))


def test_reasons_count_the_lines_whose_last_day_lies_in_the_stretch() -> None:
    lives = [a_life(1, "2025-01-01", "2026-02-01"), a_life(2, "2025-01-01", "2026-03-01")]
    (found,) = reasons_of(lives, Period(date(2026, 1, 1), add_months(date(2026, 1, 1), 1)))
    assert (found.cause, found.lines, found.month) == ("notice", 1, Money(100_00))
