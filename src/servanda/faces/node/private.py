"""A private node: everything below one folder, on loopback, for `make run`, for tests, and for trying things out."""

import fcntl
import hashlib
import os
import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import fields, replace
from pathlib import Path

import msgspec

from servanda.drivers.node import Layout, Ports
from servanda.faces.node import installed
from servanda.faces.node.enclosure import import_path, own_mounts, run_inside
from servanda.faces.node.installed import Installation, NoNode
from servanda.faces.node.parts import WIRING, wiring
from servanda.faces.node.processes import Place, run_supervisor
from servanda.ground.refusal import Refused

HOMES = Path("/var/lib/servanda")
NAME = re.compile(r"[a-z]([a-z0-9-]{0,30}[a-z0-9])?\Z")


class NotHere(Refused):
    """A private node cannot be made or run by this account, or not now."""


def root_for(home: Path) -> Path:
    """Return the folder of the private node that belongs to an installation: short, and root's at every level."""
    return HOMES / hashlib.sha256(os.fsencode(home.resolve())).hexdigest()[:8]


def make(root: Path, *, name: str, url: str, mail_relay: str = "", wiring_name: str = WIRING) -> Installation:
    """Make a private node below a folder, or return the one that is there, with ports that are free now."""
    if os.geteuid() != 0:
        raise NotHere("A node gives its parts accounts of their own, which only root can do. Run it as root.")
    if not NAME.match(name):
        raise NotHere(f"{name!r} is no name for a node: up to 32 lower-case letters, digits and hyphens.")
    try:
        found = installed.read(root)
    except NoNode:
        found = Installation(layout=Layout(root=root, ports=Ports.free()), name=name)
    layout = found.layout if are_free(found.layout.ports) else replace(found.layout, ports=Ports.free())
    layout = wiring(wiring_name).private_layout(layout)
    changed = msgspec.structs.replace(
        found, url=url, layout=replace(layout, mail_relay=mail_relay or layout.mail_relay)
    )
    installed.write(changed)
    return changed


def run(place: Place) -> int:
    """Run the node below a folder until asked to stop, in namespaces of its own."""
    if os.geteuid() != 0:
        raise NotHere("A node gives its parts accounts of their own, which only root can do. Run it as root.")
    with alone(place.root):
        return run_inside(lambda: run_supervisor(place))


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """Keep a second supervisor out of the folder."""
    installed.read(root)
    with open(root / "run" / "lock", "wb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise NotHere(f"The node below {root} runs already. Use that one, or stop it first.") from error
        yield


def is_running(root: Path) -> bool:
    try:
        with alone(root):
            return False
    except NotHere:
        return True
    except OSError:
        return False


def are_free(ports: Ports) -> bool:
    """Tell whether all ports may be had by a node that runs privately."""
    return all(_is_free(getattr(ports, one.name)) for one in fields(ports))


def as_agent(place: Place, part: str, key: str = "", *, seconds: float = 600) -> "subprocess.CompletedProcess[str]":
    """Run a part of the node to its end under the agent's account, and return what it printed."""
    agent = installed.read(place.root).layout.accounts.agent

    def become() -> None:
        own_mounts()
        os.setgroups([])
        os.setgid(agent)
        os.setuid(agent)

    if os.geteuid() != 0:
        raise NotHere("This is done under the account of the node's agent, which only root can become.")
    return subprocess.run(
        place.command(part, key),
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
        cwd="/",
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "PYTHONPATH": import_path()},
        preexec_fn=become,
    )


def _is_free(port: int) -> bool:
    if port < 1024:
        return False
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
