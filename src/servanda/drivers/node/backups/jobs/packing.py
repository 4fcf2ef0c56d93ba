"""Packs a tenant's folders into one archive, as that tenant, with a list of everything in it and its hash.

`python3 - NAME` writes /out/exports/NAME; what is below /export goes in. Prints a summary as JSON.
"""

import contextlib
import hashlib
import io
import json
import os
import stat
import subprocess
import sys
import tarfile
from collections.abc import Callable
from typing import Any

SKIPPED = "/export/files/private/exports"


class Hashed(io.RawIOBase):
    """A file of exactly the size that was announced: what is missing by now is filled up, and said."""

    def __init__(self, file: Any, size: int) -> None:
        self.file, self.left, self.is_short = file, size, False
        self.hashed = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        wanted = self.left if size < 0 else min(size, self.left)
        piece: bytes = self.file.read(wanted)
        if len(piece) < wanted:
            self.is_short = True
            piece += bytes(wanted - len(piece))
        self.left -= len(piece)
        self.hashed.update(piece)
        return piece


def pack_file(archive: tarfile.TarFile, folder: int, name: str, path: str) -> "dict[str, object] | None":
    try:
        handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    except OSError as error:
        return {"path": path, "missing": os.strerror(error.errno or 0)}
    with open(handle, "rb", buffering=0) as file:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            return None
        member = tarfile.TarInfo(path)
        member.size, member.mtime, member.mode = found.st_size, int(found.st_mtime), stat.S_IMODE(found.st_mode)
        content = Hashed(file, found.st_size)
        archive.addfile(member, content)
        entry: dict[str, object] = {"path": path, "size": found.st_size, "sha256": content.hashed.hexdigest()}
        return entry | ({"changed": True} if content.is_short else {})


def pack_folder(archive: tarfile.TarFile, folder: int, path: str, note: Callable[[dict[str, object]], None]) -> None:
    with os.scandir(folder) as entries:
        found = sorted((one.name, one.is_dir(follow_symlinks=False), one.is_symlink()) for one in entries)
    for name, is_folder, is_link in found:
        below = f"{path}/{name}"
        if below == SKIPPED:
            continue
        inside = below.removeprefix("/export/")
        if is_link:
            member = tarfile.TarInfo(inside)
            member.type, member.linkname = tarfile.SYMTYPE, os.readlink(name, dir_fd=folder)
            archive.addfile(member)
            note({"path": inside, "target": member.linkname})
        elif is_folder:
            member = tarfile.TarInfo(inside)
            member.type, member.mode = tarfile.DIRTYPE, 0o755
            archive.addfile(member)
            try:
                inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
            except OSError as error:
                note({"path": inside, "missing": os.strerror(error.errno or 0)})
                continue
            try:
                pack_folder(archive, inner, below, note)
            finally:
                os.close(inner)
        elif entry := pack_file(archive, folder, name, inside):
            note(entry)


def main(name: str) -> "dict[str, object]":
    os.makedirs("/out/exports", mode=0o700, exist_ok=True)
    if os.path.islink("/out/exports"):
        sys.exit("private/exports is a link")
    draft = f"/out/exports/.{name}.part"
    entries: list[dict[str, object]] = []
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "wb") as out:
        packer = subprocess.Popen(["/usr/bin/zstd", "-q", "-3", "-c"], stdin=subprocess.PIPE, stdout=out)
        with tarfile.open(fileobj=packer.stdin, mode="w|", format=tarfile.PAX_FORMAT) as archive:
            top = os.open("/export", os.O_RDONLY | os.O_DIRECTORY)
            pack_folder(archive, top, "/export", entries.append)
            listed = "".join(json.dumps(entry) + "\n" for entry in entries).encode()
            member = tarfile.TarInfo("MANIFEST.jsonl")
            member.size = len(listed)
            archive.addfile(member, io.BytesIO(listed))
        assert packer.stdin is not None
        packer.stdin.close()
        if packer.wait() != 0:
            sys.exit("the archive could not be written: is the disk or the quota full?")
        out.flush()
        os.fsync(out.fileno())
    os.replace(draft, f"/out/exports/{name}")
    with open(f"/out/exports/{name}", "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        size = file.tell()
    missing = sum("missing" in entry for entry in entries)
    return {"bytes": size, "sha256": digest, "files": len(entries) - missing, "missing": missing}


sys.setrecursionlimit(20_000)
if sys.argv[1] == "--remove":
    with contextlib.suppress(FileNotFoundError):
        os.unlink(f"/out/exports/{sys.argv[2]}")
    print(json.dumps({"removed": True}))
else:
    print(json.dumps(main(sys.argv[1])))
