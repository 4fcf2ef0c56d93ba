"""The store against real restic and against a hostile node."""

import base64
import http.client
import json
import subprocess
from hashlib import sha256
from pathlib import Path

import httpx
import pytest

from servanda.drivers.node.store.serving import V2, Settings, Store, place_of
from tests.drivers.node.backups.conftest import RunningStore, needs_root

pytestmark = needs_root


def restic(store: RunningStore, word: str, *words: str, good: tuple[int, ...] = (0,), role: str = "node1") -> str:
    done = subprocess.run(
        ["restic", "--no-cache", *words],
        env={
            "PATH": "/usr/bin:/bin",
            "HOME": "/nonexistent",
            "RESTIC_PASSWORD": "secret",
            "RESTIC_REPOSITORY": f"rest:http://{role}:{word}@127.0.0.1:{store.port}/node1/7/",
        },
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode in good, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture
def filled(store: RunningStore, tmp_path: Path) -> RunningStore:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "page.html").write_bytes(b"<p>hello</p>" * 1000)
    restic(store, store.node_word, "init")
    restic(store, store.node_word, "backup", "--host", "x", str(tmp_path / "a"))
    return store


def test_restic_writes_reads_and_checks(filled: RunningStore, tmp_path: Path) -> None:
    assert "no errors were found" in restic(filled, filled.node_word, "check", "--read-data")
    restic(filled, filled.node_word, "restore", "latest", "--target", str(tmp_path / "back"))
    found = next((tmp_path / "back").rglob("page.html"))
    assert found.read_bytes() == b"<p>hello</p>" * 1000


def test_the_process_runs_as_its_own_user(store: RunningStore) -> None:
    status = Path(f"/proc/{store.process.pid}/status").read_text()
    assert "Uid:\t199003\t199003\t199003\t199003" in status
    assert "CapEff:\t0000000000000000" in status


@pytest.mark.slow  # restic tries for 45 s before it gives up
def test_a_node_can_neither_forget_nor_prune(filled: RunningStore) -> None:
    before = filled.files()
    restic(filled, filled.node_word, "forget", "--keep-last", "1", "latest", good=(0, 1), role="node1")
    restic(filled, filled.node_word, "prune", "--max-unused", "0", good=(0, 1))
    snapshots = json.loads(restic(filled, filled.node_word, "snapshots", "--json", "--no-lock"))
    assert len(snapshots) == 1
    assert {one for one in before if "/locks" not in one} <= filled.files()


def test_the_keeper_forgets_and_prunes(filled: RunningStore) -> None:
    restic(filled, filled.keeper_word, "forget", "latest", "--prune", role="keeper")
    assert json.loads(restic(filled, filled.keeper_word, "snapshots", "--json", role="keeper")) == []


@pytest.mark.parametrize("kind", ["data", "keys", "snapshots", "index"])
def test_a_node_can_neither_delete_nor_replace_one_object(filled: RunningStore, kind: str) -> None:
    with filled.client("node1", filled.node_word) as client:
        base = f"/node1/7/{kind}/"
        for one in client.get(base, headers={"Accept": V2}).json():
            content = client.get(base + one["name"]).content
            assert len(content) == one["size"]
            assert client.delete(base + one["name"]).status_code == 403
            assert client.post(base + one["name"], content=b"other").status_code == 400
            assert client.get(base + one["name"]).content == content


def test_a_node_can_neither_replace_the_config_nor_remove_the_repository(filled: RunningStore) -> None:
    with filled.client("node1", filled.node_word) as client:
        assert client.post("/node1/7/config", content=b"other").status_code == 403
        assert client.delete("/node1/7/config").status_code == 403
        assert client.delete("/node1/7/").status_code == 403
        assert client.post("/node1/7/?create=true").status_code == 200  # again, and nothing is lost
    assert "no errors" in restic(filled, filled.node_word, "check")


def test_a_node_removes_its_own_locks_but_not_the_keepers(filled: RunningStore) -> None:
    mine, theirs = b"lock of a node", b"lock of the keeper"
    with filled.client("node1", filled.node_word) as node, filled.client("keeper", filled.keeper_word) as keeper:
        for client, content in ((node, mine), (keeper, theirs)):
            assert client.post(f"/node1/7/locks/{_hash(content)}", content=content).status_code == 200
        assert {one["name"] for one in node.get("/node1/7/locks/", headers={"Accept": V2}).json()} == {
            _hash(mine),
            _hash(theirs),
        }
        assert node.get(f"/node1/7/locks/{_hash(theirs)}").content == theirs
        assert node.delete(f"/node1/7/locks/{_hash(theirs)}").status_code == 403
        assert node.delete(f"/node1/7/locks/{_hash(mine)}").status_code == 200
        assert keeper.delete(f"/node1/7/locks/{_hash(theirs)}").status_code == 200


def test_the_same_object_again_is_taken_as_done(filled: RunningStore) -> None:
    content = b"a pack"
    with filled.client("node1", filled.node_word) as client:
        for _ in range(2):
            assert client.post(f"/node1/7/data/{_hash(content)}", content=content).status_code == 200


def test_others_do_not_get_in(filled: RunningStore) -> None:
    for name, word, expected in (
        ("node2", filled.other_word, 403),
        ("node1", "wrong", 401),
        ("nobody", "x", 401),
        ("", "", 401),
    ):
        with filled.client(name, word) as client:
            assert client.get("/node1/7/config").status_code == expected
            assert client.post("/node1/7/data/" + _hash(b"x"), content=b"x").status_code == expected


@pytest.mark.parametrize(
    "path",
    [
        "/node1/7/data/../config",
        "/node1/7/data/%2e%2e",
        "/node1//7/config",
        "/node1/7/other/",
        "/node1/07/config",
        "/node1/7/data/ABC",
        "/node1/7/config/x",
        "/../7/config",
        "/node1/7/locks-keeper/" + "0" * 64,
        "/node1/7/drafts/" + "0" * 64,
        "/",
        "/node1",
        "/node1/7/data/" + "0" * 64 + "/x",
    ],
)
def test_paths_outside_the_protocol_name_nothing(path: str) -> None:
    assert place_of(path) is None


def test_parts_of_a_file_are_read(filled: RunningStore) -> None:
    content = bytes(range(200))
    with filled.client("node1", filled.node_word) as client:
        path = f"/node1/7/data/{_hash(content)}"
        client.post(path, content=content)
        for asked, expected in (
            ("bytes=0-9", content[:10]),
            ("bytes=190-", content[190:]),
            ("bytes=5-999", content[5:]),
        ):
            answer = client.get(path, headers={"Range": asked})
            assert (answer.status_code, answer.content) == (206, expected)
        assert client.get(path, headers={"Range": "bytes=200-300"}).status_code == 416
        assert client.get(path, headers={"Range": "lines=1-2"}).content == content


def test_a_full_disk_refuses_and_keeps_what_there_is(small_store: RunningStore, tmp_path: Path) -> None:
    store = small_store
    restic(store, store.node_word, "init")
    (tmp_path / "page").write_text("hello")
    restic(store, store.node_word, "backup", "--host", "x", str(tmp_path / "page"))
    with store.client("node1", store.node_word) as client:
        room = client.get("/node1/7/room").json()["room"]
        assert 0 < room < 8 << 20
        content = bytes(12 << 20)
        answer = client.post(f"/node1/7/data/{_hash(content)}", content=content)
        assert answer.status_code == 507
        assert client.head(f"/node1/7/data/{_hash(content)}").status_code == 404
    assert not list((store.folder / "shelves/node1/7/drafts").iterdir())
    assert "no errors" in restic(store, store.node_word, "check", "--read-data")


def test_what_comes_without_a_length_or_too_large_is_refused(filled: RunningStore) -> None:
    with filled.client("node1", filled.node_word) as client:
        assert client.post(f"/node1/7/data/{'0' * 64}", content=iter([b"x"])).status_code == 411
    line = http.client.HTTPConnection("127.0.0.1", filled.port, timeout=20)
    word = base64.b64encode(f"node1:{filled.node_word}".encode()).decode()
    line.putrequest("POST", f"/node1/7/data/{'0' * 64}")
    line.putheader("Authorization", f"Basic {word}")
    line.putheader("Content-Length", str(1 << 40))
    line.endheaders()
    assert line.getresponse().status == 413
    line.close()


def test_the_world_is_not_listened_to_without_a_certificate(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="needs a certificate"):
        Store(Settings(folder=tmp_path, port=0, address="0.0.0.0"))


def test_over_tls(tls_store: RunningStore) -> None:
    with httpx.Client(
        base_url=f"https://localhost:{tls_store.port}",
        auth=("node1", tls_store.node_word),
        verify=tls_store.trust(),
    ) as client:
        assert client.post("/node1/7/?create=true").status_code == 200
        assert client.get("/node1/7/data/", headers={"Accept": V2}).json() == []


def _hash(content: bytes) -> str:
    return sha256(content).hexdigest()
