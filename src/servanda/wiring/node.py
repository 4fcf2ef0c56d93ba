"""Which technology stands for each capability of a node: the only place of the node that names one."""

from collections.abc import Sequence

from servanda.drivers.nodelink import Clock, Door, Identity, Link
from servanda.drivers.nodelink.http import HttpDoor, HttpLink
from servanda.faces.node.parts import Capability


def capabilities() -> Sequence[Capability]:
    """Return what this node can do, in the order in which its daemons' files are prepared."""
    return ()


def link(url: str, identity: Identity, now: Clock, roots: str | None) -> Link:
    return HttpLink(url, identity, now, roots=roots)


def door(url: str, roots: str | None) -> Door:
    return HttpDoor(url, roots=roots)
