"""A node's folder for one test, root-owned all the way down, and the plain reasons for which a test cannot run here."""

import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from servanda.drivers.node import files, tenants
from servanda.drivers.node.layout import Layout, Ports

BELOW = Path("/var/lib/servanda")


def needs(*programs: str) -> None:
    """Skip a test where it cannot run: without root, or without a daemon."""
    if os.geteuid() != 0:
        pytest.skip("a node's own work needs root: run the tests as root on Debian or Ubuntu")
    for name in programs:
        if shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin") is None:
            pytest.skip(f"{name} is not installed: tools/install_daemons.sh installs it")


def new_layout(**values: object) -> Layout:
    BELOW.mkdir(mode=0o711, parents=True, exist_ok=True)
    layout = Layout(root=BELOW / f"t{secrets.token_hex(3)}", ports=Ports.free(), **values)  # type: ignore[arg-type]
    files.folder(layout.root, mode=0o711)
    tenants.prepare(layout)
    return layout


@pytest.fixture
def layout() -> Iterator[Layout]:
    needs()
    made = new_layout()
    yield made
    shutil.rmtree(made.root, ignore_errors=True)
