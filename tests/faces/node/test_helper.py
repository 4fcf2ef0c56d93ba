"""What the helper refuses, one test for each reason, and what it survives on its socket."""

import os
import secrets
import shutil
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from servanda.drivers.node import Broken, NotNow, Task, Verb, VerbRefused
from servanda.faces.node import frames
from servanda.faces.node.helper import Doorkeeper, Helper, Log
from servanda.faces.node.privileges import HelperLine
from servanda.ground.nodes.documents import DocumentRefused, hash_of, sign
from servanda.ground.nodes.kinds.web import Site
from servanda.ground.nodes.wanted import Document, NodeWarrant, Wanted, encode
from tests.faces.node.within import Desk, a_desk
from tests.faces.node.worlds import hold, leave, site, zone

QUARANTINED = site(1, state="quarantined")
PURGED = site(1, state="purged")


def test_a_verb_acts_on_the_statement_that_the_helper_itself_verified(desk: Desk) -> None:
    _accept(desk, site(1))
    assert desk.helper.do("write_site", "site/1") == {}
    assert desk.layout.site(1).read_bytes() == encode(site(1))


def _asks_for_an_unknown_verb(desk: Desk) -> None:
    _accept(desk, site(1))
    desk.helper.do("run_shell", "site/1")


def _asks_for_an_unknown_resource(desk: Desk) -> None:
    _accept(desk, site(1))
    desk.helper.do("write_site", "site/2")


def _asks_for_another_kind(desk: Desk) -> None:
    _accept(desk, zone("example.dk"))
    desk.helper.do("write_site", "zone/example.dk")


def _quarantines_what_is_kept(desk: Desk) -> None:
    _accept(desk, site(1))
    desk.helper.do("quarantine_site", "site/1")


def _quarantines_what_is_only_held(desk: Desk) -> None:
    _accept(desk, site(1, holds=(hold("abuse"),)))
    desk.helper.do("quarantine_site", "site/1")


def _purges_what_is_quarantined(desk: Desk) -> None:
    _quarantined(desk)
    desk.helper.do("purge_site", "site/1")


def _quarantines_what_was_never_here_and_has_no_leave(desk: Desk) -> None:
    _accept(desk, QUARANTINED)  # nothing was known of it, so nothing gets worse and no leave came along
    desk.helper.do("quarantine_site", "site/1")


def _quarantines_after_the_leave_has_run_out(desk: Desk) -> None:
    _accept(desk, site(1))
    _accept(desk, QUARANTINED, leaves=[leave(site(1), "quarantine", now=desk.hands.wall, minutes=15)])
    desk.hands.pass_by(timedelta(minutes=16))
    desk.helper.do("quarantine_site", "site/1")


def _uses_a_leave_of_an_earlier_quarantine(desk: Desk) -> None:
    _quarantined(desk)
    _accept(desk, site(1))
    desk.helper.do("quarantine_site", "site/1")


@pytest.mark.parametrize(
    ("asks", "why"),
    [
        (_asks_for_an_unknown_verb, "no verb"),
        (_asks_for_an_unknown_resource, "no signed document"),
        (_asks_for_another_kind, "is not for"),
        (_quarantines_what_is_kept, "nothing signed asks"),
        (_quarantines_what_is_only_held, "nothing signed asks"),
        (_purges_what_is_quarantined, "nothing signed asks"),
        (_quarantines_what_was_never_here_and_has_no_leave, "no leave"),
        (_quarantines_after_the_leave_has_run_out, "not for this moment"),
        (_uses_a_leave_of_an_earlier_quarantine, "nothing signed asks"),
    ],
    ids=lambda value: value.__name__.strip("_") if callable(value) else "",
)
def test_what_the_helper_refuses(desk: Desk, asks: Callable[[Desk], None], why: str) -> None:
    with pytest.raises(VerbRefused, match=why):
        asks(desk)
    if "kept" in asks.__name__ or "held" in asks.__name__:
        assert not (desk.layout.quarantine / "1").exists()
    assert '"what":"refused"' in (desk.layout.log / "helper.log").read_text()


@pytest.mark.parametrize(
    ("leaves", "reason"),
    [
        ((), "unwarranted"),
        (("purge",), "unwarranted"),
        (("of another statement",), "unwarranted"),
        (("tomorrow",), "unwarranted"),
    ],
)
def test_a_quarantine_without_its_leave_is_not_even_accepted(desk: Desk, leaves: tuple[str, ...], reason: str) -> None:
    _accept(desk, site(1))
    now = desk.hands.wall
    made = {
        "purge": leave(site(1), "purge", now=now),
        "of another statement": leave(site(1, name="other.dk"), "quarantine", now=now),
        "tomorrow": leave(site(1), "quarantine", now=now + timedelta(days=1)),
    }
    with pytest.raises(DocumentRefused) as refusal:
        _accept(desk, QUARANTINED, leaves=[made[name] for name in leaves])
    assert refusal.value.reason == reason
    assert desk.helper_state.known["site/1"] == site(1)


def test_documents_that_the_signer_has_not_signed_are_refused(desk: Desk) -> None:
    document = desk.document(site(1))
    forged = sign(document, Ed25519PrivateKey.generate())
    with pytest.raises(DocumentRefused, match="unsigned"):
        desk.helper.accept(forged)
    assert not desk.helper_state.known
    assert "document refused" not in (desk.layout.log / "helper.log").read_text()
    assert desk.helper.answer(frames.Accept(), forged) == frames.Not(how="document", reason="unsigned")
    assert "document refused" in (desk.layout.log / "helper.log").read_text()


def test_a_quarantine_that_has_begun_may_be_ended_after_its_leave_has_run_out(desk: Desk) -> None:
    _quarantined(desk)
    desk.hands.pass_by(timedelta(days=30))
    desk.helper.do("quarantine_site", "site/1")


def test_a_purge_needs_its_own_leave_after_a_quarantine(desk: Desk) -> None:
    _quarantined(desk)
    with pytest.raises(DocumentRefused, match="unwarranted"):
        _accept(desk, PURGED)
    _accept(desk, PURGED, leaves=[leave(QUARANTINED, "purge", now=desk.hands.wall)])
    desk.helper.do("purge_site", "site/1")
    assert not (desk.layout.quarantine / "1").exists()


def test_nothing_adverse_begins_while_the_clock_is_doubted(desk: Desk) -> None:
    _accept(desk, site(1))
    desk.helper.do("write_site", "site/1")
    _accept(desk, QUARANTINED, leaves=[leave(site(1), "quarantine", now=desk.hands.wall, minutes=600)])
    desk.hands.jump(timedelta(hours=2))
    with pytest.raises(NotNow, match="clock"):
        desk.helper.do("quarantine_site", "site/1")
    assert desk.layout.site(1).exists()


def test_a_fault_in_a_verb_does_not_end_the_helper(desk: Desk) -> None:
    def faulty(task: Task) -> dict[str, int]:
        raise ZeroDivisionError

    log = Log(desk.layout.log / "other.log", desk.hands.clocks())
    helper = Helper(
        desk.layout, desk.trust, desk.helper_state, (Verb("fail", (Site,), faulty),), desk.hands.clocks(), log
    )
    _accept(desk, site(1))
    with pytest.raises(Broken, match="fault"):
        helper.do("fail", "site/1")
    assert helper.answer(frames.Do(verb="fail", key="site/1")).how == "broken"  # type: ignore[union-attr]
    assert "ZeroDivisionError" in (desk.layout.log / "other.log").read_text()


def test_every_act_stands_in_the_helpers_own_log(desk: Desk) -> None:
    _quarantined(desk)
    lines = [msgspec.json.decode(line) for line in (desk.layout.log / "helper.log").read_bytes().splitlines()]
    acts = [(line["what"], line["verb"], line["key"]) for line in lines if "verb" in line]
    assert acts == [
        ("begun", "write_site", "site/1"), ("done", "write_site", "site/1"),
        ("begun", "quarantine_site", "site/1"), ("done", "quarantine_site", "site/1"),
    ]  # fmt: skip
    assert [line["leave"] for line in lines if line["what"] == "begun"][1].startswith("hosting/quarantine")


def test_two_verbs_of_one_name_are_a_mistake_of_ours(desk: Desk) -> None:
    verb = Verb("same", (Site,), lambda task: {})
    with pytest.raises(ValueError, match="same name"):
        Helper(
            desk.layout, desk.trust, desk.helper_state, (verb, verb), desk.hands.clocks(),
            Log(desk.layout.log / "other.log", desk.hands.clocks()),
        )  # fmt: skip


# The socket.


def test_another_account_than_the_agents_is_turned_away(desk: Desk) -> None:
    path = desk.layout.run / "helper2" / "socket"
    log = Log(desk.layout.log / "door.log", desk.hands.clocks())
    door = Doorkeeper(desk.helper, path, agent=12_345, log=log)
    line = socket.socket(socket.AF_UNIX)
    line.connect(str(path))  # root may open any socket, and is still not the agent
    door.serve(is_over=_after(2))
    line.settimeout(5)
    with suppress(OSError):  # it may be closed before or after our question was written
        frames.send(line, frames.Where())
        assert line.recv(1) == b""
    line.close()
    door.close()
    assert '"turned away"' in (desk.layout.log / "door.log").read_text()


def test_a_line_that_the_helper_closed_is_opened_anew_before_a_question(tmp_path: Path) -> None:
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(tmp_path / "socket"))
    listening.listen()

    def answer_twice_and_close_each_time() -> None:
        for seq in (1, 2):
            line, _ = listening.accept()
            with line:
                frames.receive(line, longest=1000, seconds=5)
                frames.send(line, frames.Done(seq=seq))

    thread = threading.Thread(target=answer_twice_and_close_each_time)
    thread.start()
    line = HelperLine(tmp_path / "socket", answer_seconds=5)
    assert line.seq() == 1
    time.sleep(0.1)
    assert line.seq() == 2
    thread.join()
    listening.close()
    with pytest.raises(NotNow, match="away"):
        line.seq()
    line.close()


@pytest.fixture(scope="module")
def shared() -> Iterator[Desk]:
    if os.geteuid() != 0:
        pytest.skip("a node's folders belong to accounts of their own, which only root can give them")
    root = Path("/var/lib/servanda") / f"t{secrets.token_hex(4)}"
    with a_desk(root) as desk:
        _accept(desk, site(1))
        yield desk
    shutil.rmtree(root)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    raw=st.one_of(
        st.binary(max_size=200),
        st.binary(max_size=200).map(lambda content: struct.pack(">I", len(content)) + content),
        st.integers(0, 2**32 - 1).map(lambda length: struct.pack(">I", length)),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=20),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
        ).map(lambda value: (lambda content: struct.pack(">I", len(content)) + content)(msgspec.json.encode(value))),
        st.fixed_dictionaries(
            {
                "ask": st.sampled_from(["do", "accept", "where", "else"]),
                "verb": st.sampled_from(["write_site", "../x", "", "quarantine_site"]),
                "key": st.text(max_size=30) | st.just("site/1"),
            }
        ).map(lambda value: (lambda content: struct.pack(">I", len(content)) + content)(msgspec.json.encode(value))),
    )
)
def test_whatever_comes_over_the_socket_the_helper_goes_on(shared: Desk, raw: bytes) -> None:
    line = socket.socket(socket.AF_UNIX)
    line.settimeout(5)
    line.connect(str(shared.layout.helper_socket))
    try:
        line.sendall(raw)
        line.shutdown(socket.SHUT_WR)
        while line.recv(4096):
            pass
    except OSError:
        pass
    finally:
        line.close()
    fresh = HelperLine(shared.layout.helper_socket, answer_seconds=5)
    assert fresh.seq() == 1
    fresh.close()
    assert not shared.layout.quarantine.exists() or not any(shared.layout.quarantine.iterdir())


def test_a_frame_that_drips_is_given_up(desk: Desk) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(struct.pack(">I", 100) + b"x")
        with pytest.raises(frames.BadFrame, match="in time"):
            frames.receive(ours, longest=1000, seconds=0.2)


def test_a_frame_that_is_too_long_is_not_read(desk: Desk) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(struct.pack(">I", 5000))
        with pytest.raises(frames.BadFrame, match="at most"):
            frames.receive(ours, longest=4096, seconds=1)


def test_the_helper_is_small_and_knows_neither_the_business_nor_a_network() -> None:
    source = Path(frames.__file__).parent
    own = ("helper.py", "frames.py", "state.py", "knowledge.py", "clockwatch.py")
    assert sum(len((source / name).read_text().splitlines()) for name in own) <= 1_500
    shown = subprocess.run(
        [sys.executable, "-c", "import sys, servanda.faces.node.helper; print(*sys.modules)"],
        capture_output=True, text=True, check=True, timeout=60, env={**os.environ},
    ).stdout.split()  # fmt: skip
    assert not {"django", "psycopg", "httpx", "urllib.request", "http.client"} & set(shown)


def _accept(desk: Desk, *resources: Wanted, leaves: list[NodeWarrant] | None = None) -> None:
    document: Document = desk.document(*resources, warrants=leaves or [])
    raw = sign(document, desk.plane.signer)
    desk.helper.accept(raw)
    desk.hash = hash_of(raw)


def _quarantined(desk: Desk) -> None:
    _accept(desk, site(1))
    desk.helper.do("write_site", "site/1")
    _accept(desk, QUARANTINED, leaves=[leave(site(1), "quarantine", now=desk.hands.wall)])
    desk.helper.do("quarantine_site", "site/1")


def _after(questions: int) -> Callable[[], bool]:
    left = iter(range(questions))
    return lambda: next(left, None) is None
