"""`servanda report`: the figures of a company for people, for programs and for spreadsheets."""

import json
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from openpyxl import load_workbook

from servanda.business.companies.queries import company_named
from servanda.business.ledger.actions import post
from servanda.business.ledger.facts import Account, JournalEntry, PostingLine
from servanda.faces.cli.main import main
from servanda.faces.cli.report import NAMES
from servanda.faces.office.showing.reports.asking import STRETCH_NAMES, STRETCHES
from servanda.faces.office.showing.reports.registry import REPORTS
from servanda.ground.calendar import moment_of
from servanda.ground.money import Money
from tests.cast import ALMA
from tests.stories.world import World

TODAY = date(2026, 11, 30)


@pytest.fixture(autouse=True)
def without_own_server(db: None, settings: Any) -> None:
    settings.DATABASE_READY = f"{__name__}.ready"
    cache.clear()


def ready() -> nullcontext[None]:
    """The tests have a database already."""
    return nullcontext()


@pytest.fixture
def company() -> str:
    """Alma has been invoiced 10,000.00 for a year, and has paid nothing."""
    world = World("safe-it", TODAY)
    world.customer(ALMA, "hosting-yearly", began_on=TODAY, price=Money(10_000_00))
    world.round()
    return world.slug


def test_the_command_knows_all_reports_of_the_office() -> None:
    assert set(NAMES) == set(REPORTS)
    assert set(STRETCHES) == set(STRETCH_NAMES) - {"free"}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", ["da", "en"])
def test_each_report_is_printed_in_each_language(
    company: str, name: str, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", name, company, "--lang", language]) == 0
    said = capsys.readouterr().out
    assert ("00 kr." if language == "da" else "DKK ") in said
    assert "\u00a0" not in said


def test_a_program_reads_amounts_without_their_looks(company: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "arrears", company, "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["agrees"] is True
    ages = next(table for table in printed["tables"] if table["name"] == "ages")
    assert ages["rows"][0][:2] == ["Not due", "12500.00"]
    assert ages["total"][1] == "12500.00"


def test_days_and_bases_are_asked_for(company: str, capsys: pytest.CaptureFixture[str]) -> None:
    days = ["--since", "2026-11-01", "--until", "2026-11-30"]
    assert main(["report", "revenue", company, *days, "--accrued", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    months = next(table for table in printed["tables"] if table["name"] == "months")
    assert months["total"][3] == "27.40"  # one of 365 days, with the first of the øre left over
    assert main(["report", "arrears", company, "--as-of", "2026-11-29"]) == 0
    assert "nobody owed anything" in capsys.readouterr().out


def test_files_are_written(company: str, tmp_path: Path, settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
    settings.DRIVERS = "servanda.wiring.drivers"
    book, table = tmp_path / "r.xlsx", tmp_path / "r.csv"
    assert main(["report", "arrears", company, "--xlsx", str(book)]) == 0
    assert main(["report", "arrears", company, "--csv", str(table), "--table", "customers", "--lang", "da"]) == 0
    assert next(sheet.title for sheet in load_workbook(book)) == "By age"
    assert table.read_text(encoding="utf-8-sig").splitlines()[1].startswith("Alma & Co ApS;12500,00;0,00")
    assert str(table) in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["nothing", "safe-it"], "invalid choice"),
        (["revenue", "nobody"], "There is no company 'nobody'"),
        (["revenue", "safe-it", "--since", "2026-11-01"], "belong together"),
        (["revenue", "safe-it", "--since", "2026-11-02", "--until", "2026-11-01"], "Give the earlier day first"),
        (["revenue", "safe-it", "--since", "2026-02-30", "--until", "2026-11-01"], "not a date that exists"),
        (["revenue", "safe-it", "--stretch", "soon"], "There is no stretch"),
        (["revenue", "safe-it", "--csv", "x.csv", "--table", "y"], "has no table 'y'. Choose one of: months"),
        (["revenue", "safe-it", "--csv", "x.csv", "--xlsx", "x.xlsx"], "not allowed with"),
    ],
)
def test_what_cannot_be_shown_is_told(
    company: str, arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", *arguments]) == 2
    assert complaint in capsys.readouterr().err


def test_a_sum_that_differs_from_the_books_ends_with_1(company: str, capsys: pytest.CaptureFixture[str]) -> None:
    lines = (PostingLine(Account.SALES, Money(-1)), PostingLine(Account.ROUNDING, Money(1)))
    entry = JournalEntry("by hand:1", "correction", TODAY, lines, because=())
    post(company_named(company).company_id, entry, at=moment_of(TODAY))
    assert main(["report", "revenue", company]) == 1
    assert "Difference: DKK -0.01." in capsys.readouterr().out


def test_a_new_invoice_is_in_the_next_report(company: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["report", "revenue", company])
    assert "DKK 10,000.00" in capsys.readouterr().out
    world_of_company = World("vicevaert", TODAY)  # of another company: changes nothing here
    world_of_company.customer(ALMA, "office-yearly", began_on=TODAY, price=Money(77_00))
    world_of_company.round()
    main(["report", "revenue", company])
    said = capsys.readouterr().out
    assert "DKK 10,000.00" in said
    assert "77.00" not in said
