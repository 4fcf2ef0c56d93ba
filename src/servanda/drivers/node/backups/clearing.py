"""Taking away what copies and errands left on a node, under a leave. What lies in the store is the keeper's to erase."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from servanda.drivers.node import Broken, Plain, Task
from servanda.drivers.node.backups.errands import Desk
from servanda.drivers.node.backups.jails import Jail
from servanda.drivers.node.backups.keeping import Shelf
from servanda.drivers.node.stages import stages_in
from servanda.ground.nodes.kinds.backups import BackupPlan, Export, MoveIn, Restore


def clear_errand(task: Task) -> Mapping[str, Plain]:
    """Carry out the verb: an errand can be undone no longer, and what was kept for that goes. Asked again, nothing is left."""
    wanted = task.statement
    assert isinstance(wanted, Restore | Export | MoveIn)
    desk, cleared = Desk(task.layout, wanted.errand), 0
    for stage in _stages(task, wanted, desk):
        for owned in _owned(stage, wanted.tenant):
            jail = Jail(task.layout, wanted.tenant, binds=[(owned, "/site/stage", "rw")])
            jail.run(jail.job("placing", "clear", "stage"))
            owned.rmdir()
        if stage.is_dir():
            stage.rmdir()
        cleared += 1
    if desk.folder.is_dir():
        shutil.rmtree(desk.folder)  # root's own, with parts of the tenant's that nobody but root can enter
    return {"cleared": cleared}


def clear_plan(task: Task) -> Mapping[str, Plain]:
    """Carry out the verb: forget a plan's key, lists and leftovers on this node. Its sealed key and copies stay in the store."""
    plan = task.statement
    assert isinstance(plan, BackupPlan)
    shelf = Shelf(task.layout, plan.plan)
    if shelf.folder.is_dir():
        with shelf.alone():
            shutil.rmtree(shelf.folder)
    return {"cleared": True}


def _stages(task: Task, wanted: Restore | Export | MoveIn, desk: Desk) -> Iterator[Path]:
    for above in _folders_above(task, wanted):
        yield from (one for one in stages_in(above) if one.name.startswith(desk.stage))


def _owned(stage: Path, tenant: int) -> Sequence[Path]:
    """Return the tenant's folders of a stage: itself, or the mailboxes in a mail domain's, which is root's."""
    owned = sorted(stage.iterdir()) if stage.lstat().st_uid == 0 else [stage]
    for one in owned:
        if one.is_symlink() or one.lstat().st_uid != tenant:
            raise Broken(f"{one} is not this tenant's; it was left as it is")
    return owned


def _folders_above(task: Task, wanted: Restore | Export | MoveIn) -> Iterator[Path]:
    plan = None if isinstance(wanted, MoveIn) else task.known.get(f"backup/{wanted.plan}")
    site = wanted.site if isinstance(wanted, MoveIn) else plan.site if isinstance(plan, BackupPlan) else None
    if site is not None and task.layout.site(site).is_dir():
        yield task.layout.site(site)
    if task.layout.mail.is_dir():
        yield task.layout.mail
