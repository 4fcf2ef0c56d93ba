"""`servanda refund preview`: what would go back, for people and for programs, and nothing is written."""

import json
from contextlib import nullcontext
from datetime import date
from typing import Any

import pytest

from servanda.business.billing.queries import invoices_of_customer
from servanda.business.contracts.queries import lines_of_customer
from servanda.faces.cli.main import main
from servanda.ground.money import Money
from tests.cast import ALMA
from tests.stories.world import World

TODAY = date(2026, 7, 1)


@pytest.fixture(autouse=True)
def without_own_server(db: None, settings: Any) -> None:
    settings.DATABASE_READY = f"{__name__}.ready"
    settings.DRIVERS = "servanda.simulation.drivers"
    settings.DAILY_LIFE = ""


def ready() -> nullcontext[None]:
    """The tests have a database already."""
    return nullcontext()


def test_it_tells_the_reckoning_the_clause_and_who_decides(capsys: pytest.CaptureFixture[str]) -> None:
    world = World("vicevaert", TODAY)
    alma = world.customer(ALMA, "office-yearly", began_on=TODAY, price=Money(12_000_00))
    world.round()
    (line,) = lines_of_customer(alma)
    asked = ["refund", "preview", "vicevaert", str(line.line_id), "--end", "2027-03-31"]
    assert main([*asked, "--cause", "provider", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    (step,) = told["steps"]
    assert (step["amount"], step["decided_by"], step["because"]) == ("2991.78", "system", ["vicevaert 2.9"])
    assert main(asked) == 0
    assert "a person decides: DKK 12,000.00 × 91/365 days = DKK 2,991.78" in capsys.readouterr().out
    assert main([*asked[:-1], "2027-06-30"]) == 0
    assert "Nothing would go back" in capsys.readouterr().out
    assert [one.kind for one in invoices_of_customer(alma)] == ["invoice"]


def test_an_unknown_line_and_a_day_that_does_not_exist_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    World("vicevaert", TODAY)
    assert main(["refund", "preview", "vicevaert", "999999", "--end", "2027-03-31"]) == 2
    assert "has no contract line 999999" in capsys.readouterr().err
    assert main(["refund", "preview", "vicevaert", "1", "--end", "2027-02-30"]) == 2
