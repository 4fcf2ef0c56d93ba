"""`servanda audit`: what it prints and how it ends, on a database without and with a fault."""

import json
from contextlib import nullcontext
from typing import Any

import pytest
from django.db import connection

from servanda.faces.cli.main import main


@pytest.fixture(autouse=True)
def without_own_server(db: None, settings: Any) -> None:
    settings.DATABASE_READY = f"{__name__}.ready"


def ready() -> nullcontext[None]:
    """The tests have a database already."""
    return nullcontext()


def switch_off_a_guard() -> None:
    with connection.cursor() as cursor:
        cursor.execute("alter table ledger_posting disable trigger ledger_posting_append_only")


def test_a_clean_database_ends_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit"]) == 0
    assert "; 0 broken." in capsys.readouterr().out


def test_a_fault_is_named_with_its_rows_and_ends_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    switch_off_a_guard()
    assert main(["audit", "--only", "1,2"]) == 1
    said = capsys.readouterr().out
    assert "  2  Ledger rows are never changed or deleted" in said
    assert "    guard trigger ledger_posting_append_only on ledger_posting, problem missing or switched off" in said
    assert "2 invariants checked" in said
    assert "; 1 broken." in said


def test_explanations_come_in_danish(capsys: pytest.CaptureFixture[str]) -> None:
    switch_off_a_guard()
    assert main(["audit", "--only", "2", "--lang", "da"]) == 1
    said = capsys.readouterr().out
    assert "Bogføringen svarer ikke til bilaget" in said
    assert "1 invarianter kontrolleret" in said


def test_json_holds_every_finding(capsys: pytest.CaptureFixture[str]) -> None:
    switch_off_a_guard()
    assert main(["audit", "--only", "1,2", "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["is_clean"] is False
    clean, broken = report["ran"]
    assert (clean["number"], clean["violations"], clean["rows"]) == (1, 0, [])
    assert (broken["number"], broken["violations"]) == (2, 1)
    assert set(broken) == {"number", "name", "violations", "rows", "explanation", "seconds"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--only", "one"], "'one' is not a list of numbers. Write them as in 1,13."),
        (["--only", "9000"], "There is no invariant 9000."),
        (["--company", "nobody"], "There is no company 'nobody'."),
        (["--lang", "de"], "invalid choice: 'de'"),
    ],
)
def test_wrong_usage_ends_with_2_and_says_why(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", *arguments]) == 2
    assert message in capsys.readouterr().err


def test_the_reference_page_can_be_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "--reference"]) == 0
    assert capsys.readouterr().out.startswith("# What `servanda audit` checks\n")
