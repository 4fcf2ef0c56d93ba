"""`servanda import payments` with several files at once: statements in any order, advance news, and CSV by a layout."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from servanda.business.billing.actions.mapping import keep_mapping
from servanda.business.billing.queries import entries_in_suspense
from servanda.faces.cli.main import main
from servanda.ground.bank_layout import BankLayout
from servanda.ground.calendar import moment_of
from servanda.ground.money import Money
from tests.business.billing.books import assert_books_agree
from tests.cast import EVA
from tests.faces.cli.test_import_payments import DAY, OWED, camt, invoice_of, paid, ready, statement, world
from tests.stories.world import World

__all__ = ["ready", "world"]
Run = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], world: World, settings: Settings) -> Run:
    """Imports files into the company and gives the exit code and the report."""

    def run(files: dict[str, bytes], *flags: str) -> tuple[int, dict[str, Any]]:
        settings.DRIVERS = "servanda.wiring.drivers"
        paths = []
        for name, content in files.items():
            (tmp_path / name).write_bytes(content)
            paths.append(str(tmp_path / name))
        code = main(["import", "payments", *paths, "--company", "safe-it", "--json", *flags])
        settings.DRIVERS = "servanda.simulation.drivers"
        assert_books_agree(world.company_id)
        return code, json.loads(capsys.readouterr().out)

    return run


def test_files_handed_in_together_are_taken_in_the_order_of_their_days(run: Run, world: World) -> None:
    alma = invoice_of(world, 0)
    first = camt(statement(world, paid(OWED, by=alma.reference, reference="a"), name="1"))
    second = camt(
        statement(
            world,
            paid(Money(10_00), reference="b", on=DAY + timedelta(days=1)),
            name="2",
            opening=OWED,
            on=DAY + timedelta(days=1),
        )
    )
    code, report = run({"b.xml": second, "a.xml": first, "c.xml": first})
    assert (code, report["applied"]) == (0, True)
    assert [one["new"] for one in report["statements"]] == [1, 0, 1]
    assert run({"a.xml": first, "b.xml": second})[1]["changes_nothing"]


def test_one_wrong_file_of_several_refuses_all(run: Run, world: World) -> None:
    good = camt(statement(world, paid(OWED, reference="a")))
    code, report = run({"good.xml": good, "cut.xml": good[:400]})
    assert code == 1
    assert {problem["file"] for problem in report["problems"]} == {"cut.xml"}
    assert entries_in_suspense(world.company_id) == ()


def test_a_csv_file_is_read_by_the_layout_that_is_named(run: Run, world: World) -> None:
    layout = BankLayout(booked_on="Dato", text="Tekst", amount="Beløb", balance="Saldo")
    keep_mapping(world.company, "Vores bank", layout, by=EVA, today=world.today, at=moment_of(world.today))
    number = invoice_of(world, 0).number
    file = (
        f"Dato;Tekst;Beløb;Saldo\n01-09-2026;Faktura {number};1.250,00;1.250,00\n01-09-2026;?;5,00;1.255,00\n".encode()
    )
    assert run({"k.csv": file})[0] == 1  # no layout is named
    code, report = run({"k.csv": file}, "--mapping", "Vores bank", "--dry-run")
    assert (code, report["applied"], len(report["entries"])) == (0, False, 2)
    _, report = run({"k.csv": file}, "--mapping", "Vores bank")
    assert [one["state"] for one in report["entries"]] == ["matched", "suspense"]
    assert run({"k.csv": file}, "--mapping", "Vores bank")[1]["changes_nothing"]
    longer = file + b"02-09-2026;?;5,00;1.260,00\n"
    _, report = run({"l.csv": longer}, "--mapping", "Vores bank")
    assert [one["new"] for one in report["statements"]] == [1]
    code, report = run({"m.csv": longer.replace(b"1.260", b"1.261")}, "--mapping", "Vores bank")
    assert (code, report["problems"][0]["line"], report["problems"][0]["field"]) == (1, 4, "balance")


def test_a_csv_file_without_balances_is_reckoned_from_what_is_known(run: Run, world: World) -> None:
    layout = BankLayout(booked_on="Dato", text="Tekst", amount="Beløb")
    keep_mapping(world.company, "Uden saldo", layout, by=EVA, today=world.today, at=moment_of(world.today))
    head = "Dato;Tekst;Beløb\n"
    first = f"{head}01-09-2026;a;5,00\n01-09-2026;a;5,00\n".encode()
    overlapping = f"{head}01-09-2026;a;5,00\n01-09-2026;a;5,00\n02-09-2026;b;7,00\n".encode()
    assert run({"1.csv": first}, "--mapping", "Uden saldo")[1]["statements"][0]["new"] == 2
    _, report = run({"2.csv": overlapping}, "--mapping", "Uden saldo")
    assert (report["statements"][0]["new"], report["statements"][0]["closing_minor"]) == (1, None)
    assert len(entries_in_suspense(world.company_id)) == 3
    lacking = f"{head}01-09-2026;a;5,00\n02-09-2026;b;7,00\n".encode()
    assert (
        run({"3.csv": lacking}, "--mapping", "Uden saldo")[0] == 1
    )  # a movement of that day is known, and missing here


def test_a_layout_that_is_not_known_is_told_with_those_that_are(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["import", "payments", __file__, "--company", "safe-it", "--mapping", "?"])
    assert code in {1, 2}
    assert "Known: example-" in capsys.readouterr().err
