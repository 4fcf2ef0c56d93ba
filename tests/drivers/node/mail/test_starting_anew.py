"""A node that was cut off starts again, whoever has the numbers of its old processes now."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from servanda.drivers.node.mail.preparing import forget_dead_master


@pytest.mark.parametrize(
    "noted",
    [lambda: str(os.getpid()), lambda: "4194304", lambda: "nonsense", str],
    ids=["another process", "no process", "nonsense", "nothing"],
)
def test_the_note_of_a_master_that_is_gone_is_removed(tmp_path: Path, noted: Callable[[], str]) -> None:
    file = tmp_path / "master.pid"
    file.write_text(noted(), encoding="ascii")
    forget_dead_master(file)
    assert not file.exists()
    forget_dead_master(file)
