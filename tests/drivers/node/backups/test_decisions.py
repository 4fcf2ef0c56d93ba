"""When copies are due, which generations go, and that nobody can push a good one out."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.drivers.node.backups.decisions import (
    PARTS,
    PROVEN_EVERY_DAYS,
    Generation,
    Rule,
    copy_due,
    part_to_read,
    proof_due,
    to_forget,
)

NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


def made(day: date, what: Literal["files", "databases"] = "files") -> Generation:
    return Generation(f"{what}-{day.isoformat()}", what, day)


def daily(since: date, days: int, what: Literal["files", "databases"] = "files") -> list[Generation]:
    return [made(since + timedelta(days=n), what) for n in range(days)]


@pytest.mark.clause("safeit-171")
@given(st.integers(1, 9_999_999), st.integers(0, 2000))
def test_each_plan_is_copied_once_in_a_day_and_at_night(plan: int, day: int) -> None:
    copied_at: datetime | None = NOON + timedelta(days=day)
    turns = []
    for quarter in range(4 * 24 * 3):
        now = NOON + timedelta(days=day, minutes=15 * quarter)
        if copy_due(plan=plan, every_hours=24, copied_at=copied_at, tried_at=None, now=now):
            turns.append(now)
            copied_at = now
    assert len(turns) == 3
    assert all(one.hour >= 22 or one.hour <= 4 for one in turns)


def test_plans_are_spread_over_the_night() -> None:
    hours = {}
    for plan in range(1, 1001):
        for quarter in range(4 * 24):
            now = NOON + timedelta(minutes=15 * quarter)
            if copy_due(plan=plan, every_hours=24, copied_at=NOON, tried_at=None, now=now):
                hours.setdefault(now.hour, []).append(plan)
                break
    assert sum(len(one) for one in hours.values()) == 1000
    assert max(len(one) for one in hours.values()) < 250


def test_missed_days_are_made_up_for_by_one_copy() -> None:
    long_ago = NOON - timedelta(days=9)
    assert copy_due(plan=7, every_hours=24, copied_at=long_ago, tried_at=None, now=NOON)
    assert not copy_due(plan=7, every_hours=24, copied_at=NOON, tried_at=None, now=NOON + timedelta(minutes=1))


def test_a_new_plan_is_copied_at_once_and_a_failure_pauses() -> None:
    assert copy_due(plan=7, every_hours=24, copied_at=None, tried_at=None, now=NOON)
    tried = NOON - timedelta(minutes=5)
    assert not copy_due(plan=7, every_hours=24, copied_at=None, tried_at=tried, now=NOON)
    assert copy_due(plan=7, every_hours=24, copied_at=None, tried_at=tried - timedelta(minutes=10), now=NOON)


@given(st.integers(1, 9_999_999))
def test_each_plan_is_proven_within_seven_nights_and_no_oftener(plan: int) -> None:
    proven_at = NOON
    nights = []
    for hour in range(24 * 28):
        now = NOON + timedelta(hours=hour)
        if proof_due(plan=plan, proven_at=proven_at, tried_at=None, now=now):
            nights.append(now)
            proven_at = now
    assert 4 <= len(nights) <= 5
    assert {b - a for a, b in pairwise(nights[1:])} == {timedelta(days=PROVEN_EVERY_DAYS)}


def test_every_part_is_read_within_thirty_nights() -> None:
    since = date(2026, 12, 1)
    assert {part_to_read(plan=7, day=since + timedelta(days=n)) for n in range(PARTS)} == set(range(1, PARTS + 1))


@pytest.mark.clause("safeit-172")
def test_thirty_days_are_kept_and_the_next_day_it_is_gone() -> None:
    found = daily(date(2026, 11, 30), 40)
    assert to_forget(found, Rule(30), today=date(2026, 12, 30)) == []
    assert to_forget(found, Rule(30), today=date(2026, 12, 31)) == ["files-2026-11-30"]


def test_databases_have_their_own_number_of_days() -> None:
    found = daily(date(2026, 12, 1), 20) + daily(date(2026, 12, 1), 20, "databases")
    over = to_forget(found, Rule(30, keep_databases_daily=7), today=date(2026, 12, 20))
    assert over == [f"databases-2026-12-{day:02}" for day in range(1, 13)]


@pytest.mark.clause("compusoft-025")
def test_two_generations_stay_whatever_their_age() -> None:
    found = daily(date(2026, 1, 1), 5)
    over = to_forget(found, Rule(7), today=date(2026, 12, 1))
    assert over == [f"files-2026-01-0{day}" for day in (1, 2, 3)]


def test_of_older_months_the_last_one_stays() -> None:
    found = daily(date(2026, 1, 1), 334)
    over = set(to_forget(found, Rule(30, keep_monthly=3), today=date(2026, 11, 30)))
    kept = [one.received_on for one in found if one.snapshot not in over]
    assert date(2026, 8, 31) in kept
    assert date(2026, 9, 30) in kept
    assert date(2026, 7, 31) not in kept
    assert date(2026, 9, 29) not in kept


@given(st.lists(st.integers(0, 400), max_size=60), st.integers(1, 60), st.integers(0, 12))
def test_a_flood_of_copies_pushes_nothing_out(ages: list[int], days: int, months: int) -> None:
    """Whoever has a node's credentials can add; what is young enough stays, however much is added."""
    today = date(2026, 12, 1)
    good = daily(today - timedelta(days=days), days)
    flood = [Generation(f"flood-{n}", "files", today - timedelta(days=age)) for n, age in enumerate(ages)]
    over = to_forget([*flood, *good], Rule(days, months), today=today)
    assert not {one.snapshot for one in good} & set(over)
