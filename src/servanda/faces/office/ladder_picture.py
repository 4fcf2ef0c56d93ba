"""Where does each rung stand? Lays a ladder out over its days, one row for each rung, so that no two texts meet.

Whole pixels only: the language of the page must not turn a full stop into a comma.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from servanda.faces.office.shown import Sentence
from servanda.ground.calendar import add_months, first_of_month, is_bank_day

LEFT = 24
AXIS_WIDTH = 720
LABEL_WIDTH = 330
TOP = 44
ROW = 50
BEFORE_DAYS = 2
AFTER_DAYS = 4
WAIT_WIDTH_MIN = 52
MONTH_WIDTH_MIN = 40

State = Literal["happened", "planned", "person", "blocked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One rung before it has a place: when, in which state, its short name, what stands under it, and its sentence."""

    on: date
    state: State
    label: str
    under: str
    sentence: Sentence
    wait: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """Days on which banks are closed, side by side."""

    x: int
    width: int
    kind: str = "weekend"


@dataclass(frozen=True, slots=True)
class Tick:
    x: int
    y: int
    text_x: int
    text_y: int
    text: str
    anchor: str = "start"


@dataclass(frozen=True, slots=True)
class Rung:
    x: int
    y: int
    label_x: int
    label_y: int
    under_y: int
    label: str
    under: str
    state: str
    sentence: Sentence
    path: str
    wait: str
    wait_x: int
    wait_y: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    title: str
    summary: str
    width: int
    height: int
    top: int
    bottom: int
    depth: int
    bands: tuple[Band, ...]
    ticks: tuple[Tick, ...]
    today: Tick | None
    rungs: tuple[Rung, ...]


@dataclass(frozen=True, slots=True)
class Axis:
    """Turns days into places."""

    since: date
    until: date

    def x(self, day: date) -> int:
        span = max((self.until - self.since).days, 1)
        return LEFT + (day - self.since).days * AXIS_WIDTH // span


def picture_of(
    steps: Sequence[Step], *, title: str, today: date | None, today_text: str, months: Sequence[str]
) -> Picture:
    """Return the picture of the steps, which stand in the order of their days; `months` are the twelve names."""
    if not steps:
        return _empty(title)
    days = [step.on for step in steps] + ([today] if today is not None else [])
    axis = Axis(min(days) - timedelta(days=BEFORE_DAYS), max(days) + timedelta(days=AFTER_DAYS))
    bottom = TOP + ROW * len(steps)
    return Picture(
        title=title,
        summary=" ".join(step.sentence.text for step in steps),
        width=LEFT + AXIS_WIDTH + LABEL_WIDTH,
        height=bottom + 12,
        top=TOP - 12,
        bottom=bottom,
        depth=bottom - TOP + 12,
        bands=tuple(_bands(axis)),
        ticks=tuple(_ticks(axis, months)),
        today=_today(axis, today, today_text) if today is not None else None,
        rungs=tuple(_rungs(axis, steps)),
    )


def _rungs(axis: Axis, steps: Sequence[Step]) -> Iterator[Rung]:
    before: tuple[int, int] | None = None
    for row, step in enumerate(steps):
        x, y = axis.x(step.on), TOP + ROW * row + ROW // 2
        path = f"M{before[0]} {before[1] + 8}V{y}H{x}" if before is not None else ""
        gap = x - before[0] if before is not None else 0
        yield Rung(
            x=x,
            y=y,
            label_x=x + 16,
            label_y=y - 1,
            under_y=y + 15,
            label=step.label,
            under=step.under,
            state=step.state,
            sentence=step.sentence,
            path=path,
            wait=step.wait if gap >= WAIT_WIDTH_MIN else "",
            wait_x=x - gap // 2,
            wait_y=y - 5,
        )
        before = (x, y)


def _bands(axis: Axis) -> Iterator[Band]:
    """Yield the closed days, those beside each other as one band; over many months single days would only flicker."""
    day = axis.since
    while day < axis.until:
        first = day
        while day < axis.until and not is_bank_day(day):
            day += timedelta(days=1)
        if day > first:
            yield Band(axis.x(first), max(axis.x(day) - axis.x(first), 1))
        else:
            day += timedelta(days=1)


def _ticks(axis: Axis, months: Sequence[str]) -> Iterator[Tick]:
    last_x = -MONTH_WIDTH_MIN
    for day in _months_between(axis.since, axis.until):
        x = axis.x(day)
        if x - last_x < MONTH_WIDTH_MIN:
            continue
        last_x = x
        text = f"{months[day.month - 1]} {day.year}" if day.month == 1 else months[day.month - 1]
        yield Tick(x, TOP - 30, x + 5, TOP - 20, text)


def _months_between(since: date, until: date) -> Iterable[date]:
    first = add_months(first_of_month(since), 1)
    number = 0
    while (day := add_months(first, number)) < until:
        yield day
        number += 1


def _today(axis: Axis, today: date, text: str) -> Tick:
    x = axis.x(today)
    return Tick(x, TOP - 12, x + 5, TOP + 2, text)


def _empty(title: str) -> Picture:
    return Picture(
        title=title, summary="", width=1, height=1, top=0, bottom=1, depth=1, bands=(), ticks=(), today=None, rungs=()
    )
