"""Limits that the kernel keeps, in the kind that this disk offers. Which one that is, is found by trying."""

import os
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

from servanda.drivers.node import Broken, NotNow
from servanda.drivers.node.commands import run

_FIRST_PROJECT = 1_000_000  # projects of the kernel below this are left to others
_TRIAL = 9_999_999


class Limits(Protocol):
    """A way of holding a folder to a space and a number of files. 0 takes a limit away."""

    @property
    def name(self) -> str: ...

    def hold(self, folder: Path, *, number: int, space: int, inodes: int) -> None:
        """Limit a folder that stands. Raises Broken when it cannot be limited as it is."""
        ...

    def used(self, folder: Path, *, number: int) -> int | None:
        """Return the bytes that the kernel counts, or None when it counts none."""
        ...


@dataclass(frozen=True, slots=True)
class NoLimits:
    """The disk offers none: use is measured, and nothing is stopped."""

    name: str = "metering"

    def hold(self, folder: Path, *, number: int, space: int, inodes: int) -> None:
        """Do nothing; the name says so to whoever asks."""

    def used(self, folder: Path, *, number: int) -> int | None:
        return None


@dataclass(frozen=True, slots=True)
class ProjectQuota:
    """Project quota of ext4 and XFS: everything below a folder counts for its project, whoever owns it."""

    mount: Path
    name: str = "project quota"

    def hold(self, folder: Path, *, number: int, space: int, inodes: int) -> None:
        project = str(_FIRST_PROJECT + number)
        run("chattr", "-R", "-f", "-p", project, "+P", str(folder), good=(0, 1), seconds=600)
        blocks = str(-(-space // 1024))
        run("setquota", "-P", project, "0", blocks, "0", str(inodes), str(self.mount))

    def used(self, folder: Path, *, number: int) -> int | None:
        out = run("quota", "-P", "-w", "-p", "--no-wrap", str(_FIRST_PROJECT + number), good=(0, 1)).decode().split()
        return int(out[-8].rstrip("*")) * 1024 if len(out) > 8 else 0


@dataclass(frozen=True, slots=True)
class BtrfsGroups:
    """Quota groups of btrfs. A folder must be a subvolume; an empty one is made into one, with its owner and mode."""

    mount: Path
    name: str = "btrfs"

    def hold(self, folder: Path, *, number: int, space: int, inodes: int) -> None:
        self._adopt(folder)
        run("btrfs", "qgroup", "limit", str(space) if space else "none", str(folder))

    def used(self, folder: Path, *, number: int) -> int | None:
        run("btrfs", "filesystem", "sync", str(folder))
        out = run("btrfs", "qgroup", "show", "--raw", "-f", str(folder)).decode().splitlines()
        return int(out[-1].split()[1])

    def _adopt(self, folder: Path) -> None:
        if folder.lstat().st_ino == 256:  # the root of a subvolume
            return
        if any(folder.iterdir()):
            raise Broken(f"{folder} holds files already and is no subvolume; it is measured and not limited")
        stood, aside = folder.lstat(), folder.with_name(f".{folder.name}.{secrets.token_hex(4)}")
        run("btrfs", "subvolume", "create", str(aside))
        os.chown(aside, stood.st_uid, stood.st_gid)
        os.chmod(aside, stood.st_mode & 0o7777)
        folder.rmdir()
        aside.rename(folder)


@cache
def limits_for(folder: Path) -> Limits:
    """Find out by trying what the disk of a folder offers, once for each folder and process.

    The folder is root's; a trial folder in it is made and removed.
    """
    for limits in _candidates(_mount_of(folder)):
        trial = folder / f".trial-{secrets.token_hex(4)}"
        trial.mkdir(mode=0o700)
        try:
            limits.hold(trial, number=_TRIAL, space=1 << 20, inodes=0)
            if limits.used(trial, number=_TRIAL) is not None:
                return limits
        except (Broken, NotNow):
            continue
        finally:
            _removed(trial)
    return NoLimits()


def _candidates(mount: Path) -> Sequence[Limits]:
    return (BtrfsGroups(mount), ProjectQuota(mount))


def _removed(trial: Path) -> None:
    if trial.lstat().st_ino == 256:
        run("btrfs", "subvolume", "delete", str(trial), good=(0, 1))
    else:
        shutil.rmtree(trial)


def _mount_of(folder: Path) -> Path:
    found = folder.resolve()
    while not found.is_mount():
        found = found.parent
    return found
