"""Proof that a copy can be given back: it is given back, to a place of its own, and compared with what was copied."""

import json
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from servanda.drivers.node import Plain, Task
from servanda.drivers.node.backups.copying import MOST_FILES
from servanda.drivers.node.backups.databases import Databases, MariaDatabases
from servanda.drivers.node.backups.decisions import PARTS, part_to_read
from servanda.drivers.node.backups.jails import Jail, PipeBroke, pipe
from servanda.drivers.node.backups.keeping import Access, Shelf
from servanda.drivers.node.backups.restic import Damaged, Repository, trouble
from servanda.drivers.node.commands import program
from servanda.ground.nodes.kinds.backups import BackupPlan

Entries = Mapping[str, Mapping[str, Any]]
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came back against what was copied. What changed while it was copied is neither right nor wrong."""

    compared: int
    changed_meanwhile: int
    wrong: tuple[str, ...]


def prove(task: Task) -> Mapping[str, Plain]:
    """Carry out the verb: give back the last copy of a plan to a scratch place, compare, and read a part of the store."""
    plan = task.statement
    assert isinstance(plan, BackupPlan)
    shelf = Shelf(task.layout, plan.plan)
    shelf.prepare()
    with shelf.alone():
        return prove_plan(plan, Repository(shelf, Access.of(task.layout)), MariaDatabases(task.layout))


def prove_plan(
    plan: BackupPlan, repository: Repository, databases: Databases, *, now: datetime | None = None
) -> Mapping[str, Plain]:
    """Return what was compared. A copy that is broken is a result, not an exception: `broken` says how."""
    shelf, began = repository.shelf, time.monotonic()
    at = now or datetime.now(UTC)
    state = shelf.state()
    state.proof_tried_at = at
    shelf.keep_state(state)
    told: dict[str, Plain] = {"at": at.isoformat(), "snapshot": next(iter(state.snapshots.values()), "")}
    try:
        repository.check(part=part_to_read(plan=plan.plan, day=at.date()), parts=PARTS)
        for what, snapshot in state.snapshots.items():
            found = _proven(plan, repository, databases, what, snapshot)
            told |= {f"{what}_compared": found.compared, f"{what}_changed_meanwhile": found.changed_meanwhile}
            if found.wrong:
                raise Damaged(f"{len(found.wrong)} differ: {', '.join(found.wrong[:SHOWN])}")
    except Damaged as error:
        told["broken"] = str(error)[-500:]
    state.proven_at = at
    shelf.keep_state(state)
    return told | {"milliseconds": int((time.monotonic() - began) * 1000)}


def _proven(plan: BackupPlan, repository: Repository, databases: Databases, what: str, snapshot: str) -> Comparison:
    shelf = repository.shelf
    before = parsed(shelf.list_of(snapshot))
    scratch = shelf.scratch
    _emptied(shelf)
    try:
        stored = {str(one["path"]): one for one in repository.entries(snapshot)}
        for top in sorted({f"/{path.split('/')[1]}" for path in before}):
            _given_back(repository, snapshot, top, scratch)
        jail = Jail(shelf.layout, shelf.layout.accounts.copies, binds=[(scratch, "/scratch", "ro")])
        found = parsed(jail.run(jail.job("listing", str(MOST_FILES), "/scratch")), below="/scratch")
        compared = compare(before, stored, found)
        if what == "databases":
            _load_all(plan, databases, scratch / "databases")
        return compared
    finally:
        _emptied(shelf)


def compare(before: Entries, stored: Entries, found: Entries) -> Comparison:
    """Compare by hash. A file whose time of change in the copy is not the one at hashing was changed in between."""
    compared, changed, wrong = 0, 0, []
    for path, entry in before.items():
        if entry["type"] == "dir":
            continue
        if entry["type"] == "file" and not _is_what_was_hashed(entry, stored.get(path)):
            changed += 1
            continue
        other = found.get(path, {})
        compared += 1
        if any(entry.get(part) != other.get(part) for part in ("type", "sha256", "target")):
            wrong.append(path)
    return Comparison(compared, changed, tuple(wrong))


def parsed(lines: bytes, *, below: str = "") -> Entries:
    read = (json.loads(line) for line in lines.splitlines())
    return {one["path"].removeprefix(below): one for one in read}


def _is_what_was_hashed(entry: Mapping[str, Any], stored: Mapping[str, Any] | None) -> bool:
    if stored is None or entry.get("sha256") is None:
        return False
    return bool(stored.get("size", 0) == entry["size"]) and _nanoseconds(str(stored["ctime"])) == entry["changed"]


def _nanoseconds(text: str) -> int:
    """Return the nanoseconds since 1970 of an RFC 3339 time; datetime keeps only microseconds."""
    moment = datetime.fromisoformat(text)
    fraction = text.partition(".")[2].rstrip("Z").partition("+")[0].partition("-")[0]
    return int(moment.replace(microsecond=0).timestamp()) * 10**9 + int((fraction or "0").ljust(9, "0")[:9])


def _given_back(repository: Repository, snapshot: str, top: str, into: Path) -> None:
    shelf = repository.shelf
    source, words = repository.dump(snapshot, top)
    sink = Jail(shelf.layout, shelf.layout.accounts.copies, binds=[(into, "/into", "rw")])
    try:
        pipe(source, words, sink, unpack("/into"))
    except PipeBroke as error:
        raise trouble(error.said) if error.at_source else error from error


def unpack(into: str, *, strip: int = 0) -> list[str]:
    """Return the command that lays a tar from standard input down in a folder, all of it new and of the caller."""
    words = ["--extract", "--file=-", f"--directory={into}", "--no-same-owner", "--same-permissions"]
    return [program("tar"), *words, "--no-overwrite-dir", "--delay-directory-restore", f"--strip-components={strip}"]


def _load_all(plan: BackupPlan, databases: Databases, folder: Path) -> None:
    for name in plan.databases:
        scratch = f"{name.partition('_')[0]}_proof_t{plan.plan}"
        dump = folder / f"{name}.sql"
        if not dump.is_file():
            raise Damaged(f"the copy has no dump of {name}")
        try:
            databases.make(scratch, like=None)
            databases.load(scratch, dump, like=None, tenant=plan.tenant)
            missing = [one for one in _tables_in(dump) if one not in set(databases.tables(scratch))]
            if missing:
                raise Damaged(f"the dump of {name} came back without {', '.join(missing[:SHOWN])}")
        finally:
            databases.drop(scratch)


def _tables_in(dump: Path) -> Sequence[str]:
    return list(_created(dump))


def _created(dump: Path) -> Iterator[str]:
    with open(dump, "rb") as file:
        for line in file:
            if line.startswith(b"CREATE TABLE `"):
                yield line[14:].partition(b"` (")[0].decode(errors="replace").replace("``", "`")


def _emptied(shelf: Shelf) -> None:
    """Empty the scratch place. The reader of copies owns all of it, and its folder is seen by nobody else."""
    shutil.rmtree(shelf.scratch)
    shelf.prepare()
