"""Real daemons for one test module: started in order, waited for, and stopped; and a helper that is called directly."""

import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from servanda.drivers.node import Daemon, Result, Task, Verb, VerbRefused, files, tenants
from servanda.drivers.node.layout import Layout, Ports
from servanda.ground.nodes.documents import fingerprint
from servanda.ground.nodes.wanted import NodeWarrant, Wanted

BELOW = Path("/var/lib/servanda")


def needs(*programs: str) -> None:
    """Skip a test where it cannot run: without root, or without a daemon."""
    if os.geteuid() != 0:
        pytest.skip("a node's own work needs root: run the tests as root on Debian or Ubuntu")
    for name in programs:
        if shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin") is None:
            pytest.skip(f"{name} is not installed: tools/install_daemons.sh installs it")


def new_layout(**values: object) -> Layout:
    """Make the folder of a node, root-owned all the way down; who asks for it removes it."""
    BELOW.mkdir(mode=0o711, parents=True, exist_ok=True)
    layout = Layout(root=BELOW / f"t{secrets.token_hex(3)}", ports=Ports.free(), **values)  # type: ignore[arg-type]
    files.folder(layout.root, mode=0o711)
    tenants.prepare(layout)
    return layout


@contextmanager
def node_folder(**values: object) -> Iterator[Layout]:
    layout = new_layout(**values)
    try:
        yield layout
    finally:
        shutil.rmtree(layout.root, ignore_errors=True)


class Statements:
    """What the node was told, in memory, by key."""

    def __init__(self) -> None:
        self.by_key: dict[str, Wanted] = {}

    def get(self, key: str) -> Wanted | None:
        return self.by_key.get(key)

    def of(self, kind: type[Wanted]) -> Iterable[Wanted]:
        return [one for one in self.by_key.values() if isinstance(one, kind)]


class Direct:
    """The helper without its socket: it runs the verbs of one capability on statements that it was given."""

    def __init__(self, layout: Layout, verbs: Sequence[Verb]) -> None:
        self.layout, self.known = layout, Statements()
        self.verbs = {verb.name: verb for verb in verbs}
        self.warrants: dict[tuple[str, str], NodeWarrant] = {}

    def give_leave(self, key: str, act: str) -> None:
        now = datetime.now(UTC)
        self.warrants[key, act] = NodeWarrant(
            warrant=f"warrant/{act}/{key}",
            act=act,  # type: ignore[arg-type]
            key=key,
            fingerprint=fingerprint(self.known.by_key[key]),
            clause="§ 9",
            not_before=now,
            not_after=now + timedelta(hours=1),
        )

    def tell(self, statement: Wanted) -> None:
        self.known.by_key[statement.key] = statement

    def do(self, verb: str, key: str) -> Result:
        found, statement = self.verbs[verb], self.known.by_key[key]
        warrant = self.warrants.get((key, found.act or ""))
        if not isinstance(statement, found.kinds) or (found.act and warrant is None):
            raise VerbRefused(verb)
        return found.run(Task(layout=self.layout, statement=statement, known=self.known, warrant=warrant))


@contextmanager
def running(daemons: Sequence[Daemon], log: Path) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """Start daemons and wait until each is ready; stop them in the other order, and end what does not stop."""
    started: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for one in daemons:
            with open(log / f"{one.name}.out", "ab") as out:
                started[one.name] = subprocess.Popen(
                    list(one.argv), stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd="/", user=one.user, group=one.group,
                    env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", **one.environment},
                )  # fmt: skip
            _wait(one, started[one.name], log)
        yield started
    finally:
        for one in reversed(daemons):
            process = started.get(one.name)
            if process is not None and process.poll() is None:
                process.send_signal(getattr(signal, f"SIG{one.stop}"))
                try:
                    process.wait(5)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


def _wait(daemon: Daemon, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 20
    while not daemon.ready():
        if process.poll() is not None or time.monotonic() > until:
            said = (log / f"{daemon.name}.out").read_text(errors="replace")[-3000:]
            raise AssertionError(f"{daemon.name} did not come up ({process.poll()}): {said}")
        time.sleep(0.05)
