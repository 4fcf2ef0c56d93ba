"""What would other terms do to one invoice? Its steps under both agreements, each before the payment, and where they differ."""

from collections.abc import Iterator
from datetime import date
from typing import Literal, NamedTuple

from servanda.business.dunning.decisions.whatif.ladders import NOTHING, Ladder, Walked

Act = Literal["reminded", "suspended", "ended"]
ACTS: tuple[Act, ...] = ("reminded", "suspended", "ended")
Turn = Literal["sooner", "later", "newly", "no_longer"]
TURNS: tuple[Turn, ...] = ("sooner", "later", "newly", "no_longer")


class Shift(NamedTuple):
    """A step that would come on another day, or that comes under one agreement only. `step` is a reminder's number."""

    act: Act
    step: int | None
    before: date | None
    after: date | None

    @property
    def on(self) -> date:
        """The day that says which months it belongs to: the first on which the two agreements part."""
        days = [day for day in (self.before, self.after) if day is not None]
        return min(days)

    @property
    def days(self) -> int | None:
        """By how many days it comes later; below 0 for sooner, None where it comes under one agreement only."""
        return (self.after - self.before).days if self.before is not None and self.after is not None else None

    @property
    def turn(self) -> Turn:
        if self.before is None:
            return "newly"
        if self.after is None:
            return "no_longer"
        return "sooner" if self.after < self.before else "later"


class Pair:
    """The ladders of invoices of one pattern under the terms that bind them and under the draft.

    Without a due day there is no ladder: the terms name no payment term then, and a person is asked.
    """

    __slots__ = ("_shifts", "moved_days", "new", "old", "quiet_until")

    def __init__(self, old: Ladder, new: Ladder) -> None:
        self.old = old
        self.new = new
        # Nothing follows, under either agreement, when an invoice is paid by then.
        before, after = old.followed.due_on, new.followed.due_on
        self.quiet_until = min(before or date.max, after or date.max)
        self.moved_days = (after - before).days if before is not None and after is not None else 0
        self._shifts: dict[tuple[date | None, date | None], tuple[Shift, ...]] = {}

    def shifts(self, paid_on: date | None, paid_on_by_draft: date | None) -> tuple[Shift, ...]:
        """Return what would come on another day, for an invoice that is paid on these days."""
        key = (paid_on, paid_on_by_draft)
        found = self._shifts.get(key)
        if found is None:
            walked = (self.old.until_paid(paid_on), self.new.until_paid(paid_on_by_draft))
            found = self._shifts[key] = tuple(shifts_between(*walked))
        return found


def shifts_between(old: Walked, new: Walked) -> Iterator[Shift]:
    """Yield where two ladders differ, in the order of the acts; a reminder is the same one when it has the same number."""
    if old is NOTHING and new is NOTHING:
        return
    before, after = dict(old.reminders), dict(new.reminders)
    for step in sorted({*before, *after}):
        yield from _shift("reminded", step, before.get(step), after.get(step))
    yield from _shift("suspended", None, old.suspended_on, new.suspended_on)
    yield from _shift("ended", None, old.ended_on, new.ended_on)


def _shift(act: Act, step: int | None, before: date | None, after: date | None) -> Iterator[Shift]:
    if before != after:
        yield Shift(act, step, before, after)
