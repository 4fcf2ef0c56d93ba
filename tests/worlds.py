"""Worlds that take long to live are lived once per run, whoever asks first, and copied for each process.

A world is a database with something behind it and what its maker wants remembered of it. Nobody changes it: those who visit
work in a transaction that is taken back, on their process's own copy. What is left when a run is killed goes with the next.
"""

import fcntl
import os
import pickle
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar
from uuid import uuid4

import psutil
from django.db import connection, transaction
from pytest_django.plugin import DjangoDbBlocker

PREFIX = "servanda_test"
Kept = TypeVar("Kept")


class Databases(Protocol):
    """The server that worlds are kept on: see `tests.conftest`."""

    def create(self, name: str, *, template: str) -> None: ...
    def drop(self, name: str) -> None: ...
    def rename(self, name: str, *, to: str) -> None: ...
    def names(self, prefix: str) -> tuple[str, ...]: ...


def run_of_this_process() -> tuple[int, str]:
    """Return the process that began this run of tests, and a name that no other run has."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        return os.getppid(), os.environ["PYTEST_XDIST_TESTRUNUID"][:8]
    return os.getpid(), uuid4().hex[:8]


@dataclass
class Worlds:
    """The worlds of one run, as one of its processes sees them."""

    server: Databases
    template: str
    home: Path
    pointed_at: Callable[[str], AbstractContextManager[None]]
    blocker: DjangoDbBlocker
    run: tuple[int, str] = field(default_factory=run_of_this_process)
    copies: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def visited(self, name: str, live: Callable[[], Kept]) -> Iterator[Kept]:
        """Be in a world until the block ends, and get what `live` gave when it was lived; all changes are taken back."""
        assert not connection.in_atomic_block, "A test takes either db or a world: one connection cannot lead to both."
        if name not in self.copies:
            self._copy(name, live)
        with self.pointed_at(self.copies[name]), self.blocker.unblock(), transaction.atomic():
            yield pickle.loads(self._kept(name).read_bytes())
            transaction.set_rollback(True)

    @contextmanager
    def opened(self) -> Iterator["Worlds"]:
        """Remove this process's copies at the end, and with the last process of the run the worlds themselves."""
        for left_over in self.home.glob("worlds-*"):
            if not psutil.pid_exists(int(left_over.name.split("-")[1])):
                left_over.unlink(missing_ok=True)
        with open(self._file("lock"), "wb") as present:
            fcntl.flock(present, fcntl.LOCK_SH)
            try:
                yield self
            finally:
                for copy in self.copies.values():
                    self.server.drop(copy)
                self._leave(present)

    def _leave(self, present: Any) -> None:
        try:
            fcntl.flock(present, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return  # another process of the run is still at work
        for name in self.server.names(f"{PREFIX}_{self.run[0]}_{self.run[1]}"):
            self.server.drop(name)
        for path in self.home.glob(f"worlds-{self.run[0]}-{self.run[1]}*"):
            path.unlink()

    def _copy(self, name: str, live: Callable[[], object]) -> None:
        original = f"{PREFIX}_{self.run[0]}_{self.run[1]}_{name}"
        copy = f"{PREFIX}_{os.getpid()}_copy_{self.run[1]}_{name}"
        with open(self._file(f"{name}.lock"), "wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # one of several processes lives it, the others wait
            if original not in self.server.names(PREFIX):
                self._live(name, original, live)
            self.server.create(copy, template=original)
        self.copies[name] = copy

    def _live(self, name: str, original: str, live: Callable[[], object]) -> None:
        unfinished = f"{original}_unfinished"
        self.server.drop(unfinished)
        self.server.create(unfinished, template=self.template)
        with self.pointed_at(unfinished), self.blocker.unblock():
            self._kept(name).write_bytes(pickle.dumps(live()))
        self.server.rename(unfinished, to=original)

    def _kept(self, name: str) -> Path:
        return self._file(f"{name}.pickle")

    def _file(self, name: str) -> Path:
        return self.home / f"worlds-{self.run[0]}-{self.run[1]}-{name}"
