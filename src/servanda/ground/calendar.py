"""Which legal day is it, and which day is so many months, working days or bank days away?

A legal day is a date in Denmark. Moments become days here and nowhere else. Months are counted from the
anchor and clamped to the end of a short month: 31 January plus one month is 28 February, and plus two is 31
March. A count of days begins on the day after. Days outside 1990 to 2100 are refused where holidays matter.
"""

from bisect import bisect_left, bisect_right
from calendar import monthrange
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from servanda.ground.holidays import FIRST_YEAR, LAST_YEAR, YearNotCovered, holidays_of
from servanda.ground.refusal import Refused

COPENHAGEN = ZoneInfo("Europe/Copenhagen")


class NaiveMoment(Refused):
    """A moment without a time zone cannot be placed on a legal day."""


class NotADay(Refused):
    """The text is not a date that exists, written as 2026-11-30."""


def legal_day(moment: datetime) -> date:
    """Return the Danish date of an aware moment; a naive one is refused."""
    return _local(moment).date()


def moment_of(day: date, hour: int = 9) -> datetime:
    """Return the UTC moment of a local hour; an hour that summer time skips becomes the one after it."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=COPENHAGEN).astimezone(UTC)


def is_holiday(day: date) -> bool:
    """Tell whether the day is a public holiday (helligdag); an ordinary Sunday is not."""
    return day in _HOLIDAYS or _is_covered_no(day)


def is_working_day(day: date) -> bool:
    """Tell whether the day is Monday to Friday and no public holiday."""
    return day in _WORKING_DAY_SET or _is_covered_no(day)


def is_bank_day(day: date) -> bool:
    """Tell whether the banks settle payments on the day."""
    return day in _BANK_DAY_SET or _is_covered_no(day)


def bank_day_on_or_after(day: date) -> date:
    """Return the day itself if it is a bank day, otherwise the next one."""
    return _after(_BANK_DAYS, day, 0)


def bank_days_since(day: date, *, today: date) -> int:
    """Return how many bank days have begun after a day, today among them; none when the day has not passed."""
    return max(bisect_right(_BANK_DAYS, today) - bisect_right(_BANK_DAYS, day), 0)


def bank_days_after(day: date, *, count: int) -> date:
    """Return the count-th bank day after the day, not counting it; 0 gives the bank day on or after it."""
    return _after(_BANK_DAYS, day, count)


def working_days_after(day: date, *, count: int) -> date:
    """Return the count-th working day after the day, not counting it; 0 gives the one on or after it."""
    return _after(_WORKING_DAYS, day, count)


def working_days_before(day: date, *, count: int) -> date:
    """Return the count-th working day before the day, not counting it; 0 gives the one on or before it."""
    assert count >= 0, "count days forward with working_days_after"
    index = bisect_right(_WORKING_DAYS, day) - 1 if count == 0 else bisect_left(_WORKING_DAYS, day) - count
    return _at(_WORKING_DAYS, index, day)


@lru_cache(maxsize=2048)
def last_working_day_of_month(day: date) -> date:
    """Return the last working day of the month that holds the day."""
    return working_days_before(last_of_month(day), count=0)


def add_months(anchor: date, months: int) -> date:
    """Return the anchor's day so many months away, or the last day of a month that lacks it.

    Count every period from its anchor, `add_months(anchor, n)`; adding to the previous result loses the 31st.
    """
    years, month = divmod(anchor.month - 1 + months, 12)
    year = anchor.year + years
    return date(year, month + 1, min(anchor.day, monthrange(year, month + 1)[1]))


def months_between(anchor: date, day: date) -> int:
    """Return the greatest n with `add_months(anchor, n)` not after the day; below 0 before the anchor."""
    months = (day.year - anchor.year) * 12 + day.month - anchor.month
    return months - 1 if add_months(anchor, months) > day else months


def first_of_month(day: date) -> date:
    """Return the first day of the month that holds the day."""
    return day.replace(day=1)


def last_of_month(day: date) -> date:
    """Return the last day of the month that holds the day."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def parse_day(text: str) -> date:
    """Return the date written as 2026-11-30; other forms, and days that do not exist, are refused."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        day = None
    if day is None or day.isoformat() != text.strip():
        raise NotADay(
            "'%(text)s' is not a date that exists. Write year, month and day, as in 2026-11-30.", {"text": text}
        )
    return day


def day_text(day: date, language: str) -> str:
    """Return the date with its weekday: `mandag den 30. november 2026` or `Monday 30 November 2026`."""
    if language == "da":
        return f"{_WEEKDAYS_DA[day.weekday()]} den {day.day}. {_MONTHS_DA[day.month - 1]} {day.year}"
    return f"{_WEEKDAYS_EN[day.weekday()]} {day.day} {_MONTHS_EN[day.month - 1]} {day.year}"


def moment_text(moment: datetime, language: str) -> str:
    """Return the Danish local date and time: `… kl. 14.05` or `… at 14:05`; a naive moment is refused."""
    local = _local(moment)
    if language == "da":
        return f"{day_text(local.date(), language)} kl. {local.hour:02d}.{local.minute:02d}"
    return f"{day_text(local.date(), language)} at {local.hour:02d}:{local.minute:02d}"


def _local(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise NaiveMoment(
            "%(moment)s has no time zone, so its legal day is unknown. Give a moment in UTC.",
            {"moment": moment.isoformat()},
        )
    return moment.astimezone(COPENHAGEN)


def _is_covered_no(day: date) -> bool:
    """Say no for a day in the covered years, and refuse one outside them: silence there is not an answer."""
    assert not isinstance(day, datetime), "make a legal day of the moment first"
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise _outside(day)
    return False


def _after(days: tuple[date, ...], day: date, count: int) -> date:
    assert count >= 0, "count days backward with working_days_before"
    index = bisect_left(days, day) if count == 0 else bisect_right(days, day) + count - 1
    return _at(days, index, day)


def _at(days: tuple[date, ...], index: int, day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR or not 0 <= index < len(days):
        raise _outside(day)
    return days[index]


def _outside(day: date) -> YearNotCovered:
    return YearNotCovered(
        "Working days and bank days around %(day)s are not known; they are computed for %(first)s to "
        "%(last)s. Check the year of the date.",
        {"day": day, "first": FIRST_YEAR, "last": LAST_YEAR},
    )


# Bulk rounds ask for days by the hundred thousand; a look-up in a table made once costs next to nothing.
_ALL_HOLIDAYS = tuple(holiday for year in range(FIRST_YEAR, LAST_YEAR + 1) for holiday in holidays_of(year))
_HOLIDAYS = frozenset(holiday.on for holiday in _ALL_HOLIDAYS if holiday.is_public)
_BANKS_CLOSED = frozenset(holiday.on for holiday in _ALL_HOLIDAYS)
_WEEKDAYS = tuple(
    day
    for ordinal in range(date(FIRST_YEAR, 1, 1).toordinal(), date(LAST_YEAR, 12, 31).toordinal() + 1)
    if (day := date.fromordinal(ordinal)).weekday() < 5
)
_WORKING_DAYS = tuple(day for day in _WEEKDAYS if day not in _HOLIDAYS)
_BANK_DAYS = tuple(day for day in _WEEKDAYS if day not in _BANKS_CLOSED)
_WORKING_DAY_SET = frozenset(_WORKING_DAYS)
_BANK_DAY_SET = frozenset(_BANK_DAYS)

_WEEKDAYS_DA = ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag")
_WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS_DA = (
    "januar", "februar", "marts", "april", "maj", "juni",
    "juli", "august", "september", "oktober", "november", "december",
)  # fmt: skip
_MONTHS_EN = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
