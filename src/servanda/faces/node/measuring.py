"""A node of its own for measuring, below a folder that is there only meanwhile."""

import os
import secrets
import shutil
from collections.abc import Mapping

from servanda.drivers.node import Broken, Layout, NotNow, Ports, make_folder
from servanda.faces.node.parts import WIRING, wiring
from servanda.faces.node.private import HOMES, NotHere


class NotMeasured(NotHere):
    """The node of the measuring did not do what it was told, or something of it is missing."""


def measure_sites(
    *, sites: int, changes: int, seconds: int, wiring_name: str = WIRING
) -> Mapping[str, float | int | bool]:
    """Measure what changes cost on a node with many sites, and return the figures. Only root can."""
    if os.geteuid() != 0:
        raise NotHere("A node gives its parts accounts of their own, which only root can do. Run it as root.")
    HOMES.mkdir(mode=0o755, parents=True, exist_ok=True)
    layout = Layout(root=HOMES / f"b{secrets.token_hex(3)}", ports=Ports.free())
    make_folder(layout.root, mode=0o711, owner=0, group=0)
    try:
        return wiring(wiring_name).measure_sites(layout, sites, changes, seconds)
    except (Broken, NotNow) as error:
        raise NotMeasured(f"Nothing was measured: {error}") from error
    finally:
        shutil.rmtree(layout.root, ignore_errors=True)
