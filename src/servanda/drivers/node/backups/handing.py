"""Handing out everything of a tenant as one archive, and taking a site in from one. Both are done by the tenant's own process."""

import json
import os
import shutil
import stat
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from servanda.drivers.node import Broken, NotNow, Plain, Task, files
from servanda.drivers.node.backups.copying import folders_of
from servanda.drivers.node.backups.databases import MariaDatabases
from servanda.drivers.node.backups.errands import Desk, Journal, checked_tenant
from servanda.drivers.node.backups.jails import How, Jail
from servanda.drivers.node.backups.keeping import Shelf
from servanda.drivers.node.backups.places import Parts
from servanda.drivers.node.beneath import open_beneath, opened
from servanda.ground.nodes.kinds.backups import BackupPlan, Export, MoveIn
from servanda.ground.nodes.kinds.databases import Database
from servanda.ground.nodes.kinds.dns import Zone
from servanda.ground.nodes.kinds.web import Site

MOST_BYTES = 50 << 30  # of what comes out of an archive, where no quota says less
_REFUSED = 3


def hand_out(task: Task, *, now: datetime | None = None) -> Mapping[str, Plain]:
    """Carry out the verb: pack files, dumps, mail and zones into the site's own folder. After its day, remove the archive."""
    wanted = task.statement
    assert isinstance(wanted, Export)
    plan = _plan(task, wanted.plan, wanted.tenant)
    if plan.site is None:
        raise Broken(f"plan {plan.plan} has no site into which an archive could be laid")
    desk = Desk(task.layout, wanted.errand)
    desk.prepare()
    journal = desk.journal()
    at = now or datetime.now(UTC)
    if at > wanted.kept_until:
        return _remove(task, plan, desk, journal)
    if journal.phase == "done":
        return journal.result
    shelf = Shelf(task.layout, plan.plan)
    shelf.prepare()
    with shelf.alone():
        return _pack(task, plan, desk, journal, at)


def _pack(task: Task, plan: BackupPlan, desk: Desk, journal: Journal, at: datetime) -> Mapping[str, Plain]:
    assert plan.site is not None
    name = f"{at:%Y-%m-%d}-{desk.short}.tar.zst"
    with _emptied(desk.folder / "pack", plan.tenant) as pack:
        desk.tell("databases", 5)
        _dump_all(task, plan, pack)
        _write_zones(task, plan, pack)
        desk.tell("packing", 30)
        binds: list[tuple[Path, str, How]] = [
            (path, f"/export{seen}", how) for path, seen, how in folders_of(task.layout, plan)
        ]
        binds += [(one, f"/export/{one.name}", "ro") for one in sorted(pack.iterdir())]
        binds += [(task.layout.site(plan.site) / "private", "/out", "rw")]
        jail = Jail(task.layout, plan.tenant, binds=binds)
        told = json.loads(jail.run(jail.job("packing", name)))
    journal.result = {"path": f"private/exports/{name}", **told}
    journal.phase = "done"
    desk.keep(journal)
    desk.tell("done", 100)
    return journal.result


def _remove(task: Task, plan: BackupPlan, desk: Desk, journal: Journal) -> Mapping[str, Plain]:
    path = str(journal.result.get("path", ""))
    if path and plan.site is not None:
        jail = Jail(task.layout, plan.tenant, binds=[(task.layout.site(plan.site) / "private", "/out", "rw")])
        jail.run(jail.job("packing", "--remove", path.rpartition("/")[2]))
    journal.phase, journal.result = "undone", {"removed": True}
    desk.keep(journal)
    desk.tell("removed", 100)
    return journal.result


def _dump_all(task: Task, plan: BackupPlan, pack: Path) -> None:
    if plan.databases:
        folder = pack / "databases"
        files.folder(folder, mode=0o700, owner=plan.tenant, group=plan.tenant)
        for name in plan.databases:
            MariaDatabases(task.layout).dump(name, to=folder / f"{name}.sql")
            os.chown(folder / f"{name}.sql", plan.tenant, plan.tenant, follow_symlinks=False)


def _write_zones(task: Task, plan: BackupPlan, pack: Path) -> None:
    """Write the zones of the plan's own names. A zone above one of them may be somebody else's and is left out."""
    site = task.known.get(f"site/{plan.site}")
    names = {*plan.mail_domains, *(site.names if isinstance(site, Site) and site.tenant == plan.tenant else ())}
    zones = [one for name in sorted(names) if isinstance(one := task.known.get(f"zone/{name}"), Zone)]
    if zones:
        folder = pack / "zones"
        files.folder(folder, mode=0o700, owner=plan.tenant, group=plan.tenant)
        for zone in zones:
            path = folder / f"{zone.domain}.zone"
            files.write(path, zone_text(zone), mode=0o600, owner=plan.tenant, group=plan.tenant)


def zone_text(zone: Zone) -> str:
    """Return a zone as a master file (RFC 1035), without SOA, which whoever serves it makes anew."""
    lines = [f"{one.name}.\t{one.ttl}\tIN\t{one.type}\t{one.content}" for one in zone.records]
    return "\n".join([f"$ORIGIN {zone.domain}.", *lines, ""])


def take_in(task: Task, *, now: datetime | None = None) -> Mapping[str, Plain]:
    """Carry out the verb: take an archive from the inbox apart as the tenant, and let its pages stand for the site's."""
    wanted = task.statement
    assert isinstance(wanted, MoveIn)
    site = task.known.get(f"site/{wanted.site}")
    checked_tenant(site, wanted.tenant, f"site {wanted.site}")
    assert isinstance(site, Site)
    database = _database(task, wanted)
    desk = Desk(task.layout, wanted.errand)
    desk.prepare()
    journal = desk.journal()
    if journal.phase == "done":
        return journal.result
    if journal.phase == "new" and (now or datetime.now(UTC)) > wanted.not_after:
        raise Broken("the move was asked for too long ago and was not begun; ask again")
    parts, place = Parts(desk, wanted.tenant), task.layout.site(wanted.site) / "htdocs"
    sql = desk.folder / "sql"
    if journal.phase != "placing":
        desk.tell("unpacking", 10)
        told = _unpack(task, wanted, parts, place, sql, site.disk_bytes or MOST_BYTES)
        journal = Journal(phase="placing", moves=[parts.move(place)], result=told)
        desk.keep(journal)
    if database is not None:
        desk.tell("database", 70)
        _load(task, database, wanted, sql, str(journal.result.get("dumps", "")), desk, journal)
    parts.put(journal.moves[0])
    journal.phase = "done"
    desk.keep(journal)
    shutil.rmtree(sql, ignore_errors=True)
    desk.tell("done", 100)
    return journal.result


def _unpack(
    task: Task, wanted: MoveIn, parts: Parts, place: Path, sql: Path, most_bytes: int
) -> dict[str, str | int | bool]:
    fresh = parts.fresh(place)
    files.folder(sql, mode=0o700, owner=wanted.tenant, group=wanted.tenant)
    jail = parts.jail(fresh)
    jail = Jail(jail.layout, jail.uid, binds=[*jail.binds, (sql, "/sql", "rw")], groups=jail.groups)
    with _archive_of(task, wanted) as archive:
        process = jail.start(jail.job("unpacking", str(most_bytes)), given=archive)
        try:
            out, said = process.communicate(timeout=4 * 3600)
        except subprocess.TimeoutExpired as late:
            process.kill()
            process.wait()
            raise NotNow("the archive was not taken apart within four hours") from late
    if process.returncode != 0:
        text = said.decode(errors="replace").strip()[-500:]
        raise Broken(f"the archive is not taken in: {text}" if process.returncode == _REFUSED else text)
    told: dict[str, str | int | bool] = json.loads(out)
    return told


def _load(task: Task, database: Database, wanted: MoveIn, sql: Path, dumps: str, desk: Desk, journal: Journal) -> None:
    found = [name for name in dumps.split(",") if name]
    if not found:
        return
    if len(found) > 1:
        raise Broken(f"the archive has several dumps ({dumps}) for one database; leave one of them in it")
    databases = MariaDatabases(task.layout)
    kept = desk.folder / f"{database.name}.before.sql"
    if not journal.moves[0].is_begun:
        databases.dump(database.name, to=kept)
        journal.moves[0].is_begun = True
        desk.keep(journal)
    try:
        databases.make(database.name, like=database)
        databases.load(database.name, sql / found[0], like=database, tenant=wanted.tenant)
    except (Broken, NotNow):
        databases.make(database.name, like=database)
        databases.load(database.name, kept, like=database, tenant=wanted.tenant)
        raise


def _database(task: Task, wanted: MoveIn) -> Database | None:
    if wanted.database is None:
        return None
    found = task.known.get(f"database/{wanted.database}")
    checked_tenant(found, wanted.tenant, wanted.database)
    assert isinstance(found, Database)
    return found


def _plan(task: Task, number: int, tenant: int) -> BackupPlan:
    plan = task.known.get(f"backup/{number}")
    checked_tenant(plan, tenant, f"plan {number}")
    assert isinstance(plan, BackupPlan)
    return plan


@contextmanager
def _archive_of(task: Task, wanted: MoveIn) -> Iterator[int]:
    handle = _private_archive(task, wanted) if wanted.archive else _inbox_archive(task.layout.inbox / wanted.errand)
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise Broken("what lies in the inbox is no file")
        yield handle
    finally:
        os.close(handle)


def _inbox_archive(path: Path) -> int:
    try:
        return os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError as error:
        raise NotNow("the archive has not been uploaded yet") from error


def _private_archive(task: Task, wanted: MoveIn) -> int:
    """Open a file of the tenant's own below the private folder; no link on the way leads anywhere else."""
    assert wanted.archive is not None
    with opened(task.layout.site(wanted.site)) as folder:
        try:
            handle = open_beneath(folder, f"private/{wanted.archive}", os.O_RDONLY | os.O_NONBLOCK)
        except FileNotFoundError as error:
            raise Broken(f"there is no {wanted.archive} in the folder private; upload it there by SFTP") from error
        except OSError as error:
            raise Broken(f"{wanted.archive} is no plain file in the folder private: {error.strerror}") from error
    if os.fstat(handle).st_uid != wanted.tenant:
        os.close(handle)
        raise Broken(f"{wanted.archive} is not this tenant's")
    return handle


@contextmanager
def _emptied(folder: Path, tenant: int) -> Iterator[Path]:
    shutil.rmtree(folder, ignore_errors=True)
    files.folder(folder, mode=0o711, owner=0, group=0)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


__all__: Sequence[str] = ("hand_out", "take_in", "zone_text")
