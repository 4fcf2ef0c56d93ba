"""`servanda bench reports` opens what it says it opens. Nothing here asserts a time."""

from typing import TYPE_CHECKING

import pytest

from servanda.faces.cli.main import main
from servanda.faces.office.showing.reports.registry import REPORTS
from tests.faces.cli.test_bench import measured

if TYPE_CHECKING:
    from tests.conftest import Server


@pytest.mark.slow
def test_every_page_of_reports_is_opened(database_server: "Server") -> None:
    found = measured(database_server, "reports", "--customers", "60", "--invoices", "700")
    pages = {page["name"]: page for page in found["pages"]}  # type: ignore[attr-defined]
    assert {"overview", *REPORTS} <= set(pages)
    assert all(page["own_queries"] <= 12 and page["bytes"] > 3000 for page in pages.values())


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--customers", "10"], "not enough to measure"),
        (["--customers", "100", "--invoices", "50"], "leave some of 100 customers without one"),
    ],
)
def test_too_little_is_refused(arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "reports", *arguments]) == 2
    assert complaint in capsys.readouterr().err
