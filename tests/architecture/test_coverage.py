"""Every requirement of the agreements is accounted for, and the table of it points to what is there."""

import csv
import re
from collections.abc import Iterator

import pytest

from servanda.faces.cli.main import main
from tests.architecture.sources import ROOT

TABLE = ROOT / "docs" / "coverage.csv"


def rows() -> Iterator[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as table:
        yield from csv.DictReader(table, strict=True)


def test_each_requirement_has_its_clause_code_and_test(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["terms", "coverage", "--root", str(ROOT)])
    shown = capsys.readouterr()
    assert (code, shown.err) == (0, ""), shown.out
    assert re.fullmatch(r"in all: \d+ requirements: \d+ done, \d+ clause, \d+ text", shown.out.splitlines()[-1])


def test_code_is_pointed_to_in_the_product_and_tests_in_the_tests() -> None:
    for row in rows():
        assert all(pointer.strip().startswith("src/") for pointer in row["code"].split(";") if pointer), row
        for pointer in filter(None, map(str.strip, row["test"].split(";"))):
            assert pointer.startswith("tests/"), row
            assert pointer.partition("::")[2].startswith("test_"), row


def test_rows_stand_in_the_order_of_the_providers_and_their_requirements() -> None:
    names = [row["requirement"] for row in rows()]
    providers = list(dict.fromkeys(row["provider"] for row in rows()))
    assert names == sorted(names, key=lambda name: (providers.index(_provider(name)), name))


def _provider(name: str) -> str:
    return name.rpartition("-")[0].replace("safeit", "safe-it")
