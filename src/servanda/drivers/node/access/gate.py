"""A program of its own: it runs sshd where the node's logins have names, and writes down who came.

`python -I -S gate.py ROOT SSHD`, as root. Standard library only. In its own mount namespace it lays the node's files over
/var/lib/extrausers and /etc/nsswitch.conf; a folder is laid over a folder, so that a file that is replaced there is seen.
sshd says who came on its standard error, without a time; each line is stamped and kept, whole in `log/access/sshd.log`
and by login in `log/access/<login>.log`.
"""

import ctypes
import os
import re
import signal
import subprocess
import sys
from datetime import UTC, datetime

CLONE_NEWNS, MS_BIND, MS_REC, MS_PRIVATE = 0x00020000, 4096, 16384, 1 << 18
LOGIN = re.compile(
    r"(?:Accepted \w+|Failed \w+|Postponed \w+|Starting session: \w+.*|Disconnected from user|Close session: user) ?(?:for )?"
    r"(?P<name>s[0-9]{1,7}(?:_[a-z0-9]{1,16})?)\b"
)

libc = ctypes.CDLL(None, use_errno=True)


def lay(source: str, target: str) -> None:
    if libc.mount(source.encode(), target.encode(), None, ctypes.c_ulong(MS_BIND), None) != 0:
        raise OSError(ctypes.get_errno(), f"mount {source} on {target}")


def main(root: str, sshd: str) -> int:
    os.umask(0o027)
    if libc.unshare(CLONE_NEWNS) != 0 or libc.mount(b"", b"/", None, ctypes.c_ulong(MS_REC | MS_PRIVATE), None) != 0:
        raise OSError(ctypes.get_errno(), "mount namespace")
    lay(f"{root}/etc/extrausers", "/var/lib/extrausers")
    lay(f"{root}/etc/sshd/nsswitch.conf", "/etc/nsswitch.conf")
    if libc.mount(b"tmpfs", b"/run", b"tmpfs", ctypes.c_ulong(2 | 4), b"mode=755,size=1m") == 0:
        os.mkdir("/run/sshd", 0o755)  # where sshd locks in what talks to strangers
    words = [sshd, "-D", "-e", "-f", f"{root}/etc/sshd/sshd_config"]
    process = subprocess.Popen(
        words, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/", text=True, errors="replace"
    )
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda got, _: process.send_signal(got))
    assert process.stderr is not None
    for line in process.stderr:
        note(f"{root}/log/access", line.rstrip())
    return process.wait()


def note(folder: str, line: str) -> None:
    """Keep a line; what a stranger typed as a name reaches a file's name only when it is one of ours."""
    stamped = f"{datetime.now(UTC).isoformat(timespec='seconds')} {line}\n"
    append(f"{folder}/sshd.log", stamped)
    found = LOGIN.search(line)
    if found and os.path.exists(f"{folder}/{found['name']}.log"):
        append(f"{folder}/{found['name']}.log", stamped)


def append(path: str, line: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o640)
    try:
        os.write(handle, line.encode())
    finally:
        os.close(handle)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
