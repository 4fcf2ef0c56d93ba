"""`servanda import payments`: a bank's file is booked whole or not at all, and the report says what became of each payment."""

import json
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from servanda.business.billing.facts import InvoiceFacts
from servanda.business.billing.models import BankEntry, Statement
from servanda.business.billing.queries import invoices, newest_invoices
from servanda.business.hosting.queries import services_of_customers
from servanda.drivers.payments import BankEntry as TheirEntry
from servanda.drivers.payments import BankStatement, with_ordinals
from servanda.drivers.payments.writing import CamtVersion, write_camt053
from servanda.faces.cli.main import main
from servanda.ground.law.companies import fik_reference
from servanda.ground.money import Money, total_of
from servanda.simulation import drivers
from tests.business.billing.books import assert_books_agree
from tests.cast import ALMA, BIRK
from tests.stories.world import World

DAY = date(2026, 9, 1)
OWED = Money(1_250_00)
Run = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def world(db: None, settings: Settings) -> World:
    """Alma and Birk each owe 1250.00 on an invoice of today."""
    settings.DATABASE_READY = f"{__name__}.ready"
    settings.DRIVERS, settings.DAILY_LIFE = "servanda.simulation.drivers", ""
    drivers.post.cache_clear()
    world = World("safe-it", DAY)
    for one in (ALMA, BIRK):
        world.customer(one, "hosting-monthly", began_on=date(2026, 8, 2), price=Money(1_000_00))
    world.round()
    return world


def ready() -> nullcontext[None]:
    """The tests have a database already."""
    return nullcontext()


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], world: World, settings: Settings) -> Run:
    """Imports a file into the company and gives the exit code and the report."""

    def run(content: bytes, *flags: str, name: str = "statement.xml") -> tuple[int, dict[str, Any]]:
        settings.DRIVERS = "servanda.wiring.drivers"
        file = tmp_path / name
        file.write_bytes(content)
        code = main(["import", "payments", str(file), "--company", "safe-it", "--json", *flags])
        settings.DRIVERS = "servanda.simulation.drivers"
        assert_books_agree(world.company_id)
        return code, json.loads(capsys.readouterr().out)

    return run


def invoice_of(world: World, at: int) -> InvoiceFacts:
    """Return the first invoice of Alma (0) or Birk (1), as it is now."""
    return _all(world)[at]


def _all(world: World) -> tuple[InvoiceFacts, ...]:
    return invoices(one.invoice_id for one in newest_invoices(world.company_id))


def paid(
    amount: Money,
    *,
    by: str = "",
    text: str = "",
    reference: str = "",
    on: date = DAY,
    is_reversal: bool = False,
    payer: str = "Nogen",
    end_to_end_id: str = "",
) -> TheirEntry:
    return TheirEntry(
        account="",
        reference=reference,
        ordinal=1,
        amount=amount,
        booked_on=on,
        value_on=on,
        text=text,
        creditor_reference=by,
        end_to_end_id=end_to_end_id,
        payer_name=payer,
        payer_account="",
        is_reversal=is_reversal,
    )


def statement(
    world: World,
    *entries: TheirEntry,
    name: str = "1",
    opening: Money = Money(0),  # noqa: B008 - a frozen value
    on: date = DAY,
    account: str = "",
    currency: str = "DKK",
) -> BankStatement:
    return BankStatement(
        account=account or world.company.iban.replace(" ", ""),
        statement_id=name,
        sequence=None,
        created_at=datetime(2026, 9, 1, 6, tzinfo=UTC),
        opening=opening,
        opening_on=on,
        closing=opening + total_of((entry.amount for entry in entries), currency),
        closing_on=on,
        currency=currency,
        entries=with_ordinals(entries),
        sha256="",
    )


def camt(*statements: BankStatement, version: CamtVersion = "001.08") -> bytes:
    return write_camt053(statements, message_id="M1", version=version)


def rows(report: dict[str, Any], *fields: str) -> list[tuple[Any, ...]]:
    return [tuple(entry[field] for field in fields) for entry in report["entries"]]


@pytest.mark.parametrize("version", ["001.02", "001.08"])
def test_the_report_says_what_became_of_each_payment(run: Run, world: World, version: CamtVersion) -> None:
    alma, birk = invoice_of(world, 0), invoice_of(world, 1)
    file = camt(
        statement(
            world,
            paid(OWED, by=alma.reference, reference="a"),
            paid(Money(1_000_00), by=birk.reference, reference="b"),
            paid(Money(300_00), by=birk.reference, reference="c"),
            paid(Money(77_00), text="Tak for sidst", reference="d"),
        ),
        version=version,
    )
    code, report = run(file)
    assert (code, report["applied"], report["changes_nothing"], report["problems"]) == (0, True, False, [])
    assert rows(report, "amount_minor", "state", "credit_minor") == [
        (1_250_00, "matched", 0),
        (1_000_00, "matched", 0),
        (300_00, "matched", 50_00),
        (77_00, "suspense", 0),
    ]
    assert [entry["invoices"] for entry in report["entries"]] == [
        [{"invoice": alma.number, "amount_minor": 1_250_00, "left_minor": 0}],
        [{"invoice": birk.number, "amount_minor": 1_000_00, "left_minor": 0}],
        [{"invoice": birk.number, "amount_minor": 250_00, "left_minor": 0}],
        [],
    ]
    assert report["entries"][-1]["rule"] == "no payment reference and no number of an open invoice"


def test_the_same_file_twice_changes_nothing_and_says_so(
    run: Run, world: World, capsys: pytest.CaptureFixture[str], tmp_path: Path, settings: Settings
) -> None:
    file = camt(statement(world, paid(OWED, by=invoice_of(world, 0).reference), paid(Money(5_00))))
    run(file)
    code, report = run(file)
    assert (code, report["changes_nothing"], report["entries"]) == (0, True, [])
    assert [(one["new"], one["known"]) for one in report["statements"]] == [(0, 2)]
    settings.DRIVERS = "servanda.wiring.drivers"
    assert main(["import", "payments", str(tmp_path / "statement.xml"), "--company", "safe-it"]) == 0
    assert "all 2 entries were booked before. Nothing has changed." in capsys.readouterr().out


def test_a_dry_run_tells_the_same_and_books_nothing(run: Run, world: World) -> None:
    file = camt(statement(world, paid(OWED, by=invoice_of(world, 0).reference)))
    code, dry = run(file, "--dry-run")
    assert (code, dry["applied"], rows(dry, "state")) == (0, False, [("matched",)])
    assert not BankEntry.objects.filter(company_id=world.company_id).exists()
    _, real = run(file)
    assert rows(real, "state", "rule", "invoices") == rows(dry, "state", "rule", "invoices")


def test_a_payment_opens_again_what_was_held(run: Run, world: World) -> None:
    day = DAY
    while not _held(world):
        day += timedelta(days=1)
        world.bank(Money(1), text="renter")  # so that the bank's news are never old
        world.live_until(day)
        assert day < date(2026, 12, 1)
    birk = invoice_of(world, 1)
    owed = [one for one in _all(world) if one.customer_id == birk.customer_id]
    pays = [paid(one.open_total, by=one.reference, on=day, reference=str(one.number)) for one in owed]
    code, report = run(camt(statement(world, *pays, name="later", opening=world.balance, on=day)))
    assert code == 0
    assert report["reopened"] == [{"service": "alma.example", "customer": "1002"}]


def _held(world: World) -> bool:
    return any(one.open_holds for one in services_of_customers({invoice_of(world, 1).customer_id}))


def test_several_statements_of_one_file_are_booked_in_order_of_time(run: Run, world: World) -> None:
    first = statement(world, paid(Money(100_00), reference="a"), name="1")
    second = statement(
        world,
        paid(Money(50_00), on=DAY + timedelta(days=1), reference="b"),
        name="2",
        opening=Money(100_00),
        on=DAY + timedelta(days=1),
    )
    code, report = run(camt(second, first))
    assert (code, [one["statement"] for one in report["statements"]]) == (0, ["1", "2"])


def test_a_payment_that_the_bank_takes_back_opens_its_invoice(run: Run, world: World) -> None:
    reference = invoice_of(world, 0).reference
    run(camt(statement(world, paid(OWED, by=reference, reference="a"))))
    back = paid(-OWED, by=reference, reference="b", is_reversal=True)
    code, report = run(camt(statement(world, back, name="2", opening=OWED)))
    assert (code, rows(report, "state", "rule")) == (0, [("matched", "takes back an earlier payment")])
    assert invoice_of(world, 0).open_total == OWED


def test_the_end_to_end_id_may_name_the_invoice(run: Run, world: World) -> None:
    number = invoice_of(world, 0).number
    _, report = run(camt(statement(world, paid(OWED, end_to_end_id=f"FAKTURA {number}"))))
    assert rows(report, "rule") == [("invoice number and amount",)]


def test_a_wrong_check_digit_waits_for_a_person(run: Run, world: World) -> None:
    reference = fik_reference(invoice_of(world, 0).number)
    wrong = reference[:-1] + str((int(reference[-1]) + 5) % 10)
    _, report = run(camt(statement(world, paid(OWED, by=wrong))))
    assert rows(report, "state") == [("suspense",)]


def _bomb(world: World) -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha" * 10}">' for n in range(12))
    return f"<?xml version='1.0'?>\n<!DOCTYPE d [{entities}]>\n<d>&l11;</d>".encode()


def _stranger(world: World) -> bytes:
    return camt(statement(world, paid(Money(1_00)), account="DK5000400440116243"))


def _euro(world: World) -> bytes:
    return camt(
        statement(world, paid(Money(1_00, "EUR")), opening=Money(0, "EUR"), currency="EUR"),
    )


def _gap(world: World) -> bytes:
    late = date(2026, 9, 4)
    return camt(
        statement(world, paid(Money(1_00), reference="a")),
        statement(world, paid(Money(1_00), on=late, reference="b"), name="3", opening=Money(7_00), on=late),
    )


def _doctored(world: World) -> bytes:
    whole = camt(statement(world, paid(OWED, by=invoice_of(world, 0).reference)))
    return whole.replace(b">1250.00<", b">9250.00<", 1)


def _cut(world: World) -> bytes:
    whole = camt(statement(world, paid(OWED, by=invoice_of(world, 0).reference)))
    return whole[: len(whole) * 2 // 3]


def _too_fine(world: World) -> bytes:
    whole = camt(statement(world, paid(OWED, by=invoice_of(world, 0).reference)))
    return whole.replace(b">1250.00<", b">1250.001<")


def _no_such_day(world: World) -> bytes:
    return camt(statement(world, paid(OWED))).replace(b"2026-09-01</Dt>", b"2026-09-31</Dt>")


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (_stranger, "account DK5000400440116243, which is not"),
        (_euro, "is in EUR; the books are in DKK"),
        (_gap, "Read the statement between them first"),
        (_doctored, "balances do not add up"),
        (_cut, "breaks or ends here"),
        (_too_fine, "more than two decimals"),
        (_no_such_day, "not a day that exists"),
        (_bomb, "DOCTYPE"),
        (lambda _: b"<!DOCTYPE d [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>\n<d>&x;</d>", "DOCTYPE"),
        (lambda _: b"", "empty"),
        (lambda _: b"dato;tekst\n", "not XML"),
    ],
)
def test_a_file_that_cannot_be_believed_is_refused_whole(
    run: Run, world: World, make: Callable[[World], bytes], says: str
) -> None:
    code, report = run(make(world), name="fil.xml")
    assert (code, report["applied"], report["entries"]) == (1, False, [])
    assert says in " ".join(problem["message"] for problem in report["problems"])
    assert all(problem["line"] >= 1 for problem in report["problems"])
    assert not Statement.objects.filter(company_id=world.company_id).exists()
    assert not BankEntry.objects.filter(company_id=world.company_id).exists()


def test_every_problem_names_the_file_and_the_line(
    run: Run, world: World, capsys: pytest.CaptureFixture[str], tmp_path: Path, settings: Settings
) -> None:
    settings.DRIVERS = "servanda.wiring.drivers"
    file = tmp_path / "fil.xml"
    file.write_bytes(_too_fine(world))
    assert main(["import", "payments", str(file), "--company", "safe-it"]) == 1
    told = capsys.readouterr().out.splitlines()
    line = next(number for number, text in enumerate(_lines(file), 1) if "1250.001" in text)
    assert any(text.startswith(f"fil.xml:{line}:") for text in told)
    assert told[-1].endswith("Nothing was booked.")


def _lines(file: Path) -> Iterable[str]:
    return file.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(
    "arguments", [["missing.xml", "--company", "safe-it"], ["THE FILE", "--company", "nobody"], ["THE FILE"]]
)
def test_wrong_usage_gives_exit_code_two(world: World, tmp_path: Path, arguments: list[str]) -> None:
    file = tmp_path / "fil.xml"
    file.write_bytes(camt(statement(world, paid(OWED))))
    assert main(["import", "payments", *(str(file) if one == "THE FILE" else one for one in arguments)]) == 2
