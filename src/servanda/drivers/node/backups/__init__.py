"""Copies of what tenants keep: made each day, proven by giving them back, and given back on wish.

The agent finds what is due (`agent`), the helper's verbs do it (`verbs`), and the store (`drivers.node.store`), which stands
apart, takes what comes and lets no node remove any of it.
"""

import socket
import sys
from collections.abc import Sequence

from servanda.drivers.node import Daemon, Verb, files
from servanda.drivers.node.backups.agent import (
    CLEAR_ERRAND,
    CLEAR_PLAN,
    COPY,
    GIVE,
    HAND,
    PROVE,
    TAKE,
    CopiesConverger,
    CopyErrands,
    RoundOfCopies,
)
from servanda.drivers.node.backups.clearing import clear_errand, clear_plan
from servanda.drivers.node.backups.copying import copy
from servanda.drivers.node.backups.giving import give_back
from servanda.drivers.node.backups.handing import hand_out, take_in
from servanda.drivers.node.backups.keeping import Access
from servanda.drivers.node.backups.nightly import keep_folder, keep_private
from servanda.drivers.node.backups.private_store import keeper_of, open_store
from servanda.drivers.node.backups.proving import prove
from servanda.drivers.node.layout import Layout
from servanda.ground.nodes.kinds.backups import BackupPlan, Export, MoveIn, Restore


def prepare(layout: Layout) -> None:
    """Make the folders of the node's part. Root calls this before each start."""
    for path in (layout.run, layout.backup):
        files.folder(path, mode=0o711, owner=0, group=0)
    files.folder(layout.run / "jail", mode=0o700, owner=0, group=0)
    files.folder(layout.inbox, mode=0o700, owner=layout.accounts.agent, group=layout.accounts.agent)
    if layout.is_private and not layout.store_url:
        open_store(layout)


def daemons(layout: Layout) -> tuple[Daemon, ...]:
    """Return the processes of the node's part: none. Copies are made by the helper when they are due."""
    return ()


def store_daemon(layout: Layout, *, country: str = "DK") -> Daemon:
    """Return the store of a private node. In production it stands on a machine of its own, started there."""
    folder = layout.root / "store"
    return Daemon(
        name="store",
        argv=(
            sys.executable, "-m", "servanda.drivers.node.store",
            "--folder", str(folder),
            "--port", str(layout.ports.store),
            "--country", country,
            "--user", str(layout.accounts.store),
        ),
        ready=lambda: _listens(layout.ports.store),
        reload=None,
        writable=(folder,),
        capabilities=("CAP_SETUID", "CAP_SETGID", "CAP_CHOWN"),
    )  # fmt: skip


def verbs() -> Sequence[Verb]:
    return (
        Verb(COPY, (BackupPlan,), copy),
        Verb(PROVE, (BackupPlan,), prove),
        Verb(GIVE, (Restore,), give_back),
        Verb(HAND, (Export,), hand_out),
        Verb(TAKE, (MoveIn,), take_in),
        Verb(CLEAR_ERRAND, (Restore, Export, MoveIn), clear_errand, act="purge"),
        Verb(CLEAR_PLAN, (BackupPlan,), clear_plan, act="purge"),
    )


def _listens(port: int) -> bool:

    with socket.socket() as trying:
        trying.settimeout(0.5)
        return trying.connect_ex(("127.0.0.1", port)) == 0


__all__ = [
    "Access", "CopiesConverger", "CopyErrands", "RoundOfCopies", "daemons", "keep_folder", "keep_private", "keeper_of", "open_store",
    "prepare", "store_daemon",
    "verbs",
]  # fmt: skip
