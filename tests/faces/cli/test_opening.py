"""`servanda import company`: a company with terms of its own lives like those that come with the program, or is not opened."""

from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from servanda.business.billing.queries import newest_invoices
from servanda.business.companies.queries import companies, company_named
from servanda.business.library.queries import library_of
from servanda.faces.cli.main import main
from servanda.faces.clock.rounds import move_time

BEGIN = date(2027, 2, 1)
CUSTOMERS = "number;kind;name;email;created_on\n1042;business;Nordlys Eksempel ApS;faktura@nordlys.example;2027-02-01\n"
CONTRACTS = (
    "contract;customer;terms_version;accepted_on;product;plan;description;began_on\n"
    "K-1;1042;2026-01;2027-02-01;webhosting;webhosting-yearly;nordlys.example;2027-02-01\n"
)
BY = ("--by", "Eva", "Ole")


@pytest.fixture
def folder(tmp_path: Path, db: None, settings: Any) -> Path:
    settings.DATABASE_READY = f"{__name__}.ready"
    assert main(["terms", "new", "nordlys-hosting", "--into", str(tmp_path), "--effective-on", "2027-01-01"]) == 0
    return tmp_path / "nordlys-hosting"


def ready() -> nullcontext[None]:
    """The tests have a database already."""
    return nullcontext()


def opened(folder: Path, *flags: str) -> int:
    return main(["import", "company", str(folder), *BY, "--test-clock", BEGIN.isoformat(), *flags])


def test_a_company_of_its_own_terms_concludes_invoices_and_reminds(folder: Path, tmp_path: Path) -> None:
    assert opened(folder, "--apply") == 0
    company = company_named("nordlys-hosting")
    (version,) = library_of("nordlys-hosting").versions
    for kind, content in (("customers", CUSTOMERS), ("contracts", CONTRACTS.replace("2026-01", version))):
        file = tmp_path / f"{kind}.csv"
        file.write_text(content, encoding="utf-8")
        assert main(["import", kind, str(file), "--company", "nordlys-hosting", "--apply"]) == 0
    move_time(company.company_id, to=date(2027, 2, 3))
    (invoice,) = newest_invoices(company.company_id)
    assert invoice.total.minor == 900_00
    assert invoice.terms_version == version
    assert invoice.due_on is not None


def test_without_apply_nothing_is_written(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert opened(folder) == 0
    assert "nothing was written" in capsys.readouterr().out
    assert companies() == ()


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda folder: (folder / "catalogue.toml").unlink(), "catalogue.toml"),
        (lambda folder: _replace(folder, "days = 14", "days = 3650"), "days"),
        (lambda folder: _replace(folder, 'provider = "nordlys-hosting"', 'provider = "other"'), "provider"),
    ],
)
def test_a_folder_with_problems_opens_nothing(
    folder: Path, spoil: Any, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(folder)
    assert opened(folder, "--apply") == 1
    assert told in capsys.readouterr().err
    assert companies() == ()


def test_one_person_alone_opens_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", "company", str(folder), "--by", "Eva", "Eva", "--apply"]) == 2
    assert "two different persons" in capsys.readouterr().err
    assert companies() == ()


def test_the_same_company_is_opened_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert opened(folder, "--apply") == 0
    assert opened(folder, "--apply") == 2
    assert "already" in capsys.readouterr().err


def test_a_missing_folder_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", "company", str(tmp_path / "nothing"), *BY]) == 2
    assert "servanda terms new" in capsys.readouterr().err


def _replace(folder: Path, old: str, new: str) -> None:
    (document,) = folder.glob("*.da.md")
    text = document.read_text(encoding="utf-8")
    assert old in text
    document.write_text(text.replace(old, new, 1), encoding="utf-8")
