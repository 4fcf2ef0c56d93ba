"""For which stretch of time is VAT declared: a month, a quarter or a half-year, by the names that people write."""

import re
from datetime import date

from servanda.ground.calendar import add_months
from servanda.ground.periods import Period
from servanda.ground.refusal import Refused

_MONTH = re.compile(r"(\d{4})-(\d{2})\Z")
_PART = re.compile(r"(\d{4})([QH])(\d)\Z")
PARTS = {"Q": 4, "H": 2}
YEAR_MIN, YEAR_MAX = 2000, 2999


class NotAVatPeriod(Refused):
    """The text names no month, quarter or half-year."""


def vat_period(text: str) -> Period:
    """Return the days of `2026-11`, `2026Q4` or `2026H2`."""
    month, part = _MONTH.match(text), _PART.match(text.upper())
    if month and 1 <= int(month[2]) <= 12 and YEAR_MIN <= int(month[1]) <= YEAR_MAX:
        since = date(int(month[1]), int(month[2]), 1)
        return Period(since, add_months(since, 1))
    if part and 1 <= int(part[3]) <= PARTS[part[2]] and YEAR_MIN <= int(part[1]) <= YEAR_MAX:
        months = 12 // PARTS[part[2]]
        since = date(int(part[1]), (int(part[3]) - 1) * months + 1, 1)
        return Period(since, add_months(since, months))
    raise NotAVatPeriod(
        "'%(text)s' is no VAT period. Write a quarter as 2026Q4, a month as 2026-11, a half-year as 2026H2.",
        {"text": text},
    )


def quarter_of(day: date) -> str:
    """Return the name of the quarter that a day lies in, by which the One Stop Shop is declared."""
    return f"{day.year}Q{(day.month - 1) // 3 + 1}"


def is_quarter(period: Period) -> bool:
    """Tell whether the days are a whole quarter."""
    return vat_period(quarter_of(period.since)) == period
