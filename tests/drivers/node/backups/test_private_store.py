"""A private node has a store of its own, started from the daemon that the node names, and a keeper for it."""

import json
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from servanda.drivers.node import Broken
from servanda.drivers.node.backups import prepare, store_daemon
from servanda.drivers.node.backups.copying import copy_plan
from servanda.drivers.node.backups.databases import MariaDatabases
from servanda.drivers.node.backups.decisions import Rule
from servanda.drivers.node.backups.keeping import Access, Shelf
from servanda.drivers.node.backups.nightly import keep_all, keep_folder, keep_private
from servanda.drivers.node.backups.private_store import keeper_of, open_store
from servanda.drivers.node.backups.restic import Repository
from servanda.drivers.node.layout import Layout, Ports
from servanda.drivers.node.store.withdrawing import aside_since
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
        today = date.today()  # noqa: DTZ011 - the store's own day
        assert keeper.keep("node/5", Rule(30), today=today) == []
        never_copied = BackupPlan(plan=6, tenant=270_005, site=6)
        assert keep_private(layout, [plan, never_copied], leave_of=leave_of, today=today) == {"node/5": "0 forgotten"}
        told = keep_all(keeper, {"node/6": Rule(30), "node/5": Rule(30)}, today=today)
        assert told["node/6"].startswith("not done: ")
        assert told["node/5"] == "0 forgotten"
        kept = json.loads((layout.root / "keeper" / "keeper.json").read_bytes())
        url = f"http://127.0.0.1:{layout.ports.store}"
        apart = layout.root / "apart"
        apart.mkdir()
        (apart / "keeper.json").write_text(json.dumps({"url": url, "name": "keeper", **kept}))
        (apart / "rules.json").write_text(json.dumps({"node/5": {"keep_daily": 30}}))
        assert keep_folder(apart, today=today) == {"node/5": "0 forgotten"}
        (apart / "rules.json").write_text(json.dumps({"node/5": {"keep_daily": 1}}))
        assert keep_folder(apart, today=today) == {
            "node/5": f"0 forgotten; a shorter rule waits until {today + timedelta(days=14)}"
        }
        (apart / "rules.json").write_text(json.dumps({"node/5": {"keep_daily": "thirty"}}))
        with pytest.raises(Broken, match="keep_daily"):
            keep_folder(apart, today=today)
        copies_of_what_was_purged_go(layout, plan, today)
    finally:
        process.terminate()
        process.wait(20)


def leave_of(key: str, act: str) -> str:
    return f"hosting/{act}:{key}"


def copies_of_what_was_purged_go(layout: Layout, plan: BackupPlan, today: date) -> None:
    """The plan's time first, then aside under the first warrant, and a week later away under the second one."""
    purged = msgspec.structs.replace(plan, state="purged")
    shelf, aside = layout.root / "store/shelves/node/5", layout.root / "store/aside"

    def night(days: int, *, leaves: Callable[[str, str], str] = leave_of) -> str:
        return keep_private(layout, [purged], leave_of=leaves, today=today + timedelta(days=days))["node/5"]

    assert night(30) == "kept until the time of its last copy is over"
    for missing in ("quarantine", "purge"):
        told = night(31, leaves=lambda key, act, missing=missing: "" if act == missing else leave_of(key, act))  # type: ignore[misc]
        assert told.startswith("not done: ")
        assert shelf.is_dir()
    assert night(31) == "set aside"
    assert not shelf.exists()
    assert len(list(aside.glob("*/node.5/snapshots/*"))) == 1
    since = aside_since(layout.root / "store", "node/5", warrant=leave_of(plan.key, "quarantine"))
    assert since == today
    assert night(6) == f"lies aside since {today}"
    assert night(7).startswith("erased, ")
    assert not list(aside.glob("*/node.5"))
    assert night(8) == "erased before"
