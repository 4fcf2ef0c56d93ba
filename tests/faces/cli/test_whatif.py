"""`servanda terms what-if` on a small company that lived three weeks: Alma pays in time, Birk in two parts and too late."""

import json
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from servanda.agreements.reading import installed_source
from servanda.business.billing.queries import past_invoices
from servanda.business.companies.queries import company_named
from servanda.business.contracts.actions import agree_rule_deviation
from servanda.business.contracts.facts import DeviationDraft
from servanda.business.contracts.queries import contracts_of_customer
from servanda.business.dunning.decisions.whatif.outcome import from_json
from servanda.business.dunning.queries.whatif import company_case, who_would_be_hit
from servanda.faces.cli.main import main
from servanda.ground.calendar import moment_of
from servanda.ground.money import Money
from servanda.simulation import drivers
from servanda.terms.parsing import parse_bytes
from tests.cast import ALMA, BIRK, EVA
from tests.stories.world import World

PROVIDER, VERSION = "safe-it", "2025-01"
ISSUED = date(2026, 1, 30)  # the last working day of January; due on Friday 13 February, reminded on Monday the 16th
DUE = date(2026, 2, 13)
PAID = date(2026, 2, 17)
TODAY = date(2026, 2, 18)


@pytest.fixture(autouse=True)
def memory_drivers(db: None, settings: Any) -> None:
    settings.DATABASE_READY = f"{__name__}.ready"
    settings.DRIVERS = "servanda.simulation.drivers"
    settings.DAILY_LIFE = ""
    drivers.post.cache_clear()


def ready() -> nullcontext[None]:
    """The tests have a database already."""
    return nullcontext()


@pytest.fixture
def world() -> World:
    """Both were invoiced on 30 January; Birk paid a part on the 12th, was reminded, and paid the rest on the 17th."""
    world = World(PROVIDER, ISSUED)
    alma = world.customer(ALMA, "hosting-monthly", began_on=ISSUED)
    agree_cheaper_reminders(alma)
    birk = world.customer(BIRK, "hosting-monthly", began_on=ISSUED, quantity=10)
    world.live_until(date(2026, 2, 12))
    world.pay(world.invoice_of(birk), Money(100_00))
    world.live_until(DUE)
    world.pay(world.invoice_of(alma), world.invoice_of(alma).open_principal)
    world.live_until(PAID)
    world.pay(world.invoice_of(birk), world.invoice_of(birk).open_principal)
    world.live_until(TODAY)
    assert world.charged(birk, "fee") == Money(100_00)
    return world


def agree_cheaper_reminders(customer_id: int) -> None:
    (contract,) = contracts_of_customer(customer_id)
    draft = DeviationDraft(
        kind="reminder-fee",
        written={"amount": "50.00", "fees_max": 3, "spacing_days": 10},
        since=ISSUED,
        until=date(2026, 12, 31),
        reason="A long acquaintance.",
        approved_by=(EVA,),
    )
    agree_rule_deviation(contract.contract_id, draft, today=ISSUED, at=moment_of(ISSUED), by=EVA)


@pytest.fixture
def empty() -> World:
    """A company without customers, which is enough to be refused by."""
    return World(PROVIDER, ISSUED)


@pytest.fixture
def longer(tmp_path: Path) -> Path:
    """The installed terms with twenty-one days to pay in place of fourteen."""
    text = installed_source(PROVIDER, VERSION, "da")
    general = 'days = 14\ncounted_from = "invoice date"'
    assert text.count(general) == 1
    path = tmp_path / "longer.da.md"
    path.write_text(text.replace(general, general.replace("14", "21")).replace(VERSION, "2026-09", 1), encoding="utf-8")
    return path


def test_a_company_is_read_as_it_lived_in_a_handful_of_statements(
    world: World, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(14):
        case = company_case(company_named(PROVIDER), today=TODAY)
    alma, birk = case.invoices
    assert (alma.issued_on, alma.received_on, alma.due_on) == (ISSUED, ISSUED, DUE)
    assert (alma.paid_on, alma.payments) == (DUE, ())
    assert [one.rule.kind for one in alma.own_terms] == ["reminder-fee"]
    assert birk.own_terms == ()
    assert (birk.paid_on, [on for on, _ in birk.payments]) == (PAID, [date(2026, 2, 12), PAID])
    assert sum(minor for _, minor in birk.payments) == birk.total_minor
    assert [line.product for contract in case.contracts for line in contract.lines] == ["webhosting", "webhosting"]
    assert {(service.product, service.until) for service in case.services} == {("webhosting", None)}
    assert [(customer.number, customer.deviates) for customer in case.customers] == [("1001", True), ("1002", False)]
    assert past_invoices(world.company_id, since=date(2026, 2, 1), until=TODAY) == ()


def test_a_longer_term_spares_birk_the_fee_that_was_charged(
    world: World, longer: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["terms", "what-if", PROVIDER, str(longer)]) == 0
    said = capsys.readouterr().out
    assert "1 of 2 customers are hit (business 1)." in said
    assert "Customer 1002 (business)\n    Reminder 1 falls away: 2026-02-16." in said
    assert "Reminder fees: DKK 100.00 less, the last 12 months." in said
    assert "Birk" not in said


def test_the_answer_in_danish_tells_how_it_was_reckoned(
    world: World, longer: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["terms", "what-if", PROVIDER, str(longer), "--lang", "da", "--limit", "0"]) == 0
    said = capsys.readouterr().out
    assert "1 af 2 kunder rammes (business 1)." in said
    assert "Sådan er det regnet:\n  - Begge aftaler følges" in said
    assert "Kunde 1002" not in said


def test_the_json_is_the_answer_itself(world: World, longer: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["terms", "what-if", PROVIDER, str(longer), "--json", "--on", TODAY.isoformat()]) == 0
    read = parse_bytes(longer.read_bytes(), file="longer.da.md").agreement
    assert read is not None
    found = who_would_be_hit(world.company, read, today=TODAY, most=10)
    assert from_json(json.loads(capsys.readouterr().out)) == found
    assert found.past.money_minor["fee"] == -100_00


def test_the_terms_in_force_hit_nobody(empty: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["terms", "what-if", PROVIDER, VERSION]) == 0
    assert "Nobody is hit." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        (["nosuch", VERSION], 2, "There is no company 'nosuch'"),
        ([PROVIDER, "1999"], 2, "has no version 1999"),
        ([PROVIDER, "no.da.md"], 2, "no.da.md does not exist"),
        ([PROVIDER, VERSION, "--on", "soon"], 2, "'soon' is not a date"),
        ([PROVIDER, VERSION, "--limit", "many"], 2, "'many' is not a number from 0 to 200"),
    ],
)
def test_wrong_use_is_told_with_a_remedy(
    empty: World, arguments: list[str], code: int, complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["terms", "what-if", *arguments]) == code
    assert complaint in capsys.readouterr().err


def test_another_companys_terms_are_refused(empty: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "other.da.md"
    path.write_text(installed_source("compusoft", "11", "da"), encoding="utf-8")
    assert main(["terms", "what-if", PROVIDER, str(path)]) == 2
    assert "The draft is of compusoft, and not of safe-it." in capsys.readouterr().err


def test_a_translation_is_refused(empty: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "draft.en.md"
    path.write_text(installed_source(PROVIDER, VERSION, "en"), encoding="utf-8")
    assert main(["terms", "what-if", PROVIDER, str(path)]) == 2
    assert "Name the Danish document" in capsys.readouterr().err


def test_a_document_with_problems_ends_with_1_and_each_of_them(
    empty: World, longer: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    longer.write_text(longer.read_text(encoding="utf-8").replace("days = 21", "days = 0"), encoding="utf-8")
    assert main(["terms", "what-if", PROVIDER, str(longer)]) == 1
    assert "days" in capsys.readouterr().err
