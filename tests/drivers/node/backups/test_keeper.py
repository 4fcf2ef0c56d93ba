"""The keeper against a real store: generations go by the store's clock, and nobody else can make them go."""

import os
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from servanda.drivers.node import Broken, NotNow
from servanda.drivers.node.backups.copying import copy_plan
from servanda.drivers.node.backups.decisions import Rule
from servanda.drivers.node.backups.keeper import Keeper
from servanda.drivers.node.backups.proving import prove_plan
from servanda.drivers.node.backups.sealing import open_sealed, seal
from tests.drivers.node.backups.conftest import Node, needs_root

NOW = datetime(2026, 12, 1, 23, 0, tzinfo=UTC)
TODAY = date(2026, 12, 1)


def keeper_of(node: Node, tmp_path: Path, key: X25519PrivateKey | None = None) -> Keeper:
    url = f"http://127.0.0.1:{node.store.port}"
    return Keeper(url, "keeper", node.store.keeper_word, key or node.keeper, tmp_path)


def age(node: Node, snapshot: str, days: int) -> None:
    """Let the store have received a copy so many days before."""
    moment = datetime.combine(TODAY, datetime.min.time(), UTC) - timedelta(days=days)
    os.utime(node.store.folder / "shelves/node1/7/snapshots" / snapshot, (moment.timestamp(), moment.timestamp()))


@needs_root
@pytest.mark.clause("safeit-172")
def test_what_is_over_is_forgotten_and_the_rest_can_be_given_back(node: Node, tmp_path: Path) -> None:
    keeper = keeper_of(node, tmp_path)
    plan = node.plan_with(databases=())
    made = []
    for days in (31, 30, 1):
        node.write("htdocs/page", node.noise(1 << 20))
        told = copy_plan(plan, node.repository, node.databases, now=NOW - timedelta(days=days))
        made.append(str(told["files_snapshot"]))
        age(node, made[-1], days)
    assert keeper.keep("node1/7", Rule(30), today=TODAY) == [made[0]]
    assert keeper.keep("node1/7", Rule(30), today=TODAY) == []
    # The node has no part in it and hears of it with its next copy, from the store.
    assert copy_plan(plan, node.repository, node.databases, now=NOW)["forgotten"] == made[0]
    made.append(next(one.id for one in node.repository.snapshots() if one.id not in made))
    assert [one.id for one in node.repository.snapshots()] == made[1:]
    assert "broken" not in prove_plan(plan, node.repository, node.databases, now=NOW)
    stored = sum(one.stat().st_size for one in (node.store.folder / "shelves/node1/7/data").rglob("*") if one.is_file())
    assert stored < 3 << 20  # its room was freed


@needs_root
def test_a_copy_that_claims_another_age_is_as_old_as_the_store_says(node: Node, tmp_path: Path) -> None:
    node.write("htdocs/page", b"x")
    plan = node.plan_with(databases=())
    told = copy_plan(plan, node.repository, node.databases, now=NOW - timedelta(days=4000))
    age(node, str(told["files_snapshot"]), 3)
    assert [one.received_on for one in keeper_of(node, tmp_path).generations("node1/7")] == [TODAY - timedelta(days=3)]


@needs_root
def test_another_keeper_cannot_open_the_key(node: Node, tmp_path: Path) -> None:
    node.write("htdocs/page", b"x")
    copy_plan(node.plan_with(databases=()), node.repository, node.databases, now=NOW)
    with pytest.raises(Broken, match="not sealed for this key"):
        keeper_of(node, tmp_path, X25519PrivateKey.generate()).password_of("node1/7")
    assert keeper_of(node, tmp_path).password_of("node1/7") == node.shelf.password()


@needs_root
def test_the_keeper_waits_while_the_repository_is_in_use(node: Node, tmp_path: Path) -> None:
    node.write("htdocs/page", b"x")
    plan = node.plan_with(databases=())
    for days in (50, 40, 3, 2):
        told = copy_plan(plan, node.repository, node.databases, now=NOW - timedelta(days=days))
        age(node, str(told["files_snapshot"]), days)
    jail = node.repository.jail()
    process = jail.start(["/usr/bin/restic", "backup", "--stdin", "--host", "node", "--tag", "files"], given=-1)
    try:
        for _ in range(200):
            if list((node.store.folder / "shelves/node1/7/locks").iterdir()):
                break
            process.poll()
            time.sleep(0.05)
        with pytest.raises(NotNow):
            keeper_of(node, tmp_path).keep("node1/7", Rule(30), today=TODAY)
    finally:
        process.communicate(b"")
    assert len(keeper_of(node, tmp_path).keep("node1/7", Rule(30), today=TODAY)) == 2


def test_a_sealed_key_belongs_to_one_repository() -> None:
    key = X25519PrivateKey.generate()
    sealed = seal("word", keeper=key.public_key().public_bytes_raw(), repository="node1/7")
    assert open_sealed(sealed, keeper=key, repository="node1/7") == "word"
    with pytest.raises(ValueError, match="node1/8"):
        open_sealed(sealed, keeper=key, repository="node1/8")
