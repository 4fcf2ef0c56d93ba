"""Prints one line of JSON for each thing below the given folders: kind, size, times, and the hash of what it holds.

`python3 - MOST FOLDER ...`; standard input has an earlier list, whose hashes are taken over for what has not changed
since (same size, same inode and the same time of change, which no tenant can set).
"""

import hashlib
import json
import os
import stat
import sys
from collections.abc import Iterator
from typing import Any

Entry = dict[str, Any]
Entries = dict[str, Entry]
MODES = {stat.S_IFDIR: "dir", stat.S_IFREG: "file", stat.S_IFLNK: "symlink"}


def digest_at(folder: int, name: str, found: os.stat_result) -> str | None:
    """Return the hash of a regular file, or None when it is another file by now or cannot be read."""
    try:
        handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    except OSError:
        return None
    with open(handle, "rb", buffering=0) as file:
        opened = os.fstat(handle)
        if not stat.S_ISREG(opened.st_mode) or opened.st_ino != found.st_ino:
            return None
        hashed, left = hashlib.sha256(), found.st_size
        while left > 0 and (piece := file.read(min(left, 1 << 20))):
            hashed.update(piece)
            left -= len(piece)
        return hashed.hexdigest() if left == 0 else None


def entry_of(folder: int, path: str, name: str, found: os.stat_result, before: Entries) -> Entry | None:
    kind = MODES.get(stat.S_IFMT(found.st_mode))
    if kind is None:
        return None
    entry: Entry = {"path": path, "type": kind, "mode": stat.S_IMODE(found.st_mode)}
    if kind == "symlink":
        try:
            entry["target"] = os.readlink(name, dir_fd=folder)
        except OSError:
            return None
    if kind == "file":
        known = before.get(path)
        entry |= {"size": found.st_size, "inode": found.st_ino, "changed": found.st_ctime_ns}
        if known and all(known.get(part) == entry[part] for part in ("size", "inode", "changed")):
            entry["sha256"] = known.get("sha256")
        else:
            entry["sha256"] = digest_at(folder, name, found)
    return entry


def walk(folder: int, path: str, before: Entries) -> Iterator[Entry]:
    with os.scandir(folder) as entries:
        names = sorted(entry.name for entry in entries)
    for name in names:
        try:
            found = os.stat(name, dir_fd=folder, follow_symlinks=False)
        except OSError:
            continue
        below = f"{path}/{name}"
        entry = entry_of(folder, below, name, found, before)
        if entry is None:
            continue
        yield entry
        if entry["type"] == "dir":
            try:
                inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
            except OSError:
                continue
            try:
                yield from walk(inner, below, before)
            finally:
                os.close(inner)


def main() -> None:
    sys.setrecursionlimit(20_000)
    most, count = int(sys.argv[1]), 0
    before: Entries = {}
    for line in sys.stdin:
        entry = json.loads(line)
        before[entry["path"]] = entry
    for start in sys.argv[2:]:
        top = os.open(start, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        for entry in walk(top, start, before):
            count += 1
            if count > most:
                sys.exit(f"more than {most} files")
            sys.stdout.write(json.dumps(entry) + "\n")
        os.close(top)


main()
