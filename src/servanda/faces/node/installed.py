"""The file that says which node lives below a folder: where its parts lie, whom it trusts, whom it asks.

`node.json` belongs to root; the agent reads it and cannot change it, so that neither the pinned keys nor the accounts
are the agent's to choose. The node's own key lies in the agent's secrets.
"""

import os
from base64 import b64decode, b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from servanda.drivers.node import Layout, make_folder, write_file
from servanda.drivers.nodelink import Clock
from servanda.faces.node.state import State
from servanda.ground.nodes.messages import Enrolled
from servanda.ground.refusal import Refused

FILE = "node.json"


class NoNode(Refused):
    """There is no node below this folder, or its file cannot be read."""


class Installation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`enrolled` is None until a control plane has taken the node in; `url` is where that one answers."""

    layout: Layout
    name: str
    url: str = ""
    url_roots: str | None = None  # a file of roots that vouch for the control plane; None: the system's
    enrolled: Enrolled | None = None

    @property
    def agent_folder(self) -> Path:
        return self.layout.data / "agent"

    @property
    def helper_folder(self) -> Path:
        return self.layout.data / "helper"

    @property
    def key_file(self) -> Path:
        return self.layout.secrets / "node.key"


def read(root: Path) -> Installation:
    """Return what lives below a folder. Refuses with what to do when nothing does."""
    file = root / FILE
    try:
        return msgspec.json.decode(file.read_bytes(), type=Installation, dec_hook=_read_hook)
    except FileNotFoundError as error:
        raise NoNode(
            f"There is no node below {root}. `servanda node install` makes one, or name another folder with --root."
        ) from error
    except (PermissionError, msgspec.MsgspecError) as error:
        raise NoNode(f"{file} cannot be read: {error}. Run it as root, or make the node anew.") from error


def write(installation: Installation) -> None:
    """Write the file and make the folders of the node's own parts. Only root may."""
    root = installation.layout.root
    for above in reversed(root.parents):
        if not above.exists():
            make_folder(above, mode=0o755)
    make_folder(root, mode=0o711, owner=0, group=0)
    raw = msgspec.json.format(msgspec.json.encode(installation, enc_hook=_written, order="sorted"))
    write_file(root / FILE, raw, mode=0o644, owner=0, group=0)
    agent = installation.layout.accounts.agent
    make_folder(installation.layout.data, mode=0o711, owner=0, group=0)
    make_folder(installation.layout.run, mode=0o711, owner=0, group=0)
    make_folder(installation.layout.log, mode=0o711, owner=0, group=0)
    make_folder(installation.layout.etc, mode=0o711, owner=0, group=0)
    make_folder(installation.agent_folder, mode=0o700, owner=agent, group=agent)
    make_folder(installation.layout.secrets, mode=0o700, owner=agent, group=agent)
    make_folder(installation.helper_folder, mode=0o700, owner=0, group=0)


def with_url(installation: Installation, url: str) -> Installation:
    result = msgspec.structs.replace(installation, url=url)
    write(result)
    return result


def make_key(installation: Installation) -> Ed25519PrivateKey:
    """Return the node's key, made when it is not there yet. It never leaves the node."""
    if not installation.key_file.exists():
        agent = installation.layout.accounts.agent
        raw = b64encode(Ed25519PrivateKey.generate().private_bytes_raw())
        write_file(installation.key_file, raw, mode=0o400, owner=agent, group=agent)
    return read_key(installation)


def read_key(installation: Installation) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(b64decode(installation.key_file.read_bytes(), validate=True))


@dataclass(frozen=True, slots=True)
class OwnIdentity:
    """The node as it signs its questions."""

    node: str
    key: Ed25519PrivateKey
    state: State
    now: Clock

    def next_counter(self) -> int:
        return self.state.next_number("counter", self.now())


def _written(value: Any) -> Any:
    if isinstance(value, Path):
        return os.fspath(value)
    raise NotImplementedError(type(value))


def _read_hook(kind: type, value: Any) -> Any:
    if kind is Path:
        return Path(value)
    raise NotImplementedError(kind)
