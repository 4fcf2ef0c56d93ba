"""A repository leaves the store in two steps under two warrants, and comes back until the second."""

from pathlib import Path

import pytest

from servanda.drivers.node.store.withdrawing import NotAllowed, bring_back, erase, set_aside


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "shelves/node1/7/data").mkdir(parents=True)
    (tmp_path / "shelves/node1/7/data/x").write_bytes(b"12345")
    (tmp_path / "shelves/node1/8").mkdir()
    return tmp_path


def test_what_was_set_aside_comes_back(folder: Path) -> None:
    aside = set_aside(folder, "node1/7", warrant="w1")
    assert set_aside(folder, "node1/7", warrant="w1") == aside
    assert not (folder / "shelves/node1/7").exists()
    bring_back(folder, "node1/7", warrant="w1")
    assert (folder / "shelves/node1/7/data/x").read_bytes() == b"12345"


def test_erasing_needs_a_second_warrant_and_takes_nothing_else(folder: Path) -> None:
    set_aside(folder, "node1/7", warrant="w1")
    for second in ("w1", "", "../x"):
        with pytest.raises(NotAllowed):
            erase(folder, "node1/7", set_aside_under="w1", warrant=second)
    assert erase(folder, "node1/7", set_aside_under="w1", warrant="w2") == 5
    assert erase(folder, "node1/7", set_aside_under="w1", warrant="w2") == 0
    assert (folder / "shelves/node1/8").is_dir()


def test_nothing_is_erased_that_was_not_set_aside(folder: Path) -> None:
    assert erase(folder, "node1/7", set_aside_under="w1", warrant="w2") == 0
    assert (folder / "shelves/node1/7/data/x").exists()


@pytest.mark.parametrize("repository", ["node1", "node1/..", "../node1/7", "node1/7/data", "", "/node1/7", "node1/07"])
def test_other_names_name_nothing(folder: Path, repository: str) -> None:
    with pytest.raises(NotAllowed):
        set_aside(folder, repository, warrant="w1")


def test_a_repository_that_was_begun_anew_is_not_overwritten(folder: Path) -> None:
    set_aside(folder, "node1/7", warrant="w1")
    (folder / "shelves/node1/7").mkdir()
    with pytest.raises(NotAllowed, match="begun anew"):
        bring_back(folder, "node1/7", warrant="w1")
    with pytest.raises(NotAllowed):
        set_aside(folder, "node1/9", warrant="w3")
