"""Days on which Danish banks are closed, reckoned by the rule of the church year and not from a table."""

from datetime import date, timedelta

ONE = timedelta(days=1)
LAST_PRAYER_DAY = 2023  # store bededag was abolished from 2024 on


def easter(year: int) -> date:
    """Return Easter Sunday by the rule that Gauss gave, in Butcher's form."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def banks_are_open(day: date) -> bool:
    """Tell whether banks settle on a day."""
    if day.weekday() > 4:
        return False
    if (day.month, day.day) in {(1, 1), (6, 5), (12, 24), (12, 25), (12, 26), (12, 31)}:
        return False
    from_easter = (day - easter(day.year)).days
    closed = {
        -3,
        -2,
        1,
        39,
        40,
        50,
    }  # Maundy Thursday, Good Friday, Easter Monday, Ascension and the day after, Whit Monday
    return from_easter not in closed and not (from_easter == 26 and day.year <= LAST_PRAYER_DAY)


def is_public_holiday(day: date) -> bool:
    """Tell whether a day is a public holiday; on some others, such as 5 June, only banks close."""
    if (day.month, day.day) in {(1, 1), (12, 25), (12, 26)}:
        return True
    from_easter = (day - easter(day.year)).days
    return from_easter in {-3, -2, 0, 1, 39, 49, 50} or (from_easter == 26 and day.year <= LAST_PRAYER_DAY)


def bank_day_from(day: date) -> date:
    """Return the day, or the first one after it on which banks are open."""
    while not banks_are_open(day):
        day += ONE
    return day


def months_later(first: date, months: int) -> date:
    """Return the same day so many months later, or the last day of a shorter month."""
    year, month = first.year, first.month
    for _ in range(months):
        month += 1
        if month == 13:
            year, month = year + 1, 1
    day = first.day
    while True:
        try:
            return date(year, month, day)
        except ValueError:
            day -= 1
