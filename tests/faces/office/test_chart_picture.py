"""Charts: bars that are as tall as their figures, axes with round figures, and every figure told in words."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.faces.office.chart_picture import HEIGHT, SMALL_HEIGHT, ChartPicture, Series, chart_of

NAMES = ("jan", "feb", "mar")


def chart(*rows: tuple[int, ...], is_stacked: bool = False, is_small: bool = False) -> ChartPicture:
    series = [Series(f"row {number}", row) for number, row in enumerate(rows)]
    names = tuple(f"m{number}" for number in range(len(rows[0]))) if rows else ()
    return chart_of(
        series,
        key="k",
        title="Chart",
        columns=names,
        full_columns=names,
        written=str,
        axis=str,
        is_stacked=is_stacked,
        is_small=is_small,
    )


def test_a_bar_is_as_tall_as_its_figure() -> None:
    one, two, three = chart((100, 50, 25)).bars
    assert one.height == pytest.approx(2 * two.height, abs=2)
    assert two.height == pytest.approx(2 * three.height, abs=2)
    assert {bar.y + bar.height for bar in (one, two, three)} == {chart((100, 50, 25)).zero_y}


def test_below_nothing_bars_hang_from_the_line() -> None:
    picture = chart((100, -100), is_stacked=True)
    above, below = picture.bars
    assert above.y + above.height == picture.zero_y == below.y
    assert picture.zero_y < picture.bottom


def test_stacked_bars_stand_on_each_other() -> None:
    below, above = chart((60,), (40,), is_stacked=True).bars
    assert above.y + above.height == below.y
    assert below.style != above.style


def test_bars_beside_each_other_do_not_meet() -> None:
    one, two = chart((60,), (40,)).bars
    assert one.x + one.width <= two.x


def test_an_axis_has_round_figures() -> None:
    assert [line.text for line in chart((1_234, 777)).lines] == ["0", "500", "1000", "1500"]
    assert [line.text for line in chart((3,)).lines] == ["0", "1", "2", "3"]


def test_nothing_at_all_is_a_line_without_bars() -> None:
    picture = chart((0, 0, 0))
    assert picture.bars == ()
    assert picture.zero_y == picture.bottom


def test_every_figure_is_told_in_words() -> None:
    assert chart((1, 2)).summary == "m0: 1. m1: 2."
    assert chart((1,), (2,)).summary == "m0: row 0 1, row 1 2."


def test_names_that_would_meet_are_left_out() -> None:
    picture = chart(tuple(range(60)), is_small=True)
    places = [mark.x for mark in picture.columns]
    assert 1 < len(places) < 20
    assert all(later - before >= 20 for before, later in itertools.pairwise(places))


figures = st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=14)


@given(figures, st.booleans(), st.booleans(), st.integers(1, 5))
def test_nothing_leaves_the_picture(values: list[int], is_stacked: bool, is_small: bool, count: int) -> None:
    rows = [tuple(value // (number + 1) for value in values) for number in range(count)]
    picture = chart(*rows, is_stacked=is_stacked, is_small=is_small)
    height = SMALL_HEIGHT if is_small else HEIGHT
    for bar in picture.bars:
        assert bar.x >= 0
        assert bar.x + bar.width <= picture.width
        assert bar.height > 0
        assert bar.y >= 0
        assert bar.y + bar.height <= height
    assert 0 <= picture.zero_y <= picture.bottom
    assert len(picture.lines) <= 12
