"""Taking away what copies and errands left on a node, under a leave. What lies in the store is the keeper's to erase."""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from servanda.drivers.node import Broken, Plain, Task
from servanda.drivers.node.backups.errands import Desk
from servanda.drivers.node.backups.jails import Jail
from servanda.drivers.node.backups.keeping import Shelf
from servanda.ground.nodes.kinds.backups import BackupPlan, Export, MoveIn, Restore


def clear_errand(task: Task) -> Mapping[str, Plain]:
    """Carry out the verb: an errand can be undone no longer, and what was kept for that goes. Asked again, nothing is left."""
    wanted = task.statement
    assert isinstance(wanted, Restore | Export | MoveIn)
    desk, cleared = Desk(task.layout, wanted.errand), 0
    for stage in _stages(task, wanted, desk):
        jail = Jail(task.layout, wanted.tenant, binds=[(stage, "/site/stage", "rw")])
        jail.run(jail.job("placing", "clear", "stage"))
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
        found = [one for one in above.glob(f"{desk.stage}*") if one.is_dir() and not one.is_symlink()]
        for one in found:
            if one.lstat().st_uid != wanted.tenant:
                raise Broken(f"{one} is not this tenant's; it was left as it is")
            yield one


def _folders_above(task: Task, wanted: Restore | Export | MoveIn) -> Iterator[Path]:
    plan = None if isinstance(wanted, MoveIn) else task.known.get(f"backup/{wanted.plan}")
    site = wanted.site if isinstance(wanted, MoveIn) else plan.site if isinstance(plan, BackupPlan) else None
    if site is not None and task.layout.site(site).is_dir():
        yield task.layout.site(site)
    if task.layout.mail.is_dir():
        yield task.layout.mail
