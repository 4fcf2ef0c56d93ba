"""What every errand on copies keeps while it works: how far it is, and what was already done if it is killed."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import msgspec

from servanda.drivers.node import Broken, Plain, files
from servanda.drivers.node.layout import Layout
from servanda.drivers.node.stages import stage_of

Phase = Literal["new", "working", "placing", "done", "undoing", "undone"]


class Move(msgspec.Struct, kw_only=True):
    """One thing that was, or is about to be, put in its place. `stood` and `fresh` are inodes, which tell the two apart."""

    kind: Literal["part", "file", "database", "beside", "database-beside"]
    place: str  # a path below the site, a mail domain's folder, or a database
    fresh: int = 0
    stood: int = 0
    is_begun: bool = False  # of a database: what stood there lies whole on the desk
    is_placed: bool = False
    is_undone: bool = False


class Journal(msgspec.Struct, kw_only=True):
    """What an errand has done. It is written before each step that cannot be told from what is found."""

    phase: Phase = "new"
    moves: list[Move] = []
    result: dict[str, str | int | bool] = {}


@dataclass(frozen=True, slots=True)
class Desk:
    """The folder of one errand, root's own; the agent reads from it how far the errand is."""

    layout: Layout
    errand: str

    @property
    def folder(self) -> Path:
        return self.layout.backup / "errands" / self.errand

    @property
    def short(self) -> str:
        return self.errand[:12]

    @property
    def stage(self) -> str:
        """Return the name of the folder beside a tenant's own in which things are made ready, and kept for the undo."""
        return stage_of(self.errand)

    @property
    def news(self) -> Path:
        return self.folder / "news.json"

    def prepare(self) -> None:
        files.folder(self.layout.backup, mode=0o711, owner=0, group=0)
        files.folder(self.layout.backup / "errands", mode=0o710, owner=0, group=self.layout.accounts.agent)
        files.folder(self.folder, mode=0o711, owner=0, group=0)

    def journal(self) -> Journal:
        try:
            return msgspec.json.decode((self.folder / "journal.json").read_bytes(), type=Journal)
        except FileNotFoundError:
            return Journal()

    def keep(self, journal: Journal) -> None:
        files.write(self.folder / "journal.json", msgspec.json.encode(journal), mode=0o600, owner=0, group=0)

    def tell(self, step: str, percent: int) -> None:
        files.write(self.news, msgspec.json.encode({"step": step, "percent": percent}), mode=0o644, owner=0, group=0)

    def told(self) -> Mapping[str, Any]:
        """Return the last news; nothing when there are none yet."""
        try:
            found: Mapping[str, Any] = msgspec.json.decode(self.news.read_bytes())
        except (FileNotFoundError, msgspec.DecodeError):
            return {}
        return found


def checked_tenant(found: object, tenant: int, what: str) -> None:
    """Refuse an errand whose tenant is not the one to whom the thing belongs."""
    if getattr(found, "tenant", None) != tenant:
        raise Broken(f"{what} is not this tenant's on this node")


Result = Mapping[str, Plain]
