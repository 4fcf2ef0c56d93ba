"""The node's key for what is sealed for it.

It lies with the agent's secrets, because the agent writes the rows of mailboxes and databases; root reads it too. The file
names the node, which is bound into all that was sealed.
"""

from base64 import b64decode, b64encode
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from msgspec import Struct

from servanda.drivers.node.files import write
from servanda.drivers.node.layout import Layout
from servanda.ground.nodes.grammar import NodeName
from servanda.ground.nodes.sealing import key_mark, public_text


class SealingKey(Struct, frozen=True, forbid_unknown_fields=True):
    """The private key of one node, in base64."""

    node: NodeName
    key: str

    @property
    def private(self) -> X25519PrivateKey:
        return X25519PrivateKey.from_private_bytes(b64decode(self.key, validate=True))


def key_file(layout: Layout) -> Path:
    return layout.secrets / "sealing.json"


def make_sealing_key(layout: Layout, node: str) -> X25519PrivateKey:
    """Return the node's key for secrets, made when it is not there yet. It outlives enrolments, and never leaves the node."""
    if not key_file(layout).exists():
        made = SealingKey(node, b64encode(X25519PrivateKey.generate().private_bytes_raw()).decode())
        agent = layout.accounts.agent
        write(key_file(layout), msgspec.json.encode(made), mode=0o400, owner=agent, group=agent)
    return read_sealing_key(layout).private


def read_sealing_key(layout: Layout) -> SealingKey:
    """Return the key. Raises OSError and msgspec.MsgspecError when it cannot be read."""
    return msgspec.json.decode(key_file(layout).read_bytes(), type=SealingKey)


def mark_of_sealing_key(layout: Layout) -> str:
    """Return the mark of the node's key for a person to compare; empty where there is none or we may not read it."""
    try:
        return key_mark(public_text(read_sealing_key(layout).private))
    except (OSError, msgspec.MsgspecError):
        return ""
