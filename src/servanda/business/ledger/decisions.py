"""On which day is something booked whose own day is closed already?"""

from datetime import date, timedelta


def booking_day(day: date, *, closed_until: date | None) -> date:
    """Return the day itself, or the first open one where its books are closed: what is closed stays as it was told."""
    if closed_until is None or day > closed_until:
        return day
    return closed_until + timedelta(days=1)
