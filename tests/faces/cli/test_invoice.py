"""`servanda invoice`: the verdict on a file, as text and as JSON, and the rules of an installation."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_django import Settings

from servanda.drivers.documents import CarriedFile
from servanda.drivers.documents.typst_maker import TypstMaker
from servanda.drivers.einvoices.oioubl import OioublRenderer
from servanda.drivers.einvoices.peppol import PeppolRenderer
from servanda.drivers.einvoices.rule_sets import OIOUBL, RULE_SETS, found_sheet, is_installed
from servanda.faces.cli.main import main
from tests.architecture.sources import ROOT
from tests.drivers.documents.conftest import INVOICE as PAPER
from tests.drivers.einvoices.conftest import official_folder
from tests.drivers.einvoices.samples import ORDINARY, PUBLIC


@pytest.fixture
def home(settings: Settings, tmp_path: Path) -> Path:
    """An installation without any rules of its own."""
    settings.EINVOICE_RULES = tmp_path / "einvoice-rules"
    settings.EINVOICE_RULES_ELSEWHERE = ""
    return tmp_path


@pytest.fixture
def with_rules(home: Path, settings: Settings) -> Path:
    """An installation that has all rules."""
    if not all(is_installed(rules, (official_folder(),)) for rules in RULE_SETS):
        pytest.skip("the official rules are not installed; the command is tried without them only")
    settings.EINVOICE_RULES_ELSEWHERE = str(official_folder())
    return home


def saved(folder: Path, content: bytes, name: str = "faktura.xml") -> str:
    path = folder / name
    path.write_bytes(content)
    return str(path)


def test_a_valid_file_is_called_valid(with_rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["invoice", "validate", saved(with_rules, PeppolRenderer().render(ORDINARY))]) == 0
    said = capsys.readouterr().out
    assert said.startswith("faktura.xml: invoice, Peppol BIS Billing 3\n")
    assert said.endswith("Valid.\n")


def test_a_wrong_file_is_told_with_place_reason_and_remedy(
    with_rules: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = OioublRenderer().render(PUBLIC).replace(b"OIOUBL-2.1", b"OIOUBL-9.9")
    assert main(["invoice", "validate", "--lang", "da", saved(with_rules, content)]) == 1
    said = capsys.readouterr().out
    assert "fejl F-LIB002 (OIOUBL 2.1 (1.17.2))" in said
    assert "linje 2, /Invoice[1]" in said
    assert "Ret CustomizationID og ProfileID" in said
    assert said.endswith("Ikke gyldig: 1 fejl.\n")


def test_the_json_has_every_field_that_the_page_names(with_rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = PeppolRenderer().render(ORDINARY).replace(b">185.63</cbc:Payable", b">185.64</cbc:Payable")
    assert main(["invoice", "validate", "--json", saved(with_rules, content)]) == 1
    printed = json.loads(capsys.readouterr().out)
    assert (printed["kind"], printed["format"], printed["is_valid"]) == ("invoice", "peppol bis 3", False)
    (found,) = printed["findings"]
    assert (found["rule_id"], found["severity"]) == ("BR-CO-16", "fatal")
    page = (ROOT / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
    assert [name for name in (*printed, *found) if f"`{name}`" not in page] == []


def test_without_its_rules_nothing_is_called_valid(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["invoice", "validate", saved(home, OioublRenderer().render(PUBLIC))]) == 1
    said = capsys.readouterr().out
    assert "NOT checked: OIOUBL 2.1 (1.17.2).\nWhich rules are installed: servanda invoice rules." in said
    assert "not known" in said
    assert "Valid" not in said


def test_the_document_within_a_pdf_is_judged(with_rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    carried = CarriedFile(
        name="faktura.xml", media_type="text/xml", content=PeppolRenderer().render(ORDINARY), description="E-faktura"
    )
    pdf = TypstMaker().render(replace(PAPER, carried=(carried,)))
    assert main(["invoice", "validate", saved(with_rules, pdf, "faktura.pdf")]) == 0
    assert "Valid." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "tom"),
        (b"hej", "ikke XML"),
        (PeppolRenderer().render(ORDINARY)[:900], "slutter i linje"),
        (b"<!DOCTYPE a><a/>", "DOCTYPE"),
        (TypstMaker().render(PAPER), "ingen XML-fil"),
    ],
    ids=["empty", "text", "truncated", "doctype", "pdf"],
)
def test_what_is_no_e_document_is_told_in_danish_too(
    content: bytes, said: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["invoice", "validate", "--lang", "da", saved(home, content)]) == 1
    assert said in capsys.readouterr().out


def test_a_file_that_is_not_there_is_wrong_usage(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["invoice", "validate", str(home / "nothing.xml")]) == 2
    assert "is not a file" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["invoice", "rules"], ["invoice", "rules", "list"]])
def test_the_rules_are_listed_with_what_to_do(words: list[str], home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 0
    said = capsys.readouterr().out
    assert "EN 16931 1.3.16: comes with the program" in said
    assert "OIOUBL 2.1 (1.17.2): NOT installed" in said
    assert "servanda invoice rules install FOLDER_OR_ZIP" in said


def test_rules_are_installed_once_and_then_used(
    with_rules: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    package = with_rules / "package"
    package.mkdir()
    for sheet in OIOUBL.sheets:
        path = found_sheet(sheet, (official_folder(),))
        assert path is not None
        shutil.copy(path, package)
    settings.EINVOICE_RULES_ELSEWHERE = ""
    assert main(["invoice", "rules", "install", str(package)]) == 0
    assert main(["invoice", "rules", "install", str(package)]) == 0
    said = capsys.readouterr().out
    assert said == "Installed: OIOUBL 2.1 (1.17.2)\nWas installed already: OIOUBL 2.1 (1.17.2)\n"
    assert main(["invoice", "rules", "list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [one["is_installed"] for one in listed] == [True, False, True]
    page = (ROOT / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
    assert [name for name in listed[0] if f"`{name}`" not in page] == []


def test_what_holds_no_rules_is_refused(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["invoice", "rules", "install", str(home)]) == 2
    assert "none of the known rule files" in capsys.readouterr().err
    assert main(["invoice", "rules", "install", str(home / "nothing")]) == 2
    assert "is not there" in capsys.readouterr().err


def test_the_bench_of_documents_measures_what_is_installed(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "documents", "--documents", "2", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [one["documents"] for one in found["rates"]] == [2] * 6
    assert len(found["missing"]) == 2
    page = (ROOT / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
    assert [name for name in (*found, *found["rates"][0]) if f"`{name}`" not in page] == []


@pytest.mark.parametrize("count", ["0", "-1", "x", "1.5"])
def test_a_wrong_number_of_documents_is_wrong_usage(count: str) -> None:
    assert main(["bench", "documents", "--documents", count]) == 2
