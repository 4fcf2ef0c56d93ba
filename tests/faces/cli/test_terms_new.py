"""`servanda terms new`: a folder with sound documents, or nothing at all."""

import os
import shlex
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from servanda.agreements import PROVIDERS
from servanda.agreements.named import library_named
from servanda.agreements.reading import read_shelf
from servanda.faces.cli.main import main
from servanda.ground.calendar import COPENHAGEN

FILES = ["2027-01.da.md", "2027-01.en.md", "catalogue.toml", "company.toml"]


@pytest.fixture(name="here")
def fixture_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def terms(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["terms", *arguments])
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def begin(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    return terms(capsys, "new", *arguments, "--effective-on", "2027-01-01")


def files_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_new_documents_have_no_problem_and_no_conflict(capsys: pytest.CaptureFixture[str], here: Path) -> None:
    assert begin(capsys, "nordlys-hosting")[0] == 0
    assert files_in(here / "nordlys-hosting") == FILES
    code, out, _ = terms(capsys, "check", "nordlys-hosting", "--on", "2026-11-30")
    assert code == 0
    assert out.startswith("0 problems found.\n")
    assert "onflict" not in out


def test_new_documents_carry_the_providers_names_version_and_day(here: Path) -> None:
    assert (
        main(
            [
                "terms",
                "new",
                "nordlys",
                "--name",
                'Nordlys "Æ" \\ Co',
                "--version",
                "v1",
                "--effective-on",
                "2027-01-01",
            ]
        )
        == 0
    )
    shelf = read_shelf(here / "nordlys", shown_as="nordlys", provider="nordlys")
    assert shelf.problems == ()
    danish, english = shelf.library.version("v1"), shelf.library.version("v1", "en")
    for agreement in (danish, english):
        assert (agreement.provider, agreement.name) == ("nordlys", 'Nordlys "Æ" \\ Co')
        assert agreement.effective_on.isoformat() == "2027-01-01"
    assert shelf.company is not None
    assert (shelf.company.slug, shelf.company.name) == ("nordlys", 'Nordlys "Æ" \\ Co')
    assert shelf.catalogue is not None
    assert shelf.catalogue.provider == "nordlys"
    days = {price.since for product in shelf.catalogue.product for plan in product.plan for price in plan.price}
    assert days == {danish.effective_on}


def test_everything_but_the_name_can_be_left_out(here: Path) -> None:
    before = datetime.now(COPENHAGEN).date()
    assert main(["terms", "new", "nordlys-og-co"]) == 0
    after = datetime.now(COPENHAGEN).date()
    agreement = library_named(str(here / "nordlys-og-co")).agreements[0]
    assert before <= agreement.effective_on <= after
    assert agreement.version == f"{agreement.effective_on:%Y-%m}"
    assert agreement.name == "Nordlys Og Co"


def test_each_line_that_the_owner_must_replace_is_marked(here: Path) -> None:
    assert main(["terms", "new", "nordlys"]) == 0
    company = (here / "nordlys" / "company.toml").read_text(encoding="utf-8")
    marked = {line.split(" = ")[0] for line in company.splitlines() if "# EXAMPLE" in line}
    own = {"legal_name", "cvr", "address_lines", "email", "phone", "web"}
    assert marked == own | {"bank_registration", "bank_account", "iban", "fik_creditor"}


def test_the_next_steps_are_commands_that_work(capsys: pytest.CaptureFixture[str], here: Path) -> None:
    folder = here / "mit eget"
    folder.mkdir()
    _, out, _ = begin(capsys, "nordlys", "--into", str(folder))
    commands = [shlex.split(line.strip()) for line in out.splitlines() if line.strip().startswith("servanda ")]
    assert [words[2] for words in commands] == ["check", "timeline", "explain", "show"]
    for words in commands:
        code, shown, refused = terms(capsys, *words[2:])
        assert (code, refused) == (0, "")
        assert shown


def test_a_folder_can_be_asked_like_a_provider(capsys: pytest.CaptureFixture[str], here: Path) -> None:
    begin(capsys, "nordlys")
    _, timeline, _ = terms(
        *(capsys, "timeline", "nordlys", "--scenario", "unpaid", "--product", "mail", "--from", "2027-01-04")
    )
    _, answer, _ = terms(capsys, "explain", "./nordlys", "payment-term", "--product", "mail", "--on", "2027-01-04")
    _, text, _ = terms(capsys, "show", str(here / "nordlys"), "--lang", "en")
    assert "Monday 18 January 2027           payment.due  [nordlys 3.7]" in timeline
    assert "nordlys 3.7 says days=14" in answer
    assert "The invoice must be paid within 14 days of its date." in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("explain", "nordlyset", "payment-term"), "There is no provider 'nordlyset', nor a folder of that name."),
        (("show", "./nordlyset"), "nor a folder of that name"),
        (("explain", "nordlys", "payment-term", "--product", "boat"), "nordlys sells no 'boat'"),
    ],
)
def test_a_folder_that_cannot_be_asked_is_refused(
    capsys: pytest.CaptureFixture[str], here: Path, arguments: tuple[str, ...], message: str
) -> None:
    begin(capsys, "nordlys")
    code, _, refused = terms(capsys, *arguments)
    assert code == 2
    assert message in refused


def test_a_folder_with_problems_is_told_with_their_lines(capsys: pytest.CaptureFixture[str], here: Path) -> None:
    begin(capsys, "nordlys")
    path = here / "nordlys" / "2027-01.da.md"
    path.write_text(path.read_text(encoding="utf-8").replace("days = 14", "days = 0"), encoding="utf-8")
    code, _, refused = terms(capsys, "explain", "nordlys", "payment-term", "--on", "2027-01-04")
    assert code == 1
    assert "nordlys/2027-01.da.md:" in refused
    assert "days: 0 cannot stand here" in refused


def test_a_folder_without_a_catalogue_can_be_read_but_sells_nothing(
    capsys: pytest.CaptureFixture[str], here: Path
) -> None:
    begin(capsys, "nordlys")
    (here / "nordlys" / "catalogue.toml").unlink()
    assert terms(capsys, "explain", "nordlys", "payment-term", "--on", "2027-01-04")[0] == 0
    code, _, refused = terms(
        *(capsys, "timeline", "nordlys", "--scenario", "unpaid", "--product", "mail", "--from", "2027-01-04")
    )
    assert code == 2
    assert "nordlys has no catalogue.toml" in refused


NAMES = (
    *("", " ", "nord lys", "Nordlys", "nordlys/hosting", "../nordlys", "..", ".", "nordlys.dk", "nord_lys", "nordlys-"),
    *("nord--lys", "nørdlys", "nordlys\n", "nordlys\0", "a" * 61, "/nordlys", "nord\\lys", "~", "$HOME", "con:"),
    *("template", *PROVIDERS),
)


@pytest.mark.parametrize("name", NAMES, ids=repr)
def test_what_can_be_no_name_is_refused_and_leaves_nothing(
    capsys: pytest.CaptureFixture[str], here: Path, name: str
) -> None:
    code, out, refused = begin(capsys, name)
    assert (code, out) == (2, "")
    assert "Choose another name" in refused or "as in nordlys-hosting" in refused
    assert files_in(here) == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--version", "../2027"), "cannot be a version"),
        (("--version", ""), "cannot be a version"),
        (("--version", "2027 01"), "cannot be a version"),
        (("--name", " "), "cannot be shown as a name"),
        (("--name", "Nord\nlys"), "cannot be shown as a name"),
        (("--name", "Nord\u202elys"), "cannot be shown as a name"),
        (("--name", "N" * 61), "cannot be shown as a name"),
        (("--into", "elsewhere"), "elsewhere is no folder"),
    ],
)
def test_a_wrong_option_is_refused_and_leaves_nothing(
    capsys: pytest.CaptureFixture[str], here: Path, options: tuple[str, str], message: str
) -> None:
    code, _, refused = begin(capsys, "nordlys", *options)
    assert code == 2
    assert message in refused
    assert files_in(here) == []


def test_a_day_that_does_not_exist_is_refused(capsys: pytest.CaptureFixture[str], here: Path) -> None:
    code, _, refused = terms(capsys, "new", "nordlys", "--effective-on", "2027-02-30")
    assert code == 2
    assert "2027-02-30" in refused
    assert files_in(here) == []


@pytest.mark.parametrize("what", ["a folder", "an empty folder", "a file", "a link to nowhere"])
def test_nothing_is_ever_overwritten(capsys: pytest.CaptureFixture[str], here: Path, what: str) -> None:
    target = here / "nordlys"
    if what == "a file":
        target.write_text("mit", encoding="utf-8")
    elif what == "a link to nowhere":
        target.symlink_to(here / "nowhere")
    else:
        target.mkdir()
    if what == "a folder":
        (target / "catalogue.toml").write_text("mit", encoding="utf-8")
    before = [(name, os.lstat(here / name).st_mtime_ns) for name in files_in(here)]
    code, _, refused = begin(capsys, "nordlys")
    assert code == 2
    assert "is there already, and nothing is overwritten" in refused
    assert [(name, os.lstat(here / name).st_mtime_ns) for name in files_in(here)] == before


def test_a_file_in_place_of_the_folder_is_refused(capsys: pytest.CaptureFixture[str], here: Path) -> None:
    (here / "file").write_text("mit", encoding="utf-8")
    code, _, refused = begin(capsys, "nordlys", "--into", "file")
    assert code == 2
    assert "file is no folder" in refused
    assert files_in(here) == ["file"]


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="there is no folder that nobody can write to")
def test_a_folder_that_cannot_be_written_to_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, refused = begin(capsys, "nordlys", "--into", "/proc/self")
    assert code == 2
    assert "could not be written" in refused
    assert "Nothing was left behind." in refused


# The system refuses a write beyond the limit as it does on a full disk: in the midst of a file.
UNTIL_FULL = """
import resource, sys
from servanda.faces.cli.main import main
resource.setrlimit(resource.RLIMIT_FSIZE, ({bytes}, {bytes}))
sys.exit(main(["terms", "new", "nordlys", "--effective-on", "2027-01-01"]))
"""


@pytest.mark.parametrize("written", [0, 1_000, 25_000])
def test_a_disk_that_becomes_full_leaves_nothing_half_written(here: Path, written: int) -> None:
    program = UNTIL_FULL.replace("{bytes}", str(written))
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=here, capture_output=True, text=True, timeout=60, env=environment
    )
    assert done.returncode == 2
    assert "could not be written: File too large. Nothing was left behind." in done.stderr
    assert files_in(here) == []
