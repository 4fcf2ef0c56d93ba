"""`servanda agree` and `servanda prices`: special agreements and dearer prices, checked first and written only with --apply."""

from contextlib import nullcontext
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from servanda.business.catalogue.queries import price_of
from servanda.business.companies.queries import company_named
from servanda.business.contracts.queries import agreed_rules_of_customer
from servanda.business.letters.queries import letters_of_customer
from servanda.faces.cli.main import main
from servanda.ground.money import Money
from tests.cast import ALMA
from tests.stories.world import World

TODAY = date(2026, 11, 30)
DAYS = ("--since", "2026-12-01", "--until", "2027-12-01")
WHY = ("--reason", "A large order", "--by", "Eva")
RULE = ("--rule", "days = 30", "--rule", 'counted_from = "invoice date"')


@pytest.fixture(autouse=True)
def without_own_server(db: None, settings: Any) -> None:
    settings.DATABASE_READY = f"{__name__}.ready"


def ready() -> nullcontext[None]:
    """The tests have a database already."""
    return nullcontext()


@pytest.fixture
def customer_id() -> int:
    return World("safe-it", TODAY).customer(ALMA, "pc-monthly", began_on=TODAY)


def agreed(customer_id: int) -> list[str]:
    return [rule.rule.kind for rule in agreed_rules_of_customer(customer_id)]


def test_a_rule_is_checked_first_and_agreed_with_apply(customer_id: int, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["agree", "safe-it", "K-1001", "payment-term", *RULE, *DAYS, *WHY]
    assert main(command) == 0
    assert "nothing was written" in capsys.readouterr().out
    assert agreed(customer_id) == []
    assert main([*command, "--apply"]) == 0
    assert agreed(customer_id) == ["payment-term"]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (("payment-term", "--rule", "days = 3650", "--rule", 'counted_from = "receipt"', *DAYS, *WHY), "1 to 400"),
        (("payment-term", "--rule", "days =", *DAYS, *WHY), "TOML"),
        (("payment-terms", *RULE, *DAYS, *WHY), "payment-terms"),
        (("payment-term", *RULE, "--since", "2026-12-01", "--until", "2036-12-01", *WHY), "2029-12-01"),
        (("payment-term", *RULE, *DAYS, "--reason", " ", "--by", "Eva"), "reason"),
    ],
)
def test_what_cannot_be_agreed_is_refused_with_its_reason(
    customer_id: int, changed: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["agree", "safe-it", "K-1001", *changed, "--apply"]) == 2
    assert told in capsys.readouterr().err
    assert agreed(customer_id) == []


def test_an_unknown_contract_is_told(customer_id: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["agree", "safe-it", "K-9", "payment-term", *RULE, *DAYS, *WHY]) == 2
    assert "no contract K-9" in capsys.readouterr().err


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    """Safe IT's catalogue with a dearer PC security package from February."""
    text = files("servanda.agreements").joinpath("safe-it", "catalogue.toml").read_text(encoding="utf-8")
    head, code, tail = text.partition('code = "pc-monthly"')
    plan, marker, rest = tail.partition("[[product.plan.price]]")
    new = '[[product.plan.price]]\nsince = 2027-02-01\namount = "145.00"\nsource = "plausible"\n\n'
    old, following, others = rest.partition("\n[[")
    file = tmp_path / "catalogue.toml"
    file.write_text(head + code + plan + marker + old + "\n" + new + following.lstrip("\n") + others, encoding="utf-8")
    return file


def test_a_dearer_price_is_loaded_and_told(
    customer_id: int, catalogue: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    company = company_named("safe-it")
    load = ["prices", "load", "safe-it", str(catalogue)]
    assert main(load) == 0
    assert price_of(company.company_id, plan_code="pc-monthly", day=date(2027, 3, 1)) == Money(135_00)
    assert main([*load, "--apply"]) == 0
    assert price_of(company.company_id, plan_code="pc-monthly", day=date(2027, 3, 1)) == Money(145_00)
    tell = ["prices", "announce", "safe-it", "pc-monthly", "--since", "2027-02-01"]
    tell += ["--reason", "The vendor has become dearer.", "--by", "Eva"]
    before = len(letters_of_customer(customer_id))
    assert main(tell) == 0
    assert "letters: 1; lines told: 1" in capsys.readouterr().out
    assert len(letters_of_customer(customer_id)) == before
    assert main([*tell, "--apply"]) == 0
    assert letters_of_customer(customer_id)[0].kind == "price"


@pytest.mark.parametrize(
    ("plan", "since", "told"), [("nothing", "2027-02-01", "no plan"), ("pc-monthly", "2027-05-01", "2027-05-01")]
)
def test_what_stands_in_no_catalogue_is_not_announced(
    customer_id: int, plan: str, since: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["prices", "announce", "safe-it", plan, "--since", since, "--reason", "x", "--by", "Eva"]) == 2
    assert told in capsys.readouterr().err


def test_a_file_that_is_no_catalogue_loads_nothing(customer_id: int, tmp_path: Path) -> None:
    file = tmp_path / "catalogue.toml"
    file.write_text("nonsense", encoding="utf-8")
    assert main(["prices", "load", "safe-it", str(file), "--apply"]) == 1
    assert main(["prices", "load", "safe-it", str(tmp_path / "none.toml")]) == 2
