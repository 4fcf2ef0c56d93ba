"""Backups by the real restic and the real pg_dump: put back into a server of its own, and held against what was counted."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import Settings

from servanda.business.companies.facts import CompanyFacts
from servanda.business.evidence.actions import record
from servanda.business.evidence.queries import events_of_company, newest_of
from servanda.drivers.archives import ArchiveRefused
from servanda.faces.clock.beating import may_work
from servanda.faces.clock.keeping import NotEmpty, NothingKept, backups, check_part, drill, make_backup, restore
from servanda.faces.demo.companies import open_company
from servanda.ground.calendar import moment_of
from servanda.wiring import keeping
from servanda.wiring.embedded import DISPOSABLE, leased
from tests.conftest import RealDatabase

TODAY = date(2026, 12, 1)


@pytest.fixture
def company(real_database: RealDatabase, tmp_path: Path, settings: Settings) -> Iterator[CompanyFacts]:
    home = tmp_path / "home"
    home.mkdir()
    settings.HOME, settings.MARK, settings.OUTSIDE = home, home / "mark.json", home / "outside"
    settings.SIGNING_KEYS, settings.NODE_KEY = home / "signing", home / "signer" / "node-key.pem"
    settings.HEADS, settings.COLLECTIONS, settings.EINVOICE_DROP = home / "heads", home / "collections", home / "drop"
    settings.BACKUP_STORE, settings.BACKUP_KEY = str(tmp_path / "store"), tmp_path / "backup-key"
    settings.DATABASE_URL, settings.DATABASE_OWNER_URL = real_database.url, ""
    (home / "secret-key").write_text("made-up\n", encoding="ascii")
    (home / "signer").mkdir()
    settings.NODE_KEY.write_text("made-up key\n", encoding="ascii")
    at = moment_of(TODAY)
    yield open_company("safe-it", clock_on=TODAY, at=at, today=TODAY)
    connection.close()


def test_what_is_kept_can_be_put_back_row_by_row_and_the_drill_says_what_would_be_lost(
    company: CompanyFacts, tmp_path: Path, settings: Settings
) -> None:
    now = datetime.now(UTC)
    assert may_work(now)
    with pytest.raises(ArchiveRefused):
        backups()
    made = make_backup(now)
    assert [one.snapshot for one in backups()] == [made["snapshot"]]
    assert abs(backups()[0].made_at - now) < timedelta(seconds=2)
    record(
        company_id=company.company_id, key="late:1", what="price.added", subject="price:1", on_day=TODAY,
        at=moment_of(TODAY), because=(), facts={},
    )  # fmt: skip
    found = drill(now + timedelta(seconds=90))
    assert found["is_good"], found
    assert (found["rows"], found["tables"], found["violations"]) == (made["rows"], made["tables"], 0)
    assert 85 <= int(str(found["loss_seconds"])) <= 90
    assert found["loss_records"] == 2  # that of the backup itself, and the late one
    last = newest_of(company.company_id, "backup.drilled")
    assert last is not None
    assert last.facts["checked"] == found["checked"]
    assert not list(settings.HOME.glob("drill.*"))
    check_part(part=1, parts=1)

    expected = keeping.count_rows(settings.DATABASE_URL).rows["company"]
    connection.close()
    settings.DATABASE_URL = ""  # in earnest, into the embedded server of a new folder
    place = tmp_path / "new"
    restore(place)
    assert (place / "secret-key").read_text(encoding="ascii") == "made-up\n"
    assert (place / "signer" / "node-key.pem").is_file()
    assert list(place.rglob("mark.*")) == [], "the mark names the place it was kept in"
    with leased(place / "postgres", settings=DISPOSABLE) as lease:
        assert keeping.count_rows(lease.url()).rows["company"] == expected
    with pytest.raises(NotEmpty, match="nothing is overwritten"):
        restore(place)


def test_a_damaged_archive_and_a_lost_key_are_told(company: CompanyFacts, settings: Settings) -> None:
    now = datetime.now(UTC)
    make_backup(now)
    with pytest.raises(NothingKept, match="There is no backup 00000000"):
        drill_of_unknown()
    packs = sorted(Path(settings.BACKUP_STORE, "data").rglob("*"), key=lambda path: path.stat().st_size)
    packs[-1].chmod(0o600)
    content = bytearray(packs[-1].read_bytes())
    content[len(content) // 2] ^= 0xFF
    packs[-1].write_bytes(content)
    with pytest.raises(ArchiveRefused, match="could not check"):
        check_part(part=1, parts=1)
    found = drill(now)
    assert not found["is_good"]
    assert "restic could not restore" in str(found["reason"])
    settings.BACKUP_KEY.unlink()
    with pytest.raises(ArchiveRefused):
        make_backup(now + timedelta(minutes=1))
    failed = events_of_company(company.company_id, what=("backup.failed",))
    assert len(failed) == 1


def drill_of_unknown() -> None:
    restore(Path("/nonexistent/of/this/test"), snapshot="00000000")
