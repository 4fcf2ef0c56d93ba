"""A program of its own: it turns over the logs of sites, as the web server's user, who is all that owns them.

`python -I -S rotate.py ROOT UID GID`, numbers of sites on standard input. Standard library only. A log is turned over when
it is a day old or too long; the newest old one stays as it is, because nginx may write to it for another half minute, the
others are compressed, and what is older than a fortnight goes (visitors' addresses are personal data).
"""

import contextlib
import gzip
import os
import shutil
import sys
import time
from datetime import datetime

NAMES = ("access.log", "failed.log")
KEPT, LONGEST_BYTES, DAY = 14, 50 << 20, 86_400


def main(root: str, uid: int, gid: int) -> None:
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    os.umask(0o027)
    for line in sys.stdin:
        if line.strip().isdigit():
            for name in NAMES:
                with contextlib.suppress(OSError):
                    turn(f"{root}/sites/{int(line)}/logs", name, now=time.time())


def turn(folder: str, name: str, *, now: float) -> None:
    """Turn over one log if it is time. The moment of the last turn is that of the newest old log."""
    path = f"{folder}/{name}"
    size = os.stat(path).st_size
    if size == 0 or (size < LONGEST_BYTES and now - began(path) < DAY):
        return
    with contextlib.suppress(FileNotFoundError):
        os.unlink(f"{path}.{KEPT}.gz")
    for number in range(KEPT - 1, 1, -1):
        with contextlib.suppress(FileNotFoundError):
            os.rename(f"{path}.{number}.gz", f"{path}.{number + 1}.gz")
    with contextlib.suppress(FileNotFoundError), open(f"{path}.1", "rb") as old, gzip.open(f"{path}.2.gz", "wb") as new:
        shutil.copyfileobj(old, new)
    os.rename(path, f"{path}.1")
    os.utime(f"{path}.1", (now, now))


def began(path: str) -> float:
    """Return when a log began: when the one before was turned over, else when its own inode last changed hands."""
    try:
        return os.stat(f"{path}.1").st_mtime
    except FileNotFoundError:
        with open(path, "rb") as file:
            return first_moment(file.readline()) or os.fstat(file.fileno()).st_mtime


def first_moment(line: bytes) -> float | None:
    """Return the moment of a log's first line, which stands between brackets in ISO 8601."""
    try:
        return datetime.fromisoformat(line.partition(b"[")[2].partition(b"]")[0].decode()).timestamp()
    except ValueError:
        return None


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
