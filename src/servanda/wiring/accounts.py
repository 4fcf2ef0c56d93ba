"""The accounts of this machine that the embedded PostgreSQL and the pages run as, and the roles that each may be."""

import os
import pwd
import subprocess
from collections.abc import Iterator
from contextlib import suppress

from servanda.ground.refusal import Refused

ACCOUNT = "servanda"  # PostgreSQL refuses to run as root, so root gets a system account for it
PAGES_ACCOUNT = "servanda-web"  # of the web server, where root starts it; it can only be the role of the same purpose
PAGES_ROLE = "servanda_web"
WORKER_ACCOUNT, WORKER_ROLE = "servanda-worker", "servanda_app"
SIGNER_ACCOUNT, SIGNER_ROLE = "servanda-signer", "servanda_signer"
OWN_ROLES = {PAGES_ACCOUNT: PAGES_ROLE, WORKER_ACCOUNT: WORKER_ROLE, SIGNER_ACCOUNT: SIGNER_ROLE}


class DatabaseUnavailable(Refused):
    """The database cannot be had; the message tells why, and what to do."""


def accounts_and_roles() -> Iterator[str]:
    """Say which account may be which role: who started the server may be each, a part's account one."""
    if os.geteuid() != 0:
        yield f'servanda "{pwd.getpwuid(os.geteuid()).pw_name}" all\n'
        return
    for name in (pwd.getpwuid(0).pw_name, ACCOUNT):
        yield f'servanda "{name}" all\n'
    for name, role in OWN_ROLES.items():
        yield f'servanda "{name}" {role}\n'


def own_account(name: str) -> pwd.struct_passwd | None:
    """Return the account to run a part of the house as (one of OWN_ROLES), when we are root; it is made when missing."""
    assert name in OWN_ROLES
    return _system_account(name) if os.geteuid() == 0 else None


def account_of_server() -> pwd.struct_passwd | None:
    """Return the account to run the server as, when we are root; it is made when missing."""
    return _system_account(ACCOUNT) if os.geteuid() == 0 else None


def _system_account(name: str) -> pwd.struct_passwd:
    with suppress(KeyError):
        return pwd.getpwnam(name)
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", name]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=30)
    except (OSError, subprocess.SubprocessError) as error:
        raise DatabaseUnavailable(
            f"Neither PostgreSQL nor the web server runs as root, and the account {name!r} could not be made ({error}). "
            "Run as an ordinary user, or set SERVANDA_DATABASE_URL."
        ) from error
    return pwd.getpwnam(name)
