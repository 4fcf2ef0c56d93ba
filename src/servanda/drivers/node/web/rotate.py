"""A program of its own: it turns over the logs of the node, as root, and those of sites, as the web server's user, who owns them.

`python -I -S rotate.py ROOT UID GID`, numbers of sites on standard input. Standard library only. The node's own logs lie in
folders of root's; each is copied and emptied, because their writers keep them open and add at the end. A log is turned over when
it is a day old or too long; the newest old one stays as it is, because nginx may write to it for another half minute, the
others are compressed, and what is older than a fortnight goes (visitors' addresses are personal data).
"""

import contextlib
import gzip
import os
import shutil
import stat
import sys
import time
from datetime import datetime

NAMES = ("access.log", "failed.log")
KEPT, LONGEST_BYTES, DAY = 14, 50 << 20, 86_400
OF_NODE = (("log", (".log", ".out")), ("log/access", (".log",)))


def main(root: str, uid: int, gid: int) -> None:
    os.umask(0o027)
    for folder, endings in OF_NODE:
        with contextlib.suppress(OSError):
            empty_all(f"{root}/{folder}", endings, now=time.time())
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    with contextlib.suppress(OSError):
        turn(f"{root}/log/nginx", "unknown.log", now=time.time())
    for line in sys.stdin:
        if line.strip().isdigit():
            for name in NAMES:
                with contextlib.suppress(OSError):
                    turn(f"{root}/sites/{int(line)}/logs", name, now=time.time())


def empty_all(folder: str, endings: tuple[str, ...], *, now: float) -> None:
    """Copy and empty the logs of a folder that only root writes to, each if it is time."""
    if os.stat(folder, follow_symlinks=False).st_uid != 0:
        return
    for name in os.listdir(folder):
        if name.endswith(endings):
            with contextlib.suppress(OSError):
                empty(f"{folder}/{name}", now=now)


def empty(path: str, *, now: float) -> None:
    """Copy and empty one log if it is a day old or too long. What is written between the two may be lost."""
    with open(os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK), "rb+") as log:
        found = os.fstat(log.fileno())
        if not stat.S_ISREG(found.st_mode) or found.st_size == 0:
            return
        if not os.path.exists(f"{path}.1.gz"):
            gzip.open(f"{path}.1.gz", "wb").close()  # says when this one began
            os.utime(f"{path}.1.gz", (now, now))
        if found.st_size < LONGEST_BYTES and now - os.stat(f"{path}.1.gz").st_mtime < DAY:
            return
        for number in range(KEPT - 1, 0, -1):
            with contextlib.suppress(FileNotFoundError):
                os.rename(f"{path}.{number}.gz", f"{path}.{number + 1}.gz")
        with gzip.open(f"{path}.1.gz", "wb") as copy:
            shutil.copyfileobj(log, copy)
        os.chown(f"{path}.1.gz", found.st_uid, found.st_gid)
        os.utime(f"{path}.1.gz", (now, now))
        log.truncate(0)


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
