"""Repositories on the store's disk, in restic's own layout, so that restic can also read them where they lie.

Everything is written beside, flushed, and then linked under its name, which fails when the name is taken: what lies here
is never replaced. The names of all but `config` and `escrow` are the SHA-256 of what they hold, and this is checked.
"""

import contextlib
import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

KINDS = ("data", "keys", "locks", "snapshots", "index")
SINGLE = ("config", "escrow")
NAME = re.compile(r"[0-9a-f]{64}")
SHELF = re.compile(r"[a-z](?:[a-z0-9-]{0,30}[a-z0-9])?")
REPOSITORY = re.compile(r"[1-9][0-9]{0,6}")
LARGEST_BYTES = 256 << 20  # restic's packs are 16 MiB, at most 128 MiB
_STEP = 1 << 20


class Taken(Exception):
    """Something lies under this name already; it stays."""


class NoRoom(Exception):
    """The disk is full, or so full that the store keeps the rest for its own work."""


class WrongContent(Exception):
    """What came is not what its name says, or it was cut short."""


@dataclass(frozen=True, slots=True)
class Found:
    name: str
    size: int
    received_at: int  # seconds since 1970 by the store's own clock; a node cannot say anything else


@dataclass(frozen=True, slots=True)
class Repository:
    """One repository. Locks of the keeper lie in a folder of their own, where no node can remove them."""

    folder: Path
    reserve_bytes: int = 0

    def create(self) -> None:
        for kind in (*KINDS, "locks-keeper", "drafts"):
            (self.folder / kind).mkdir(mode=0o700, parents=True, exist_ok=True)

    def path(self, kind: str, name: str = "") -> Path:
        if kind in SINGLE:
            return self.folder / kind
        if kind == "data":
            return self.folder / "data" / name[:2] / name
        if kind == "locks" and not (self.folder / "locks" / name).exists():
            return self.folder / "locks-keeper" / name
        return self.folder / kind / name

    def names(self, kind: str) -> Iterator[Found]:
        folders = [self.folder / kind]
        if kind == "data":
            folders = sorted(one for one in (self.folder / "data").glob("[0-9a-f][0-9a-f]"))
        if kind == "locks":
            folders.append(self.folder / "locks-keeper")
        for folder in folders:
            with contextlib.suppress(FileNotFoundError), os.scandir(folder) as entries:
                for entry in entries:
                    if NAME.fullmatch(entry.name):
                        found = entry.stat(follow_symlinks=False)
                        yield Found(entry.name, found.st_size, int(found.st_mtime))

    def add(self, kind: str, name: str, source: BinaryIO, size: int, *, by_keeper: bool = False) -> None:
        """Take something in, whole or not at all. What lies there already with this very content counts as taken in."""
        if self.room() < size:
            raise NoRoom(f"{size} bytes do not fit")
        draft = self.folder / "drafts" / secrets.token_hex(8)
        try:
            digest = _written(draft, source, size)
            if kind not in SINGLE and digest != name:
                raise WrongContent(f"{name} has the content of {digest}")
            self._place(draft, self._target(kind, name, by_keeper=by_keeper), is_named_by_content=kind not in SINGLE)
        except OSError as error:
            if error.errno in (28, 122):  # ENOSPC, EDQUOT
                raise NoRoom(str(error)) from error
            raise
        finally:
            draft.unlink(missing_ok=True)

    def remove(self, kind: str, name: str, *, by_keeper: bool) -> bool:
        """Remove something and tell whether it may be. A node may remove the locks that nodes placed, nothing else."""
        if not by_keeper:
            if kind != "locks":
                return False
            path = self.folder / "locks" / name
            if not path.exists() and (self.folder / "locks-keeper" / name).exists():
                return False
        else:
            path = self.path(kind, name)
        path.unlink(missing_ok=True)
        return True

    def room(self) -> int:
        """Return how many bytes may still be added; the reserve stays free, because tidying up needs room too."""
        disk = os.statvfs(self.folder)
        return max(0, disk.f_bavail * disk.f_frsize - self.reserve_bytes)

    def _target(self, kind: str, name: str, *, by_keeper: bool) -> Path:
        if kind == "locks":
            return self.folder / ("locks-keeper" if by_keeper else "locks") / name
        return self.path(kind, name)

    def _place(self, draft: Path, target: Path, *, is_named_by_content: bool) -> None:
        target.parent.mkdir(mode=0o700, exist_ok=True)
        try:
            os.link(draft, target)
        except FileExistsError as error:
            if not is_named_by_content:
                raise Taken(target.name) from error
            return
        handle = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _written(draft: Path, source: BinaryIO, size: int) -> str:
    hashed, left = sha256(), size
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb") as file:
        while left:
            piece = source.read(min(left, _STEP))
            if not piece:
                raise WrongContent(f"{left} bytes are missing")
            hashed.update(piece)
            file.write(piece)
            left -= len(piece)
        file.flush()
        os.fsync(file.fileno())
    return hashed.hexdigest()
