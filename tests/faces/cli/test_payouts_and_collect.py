"""`servanda payouts` and `servanda collect`: the same acts as in the office, for programs and operators."""

import json
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from pytest_django import Settings

from servanda.faces.cli.main import main
from servanda.ground.money import Money
from tests.business.billing.bank import Bank, moved
from tests.business.billing.conftest import bank as bank
from tests.business.billing.conftest import memory_drivers as memory_drivers
from tests.business.billing.conftest import owing as owing

ACCOUNT = "DK5000400440116243"


@pytest.fixture(autouse=True)
def staff(memory_drivers: None, bank: Bank, settings: Settings) -> None:
    """Eva and Ole, and Alma who has paid 300.00 too much."""
    for name in ("eva", "ole"):
        get_user_model().objects.create_user(name, is_staff=True)
    invoice = bank.invoice(bank.alma)
    bank.tell(moved(invoice.open_total + Money(300_00), by=invoice.reference, payer_account=ACCOUNT))
    settings.DRIVERS = "servanda.wiring.drivers"
    settings.DATABASE_READY = "tests.faces.cli.test_import_payments.ready"


def run(*words: str) -> int:
    return main([*words, "--company", "safe-it"])


def test_two_persons_pay_back_by_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("payouts", "propose", "1001", "300.00", "--reason", "paid too much", "--by", "eva") == 0
    assert run("payouts", "approve", "1", "--by", "eva") == 0
    file = tmp_path / "order.xml"
    assert run("payouts", "file", "--by", "eva", "--out", str(file)) == 0
    assert not file.exists(), "one yes is not enough"
    assert run("payouts", "approve", "1", "--by", "ole") == 0
    assert run("payouts", "file", "--by", "eva", "--out", str(file)) == 0
    again = tmp_path / "again.xml"
    assert run("payouts", "file", "--by", "eva", "--again", "1", "--out", str(again)) == 0
    assert file.read_bytes() == again.read_bytes()
    capsys.readouterr()
    assert run("payouts", "list", "--json") == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["amount_minor"], row["state"], row["account"]) == (300_00, "ordered", "0040 0440116243")


def test_a_stranger_approves_nothing_and_too_much_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("payouts", "propose", "1001", "300.01", "--reason", "paid too much", "--by", "eva") == 2
    assert "Ask for 300.00 DKK at most" in capsys.readouterr().err
    assert run("payouts", "propose", "1001", "300.00", "--reason", "paid too much", "--by", "mallory") == 2
    assert "No member of staff" in capsys.readouterr().err


def test_a_company_and_its_customers_are_named_to_a_provider(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("collect", "creditor", "betalingsservice", "81000001") == 0
    assert run("collect", "agree", "1002", "betalingsservice", "700000002") == 0
    assert run("collect", "end", "1002") == 0
    assert run("collect", "end", "1002") == 0
    told = capsys.readouterr().out
    assert "Ended: 700000002. The contract runs on." in told
    assert "has no agreement to collect" in told
    assert run("collect", "list", "--json") == 0
    assert json.loads(capsys.readouterr().out) == []
