"""Copies of a real site and a real database in a real store, given back, compared, and broken on purpose."""

import multiprocessing
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from servanda.drivers.node import Broken, NotNow
from servanda.drivers.node.backups.copying import copy_plan
from servanda.drivers.node.backups.keeping import Access
from servanda.drivers.node.backups.proving import prove_plan
from servanda.drivers.node.layout import Layout
from tests.drivers.node.backups.conftest import SITE, TENANT, Node, RunningStore, flip_folder, make_site, needs_root

pytestmark = needs_root
NOW = datetime(2026, 12, 1, 23, 0, tzinfo=UTC)


def test_what_was_copied_comes_back_the_same(node: Node) -> None:
    node.write("htdocs/index.php", b"<?php echo 1;")
    node.write("htdocs/img/a.png", bytes(range(256)) * 100)
    node.write("private/secret.txt", b"only mine", mode=0o600)
    node.link("htdocs/outside", "/etc/shadow")
    told = copy_plan(node.plan, node.repository, node.databases, now=NOW)
    assert told["files_count"] == 3
    assert told["databases_count"] == 1
    proof = prove_plan(node.plan, node.repository, node.databases, now=NOW)
    assert "broken" not in proof
    assert (proof["files_compared"], proof["files_changed_meanwhile"], proof["databases_compared"]) == (4, 0, 1)
    assert node.databases.tables("s7_wp") == ["posts"]
    assert not [name for name in node.all_databases() if "_t" in name]
    assert not list(node.shelf.scratch.iterdir())
    assert not node.shelf.dumps.exists() or not list(node.shelf.dumps.iterdir())


def test_a_flipped_bit_is_found(node: Node) -> None:
    node.write("htdocs/big.bin", node.noise(3 << 20))
    copy_plan(node.plan, node.repository, node.databases, now=NOW)
    pack = max(node.store.folder.glob("shelves/node1/7/data/*/*"), key=lambda one: one.stat().st_size)
    content = bytearray(pack.read_bytes())
    content[len(content) // 2] ^= 0x10
    pack.write_bytes(bytes(content))
    proof = prove_plan(node.plan, node.repository, node.databases, now=NOW)
    assert "broken" in proof, proof


def test_the_next_copy_sends_only_what_changed(node: Node) -> None:
    node.write("htdocs/big.bin", node.noise(2 << 20))
    first = copy_plan(node.plan, node.repository, node.databases, now=NOW)
    node.write("htdocs/new.txt", b"hello")
    second = copy_plan(node.plan, node.repository, node.databases, now=NOW + timedelta(days=1))
    assert int(first["files_added"]) > 2 << 20
    assert int(second["files_added"]) < 1 << 20
    assert "broken" not in prove_plan(node.plan, node.repository, node.databases, now=NOW)
    assert len(node.repository.snapshots()) == 4


def test_another_country_is_refused(node: Node) -> None:
    with pytest.raises(Broken, match="stands in DK"):
        copy_plan(node.plan_with(country="US"), node.repository, node.databases, now=NOW)
    assert not (node.store.folder / "shelves/node1/7/config").exists()


def test_the_reader_sees_nothing_but_the_tenants_folders_and_writes_nothing(node: Node) -> None:
    node.write("htdocs/a", b"x")
    jail = node.repository.jail([(node.layout.site(SITE) / "htdocs", "/files/htdocs", "ro")], reads_all=True)
    seen = jail.run(["/bin/ls", "/", "/etc", "/files"]).decode().split()
    assert "var" not in seen
    assert "proc" not in seen
    assert "shadow" not in seen
    jail.run(["/bin/cat", "/files/htdocs/a"])
    with pytest.raises(Broken, match="Read-only"):
        jail.run(["/usr/bin/touch", "/files/htdocs/b"])
    with pytest.raises(Broken):
        jail.run(["/bin/chmod", "777", "/cache/../usr"])
    assert f"uid={node.layout.accounts.copies}" in jail.run(["/usr/bin/id"]).decode()


def test_a_tenant_who_swaps_folders_during_a_copy_gets_nothing_of_others(node: Node) -> None:
    secret = node.layout.root / "outside"
    secret.mkdir(mode=0o700)
    (secret / "x").write_bytes(b"the secret of somebody else")
    node.write("htdocs/img/x", b"own")
    process = multiprocessing.get_context("fork").Process(target=flip_folder, args=(node.site, secret))
    process.start()
    try:
        made = [
            copy_plan(node.plan_with(databases=()), node.repository, node.databases, now=NOW + timedelta(days=n))
            for n in range(3)
        ]
    finally:
        process.kill()
        process.join()
    for told in made:
        jail, words = node.repository.dump(str(told["files_snapshot"]), "/files")
        assert b"secret of somebody else" not in jail.run(words)


def test_files_that_only_their_tenant_may_read_are_copied(node: Node) -> None:
    node.write("private/key", b"k" * 10, mode=0o000)
    assert copy_plan(node.plan, node.repository, node.databases, now=NOW)["files_count"] == 1
    assert TENANT >= 200_000


def test_copies_go_over_tls_to_a_store_that_is_known_by_its_roots(tls_store: RunningStore, root: Path) -> None:
    node = Node(
        Layout(root=root, store_url=f"https://localhost:{tls_store.port}"), tls_store, X25519PrivateKey.generate()
    )
    make_site(node)
    (root / "data").mkdir(mode=0o711)
    Access("node1", tls_store.node_word, node.keeper.public_key().public_bytes_raw()).keep(node.layout)
    node.write("htdocs/page", b"hello")
    plan = node.plan_with(databases=())
    with pytest.raises(NotNow, match="does not answer"):
        copy_plan(plan, node.repository, node.databases, now=NOW)
    shutil.copy(tls_store.folder / "cert.pem", root / "etc/store-ca.pem")
    copy_plan(plan, node.repository, node.databases, now=NOW)
    proof = prove_plan(plan, node.repository, node.databases, now=NOW)
    assert "broken" not in proof
    assert proof["files_compared"] == 1


def test_neither_the_agent_nor_the_reader_can_see_or_change_keys_and_access(node: Node) -> None:
    node.write("htdocs/page", b"x")
    copy_plan(node.plan_with(databases=()), node.repository, node.databases, now=NOW)
    accounts = node.layout.accounts
    for path in (node.layout.etc / "store.json", node.shelf.folder / "password"):
        for uid in (accounts.agent, accounts.copies, TENANT):
            for test in ("-r", "-w"):
                words = ["/usr/bin/test", test, str(path)]
                assert subprocess.run(words, user=uid, group=uid, extra_groups=[], check=False).returncode != 0
        assert path.parent.stat().st_uid == 0
        assert path.parent.stat().st_mode & 0o022 == 0
