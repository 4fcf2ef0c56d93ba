"""`servanda terms …` as an operator types it: output, JSON and exit codes."""

import json
from pathlib import Path

import pytest

from servanda.agreements import PROVIDERS
from servanda.agreements.reading import package_folder
from servanda.faces.cli.coverage import Row, broken_pointer, covered_requirements, problems_in
from servanda.faces.cli.main import main

SOUND = """---
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


@pytest.fixture(name="document")
def fixture_document(tmp_path: Path) -> Path:
    path = tmp_path / "1.da.md"
    path.write_text(SOUND, encoding="utf-8")
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["terms", *arguments])
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def test_check_finds_no_problem_in_the_installed_agreements(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "check")
    assert (code, out.splitlines()[0], err) == (0, "0 problems found.", "")


def test_check_of_a_sound_file_ends_with_zero(capsys: pytest.CaptureFixture[str], document: Path) -> None:
    assert run(capsys, "check", str(document))[0] == 0


def test_check_reports_file_line_and_remedy_and_ends_with_one(
    capsys: pytest.CaptureFixture[str], document: Path
) -> None:
    document.write_text(SOUND.replace("days = 14", "days = 0"), encoding="utf-8")
    code, out, _ = run(capsys, "check", str(document))
    assert code == 1
    assert f"{document}:12: days: 0 cannot stand here" in out
    assert "from 1 to 400" in out


def test_check_prints_problems_as_json(capsys: pytest.CaptureFixture[str], document: Path) -> None:
    document.write_bytes(b"")
    code, out, _ = run(capsys, "check", "--json", str(document))
    (problem,) = json.loads(out)["problems"]
    assert code == 1
    assert (problem["file"], problem["line"], problem["message"]) == (str(document), 1, "The file is empty.")
    assert problem["remedy"]


def test_check_of_a_folder_compares_its_documents(capsys: pytest.CaptureFixture[str], document: Path) -> None:
    code, out, _ = run(capsys, "check", str(document.parent))
    assert code == 1
    assert "has no English document" in out


def test_check_tells_when_a_name_does_not_fit(capsys: pytest.CaptureFixture[str], document: Path) -> None:
    document.rename(document.with_name("2.da.md"))
    assert "Name it 1.da.md." in run(capsys, "check", str(document.parent))[1]


def test_check_of_a_missing_file_is_wrong_usage(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, _, err = run(capsys, "check", str(tmp_path / "no.md"))
    assert code == 2
    assert "does not exist" in err


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("language", ["da", "en"])
def test_show_prints_the_terms_with_their_figures(
    capsys: pytest.CaptureFixture[str], provider: str, language: str
) -> None:
    code, out, _ = run(capsys, "show", provider, "--lang", language)
    assert code == 0
    assert out.startswith("# ")
    assert "{" not in out


def test_show_prints_a_page(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "show", "safe-it", "--format", "html")
    assert code == 0
    assert out.startswith("<!doctype html>")
    assert 'id="clause-2-1"' in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("show", "nobody"), "There is no provider 'nobody'"),
        (("show", "safe-it", "--version", "9"), "has no version 9"),
        (("explain", "safe-it", "remainder"), "There is no clause kind 'remainder'"),
        (("explain", "safe-it", "suspension:cause=rain"), "'rain' is no cause"),
        (("explain", "safe-it", "suspension:step=1"), "Write suspension:cause=…"),
        (("explain", "safe-it", "reminder:step=two"), "'two' is no step"),
        (("explain", "safe-it", "interest", "--product", "boat"), "sells no 'boat'"),
        (("explain", "safe-it", "interest", "--on", "2026-02-30"), "2026-02-30"),
        (("explain", "safe-it", "interest", "--on", "1999-01-01"), "no terms that hold on 1999-01-01"),
        (("explain", "safe-it", "interest", "--customer", "pet"), "invalid choice: 'pet'"),
        (("diff", "safe-it", "1.md", "2.md"), "1.md does not exist"),
        ((), "ACTION"),
    ],
)
def test_wrong_usage_ends_with_two_and_says_what_to_do(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], message: str
) -> None:
    code, _, err = run(capsys, *arguments)
    assert code == 2
    assert message in err


def test_explain_prints_a_sentence_for_each_voice(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "explain", "compusoft", "interest", "--customer", "consumer", "--on", "2026-11-30")
    assert code == 0
    lines = out.splitlines()
    assert lines[1] == "interest: method=statutory."
    assert lines[2].strip().startswith("The law stands above the terms: Renteloven § 7 says")
    assert lines[3].strip().startswith("The general clause: compusoft 4.2 [compusoft-039] says")


def test_explain_says_clearly_what_is_not_specified(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "explain", "servicepoint", "reminder")
    assert code == 0
    assert "reminder: not specified. A person decides" in out


def test_explain_names_clauses_that_speak_of_other_cases(capsys: pytest.CaptureFixture[str]) -> None:
    out = run(capsys, "explain", "vicevaert", "compensation", "--customer", "consumer")[1]
    assert "speaks of business, public only" in out


def test_explain_answers_programs_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("explain", "safe-it", "reminder:step=2", "--customer", "business", "--on", "2026-11-30", "--json")
    (answer,) = json.loads(run(capsys, *arguments)[1])
    assert answer["selector"] == {"step": 2}
    assert answer["rule"]["deadline_days"] == 7
    assert answer["chain"][0]["requirements"] == ["safeit-046"]
    assert answer["is_specified"] is True


def test_diff_tells_what_changed(capsys: pytest.CaptureFixture[str], document: Path) -> None:
    newer = document.with_name("2.da.md")
    newer.write_text(SOUND.replace("14", "8").replace('"1"', '"2"'), encoding="utf-8")
    code, out, _ = run(capsys, "diff", "birk", str(document), str(newer))
    assert code == 0
    assert out == "1.1: figure changed (payment-term.days): 14 days → 8 days\n1 difference.\n"
    (change,) = json.loads(run(capsys, "diff", "birk", str(document), str(newer), "--json")[1])
    assert (change["before"], change["after"]) == ("14 days", "8 days")


def test_diff_of_a_wrong_document_reports_its_problems(capsys: pytest.CaptureFixture[str], document: Path) -> None:
    document.write_text("", encoding="utf-8")
    code, _, err = run(capsys, "diff", "birk", str(document), str(document))
    assert code == 1
    assert "The file is empty." in err


@pytest.fixture(name="repository")
def fixture_repository(tmp_path: Path) -> Path:
    (tmp_path / "code.py").write_text("LIMIT = 3\nclass A:\n    def b(self) -> None: ...\ndef c() -> None: ...\n")
    (tmp_path / "notes.md").write_text("x")
    return tmp_path


@pytest.mark.parametrize(
    ("pointer", "reason"),
    [
        ("code.py::LIMIT", None),
        ("code.py::A", None),
        ("code.py::A.b", None),
        ("code.py::A::b", None),
        ("code.py::c", None),
        ("notes.md", None),
        ("code.py::d", "defines no such name"),
        ("code.py::b", "defines no such name"),
        ("none.py::c", "no such file"),
        ("code.py", "names a function or class"),
    ],
)
def test_a_pointer_leads_to_a_name_in_a_file(repository: Path, pointer: str, reason: str | None) -> None:
    found = broken_pointer(repository, pointer)
    assert found is None if reason is None else reason in (found or "")


COVERED = {"birk": {"birk-001": ("1.1",), "birk-002": ("1.1", "2.1")}}


def row(
    requirement: str,
    clause: str,
    *,
    status: str = "clause",
    code: str = "",
    test: str = "",
    note: str = "later",
    provider: str = "birk",
    line: int = 2,
) -> Row:
    names = ("requirement", "provider", "topic", "status", "clause", "code", "test", "note")
    return Row(
        line, dict(zip(names, (requirement, provider, "payment", status, clause, code, test, note), strict=True))
    )


SOUND_ROW = row("birk-002", "birk 2.1")


@pytest.mark.parametrize(
    ("rows", "problems"),
    [
        ([row("birk-001", "birk 1.1"), row("birk-002", "birk 1.1; birk 2.1")], []),
        ([row("birk-001", "birk 1.1", status="done", code="code.py::c", test="code.py::A.b"), SOUND_ROW], []),
        ([row("birk-001", "birk 1.1", status="text"), SOUND_ROW], []),
        ([row("birk-001", "birk 1.1")], [(1, "birk-002 is covered by birk 1.1, 2.1, but has no row.")]),
        ([row("birk-001", ""), SOUND_ROW], [(2, "birk-001: the clause is missing. Write birk 1.1.")]),
        ([row("birk-001", "birk 3"), SOUND_ROW], [(2, "birk-001: clause birk 3 does not cover it.")]),
        ([row("birk-001", "1.1"), SOUND_ROW], [(2, "birk-001: clause 1.1 does not cover it.")]),
        (
            [row("birk-001", "birk 1.1"), row("birk-002", "birk 2.1", code="code.py::c; code.py::x", line=3)],
            [(3, "birk-002: code code.py::x: the file defines no such name.")],
        ),
        (
            [row("birk-001", "birk 1.1"), SOUND_ROW, row("x-001", "", provider="x", line=4)],
            [(4, "x-001: there")],
        ),
        (
            [row("birk-001", "birk 1.1", status="done", code="code.py::c"), SOUND_ROW],
            [(2, "birk-001: the test is missing, which a row of status done has.")],
        ),
        (
            [row("birk-001", "birk 1.1", status="done"), SOUND_ROW],
            [(2, "birk-001: the code is missing"), (2, "birk-001: the test is missing")],
        ),
        (
            [row("birk-001", "birk 1.1", note=" "), SOUND_ROW],
            [(2, "birk-001: the note is missing, which a row of status clause has.")],
        ),
        (
            [row("birk-001", "birk 1.1", status="nearly"), SOUND_ROW],
            [(2, "birk-001: 'nearly' is no status. Write one of done, clause, text.")],
        ),
    ],
)
def test_coverage_holds_each_row_against_agreements_and_code(
    repository: Path, rows: list[Row], problems: list[tuple[int, str]]
) -> None:
    found = list(problems_in(rows, covered=COVERED, root=repository))
    assert [line for line, _ in found] == [line for line, _ in problems]
    assert all(message.startswith(start) for (_, message), (_, start) in zip(found, problems, strict=True))


def test_a_requirement_has_one_row(repository: Path) -> None:
    rows = [row("birk-001", "birk 1.1"), row("birk-001", "birk 1.1", line=3), SOUND_ROW]
    found = list(problems_in(rows, covered=COVERED, root=repository))
    assert [line for line, message in found if "has 2 rows" in message] == [2, 3]


def write_table(root: Path, *, broken: bool) -> None:
    """Say of the first requirement of each provider that it is done, and of the others that they are text."""
    lines = ["requirement,provider,topic,status,clause,code,test,note"]
    for provider, clauses in covered_requirements().items():
        for place, (name, numbers) in enumerate(clauses.items()):
            cited = ";".join(f"{provider} {number}" for number in numbers)
            code = f"code.py::{'x' if broken else 'c'}"
            lines.append(f"{name},{provider},t,{'text' if place else 'done'},{cited},{code},code.py::A,by people")
    (root / "docs").mkdir()
    (root / "docs" / "coverage.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.mark.parametrize(("broken", "code"), [(False, 0), (True, 1)])
def test_coverage_ends_with_one_when_a_pointer_is_broken(
    capsys: pytest.CaptureFixture[str], repository: Path, broken: bool, code: int
) -> None:
    write_table(repository, broken=broken)
    assert run(capsys, "coverage", "--root", str(repository))[0] == code


def test_coverage_counts_requirements_by_provider_and_status(
    capsys: pytest.CaptureFixture[str], repository: Path
) -> None:
    write_table(repository, broken=False)
    counts = {provider: len(clauses) for provider, clauses in covered_requirements().items()}
    total = sum(counts.values())
    out = run(capsys, "coverage", "--root", str(repository))[1]
    assert out.splitlines() == [
        *(f"{name}: {count} requirements: 1 done, 0 clause, {count - 1} text" for name, count in counts.items()),
        f"in all: {total} requirements: 5 done, 0 clause, {total - 5} text",
    ]


def test_coverage_with_a_column_too_few_is_refused(capsys: pytest.CaptureFixture[str], repository: Path) -> None:
    (repository / "docs").mkdir()
    (repository / "docs" / "coverage.csv").write_text("requirement,provider,topic,clause,code,test,note\n")
    code, _, err = run(capsys, "coverage", "--root", str(repository))
    assert code == 1
    assert "The columns must be requirement, provider, topic, status, clause" in err


def test_coverage_without_a_table_is_wrong_usage(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(capsys, "coverage", "--root", str(tmp_path))[0] == 2


def test_the_command_without_arguments_prints_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "COMMAND" in capsys.readouterr().err


def test_each_provider_has_a_folder() -> None:
    assert all(package_folder(provider).is_dir() for provider in PROVIDERS)
