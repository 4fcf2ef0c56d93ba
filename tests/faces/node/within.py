"""Agent and helper within the test's process, with a clock that the test moves; all else is as in earnest."""

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from servanda.drivers.node import Converger, Layout, NotNow
from servanda.drivers.nodelink import LinkAway
from servanda.drivers.nodelink.memory import INSTALL, MemoryControlPlane, MemoryLink
from servanda.faces.node import installed
from servanda.faces.node.agent import Agent
from servanda.faces.node.clockwatch import Clocks, ClockWatch
from servanda.faces.node.enrolling import enrol
from servanda.faces.node.errands import Children
from servanda.faces.node.helper import Doorkeeper, Helper, Log
from servanda.faces.node.installed import Installation, OwnIdentity
from servanda.faces.node.parts import Setting
from servanda.faces.node.privileges import HelperLine
from servanda.faces.node.reporting import Reporter
from servanda.faces.node.settling import Settler
from servanda.faces.node.state import State
from servanda.ground.nodes.documents import Trust, hash_of
from servanda.ground.nodes.wanted import Document, Finding, NodeWarrant, Wanted
from tests.faces.node.wiring import Sites, Zones, verbs
from tests.faces.node.worlds import NAME

MORNING = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)


@dataclass
class Hands:
    """The hands of a clock; `jump` moves the wall clock alone, as somebody who sets it does."""

    wall: datetime = MORNING
    seconds: float = 1_000.0

    def clocks(self) -> Clocks:
        return Clocks(now=lambda: self.wall, seconds=lambda: self.seconds, boot="this boot")

    def pass_by(self, time: timedelta) -> None:
        self.wall += time
        self.seconds += time.total_seconds()

    def jump(self, time: timedelta) -> None:
        self.wall += time


@dataclass
class Desk:
    """What a test of the agent's rounds works at."""

    installation: Installation
    plane: MemoryControlPlane
    hands: Hands
    trust: Trust
    convergers: Sequence[Converger] | None = None
    seq: int = 0
    hash: str = ""
    stack: list[threading.Thread] = field(default_factory=list)
    agent: Agent = field(init=False)
    helper: Helper = field(init=False)
    is_over: bool = False

    @property
    def layout(self) -> Layout:
        return self.installation.layout

    def open_helper(self) -> None:
        """Begin the helper from its file."""
        clocks = self.hands.clocks()
        self.helper_state = State(self.installation.helper_folder / "state.db", incarnation=self.trust.incarnation)
        log = Log(self.layout.log / "helper.log", clocks)
        self.helper = Helper(self.layout, self.trust, self.helper_state, verbs(), clocks, log)
        door = Doorkeeper(self.helper, self.layout.helper_socket, agent=os.geteuid(), log=log)
        self.is_over = False
        thread = threading.Thread(target=lambda: (door.serve(is_over=lambda: self.is_over), door.close()), daemon=True)
        thread.start()
        self.stack.append(thread)

    def close_helper(self) -> None:
        self.is_over = True
        self.agent.helper.close()
        for thread in self.stack:
            thread.join()
        self.stack.clear()
        self.helper_state.close()
        self.layout.helper_socket.unlink(missing_ok=True)

    def close_agent(self) -> None:
        if hasattr(self, "agent"):
            self.agent.helper.close()
            self.agent.state.close()

    def open_agent(self) -> Agent:
        """Begin the agent from its file, as after a restart."""
        self.close_agent()
        clocks = self.hands.clocks()
        state = State(self.installation.agent_folder / "state.db", incarnation=self.trust.incarnation)
        identity = OwnIdentity(NAME, installed.read_key(self.installation), state, clocks.now)
        self.link = MemoryLink(self.plane, identity, clocks.now)
        line = HelperLine(self.layout.helper_socket, answer_seconds=10)
        setting = Setting(layout=self.layout, privileges=line, known=state.known)
        watch = ClockWatch(clocks, state)
        convergers = self.convergers if self.convergers is not None else (Zones(setting), Sites(setting))
        self.agent = Agent(
            installation=self.installation,
            trust=self.trust,
            state=state,
            helper=line,
            settler=Settler(state, convergers, clocks, watch),
            reporter=Reporter(self.installation, identity, state, self.link),
            children=Children(state, clocks, lambda key: ("/bin/false",)),
            watch=watch,
            clocks=clocks,
        )
        return self.agent

    def document(self, *resources: Wanted, warrants: Sequence[NodeWarrant] = (), is_anew: bool = False) -> Document:
        self.seq += 1
        return Document(
            install=INSTALL,
            node=NAME,
            incarnation=self.plane.incarnation,
            seq=self.seq,
            follows=None if is_anew or not self.hash else self.hash,
            issued_at=self.hands.wall,
            not_after=self.hands.wall + timedelta(minutes=60),
            resources=resources,
            warrants=tuple(warrants),
        )

    def issue(self, *resources: Wanted, warrants: Sequence[NodeWarrant] = (), is_anew: bool = False) -> Document:
        document = self.document(*resources, warrants=warrants, is_anew=is_anew)
        if is_anew:
            self.plane.issued.clear()
        self.hash = hash_of(self.plane.issue(document))
        return document

    def live(self, rounds: int = 1, *, each: timedelta = timedelta(seconds=2)) -> None:
        """Ask for documents and make rounds, as `run` does, while the clock goes on."""

        for _ in range(rounds):
            with suppress(LinkAway, NotNow):
                self.agent.take(self.link.documents(after=self.agent.after, wait_seconds=0))
            self.agent.round()
            self.hands.pass_by(each)

    def finding(self, key: str) -> Finding:
        return next(one for report in reversed(self.plane.reports) for one in report.findings if one.key == key)

    def outcome(self, key: str) -> str:
        found = self.agent.state.outcome(key)
        return found.outcome if found else ""


@contextmanager
def a_desk(root: Path, convergers: Sequence[Converger] | None = None) -> Iterator[Desk]:
    hands = Hands()
    plane = MemoryControlPlane(Ed25519PrivateKey.generate(), tokens={"a-token-of-this-test": NAME})
    installation = Installation(layout=Layout(root=root), name=NAME, url="http://127.0.0.1:1")
    installed.write(installation)
    installation = enrol(installation, plane, "a-token-of-this-test")
    assert installation.enrolled is not None
    desk = Desk(installation, plane, hands, installation.enrolled.trust(), convergers)
    desk.open_helper()
    desk.open_agent()
    try:
        yield desk
    finally:
        desk.close_helper()
        desk.close_agent()
