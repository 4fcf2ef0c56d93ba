"""A fuse that ends a process, as far as one can from within, before or after its n-th step towards the outside.

A step is a statement, a COPY, a change of a file, or a call of a driver. After it has blown nothing more is let through but what
the database would do by itself: take back what was not committed. So what stands in a `finally` changes nothing, as in a kill.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

WRITING_FILES = frozenset(
    {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.chown"}
)
TAKEN_BACK = ("ROLLBACK TO SAVEPOINT", "RELEASE SAVEPOINT")


class PowerIsOut(BaseException):
    """The process ends here. Nothing of ours catches it."""


@dataclass
class Fuse:
    """Counts steps, and blows before or after the one that it is set for; never, if it is set for none."""

    blows_at: int | None = None
    is_after: bool = False
    seen: int = 0
    has_blown: bool = False
    steps: list[str] = field(default_factory=list)

    def before(self, step: str) -> None:
        """A step begins; what is released here is committed there, so that a crash before it takes it back."""
        if self.has_blown:
            if step.startswith(TAKEN_BACK):
                return
            raise PowerIsOut
        self.seen += 1
        self.steps.append(step)
        if self.seen == self.blows_at and not self.is_after:
            self.has_blown = True
            if step.startswith("RELEASE SAVEPOINT"):
                _take_back(step)
            raise PowerIsOut

    def after(self) -> None:
        """The step has been done."""
        if self.seen == self.blows_at and self.is_after and not self.has_blown:
            self.has_blown = True
            raise PowerIsOut

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.before(sql)
        result = execute(sql, params, many, context)
        self.after()
        return result


def _take_back(release: str) -> None:
    """Take back what the savepoint holds, past all wrappers."""
    with connection.cursor() as cursor:
        cursor.cursor.execute("ROLLBACK TO SAVEPOINT" + release.removeprefix("RELEASE SAVEPOINT"))


_lit: list[Fuse] = []


@contextmanager
def lit(fuse: Fuse) -> Iterator[Fuse]:
    """Let the fuse see every step of this block."""
    _install()
    _lit.append(fuse)
    try:
        with connection.execute_wrapper(fuse):
            yield fuse
    finally:
        _lit.pop()


def outside(step: str, call: Callable[..., Any]) -> Callable[..., Any]:
    """Return a driver's function with a step around it."""

    def called(*args: Any, **kwargs: Any) -> Any:
        for fuse in _lit:
            fuse.before(step)
        result = call(*args, **kwargs)
        for fuse in _lit:
            fuse.after()
        return result

    return called


def _on_audit(event: str, arguments: tuple[Any, ...]) -> None:
    if not _lit:
        return
    is_writing = event in WRITING_FILES
    if event == "open":
        mode, flags = arguments[1], arguments[2]
        is_writing = (
            isinstance(flags, int) and bool(flags & 0o1103) and mode != "r"
        )  # O_WRONLY, O_RDWR, O_CREAT, O_TRUNC
    if is_writing:
        for fuse in _lit:
            fuse.before(f"file: {event}")


@contextmanager
def _copy(self: CursorWrapper, statement: Any, *args: Any, **kwargs: Any) -> Iterator[Any]:
    for fuse in _lit:
        fuse.before(str(statement))
    with self.cursor.copy(statement, *args, **kwargs) as copy:
        yield copy
    for fuse in _lit:
        fuse.after()


_is_installed: list[bool] = []


def _install() -> None:
    """Listen to files and COPY. Once per process, for an audit hook cannot be taken away; it does nothing without a fuse."""
    if not _is_installed:
        _is_installed.append(True)
        sys.addaudithook(_on_audit)
        CursorWrapper.copy = _copy  # type: ignore[attr-defined]
