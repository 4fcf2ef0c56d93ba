"""Making one copy: dumps first, then files and mail as they stand, each read without a right to change anything."""

import os
import shutil
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from servanda.drivers.node import Broken, NotNow, Plain, Task
from servanda.drivers.node.backups.databases import Databases, MariaDatabases
from servanda.drivers.node.backups.jails import How, Jail
from servanda.drivers.node.backups.keeping import Access, Shelf
from servanda.drivers.node.backups.restic import Made, Repository
from servanda.drivers.node.layout import Layout
from servanda.ground.nodes.kinds.backups import BackupPlan

# What of a site's folder is the tenant's own. The rest (sessions, temporary files, logs, sockets) is not copied.
PARTS = ("htdocs", "private")
NOT_COPIED = ("/files/private/exports",)  # archives made for fetching, which hold all of this once more
MOST_FILES = 2_000_000

Binds = Sequence[tuple[Path, str, How]]


def copy(task: Task) -> Mapping[str, Plain]:
    """Carry out the verb: make a copy of a plan now. Everything of it is there afterwards, or nothing counts."""
    plan = task.statement
    assert isinstance(plan, BackupPlan)
    shelf = Shelf(task.layout, plan.plan)
    shelf.prepare()
    with shelf.alone():
        return copy_plan(plan, Repository(shelf, Access.of(task.layout)), MariaDatabases(task.layout))


def copy_plan(
    plan: BackupPlan, repository: Repository, databases: Databases, *, now: datetime | None = None
) -> Mapping[str, Plain]:
    shelf, began = repository.shelf, time.monotonic()
    at = now or datetime.now(UTC)
    state = shelf.state()
    state.tried_at = at
    shelf.keep_state(state)
    _check_store(plan, repository)
    repository.ensure()
    repository.unlock()
    run = f"run-{at:%Y%m%dT%H%M%S}"
    made = _databases(plan, repository, databases, run, at)
    made |= _files(plan, repository, run, at)
    if not made:
        raise Broken(f"nothing of plan {plan.plan} is on this node: no site, no database, no mail")
    state.copied_at = at
    state.snapshots = {what: one.snapshot for what, one in made.items()}
    shelf.keep_state(state)
    forgotten = shelf.drop_lists(frozenset(repository.names("snapshots")))
    told = _told(made, at, time.monotonic() - began)
    return {**told, "forgotten": " ".join(forgotten)} if forgotten else told


def folders_of(layout: Layout, plan: BackupPlan) -> Binds:
    """Return what of a plan is on this node, and where the reader sees it. All of these lie in folders of root's."""
    wanted: list[tuple[Path, str, How]] = []
    if plan.site is not None:
        wanted += [(layout.site(plan.site) / part, f"/files/{part}", "ro") for part in PARTS]
    wanted += [(layout.mail / domain, f"/mail/{domain}", "ro") for domain in plan.mail_domains]
    return [one for one in wanted if one[0].is_dir() and not one[0].is_symlink()]


def tops_of(binds: Binds) -> Sequence[str]:
    return sorted({f"/{target.split('/')[1]}" for _, target, _ in binds})


def listing(repository: Repository, binds: Binds, before: bytes = b"") -> bytes:
    """Return what lies in some folders with hashes, line by line; hashes of what has not changed are taken over."""
    layout = repository.shelf.layout
    jail = Jail(layout, layout.accounts.copies, binds=binds, reads_all=True)
    return jail.run(jail.job("listing", str(MOST_FILES), *tops_of(binds)), given=before)


def _check_store(plan: BackupPlan, repository: Repository) -> None:
    room, country = repository.room()
    if country != plan.country:
        raise Broken(f"the store stands in {country}, and copies of plan {plan.plan} may lie in {plan.country} only")
    if room < 64 << 20:
        raise NotNow(f"the backup store has room for {room >> 20} MiB only: add disk, or let the keeper tidy up")


def _databases(
    plan: BackupPlan, repository: Repository, databases: Databases, run: str, at: datetime
) -> dict[str, Made]:
    if not plan.databases:
        return {}
    folder = repository.shelf.dumps
    shutil.rmtree(folder, ignore_errors=True)
    repository.shelf.prepare()
    try:
        for name in plan.databases:
            databases.dump(name, to=folder / f"{name}.sql")
        os.chmod(folder, 0o700)
        binds: Binds = [(folder, "/databases", "ro")]
        made = repository.backup(binds, ["/databases"], ["databases", run], at=at)
        repository.shelf.keep_list(made.snapshot, listing(repository, binds))
        return {"databases": made}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _files(plan: BackupPlan, repository: Repository, run: str, at: datetime) -> dict[str, Made]:
    binds = folders_of(repository.shelf.layout, plan)
    if not binds:
        return {}
    found = listing(repository, binds, repository.shelf.last_list())
    tops = tops_of(binds)
    excluded = [word for path in NOT_COPIED for word in ("--exclude", path)]
    made = repository.backup(binds, [*excluded, *tops], ["files", run], at=at)
    repository.shelf.keep_list(made.snapshot, found)
    return {"files": made}


def _told(made: Mapping[str, Made], at: datetime, seconds: float) -> Mapping[str, Plain]:
    told: dict[str, Plain] = {"at": at.isoformat(), "milliseconds": int(seconds * 1000)}
    for what, one in made.items():
        told |= {
            f"{what}_snapshot": one.snapshot,
            f"{what}_bytes": one.bytes_read,
            f"{what}_added": one.bytes_added,
            f"{what}_count": one.files,
        }
    return told
