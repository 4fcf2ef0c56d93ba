"""Which days are Danish public holidays, and on which other days are the banks closed?

Computed from Easter for 1990 to 2100, so that a contract of many years needs no list. A day that was
abolished keeps the years in which it held. The public holidays follow the law of each year. The days on which
only the banks are closed follow the closing days that Danmarks Nationalbank announces today (2026 and 2027
were compared); they are taken as holding for all years, though the banks may have been open on some of them
in older years.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from servanda.ground.refusal import Refused

FIRST_YEAR = 1990
LAST_YEAR = 2100


class YearNotCovered(Refused):
    """The year lies outside the years for which the holidays are known."""


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day that stops the calendar. `is_public` is false where only the banks are closed."""

    on: date
    name_da: str
    name_en: str
    is_public: bool


@dataclass(frozen=True, slots=True)
class _Rule:
    name_da: str
    name_en: str
    on: Callable[[int], date]
    is_public: bool = True
    last_year: int = LAST_YEAR


@cache
def holidays_of(year: int) -> tuple[Holiday, ...]:
    """Return the holidays of the year in their order, a public one before a bank's own on the same day.

    Refuses years outside 1990 to 2100.
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise YearNotCovered(
            "The holidays of %(year)s are not known; they are computed for %(first)s to %(last)s. Check "
            "the year of the date.",
            {"year": year, "first": FIRST_YEAR, "last": LAST_YEAR},
        )
    holidays = (
        Holiday(rule.on(year), rule.name_da, rule.name_en, rule.is_public) for rule in _RULES if year <= rule.last_year
    )
    return tuple(sorted(holidays, key=lambda holiday: (holiday.on, not holiday.is_public)))


def easter_sunday(year: int) -> date:
    """Return Easter Sunday of a Gregorian year, by the anonymous (Meeus/Jones/Butcher) computus."""
    golden = year % 19
    century, in_century = divmod(year, 100)
    leap_centuries, century_rest = divmod(century, 4)
    moon_shift = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap_centuries - moon_shift + 15) % 30
    leap_years, year_rest = divmod(in_century, 4)
    to_sunday = (32 + 2 * century_rest + 2 * leap_years - epact - year_rest) % 7
    correction = (golden + 11 * epact + 22 * to_sunday) // 451
    month, day = divmod(epact + to_sunday - 7 * correction + 114, 31)
    return date(year, month, day + 1)


def _easter(days: int) -> Callable[[int], date]:
    return lambda year: easter_sunday(year) + timedelta(days=days)


def _every(month: int, day: int) -> Callable[[int], date]:
    return lambda year: date(year, month, day)


_RULES = (
    _Rule("Nytårsdag", "New Year's Day", _every(1, 1)),
    _Rule("Skærtorsdag", "Maundy Thursday", _easter(-3)),
    _Rule("Langfredag", "Good Friday", _easter(-2)),
    _Rule("Påskedag", "Easter Sunday", _easter(0)),
    _Rule("2. påskedag", "Easter Monday", _easter(1)),
    # Abolished from 2024 by lov nr. 214 af 6. marts 2023.
    _Rule("Store bededag", "Great Prayer Day", _easter(26), last_year=2023),
    _Rule("Kristi himmelfartsdag", "Ascension Day", _easter(39)),
    _Rule("Pinsedag", "Whit Sunday", _easter(49)),
    _Rule("2. pinsedag", "Whit Monday", _easter(50)),
    _Rule("Juledag", "Christmas Day", _every(12, 25)),
    _Rule("2. juledag", "Second Day of Christmas", _every(12, 26)),
    _Rule("Dagen efter Kristi himmelfart", "Day after Ascension", _easter(40), is_public=False),
    _Rule("Grundlovsdag", "Constitution Day", _every(6, 5), is_public=False),
    _Rule("Juleaftensdag", "Christmas Eve", _every(12, 24), is_public=False),
    _Rule("Nytårsaftensdag", "New Year's Eve", _every(12, 31), is_public=False),
)
