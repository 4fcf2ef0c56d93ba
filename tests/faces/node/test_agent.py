"""The agent's rounds: what it takes, settles, mends and parks, on a clock that the tests move."""

import os
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import datetime, timedelta

import msgspec
import pytest

from servanda.drivers.node import Broken, Known, NotNow, Plain
from servanda.ground.nodes.documents import fingerprint
from servanda.ground.nodes.kinds.dns import Zone
from servanda.ground.nodes.kinds.mail import MailAlias
from servanda.ground.nodes.wanted import Difference, Measurement, Wanted, decode_statement, encode
from tests.faces.node.wiring import zones_of
from tests.faces.node.within import Desk
from tests.faces.node.worlds import hold, leave, site, zone

HOUR = timedelta(hours=1)


class Remembers:
    """A converger that keeps what it was asked, and fails as it is told: the port's contract needs no more."""

    kinds: tuple[type[Wanted], ...] = (Zone,)

    def __init__(self) -> None:
        self.asked: list[tuple[Wanted, Wanted | None]] = []
        self.failure: Exception | None = None
        self.found: tuple[Difference, ...] = ()

    def settle(self, wanted: Wanted, before: Wanted | None) -> Mapping[str, Plain]:
        self.asked.append((wanted, before))
        if self.failure is not None:
            raise self.failure
        return {}

    def look(self, wanted: Wanted) -> Sequence[Difference]:
        return self.found


@pytest.fixture
def remembers(desk: Desk) -> Remembers:
    converger = Remembers()
    desk.convergers = (converger,)
    desk.open_agent()
    return converger


def test_a_first_statement_has_none_before_it_and_the_next_one_has_the_first(desk: Desk, remembers: Remembers) -> None:
    first, second = zone("example.dk"), zone("example.dk", "192.0.2.2")
    desk.issue(first)
    desk.live(2)
    desk.issue(second)
    desk.live(2)
    assert remembers.asked == [(first, None), (second, first)]


def test_what_was_begun_and_failed_is_known_to_the_statement_after_it(desk: Desk, remembers: Remembers) -> None:
    first, second, third = (zone("example.dk", f"192.0.2.{number}") for number in (1, 2, 3))
    desk.issue(first)
    desk.live()
    remembers.failure = Broken("half done")
    desk.issue(second)
    desk.live()
    remembers.failure, remembers.asked = None, []
    desk.open_agent()  # also after a restart
    desk.issue(third)
    desk.live()
    assert {fingerprint(before) for _, before in remembers.asked if before} == {fingerprint(first), fingerprint(second)}
    assert all(wanted == third for wanted, _ in remembers.asked)
    assert desk.agent.state.traces("zone/example.dk") == (third,)


def test_what_is_away_is_tried_again_later_and_later(desk: Desk, remembers: Remembers) -> None:
    remembers.failure = NotNow("the daemon is away")
    desk.issue(zone("example.dk"))
    desk.live(60, each=timedelta(seconds=10))
    assert 5 < len(remembers.asked) < 20
    assert desk.finding("zone/example.dk").state == "failed"
    remembers.failure = None
    desk.hands.pass_by(timedelta(minutes=6))
    desk.live(2)
    assert desk.outcome("zone/example.dk") == "as wanted"
    assert desk.finding("zone/example.dk").state == "as wanted"


@pytest.mark.parametrize("failure", [Broken("no such program"), ZeroDivisionError("a fault of ours")])
def test_what_cannot_be_done_is_parked_and_stands_in_nobodys_way(
    desk: Desk, remembers: Remembers, failure: Exception
) -> None:
    remembers.failure = failure
    desk.issue(zone("a.dk"))
    desk.live(20)
    asked = len(remembers.asked)
    assert asked == 1, "trying again at once does not help"
    assert desk.finding("zone/a.dk").state == "parked"
    remembers.failure = None
    desk.issue(zone("b.dk"))
    desk.live()
    assert desk.outcome("zone/b.dk") == "as wanted"
    desk.hands.pass_by(timedelta(hours=7))
    desk.live()
    assert desk.outcome("zone/a.dk") == "as wanted", "somebody may have mended what was in the way"


def test_a_kind_that_nothing_here_serves_is_parked_and_said(desk: Desk) -> None:
    desk.issue(MailAlias(local="info", domain="example.dk", to=("a@example.dk",)))
    desk.live()
    assert desk.finding("mail-alias/info@example.dk").state == "parked"


def test_drift_is_mended_and_told(desk: Desk) -> None:
    desk.issue(zone("example.dk"))
    desk.live(2)
    (zones_of(desk.layout) / "example.dk").write_bytes(b"somebody was here")
    desk.hands.pass_by(timedelta(minutes=11))
    desk.live(2)
    assert (zones_of(desk.layout) / "example.dk").read_bytes() == encode(zone("example.dk"))
    finding = desk.finding("zone/example.dk")
    assert finding.state == "as wanted"
    assert [one.code for one in finding.differences] == ["zone-differs"]
    desk.hands.pass_by(timedelta(minutes=11))
    desk.live(2)
    assert desk.finding("zone/example.dk").differences == ()


def test_a_difference_that_always_comes_back_is_put_to_a_person(desk: Desk, remembers: Remembers) -> None:
    desk.issue(zone("example.dk"))
    desk.live(2)
    remembers.found, remembers.asked = (Difference(code="other"),), []
    desk.live(20, each=timedelta(minutes=11))
    assert len(remembers.asked) == 5, "five times in a day are enough"
    assert desk.finding("zone/example.dk").state == "differs"
    desk.hands.pass_by(timedelta(days=1))
    desk.live(2, each=timedelta(minutes=11))
    assert len(remembers.asked) > 5


def test_what_is_purged_is_not_made_again_by_looking(desk: Desk) -> None:
    desk.issue(site(1))
    desk.live()
    desk.issue(site(1, state="quarantined"), warrants=[leave(site(1), "quarantine", now=desk.hands.wall)])
    desk.live()
    assert desk.outcome("site/1") == "as wanted"
    desk.layout.site(1).write_bytes(b"put there by hand")
    desk.hands.pass_by(timedelta(minutes=11))
    desk.live(3)
    assert desk.finding("site/1").state == "differs"
    assert desk.layout.site(1).read_bytes() == b"put there by hand", "a person decides what that is"


def test_a_day_without_a_control_plane(desk: Desk) -> None:
    desk.issue(site(1), zone("example.dk"))
    desk.live(2)
    served = desk.layout.site(1).read_bytes()
    desk.plane.is_away = True
    for hour in range(24):
        if hour % 6 == 0:
            (zones_of(desk.layout) / "example.dk").unlink()
        desk.live(3, each=timedelta(minutes=20))
        assert desk.layout.site(1).read_bytes() == served
        assert (zones_of(desk.layout) / "example.dk").exists(), "mending goes on"
    assert "away" in desk.agent.reporter.trouble
    desk.plane.is_away = False
    desk.issue(site(2))
    desk.live(3)
    assert desk.outcome("site/2") == "as wanted"
    assert desk.plane.reports[-1].accepted == 2


def test_a_hold_waits_while_the_clock_is_doubted_and_a_release_does_not(desk: Desk) -> None:
    held = site(2, holds=(hold(),))
    desk.issue(site(1))
    desk.issue(held)
    desk.live(2)
    desk.plane.is_away = True
    desk.hands.jump(timedelta(hours=3))
    desk.live(1)
    assert "jumped" in desk.agent.watch.doubt()
    desk.agent.state.take(desk.document(site(1, holds=(hold(),)), site(2)), b"x\ny")
    desk.agent.settler.settle("site/1")
    desk.agent.settler.settle("site/2")
    assert desk.outcome("site/1") == "parked"
    assert desk.layout.site(1).read_bytes() == encode(site(1))
    assert desk.outcome("site/2") == "as wanted"


def test_a_freshly_signed_document_settles_the_doubt_about_the_clock(desk: Desk) -> None:
    desk.issue(site(1))
    desk.live(2)
    desk.hands.jump(timedelta(hours=3))
    desk.live(1)
    assert desk.agent.watch.doubt()
    desk.issue(site(1, holds=(hold(),)))
    desk.live(2)
    assert not desk.agent.watch.doubt()
    assert desk.outcome("site/1") == "as wanted"
    assert desk.layout.site(1).read_bytes() == encode(site(1, holds=(hold(),)))


def test_the_doubt_about_a_clock_that_went_back_survives_a_restart(desk: Desk) -> None:
    desk.issue(site(1))
    desk.live(2)
    desk.hands.jump(timedelta(minutes=-30))
    desk.open_agent()
    assert "went back" in desk.agent.watch.doubt()


def test_a_wait_noted_while_the_clock_was_ahead_does_not_last_a_year(desk: Desk, remembers: Remembers) -> None:
    remembers.failure = NotNow("away")
    desk.issue(zone("example.dk"))
    desk.hands.jump(timedelta(days=365))
    desk.agent.take(())
    desk.agent.state.take(desk.document(zone("example.dk")), b"x\ny")
    desk.agent.settler.settle("zone/example.dk")
    desk.hands.jump(timedelta(days=-365))
    assert desk.agent.state.due(desk.hands.wall) == ("zone/example.dk",)


def test_while_the_helper_is_away_documents_wait_and_nothing_is_lost(desk: Desk) -> None:
    desk.close_helper()
    desk.issue(site(1))
    desk.issue(site(2))
    desk.live(3)
    assert desk.agent.state.position.seq == 0
    desk.open_helper()
    desk.live(3)
    assert (desk.outcome("site/1"), desk.outcome("site/2")) == ("as wanted", "as wanted")


def test_an_agent_put_back_to_an_older_copy_catches_up(desk: Desk) -> None:
    file = desk.installation.agent_folder / "state.db"
    desk.issue(site(1))
    desk.live(2)
    copy = _copied(desk, file)
    desk.issue(site(1, holds=(hold(),)))
    desk.issue(zone("example.dk"))
    desk.live(2)
    counters = dict(desk.plane.counters)
    _put_back(desk, file, copy)
    desk.open_agent()
    desk.hands.pass_by(timedelta(seconds=5))
    desk.live(3)
    assert counters
    assert all(desk.plane.counters[path] > counter for path, counter in counters.items()), "no number was used twice"
    assert desk.agent.state.position.seq == 3
    assert desk.layout.site(1).read_bytes() == encode(site(1, holds=(hold(),)))


def test_a_helper_put_back_to_an_older_copy_catches_up(desk: Desk) -> None:
    file = desk.installation.helper_folder / "state.db"
    desk.issue(site(1))
    desk.live(2)
    copy = _copied(desk, file)
    desk.issue(site(1, holds=(hold(),)))
    desk.live(2)
    desk.close_helper()
    _put_back(desk, file, copy)
    desk.open_helper()
    desk.open_agent()
    desk.issue(site(2))
    desk.live(3)
    assert desk.layout.site(2).exists()
    assert desk.helper.answer(object()).seq == 3


def test_a_document_that_begins_anew_is_taken_whatever_came_before(desk: Desk) -> None:
    desk.issue(site(1))
    desk.live(2)
    desk.seq, desk.hash = 40, "f" * 64
    desk.issue(site(1, name="other.dk"))
    desk.live(2)
    assert {one.reason for report in desk.plane.reports for one in report.refusals} == {"gap"}
    desk.issue(site(1, name="other.dk"), is_anew=True)
    desk.live(2)
    assert desk.layout.site(1).read_bytes() == encode(site(1, name="other.dk"))


def test_a_refused_document_is_told_once_and_changes_nothing(desk: Desk) -> None:
    desk.issue(*(site(number) for number in range(1, 6)))
    desk.live(2)
    desk.issue(*(site(number, holds=(hold(),)) for number in range(1, 6)))
    desk.live(5)
    refusals = [one for report in desk.plane.reports for one in report.refusals]
    assert {one.reason for one in refusals} == {"too much"}
    assert all(desk.layout.site(number).read_bytes() == encode(site(number)) for number in range(1, 6))


def test_a_full_disk_is_refused_cleanly_and_heals(desk: Desk) -> None:
    desk.issue(site(1))
    desk.live(2)
    lines = desk.agent.state._lines
    (pages,) = lines.execute("pragma page_count").fetchone()
    lines.execute(f"pragma max_page_count = {pages}")  # SQLite's own way to say that the disk is full
    desk.issue(*(zone(f"{'x' * 50}{number}.dk") for number in range(300)))
    desk.live(3)
    assert "full" in desk.agent.trouble or desk.agent.state.position.seq == 1
    assert desk.layout.site(1).read_bytes() == encode(site(1))
    lines.execute("pragma max_page_count = 1073741823")
    desk.live(5)
    assert desk.agent.state.position.seq == 2
    assert desk.agent.state.counts() == {"as wanted": 301}


def _copied(desk: Desk, file: os.PathLike[str]) -> bytes:
    copy = desk.layout.root / "copy.db"
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    return copy.read_bytes()


def _put_back(desk: Desk, file: os.PathLike[str], copy: bytes) -> None:
    desk.close_agent()
    for end in ("", "-wal", "-shm"):
        if os.path.exists(f"{file}{end}"):
            os.unlink(f"{file}{end}")
    with open(file, "wb") as target:
        target.write(copy)


def served(desk: Desk) -> Wanted:
    return decode_statement(desk.layout.site(1).read_bytes())


@pytest.mark.clause("servicepoint-035")
def test_a_pause_for_load_ends_by_itself_after_four_hours_with_the_control_plane_away(desk: Desk) -> None:
    paused, unpaid = hold("load"), hold("payment")
    desk.issue(site(1))
    desk.live(2)
    desk.issue(site(1, holds=(paused, unpaid)))
    desk.live(2)
    assert served(desk).holds == (paused, unpaid)
    desk.hands.pass_by(4 * HOUR - timedelta(minutes=20))
    desk.live(2)
    assert served(desk).holds == (paused, unpaid)
    desk.hands.pass_by(timedelta(minutes=31))
    desk.open_agent()  # also after a restart
    desk.live(3)
    assert served(desk).holds == (unpaid,)
    desk.issue(site(1))
    desk.live(2)
    desk.issue(site(1, holds=(paused,)))
    desk.live(2)
    assert served(desk).holds == (paused,)  # a new pause lasts anew


class Crowded:
    """What watches all the time, and always has something to tell."""

    asked = 0

    def watch(self, known: Known, *, now: datetime) -> Sequence[Measurement]:
        self.asked += 1
        return [Measurement(key="site/1", day="2026-11-30", figures={"processes": self.asked})]


def test_what_stands_out_is_told_each_minute_beside_what_is_measured_by_day(desk: Desk) -> None:
    crowded = Crowded()
    desk.agent.watchings = (crowded,)
    desk.agent.state.tell(
        "measurement", "site/1 2026-11-30 disk_bytes",
        msgspec.json.encode(Measurement(key="site/1", day="2026-11-30", figures={"disk_bytes": 5})),
    )  # fmt: skip
    desk.live(40, each=timedelta(seconds=5))
    assert crowded.asked == 4
    told = [one.figures for report in desk.plane.reports for one in report.measurements]
    assert {"disk_bytes": 5} in told
    assert [one["processes"] for one in told if "processes" in one] == [1, 2, 3, 4]
