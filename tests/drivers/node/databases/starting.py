"""A tiny starter for the daemons of one capability: a private node below /var/lib/servanda, gone after the test."""

import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from servanda.drivers.node import Daemon, Plain, Task, Verb
from servanda.drivers.node.layout import Layout, Ports
from servanda.ground.nodes.wanted import NodeWarrant, Wanted

HOME = Path("/var/lib/servanda")
READY_SECONDS = 30


def needs(*programs: str) -> pytest.MarkDecorator:
    """Skip with the plain reason when this machine cannot run real daemons."""
    missing = [one for one in programs if shutil.which(one, path="/usr/sbin:/usr/bin:/sbin:/bin") is None]
    reason = f"not installed: {', '.join(missing)}" if missing else "starting real daemons takes root"
    return pytest.mark.skipif(bool(missing) or os.geteuid() != 0, reason=reason)


@contextmanager
def private_layout() -> Iterator[Layout]:
    """Give a node's folder that is root's at every level, with free ports."""
    root = HOME / f"t{secrets.token_hex(4)}"
    root.mkdir(mode=0o711, parents=True)
    os.chmod(HOME, 0o755)
    os.chmod(root, 0o711)
    try:
        yield Layout(root=root, ports=Ports.free())
    finally:
        shutil.rmtree(root, ignore_errors=True)


@dataclass
class Running:
    """Daemons that were started, and can be killed and started again."""

    daemons: Sequence[Daemon]
    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def start(self, name: str) -> float:
        """Start a daemon, wait until it is ready, and return the seconds that took."""
        daemon = next(one for one in self.daemons if one.name == name)
        begun = time.monotonic()
        self.processes[name] = subprocess.Popen(
            list(daemon.argv),
            user=daemon.user,
            group=daemon.group if daemon.group is not None else daemon.user,
            extra_groups=[],
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", **daemon.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
        )
        while not daemon.ready():
            assert self.processes[name].poll() is None, f"{name} ended with {self.processes[name].returncode}"
            assert time.monotonic() - begun < READY_SECONDS, f"{name} was not ready in time"
            time.sleep(0.02)
        return time.monotonic() - begun

    def kill(self, name: str) -> None:
        self.processes[name].send_signal(signal.SIGKILL)
        self.processes[name].wait()

    def stop(self) -> None:
        for process in self.processes.values():
            if process.poll() is None:
                process.terminate()
        for process in self.processes.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def running(daemons: Sequence[Daemon]) -> Iterator[Running]:
    started = Running(daemons)
    try:
        for daemon in daemons:
            started.start(daemon.name)
        yield started
    finally:
        started.stop()


@dataclass
class Helper:
    """The helper in the test's own process, which is root: verbs by name, statements by key, leaves by key."""

    layout: Layout
    verbs: Sequence[Verb]
    statements: dict[str, Wanted] = field(default_factory=dict)
    warrants: dict[str, NodeWarrant] = field(default_factory=dict)
    done: list[tuple[str, str]] = field(default_factory=list)

    def do(self, verb: str, key: str) -> dict[str, Plain]:
        found = next(one for one in self.verbs if one.name == verb)
        statement = self.statements[key]
        assert isinstance(statement, found.kinds)
        self.done.append((verb, key))
        return dict(found.run(Task(self.layout, statement, self, self.warrants.get(key))))

    def get(self, key: str) -> Wanted | None:
        return self.statements.get(key)

    def of(self, kind: type[Wanted]) -> list[Wanted]:
        return [one for one in self.statements.values() if isinstance(one, kind)]
