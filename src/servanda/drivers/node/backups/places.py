"""Putting made-ready things in their places and back, each in one step of the kernel, so that a kill finds one or the other."""

import ctypes
import json
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from servanda.drivers.node import Broken
from servanda.drivers.node.backups.errands import Desk, Move
from servanda.drivers.node.backups.jails import Jail
from servanda.drivers.node.layout import Layout

_NOREPLACE, _EXCHANGE = 1, 2
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Parts:
    """Whole folders of a tenant (htdocs, a mail domain). The folder above each is root's, so no tenant can interfere."""

    desk: Desk
    tenant: int

    def fresh(self, place: Path) -> Path:
        """Make the empty folder that will take a place, with owner, group and mode of what stands there."""
        path = place.with_name(f"{self.desk.stage}-{place.name}")
        if not path.exists():
            path.mkdir(mode=0o700)
        stands = place.lstat() if place.is_dir() and not place.is_symlink() else None
        group = stands.st_gid if stands else self.tenant
        os.chown(path, self.tenant, group, follow_symlinks=False)
        os.chmod(path, stat.S_IMODE(stands.st_mode) if stands else 0o750)
        return path

    def give_to_root(self, fresh: Path) -> None:
        """Let a mail domain's folder be root's again, as the node keeps it: only the mailboxes in it are the tenant's."""
        for one in fresh.iterdir():
            if one.is_symlink() or not one.is_dir():
                raise Broken(
                    f"the copy holds {one.name} where only folders of mailboxes may lie; nothing was given back"
                )
        os.chown(fresh, 0, 0, follow_symlinks=False)
        os.chmod(fresh, 0o711)

    def jail(self, fresh: Path) -> Jail:
        """Return the jail in which the fresh folder is filled, as the tenant, who may give it the group that it has."""
        group = fresh.lstat().st_gid
        groups = (group,) if group not in (0, self.tenant) else ()
        return Jail(self.desk.layout, self.tenant, binds=[(fresh, "/into", "rw")], groups=groups)

    def move(self, place: Path) -> Move:
        fresh = place.with_name(f"{self.desk.stage}-{place.name}")
        return Move(kind="part", place=str(place), fresh=_inode(fresh), stood=_inode(place))

    def put(self, move: Move) -> None:
        """Let the fresh folder stand at the place. Done already: nothing happens."""
        place = Path(move.place)
        if _inode(place) != move.fresh:
            _swap(place.parent, f"{self.desk.stage}-{place.name}", place.name, had=move.stood != 0)

    def take_back(self, move: Move) -> None:
        """Let what stood there before stand there again."""
        place = Path(move.place)
        if _inode(place) == move.stood:
            return
        if move.stood:
            _swap(place.parent, f"{self.desk.stage}-{place.name}", place.name, had=True)
        else:
            _swap(place.parent, place.name, f"{self.desk.stage}-{place.name}", had=False)


@dataclass(frozen=True, slots=True)
class Within:
    """Single files and folders within a site, which only the tenant's own process touches."""

    desk: Desk
    site: Path
    tenant: int

    def jail(self) -> Jail:
        groups = {one.lstat().st_gid for one in self.site.iterdir() if one.is_dir() and not one.is_symlink()}
        kept = tuple(sorted(groups - {0, self.tenant}))
        return Jail(self.desk.layout, self.tenant, binds=[(self.site, "/site", "rw")], groups=kept)

    def do(self, *words: str) -> dict[str, Any]:
        jail = self.jail()
        found: dict[str, Any] = json.loads(jail.run(jail.job("placing", *words)))
        return found

    def prepare_stage(self) -> None:
        stage = self.site / self.desk.stage
        if not stage.exists():
            stage.mkdir(mode=0o700)
        os.chown(stage, self.tenant, self.tenant, follow_symlinks=False)
        self.do("folder", f"{self.desk.stage}/new")

    def move(self, path: str) -> Move:
        found = self.do("look", self.desk.stage, _last(path), path)
        if not found["staged"]:
            raise Broken(f"{path} was not made ready")
        return Move(kind="file", place=path, fresh=found["staged"], stood=found["placed"])

    def put(self, move: Move) -> None:
        found = self.do("look", self.desk.stage, _last(move.place), move.place)
        if found["placed"] != move.fresh:
            self.do("exchange", self.desk.stage, _last(move.place), move.place)

    def take_back(self, move: Move) -> None:
        found = self.do("look", self.desk.stage, _last(move.place), move.place)
        if found["placed"] == move.stood:
            return
        if move.stood:
            self.do("exchange", self.desk.stage, _last(move.place), move.place)
        elif found["placed"]:
            self.do("back", self.desk.stage, _last(move.place), move.place)


def is_on(layout: Layout, site: int) -> bool:
    path = layout.site(site)
    return path.is_dir() and not path.is_symlink()


def _inode(path: Path) -> int:
    try:
        return path.lstat().st_ino
    except FileNotFoundError:
        return 0


def _swap(folder: Path, name: str, other: str, *, had: bool) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        if os.fstat(handle).st_uid != 0:
            raise Broken(f"{folder} is not root's; nothing was moved in it")
        words = (handle, os.fsencode(name), handle, os.fsencode(other), _EXCHANGE if had else _NOREPLACE)
        if _libc.renameat2(*words) != 0:
            number = ctypes.get_errno()
            raise OSError(number, f"{name} and {other} in {folder}: {os.strerror(number)}")
        os.fsync(handle)
    finally:
        os.close(handle)


def _last(path: str) -> str:
    return path.rpartition("/")[2]
