"""Backups of this installation: the database, what lies beside it, and the keys; and the proof that they can be put back.

A drill puts the last backup into an empty place with a server of its own, holds every table against what was counted when it
was made, runs the audit on it, and keeps how much would have been lost and how long it took.
"""

import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Protocol

from django.conf import settings

from servanda.business.evidence.actions import record_in_all
from servanda.business.installation.queries import incarnation, newest_record
from servanda.drivers.archives import Archive, Kept
from servanda.ground.refusal import Refused

DUMP, MANIFEST, FILES = "database.dump", "manifest.json", "files"


class NothingKept(Refused):
    """There is no backup to put back."""


class NotEmpty(Refused):
    """A backup is put back into an empty place only."""


class Counted(Protocol):
    """What a database held at one moment: see `servanda.wiring.keeping`."""

    @property
    def at(self) -> datetime: ...
    @property
    def rows(self) -> Mapping[str, int]: ...
    @property
    def newest_record(self) -> int: ...


class Keeping(Protocol):
    """Dumps and the way back: see `servanda.wiring.keeping`."""

    def dump_database(self, into: Path) -> Counted: ...
    def count_rows(self, url: str) -> Counted: ...
    def tried_out(self, dump: Path, place: Path) -> AbstractContextManager[str]: ...
    def audited(self, url: str, home: Path) -> tuple[int, int, float]: ...
    def put_back(self, dump: Path, home: Path) -> None: ...


def make_backup(now: datetime, *, by: str = "system") -> dict[str, object]:
    """Keep everything that this installation is made of, and return what that came to. A failure is kept as well."""
    began = time.monotonic()
    try:
        archive = _archive()
        archive.ensure()
        with _apart("backup") as folder:
            counted = _keeping().dump_database(folder / DUMP)
            _copy_files(folder / FILES)
            _write_manifest(folder / MANIFEST, counted)
            added = archive.keep(folder, at=now)
    except (Refused, OSError) as failure:
        record_in_all("backup.failed", key=now.isoformat(), facts={"reason": str(failure)[:500]}, now=now, by=by)
        raise
    facts: dict[str, object] = {
        "snapshot": added.snapshot,
        "bytes": added.bytes_read,
        "bytes_added": added.bytes_added,
        "tables": len(counted.rows),
        "rows": sum(counted.rows.values()),
        "seconds": round(time.monotonic() - began, 1),
        "is_elsewhere": is_elsewhere(),
    }
    record_in_all("backup.made", key=now.isoformat(), facts=facts, now=now, by=by)
    return facts


def backups() -> tuple[Kept, ...]:
    """Return the backups that are kept, the oldest first."""
    return _archive().kept()


def check_part(*, part: int, parts: int) -> None:
    """Read a part of the archive whole."""
    _archive().check(part=part, parts=parts)


def drill(now: datetime, *, snapshot: str = "", by: str = "system") -> dict[str, object]:
    """Put a backup back into an empty place, examine it, and keep what was measured. A failure is kept as well."""
    began = time.monotonic()
    try:
        with _apart("drill", mode=0o711) as place:
            facts = _tried(_chosen(snapshot), place, now=now)
    except (Refused, OSError) as failure:
        facts = {"act": "failed", "is_good": False, "reason": str(failure)[:500]}
    facts["seconds"] = round(time.monotonic() - began, 1)
    record_in_all("backup.drilled", key=now.isoformat(), facts=facts, now=now, by=by)
    return facts


def _tried(kept: Kept, place: Path, *, now: datetime) -> dict[str, object]:
    _archive().fetch(kept.snapshot, into=place / "kept")
    manifest = json.loads((place / "kept" / MANIFEST).read_text(encoding="utf-8"))
    keeping = _keeping()
    with keeping.tried_out(place / "kept" / DUMP, place) as url:
        found = keeping.count_rows(url)
        checked, broken, _seconds = keeping.audited(url, place / "home")
    told: dict[str, int] = manifest["rows"]
    differing = sorted(name for name in told.keys() | found.rows.keys() if told.get(name) != found.rows.get(name))
    missing = sorted(name for name in manifest["files"] if not (place / "kept" / FILES / name).exists())
    is_good = not (broken or differing or missing)
    return {
        "act": "good" if is_good else "failed",
        "is_good": is_good,
        "snapshot": kept.snapshot,
        "loss_seconds": max(0, int((now - datetime.fromisoformat(manifest["at"])).total_seconds())),
        "loss_records": max(0, newest_record() - manifest["newest_record"]),
        "tables": len(told),
        "rows": sum(told.values()),
        "differing": differing[:20],
        "missing": missing[:20],
        "checked": checked,
        "violations": broken,
    }


def restore(home: Path, *, snapshot: str = "") -> Kept:
    """Put a backup back in earnest, into a new folder. What comes up there is a copy until a person confirms it."""
    if home.exists() and any(home.iterdir()):
        raise NotEmpty(f"{home} is not empty, and nothing is overwritten. Name a new folder in --into.")
    chosen = _chosen(snapshot)
    with _apart("restore") as place:
        _archive().fetch(chosen.snapshot, into=place / "kept")
        home.mkdir(mode=0o711, parents=True, exist_ok=True)
        if (place / "kept" / FILES).is_dir():
            shutil.copytree(place / "kept" / FILES, home, dirs_exist_ok=True)
        _keeping().put_back(place / "kept" / DUMP, home)
    return chosen


def is_elsewhere() -> bool:
    """Tell whether the backups lie on another disk than the installation, or with a server."""
    store = settings.BACKUP_STORE
    folder = Path(store.removeprefix("local:"))
    if not folder.is_absolute():
        return True
    above = next((path for path in (folder, *folder.parents) if path.exists()), Path("/"))
    return above.stat().st_dev != settings.HOME.stat().st_dev


def _chosen(snapshot: str) -> Kept:
    kept = backups()
    if not kept:
        raise NothingKept("There is no backup yet. Make one first: `servanda backup`.")
    if not snapshot:
        return kept[-1]
    found = next((one for one in kept if one.snapshot.startswith(snapshot)), None)
    if found is None:
        raise NothingKept(f"There is no backup {snapshot}. `servanda backup list` names them.")
    return found


def _copy_files(into: Path) -> None:
    """Copy what belongs to the installation and lies beside the database. The mark stays: it names this very place."""
    into.mkdir(mode=0o700)
    for name, source in _sources().items():
        if source.is_dir():
            shutil.copytree(source, into / name, symlinks=True)
        elif source.is_file():
            (into / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, into / name)


def _sources() -> Mapping[str, Path]:
    """Return what is kept, by the name that it has in a new folder."""
    home: Path = settings.HOME
    return {
        "secret-key": home / "secret-key",
        "signing": settings.SIGNING_KEYS,
        "signer/node-key.pem": settings.NODE_KEY,
        "heads": settings.HEADS,
        "outside": settings.OUTSIDE,
        "collections": settings.COLLECTIONS,
        "einvoices": settings.EINVOICE_DROP,
    }


def _write_manifest(file: Path, counted: Counted) -> None:
    told = {
        "at": counted.at.isoformat(),
        "incarnation": incarnation(),
        "newest_record": counted.newest_record,
        "rows": dict(counted.rows),
        "files": sorted(name for name in _sources() if (file.parent / FILES / name).exists()),
    }
    file.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


@contextmanager
def _apart(what: str, *, mode: int = 0o700) -> Iterator[Path]:
    """Give a folder beside the data; it is gone after the block, whatever happens. 711: a server's account passes through."""
    home: Path = settings.HOME
    home.mkdir(mode=0o711, parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{what}.", dir=home))
    os.chmod(folder, mode)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _archive() -> Archive:
    found: Archive = import_module(settings.DRIVERS).archive()
    return found


def _keeping() -> Keeping:
    found: Keeping = import_module(settings.DATABASE_KEEPING)
    return found
