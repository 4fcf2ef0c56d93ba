"""The keeper's round: once at once, then once a night, whatever failed before; and the units of a store's machine."""

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from servanda.drivers.node import NotNow
from servanda.faces.node.keeping import NotKept, keep_each_night, keep_once, store_units
from servanda.faces.node.units import NotInstalled


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
