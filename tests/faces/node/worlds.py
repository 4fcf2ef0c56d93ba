"""A whole node below a folder of its own, with a control plane on a real socket, for tests that start and kill parts."""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from servanda.drivers.node import Layout, NotNow
from servanda.drivers.nodelink.memory import INSTALL, MemoryControlPlane
from servanda.faces.node import private
from servanda.faces.node.enclosure import own_mounts
from servanda.faces.node.enrolling import enrol
from servanda.faces.node.installed import Installation
from servanda.faces.node.processes import Place
from servanda.faces.node.state import Outcome, State
from servanda.ground.nodes.documents import fingerprint, hash_of
from servanda.ground.nodes.kinds.base import Hold
from servanda.ground.nodes.kinds.dns import Record, Zone
from servanda.ground.nodes.kinds.web import Site
from servanda.ground.nodes.wanted import Document, NodeWarrant, Wanted
from tests.drivers.nodelink.plane import served

ROOT = Path(__file__).parents[3]
WIRING = "tests.faces.node.wiring"
NAME = "n1"


def hold(cause: str = "payment") -> Hold:
    return Hold(
        cause=cause,  # type: ignore[arg-type]
        clause="5.1",
        provider="Nordlys",
        since=datetime.now(UTC).date(),
        way_out="https://portal.example.dk/",
    )


def site(number: int, *, state: str = "kept", holds: tuple[Hold, ...] = (), name: str = "") -> Site:
    return Site(
        site=number,
        tenant=200_000 + number,
        names=(name or f"s{number}.example.dk",),
        state=state,  # type: ignore[arg-type]
        holds=holds,
    )


def zone(domain: str, content: str = "192.0.2.1") -> Zone:
    return Zone(domain=domain, records=(Record(name=domain, type="A", content=content),))


def leave(before: Wanted, act: str, *, now: datetime, minutes: float = 15) -> NodeWarrant:
    return NodeWarrant(
        warrant=f"hosting/{act}/{before.key.replace('@', '-')}/{fingerprint(before)[:8]}",
        act=act,  # type: ignore[arg-type]
        key=before.key,
        fingerprint=fingerprint(before),
        clause="9.1",
        not_before=now - timedelta(minutes=1),
        not_after=now + timedelta(minutes=minutes),
    )


@dataclass
class World:
    """`wanted` is all that the control plane has ever said, by key: what the node must come to."""

    installation: Installation
    plane: MemoryControlPlane
    place: Place
    url: str
    seq: int = 0
    hash: str = ""
    wanted: dict[str, Wanted] = field(default_factory=dict)
    said: list[Wanted] = field(default_factory=list)
    warrants: set[str] = field(default_factory=set)
    parts: "dict[str, subprocess.Popen[bytes]]" = field(default_factory=dict)

    @property
    def layout(self) -> Layout:
        return self.installation.layout

    def document(
        self, *resources: Wanted, warrants: Sequence[NodeWarrant] = (), is_anew: bool = False, life_minutes: float = 60
    ) -> Document:
        now = datetime.now(UTC)
        self.seq += 1
        return Document(
            install=INSTALL,
            node=NAME,
            incarnation=self.plane.incarnation,
            seq=self.seq,
            follows=None if is_anew or not self.hash else self.hash,
            issued_at=now,
            not_after=now + timedelta(minutes=life_minutes),
            resources=resources,
            warrants=tuple(warrants),
        )

    def issue(self, *resources: Wanted, warrants: Sequence[NodeWarrant] = (), is_anew: bool = False) -> Document:
        document = self.document(*resources, warrants=warrants, is_anew=is_anew)
        if is_anew:
            self.plane.issued.clear()
        self.hash = hash_of(self.plane.issue(document))
        self.wanted.update({one.key: one for one in resources})
        self.said.extend(resources)
        self.warrants.update(one.warrant for one in warrants)
        return document

    def quarantine(self, number: int) -> None:
        before = self.wanted[f"site/{number}"]
        self.issue(site(number, state="quarantined"), warrants=[leave(before, "quarantine", now=datetime.now(UTC))])

    def start(self, part: str) -> None:
        """Start agent or helper as they run in earnest: the agent under its own account, both as processes."""
        agent = self.layout.accounts.agent

        def enclosed() -> None:
            own_mounts()
            if part == "agent":
                os.setgroups([])
                os.setgid(agent)
                os.setuid(agent)

        with open(self.layout.log / f"{part}.out", "ab") as output:
            self.parts[part] = subprocess.Popen(
                self.place.command(part),
                cwd=ROOT,
                env={"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"},
                stdout=output,
                stderr=output,
                preexec_fn=enclosed,
            )

    def kill(self, part: str) -> None:
        child = self.parts.pop(part)
        child.send_signal(signal.SIGKILL)
        child.wait()

    def stop(self) -> None:
        for child in self.parts.values():
            child.terminate()
        for child in self.parts.values():
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        self.parts.clear()

    def outcome(self, key: str) -> Outcome | None:
        try:
            state = State(self.installation.agent_folder / "state.db", may_write=False)
        except NotNow:  # it has not been made yet
            return None
        try:
            return state.outcome(key)
        finally:
            state.close()

    def is_settled(self) -> bool:
        found = {key: self.outcome(key) for key in self.wanted}
        return all(
            one is not None and one.outcome == "as wanted" and one.settled == fingerprint(self.wanted[key])
            for key, one in found.items()
        )

    def said_in_log(self, part: str) -> str:
        return (self.layout.log / f"{part}.out").read_text(errors="replace")[-4000:]


def wait_until(holds: Callable[[], bool], *, seconds: float = 20, told: Callable[[], str] = lambda: "") -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, f"it did not come to that within {seconds} s. {told()}"
        time.sleep(0.05)


@contextmanager
def a_world(root: Path | None = None, *, wiring: str = WIRING) -> Iterator[World]:
    """A node below a folder of its own, enrolled. With the wiring of the product it has free ports and all daemons."""
    root = root or Path("/var/lib/servanda") / f"t{secrets.token_hex(4)}"
    plane = MemoryControlPlane(Ed25519PrivateKey.generate(), tokens={"a-token-of-this-test": NAME})
    with served(plane) as url:
        installation = private.make(root, name=NAME, url=url, wiring_name=wiring)
        installation = enrol(installation, plane, "a-token-of-this-test")
        world = World(installation=installation, plane=plane, place=Place(root=root, wiring=wiring), url=url)
        try:
            yield world
        finally:
            world.stop()
            shutil.rmtree(root)


RUN = """
import sys
from pathlib import Path
from servanda.faces.node import private
from servanda.faces.node.processes import Place
sys.exit(private.run(Place(root=Path(sys.argv[1]), wiring=sys.argv[2])))
"""


def run_command(world: World) -> list[str]:
    return [sys.executable, "-c", RUN, str(world.layout.root), world.place.wiring]


def run_environment() -> dict[str, str]:
    return {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}


@contextmanager
def running(world: World) -> "Iterator[subprocess.Popen[bytes]]":
    """Run a node as `servanda node run` does, until the end of the block."""
    with open(world.layout.log / "run.out", "ab") as output:
        run = subprocess.Popen(run_command(world), cwd=ROOT, env=run_environment(), stdout=output, stderr=output)
    try:
        yield run
    finally:
        if run.poll() is None:
            run.terminate()
            run.wait(60)
