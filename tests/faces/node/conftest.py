"""Fixtures of a node. Its parts have accounts of their own, so a test that starts them needs root."""

import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faces.node.within import Desk, a_desk
from tests.faces.node.worlds import World, a_world


@pytest.fixture
def world() -> Iterator[World]:
    if os.geteuid() != 0:
        pytest.skip("a node's parts run under accounts of their own, which only root can give them")
    with a_world() as world:
        yield world


@pytest.fixture
def desk() -> Iterator[Desk]:
    if os.geteuid() != 0:
        pytest.skip("a node's folders belong to accounts of their own, which only root can give them")
    root = Path("/var/lib/servanda") / f"t{secrets.token_hex(4)}"
    try:
        with a_desk(root) as desk:
            yield desk
    finally:
        shutil.rmtree(root, ignore_errors=True)
