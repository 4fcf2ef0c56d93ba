"""What `servanda terms check` says after the problems: conflicts with the law, and figures of the law to confirm."""

import json
from pathlib import Path

import pytest

from servanda.agreements import PROVIDERS
from servanda.faces.cli.main import main

HARSH = """---
provider = "birk"
name = "Birks Bits"
version = "1"
effective_on = 2025-01-01
language = "da"
---
## 4.2 Rente
Du betaler {percent} for hver påbegyndt måned.

```toml interest
method = "percent per started month"
percent = "6.00"
is_approved = true
```

## 6.2 Sletning
Vi sletter dine data efter {days}.

```toml deletion
counted_from = "contract end"
days = 7
```
"""
ENGLISH = HARSH.split("## ", maxsplit=1)[0].replace('"da"', '"en"') + (
    "## 4.2 Interest\nYou pay {percent} for each started month.\n\n## 6.2 Deletion\nWe erase your data after {days}.\n"
)
LAWFUL = HARSH.replace('percent = "6.00"', 'percent = "1.00"\ncustomers = ["business"]').replace(
    "days = 7", "days = 30"
)


@pytest.fixture(name="document")
def fixture_document(tmp_path: Path) -> Path:
    path = tmp_path / "1.da.md"
    path.write_text(HARSH, encoding="utf-8")
    return path


def check(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main(["terms", "check", *arguments])
    return code, capsys.readouterr().out


def test_each_conflict_is_one_line_and_no_problem(capsys: pytest.CaptureFixture[str], document: Path) -> None:
    code, out = check(capsys, str(document), "--on", "2026-01-15")
    assert code == 0
    lines = out.splitlines()
    assert lines[:3] == ["0 problems found.", "", "Conflicts with the law on 2026-01-15: 4"]
    assert lines[3].startswith(f"{document}:11: 4.2 (b) against businesses, associations, Aftaleloven § 36: ")
    assert lines[4] == (
        f"{document}:11: 4.2 (b) against consumers, Renteloven § 7: "
        "A consumer cannot promise beforehand more interest than the Act gives; "
        "here it is 6 % for each started month. Interest by the Act is charged instead, day by day."
    )
    assert lines[6].startswith(f"{document}:20: 6.2 (g) against all customers, Dataforordningen")
    assert lines[6].endswith("Data are erased after 30 days at the earliest.")
    assert len(lines) == 7


def test_conflicts_are_told_in_danish(capsys: pytest.CaptureFixture[str], document: Path) -> None:
    _, out = check(capsys, str(document), "--on", "2026-01-15", "--lang", "da")
    assert "Strid med loven pr. 2026-01-15: 4" in out
    assert "over for forbrugere, Renteloven § 7: En forbruger kan ikke på forhånd love" in out
    assert "over for alle kunder" in out


def test_a_lawful_document_has_no_section_on_conflicts(capsys: pytest.CaptureFixture[str], document: Path) -> None:
    document.write_text(LAWFUL, encoding="utf-8")
    assert check(capsys, str(document), "--on", "2026-01-15") == (0, "0 problems found.\n")


def test_the_law_of_the_day_is_asked(capsys: pytest.CaptureFixture[str], document: Path) -> None:
    assert "(g)" not in check(capsys, str(document), "--on", "2025-09-11")[1]
    assert "(g)" in check(capsys, str(document), "--on", "2025-09-12")[1]


def test_problems_come_first_and_decide_the_code(capsys: pytest.CaptureFixture[str], document: Path) -> None:
    document.write_text(HARSH.replace("days = 7", "days = 3650"), encoding="utf-8")
    code, out = check(capsys, str(document), "--on", "2026-01-15")
    assert code == 1
    lines = out.splitlines()
    assert "days: 3650 cannot stand here" in lines[0]
    found = lines.index("1 problem found.") if "1 problem found." in lines else lines.index("2 problems found.")
    assert found < next(place for place, line in enumerate(lines) if "4.2 (b)" in line)


def test_a_folder_is_told_of_once_though_it_has_two_languages(
    capsys: pytest.CaptureFixture[str], document: Path
) -> None:
    document.with_name("1.en.md").write_text(ENGLISH, encoding="utf-8")
    code, out = check(capsys, str(document.parent), "--on", "2026-01-15", "--json")
    found = json.loads(out)
    assert (code, found["problems"]) == (0, [])
    assert {conflict["file"] for conflict in found["conflicts"]} == {str(document)}
    assert len(found["conflicts"]) == 4


def test_json_has_every_conflict_with_its_fields(capsys: pytest.CaptureFixture[str], document: Path) -> None:
    _, out = check(capsys, str(document), "--on", "2026-01-15", "--json", "--lang", "da")
    found = json.loads(out)
    assert sorted(found) == ["conflicts", "figures_to_confirm", "problems"]
    assert found["conflicts"][3] == {
        "file": str(document),
        "line": 20,
        "clause": "6.2",
        "kind": "deletion",
        "letter": "g",
        "against": ["business", "consumer", "public", "association"],
        "provision": "Dataforordningen (EU) 2023/2854 art. 25, stk. 2, litra g",
        "why": "Data skal kunne hentes i mindst 30 dage; her slettes de efter 7 dage.",
        "instead": "Data slettes tidligst efter 30 dage.",
        "severity": "limited",
        "is_overridden": True,
    }


def test_a_figure_of_the_law_that_waits_for_a_person_is_told_and_is_no_problem(
    capsys: pytest.CaptureFixture[str], document: Path
) -> None:
    document.write_text(LAWFUL, encoding="utf-8")
    on = "2036-01-01"  # no rate is known so far ahead
    code, out = check(capsys, str(document), "--on", on)
    assert code == 0
    assert "Figures of the law to confirm:" in out
    assert "The reference rate from Tuesday 1 January 2036 is not known" in out
    assert "Lovens tal, der skal bekræftes:" in check(capsys, str(document), "--on", on, "--lang", "da")[1]
    figures = json.loads(check(capsys, str(document), "--on", on, "--json")[1])["figures_to_confirm"]
    assert figures[-1]["key"] == "reference-rate:2036-01-01"
    assert figures[-1]["value"] is None


def test_the_installed_agreements_are_told_of_with_their_conflicts(capsys: pytest.CaptureFixture[str]) -> None:
    code, out = check(capsys, "--on", "2026-11-30", "--json")
    found = json.loads(out)
    assert (code, found["problems"]) == (0, [])
    assert {conflict["file"].split("/")[0] for conflict in found["conflicts"]} == set(PROVIDERS)
    assert set("abcdefhijklmno") == {conflict["letter"] for conflict in found["conflicts"]}


def test_a_day_that_does_not_exist_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert check(capsys, "--on", "2026-02-30")[0] == 2
