"""Opening the hashes of passwords that were sealed for the node: here, where a daemon is told of them, alone."""

import msgspec

from servanda.drivers.node import Broken, Layout
from servanda.drivers.node.sealing_key import read_sealing_key
from servanda.ground.nodes.grammar import OpenDatabasePasswordHash, OpenPasswordHash
from servanda.ground.nodes.kinds.access import Login
from servanda.ground.nodes.kinds.databases import Database, DatabaseUser
from servanda.ground.nodes.kinds.mail import Mailbox
from servanda.ground.nodes.sealing import SEALED, open_password


def password_of(layout: Layout, wanted: Login | Mailbox) -> str | None:
    """Return the hash of a login's or a mailbox's password, opened. Raises Broken when it was sealed for another key."""
    if wanted.password_hash is None:
        return None
    return msgspec.convert(_opened(layout, wanted.password_hash, wanted.key, user=""), OpenPasswordHash)


def password_of_user(layout: Layout, database: Database, user: DatabaseUser) -> str:
    """Return the hash of a database user's password, opened. Raises Broken when it was sealed for another key."""
    return msgspec.convert(_opened(layout, user.password_hash, database.key, user=user.name), OpenDatabasePasswordHash)


def _opened(layout: Layout, hashed: str, key: str, *, user: str) -> str:
    if not hashed.startswith(SEALED):
        return hashed
    try:
        own = read_sealing_key(layout)
    except (OSError, msgspec.MsgspecError) as error:
        raise Broken(
            f"the node's key for secrets cannot be read: {type(error).__name__}; enrol the node anew"
        ) from error
    try:
        return open_password(hashed, with_key=own.private, reader="node", node=own.node, key=key, user=user)
    except ValueError as error:
        raise Broken(
            f"the password of {key} was sealed for another key than this node's; see `servanda nodes reseal`"
        ) from error
