"""A database that was restored, and one that was cloned: neither writes to anybody, and the original goes on."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import Settings
from pytest_django.plugin import DjangoDbBlocker

from servanda.business.companies.actions import ClockRefused
from servanda.business.companies.queries import companies
from servanda.business.dunning.queries import claims_parked
from servanda.business.evidence.queries import events_of_company, events_of_customer, halts
from servanda.business.hosting.actions.changing import Order
from servanda.business.hosting.actions.mail import add_mailbox
from servanda.business.hosting.queries import services_of_customer
from servanda.business.installation.actions import NotReconciled, note_step
from servanda.business.installation.decisions import STEPS
from servanda.business.installation.queries import is_copy
from servanda.business.letters.queries import letters_of_customer
from servanda.business.nodes.actions.signing import Seal
from servanda.business.nodes.queries import signed_until
from servanda.faces.clock.beating import MarkUnreadable, join_as_further_machine, may_work, take_over
from servanda.faces.clock.reconciling import look_around
from servanda.faces.clock.rounds import move_time, run_round
from servanda.faces.clock.signing import sign_round
from servanda.ground.calendar import moment_of
from servanda.ground.money import Money
from servanda.simulation import drivers
from tests.business.nodes.house import INSTALL, House
from tests.cast import ALMA, BIRK
from tests.conftest import RealDatabase, Server, a_database
from tests.stories.world import World

BEGINS = date(2026, 11, 30)
# Anew for each test, of the real clock, which the database is asked about; the company has a test clock.
NOON = datetime.now(UTC)
EARLIER = timedelta(minutes=2)  # stands for six hours: tests/business/installation has the table with hours


@pytest.fixture(autouse=True)
def noon() -> None:
    global NOON
    NOON = datetime.now(UTC)


@pytest.fixture
def places(tmp_path: Path, settings: Settings) -> Path:
    """The folder of the original; a story may move to another."""
    move_to(tmp_path / "original", settings)
    return tmp_path


def move_to(home: Path, settings: Settings) -> None:
    home.mkdir(exist_ok=True)
    settings.MARK, settings.OUTSIDE = home / "mark.json", home / "outside"


@pytest.fixture
def unpaid(real_database: RealDatabase, places: Path) -> tuple[World, int]:
    """Birk owes since November; on the tenth of December, nothing of it has been reminded of yet."""
    world = World("safe-it", BEGINS)
    birk = world.customer(BIRK, "hosting-yearly", began_on=BEGINS, price=Money(10_000_00))
    assert may_work(NOON - EARLIER)
    world.live_until(date(2026, 12, 10))
    return world, birk


@contextmanager
def copied(server: Server, original: RealDatabase, blocker: DjangoDbBlocker) -> Iterator[RealDatabase]:
    """A copy of the database as it is when the block begins, to which nobody is connected yet but us."""
    connection.close()
    with a_database(server, original.name, blocker) as copy:
        yield copy


def mailed() -> list[str]:
    return [mail.message_id for mail in drivers.post().accepted]


def reconciled() -> None:
    for step in STEPS:
        note_step(step, figures={"seen": 1}, by="staff:1", now=NOON)


def test_a_database_from_six_hours_ago_reminds_nobody_twice(
    unpaid: tuple[World, int],
    real_database: RealDatabase,
    database_server: Server,
    django_db_blocker: DjangoDbBlocker,
) -> None:
    world, birk = unpaid
    connection.close()
    with a_database(database_server, real_database.name, django_db_blocker) as older:
        pass_on_in = older.name
        connection.close()
        # Meanwhile the original lives on: Birk is reminded, and a mail server takes the letter.
        connection.settings_dict["NAME"] = real_database.name
        assert may_work(NOON)
        world.live_until(date(2026, 12, 17))
        reminded = [letter for letter in letters_of_customer(birk) if letter.kind == "reminder"]
        assert len(reminded) == 1
        before = mailed()
        connection.close()

        connection.settings_dict["NAME"] = pass_on_in  # the disk broke; last night's backup is put back
        assert may_work(NOON + timedelta(minutes=1)) is False
        (halt,) = halts()
        assert halt.figures["because"] == "the database is older"
        assert halt.figures["behind_seconds"] == EARLIER.total_seconds()
        with pytest.raises(ClockRefused, match="taken for a copy"):
            move_time(world.company_id, to=date(2026, 12, 17))
        world.sleep_until(date(2026, 12, 17))
        world.round()  # even where somebody makes a round by hand, nothing adverse happens and nothing is sent
        run_round(world.company, now=moment_of(date(2026, 12, 17)))
        assert mailed() == before
        assert [one.waits_for for one in claims_parked(world.company_id)]
        assert not [event for event in events_of_customer(birk) if event.what == "reminder.written"]

        look_around(NOON)
        missed = halts()[0].figures["missed"]
        assert isinstance(missed, dict)
        assert missed["letters"]["unknown"] == len(reminded)
        assert missed["letters"]["keys"] == [f"safe-it: {reminded[0].key}"]
        with pytest.raises(NotReconciled, match="letters is not reconciled yet"):
            take_over(by="staff:1", reason="The disk broke.", now=NOON)
        reconciled()
        take_over(by="staff:1", reason="The disk broke.", now=NOON)
        assert not is_copy()
        assert may_work(NOON + timedelta(minutes=2))

        world.live_until(date(2026, 12, 18))  # the reminder is due again, and is written; it went already
        again = [letter for letter in letters_of_customer(birk) if letter.kind == "reminder"]
        assert [(one.key, one.state) for one in again] == [(reminded[0].key, "accepted")]
        assert again[0].accepted_on == date(2026, 12, 18)  # never before it was written here: the later day counts
        assert again[0].reply == reminded[0].reply
        assert mailed() == before
        confirmed = events_of_company(world.company_id, what=("copy.confirmed",))
        assert [(one.by, one.facts["reason"]) for one in confirmed] == [("staff:1", "The disk broke.")]


def test_a_clone_beside_the_original_is_still_and_the_original_goes_on(
    unpaid: tuple[World, int],
    places: Path,
    settings: Settings,
    real_database: RealDatabase,
    database_server: Server,
    django_db_blocker: DjangoDbBlocker,
) -> None:
    world, birk = unpaid
    with copied(database_server, real_database, django_db_blocker) as clone:
        move_to(places / "staging", settings)
        for _ in range(3):
            assert may_work(NOON) is False
        assert halts()[0].figures["because"] == "this place is unknown"
        world.sleep_until(date(2026, 12, 17))
        before = mailed()
        run_round(world.company, now=moment_of(date(2026, 12, 17)))
        world.round()
        assert mailed() == before
        assert not (places / "staging" / "mark.json").exists()

        connection.close()
        connection.settings_dict["NAME"] = real_database.name
        move_to(places / "original", settings)
        assert may_work(NOON + timedelta(minutes=1))
        assert halts() == ()
        world.live_until(date(2026, 12, 17))
        assert len(mailed()) > len(before)
        assert [event for event in events_of_customer(birk) if event.what == "reminder.written"]
        connection.close()
        connection.settings_dict["NAME"] = clone.name


def test_a_disk_that_was_copied_whole_to_another_machine_is_a_copy(
    unpaid: tuple[World, int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    other = tmp_path / "machine-id"
    other.write_text("0123456789abcdef0123456789abcdef\n", encoding="ascii")
    monkeypatch.setattr("servanda.faces.clock.beating.MACHINE", other)
    assert may_work(NOON) is False
    assert halts()[0].figures["because"] == "another machine"


def test_a_second_machine_joins_by_a_persons_word(unpaid: tuple[World, int], places: Path, settings: Settings) -> None:
    move_to(places / "second", settings)
    join_as_further_machine(by="staff:1", reason="A second worker.", now=NOON)
    for home in ("second", "original", "second", "original"):
        move_to(places / home, settings)
        assert may_work(NOON)
    (company,) = companies()
    assert [one.facts["reason"] for one in events_of_company(company.company_id, what=("place.joined",))] == [
        "A second worker."
    ]


def test_a_mark_that_cannot_be_read_stops_everything(unpaid: tuple[World, int], settings: Settings) -> None:
    Path(settings.MARK).write_text("\0\0\0", encoding="utf-8")
    with pytest.raises(MarkUnreadable, match="move the file away"):
        may_work(NOON)


def test_a_node_that_is_ahead_of_a_restored_database_is_told_everything_anew(
    real_database: RealDatabase,
    places: Path,
    database_server: Server,
    django_db_blocker: DjangoDbBlocker,
) -> None:
    house = House(World("simsoft", date(2026, 9, 1)), now=NOON)
    alma = house.world.customer(ALMA, "webhotel-small", began_on=date(2026, 9, 1))
    house.world.round()
    house.settle()
    assert may_work(NOON - EARLIER)
    (service,) = services_of_customer(alma)
    order = Order(by="customer:1", today=house.world.today, at=moment_of(house.world.today))
    connection.close()
    with a_database(database_server, real_database.name, django_db_blocker) as older:
        connection.close()
        connection.settings_dict["NAME"] = real_database.name
        add_mailbox(service.service_id, "nyere", password="Syv-kolde-kopper-the", order=order)
        house.world.round()
        house.settle()
        assert may_work(NOON)
        ahead = house.position.seq
        held = len(house.known)
        connection.close()

        connection.settings_dict["NAME"] = older.name
        house.now += timedelta(hours=6)
        assert may_work(NOON) is False
        assert sign_round(Seal(INSTALL, house.signer), lambda: house.now, is_full=True) == 0
        house.report()
        look_around(house.now)
        missed = halts()[0].figures["missed"]
        assert isinstance(missed, dict)
        (row,) = missed["servers"]["nodes"]
        assert (row["accepted"], row["has_spoken"]) == (ahead, True)
        assert row["signed"] < ahead
        reconciled()
        take_over(by="staff:1", reason="The disk broke.", now=house.now)
        assert sign_round(Seal(INSTALL, house.signer), lambda: house.now, is_full=True) > 0
        assert house.take() == []
        assert house.position.seq > ahead
        assert len(house.known) == held  # what the database does not know stays: absence is never an order
        assert signed_until(house.node) == house.position.seq
        house.settle()
