"""Where certificates, their keys and the account with the authority lie, and who may read them."""

import grp
import hashlib
from pathlib import Path

from servanda.drivers.node.files import folder
from servanda.drivers.node.layout import Layout


def certificates(layout: Layout) -> Path:
    """Return the folder with one folder for each certificate; `tls/<host>` leads into it."""
    return layout.root / "certs"


def progress_file(layout: Layout, name: str) -> Path:
    return layout.data / "acme" / f"{name}.json"


def account_file(layout: Layout) -> Path:
    """Return where the account with this layout's authority is kept; another authority has another account."""
    mark = hashlib.sha256(layout.acme_directory.encode()).hexdigest()[:16]
    return layout.data / "acme" / f"account-{mark}.secret"


def prepare(layout: Layout) -> None:
    """Make the folders. Root calls this before the agent starts.

    What the agent writes below `certs` gets the web server's group by the folder's mark (setgid), so that the agent needs
    no right to give files away.
    """
    agent, web = layout.accounts.agent, grp.getgrnam(layout.accounts.web).gr_gid
    for path in (layout.data, layout.root):
        if not path.is_dir():
            folder(path, mode=0o711)
    folder(layout.data / "acme", mode=0o700, owner=agent, group=agent)
    folder(certificates(layout), mode=0o2711, owner=agent, group=web)
    folder(layout.tls, mode=0o711, owner=agent, group=agent)
    folder(layout.challenges, mode=0o755, owner=agent, group=agent)
