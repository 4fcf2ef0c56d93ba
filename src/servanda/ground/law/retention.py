"""How long must bookkeeping material be kept, and when has a customer bought nothing for five whole years?"""

from datetime import date, timedelta

from servanda.ground.calendar import add_months
from servanda.ground.citation import Citation

BOOKKEEPING = Citation("Bogføringsloven", "§ 12, stk. 1", "700/2022")
OSS_RECORDS = Citation("Gennemførelsesforordning (EU) nr. 282/2011", "art. 63 c")

BOOKKEEPING_YEARS = 5
OSS_YEARS = 10
EMPTY_YEARS = 5


def keep_until(day: date, *, fiscal_year_starts_month: int = 1) -> date:
    """Return the last day to keep material: five years after the financial year of the day ended."""
    return _day_before(_next_fiscal_year(day, fiscal_year_starts_month), years=BOOKKEEPING_YEARS)


def oss_keep_until(day: date) -> date:
    """Return the last day to keep a One Stop Shop record: ten years after the year of the day."""
    return _day_before(_next_fiscal_year(day, 1), years=OSS_YEARS)


def five_empty_fiscal_years_on(last_purchase_on: date, *, fiscal_year_starts_month: int = 1) -> date:
    """Return the first day on which five whole financial years without a purchase have passed."""
    return add_months(_next_fiscal_year(last_purchase_on, fiscal_year_starts_month), 12 * EMPTY_YEARS)


def _next_fiscal_year(day: date, starts_month: int) -> date:
    """Return the first day of the financial year after the one that holds the day."""
    assert 1 <= starts_month <= 12, "a financial year begins in one of twelve months"
    year = day.year if day.month < starts_month else day.year + 1
    return date(year, starts_month, 1)


def _day_before(first: date, *, years: int) -> date:
    return add_months(first, 12 * years) - timedelta(days=1)
