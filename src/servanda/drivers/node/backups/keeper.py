"""Retention, carried out where the store is: what is over is forgotten and its room is freed.

The keeper has credentials that may remove and a private key that opens the sealed keys of repositories. Neither ever lies
on a node. Age is counted from when the store received a copy, by the store's own clock.
"""

import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx
import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from servanda.drivers.node import Broken, NotNow
from servanda.drivers.node.backups.decisions import Generation, Rule, to_forget
from servanda.drivers.node.backups.restic import V2, Snapshot, trouble
from servanda.drivers.node.backups.sealing import open_sealed
from servanda.drivers.node.commands import run


@dataclass(frozen=True, slots=True)
class Keeper:
    """The keeper of a store. `folder` is its own, for restic's cache; `roots` vouches for the store's certificate."""

    url: str
    name: str
    word: str
    key: X25519PrivateKey
    folder: Path
    roots: Path | None = None

    def keep(self, repository: str, rule: Rule, *, today: date) -> Sequence[str]:
        """Forget what is over in one repository (`node/plan`) and return what was forgotten. Raises NotNow while it is in use."""
        password = self.password_of(repository)
        self._restic(repository, password, "unlock")
        over = to_forget(self.generations(repository), rule, today=today)
        if over:
            self._restic(repository, password, "forget", "--prune", *over)
        return over

    def generations(self, repository: str) -> Sequence[Generation]:
        """Return the copies of a repository with the days on which the store received them."""
        with self._client() as client:
            found = self._got(client, f"/{repository}/snapshots/").json()
        received = {str(one["name"]): datetime.fromtimestamp(one["received_at"], UTC).date() for one in found}
        out = self._restic(repository, self.password_of(repository), "snapshots", "--json", "--no-lock")
        snapshots = msgspec.json.decode(out, type=list[Snapshot])
        return [
            Generation(one.id, "databases" if one.what == "databases" else "files", received[one.id])
            for one in snapshots
            if one.id in received
        ]

    def mend(self, repository: str) -> None:
        """Make the index of a repository anew from what lies in it: the way back when a node wrote a wrong one."""
        self._restic(repository, self.password_of(repository), "rebuild-index", "--read-all-packs")

    def check(self, repository: str, *, part: int, parts: int) -> None:
        """Read one part of a repository whole, independently of the node. Raises Damaged."""
        self._restic(repository, self.password_of(repository), "check", f"--read-data-subset={part}/{parts}")

    def password_of(self, repository: str) -> str:
        with self._client() as client:
            sealed = self._got(client, f"/{repository}/escrow").content
        try:
            return open_sealed(sealed, keeper=self.key, repository=repository)
        except ValueError as error:
            raise Broken(str(error)) from error

    def _restic(self, repository: str, password: str, *words: str) -> bytes:
        roots = ["--cacert", str(self.roots)] if self.roots else []
        url = urlsplit(self.url)
        address = f"{url.scheme}://{quote(self.name)}:{quote(self.word)}@{url.netloc}/{repository}/"
        environment: Mapping[str, str] = {
            "RESTIC_REPOSITORY": f"rest:{address}",
            "RESTIC_PASSWORD": password,
            "RESTIC_CACHE_DIR": str(self.folder / "cache"),
        }
        try:
            return run("restic", *roots, *words, environment=environment, seconds=6 * 3600)
        except Broken as error:
            raise trouble(str(error)) from error

    def _client(self) -> httpx.Client:
        return httpx.Client(
            base_url=self.url,
            auth=(self.name, self.word),
            headers={"Accept": V2},
            timeout=60,
            verify=ssl.create_default_context(cafile=self.roots),
            trust_env=False,
        )

    @staticmethod
    def _got(client: httpx.Client, path: str) -> httpx.Response:
        try:
            answer = client.get(path)
        except httpx.HTTPError as error:
            raise NotNow(f"the backup store does not answer: {error}") from error
        if answer.status_code != 200:
            raise Broken(f"the store answers {answer.status_code} to {path}")
        return answer
