"""Both links pass one suite: what a node may rely on, whoever carries its questions."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from servanda.drivers.nodelink import Door, Link, LinkAway, LinkRefused
from servanda.drivers.nodelink.http import HttpDoor, HttpLink
from servanda.drivers.nodelink.memory import INSTALL, MemoryControlPlane, MemoryLink
from servanda.ground.nodes.messages import Enrol, public_bytes, sign_report
from servanda.ground.nodes.sealing import public_text
from servanda.ground.nodes.wanted import Document, Report
from tests.drivers.nodelink.plane import served

TOKEN = "a-token-of-this-test"
SEALING = public_text(X25519PrivateKey.generate())


@dataclass
class Me:
    """A node's identity."""

    node: str = "n1"
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    counter: int = 0
    alone: threading.Lock = field(default_factory=threading.Lock)

    def next_counter(self) -> int:
        with self.alone:
            self.counter += 1
            return self.counter


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Line:
    plane: MemoryControlPlane
    door: Door
    link: Callable[[Me], Link]


@contextmanager
def in_memory(plane: MemoryControlPlane) -> Iterator[Line]:
    yield Line(plane, plane, lambda me: MemoryLink(plane, me, now))


@contextmanager
def over_http(plane: MemoryControlPlane) -> Iterator[Line]:
    with served(plane) as url:
        yield Line(plane, HttpDoor(url), lambda me: HttpLink(url, me, now))


@pytest.fixture(params=[in_memory, over_http], ids=["memory", "http"])
def line(request: pytest.FixtureRequest) -> Iterator[Line]:
    with request.param(MemoryControlPlane(Ed25519PrivateKey.generate(), tokens={TOKEN: "n1"})) as made:
        yield made


def enrolled(line: Line) -> tuple[Me, Link]:
    me = Me()
    line.door.enrol(Enrol(token=TOKEN, node="n1", public_key=public_bytes(me.key), sealing_key=SEALING))
    return me, line.link(me)


def document(seq: int) -> Document:
    return Document(
        install=INSTALL, node="n1", incarnation=1, seq=seq, follows=None, issued_at=now(),
        not_after=now() + timedelta(hours=1), resources=(),
    )  # fmt: skip


def report(number: int) -> Report:
    return Report(node="n1", incarnation=1, number=number, accepted=0, accepted_hash="", at=now())


def test_a_token_lets_one_node_in_once(line: Line) -> None:
    me = Me()
    answer = line.door.enrol(Enrol(token=TOKEN, node="n1", public_key=public_bytes(me.key), sealing_key=SEALING))
    assert answer.trust().keys == (line.plane.signer.public_key().public_bytes_raw(),)
    with pytest.raises(LinkRefused):
        line.door.enrol(Enrol(token=TOKEN, node="n1", public_key=public_bytes(me.key), sealing_key=SEALING))


def test_a_token_is_for_its_own_node_only(line: Line) -> None:
    with pytest.raises(LinkRefused):
        line.door.enrol(Enrol(token=TOKEN, node="n2", public_key=public_bytes(Me().key), sealing_key=SEALING))
    enrolled(line)  # the failed attempt has not used it up


def test_documents_come_in_order_and_only_those_that_follow(line: Line) -> None:
    _, link = enrolled(line)
    raw = [line.plane.issue(document(seq)) for seq in (1, 2, 3)]
    assert list(link.documents(after=1, wait_seconds=0)) == raw[1:]
    assert list(link.documents(after=3, wait_seconds=0)) == []


def test_a_question_waits_for_news(line: Line) -> None:
    _, link = enrolled(line)
    timer = threading.Timer(0.3, lambda: line.plane.issue(document(1)))
    timer.start()
    began = time.monotonic()
    assert len(link.documents(after=0, wait_seconds=10)) == 1
    assert 0.2 < time.monotonic() - began < 5
    timer.join()


def test_a_report_arrives_as_it_was_signed(line: Line) -> None:
    me, link = enrolled(line)
    link.report(sign_report(report(5), me.key))
    assert [one.number for one in line.plane.reports] == [5]


def test_a_password_of_an_errand_is_handed_over_as_it_was_sealed(line: Line) -> None:
    line.plane.words["a" * 32] = "c2VhbGVk"
    _me, link = enrolled(line)
    assert (link.word("a" * 32), link.word("b" * 32)) == ("c2VhbGVk", "")
    line.plane.is_away = True
    with pytest.raises(LinkAway):
        link.word("a" * 32)


def test_a_report_that_another_signed_is_refused(line: Line) -> None:
    _, link = enrolled(line)
    with pytest.raises(LinkRefused):
        link.report(sign_report(report(5), Ed25519PrivateKey.generate()))
    assert not line.plane.reports


def test_a_stranger_learns_nothing(line: Line) -> None:
    enrolled(line)
    line.plane.issue(document(1))
    with pytest.raises(LinkRefused):
        line.link(Me()).documents(after=0, wait_seconds=0)


def test_a_number_that_was_used_is_refused(line: Line) -> None:
    me, link = enrolled(line)
    link.documents(after=0, wait_seconds=0)
    me.counter = -5
    with pytest.raises(LinkRefused):
        link.documents(after=0, wait_seconds=0)


def test_a_control_plane_that_is_away_is_said_to_be(line: Line) -> None:
    me, link = enrolled(line)
    line.plane.is_away = True
    with pytest.raises(LinkAway):
        link.documents(after=0, wait_seconds=0)
    with pytest.raises(LinkAway):
        link.report(sign_report(report(1), me.key))


def test_nobody_listening_is_the_same_as_away() -> None:
    with pytest.raises(LinkAway):
        HttpDoor("http://127.0.0.1:9").enrol(
            Enrol(token=TOKEN, node="n1", public_key=public_bytes(Me().key), sealing_key=SEALING)
        )


def test_without_encryption_a_node_speaks_to_its_own_machine_only() -> None:
    with pytest.raises(LinkRefused, match="https"):
        HttpDoor("http://control.example.dk")


def test_questions_and_reports_of_many_threads_overtake_each_other_and_none_is_refused(line: Line) -> None:
    """A number is taken before it is sent: without order a later one comes first, and the earlier is refused."""
    me, link = enrolled(line)
    many = threading.Barrier(8)
    done, failed = [], []

    def go_on(number: int) -> None:
        many.wait()
        for turn in range(25):
            try:
                if number % 2:
                    link.report(sign_report(report(number * 100 + turn), me.key))
                else:
                    link.documents(after=0, wait_seconds=0)
                done.append(turn)
            except LinkRefused as error:
                failed.append(str(error))

    threads = [threading.Thread(target=go_on, args=(number,)) for number in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert (len(done), failed) == (200, [])
