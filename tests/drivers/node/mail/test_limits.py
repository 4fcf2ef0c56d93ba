"""Limits per sender, bulk mail with and without a permit, and what the counts say afterwards."""

import os
import smtplib
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from servanda.drivers.node.mail import MailMetering, maps
from servanda.drivers.node.mail.gate.counts import DAY, HOUR, Counts
from servanda.drivers.node.mail.gate.judging import likeness
from servanda.drivers.node.mail.gate.policy import Policy
from servanda.drivers.node.mail.gate.rows import Rows
from servanda.ground.calendar import legal_day
from tests.drivers.node.mail.conftest import MailNode, domain, mailbox
from tests.drivers.node.mail.test_delivery import refused

NOW = 1_796_126_400.0


class Desk:
    """A policy over rows in a folder, with a time that the test moves."""

    def __init__(self, folder: Path, *, hourly: int = 5, daily: int = 8) -> None:
        self.now, self.folder = NOW, folder
        link = maps.connect(folder / "mail.db")
        maps.put(
            link,
            "domain",
            {
                "name": "a.test", "tenant": 200_001, "is_local": 1, "receiving": "", "sending": "", "block": "",
                "block_until": 0, "route": "shared", "hourly": hourly, "daily": daily, "alike": 3, "selector": "sv1",
            },
        )  # fmt: skip
        for name in ("a", "b"):
            maps.put(
                link,
                "mailbox",
                {
                    "address": f"{name}@a.test", "domain": "a.test", "tenant": 200_001, "receiving": "", "sending": "",
                    "block": "", "block_until": 0, "hourly": 0, "daily": 0,
                },
            )  # fmt: skip
        link.close()
        self.begin()

    def begin(self) -> None:
        self.counts = Counts(self.folder / "counts.db")
        self.counts.open(now=self.now)
        self.policy = Policy(Rows(self.folder / "mail.db"), self.counts, lambda: self.now)

    def one_to(self, count: int, *, instance: str, sender: str = "a@a.test", is_ended: bool = True) -> list[str]:
        asked = {"protocol_state": "RCPT", "sasl_username": sender, "instance": instance}
        said = [self.policy.answer({**asked, "recipient": f"r{number}@x.test"}) for number in range(count)]
        if is_ended:
            ended = {
                **asked,
                "protocol_state": "END-OF-MESSAGE",
                "recipient_count": str(said.count("DUNNO")),
                "size": "9",
            }
            assert self.policy.answer(ended) == "DUNNO"
        return said


def test_the_hour_is_over_after_an_hour_and_the_day_after_a_day(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert desk.one_to(5, instance="1") == ["DUNNO"] * 5
    assert desk.one_to(1, instance="2", is_ended=False)[0].startswith("DEFER 4.7.1 The hourly limit of 5 recipients")
    assert desk.one_to(1, instance="3", sender="b@a.test") == ["DUNNO"]
    desk.now += HOUR + 300
    assert desk.one_to(3, instance="4") == ["DUNNO"] * 3
    assert desk.one_to(1, instance="5", is_ended=False)[0].startswith("DEFER 4.7.1 The daily limit of 8 recipients")
    desk.now += DAY
    assert desk.one_to(1, instance="6") == ["DUNNO"]


@pytest.mark.clause("servicepoint-020")
def test_a_leave_for_bulk_is_of_a_week_and_of_the_whole_domain(tmp_path: Path) -> None:
    desk = Desk(tmp_path, hourly=100, daily=100)
    link = maps.connect(tmp_path / "mail.db")
    link.execute("UPDATE domain SET weekly=10, route='dedicated'")
    for day in range(3):
        assert desk.one_to(3, instance=f"a{day}", sender=f"{'ab'[day % 2]}@a.test") == ["DUNNO"] * 3
        desk.now += DAY
    said = desk.one_to(2, instance="b", sender="b@a.test", is_ended=False)
    assert said[0] == "DUNNO"
    assert said[1].startswith("DEFER 4.7.1 The weekly limit of 10 recipients")
    desk.counts.forget(now=desk.now)
    desk.begin()  # a restart forgets nothing of the week
    assert desk.one_to(2, instance="c", is_ended=False)[1].startswith("DEFER 4.7.1 The weekly limit")
    desk.now += 4 * DAY + 301  # the first of the days falls out of the week
    desk.begin()
    assert desk.one_to(4, instance="d", is_ended=False)[:3] == ["DUNNO"] * 3
    link.execute("UPDATE domain SET weekly=0")
    assert desk.one_to(20, instance="e") == ["DUNNO"] * 20


def test_rows_of_an_older_agent_get_the_column_that_they_lack(tmp_path: Path) -> None:
    older = sqlite3.connect(tmp_path / "mail.db")
    older.executescript(maps.SCHEMA.replace(",\n    weekly INTEGER NOT NULL DEFAULT 0", ""))
    assert "weekly" not in {row[1] for row in older.execute("PRAGMA table_info(domain)")}
    older.close()
    for _ in range(2):
        link = maps.connect(tmp_path / "mail.db")
        assert "weekly" in {row["name"] for row in link.execute("PRAGMA table_info(domain)")}
        link.close()


def test_messages_that_are_begun_at_once_share_one_limit(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert desk.one_to(3, instance="1", is_ended=False) == ["DUNNO"] * 3
    assert desk.one_to(3, instance="2", is_ended=False)[2].startswith("DEFER")


def test_counts_survive_a_restart(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.one_to(5, instance="1")
    desk.begin()
    assert desk.one_to(1, instance="2", is_ended=False)[0].startswith("DEFER")


def test_a_file_that_cannot_be_written_stops_no_mail_and_lifts_no_limit(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    other = sqlite3.connect(tmp_path / "counts.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    assert desk.one_to(5, instance="1") == ["DUNNO"] * 5
    assert desk.one_to(1, instance="2", is_ended=False)[0].startswith("DEFER")
    other.execute("ROLLBACK")
    other.close()
    desk.one_to(1, instance="3", sender="b@a.test")
    desk.begin()
    assert desk.counts.sent_within("a@a.test", HOUR, now=desk.now) == 5


def test_rows_that_cannot_be_read_put_outgoing_mail_off_and_take_incoming(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    link = sqlite3.connect(tmp_path / "mail.db", isolation_level=None)
    link.execute("DROP TABLE mailbox")
    link.close()
    assert desk.one_to(1, instance="1", is_ended=False)[0].startswith("DEFER 4.3.0")
    assert desk.policy.answer({"protocol_state": "RCPT", "recipient": "a@a.test", "instance": "2"}) == "DUNNO"


def test_a_limit_is_answered_by_the_server(node: MailNode) -> None:
    node.tell(domain("few.test", hourly_limit=3), mailbox("a@few.test"), mailbox("b@few.test", hourly_limit=1))
    count = len(node.sink.taken)
    node.send("a@few.test", ["x@far-away.test", "y@far-away.test", "z@far-away.test"])
    code, text = refused(node, "a@few.test", "x@far-away.test")
    assert (code, "hourly limit of 3 recipients" in text) == (450, True)
    node.send("b@few.test", "x@far-away.test")
    assert refused(node, "b@few.test", "x@far-away.test")[0] == 450
    node.tell(domain("few.test", hourly_limit=4))
    node.send("a@few.test", "x@far-away.test")
    node.sink.wait(count + 3)


def test_the_gates_away_means_later_for_who_sends_and_now_for_who_receives(node: MailNode) -> None:
    node.tell(domain("gateless.test"), mailbox("a@gateless.test"))
    node.running.kill("mail-gate")
    try:
        with pytest.raises(smtplib.SMTPResponseException) as caught:
            node.send("a@gateless.test", "x@far-away.test")
        assert 450 <= caught.value.smtp_code < 460
        node.arrive("a@gateless.test", "taken uncounted")
        node.wait_for("a@gateless.test", "taken uncounted")
    finally:
        node.running.start("mail-gate")
    count = len(node.sink.taken)
    node.send("a@gateless.test", "x@far-away.test")
    node.sink.wait(count + 1)


@pytest.mark.clause("servicepoint-018")
def test_the_same_text_to_many_needs_a_permit(node: MailNode) -> None:
    offer = "Dear {0}, our offer number {0} ends on day {0}.\n"
    node.tell(domain("shop.test", alike_limit=20), mailbox("a@shop.test"))
    with node.submission("a@shop.test") as link:
        for number in range(2):
            to = [f"r{number}-{one}@far-away.test" for one in range(10)]
            link.sendmail("a@shop.test", to, f"From: a@shop.test\r\n\r\n{offer.format(number)}")
    code, text = refused(node, "a@shop.test", "one-more@far-away.test", text=offer.format(3))
    assert (code, "more than 20 recipients a day needs a permit for bulk mail" in text) == (550, True)
    node.send("a@shop.test", "one-more@far-away.test", text="Something else entirely.\n")
    node.tell(domain("shop.test", alike_limit=20, route="bulk"))
    node.send("a@shop.test", "one-more@far-away.test", text=offer.format(4))


@pytest.mark.clause("servicepoint-020")
@pytest.mark.parametrize(
    ("route", "greeting"), [("bulk", "bulk.mail.node.test"), ("dedicated", "relay.mail.node.test")]
)
def test_bulk_and_dedicated_mail_go_their_own_ways(node: MailNode, route: str, greeting: str) -> None:
    name = f"way-{route}.test"
    node.tell(domain(name, route=route), mailbox(f"a@{name}"))
    count = len(node.sink.taken)
    node.send(f"a@{name}", "x@far-away.test")
    node.sink.wait(count + 1)
    assert node.sink.taken[-1][0] == greeting
    node.tell(domain(name))
    node.send(f"a@{name}", "y@far-away.test")  # to the same one Postfix would remember the way for half a minute
    node.sink.wait(count + 2)
    assert node.sink.taken[-1][0] == "mail.node.test"


def test_the_metering_says_what_was_kept_sent_and_received(node: MailNode) -> None:
    node.tell(domain("counted.test"), mailbox("a@counted.test"), mailbox("b@counted.test"))
    node.arrive("a@counted.test", "one")
    node.arrive(["a@counted.test", "b@counted.test"], "two")
    node.send("a@counted.test", ["b@counted.test", "x@far-away.test"], "three")
    node.wait_for("a@counted.test", "two")
    node.wait_for("b@counted.test", "three")
    today = legal_day(datetime.now(UTC)).isoformat()
    (found,) = MailMetering(node.layout, node.book).measure(mailbox("a@counted.test"), day=today)
    assert (found.key, found.day) == ("mailbox/a@counted.test", today)
    figures = found.figures
    assert {name: figures[name] for name in ("messages", "messages_received", "messages_sent", "recipients_sent")} == {
        "messages": 2, "messages_received": 2, "messages_sent": 1, "recipients_sent": 2,
    }  # fmt: skip
    assert 500 < figures["disk_bytes"] < 3000
    assert figures["sent_bytes"] > 100
    (other,) = MailMetering(node.layout, node.book).measure(mailbox("b@counted.test"), day=today)
    assert other.figures["messages_received"] == 2
    (before,) = MailMetering(node.layout, node.book).measure(mailbox("a@counted.test"), day="2020-01-01")
    assert before.figures["messages_sent"] == 0


def test_what_varies_per_reader_makes_no_other_text() -> None:
    def whole(mark: str, name: str, subject: str) -> bytes:
        return (
            f"Subject: {subject}\r\nContent-Type: multipart/alternative; boundary={mark}\r\n\r\n--{mark}\r\n"
            f"Content-Type: text/plain\r\n\r\nOur offer ends on {name}.\r\n--{mark}--\r\n"
        ).encode()

    assert likeness(whole("aaa", "12", "x")) == likeness(whole("bbb", "  7 / 8", "y"))
    assert likeness(whole("aaa", "12", "x")) != likeness(whole("aaa", "Monday", "x"))
    assert likeness(b"\r\n\r\n\xff\x00") != likeness(b"")


def test_only_postfix_reaches_the_gate(node: MailNode) -> None:
    sockets = node.layout.run / "mail"
    assert (sockets.stat().st_mode & 0o777, sockets.stat().st_uid) == (0o710, 0)
    pid = node.running.children["mail-gate"].pid
    status = Path(f"/proc/{pid}/status").read_text()
    assert f"Uid:\t{node.layout.accounts.gate}\t{node.layout.accounts.gate}" in status
    assert "CapEff:\t0000000000000000" in status
    assert os.stat(node.layout.data / "mailauth").st_mode & 0o777 == 0o700
