"""Where root starts `servanda up`: each part under an account of its own, told no more than it needs.

What was taken over holds one account and one role. The worker's cannot read the signer's key, the signer's no customer, and
the pages' neither (`docs/explanation/trust-zones.md`).
"""

import os
import pwd
import secrets
import sys
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from django.utils.module_loading import import_string

from servanda.faces.cli.children import Child, child

_OF_OTHER_ROLES = ("SERVANDA_DATABASE_OWNER_URL", "SERVANDA_SIGNER_DATABASE_URL", "SERVANDA_WEB_DATABASE_URL")
OF_THE_WORLD = (
    "SERVANDA_SMTP_USER", "SERVANDA_SMTP_PASSWORD", "SERVANDA_MOBILEPAY_CLIENT_ID", "SERVANDA_MOBILEPAY_CLIENT_SECRET",
    "SERVANDA_MOBILEPAY_SUBSCRIPTION_KEY", "PGPASSWORD", "PGPASSFILE",
)  # fmt: skip
NOT_FOR_PAGES = (
    *_OF_OTHER_ROLES, *OF_THE_WORLD, "SERVANDA_DATABASE_ROLE", "SERVANDA_DATABASE_URL", "SERVANDA_NODE_KEY",
    "SERVANDA_SECRET_KEY",
)  # fmt: skip
_NOT_FOR_WORKER = (*_OF_OTHER_ROLES, "SERVANDA_NODE_KEY")
_NOT_FOR_SIGNER = (*_OF_OTHER_ROLES, *OF_THE_WORLD, "SERVANDA_SECRET_KEY")
_PROGRAM = (sys.executable, "-m", "servanda.faces.cli.main")


def start_worker(settings: Any) -> AbstractContextManager[Child]:
    """Start the worker; it is stopped at the end of the block."""
    account = import_string(settings.ACCOUNT_OF_WORKER)()
    told = {**import_string(settings.DATABASE_OF_WORKER)(), "SERVANDA_SECRET_KEY": settings.SECRET_KEY}
    if account:
        for folder in (settings.HEADS, settings.COLLECTIONS, settings.EINVOICE_DROP, settings.OUTSIDE):
            if settings.HOME in folder.parents:
                hand_over(folder, account)
        hand_over(settings.MARK.parent, account)
        settings.MARK.parent.chmod(0o755)  # the signer reads it too
    queue = ("--queue", "default") if account else ()
    return start("the worker", (*_PROGRAM, "work", *queue), account, settings, told=told, without=_NOT_FOR_WORKER)


def start_keeper(settings: Any) -> AbstractContextManager[Child] | None:
    """Start what keeps backups, where the worker has an account of its own and may not read the other parts' keys."""
    if not import_string(settings.ACCOUNT_OF_WORKER)():
        return None
    return child("the keeper of backups", (*_PROGRAM, "work", "--queue", "backups"))


def start_signer(settings: Any) -> AbstractContextManager[Child]:
    """Start the signer; it is stopped at the end of the block. It gets its key, and no other secret."""
    account = import_string(settings.ACCOUNT_OF_SIGNER)()
    told = {**import_string(settings.DATABASE_OF_SIGNER)(), "SERVANDA_SECRET_KEY": secrets.token_hex(32)}
    if account and settings.HOME in settings.NODE_KEY.parents:
        hand_over(settings.NODE_KEY.parent, account)
    elif account:
        os.chown(settings.NODE_KEY, pwd.getpwnam(account).pw_uid, pwd.getpwnam(account).pw_gid)
    command = (*_PROGRAM, "nodes", "sign")
    return start("the signer", command, account, settings, told=told, without=_NOT_FOR_SIGNER)


def start(
    name: str,
    command: Iterable[str],
    account: str,
    settings: Any,
    *,
    told: Mapping[str, str],
    without: Iterable[str],
) -> AbstractContextManager[Child]:
    """Start a program as an account (empty: ours), told what stands in `told`, and of what we were told not `without`."""
    barred = {*without, *(f"{one}_FILE" for one in without)} - set(told)
    if not account:
        return child(name, tuple(command), environment=told, without=barred)
    become = (sys.executable, "-m", "servanda.faces.cli.become", account, str(settings.HOME))
    files = _told_by_files(barred)
    environment = {
        **files, "SERVANDA_HOME": str(settings.HOME), **told, "HOME": "/nonexistent", "PYTHONPATH": _import_path(),
    }  # fmt: skip
    without_files = barred | {f"{one}_FILE" for one in environment}
    return child(name, (*become, *command), environment=environment, without=without_files)


def hand_over(folder: Path, name: str) -> None:
    """Give a folder with all that is in it to an account, and shut it to others. What it linked elsewhere stays its own."""
    account = pwd.getpwnam(name)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for _, folders, files, handle in os.fwalk(folder, follow_symlinks=False):
        for one in (*folders, *files):
            os.chown(one, account.pw_uid, account.pw_gid, dir_fd=handle, follow_symlinks=False)
        os.fchown(handle, account.pw_uid, account.pw_gid)
    folder.chmod(0o700)


def _told_by_files(barred: Iterable[str]) -> dict[str, str]:
    """Read for the account what only we can read: values in files (SERVANDA_X_FILE) that it is to know."""
    named = {one.removesuffix("_FILE") for one in os.environ if one.startswith("SERVANDA_") and one.endswith("_FILE")}
    wanted = sorted(named - set(barred))
    return {one: Path(os.environ[f"{one}_FILE"]).read_text(encoding="utf-8").strip() for one in wanted}


def _import_path() -> str:
    from servanda.faces.node.enclosure import import_path

    return import_path()
