"""Public holidays against two independent lists: the facts of 2020 to 2035, and the `holidays` package.

The package (0.108) agrees with us on every public holiday of 1990 to 2100, Store bededag until 2023 included.
It differs on the closed days of the banks, on purpose: its "optional" days lack the day after Ascension, on
which banks are closed, and hold 1 May, on which they are open. So the banks are compared with the facts only.
"""

import csv
from datetime import date
from pathlib import Path

import holidays
import pytest

from servanda.ground.calendar import is_bank_day, is_holiday, is_working_day
from servanda.ground.holidays import YearNotCovered, easter_sunday, holidays_of

YEARS = range(1990, 2101)
FACTS_FILE = Path(__file__).parent / "data" / "holidays.csv"
FACTS = tuple(
    (date.fromisoformat(row["date"]), row["name"], row["kind"] == "H")
    for row in csv.DictReader(FACTS_FILE.read_text(encoding="utf-8").splitlines())
)


def test_the_holidays_of_2020_to_2035_are_the_known_ones() -> None:
    ours = {
        (holiday.on, holiday.name_da, holiday.is_public) for year in range(2020, 2036) for holiday in holidays_of(year)
    }
    assert ours == set(FACTS)


def test_every_public_holiday_until_2100_agrees_with_an_independent_list() -> None:
    theirs = set(holidays.country_holidays("DK", years=YEARS))
    ours = {holiday.on for year in YEARS for holiday in holidays_of(year) if holiday.is_public}
    assert ours == theirs


@pytest.mark.parametrize(
    ("year", "sunday"),
    [
        (1990, date(1990, 4, 15)),
        (2008, date(2008, 3, 23)),
        (2026, date(2026, 4, 5)),
        (2038, date(2038, 4, 25)),  # the latest possible Easter
        (2049, date(2049, 4, 18)),  # one of the years that a simpler rule gets wrong
        (2076, date(2076, 4, 19)),  # another
        (2100, date(2100, 3, 28)),
    ],
)
def test_easter_falls_on(year: int, sunday: date) -> None:
    assert easter_sunday(year) == sunday


def test_store_bededag_was_abolished_from_2024() -> None:
    assert is_holiday(date(2023, 5, 5))
    assert not is_holiday(date(2024, 4, 26))
    assert is_bank_day(date(2024, 4, 26))


@pytest.mark.parametrize("day", [date(2026, 5, 15), date(2026, 6, 5), date(2026, 12, 24), date(2026, 12, 31)])
def test_banks_close_on_days_that_are_working_days_for_others(day: date) -> None:
    assert is_working_day(day)
    assert not is_holiday(day)
    assert not is_bank_day(day)


def test_the_first_of_may_is_an_ordinary_bank_day() -> None:
    assert is_bank_day(date(2026, 5, 1))


def test_a_day_that_is_both_names_the_public_holiday_first() -> None:
    names = [holiday.name_da for holiday in holidays_of(2022) if holiday.on == date(2022, 6, 5)]
    assert names == ["Pinsedag", "Grundlovsdag"]


@pytest.mark.parametrize("year", [1989, 2101])
def test_years_outside_the_covered_ones_are_refused(year: int) -> None:
    with pytest.raises(YearNotCovered, match=r"Check the year"):
        holidays_of(year)
