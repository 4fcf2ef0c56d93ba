"""The calendar of copies: for each day of the months that have any, its newest whole copy."""

import calendar
from collections.abc import Iterable
from datetime import date

from servanda.business.backups.facts import CopyFacts
from servanda.faces.parts.hosting.shown import CalendarDay, CalendarMonth
from servanda.ground.calendar import legal_day

MONTHS_MAX = 14


def calendar_of(copies: Iterable[CopyFacts]) -> tuple[CalendarMonth, ...]:
    """Return the months that have copies, the newest first; a day whose copies are broken or gone has none to give back."""
    days: dict[date, list[CopyFacts]] = {}
    for one in copies:
        days.setdefault(legal_day(one.made_at), []).append(one)
    firsts = sorted({day.replace(day=1) for day in days}, reverse=True)[:MONTHS_MAX]
    return tuple(CalendarMonth(first=first, weeks=_weeks(first, days)) for first in firsts)


def _weeks(first: date, days: dict[date, list[CopyFacts]]) -> tuple[tuple[CalendarDay | None, ...], ...]:
    weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
    return tuple(
        tuple(_day(day, days.get(day, [])) if day.month == first.month else None for day in week) for week in weeks
    )


def _day(day: date, copies: list[CopyFacts]) -> CalendarDay:
    there = [one for one in copies if one.is_there]
    newest = max(there, key=lambda one: one.made_at, default=None)
    if newest is None:
        is_broken = any(one.broken_at is not None and one.forgotten_at is None for one in copies)
        return CalendarDay(day=day, snapshot="", made_at=None, tone="stop" if is_broken else "note")
    tone = "calm" if any(one.read_back_at is not None for one in there) else "note"
    return CalendarDay(day=day, snapshot=newest.snapshot, made_at=newest.made_at, tone=tone)
