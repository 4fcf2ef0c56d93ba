"""Runs a private node: every daemon, the helper and the agent, as children of one process below one folder.

It runs as the first process of a process namespace of its own (`inside`), so that whatever kills it, the kernel ends
everything it started, also daemons that changed their account or their parent. It starts what others need first, starts
anew what has ended, later and later, and stops in the opposite order. It signals only processes that it started.
"""

import logging
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

import msgspec
from msgspec import Struct

from servanda.drivers.node import Broken, Daemon, Layout, write_file
from servanda.faces.node import installed
from servanda.faces.node.enclosure import import_path
from servanda.faces.node.installed import Installation
from servanda.faces.node.parts import Capability
from servanda.faces.node.prctl import die_with_parent

log = logging.getLogger(__name__)

PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
TICK_SECONDS = 0.1
READY_SECONDS = 60.0
STOP_SECONDS = 10.0
READ_SECONDS = 1.0
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 30.0
CALM_SECONDS = 60.0
STATUS = "status.json"
HELPER, AGENT, KEEPER = "helper", "agent", "keeper"


class Place(Protocol):
    @property
    def root(self) -> Path: ...
    def command(self, part: str, key: str = "") -> tuple[str, ...]: ...


class Running(Struct, frozen=True):
    """How one process stands, as `servanda node status` shows it. `pid` counts within the node's own namespace."""

    name: str
    state: str  # waiting, starting, serving, ended, missing
    pid: int = 0
    restarts: int = 0
    ending: str = ""


class Status(Struct, frozen=True):
    pid: int
    beats: int  # grows with every writing
    parts: tuple[Running, ...]


@dataclass(slots=True)
class _Kept:
    daemon: Daemon
    child: "subprocess.Popen[bytes] | None" = None
    is_ready: bool = False
    started: float = 0.0
    not_before: float = 0.0
    pause: float = FIRST_PAUSE
    restarts: int = 0
    ending: str = ""

    def shown(self) -> Running:
        state = "serving" if self.is_ready else "starting" if self.child else "ended" if self.restarts else "waiting"
        return Running(
            name=self.daemon.name,
            state=state,
            pid=self.child.pid if self.child else 0,
            restarts=self.restarts,
            ending=self.ending,
        )


class Supervisor:
    """Keeps daemons running until told to stop."""

    def __init__(self, installation: Installation, place: Place, capabilities: Sequence[Capability]) -> None:
        self._installation = installation
        layout = installation.layout
        daemons, self._missing = daemons_of(capabilities, layout)
        self._place = place
        self._kept = {one.name: _Kept(one) for one in in_order(daemons)}
        self._read_at = 0.0
        self._shown: tuple[Running, ...] = ()
        self._beats = 0

    def run(self, is_over: Callable[[], bool]) -> None:
        try:
            while not is_over():
                self.tick()
                time.sleep(TICK_SECONDS)
        finally:
            self.stop()

    def tick(self) -> None:
        """Notice what has ended, start what may start, ask who serves by now, and show it."""
        now = time.monotonic()
        if now - self._read_at > READ_SECONDS:
            self._read_at = now
            self._follow_enrolment()
        _reap_others({kept.child.pid for kept in self._kept.values() if kept.child})
        for kept in self._kept.values():
            if kept.child is not None and kept.child.poll() is not None:
                self._note_end(kept, now)
            if kept.child is None and now >= kept.not_before and self._may_start(kept):
                self._start(kept, now)
            if kept.child is not None and not kept.is_ready:
                kept.is_ready = kept.daemon.ready()
                if not kept.is_ready and now - kept.started > READY_SECONDS:
                    log.warning("%s does not serve after %.0f s", kept.daemon.name, READY_SECONDS)
                    self._end(kept)
        self._show()

    def stop(self) -> None:
        for kept in reversed(self._kept.values()):
            self._end(kept)
        self._show()

    def _follow_enrolment(self) -> None:
        """Start helper and agent once the node is enrolled, and anew when it was enrolled again."""
        found = installed.read(self._place.root)
        if found.enrolled is None or (found == self._installation and AGENT in self._kept):
            return
        self._installation = found
        for one in reversed(own_parts(found, self._place)):
            if one.name in self._kept:
                self._end(self._kept.pop(one.name))
        self._kept |= {one.name: _Kept(one) for one in own_parts(found, self._place)}

    def _may_start(self, kept: _Kept) -> bool:
        return all(self._kept[name].is_ready for name in kept.daemon.after if name in self._kept)

    def _start(self, kept: _Kept, now: float) -> None:
        daemon = kept.daemon
        with self._log_of(daemon) as output:
            try:
                kept.child = subprocess.Popen(
                    list(daemon.argv),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    cwd="/",
                    env={"PATH": PATH, "LC_ALL": "C.UTF-8", "PYTHONPATH": import_path(), **daemon.environment},
                    user=daemon.user,
                    group=daemon.group if daemon.group is not None else daemon.user,
                    extra_groups=[] if daemon.user is not None else None,
                    start_new_session=True,
                    preexec_fn=die_with_parent,
                )
            except OSError as error:
                log.error("%s was not started: %s", daemon.name, error)
                kept.ending, kept.restarts = str(error), kept.restarts + 1
                kept.not_before, kept.pause = now + kept.pause, min(kept.pause * 2, LONGEST_PAUSE)
                return
        kept.started, kept.is_ready = now, False
        log.info("%s started as %s", daemon.name, kept.child.pid)

    def _note_end(self, kept: _Kept, now: float) -> None:
        assert kept.child is not None
        code = kept.child.returncode
        kept.ending = f"killed by signal {-code}" if code < 0 else f"ended with code {code}"
        log.warning("%s %s", kept.daemon.name, kept.ending)
        if now - kept.started > CALM_SECONDS:
            kept.pause = FIRST_PAUSE
        kept.child, kept.is_ready = None, False
        kept.restarts += 1
        kept.not_before, kept.pause = now + kept.pause, min(kept.pause * 2, LONGEST_PAUSE)

    def _end(self, kept: _Kept) -> None:
        """Ask to end, wait, then kill with all of its session."""
        child = kept.child
        if child is None:
            return
        if child.poll() is None:
            child.send_signal(signal.Signals[f"SIG{kept.daemon.stop}"])
            try:
                child.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                log.warning("%s did not end within %.0f s", kept.daemon.name, STOP_SECONDS)
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        kept.child, kept.is_ready, kept.ending = None, False, "stopped"

    def _log_of(self, daemon: Daemon) -> IO[bytes]:
        path = self._installation.layout.log / f"{daemon.name}.out"
        return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o640), "wb")

    def _show(self) -> None:
        missing = tuple(Running(name=name, state="missing", ending=text) for name, text in self._missing.items())
        shown = (*(kept.shown() for kept in self._kept.values()), *missing)
        if shown == self._shown:
            return
        self._shown, self._beats = shown, self._beats + 1
        raw = msgspec.json.encode(Status(pid=os.getpid(), beats=self._beats, parts=shown))
        try:
            write_file(self._installation.layout.run / STATUS, raw, mode=0o644)
        except OSError as error:  # a full disk stops no daemon
            log.warning("the status was not written: %s", error)


def in_order(daemons: Sequence[Daemon]) -> tuple[Daemon, ...]:
    """Return daemons so that each comes after those it needs. Raises ValueError for a circle or a doubled name."""
    left = {one.name: one for one in daemons}
    if len(left) != len(daemons):
        raise ValueError("two daemons have the same name")
    found: list[Daemon] = []
    while left:
        free = [one for one in left.values() if not set(one.after) & set(left)]
        if not free:
            raise ValueError(f"daemons wait for each other: {', '.join(left)}")
        found += free
        for one in free:
            del left[one.name]
    return tuple(found)


def daemons_of(capabilities: Sequence[Capability], layout: Layout) -> tuple[list[Daemon], dict[str, str]]:
    """Return the daemons of all capabilities, and why those have none whose programs are not on this machine."""
    found: list[Daemon] = []
    missing: dict[str, str] = {}
    for one in capabilities:
        try:
            found += one.daemons(layout)
        except Broken as error:
            missing[one.name] = str(error)
    return found, missing


def own_parts(installation: Installation, place: Place) -> list[Daemon]:
    """Return helper and agent as daemons of their node. The helper has no network; the agent no privileges."""
    layout = installation.layout
    environment = {"PYTHONDONTWRITEBYTECODE": "1"}
    has_store = layout.is_private and not layout.store_url
    keeper = Daemon(
        name=KEEPER,
        argv=place.command("keep"),
        ready=lambda: True,
        environment=environment,
        after=("store",),
    )
    return [
        *([keeper] if has_store and (layout.root / "keeper").exists() else []),
        Daemon(
            name=HELPER,
            argv=place.command("helper"),
            ready=layout.helper_socket.exists,
            environment=environment,
        ),
        Daemon(
            name=AGENT,
            argv=place.command("agent"),
            ready=lambda: True,
            user=layout.accounts.agent,
            environment=environment,
            after=(HELPER,),
        ),
    ]


def _reap_others(own: set[int]) -> None:
    """As the first process of its namespace it inherits whatever lost its parent; these are laid to rest here."""
    if os.getpid() != 1:
        return
    while True:
        try:
            found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return
        if found is None or found.si_pid in own:
            return
        os.waitpid(found.si_pid, 0)
