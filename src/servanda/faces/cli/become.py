"""Runs a program as another account that can gain nothing: how root starts the web server, the worker and the signer.

Where a folder that only root may enter lies above the program (root's home, say), it is shown alone in its place, in mounts
of this process. The folders that are named after the account are shown as well, if one of them is barred so.
"""

import os
import pwd
import signal
import sys
from pathlib import Path

from servanda.faces.node import enclosure
from servanda.faces.node.prctl import die_with_parent, gain_nothing

CANNOT = 77  # the code of this program when the account cannot be had


def main() -> None:
    """Become the program of the arguments: ACCOUNT FOLDER PROGRAM ARGUMENT..."""
    name, folder, *command = sys.argv[1:]
    account = pwd.getpwnam(name)
    parent = os.getppid()
    try:
        if any(enclosure.barred_paths()) or enclosure.barring(Path(folder)):
            enclosure.own_mounts(Path(folder))
        os.setgroups([])
        os.setresgid(account.pw_gid, account.pw_gid, account.pw_gid)
        os.setresuid(account.pw_uid, account.pw_uid, account.pw_uid)
    except OSError as error:
        print(
            f"This cannot run as {name}: {error}. Install where that account may read the program, or run "
            "`servanda up` as an ordinary user.",
            file=sys.stderr,
            flush=True,
        )
        sys.exit(CANNOT)
    gain_nothing()
    # A change of account takes the wish back. SIGTERM, because the web server must end its own workers.
    die_with_parent(signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit(1)
    os.chdir("/")
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
