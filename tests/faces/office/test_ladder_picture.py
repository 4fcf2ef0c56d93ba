"""The ladder as a picture: rungs in their place, texts that never meet, and days when banks are closed."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from servanda.faces.office.ladder_picture import AXIS_WIDTH, LEFT, ROW, WAIT_WIDTH_MIN, Picture, Step, picture_of
from servanda.faces.office.shown import Sentence

MONTHS = ("jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec")


def picture(*days: date, today: date | None = None) -> Picture:
    steps = [
        Step(on=day, state="planned", label=f"Trin {number}", under="", sentence=Sentence(f"{number}."), wait="x dage")
        for number, day in enumerate(days)
    ]
    return picture_of(steps, title="Stige", today=today, today_text="I dag", months=MONTHS)


CHRISTMAS = (date(2026, 12, 1), date(2026, 12, 15), date(2026, 12, 23), date(2027, 1, 4), date(2027, 1, 4))


def test_each_rung_has_a_row_of_its_own_so_no_text_meets_another() -> None:
    rungs = picture(*CHRISTMAS).rungs
    assert [later.y - before.y for before, later in pairwise(rungs)] == [ROW] * 4


def test_later_days_stand_further_to_the_right_and_the_same_day_above_itself() -> None:
    places = [rung.x for rung in picture(*CHRISTMAS).rungs]
    assert places == sorted(places)
    assert places[3] == places[4]
    assert min(places) >= LEFT
    assert max(places) <= LEFT + AXIS_WIDTH


def test_each_rung_is_reached_from_the_one_before() -> None:
    rungs = picture(*CHRISTMAS).rungs
    assert rungs[0].path == ""
    for before, rung in pairwise(rungs):
        assert rung.path == f"M{before.x} {before.y + 8}V{rung.y}H{rung.x}"


def test_the_days_when_banks_are_closed_are_shaded_as_wholes() -> None:
    bands = picture(*CHRISTMAS).bands
    # Three week-ends before Christmas, 24 to 27 December, New Year with its week-end; the edges cut nothing off.
    assert len(bands) == 6
    assert max(band.width for band in bands) >= 3 * min(band.width for band in bands) // 2
    assert all(before.x + before.width < later.x for before, later in pairwise(bands))


def test_a_wait_is_written_only_where_there_is_room_for_it() -> None:
    rungs = picture(*CHRISTMAS).rungs
    for before, rung in pairwise(rungs):
        assert bool(rung.wait) == (rung.x - before.x >= WAIT_WIDTH_MIN)


def test_today_has_its_line_and_widens_the_axis() -> None:
    shown = picture(*CHRISTMAS, today=date(2027, 3, 1))
    assert shown.today is not None
    assert shown.today.x > shown.rungs[-1].x
    assert picture(*CHRISTMAS).today is None


def test_months_of_a_long_ladder_keep_their_distance() -> None:
    ticks = picture(date(2026, 1, 15), date(2030, 1, 15)).ticks
    assert all(later.x - before.x >= 40 for before, later in pairwise(ticks))


@pytest.mark.parametrize("days", [0, 1, 400])
def test_ladders_of_any_length_can_be_drawn(days: int) -> None:
    first = date(2026, 6, 5)
    assert len(picture(first, first + timedelta(days=days)).rungs) == 2


def test_no_rungs_make_no_picture() -> None:
    assert picture().rungs == ()
