"""How long bookkeeping is kept, and when five financial years have passed without a purchase."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.ground.calendar import add_months
from servanda.ground.law.retention import five_empty_fiscal_years_on, keep_until, oss_keep_until


@pytest.mark.parametrize(
    ("day", "starts_month", "last_day"),
    [
        (date(2026, 1, 1), 1, date(2031, 12, 31)),
        (date(2026, 11, 30), 1, date(2031, 12, 31)),
        (date(2026, 12, 31), 1, date(2031, 12, 31)),
        (date(2027, 1, 1), 1, date(2032, 12, 31)),
        (date(2026, 6, 30), 7, date(2031, 6, 30)),
        (date(2026, 7, 1), 7, date(2032, 6, 30)),
        (date(2023, 2, 28), 3, date(2028, 2, 29)),
    ],
)
def test_material_is_kept_five_years_from_the_end_of_its_financial_year(
    day: date, starts_month: int, last_day: date
) -> None:
    assert keep_until(day, fiscal_year_starts_month=starts_month) == last_day


def test_one_stop_shop_records_are_kept_ten_years() -> None:
    assert oss_keep_until(date(2026, 11, 30)) == date(2036, 12, 31)


@pytest.mark.clause("simsoft-060")
@pytest.mark.parametrize(
    ("last_purchase_on", "starts_month", "first_day"),
    [
        (date(2026, 11, 30), 1, date(2032, 1, 1)),
        (date(2026, 12, 31), 1, date(2032, 1, 1)),
        (date(2027, 1, 1), 1, date(2033, 1, 1)),
        (date(2026, 11, 30), 7, date(2032, 7, 1)),
    ],
)
def test_five_whole_financial_years_without_a_purchase(
    last_purchase_on: date, starts_month: int, first_day: date
) -> None:
    assert five_empty_fiscal_years_on(last_purchase_on, fiscal_year_starts_month=starts_month) == first_day


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(1, 12))
def test_material_is_never_kept_less_than_five_years_nor_more_than_six(day: date, starts_month: int) -> None:
    last_day = keep_until(day, fiscal_year_starts_month=starts_month)
    assert add_months(day, 60) <= last_day < add_months(day, 72)
