"""`servanda bench what-if` looks through what it says it looks through. Nothing here asserts a time."""

from typing import TYPE_CHECKING

import pytest

from servanda.faces.cli.main import main
from tests.faces.cli.test_bench import measured

if TYPE_CHECKING:
    from tests.conftest import Server


@pytest.mark.slow
def test_three_companies_that_grow_are_looked_through(database_server: "Server") -> None:
    found = measured(database_server, "what-if", "--customers", "400", "--invoices", "1600", "--issue-days", "3")
    runs = found["runs"]
    assert isinstance(runs, list)
    assert [(one["customers"], one["invoices"]) for one in runs] == [(100, 400), (200, 800), (400, 1600)]
    assert [one["invoices_coming"] for one in runs] == [1200, 2400, 4800]
    assert all(0 < one["hit"] <= one["customers"] // 3 for one in runs)
    assert all(one["load_seconds"] > 0 and one["compare_seconds"] > 0 for one in runs)
    assert found["issue_days"] == 3


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--customers", "10"], "not enough to measure"),
        (["--customers", "100", "--invoices", "50"], "leave some of 100 customers without one"),
        (["--issue-days", "31"], "Write 1 to 20"),
    ],
)
def test_too_little_is_refused(arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "what-if", *arguments]) == 2
    assert complaint in capsys.readouterr().err
