"""What a node keeps about the copies of one plan, and where: the key, what was copied when, the lists of hashes."""

import fcntl
import gzip
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from servanda.drivers.node import Broken, NotNow, files
from servanda.drivers.node.layout import Layout


class State(msgspec.Struct, kw_only=True):
    """What was done for a plan. The agent reads it to know what is due; it names no file and no secret."""

    copied_at: datetime | None = None  # when the last complete copy began
    tried_at: datetime | None = None
    proven_at: datetime | None = None
    proof_tried_at: datetime | None = None
    snapshots: dict[str, str] = {}  # id of the last copy by what it holds: files, databases


@dataclass(frozen=True, slots=True)
class Shelf:
    """The folder of one plan below the node's `backup`."""

    layout: Layout
    plan: int

    @property
    def folder(self) -> Path:
        return self.layout.backup / str(self.plan)

    @property
    def cache(self) -> Path:
        return self.folder / "cache"

    @property
    def dumps(self) -> Path:
        return self.folder / "dumps"

    @property
    def scratch(self) -> Path:
        return self.folder / "scratch"

    @property
    def state_file(self) -> Path:
        return self.folder / "state.json"

    def prepare(self) -> None:
        copies = self.layout.accounts.copies
        files.folder(self.layout.backup, mode=0o711, owner=0, group=0)
        files.folder(self.folder, mode=0o711, owner=0, group=0)
        files.folder(self.folder / "lists", mode=0o700, owner=0, group=0)
        files.folder(self.dumps, mode=0o700, owner=0, group=0)
        for path in (self.cache, self.scratch):
            files.folder(path, mode=0o700, owner=copies, group=copies)

    def password(self) -> str:
        """Return the key of this plan's repository, made here at its first use and flushed before it is used."""
        path = self.folder / "password"
        if not path.exists():
            files.write(path, secrets.token_hex(32), mode=0o600, owner=0, group=0)
            _flush(self.folder)
        return path.read_text()

    def state(self) -> State:
        try:
            return msgspec.json.decode(self.state_file.read_bytes(), type=State)
        except FileNotFoundError:
            return State()

    def keep_state(self, state: State) -> None:
        files.write(self.state_file, msgspec.json.encode(state), mode=0o644, owner=0, group=0)

    def keep_list(self, snapshot: str, entries: bytes) -> None:
        """Keep what was found and hashed for one copy, and mark it as the newest."""
        path = self.folder / "lists" / f"{snapshot}.gz"
        files.write(path, gzip.compress(entries, 3, mtime=0), mode=0o600, owner=0, group=0)

    def list_of(self, snapshot: str) -> bytes:
        """Return the list of one copy. Raises Broken when this node has none, which a copy of a lost node has not."""
        try:
            return gzip.decompress((self.folder / "lists" / f"{snapshot}.gz").read_bytes())
        except (FileNotFoundError, EOFError, gzip.BadGzipFile) as error:
            raise Broken(f"this node has no list of hashes of the copy {snapshot}") from error

    def last_list(self) -> bytes:
        snapshot = self.state().snapshots.get("files", "")
        try:
            return self.list_of(snapshot) if snapshot else b""
        except Broken:
            return b""

    def drop_lists(self, living: frozenset[str], *, most: int = 100) -> tuple[str, ...]:
        """Forget the lists of copies that the keeper has forgotten, and return which these were; the rest next time."""
        found = sorted(path.name.removesuffix(".gz") for path in (self.folder / "lists").glob("*.gz"))
        gone = tuple(one for one in found if one not in living)[:most]
        for snapshot in gone:
            (self.folder / "lists" / f"{snapshot}.gz").unlink(missing_ok=True)
        return gone

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the plan. Raises NotNow when other work on it goes on; the kernel lets go whatever ends the process."""
        with open(self.folder / "lock", "a+b") as file:
            os.fchmod(file.fileno(), 0o600)  # whoever may open it could hold it, and no copy would be made
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise NotNow(f"other work on the copies of plan {self.plan} goes on") from error
            yield


@dataclass(frozen=True, slots=True)
class Access:
    """How this node enters its store: a name, a word, and the public key for which copies of keys are sealed.

    It lies where only root writes: whoever could change the public key would get the keys of all repositories.
    """

    name: str
    word: str
    keeper: bytes

    @classmethod
    def of(cls, layout: Layout) -> "Access":
        try:
            read: Mapping[str, Any] = json.loads((layout.etc / "store.json").read_bytes())
        except FileNotFoundError as error:
            raise NotNow("this node has not been let into a backup store yet: servanda node enrol") from error
        return cls(name=read["name"], word=read["word"], keeper=bytes.fromhex(read["keeper"]))

    def keep(self, layout: Layout) -> None:
        if not layout.etc.is_dir():
            files.folder(layout.etc, mode=0o711, owner=0, group=0)
        entry = {"name": self.name, "word": self.word, "keeper": self.keeper.hex()}
        files.write(layout.etc / "store.json", json.dumps(entry), mode=0o600, owner=0, group=0)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
