"""Half-open periods, and figures that change with the law."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.ground.citation import Citation, requirements_of, texts_of
from servanda.ground.dated import Dated, NotCovered, Since
from servanda.ground.periods import Period
from servanda.ground.refusal import Problem, Refused, WrongDocument

SOURCE = Citation("Loven", "§ 1")
FEE = Dated(
    "The fee",
    (Since(date(2020, 1, 1), 100, SOURCE), Since(date(2024, 7, 1), 120, SOURCE)),
    until=date(2027, 1, 1),
)
periods = st.builds(
    lambda since, length: Period(since, since + timedelta(days=length)),
    st.dates(date(2020, 1, 1), date(2021, 1, 1)),
    st.integers(1, 60),
)


def test_the_first_day_belongs_and_the_day_after_the_last_does_not() -> None:
    november = Period(date(2026, 11, 1), date(2026, 12, 1))
    assert date(2026, 11, 1) in november
    assert date(2026, 11, 30) in november
    assert date(2026, 12, 1) not in november
    assert date(2026, 10, 31) not in november
    assert november.days == 30
    assert november.last_day == date(2026, 11, 30)


def test_neighbours_do_not_overlap() -> None:
    october = Period(date(2026, 10, 1), date(2026, 11, 1))
    november = Period(date(2026, 11, 1), date(2026, 12, 1))
    assert not october.overlaps(november)
    assert not november.overlaps(october)


@given(periods, periods)
def test_periods_overlap_when_they_share_a_day(first: Period, second: Period) -> None:
    days_of_first = {first.since + timedelta(days=n) for n in range(first.days)}
    assert first.overlaps(second) is any(day in second for day in days_of_first)


@pytest.mark.parametrize("until", [date(2026, 11, 1), date(2026, 10, 31)])
def test_a_period_without_days_is_refused(until: date) -> None:
    with pytest.raises(Refused, match=r"must end after it begins"):
        Period(date(2026, 11, 1), until)


@pytest.mark.parametrize(
    ("day", "value"),
    [(date(2020, 1, 1), 100), (date(2024, 6, 30), 100), (date(2024, 7, 1), 120), (date(2026, 12, 31), 120)],
)
def test_the_value_in_force_on_the_day_is_given(day: date, value: int) -> None:
    assert FEE.on(day).value == value


@pytest.mark.parametrize("day", [date(2019, 12, 31), date(2027, 1, 1)])
def test_a_day_without_a_value_is_refused_rather_than_guessed(day: date) -> None:
    with pytest.raises(NotCovered, match=f"The fee is not known for {day.isoformat()}"):
        FEE.on(day)


def test_entries_out_of_order_are_a_bug() -> None:
    with pytest.raises(AssertionError, match="order of their days"):
        Dated("The fee", tuple(reversed(FEE.entries)))


def test_citations_are_written_once_and_in_order() -> None:
    first = Citation("safe-it", "3.2", "2025-01", ("req-2", "req-1"))
    second = Citation("Renteloven", "§ 5, stk. 1", requirements=("req-1",))
    assert texts_of((first, second, first)) == ("safe-it 3.2", "Renteloven § 5, stk. 1")
    assert requirements_of((first, second)) == ("req-2", "req-1")


def test_a_wrong_document_tells_every_problem_with_its_place_and_remedy() -> None:
    problems = (
        Problem("terms.md", 3, "There are no days.", "Write a number.", field="days"),
        Problem("terms.md", 9, "The fee is above the law.", "Lower it."),
    )
    with pytest.raises(WrongDocument) as refused:
        raise WrongDocument(problems)
    assert refused.value.problems == problems
    assert str(refused.value).splitlines() == [
        "terms.md:3: days: There are no days. Write a number.",
        "terms.md:9: The fee is above the law. Lower it.",
    ]
