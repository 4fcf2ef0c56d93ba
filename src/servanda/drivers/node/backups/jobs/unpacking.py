"""Takes an archive from standard input apart, as the tenant: pages into /into, dumps of databases into /sql.

`python3 - BYTES`: at most so many bytes come out. The whole archive is looked through first; one entry that is not a plain
file or folder below the archive's own top, or an archive out of all proportion, and nothing is taken from it.
Prints what was found as JSON; a refusal goes to standard error with exit code 3.
"""

import json
import os
import shutil
import stat
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from typing import IO, Any

MOST_ENTRIES, RATIO, FREE_BYTES = 200_000, 100, 1 << 20
TOPS = ("files/htdocs/", "htdocs/", "public_html/", "httpdocs/", "www/")
REFUSED = 3


second_look: Any = getattr(tarfile, "data_filter", None)  # Python 3.11.2 of Debian 12 has none yet


class RefusedArchive(Exception):
    """An archive that is not taken in, and why."""


class Entry:
    """One thing in an archive, whatever its format."""

    def __init__(self, name: str, size: int, *, is_folder: bool, source: Any) -> None:
        self.name, self.size, self.is_folder, self.source = name, size, is_folder, source


def checked_name(name: str) -> str:
    """Return a path below the archive's top, or refuse it."""
    if name.startswith(("/", "\\")) or "\\" in name or "\0" in name or (len(name) > 1 and name[1] == ":"):
        raise RefusedArchive(f"{name!a} begins at the root of a disk")
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if ".." in parts:
        raise RefusedArchive(f"{name!a} leads out of the archive")
    if any(ord(sign) < 32 or ord(sign) == 127 for sign in name) or any(len(os.fsencode(one)) > 255 for one in parts):
        raise RefusedArchive(f"{name!a} is no usable name")
    return "/".join(parts)


def tar_entries(file: IO[bytes]) -> Iterator[Entry]:
    with tarfile.open(fileobj=file, mode="r|*") as archive:
        for member in archive:
            if not member.isfile() and not member.isdir():
                raise RefusedArchive(f"{member.name!a} is a link or a device; only files and folders are taken")
            if member.isfile() and member.issparse():
                raise RefusedArchive(f"{member.name!a} is a sparse file")
            if second_look:
                second_look(member, "/into")
            yield Entry(
                checked_name(member.name),
                member.size,
                is_folder=member.isdir(),
                source=archive.extractfile(member) if member.isfile() else None,
            )


def zip_entries(file: IO[bytes]) -> Iterator[Entry]:
    with zipfile.ZipFile(file) as archive:
        for info in archive.infolist():
            mode = info.external_attr >> 16
            if mode and not stat.S_ISREG(mode) and not stat.S_ISDIR(mode) and stat.S_IFMT(mode) != 0:
                raise RefusedArchive(f"{info.filename!a} is a link or a device; only files and folders are taken")
            if info.flag_bits & 1:
                raise RefusedArchive(f"{info.filename!a} is encrypted")
            source = None if info.is_dir() else archive.open(info)
            yield Entry(checked_name(info.filename), info.file_size, is_folder=info.is_dir(), source=source)


def entries(file: IO[bytes]) -> Iterator[Entry]:
    file.seek(0)
    start = file.read(4)
    file.seek(0)
    if start == b"PK\x03\x04":
        yield from zip_entries(file)
    elif start == b"\x28\xb5\x2f\xfd":
        os.lseek(file.fileno(), 0, os.SEEK_SET)  # what Python has read ahead, the other program has not seen
        with subprocess.Popen(["/usr/bin/zstd", "-dcq"], stdin=file, stdout=subprocess.PIPE) as unpacker:
            assert unpacker.stdout is not None
            try:
                yield from tar_entries(unpacker.stdout)
            finally:
                unpacker.kill()
    else:
        yield from tar_entries(file)


def look_through(file: IO[bytes], most_bytes: int) -> str:
    """Check all of an archive and return which of its folders are the pages; empty for the whole of it."""
    packed = os.fstat(file.fileno()).st_size
    limit = min(most_bytes, packed * RATIO + FREE_BYTES)
    count, total, tops = 0, 0, dict.fromkeys(TOPS, False)
    files: set[str] = set()
    folders: set[str] = set()
    for entry in entries(file):
        count += 1
        total += entry.size
        if count > MOST_ENTRIES:
            raise RefusedArchive(f"more than {MOST_ENTRIES} files")
        if total > limit:
            raise RefusedArchive(f"{total} bytes would come out of {packed}; at most {limit} are allowed here")
        check_once(entry, files, folders)
        for top in TOPS:
            tops[top] = tops[top] or f"{entry.name}/".startswith(top)
    if count == 0:
        raise RefusedArchive("nothing is in it")
    return next((top for top in TOPS if tops[top]), "")


def check_once(entry: Entry, files: "set[str]", folders: "set[str]") -> None:
    """Refuse a name that stands for two things."""
    parts = entry.name.split("/")
    above = {"/".join(parts[:depth]) for depth in range(1, len(parts))}
    if entry.name in files or (not entry.is_folder and entry.name in folders) or above & files:
        raise RefusedArchive(f"{entry.name!a} is there twice")
    folders |= above | ({entry.name} if entry.is_folder else set())
    if not entry.is_folder:
        files.add(entry.name)


def is_dump(name: str) -> bool:
    folder, _, last = name.rpartition("/")
    return last.endswith(".sql") and folder in ("", "databases")


def take(file: IO[bytes], top: str, most_bytes: int) -> "dict[str, Any]":
    files, total, dumps, left_out = 0, 0, [], 0
    for entry in entries(file):
        if is_dump(entry.name):
            total += lay("/sql", entry.name.rpartition("/")[2], entry, most_bytes - total)
            dumps.append(entry.name.rpartition("/")[2])
        elif f"{entry.name}/".startswith(top) and entry.name != top.rstrip("/"):
            path = entry.name.removeprefix(top)
            if entry.is_folder:
                os.makedirs(f"/into/{path}", mode=0o750, exist_ok=True)
            elif path:
                os.makedirs(os.path.dirname(f"/into/{path}"), mode=0o750, exist_ok=True)
                total += lay("/into", path, entry, most_bytes - total)
                files += 1
        elif not entry.is_folder:
            left_out += 1
    told = {"files": files, "bytes": total, "dumps": ",".join(sorted(dumps)), "top": top}
    return {**told, "outside_left_out": left_out} if left_out else told


def lay(folder: str, path: str, entry: Entry, room: int) -> int:
    """Write one file. What the archive says of its size is not believed."""
    done = 0
    handle = os.open(f"{folder}/{path}", os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o640)
    with open(handle, "wb") as out:
        while piece := entry.source.read(1 << 20):
            done += len(piece)
            if done > min(room, entry.size):
                raise RefusedArchive(f"{entry.name!a} is larger than the archive says")
            out.write(piece)
    return done


def main(most_bytes: int) -> "dict[str, Any]":
    for folder in ("/into", "/sql"):  # what an earlier run that was killed left
        for one in os.scandir(folder):
            shutil.rmtree(one.path) if one.is_dir(follow_symlinks=False) else os.unlink(one.path)
    file = sys.stdin.buffer
    return take(file, look_through(file, most_bytes), most_bytes)


try:
    print(json.dumps(main(int(sys.argv[1]))))
except RefusedArchive as refusal:
    print(refusal, file=sys.stderr)
    sys.exit(REFUSED)
except (tarfile.TarError, zipfile.BadZipFile, EOFError, ValueError, NotImplementedError) as error:
    print(f"no archive that can be read: {error}", file=sys.stderr)
    sys.exit(REFUSED)
