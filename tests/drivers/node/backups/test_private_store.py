"""A private node has a store of its own, started from the daemon that the node names, and a keeper for it."""

import subprocess
import time
from datetime import UTC, date, datetime
from pathlib import Path

from servanda.drivers.node.backups import prepare, store_daemon
from servanda.drivers.node.backups.copying import copy_plan
from servanda.drivers.node.backups.databases import MariaDatabases
from servanda.drivers.node.backups.decisions import Rule
from servanda.drivers.node.backups.keeping import Access, Shelf
from servanda.drivers.node.backups.private_store import keeper_of, open_store
from servanda.drivers.node.backups.restic import Repository
from servanda.drivers.node.layout import Layout, Ports
from servanda.ground.nodes.kinds.backups import BackupPlan
from tests.drivers.node.backups.conftest import SRC, needs_root


@needs_root
def test_a_private_node_copies_to_its_own_store_and_its_keeper_keeps(root: Path) -> None:
    layout = Layout(root=root, ports=Ports.free())
    prepare(layout)
    before = (layout.etc / "store.json").read_bytes()
    open_store(layout)
    assert (layout.etc / "store.json").read_bytes() == before
    (layout.site(5) / "htdocs").mkdir(parents=True)
    (layout.site(5) / "htdocs/page").write_bytes(b"hello")
    daemon = store_daemon(layout)
    process = subprocess.Popen(list(daemon.argv), env={"PYTHONPATH": str(SRC), "PATH": "/usr/bin:/bin"})
    try:
        until = time.monotonic() + 30
        while not daemon.ready() and time.monotonic() < until:
            time.sleep(0.05)
        shelf = Shelf(layout, 5)
        shelf.prepare()
        plan = BackupPlan(plan=5, tenant=270_005, site=5)
        copy_plan(plan, Repository(shelf, Access.of(layout)), MariaDatabases(layout), now=datetime.now(UTC))
        keeper = keeper_of(layout)
        assert len(keeper.generations("node/5")) == 1
        assert keeper.keep("node/5", Rule(30), today=date.today()) == []  # noqa: DTZ011 - the store's own day
    finally:
        process.terminate()
        process.wait(20)
