"""`servanda books`: each part answers in words and in JSON, with the exit code that says whether it holds."""

import json
import zipfile
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from servanda.faces.cli.main import main
from servanda.faces.clock.heads import keep_heads
from servanda.simulation import drivers
from tests.cast import ALMA
from tests.stories.world import World

BEGIN = date(2026, 11, 2)
TODAY = date(2026, 12, 2)
UNTIL = "2026-11-30"


def ready() -> nullcontext[None]:
    """The tests have a database already."""
    return nullcontext()


@pytest.fixture
def world(db: None, settings: Settings, tmp_path: Path) -> World:
    settings.DATABASE_READY = f"{__name__}.ready"
    settings.DRIVERS, settings.DAILY_LIFE, settings.HEADS = "servanda.simulation.drivers", "", tmp_path / "heads"
    drivers.post.cache_clear()
    world = World("safe-it", BEGIN)
    alma = world.customer(ALMA, "hosting-monthly", began_on=date(2026, 10, 20))
    world.sleep_until(date(2026, 11, 30))
    world.round()
    world.live_until(date(2026, 12, 1))
    invoice = world.invoice_of(alma)
    world.pay(invoice, invoice.total)
    world.live_until(TODAY)
    return world


def answer(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> Any:
    assert main(["books", *words, "--json"]) == code
    return json.loads(capsys.readouterr().out)


def test_the_books_from_voucher_to_export(world: World, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    vouchers = answer(capsys, "vouchers", "safe-it", "--make")["vouchers"]
    assert [one["number"] for one in vouchers] == list(range(1, len(vouchers) + 1))
    assert vouchers[0]["debit_minor"] > 0
    assert answer(capsys, "prove", "safe-it")["is_whole"] is True
    chart = answer(capsys, "number", "safe-it")
    assert {"account", "number", "standard"} <= set(chart[0])
    said = answer(
        capsys, "number", "safe-it", "sales", "--number", "1000", "--name", "Salg", "--standard", "1010", "--by", "eva"
    )
    assert next(one for one in said if one["account"] == "sales")["number"] == "1000"
    assert any(one["table"] == "invoice" for one in answer(capsys, "keep", "safe-it"))
    close = ("close", "safe-it", "--until", UNTIL, "--reason", "done", "--by", "eva")
    assert answer(capsys, *close, "--check")["missing"] == []
    assert answer(capsys, *close) == {"closed_until": UNTIL}
    out = tmp_path / "november.zip"
    told = answer(
        capsys, "export", "safe-it", "--since", "2026-11-01", "--until", UNTIL, "--documents", "--out", str(out)
    )
    assert told["is_closed"] is True
    with zipfile.ZipFile(out) as archive:
        assert json.loads(archive.read("manifest.json"))["is_closed"] is True
    number = answer(capsys, "reopen", "safe-it", "--reason", "an error", "--by", "eva")["reopening"]
    assert main(["books", "reopen", "safe-it", "--confirm", str(number), "--by", "eva"]) == 2
    assert "two persons" in capsys.readouterr().err
    assert answer(capsys, "reopen", "safe-it", "--confirm", str(number), "--by", "ole")["state"] == "confirmed"


def test_what_is_missing_is_told_with_code_one(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    close = ("close", "safe-it", "--until", "2026-12-31", "--reason", "done", "--by", "eva")
    assert main(["books", *close, "--check"]) == 1
    assert "not over yet" in capsys.readouterr().out
    assert main(["books", *close]) == 2
    assert "not over yet" in capsys.readouterr().err


def test_a_lost_number_is_told_and_voided(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("update billing_number_series set next_number = next_number + 1 returning next_number - 1")
        lost = cursor.fetchone()[0]
    told = answer(capsys, "prove", "safe-it", code=1)
    assert told["series"][0]["gaps"][0]["number"] == lost
    answer(capsys, "void", "safe-it", str(lost), "--reason", "restored", "--by", "eva")
    assert main(["books", "prove", "safe-it"]) == 0
    assert "void: restored" in capsys.readouterr().out


def test_the_heads_kept_outside_tell_a_chain_that_was_made_anew(
    world: World, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    keep_heads()
    file = tmp_path / "heads" / "safe-it.txt"
    kept = file.read_text(encoding="ascii")
    assert kept == "".join(sorted(kept.splitlines(keepends=True)))
    keep_heads()
    assert file.read_text(encoding="ascii") == kept
    assert main(["books", "chain", "heads", "safe-it"]) == 2  # the company comes first
    capsys.readouterr()
    assert main(["books", "chain", "safe-it", "heads"]) == 0
    assert capsys.readouterr().out == kept
    assert answer(capsys, "chain", "safe-it", "verify", "--head", str(file))["holds"] is True
    with connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        cursor.execute("update evidence_record set facts = '{}' where what = 'invoice.issued'")
    told = answer(capsys, "chain", "safe-it", "verify", code=1)
    assert told["faults"][0]["problem"] == "the row was changed"
    with connection.cursor() as cursor:
        cursor.execute("delete from books_link")
        cursor.execute("delete from books_head")
        cursor.execute("set local session_replication_role = origin")
    answer(capsys, "chain", "safe-it", "seal")
    assert answer(capsys, "chain", "safe-it", "verify")["holds"] is True
    assert answer(capsys, "chain", "safe-it", "verify", "--head", str(file), code=1)["holds"] is False


def test_a_file_that_keeps_no_heads_is_refused_with_its_line(
    world: World, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "heads.txt"
    file.write_text("2026-11-30 12 abc\n", encoding="ascii")
    assert main(["books", "chain", "safe-it", "verify", "--head", str(file)]) == 2
    assert "heads.txt:1:" in capsys.readouterr().err


def test_a_head_in_the_file_is_never_overwritten(
    world: World, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    keep_heads()
    file = tmp_path / "heads" / "safe-it.txt"
    other = "2026-12-01 1 " + "0" * 64 + "\n"
    file.write_text(other, encoding="ascii")
    keep_heads()
    assert file.read_text(encoding="ascii").startswith(other)
    assert "is not the one" in caplog.text


def test_a_missing_company_and_a_wrong_day_are_refused(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["books", "prove", "nobody"]) == 2
    assert "Known: safe-it" in capsys.readouterr().err
    assert main(["books", "close", "safe-it", "--until", "31/12", "--reason", "x", "--by", "eva"]) == 2
