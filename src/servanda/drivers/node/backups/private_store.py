"""The store of a private node: on the same machine, for trials and demonstrations, with callers and a keeper of its own.

In production the store stands elsewhere, and its keeper's key is made there; nothing here is used then.
"""

import json
import shutil

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from servanda.drivers.node import NotNow, files
from servanda.drivers.node.backups.keeper import Keeper
from servanda.drivers.node.backups.keeping import Access
from servanda.drivers.node.layout import Layout
from servanda.drivers.node.store.callers import admit

NAME = "node"  # the shelf of the only node


def open_store(layout: Layout) -> None:
    """Let this node and a keeper into a store of its own. Done already: nothing changes."""
    if (layout.etc / "store.json").exists():
        return
    folder, keeper = layout.root / "store", layout.root / "keeper"
    files.folder(folder, mode=0o700, owner=layout.accounts.store, group=layout.accounts.store)
    files.folder(keeper, mode=0o700, owner=0, group=0)
    key = X25519PrivateKey.generate()
    word = admit(folder / "callers.json", name="keeper", role="keep")
    kept = {"word": word, "key": key.private_bytes_raw().hex()}
    files.write(keeper / "keeper.json", json.dumps(kept), mode=0o600, owner=0, group=0)
    own = admit(folder / "callers.json", name=NAME, role="add")
    shutil.chown(folder / "callers.json", 0, layout.accounts.store)
    Access(NAME, own, key.public_key().public_bytes_raw()).keep(layout)


def keeper_of(layout: Layout) -> Keeper:
    """Return the keeper of the private store."""
    folder = layout.root / "keeper"
    try:
        kept = json.loads((folder / "keeper.json").read_bytes())
    except FileNotFoundError as error:
        raise NotNow("this node has no store of its own yet") from error
    key = X25519PrivateKey.from_private_bytes(bytes.fromhex(kept["key"]))
    url = layout.store_url or f"http://127.0.0.1:{layout.ports.store}"
    return Keeper(url, "keeper", kept["word"], key, folder)
