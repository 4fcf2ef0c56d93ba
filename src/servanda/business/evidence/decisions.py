"""How many adverse acts are normal on a day, and when is it too many? Why so: `docs/why/brake.md`."""

from collections.abc import Mapping
from datetime import date, timedelta
from statistics import median

from servanda.business.evidence.facts import NormalRange

AT_LEAST = 3
TIMES = 3
MEDIAN_DAYS = 30
LOOK_BACK_DAYS = 35  # a month and its weekends: what comes once a month is seen once
# These have a warrant too, but take nothing from anybody.
MILD = frozenset({"reminder.sent", "collection.warned"})


def normal_range(past: Mapping[date, int], *, today: date) -> NormalRange:
    """Return how many adverse acts a company may do today before a person is asked, from the days before today.

    `past` counts what the company did on each day; a day that it does not name had nothing. A day that was stopped
    counts with what was done on it, so a person's release of many is normal the next month, and what was refused is not.
    """
    counts = [past.get(today - timedelta(days=days), 0) for days in range(1, LOOK_BACK_DAYS + 1)]
    middle = median(counts[:MEDIAN_DAYS])
    greatest = max(counts)
    return NormalRange(
        day=today,
        most=max(AT_LEAST, int(TIMES * middle), greatest),
        most_per_subject=AT_LEAST,
        middle=int(middle),
        greatest=greatest,
    )


def is_out_of_range(done: int, most: int) -> bool:
    """Tell whether one more act would leave the normal range."""
    return done >= most
