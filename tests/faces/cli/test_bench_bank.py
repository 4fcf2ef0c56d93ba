"""`servanda bench bank`: a feed read twice and in two orders gives the same books, and no øre is off."""

import json
from typing import TYPE_CHECKING

import pytest

from servanda.faces.cli.main import main
from tests.faces.cli.test_bench import bench, left_behind

if TYPE_CHECKING:
    from tests.conftest import Server


def measured(server: "Server", lines: int, *, timeout: int) -> dict[str, object]:
    with bench(server, "bank", "--lines", str(lines), "--json") as program:
        printed, complaints = program.communicate(timeout=timeout)
    assert program.returncode == 0, complaints
    assert left_behind(server, program) == ()
    found = json.loads(printed)
    assert isinstance(found, dict)
    return found


def check(found: dict[str, object], lines: int) -> None:
    assert found["is_same"] is True
    assert (found["lines"], found["new"], found["new_again"], found["off_minor"]) == (lines, lines, 0, 0)
    assert found["told"] == 2 * lines
    assert 0 < found["waiting"] < lines  # type: ignore[operator]


def test_a_small_feed_gives_the_same_books_in_two_orders(database_server: "Server") -> None:
    check(measured(database_server, 120, timeout=300), 120)


@pytest.mark.slow
def test_fifty_thousand_lines_give_the_same_books_in_two_orders(database_server: "Server") -> None:
    found = measured(database_server, 50_000, timeout=7200)
    check(found, 50_000)
    print(f"\n50,000 lines: {found['first_seconds']:.0f} s, and {found['again_seconds']:.0f} s once more")


@pytest.mark.parametrize("lines", ["99", "x", "-1", "1000001"])
def test_a_number_of_lines_that_makes_no_sense_is_refused(lines: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "bank", "--lines", lines]) == 2
    assert "is not a number from 100" in capsys.readouterr().err
