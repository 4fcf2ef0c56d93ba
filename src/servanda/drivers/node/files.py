"""Files of the node itself, written whole or not at all. Nothing here may be used inside a tenant's folder."""

import os
import secrets
from pathlib import Path


def write(path: Path, content: str | bytes, *, mode: int = 0o640, owner: int = -1, group: int = -1) -> bool:
    """Replace a file in one step, and tell whether its content changed. The folder must be the node's own."""
    data = content.encode() if isinstance(content, str) else content
    if _content_of(path) == data:
        os.chmod(path, mode, follow_symlinks=True)
        if (owner, group) != (-1, -1):
            os.chown(path, owner, group, follow_symlinks=False)
        return False
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), mode)
            if (owner, group) != (-1, -1):
                os.fchown(file.fileno(), owner, group)
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return True


def link(path: Path, target: Path | str) -> bool:
    """Point a link to its target in one step, and tell whether it changed."""
    if path.is_symlink() and os.readlink(path) == str(target):
        return False
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    draft.symlink_to(target)
    draft.replace(path)
    return True


def folder(path: Path, *, mode: int = 0o750, owner: int = -1, group: int = -1) -> None:
    """Make a folder of the node with its mode and owner. A link in its place is refused, not followed."""
    try:
        path.mkdir(mode=0o700, parents=True)
    except FileExistsError:
        if path.is_symlink() or not path.is_dir():
            raise
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        os.fchmod(handle, mode)
        if (owner, group) != (-1, -1):
            os.fchown(handle, owner, group)
    finally:
        os.close(handle)


def _content_of(path: Path) -> bytes | None:
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
            return file.read()
    except OSError:
        return None
