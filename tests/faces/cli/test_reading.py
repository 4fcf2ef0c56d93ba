"""`servanda terms show` and `terms redline` as an operator types them, in all three formats."""

import io
import sys
from pathlib import Path
from typing import get_args

import pikepdf
import pytest

from servanda.agreements import PROVIDERS
from servanda.agreements.reading import library_of
from servanda.faces.cli.main import main
from servanda.terms.document import Language

OLD = """---
provider = "birk"
name = "Birks Bits"
version = "1"
effective_on = 2025-01-01
language = "da"
---
## 1.1 Frist
Betal inden {days}.

```toml payment-term
days = 14
counted_from = "receipt"
```
"""
ENGLISH = """---
provider = "birk"
name = "Birks Bits"
version = "1"
effective_on = 2025-01-01
language = "en"
---
## 1.1 Time
Pay within {days}.
"""


@pytest.fixture(name="documents")
def fixture_documents(tmp_path: Path) -> tuple[str, str]:
    """Two versions in both languages; the second gives thirty days."""
    for language, text in (("da", OLD), ("en", ENGLISH)):
        newer = text.replace('version = "1"', 'version = "2"').replace("2025-01-01", "2026-01-01")
        (tmp_path / f"1.{language}.md").write_text(text, encoding="utf-8")
        (tmp_path / f"2.{language}.md").write_text(newer.replace("days = 14", "days = 30"), encoding="utf-8")
    return str(tmp_path / "1.da.md"), str(tmp_path / "2.da.md")


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["terms", *arguments])
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def test_the_laws_note_stands_by_the_clause_that_it_is_about(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "show", "compusoft", "--on", "2026-11-30")
    assert code == 0
    about_interest = out.partition("### 4.2 ")[2].partition("### ")[0]
    assert "> **Det siger loven:** Over for" in about_interest
    assert "Renteloven § 7" in about_interest


def test_a_note_about_others_is_left_out_for_one_kind_of_customer(capsys: pytest.CaptureFixture[str]) -> None:
    out = run(capsys, "show", "compusoft", "--on", "2026-11-30", "--customer", "business")[1]
    assert "Renteloven § 7" not in out.partition("### 4.2 ")[2].partition("### ")[0]


def test_a_customer_reads_what_each_clause_means_for_them(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("show", "safe-it", "--lang", "en", "--customer", "consumer", "--product", "webhosting")
    code, out, _ = run(capsys, *arguments, "--on", "2026-11-30")
    assert code == 0
    assert "> **What it means for you:** You have 14 days to pay" in out
    assert "as you do not have" in out


def test_a_page_goes_to_a_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "terms.html"
    assert run(capsys, "show", "simsoft", "--format", "html", "--out", str(file)) == (0, "", "")
    assert file.read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("language", get_args(Language))
def test_a_pdf_has_every_clause_in_its_outline(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, provider: str, language: str
) -> None:
    file = tmp_path / "terms.pdf"
    arguments = ("show", provider, "--lang", language, "--format", "pdf", "--out", str(file), "--on", "2026-11-30")
    assert run(capsys, *arguments) == (0, "", "")
    library = library_of(provider)
    numbers = [clause.number for clause in library.version(library.versions[-1]).clauses]
    with pikepdf.open(file) as pdf, pdf.open_outline() as outline:
        titles = [item.title for item in flat(outline.root)]
    assert [title.split()[0] for title in titles if title.split()[0] in set(numbers)] == numbers


def flat(items: list[pikepdf.OutlineItem]) -> list[pikepdf.OutlineItem]:
    return [one for item in items for one in (item, *flat(list(item.children)))]


def test_a_pdf_goes_down_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = io.TextIOWrapper(io.BytesIO())
    monkeypatch.setattr(sys, "stdout", pipe)
    assert main(["terms", "show", "simsoft", "--format", "pdf", "--on", "2026-11-30"]) == 0
    assert isinstance(pipe.buffer, io.BytesIO)
    assert pipe.buffer.getvalue().startswith(b"%PDF-")


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_pdf_is_not_printed_on_a_screen(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen()
    monkeypatch.setattr(sys, "stdout", screen)
    assert main(["terms", "show", "simsoft", "--format", "pdf"]) == 2
    assert screen.getvalue() == ""
    assert "Name a file with --out" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("show", "safe-it", "--product", "webhosting"), "Add --customer"),
        (("show", "safe-it", "--customer", "business", "--product", "boat"), "sells no 'boat'"),
        (("show", "safe-it", "--on", "2026-02-30"), "2026-02-30"),
        (("show", "safe-it", "--format", "html", "--out", "/no/such/folder/x.html"), "No such file"),
        (("redline", "safe-it", "1.md", "2.md"), "1.md does not exist"),
        (("redline", "safe-it", "1.md", "2.md", "--lang", "en"), "does not say its language"),
        (("redline", "safe-it", "2025-01", "9"), "has no version 9"),
    ],
)
def test_wrong_usage_ends_with_two_and_says_what_to_do(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], message: str
) -> None:
    code, _, err = run(capsys, *arguments)
    assert code == 2
    assert message in err


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("da", "Betal inden ~~14~~ **30** dage."), ("en", "Pay within ~~14~~ **30** days.")],
)
def test_a_redline_of_two_files_shows_the_figure_in_both_languages(
    capsys: pytest.CaptureFixture[str], documents: tuple[str, str], language: str, sentence: str
) -> None:
    code, out, _ = run(capsys, "redline", "birk", *documents, "--lang", language)
    assert code == 0
    assert sentence in out


def test_a_redline_is_a_page_and_a_pdf_too(
    capsys: pytest.CaptureFixture[str], documents: tuple[str, str], tmp_path: Path
) -> None:
    page = run(capsys, "redline", "birk", *documents, "--format", "html")[1]
    assert "<del>" in page
    assert "<ins>" in page
    file = tmp_path / "redline.pdf"
    assert run(capsys, "redline", "birk", *documents, "--format", "pdf", "--out", str(file))[0] == 0
    assert file.read_bytes().startswith(b"%PDF-")


def test_a_version_against_itself_has_nothing_new(capsys: pytest.CaptureFixture[str]) -> None:
    out = run(capsys, "redline", "safe-it", "2025-01", "2025-01")[1]
    assert "Ordene er de samme." in out
    assert "###" not in out
    assert "### 2.1 " in run(capsys, "redline", "safe-it", "2025-01", "2025-01", "--all")[1]


def test_a_document_with_problems_is_told_and_not_compared(
    capsys: pytest.CaptureFixture[str], documents: tuple[str, str]
) -> None:
    Path(documents[1]).write_text(OLD.replace("days = 14", "days = 0"), encoding="utf-8")
    code, _, err = run(capsys, "redline", "birk", *documents)
    assert code == 1
    assert "days: 0 cannot stand here" in err
