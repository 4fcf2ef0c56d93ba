"""Fixtures of a node. Its parts have accounts of their own, so a test that starts them needs root."""

import os
from collections.abc import Iterator

import pytest

from tests.faces.node.worlds import World, a_world


@pytest.fixture
def world() -> Iterator[World]:
    if os.geteuid() != 0:
        pytest.skip("a node's parts run under accounts of their own, which only root can give them")
    with a_world() as world:
        yield world
