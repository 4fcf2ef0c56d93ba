"""Giving back from a copy: beside what stands, or in its place with the way back kept. A kill at any point loses nothing."""

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from servanda.drivers.node import Broken, NotNow, Plain, Task
from servanda.drivers.node.backups.copying import PARTS, folders_of, listing
from servanda.drivers.node.backups.databases import Databases, MariaDatabases
from servanda.drivers.node.backups.errands import Desk, Journal, Move, checked_tenant
from servanda.drivers.node.backups.jails import Jail, PipeBroke, pipe
from servanda.drivers.node.backups.keeping import Access, Shelf
from servanda.drivers.node.backups.places import Parts, Within
from servanda.drivers.node.backups.previewing import Entries, Preview, add_database, add_files, below, size_of
from servanda.drivers.node.backups.proving import parsed, unpack
from servanda.drivers.node.backups.restic import Repository, Snapshot, trouble
from servanda.ground.nodes.kinds.backups import BackupPlan, Restore
from servanda.ground.nodes.kinds.databases import Database


def give_back(task: Task) -> Mapping[str, Plain]:
    """Carry out the verb: a restore, its undo, or a look at what it would change. Asked again it goes on where it was."""
    wanted = task.statement
    assert isinstance(wanted, Restore)
    plan = task.known.get(f"backup/{wanted.plan}")
    if not isinstance(plan, BackupPlan):
        raise Broken(f"plan {wanted.plan} is not of this node")
    checked_tenant(plan, wanted.tenant, f"plan {wanted.plan}")
    known = {name: task.known.get(f"database/{name}") for name in plan.databases}
    owners = {name: one for name, one in known.items() if isinstance(one, Database) and one.tenant == wanted.tenant}
    shelf = Shelf(task.layout, wanted.plan)
    shelf.prepare()
    with shelf.alone():
        repository = Repository(shelf, Access.of(task.layout))
        return Giving(wanted, plan, repository, MariaDatabases(task.layout), owners).work()


@dataclass(frozen=True, slots=True)
class Giving:
    """One restore and everything it needs."""

    wanted: Restore
    plan: BackupPlan
    repository: Repository
    databases: Databases
    owners: Mapping[str, Database]

    @property
    def desk(self) -> Desk:
        return Desk(self.repository.shelf.layout, self.wanted.errand)

    @property
    def site(self) -> Path:
        if self.plan.site is None:
            raise Broken(f"plan {self.plan.plan} has no site")
        return self.desk.layout.site(self.plan.site)

    @property
    def within(self) -> Within:
        return Within(self.desk, self.site, self.wanted.tenant)

    @property
    def parts(self) -> Parts:
        return Parts(self.desk, self.wanted.tenant)

    def work(self, *, now: datetime | None = None) -> Mapping[str, Plain]:
        self.desk.prepare()
        if self.wanted.into == "preview":
            return self._previewed()
        journal = self.desk.journal()
        if self.wanted.is_undone:
            return self._undo(journal)
        if journal.phase in ("done", "undone"):
            return journal.result
        if journal.phase == "new" and (now or datetime.now(UTC)) > self.wanted.not_after:
            raise Broken("the restore was asked for too long ago and was not begun; ask again")
        if journal.phase != "placing":
            journal = self._make_ready()
        for move in journal.moves:
            self._put(move, journal)
            move.is_placed = True
            self.desk.keep(journal)
        journal.phase = "done"
        self.desk.keep(journal)
        self.desk.tell("done", 100)
        return journal.result

    def _previewed(self) -> Mapping[str, Plain]:
        """Tell what would change if this were given back in place; asked again, it is looked at again."""
        preview, wants_all = Preview(), self.wanted.what != "file"
        binds = folders_of(self.desk.layout, self.plan)
        stands: Entries = {}
        for number, (what, subject, snapshot) in enumerate(steps := self._steps()):
            self.desk.tell("comparing", 5 + 90 * number // len(steps))
            if what == "database":
                size = size_of(self._listed(snapshot, "/databases"), [f"/databases/{subject}.sql"])
                tables = self.databases.tables(subject) if self.databases.stands(subject) else ()
                add_database(preview, subject, size=size, tables=tables)
                continue
            copied = self._listed(snapshot, subject)
            if not stands and binds:
                stands = parsed(listing(self.repository, binds, self._list_of(snapshot)))
            found = below(copied, subject)
            if not found:
                raise Broken(f"the copy of {snapshot.time:%Y-%m-%d} has no {subject.removeprefix('/files/')}")
            is_folder = wants_all or found.get(subject, {}).get("type") == "dir"
            add_files(preview, found, below(stands, subject), takes_away=is_folder)
        self.desk.tell("done", 100)
        return preview.told()

    def _list_of(self, snapshot: Snapshot) -> bytes:
        try:
            return self.repository.shelf.list_of(snapshot.id)
        except Broken:
            return b""

    def _make_ready(self) -> Journal:
        """Fetch everything to its place of preparation. Until all of it is there, nothing that stands is touched."""
        journal = Journal(phase="working")
        self.desk.keep(journal)
        for number, (what, subject, snapshot) in enumerate(steps := self._steps()):
            self.desk.tell(what, 5 + 85 * number // len(steps))
            move = self._fetch(what, subject, snapshot)
            journal.moves.append(move)
            journal.result |= {f"{move.kind}_{number}": Path(move.place).name if move.kind == "part" else move.place}
        journal.phase = "placing"
        self.desk.keep(journal)
        self.desk.tell("placing", 92)
        return journal

    def _steps(self) -> Sequence[tuple[str, str, Snapshot]]:
        """Return what is to be fetched: its kind, its path in the copy or its database, and the copy."""
        of_run = self._copies()
        what = self.wanted.what
        steps: list[tuple[str, str, Snapshot]] = []
        if what == "file":
            if self.wanted.path is None or self.wanted.path.split("/")[0] not in PARTS:
                raise Broken(f"a file or folder within {' or '.join(PARTS)} must be named")
            return [("file", f"/files/{self.wanted.path}", _of(of_run, "files"))]
        if what in ("files", "all") and "files" in of_run:
            found = _of(of_run, "files")
            tops = {one for one in found.paths if one.startswith("/files")}
            steps += [
                ("part", f"/files/{part}", found) for part in PARTS if tops and self._has(found, f"/files/{part}")
            ]
        if what in ("mail", "all") and "files" in of_run:
            domains = [self.wanted.domain] if self.wanted.domain else self.plan.mail_domains
            found = _of(of_run, "files")
            steps += [("mail", f"/mail/{one}", found) for one in domains if self._has(found, f"/mail/{one}")]
        if what in ("database", "all"):
            names = [self.wanted.database] if self.wanted.database else self.plan.databases
            if unknown := set(names) - set(self.plan.databases):
                raise Broken(f"{', '.join(sorted(unknown))} is not in this plan")
            steps += [("database", name, _of(of_run, "databases")) for name in names]
        if not steps:
            raise Broken(f"the copy {self.wanted.snapshot} has nothing of this kind")
        return steps

    def _copies(self) -> Mapping[str, Snapshot]:
        """Return the copy that is named, and those that were made in the same run."""
        found = self.repository.snapshots()
        named = [one for one in found if one.id.startswith(self.wanted.snapshot)]
        if len(named) != 1:
            raise Broken(f"there is no copy {self.wanted.snapshot}; it may be too old to be kept")
        return {one.what: one for one in found if one.run == named[0].run}

    def _has(self, snapshot: Snapshot, path: str) -> bool:
        return any(one == path or one.startswith(f"{path}/") for one in self._listed(snapshot, path))

    def _listed(self, snapshot: Snapshot, path: str) -> Mapping[str, Mapping[str, Any]]:
        """Return what the copy holds: by this node's own list, or asked of the store when this node has none."""
        try:
            return parsed(self.repository.shelf.list_of(snapshot.id))
        except Broken:
            return {str(one["path"]): one for one in self.repository.entries(snapshot.id, path)}

    def _fetch(self, what: str, subject: str, snapshot: Snapshot) -> Move:
        if what == "database":
            return self._fetch_database(subject, snapshot)
        if self.wanted.into == "beside":
            return self._fetch_beside(subject, snapshot)
        if what == "file":
            return self._fetch_file(subject, snapshot)
        layout = self.desk.layout
        name = subject.rpartition("/")[2]
        place = (layout.mail if what == "mail" else self.site) / name
        fresh = self.parts.fresh(place)
        self._extract(snapshot, subject, self.parts.jail(fresh), "/into", strip=2)
        if what == "mail":
            self.parts.give_to_root(fresh)
        return self.parts.move(place)

    def _fetch_file(self, subject: str, snapshot: Snapshot) -> Move:
        path, name = subject.removeprefix("/files/"), subject.rpartition("/")[2]
        self.within.prepare_stage()
        self._lay(snapshot, subject, f"{self.desk.stage}/new", name)
        return self.within.move(path)

    def _fetch_beside(self, subject: str, snapshot: Snapshot) -> Move:
        folder = f"private/restored/{snapshot.time:%Y-%m-%d}-{self.desk.short}"
        self.within.do("folder", folder)
        if self.wanted.what == "file":
            self.within.prepare_stage()
            name = subject.rpartition("/")[2]
            self._lay(snapshot, subject, folder, name)
        else:
            self._extract(snapshot, subject, self.within.jail(), f"/site/{folder}", strip=1)
        return Move(kind="beside", place=folder)

    def _lay(self, snapshot: Snapshot, subject: str, folder: str, name: str) -> None:
        """Lay one file or folder down in a folder of the tenant's."""
        entry = self._listed(snapshot, subject).get(subject)
        if entry is None:
            raise Broken(f"the copy of {snapshot.time:%Y-%m-%d} has no {subject.removeprefix('/files/')}")
        jail = self.within.jail()
        if entry["type"] == "dir":
            self._extract(snapshot, subject, jail, f"/site/{folder}", strip=subject.count("/") - 1)
        elif entry["type"] == "file":
            stage = folder.removesuffix("/new") if folder.endswith("/new") else self.desk.stage
            self._pour(snapshot, subject, jail, jail.job("placing", "write", stage, name, str(entry["mode"] & 0o777)))
            if folder != f"{self.desk.stage}/new":
                self.within.do("exchange", self.desk.stage, name, f"{folder}/{name}")
        else:
            raise Broken(f"{subject} is no file and no folder in the copy")

    def _extract(self, snapshot: Snapshot, subject: str, jail: Jail, into: str, *, strip: int) -> None:
        self._pour(snapshot, subject, jail, unpack(into, strip=strip))

    def _pour(self, snapshot: Snapshot, subject: str, jail: Jail, words: Sequence[str]) -> None:
        source, source_words = self.repository.dump(snapshot.id, subject)
        try:
            pipe(source, source_words, jail, words)
        except PipeBroke as error:
            raise trouble(error.said) if error.at_source else error from error

    def _fetch_database(self, name: str, snapshot: Snapshot) -> Move:
        target = self.desk.folder / f"{name}.sql"
        source, words = self.repository.dump(snapshot.id, f"/databases/{name}.sql")
        with open(target, "wb") as file:
            process = source.start(words, taken=file)
            _, said = process.communicate(timeout=3600)
        if process.returncode != 0:
            raise trouble(said.decode(errors="replace")[-500:])
        if self.wanted.into == "in place":
            return Move(kind="database", place=name)
        return Move(kind="database-beside", place=self._free_name(name))

    def _free_name(self, name: str) -> str:
        numbers = (f"{name}_r{number}" for number in range(1, 1000))
        return next(one for one in numbers if not self.databases.stands(one))

    def _put(self, move: Move, journal: Journal) -> None:
        if move.is_placed or move.kind == "beside":
            return
        if move.kind == "part":
            self.parts.put(move)
        elif move.kind == "file":
            self.within.put(move)
        else:
            if move.kind == "database" and not move.is_begun:
                self.databases.dump(move.place, to=self.desk.folder / f"{move.place}.before.sql")
                move.is_begun = True
                self.desk.keep(journal)
            self._load(move)

    def _load(self, move: Move) -> None:
        """Load a dump into an empty database. What stood there comes back when the dump cannot be loaded."""
        name = move.place.rpartition("_r")[0] if move.kind == "database-beside" else move.place
        owner, tenant = self.owners.get(name), self.wanted.tenant
        try:
            self.databases.make(move.place, like=owner)
            self.databases.load(move.place, self.desk.folder / f"{name}.sql", like=owner, tenant=tenant)
        except (Broken, NotNow, subprocess.TimeoutExpired):
            if move.kind == "database":
                self._load_kept(move)
            else:
                self.databases.drop(move.place)
            raise

    def _load_kept(self, move: Move) -> None:
        owner = self.owners.get(move.place)
        self.databases.make(move.place, like=owner)
        kept = self.desk.folder / f"{move.place}.before.sql"
        self.databases.load(move.place, kept, like=owner, tenant=self.wanted.tenant)

    def _undo(self, journal: Journal) -> Mapping[str, Plain]:
        if journal.phase in ("new", "working"):
            return {"undone": True}  # nothing that stood was touched
        journal.phase = "undoing" if journal.phase != "undone" else "undone"
        self.desk.keep(journal)
        for move in reversed(journal.moves):
            if move.is_undone:
                continue
            self._take_back(move)
            move.is_undone = True
            self.desk.keep(journal)
        journal.phase = "undone"
        self.desk.keep(journal)
        self.desk.tell("undone", 100)
        return {**journal.result, "undone": True}

    def _take_back(self, move: Move) -> None:
        if move.kind == "part":
            self.parts.take_back(move)
        elif move.kind == "file":
            self.within.take_back(move)
        elif move.kind == "beside":
            self.within.do("clear", move.place)
        elif move.kind == "database-beside":
            self.databases.drop(move.place)
        elif move.is_begun:
            self._load_kept(move)


def _of(copies: Mapping[str, Snapshot], what: str) -> Snapshot:
    try:
        return copies[what]
    except KeyError as error:
        raise Broken(f"this copy holds no {what}") from error
