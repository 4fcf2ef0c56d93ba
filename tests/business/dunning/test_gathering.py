"""Gathering arrears: days on which dunning stood still are counted once each, however many pauses there are."""

from datetime import date, timedelta
from random import Random

from servanda.business.dunning.decisions.gathering import _days_paused
from servanda.business.dunning.facts import PauseFacts

FIRST = date(2025, 1, 1)


def pauses_of(chance: Random) -> list[PauseFacts]:
    made = []
    for number in range(chance.randrange(5)):
        since = FIRST + timedelta(days=chance.randrange(60))
        until = since + timedelta(days=chance.randrange(30)) if chance.random() < 0.6 else None
        ended_on = since + timedelta(days=chance.randrange(40)) if chance.random() < 0.5 else None
        made.append(PauseFacts(number, "dispute", "", since, until, is_late=False, by="staff", ended_on=ended_on))
    return made


def counted_day_by_day(pauses: list[PauseFacts], *, since: date, today: date) -> int:
    days = set()
    for pause in pauses:
        until = min(day for day in (pause.ended_on, pause.until, today) if day is not None)
        first = max(pause.since, since + timedelta(days=1))
        days.update(first + timedelta(days=number) for number in range(max((until - first).days, 0)))
    return len(days)


def test_days_of_pauses_are_counted_as_a_person_would_day_by_day() -> None:
    for seed in range(2000):
        chance = Random(seed)
        pauses = pauses_of(chance)
        since = FIRST + timedelta(days=chance.randrange(50))
        today = FIRST + timedelta(days=40 + chance.randrange(90))
        counted = _days_paused(pauses, since=since, today=today)
        assert counted.days == counted_day_by_day(pauses, since=since, today=today), seed


def test_a_pause_that_nobody_ends_costs_no_more_after_years() -> None:
    pause = PauseFacts(1, "legal hold", "", FIRST, None, is_late=False, by="staff", ended_on=None)
    assert _days_paused([pause], since=FIRST, today=date(2085, 1, 1)).days == (date(2085, 1, 1) - FIRST).days - 1
