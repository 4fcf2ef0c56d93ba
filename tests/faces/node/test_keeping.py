"""The keeper's round: once at once, then once a night, whatever failed before; and the units of a store's machine."""

import json
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from servanda.drivers.node import NotNow
from servanda.drivers.nodelink.memory import INSTALL, MemoryControlPlane
from servanda.faces.node import keeper
from servanda.faces.node.keeping import NotKept, keep_each_night, keep_once, store_units
from servanda.faces.node.units import NotInstalled
from servanda.ground.nodes.kinds.backups import Retention
from servanda.ground.nodes.wanted import Document
from tests.drivers.node.running import needs, new_layout
from tests.drivers.nodelink.plane import served


@pytest.mark.parametrize("fails", [False, True])
def test_a_round_is_made_at_once_and_then_each_night_at_four(*, fails: bool) -> None:
    rounds: list[datetime] = []
    moments = [datetime(2026, 12, 1, 13, 0, tzinfo=UTC) + timedelta(minutes=30 * n) for n in range(24 * 2 * 3)]
    left = iter(moments)

    def one_round(now: datetime) -> None:
        rounds.append(now)
        if fails:
            raise NotNow("the store is away")

    count = iter(range(len(moments) + 1))
    keep_each_night(
        one_round, is_over=lambda: next(count) == len(moments), now=lambda: next(left), sleep=lambda seconds: None
    )
    assert [f"{one:%d %H:%M}" for one in rounds] == ["01 13:00", "02 04:00", "03 04:00", "04 04:00"]


def test_the_units_of_a_stores_machine_are_right(tmp_path: Path) -> None:
    python = shutil.which("python3") or "/usr/bin/python3"
    words = (python, "-m", "servanda", "node")
    units = store_units(store=(*words, "store"), keep=(*words, "keep"), folder=tmp_path, keeper=tmp_path)
    for name, content in units.items():
        (tmp_path / name).write_text(content)
    if not (analyze := shutil.which("systemd-analyze")):
        pytest.skip("systemd-analyze is not installed: tools/install_daemons.sh installs it")
    done = subprocess.run(
        [analyze, "verify", "--man=no", *(str(tmp_path / name) for name in units)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, [line for line in done.stderr.splitlines() if "servanda" in line]) == (0, [])


def test_what_is_wrong_is_said_before_anything_is_done(tmp_path: Path) -> None:
    with pytest.raises(NotInstalled, match="absolute"):
        store_units(store=("x",), keep=("x",), folder=Path("store"), keeper=tmp_path)
    with pytest.raises(NotKept, match=r"keeper\.json"):
        keep_once(tmp_path, datetime(2026, 12, 1, tzinfo=UTC))


def test_a_keeper_takes_its_rules_from_what_was_signed_and_goes_on_by_it_when_nobody_answers(tmp_path: Path) -> None:
    """The real client over a real socket; the store itself is away, so that each repository is named as not done."""
    needs()
    layout = new_layout()
    folder = layout.root
    try:
        plane = MemoryControlPlane(Ed25519PrivateKey.generate(), tokens={"a-token-of-this-test": "keeper1"})
        with served(plane) as url:
            keeper.enrol(folder, name="keeper1", url=url, token="a-token-of-this-test", roots=None)
            secrets = {"url": "http://127.0.0.1:9", "name": "keeper", "word": "w", "key": "11" * 32}
            (folder / "keeper.json").write_text(json.dumps(secrets))
            (folder / "rules.json").write_text(json.dumps({"elsewhere/1": {"keep_daily": 1}}))
            assert keep_once(folder, datetime.now(UTC)) == {}, "what a person placed counts no more"
            plane.issue(retention_document(1, days=30))
            plane.issue(retention_document(3, days=1))  # follows a document that is not there
            assert [one.keep_daily for one in keeper.told(folder)] == [30]
            assert plane.reports[-1].accepted == 1
            assert [one.key for one in plane.reports[-1].findings] == ["retention/n1/7"]
            forger = MemoryControlPlane(Ed25519PrivateKey.generate())
            plane.issued = {2: forger.issue(retention_document(2, days=1))}
            assert [one.keep_daily for one in keeper.told(folder)] == [30], "another's signature is worth nothing"
        said = keep_once(folder, datetime.now(UTC))
        assert list(said) == ["n1/7"]
        assert said["n1/7"].startswith("not done: the backup store does not answer")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def retention_document(seq: int, *, days: int) -> Document:
    now = datetime.now(UTC)
    rule = Retention(node="n1", plan=7, keep_daily=days)
    follows = None if seq == 1 else "0" * 64
    return Document(
        install=INSTALL, node="keeper1", incarnation=1, seq=seq, follows=follows, issued_at=now,
        not_after=now + timedelta(hours=1), resources=(rule,),
    )  # fmt: skip
