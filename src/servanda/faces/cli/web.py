"""The web server of `servanda up`: with the database's role of the pages, and where root starts it an account of its own.

Whoever takes the pages over holds this role and this account. Neither gives a purge, a signature for a node, a secret of
the hosting or a backup key (`docs/explanation/trust-zones.md`).
"""

import os
import pwd
import sys
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from servanda.faces.cli import apart
from servanda.faces.cli.children import Child

WORKERS = 2


@dataclass(frozen=True, slots=True)
class Apart:
    """How far the pages are kept apart from the rest: their account (empty: ours) and what they are told of the database."""

    account: str
    database: dict[str, str]

    @property
    def warnings(self) -> tuple[str, ...]:
        """Say what a person should know who relies on it."""
        said = []
        if not self.database:
            said.append(
                "The pages have the rights of the whole application: SERVANDA_WEB_DATABASE_URL names no role of their own "
                "(docs/how-to/run-on-your-own-database.md)."
            )
        if not self.account:
            said.append(
                "The pages run under the same account as all the rest: whoever takes their program over, not only their "
                "database, has all of it (docs/explanation/trust-zones.md)."
            )
        return tuple(said)


def kept_apart(settings: Any) -> Apart:
    """Find out what the pages can be given of their own here."""
    from django.utils.module_loading import import_string

    return Apart(import_string(settings.ACCOUNT_OF_PAGES)(), import_string(settings.DATABASE_OF_PAGES)())


def start(settings: Any, pages: Apart, *, host: str, port: int) -> AbstractContextManager[Child]:
    """Start the web server; it is stopped at the end of the block."""
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)]
    command += ["--workers", str(WORKERS), "--blocking-threads", "4", "--backpressure", "64", "--log-level", "warning"]
    command += ["--workers-kill-timeout", "2", "--respawn-failed-workers"]
    command += [settings.WSGI_APPLICATION.replace(".application", ":application")]
    told = {"SERVANDA_SECRET_KEY": settings.SECRET_KEY, "SERVANDA_HOME": str(settings.HOME), **pages.database}
    kept = {"SERVANDA_DATABASE_URL"} if not pages.database else set()
    if pages.account:
        _hand_over(settings, pages.account)
    without = [one for one in apart.NOT_FOR_PAGES if one not in kept]
    return apart.start("the web server", command, pages.account, settings, told=told, without=without)


def _hand_over(settings: Any, name: str) -> None:
    """Let the account of the pages read the sink's mails, and keep the seal for proofs of agreement."""
    account = pwd.getpwnam(name)
    for folder, mode in ((Path(settings.MAIL_SINK), 0o2750), (Path(settings.SIGNING_KEYS), 0o700)):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in (folder, *folder.iterdir()):
            owner = account.pw_uid if mode == 0o700 else -1
            os.chown(path, owner, account.pw_gid, follow_symlinks=False)
            if owner == -1 and path != folder:
                path.chmod(0o640)
        folder.chmod(mode)
