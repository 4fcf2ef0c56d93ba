"""Which periods of a line are due to be invoiced, on which day, and at what price where one is cut off?"""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.business.billing.decisions.periods import (
    look_again_on,
    next_period,
    periods_due,
    price_of_period,
    run_day,
    whole_period,
)
from servanda.business.billing.facts import BillableLine
from servanda.ground.calendar import add_months
from servanda.ground.money import Money, total_of
from servanda.ground.periods import Period
from servanda.terms.clauses import InvoiceRun

AT_START = InvoiceRun(day="period start")
AHEAD = InvoiceRun(day="period start", lead_days=30)
MONTH_END = InvoiceRun(day="last working day of month")
JANUARY_31 = date(2026, 1, 31)


def line(
    *, months: int = 1, began_on: date = JANUARY_31, billed_until: date | None = None, until: date | None = None
) -> BillableLine:
    return BillableLine(
        line_id=1,
        product="webhosting",
        plan="hosting-monthly",
        description="",
        quantity=1,
        own_price=None,
        interval_months=months,
        began_on=began_on,
        until=until,
        billed_until=billed_until or began_on,
    )


def days(*periods: Period) -> list[tuple[str, str]]:
    return [(period.since.isoformat(), period.last_day.isoformat()) for period in periods]


def test_months_are_anchored_to_the_31st() -> None:
    assert days(*periods_due(line(), AT_START, today=date(2026, 5, 31))) == [
        ("2026-01-31", "2026-02-27"),
        ("2026-02-28", "2026-03-30"),
        ("2026-03-31", "2026-04-29"),
        ("2026-04-30", "2026-05-30"),
        ("2026-05-31", "2026-06-29"),
    ]


@pytest.mark.clause("simsoft-037", "compusoft-032", "vicevaert-114", "safeit-006")
@pytest.mark.parametrize(
    ("story", "months", "run", "today", "expected"),
    [
        ("the day before the period none is due", 12, AT_START, date(2027, 6, 30), []),
        ("on its first day it is", 12, AT_START, date(2027, 7, 1), [("2027-07-01", "2028-06-30")]),
        ("thirty-one days ahead none is due", 12, AHEAD, date(2027, 5, 31), []),
        ("thirty days ahead it is", 12, AHEAD, date(2027, 6, 1), [("2027-07-01", "2028-06-30")]),
        ("three years are one period", 36, AT_START, date(2027, 7, 1), [("2027-07-01", "2030-06-30")]),
        ("before the last working day none is due", 1, MONTH_END, date(2027, 7, 29), []),
        ("on the last working day it is", 1, MONTH_END, date(2027, 7, 30), [("2027-07-01", "2027-07-31")]),
    ],
)
def test_a_period_is_due_on_the_day_that_the_terms_name(
    story: str, months: int, run: InvoiceRun, today: date, expected: list[tuple[str, str]]
) -> None:
    billed = line(months=months, began_on=date(2024, 7, 1), billed_until=date(2027, 7, 1))
    assert days(*periods_due(billed, run, today=today)) == expected, story


@pytest.mark.clause("safeit-006")
@pytest.mark.parametrize(
    ("since", "on"),
    [
        (date(2026, 10, 1), date(2026, 10, 30)),
        (date(2026, 11, 1), date(2026, 11, 30)),
        (date(2026, 12, 1), date(2026, 12, 31)),
        (date(2027, 5, 1), date(2027, 5, 31)),
        (date(2024, 3, 1), date(2024, 3, 27)),  # 28 March to 1 April were Easter
    ],
)
def test_safe_it_invoices_on_the_last_working_day_of_the_month(since: date, on: date) -> None:
    assert run_day(Period(since, add_months(since, 1)), MONTH_END) == on


@pytest.mark.parametrize(
    ("story", "until", "expected"),
    [
        ("a line without an end has whole periods", None, ("2027-07-01", "2027-07-31")),
        ("an end within the period cuts it off", date(2027, 7, 16), ("2027-07-01", "2027-07-15")),
        ("an end on its last day leaves it whole", date(2027, 8, 1), ("2027-07-01", "2027-07-31")),
        ("after the end there is none", date(2027, 7, 1), None),
    ],
)
def test_a_period_ends_where_the_line_does(story: str, until: date | None, expected: tuple[str, str] | None) -> None:
    found = next_period(line(began_on=date(2027, 6, 1), until=until), date(2027, 7, 1))
    assert (days(found)[0] if found is not None else None) == expected, story


@pytest.mark.parametrize(
    ("story", "since", "until", "price"),
    [
        ("a whole month", date(2027, 7, 1), None, Money(310_00)),
        ("fifteen days of thirty-one", date(2027, 7, 1), date(2027, 7, 16), Money(150_00)),
        ("one day of thirty-one", date(2027, 7, 1), date(2027, 7, 2), Money(10_00)),
        ("the rest of a month that was billed in part", date(2027, 7, 16), None, Money(160_00)),
        ("a whole February costs no less", date(2027, 2, 1), None, Money(310_00)),
    ],
)
def test_a_period_that_is_cut_off_is_priced_by_its_days(
    story: str, since: date, until: date | None, price: Money
) -> None:
    billed = line(began_on=date(2027, 1, 1), until=until)
    period = next_period(billed, since)
    assert period is not None
    assert price_of_period(billed, period, Money(310_00)) == price, story


def test_a_price_counts_for_each_unit_and_is_rounded_once() -> None:
    billed = replace(line(began_on=date(2027, 7, 1), until=date(2027, 7, 2)), quantity=3)
    period = next_period(billed, date(2027, 7, 1))
    assert period is not None
    assert price_of_period(billed, period, Money(100_00)) == Money(9_68)  # 300 / 31 is 9.677, not three times 3.23


def test_a_thing_sold_once_is_invoiced_once() -> None:
    sold = line(months=0, began_on=date(2026, 11, 30))
    (period,) = periods_due(sold, AT_START, today=date(2027, 11, 30))
    assert days(period) == [("2026-11-30", "2026-11-30")]
    assert price_of_period(sold, period, Money(850_00)) == Money(850_00)
    after = replace(sold, billed_until=period.until)
    assert periods_due(after, AT_START, today=date(2030, 1, 1)) == ()
    assert look_again_on(after, AT_START, billed_until=period.until, today=period.until) is None


@pytest.mark.parametrize(
    ("run", "until", "today", "expected"),
    [
        (AT_START, None, date(2027, 6, 1), date(2027, 7, 1)),
        (AHEAD, None, date(2027, 5, 1), date(2027, 6, 1)),
        (MONTH_END, None, date(2027, 6, 30), date(2027, 7, 30)),
        (AT_START, date(2027, 7, 1), date(2027, 6, 1), date(2027, 7, 1)),  # its notice may be withdrawn until then
        (AT_START, date(2027, 6, 15), date(2027, 6, 1), date(2027, 6, 15)),
        (AT_START, date(2027, 7, 1), date(2027, 7, 1), None),
    ],
)
def test_a_line_is_looked_at_again_when_its_next_period_can_be_due(
    run: InvoiceRun, until: date | None, today: date, expected: date | None
) -> None:
    billed = line(began_on=date(2026, 7, 1), until=until)
    assert look_again_on(billed, run, billed_until=date(2027, 7, 1), today=today) == expected


LINES = st.builds(
    line,
    months=st.sampled_from([1, 3, 6, 12, 24, 36]),
    began_on=st.dates(date(2020, 1, 1), date(2026, 12, 31)),
)


@given(billed=LINES, run=st.sampled_from([AT_START, AHEAD, MONTH_END]), days_on=st.integers(0, 2000))
def test_periods_follow_each_other_without_gap_or_overlap(billed: BillableLine, run: InvoiceRun, days_on: int) -> None:
    today = billed.began_on + timedelta(days=days_on)
    periods = periods_due(billed, run, today=today)
    edges = [billed.began_on, *(period.until for period in periods)]
    assert [period.since for period in periods] == edges[:-1]
    assert edges == [add_months(billed.began_on, number * billed.interval_months) for number in range(len(edges))]
    again = look_again_on(billed, run, billed_until=edges[-1], today=today)
    assert again is not None
    assert again > today


@given(billed=LINES, days_on=st.integers(1, 1500), minor=st.integers(0, 1_000_000))
def test_a_period_billed_in_two_parts_costs_what_the_whole_does(billed: BillableLine, days_on: int, minor: int) -> None:
    day = billed.began_on + timedelta(days=days_on)
    whole = whole_period(billed, day)
    assert day in whole
    if day == whole.since:
        return
    first, rest = Period(whole.since, day), Period(day, whole.until)
    unit = Money(minor)
    parts = [price_of_period(billed, part, unit) for part in (first, rest)]
    assert abs(total_of(parts).minor - unit.minor) <= 1
    assert price_of_period(billed, whole, unit) == unit
