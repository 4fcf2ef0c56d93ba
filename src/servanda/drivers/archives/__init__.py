"""Archives of this installation's own backups: the port that keeps folders, encrypted, and gives them back.

What every archive promises: what was kept is never changed; it is encrypted before it leaves the machine; what comes back
is verified to be what was put there, or is refused. An archive adds and reads: it forgets nothing by itself, so that
whoever takes this machine over cannot order it to.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from servanda.ground.refusal import Refused


class ArchiveRefused(Refused):
    """The archive cannot be had, or what lies in it is not what was put there; the message tells what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One backup in an archive."""

    snapshot: str
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What keeping a folder came to: its name in the archive, what it holds, and what had to be added for it."""

    snapshot: str
    bytes_read: int
    bytes_added: int


class Archive(Protocol):
    """Keeps folders."""

    def ensure(self) -> None:
        """Make the archive and its key where there is neither; refuses one whose key is missing."""

    def keep(self, folder: Path, *, at: datetime) -> Added:
        """Keep all that is in a folder."""

    def kept(self) -> tuple[Kept, ...]:
        """Return what is kept, the oldest first."""

    def fetch(self, snapshot: str, *, into: Path) -> None:
        """Put what was kept back into an empty folder."""

    def check(self, *, part: int, parts: int) -> None:
        """Read one of so many parts of the archive whole; refuses when it is damaged."""
