"""When the copies of a plan are due, which plans are proven this night, and which generations go. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Literal

NIGHT_BEGINS_HOURS = 22  # UTC
NIGHT_HOURS = 6
TRY_AGAIN = timedelta(minutes=15)
PARTS = 30  # each night one part of a repository is read whole, so that all of it was read after so many nights
PROVEN_EVERY_DAYS = 7  # each plan is restored and compared once in so many nights; a new one in its first
ASIDE_DAYS = 7  # so long the copies of what was purged lie aside, from where they can be brought back in one step
LEAST_GENERATIONS = 2  # compusoft-025: two dates can be given back at all times, whatever their age


def copy_due(
    *, plan: int, every_hours: int, copied_at: datetime | None, tried_at: datetime | None, now: datetime
) -> bool:
    """Tell whether a plan shall be copied now: once in each period, at a time of the night that its number gives.

    A missed period is made up for by one copy, not by several. After a failure there is a pause.
    """
    if tried_at is not None and now - tried_at < TRY_AGAIN:
        return False
    return copied_at is None or copied_at < _latest_turn(plan, every_hours, now)


def proof_due(*, plan: int, proven_at: datetime | None, tried_at: datetime | None, now: datetime) -> bool:
    """Tell whether a copy of this plan is to be restored and compared now. Which night that is depends on plan and date alone."""
    if tried_at is not None and now - tried_at < timedelta(hours=1):
        return False
    night = (now - timedelta(hours=NIGHT_BEGINS_HOURS)).date()
    if proven_at is None:
        return True
    last = (proven_at - timedelta(hours=NIGHT_BEGINS_HOURS)).date()
    is_its_night = (night.toordinal() - _share(plan, PROVEN_EVERY_DAYS)) % PROVEN_EVERY_DAYS == 0
    return last < night and (is_its_night or (night - last).days >= PROVEN_EVERY_DAYS)


def part_to_read(*, plan: int, day: date) -> int:
    """Return which of the parts of a repository is read this night, from 1."""
    return (day.toordinal() + plan) % PARTS + 1


def _latest_turn(plan: int, every_hours: int, now: datetime) -> datetime:
    period = timedelta(hours=every_hours)
    spread = min(period, timedelta(hours=NIGHT_HOURS))
    first = datetime(2026, 1, 1, NIGHT_BEGINS_HOURS, tzinfo=UTC) - timedelta(days=1)
    first += timedelta(seconds=_share(plan, int(spread.total_seconds())))
    return first + (now - first) // period * period


def _share(plan: int, of: int) -> int:
    return int.from_bytes(sha256(str(plan).encode()).digest()[:8], "big") % of


@dataclass(frozen=True, slots=True)
class Ended:
    """What the copies were of is purged: the two warrants under which that was done, and the copies go after it."""

    quarantined_under: str
    purged_under: str


@dataclass(frozen=True, slots=True)
class Rule:
    """How long generations are kept: days (safeit-172: 30), and of each older month the last one."""

    keep_daily: int
    keep_monthly: int = 0
    keep_databases_daily: int = 0  # 0: as long as files
    ended: Ended | None = None


@dataclass(frozen=True, slots=True)
class Generation:
    """One copy as the store knows it. The day is the store's own; what a node says of its age counts for nothing."""

    snapshot: str
    what: Literal["files", "databases"]
    received_on: date


def all_are_over(generations: Iterable[Generation], rule: Rule, *, today: date) -> bool:
    """Tell whether the time of every copy is over, the last one's too. Months and least numbers were owed to a running service."""
    return all((today - one.received_on).days > rule.keep_daily for one in generations)


def to_forget(generations: Iterable[Generation], rule: Rule, *, today: date) -> Sequence[str]:
    """Return the copies whose time is over, oldest first.

    Age alone decides, never number: whoever adds many copies with a node's credentials pushes no good one out.
    """
    found = sorted(generations, key=lambda one: (one.received_on, one.snapshot))
    files = [one for one in found if one.what == "files"]
    databases = [one for one in found if one.what == "databases"]
    over = {*_over(files, rule.keep_daily, rule.keep_monthly, today)}
    over |= {*_over(databases, rule.keep_databases_daily or rule.keep_daily, rule.keep_monthly, today)}
    return [one.snapshot for one in found if one.snapshot in over]


def _over(found: Sequence[Generation], days: int, months: int, today: date) -> Iterable[str]:
    last_of_month = {(one.received_on.year, one.received_on.month): one.snapshot for one in found}
    kept_months = {
        snapshot for (year, month), snapshot in last_of_month.items() if _months(today, year, month) <= months
    }
    newest = {one.snapshot for one in _last_of_days(found)[-LEAST_GENERATIONS:]}
    for one in found:
        is_old = (today - one.received_on).days > days
        is_monthly = months > 0 and one.snapshot in kept_months
        if is_old and not is_monthly and one.snapshot not in newest:
            yield one.snapshot


def _last_of_days(found: Sequence[Generation]) -> Sequence[Generation]:
    return list({one.received_on: one for one in found}.values())


def _months(today: date, year: int, month: int) -> int:
    return (today.year - year) * 12 + today.month - month
