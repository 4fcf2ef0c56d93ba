"""`servanda deviations`: what was agreed with a customer, for people and for programs."""

import json
from contextlib import nullcontext
from datetime import date
from typing import Any

import pytest

from servanda.business.contracts.actions import agree_rule_deviation, end_deviation
from servanda.business.contracts.facts import DeviationDraft
from servanda.business.contracts.queries import contracts_of_customer
from servanda.faces.cli.main import main
from servanda.ground.calendar import moment_of
from tests.cast import ALMA, BIRK, EVA
from tests.stories.world import World

TODAY = date(2026, 11, 30)


@pytest.fixture(autouse=True)
def without_own_server(db: None, settings: Any) -> None:
    settings.DATABASE_READY = f"{__name__}.ready"


def ready() -> nullcontext[None]:
    """The tests have a database already."""
    return nullcontext()


@pytest.fixture
def company() -> str:
    """A company on a test clock; Birk has two agreements, of which one never began, and Alma has none."""
    world = World("safe-it", TODAY)
    world.customer(ALMA, "hosting-monthly", began_on=TODAY)
    (contract,) = contracts_of_customer(world.customer(BIRK, "hosting-monthly", began_on=TODAY))
    at = moment_of(TODAY)
    for since, until, days in ((TODAY, date(2027, 12, 1), 30), (date(2028, 1, 1), date(2029, 1, 1), 8)):
        agreed = agree_rule_deviation(
            contract.contract_id,
            DeviationDraft(
                kind="payment-term",
                written={"days": days, "counted_from": "invoice date"},
                since=since,
                until=until,
                reason="A large order",
                approved_by=(EVA, "staff:ole"),
            ),
            today=TODAY,
            at=at,
            by=EVA,
        )
    end_deviation(
        agreed.deviation_id, on=TODAY, reason="Too short", is_customers_wish=False, today=TODAY, at=at, by=EVA
    )
    return world.slug


def test_each_agreement_is_a_line_with_its_days_its_rule_its_reason_and_who_approved(
    company: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["deviations", company, BIRK.number]) == 0
    first, second = capsys.readouterr().out.splitlines()
    for said in (
        "K-1002",
        "2026-11-30 – 2027-12-01",
        "payment-term: days=30",
        "A large order",
        "staff:eva + staff:ole",
    ):
        assert said in first
    assert "Ended early: Too short" in second


def test_json_has_the_rule_as_in_a_document(company: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["deviations", company, BIRK.number, "--json"]) == 0
    first, second = json.loads(capsys.readouterr().out)
    assert first == {
        "contract": "K-1002",
        "kind": "payment-term",
        "rule": {"days": 30, "counted_from": "invoice date"},
        "since": "2026-11-30",
        "until": "2027-12-01",
        "holds_today": True,
        "reason": "A large order",
        "approved_by": "staff:eva + staff:ole",
        "agreed_on": "2026-11-30",
        "end_reason": "",
    }
    assert (second["since"], second["until"], second["holds_today"]) == ("2028-01-01", "2028-01-01", False)
    assert second["end_reason"] == "Too short"


def test_a_customer_without_any_is_told_so(company: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["deviations", company, ALMA.number]) == 0
    assert capsys.readouterr().out == "Nothing was agreed with customer 1001 in place of the terms.\n"
    assert main(["deviations", company, ALMA.number, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


@pytest.mark.parametrize(
    ("named", "customer", "said"),
    [("nobody", "1002", "There is no company 'nobody'."), ("safe-it", "77", "There is no customer 77.")],
)
def test_wrong_names_end_with_2(
    company: str, named: str, customer: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["deviations", named, customer]) == 2
    assert said in capsys.readouterr().err
