"""Puts a thing in its place among a tenant's files, as that tenant, and takes it away again.

`write NAME MODE` lays standard input down as /site/STAGE/new/NAME; `exchange` changes the stage's thing for what stands
at a path, or moves it there when nothing does; `back` moves it out again; `folder` makes a folder with all above it.
No component of a path may be a link. Prints what it found as JSON.
"""

import contextlib
import ctypes
import errno
import json
import os
import stat
import sys
from collections.abc import Callable
from typing import Any

NOREPLACE, EXCHANGE = 1, 2
libc = ctypes.CDLL(None, use_errno=True)


def rename(old_folder: int, old: str, new_folder: int, new: str, flags: int) -> None:
    words = (old_folder, os.fsencode(old), new_folder, os.fsencode(new))
    if libc.renameat2(*words, flags) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), new)


def opened(path: str, *, make: bool) -> int:
    """Open the folder of a path, one component after the other, and follow no link."""
    at = os.open("/", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    for name in path.strip("/").split("/"):
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            inner = os.open(name, flags, dir_fd=at)
        except FileNotFoundError:
            if not make:
                raise
            with contextlib.suppress(FileExistsError):
                os.mkdir(name, 0o750, dir_fd=at)
            inner = os.open(name, flags, dir_fd=at)
        os.close(at)
        at = inner
    return at


def inode(folder: int, name: str) -> int:
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False).st_ino
    except FileNotFoundError:
        return 0


def write(stage: str, name: str, mode: str) -> dict[str, Any]:
    folder = opened(f"/site/{stage}/new", make=True)
    with contextlib.suppress(FileNotFoundError):
        os.unlink(name, dir_fd=folder)
    handle = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600, dir_fd=folder)
    with open(handle, "wb") as file:
        while piece := sys.stdin.buffer.read(1 << 20):
            file.write(piece)
        file.flush()
        os.fchmod(file.fileno(), stat.S_IMODE(int(mode)))
        os.fsync(file.fileno())
    return {"inode": inode(folder, name)}


def exchange(stage: str, name: str, path: str) -> dict[str, Any]:
    above, _, last = f"/site/{path}".rpartition("/")
    old, new = opened(f"/site/{stage}/new", make=False), opened(above, make=True)
    had = inode(new, last) != 0
    try:
        rename(old, name, new, last, EXCHANGE if had else NOREPLACE)
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.EEXIST):
            raise
        had = not had  # it came or went in between; once more, the other way
        rename(old, name, new, last, EXCHANGE if had else NOREPLACE)
    return {"had": had}


def back(stage: str, name: str, path: str) -> dict[str, Any]:
    above, _, last = f"/site/{path}".rpartition("/")
    old, new = opened(f"/site/{stage}/new", make=True), opened(above, make=False)
    rename(new, last, old, name, NOREPLACE)
    return {}


def look(stage: str, name: str, path: str) -> dict[str, Any]:
    """Return which of the two stands where."""
    found = {"staged": 0, "placed": 0}
    for key, folder, last in (("staged", f"/site/{stage}/new", name), ("placed", *f"/site/{path}".rsplit("/", 1))):
        try:
            at = opened(folder, make=False)
        except (FileNotFoundError, NotADirectoryError):
            continue
        found[key] = inode(at, last)
        os.close(at)
    return found


def folder(path: str) -> dict[str, Any]:
    os.close(opened(f"/site/{path}", make=True))
    return {}


def clear(path: str) -> dict[str, Any]:
    """Remove everything below one folder, which is the stage or what was laid beside."""
    at = opened(f"/site/{path}", make=False)
    _clear(at)
    return {}


def _clear(at: int) -> None:
    with os.scandir(at) as entries:
        found = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
    for name, is_folder in found:
        if not is_folder:
            os.unlink(name, dir_fd=at)
            continue
        inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=at)
        os.fchmod(inner, 0o700)
        _clear(inner)
        os.close(inner)
        os.rmdir(name, dir_fd=at)


DO: dict[str, Callable[..., dict[str, Any]]] = {
    "write": write,
    "exchange": exchange,
    "back": back,
    "look": look,
    "folder": folder,
    "clear": clear,
}
sys.setrecursionlimit(20_000)
print(json.dumps(DO[sys.argv[1]](*sys.argv[2:])))
