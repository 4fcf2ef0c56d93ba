"""How tall is each bar? Lays figures out as bars beside or on top of each other, with an axis that has round figures.

A series is told apart by its pattern as well as its colour, so that a chart can be read in print, in forced colours and by
whoever sees no difference between two of them. Whole pixels only: the language of the page must not turn a full stop into a
comma.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

WIDTH = 720
HEIGHT = 260
LEFT = 84
RIGHT = 8
TOP = 16
BOTTOM = 30
SMALL_WIDTH = 320
SMALL_HEIGHT = 110
SMALL_LEFT = 28
STEPS = 4
STYLES = 5
TEXT_WIDTH = 7  # of one letter of an axis, about
GAP = 28  # between columns, in hundredths of a column

Written = Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Series:
    """One row of figures, in the order of the columns. A falling one is drawn downward by figures below nothing."""

    label: str
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    x: int
    y: int
    width: int
    height: int
    style: int
    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A text of an axis, and where its line is drawn."""

    x: int
    y: int
    text: str


@dataclass(frozen=True, slots=True)
class LegendEntry:
    style: int
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartPicture:
    """A chart, ready to be drawn. `key` tells it apart from the others of its page."""

    key: str
    title: str
    summary: str
    width: int
    height: int
    left: int
    right: int
    bottom: int
    zero_y: int
    bars: tuple[Bar, ...]
    columns: tuple[Mark, ...]
    lines: tuple[Mark, ...]
    legend: tuple[LegendEntry, ...]
    is_small: bool
    styles: tuple[int, ...] = tuple(range(STYLES))


def chart_of(
    series: Sequence[Series],
    *,
    key: str,
    title: str,
    columns: Sequence[str],
    full_columns: Sequence[str],
    written: Written,
    axis: Written,
    is_stacked: bool = False,
    is_small: bool = False,
) -> ChartPicture:
    """Return the chart of some series. `written` says a figure in full, `axis` as an axis has room for it."""
    width, height = (SMALL_WIDTH, SMALL_HEIGHT) if is_small else (WIDTH, HEIGHT)
    low, high = _bounds(series, len(columns), is_stacked=is_stacked)
    step = _step(high - low)
    low, high = low // step * step, max(-(-high // step) * step, step if low >= 0 else 0)
    left = SMALL_LEFT if is_small else LEFT
    scale = _Scale(low=low, high=high, top=TOP, bottom=height - BOTTOM)
    column = (width - left - RIGHT) / max(len(columns), 1)
    return ChartPicture(
        key=key,
        title=title,
        summary=_summary(series, full_columns, written),
        width=width,
        height=height,
        left=left,
        right=width - RIGHT,
        bottom=height - BOTTOM,
        zero_y=scale.y(0),
        bars=tuple(_bars(series, full_columns, scale, left, column, written, is_stacked=is_stacked)),
        columns=tuple(_columns(columns, left, column, height)),
        lines=() if is_small else tuple(Mark(left - 8, scale.y(at), axis(at)) for at in range(low, high + 1, step)),
        legend=tuple(LegendEntry(place % STYLES, one.label) for place, one in enumerate(series)),
        is_small=is_small,
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    low: int
    high: int
    top: int
    bottom: int

    def y(self, value: int) -> int:
        span = max(self.high - self.low, 1)
        return self.bottom - (value - self.low) * (self.bottom - self.top) // span


def _bounds(series: Sequence[Series], count: int, *, is_stacked: bool) -> tuple[int, int]:
    if not is_stacked:
        values = [value for one in series for value in one.values]
        return min((0, *values)), max((0, *values))
    above = [sum(max(one.values[place], 0) for one in series) for place in range(count)]
    below = [sum(min(one.values[place], 0) for one in series) for place in range(count)]
    return min((0, *below)), max((0, *above))


def _step(span: int) -> int:
    """Return a round figure of which some make the span: 1, 2 or 5 with noughts."""
    least = max(span // STEPS, 1)
    power = int("1" + "0" * (len(str(least)) - 1))
    return next(step for step in (power, 2 * power, 5 * power, 10 * power) if step >= least)


def _bars(
    series: Sequence[Series],
    names: Sequence[str],
    scale: _Scale,
    left: int,
    column: float,
    written: Written,
    *,
    is_stacked: bool,
) -> Iterator[Bar]:
    room = column * (100 - GAP) / 100
    share = room if is_stacked else room / max(len(series), 1)
    for place, name in enumerate(names):
        start = left + column * place + column * GAP / 200
        above = below = 0
        for number, one in enumerate(series):
            value = one.values[place]
            if not value:
                continue
            base = (above if value > 0 else below) if is_stacked else 0
            above, below = (above + value, below) if value > 0 else (above, below + value)
            top, bottom = sorted((scale.y(base), scale.y(base + value)))
            x = round(start if is_stacked else start + share * number)
            yield Bar(
                x=x,
                y=top,
                width=max(round(share) - 1, 1),
                height=max(bottom - top, 1),
                style=number % STYLES,
                text=f"{name}, {one.label}: {written(value)}",
            )


def _columns(columns: Sequence[str], left: int, column: float, height: int) -> Iterator[Mark]:
    """Yield the names below the columns; where they would meet, only some of them."""
    widest = max((len(name) for name in columns), default=0) * TEXT_WIDTH + 8
    each = max(-(-widest // max(int(column), 1)), 1)
    for place, name in enumerate(columns):
        if place % each == 0:
            yield Mark(round(left + column * (place + 0.5)), height - BOTTOM + 18, name)


def _summary(series: Sequence[Series], names: Sequence[str], written: Written) -> str:
    """Say all figures of the chart in words, column by column."""
    told = []
    for place, name in enumerate(names):
        figures = ", ".join(
            f"{one.label} {written(one.values[place])}" if len(series) > 1 else written(one.values[place])
            for one in series
        )
        told.append(f"{name}: {figures}.")
    return " ".join(told)
