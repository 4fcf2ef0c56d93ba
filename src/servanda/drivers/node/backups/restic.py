"""Restic, as the reader of copies runs it: in a jail, with the repository's address and key in its environment alone."""

import json
import re
import ssl
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import msgspec

from servanda.drivers.node import Broken, NotNow
from servanda.drivers.node.backups.jails import How, Jail
from servanda.drivers.node.backups.keeping import Access, Shelf
from servanda.drivers.node.backups.sealing import seal
from servanda.drivers.node.commands import program

V2 = "application/vnd.x.restic.rest.v2"
HOST = "node"  # all copies of a repository have one, so that they form one row of generations
# What restic says when what lies in the repository is not what was put there.
_DAMAGE = re.compile(
    r"ciphertext verification failed|does not match (id|hash)|hash mismatch|invalid data returned|contains errors|"
    r"pack ID does not match|is damaged|wrong (data|plaintext)|unexpected pack (id|size)|not found in (index|repository)|"
    r"index not found|failed to (decode|decrypt)|invalid character",
    re.IGNORECASE,
)


class Damaged(Broken):
    """What lies in the repository is not what was put there."""


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """One generation, as restic lists it."""

    id: str
    time: datetime
    tags: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()

    @property
    def what(self) -> str:
        return next((tag for tag in self.tags if tag in ("files", "databases")), "")

    @property
    def run(self) -> str:
        return next((tag for tag in self.tags if tag.startswith("run-")), "")


@dataclass(frozen=True, slots=True)
class Made:
    """What a copy came to: its id, what it holds, and what had to be sent for it."""

    snapshot: str
    bytes_read: int
    bytes_added: int
    files: int


@dataclass(frozen=True, slots=True)
class Repository:
    """The repository of one plan in the store."""

    shelf: Shelf
    access: Access

    @property
    def path(self) -> str:
        return f"{self.access.name}/{self.shelf.plan}"

    def ensure(self) -> None:
        """Make the repository if there is none: first the sealed copy of its key, so that no copy is without one."""
        with self._client() as client:
            if _asked(client, "HEAD", f"/{self.path}/config") == 200:
                return
            if _asked(client, "POST", f"/{self.path}/?create=true") != 200:
                raise NotNow("the store did not make a place for a repository")
            sealed = seal(self.shelf.password(), keeper=self.access.keeper, repository=self.path)
            if _asked(client, "HEAD", f"/{self.path}/escrow") != 200:
                status = _asked(client, "POST", f"/{self.path}/escrow", sealed)
                if status != 200:
                    raise NotNow(f"the store did not take the sealed key: {status}")
        self.run("init")

    def room(self) -> tuple[int, str]:
        """Return how many bytes the store can still take, and the country where it stands."""
        with self._client() as client:
            try:
                answer = client.get(f"/{self.path}/room")
                found = answer.json()
                return int(found["room"]), str(found["country"])
            except (httpx.HTTPError, ValueError, KeyError) as error:
                raise NotNow(f"the backup store does not answer: {error}") from error

    def backup(
        self, jail_binds: Sequence[tuple[Path, str, How]], paths: Sequence[str], tags: Sequence[str], *, at: datetime
    ) -> Made:
        words = ["backup", "--json", "--host", HOST, "--time", f"{at:%Y-%m-%d %H:%M:%S}"]
        words += [word for tag in tags for word in ("--tag", tag)]
        out = self.run(*words, *paths, binds=jail_binds, reads_all=True, good=(0, 3))  # 3: some files were unreadable
        last = _summary(out)
        return Made(
            snapshot=self._whole_id(str(last["snapshot_id"])),
            bytes_read=int(last["total_bytes_processed"]),
            bytes_added=int(last["data_added"]),
            files=int(last["total_files_processed"]),
        )

    def snapshots(self) -> Sequence[Snapshot]:
        out = self.run("snapshots", "--json", "--no-lock")
        return sorted(msgspec.json.decode(out, type=list[Snapshot]), key=lambda one: one.time)

    def entries(self, snapshot: str, *paths: str) -> Iterator[Mapping[str, Any]]:
        out = self.run("ls", "--json", "--no-lock", snapshot, *paths)
        lines = (json.loads(line) for line in out.splitlines())
        return (line for line in lines if line.get("struct_type") == "node")

    def check(self, *, part: int, parts: int) -> None:
        """Read one part of the repository whole. Raises Damaged when it is not what was put there."""
        self.run("check", f"--read-data-subset={part}/{parts}")

    def unlock(self) -> None:
        """Take away locks that a process of this node left when it was killed."""
        if self.names("locks"):
            self.run("unlock")

    def names(self, kind: str) -> Sequence[str]:
        """Return the names of what lies in the store, without opening the repository, which takes a second each time."""
        with self._client() as client:
            try:
                answer = client.get(f"/{self.path}/{kind}/", headers={"Accept": V2})
                return [str(one["name"]) for one in answer.json()]
            except (httpx.HTTPError, ValueError, KeyError) as error:
                raise NotNow(f"the backup store does not answer: {error}") from error

    def dump(self, snapshot: str, path: str) -> tuple[Jail, list[str]]:
        """Return the jail and the command that print a folder as tar, or a file as it is."""
        return self.jail(), [*self._restic(), "dump", "--archive", "tar", "--no-lock", snapshot, path]

    def run(
        self,
        *words: str,
        binds: Sequence[tuple[Path, str, How]] = (),
        reads_all: bool = False,
        good: Sequence[int] = (0,),
        seconds: float = 6 * 3600,
    ) -> bytes:
        try:
            return self.jail(binds, reads_all=reads_all).run([*self._restic(), *words], good=good, seconds=seconds)
        except Broken as error:
            raise trouble(str(error)) from error

    def jail(self, binds: Sequence[tuple[Path, str, How]] = (), *, reads_all: bool = False) -> Jail:
        layout = self.shelf.layout
        roots = self._store_roots()
        seen: list[tuple[Path, str, How]] = [*binds, (self.shelf.cache, "/cache", "rw")]
        if roots:
            seen.append((roots, "/etc/store-ca.pem", "ro"))
        return Jail(
            layout,
            layout.accounts.copies,
            binds=seen,
            reads_all=reads_all,
            network=True,
            environment={
                "RESTIC_PASSWORD": self.shelf.password(),
                "RESTIC_REPOSITORY": f"rest:{self._address(with_word=True)}/{self.path}/",
                "RESTIC_CACHE_DIR": "/cache",
                "RESTIC_PROGRESS_FPS": "0.01",
                "GOGC": "20",
            },
        )

    def _whole_id(self, beginning: str) -> str:
        """Return the whole id of a copy; this restic tells only its first signs."""
        found = [one for one in self.names("snapshots") if one.startswith(beginning)]
        if len(found) != 1:
            raise NotNow(f"the store lists {len(found)} copies {beginning}")
        return found[0]

    def _restic(self) -> list[str]:
        roots = ["--cacert", "/etc/store-ca.pem"] if self._store_roots() else []
        return [program("restic"), *roots]

    def _store_roots(self) -> Path | None:
        path = self.shelf.layout.etc / "store-ca.pem"
        return path if path.exists() else None

    def _address(self, *, with_word: bool) -> str:
        layout = self.shelf.layout
        url = urlsplit(layout.store_url or f"http://127.0.0.1:{layout.ports.store}")
        login = f"{quote(self.access.name)}:{quote(self.access.word)}@" if with_word else ""
        return f"{url.scheme}://{login}{url.netloc}"

    def _client(self) -> httpx.Client:
        roots = self._store_roots()
        return httpx.Client(
            base_url=self._address(with_word=False),
            auth=(self.access.name, self.access.word),
            timeout=30,
            verify=ssl.create_default_context(cafile=roots),
            trust_env=False,
        )


def trouble(said: str) -> Exception:
    """Tell a damaged repository from one that is out of reach for now."""
    if _DAMAGE.search(said):
        return Damaged(said)
    if "not found in snapshot" in said or "cannot find" in said:
        return Broken(f"the copy does not hold it: {said}")
    return NotNow(said)


def _asked(client: httpx.Client, method: str, path: str, content: bytes = b"") -> int:
    try:
        return client.request(method, path, content=content).status_code
    except httpx.HTTPError as error:
        raise NotNow(f"the backup store does not answer: {error}") from error


def _summary(out: bytes) -> Mapping[str, Any]:
    for line in reversed(out.splitlines()):
        read: Mapping[str, Any] = json.loads(line)
        if read.get("message_type") == "summary":
            return read
    raise NotNow("restic ended without a summary")
