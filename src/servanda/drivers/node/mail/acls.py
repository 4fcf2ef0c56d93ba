"""Folders whose new files two users may write, whoever of them makes a file first.

SQLite's -wal and -shm files come and go with the first and the last connection. If Postfix makes them, the agent must
still be able to write them, and the other way round; a folder's default ACL says so without any shared group.
"""

import os
import struct
from pathlib import Path

_VERSION = struct.pack("<I", 2)
_NOBODY = 0xFFFFFFFF
_OWNER, _USER, _GROUP, _MASK, _OTHERS = 0x01, 0x02, 0x04, 0x10, 0x20


def share(folder: Path, *, users: tuple[int, ...]) -> None:
    """Let these users, besides the folder's owner and group, work in the folder and in all files made there later."""
    entries = [(_OWNER, 7, _NOBODY), *((_USER, 7, user) for user in sorted(users)), (_GROUP, 7, _NOBODY)]
    entries += [(_MASK, 7, _NOBODY), (_OTHERS, 0, _NOBODY)]
    packed = _VERSION + b"".join(struct.pack("<HHI", *entry) for entry in entries)
    for name in ("system.posix_acl_access", "system.posix_acl_default"):
        os.setxattr(folder, name, packed, follow_symlinks=False)


def share_file(path: Path, *, users: tuple[int, ...]) -> None:
    """Let these users read and write one file that was there before its folder was shared."""
    entries = [(_OWNER, 6, _NOBODY), *((_USER, 6, user) for user in sorted(users)), (_GROUP, 6, _NOBODY)]
    entries += [(_MASK, 6, _NOBODY), (_OTHERS, 0, _NOBODY)]
    packed = _VERSION + b"".join(struct.pack("<HHI", *entry) for entry in entries)
    os.setxattr(path, "system.posix_acl_access", packed, follow_symlinks=False)
