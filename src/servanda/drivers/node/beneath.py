"""The few opens and renames that root itself must do near tenants: below one folder, through no link, by descriptor."""

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_OPENAT2 = 437  # the same number on x86_64 and aarch64
_RENAMEAT2 = {"x86_64": 316, "aarch64": 276}[os.uname().machine]
_NO_XDEV, _NO_MAGICLINKS, _NO_SYMLINKS, _BENEATH = 0x01, 0x02, 0x04, 0x08
_NOREPLACE, _EXCHANGE = 1, 2
_libc = ctypes.CDLL(None, use_errno=True)


class _How(ctypes.Structure):
    _fields_ = (("flags", ctypes.c_uint64), ("mode", ctypes.c_uint64), ("resolve", ctypes.c_uint64))


def open_beneath(folder: int, path: str, flags: int, mode: int = 0) -> int:
    """Open a path below an open folder. A link, `..`, an absolute path or another file system raises OSError."""
    how = _How(flags | os.O_CLOEXEC, mode, _BENEATH | _NO_SYMLINKS | _NO_MAGICLINKS | _NO_XDEV)
    handle = _libc.syscall(
        ctypes.c_long(_OPENAT2), folder, os.fsencode(path), ctypes.byref(how), ctypes.c_size_t(ctypes.sizeof(how))
    )
    if handle < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), path)
    return int(handle)


@contextmanager
def opened(folder: Path) -> Iterator[int]:
    """Hold a folder of the node open; its last part may not be a link."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        yield handle
    finally:
        os.close(handle)


def move(source: Path, target: Path) -> None:
    """Rename by the open parents, never onto something. Both parents must be folders that only root may write."""
    _rename(source, target, _NOREPLACE)


def exchange(source: Path, target: Path) -> None:
    """Let two entries of root's own folders change places in one step."""
    _rename(source, target, _EXCHANGE)


def _rename(source: Path, target: Path, flags: int) -> None:
    with opened(source.parent) as old, opened(target.parent) as new:
        words = (old, os.fsencode(source.name), new, os.fsencode(target.name), ctypes.c_uint(flags))
        if _libc.syscall(ctypes.c_long(_RENAMEAT2), *words) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(source), None, str(target))
