"""`servanda vat`: a period's VAT as text, JSON and CSV, a number to be checked, the One Stop Shop chosen."""

import csv
import json
import re
from contextlib import nullcontext
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pytest_django import Settings

from servanda.business.billing.queries.vat import sales_abroad
from servanda.business.customers.queries import customer_numbered
from servanda.business.customers.queries.vat import is_number_wished
from servanda.faces.cli.main import main
from servanda.ground.money import Money
from servanda.simulation import drivers
from tests.cast import ALMA, CARLA
from tests.stories.world import World

TODAY = date(2026, 9, 1)
BEGAN_ON = date(2026, 8, 2)
SWEDE = replace(ALMA, number="2001", cvr="", country="SE", vat_number="SE556677889901", vat_number_checked_on=TODAY)


@pytest.fixture
def world(db: None, settings: Settings) -> World:
    """Alma bought for 1,000.40, a Swedish business for 2,000.00, on invoices of today."""
    settings.DATABASE_READY = f"{__name__}.ready"
    settings.DRIVERS, settings.DAILY_LIFE = "servanda.simulation.drivers", ""
    drivers.post.cache_clear()
    world = World("safe-it", TODAY)
    world.customer(ALMA, "hosting-monthly", began_on=BEGAN_ON, price=Money(1_000_40))
    world.customer(SWEDE, "hosting-monthly", began_on=BEGAN_ON, price=Money(2_000_00))
    world.round()
    return world


def ready() -> nullcontext[None]:
    """The tests have a database already."""
    return nullcontext()


@pytest.mark.usefixtures("world")
def test_a_report_for_programs_has_every_table_with_exact_amounts(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["vat", "report", "safe-it", "--period", "2026Q3", "--json", "--eur-rate", "7.46"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["is_tied"] is True
    assert told["vat-return"]["rows"][0] == ["VAT on sales", "250.10", 250]
    assert told["vat-return"]["rows"][3] == ["Box B: services to the EU", "2000.00", 2000]
    assert told["eu-sales"]["rows"] == [["SE", "SE556677889901", 0, 2000]]
    assert {row[3] for row in told["tie"]["rows"]} == {"0.00"}
    assert len(told["one-stop-shop"]["headings"]) == 6


@pytest.mark.usefixtures("world")
def test_a_report_is_written_as_csv_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["vat", "report", "safe-it", "--period", "2026-09", "--csv", str(tmp_path), "--lang", "da"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 5
    file = tmp_path / "safe-it-2026-09-eu-sales.csv"
    rows = list(csv.reader(file.read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))
    assert rows == [
        ["Land", "Momsnummer", "Varer, hele kroner", "Ydelser, hele kroner"],
        ["SE", "SE556677889901", "0", "2000"],
    ]


@pytest.mark.usefixtures("world")
def test_a_report_reads_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["vat", "report", "safe-it", "--period", "2026H2"]) == 0
    out = capsys.readouterr().out
    assert "Box B: services to the EU       2000.00" in out
    assert "declared by the quarter" in out
    assert main(["vat", "report", "safe-it", "--period", "2026H2", "--lang", "da"]) == 0
    assert re.search(r"Rubrik B – ydelser til EU +2000,00 ", capsys.readouterr().out)


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (("--period", "2026Q5"), "no VAT period"),
        (("--period", "2026Q3", "--eur-rate", "0"), "no rate"),
        (("--period", "2026Q3", "--eur-rate", "1e9"), "no rate"),
    ],
)
def test_what_cannot_be_read_is_refused(
    changed: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["vat", "report", "safe-it", *changed]) == 2
    assert told in capsys.readouterr().err


def test_a_number_is_asked_to_be_checked_once(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["vat", "check", "safe-it", "2001"]) == 0
    assert main(["vat", "check", "safe-it", "2001"]) == 0
    out = capsys.readouterr().out
    assert "will have the number checked" in out
    assert "waits to be checked already" in out
    assert is_number_wished(customer_numbered(world.company_id, "2001").customer_id)
    world.customer(CARLA, "hosting-monthly", began_on=TODAY)
    assert main(["vat", "check", "safe-it", CARLA.number]) == 2
    assert "no VAT number" in capsys.readouterr().err


def test_the_one_stop_shop_is_chosen_from_a_day(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["vat", "one-stop-shop", "safe-it", "in", "--reason", "We sell abroad", "--since"]
    assert main([*command, "2026-10-01"]) == 0
    assert main([*command, "2026-10-01"]) == 0
    assert "already" in capsys.readouterr().out
    assert main([*command, "2026-08-01"]) == 2
    assert sales_abroad(world.company_id, today=date(2026, 10, 1)).is_chosen
