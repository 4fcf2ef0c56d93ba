"""Work among a tenant's files: always by the tenant, in a jail, never by root (SECURITY B5).

A link that a tenant plants, or swaps while the work is done, can then lead only to what is the tenant's anyway: the
process that follows it has the tenant's number, no capabilities, and sees no other folder.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import msgspec
import psutil

from servanda.drivers.node import Broken, NotNow, files
from servanda.drivers.node.commands import PATH, program
from servanda.drivers.node.layout import Layout

JAIL = Path(__file__).with_name("jail.py")
SECONDS = 600


@dataclass(frozen=True, slots=True)
class Jail:
    """Who works, and what is to be seen. `readable` and `writable` are absolute and appear at the same paths inside."""

    at: Path
    uid: int
    gid: int
    writable: tuple[Path, ...] = ()
    readable: tuple[Path, ...] = ()
    tmp: Path | None = None  # a folder of the tenant's that is /tmp inside; None: a small one in memory
    groups: tuple[int, ...] = ()
    has_network: bool = False
    folder: str = "/"
    umask: int = 0o027
    limits: Mapping[str, int] = field(default_factory=dict)  # names as in resource.RLIMIT_*


class Census(msgspec.Struct, frozen=True):
    """What lay in a folder: how many files, their bytes, and the hash of the sorted list of names and sizes."""

    files: int
    bytes: int
    list_sha256: str
    left: int = 0  # entries that could not be removed, when the folder was erased


class _Erased(msgspec.Struct, frozen=True):
    parts: tuple[Census, ...]


def prepare(layout: Layout) -> None:
    """Make the empty folder on which a jail's own root is mounted, each time in a namespace of its own."""
    files.folder(layout.run, mode=0o711)
    files.folder(layout.run / "jail", mode=0o700)


def jail(layout: Layout, uid: int, *writable: Path, readable: Sequence[Path] = ()) -> Jail:
    """Return the usual jail: no network, and nothing of the node but the folders that are named."""
    return Jail(at=layout.run / "jail", uid=uid, gid=uid, writable=writable, readable=tuple(readable))


def words_of(
    place: Jail, *, argv: Sequence[str] = (), task: str = "", arguments: Mapping[str, object] | None = None
) -> list[str]:
    """Return the command line that runs a program (its first word a name, found on the system's path) or a task."""
    wanted: dict[str, object] = {
        "at": str(place.at),
        "uid": place.uid,
        "gid": place.gid,
        "groups": place.groups,
        "writable": [str(path) for path in place.writable],
        "readable": [str(path) for path in place.readable],
        "tmp": str(place.tmp) if place.tmp else None,
        "network": place.has_network,
        "folder": place.folder,
        "umask": place.umask,
        "limits": dict(place.limits),
        "environment": {"PATH": PATH, "LC_ALL": "C.UTF-8", "HOME": "/tmp"},
    }
    if argv:
        wanted["program"] = [program(argv[0]), *argv[1:]]
    else:
        wanted["task"], wanted["arguments"] = task, dict(arguments or {})
    return [sys.executable, "-I", "-S", str(JAIL), json.dumps(wanted)]


def run(
    place: Jail, *argv: str, given: bytes = b"", source: IO[bytes] | None = None, seconds: float = SECONDS
) -> bytes:
    """Run a program as the tenant and return what it printed. Raises NotNow on a timeout, Broken on a bad end."""
    return _done(words_of(place, argv=argv), argv[0], given, source, seconds)


def start(
    place: Jail, *argv: str, stdin: IO[bytes] | int | None = None, stdout: IO[bytes] | int | None = None
) -> subprocess.Popen[bytes]:
    """Start a program as the tenant, for pipes; it dies with whoever started it."""
    return subprocess.Popen(
        words_of(place, argv=argv), stdin=stdin or subprocess.DEVNULL, stdout=stdout, env={"PATH": PATH}, cwd="/"
    )


def census(place: Jail, folder: Path) -> Census:
    found = _task(place, "census", {"folder": str(folder)})
    return msgspec.json.decode(found, type=Census)


def erase(place: Jail, *folders: Path) -> tuple[Census, ...]:
    """Remove everything below each folder, also what the tenant has locked, and return what it was."""
    said = _task(place, "erase", {"folders": [str(folder) for folder in folders]})
    return msgspec.json.decode(said, type=_Erased).parts


def write(place: Jail, folder: Path, name: str, content: str, *, mode: int = 0o600) -> None:
    if "/" in name or name in ("", ".", ".."):
        raise Broken(f"{name!r} is not the name of a file in {folder}")
    _task(place, "write", {"folder": str(folder), "name": name, "content": content, "mode": mode})


def kill(uid: int) -> None:
    """End every process of a number, in one step of the kernel, until none is left to be signalled."""
    text = (
        "import os, signal, sys\n"
        "number = int(sys.argv[1])\n"
        "os.setgroups([]); os.setresgid(number, number, number); os.setresuid(number, number, number)\n"
        "try:\n"
        "    for _ in range(100):\n"
        "        os.kill(-1, signal.SIGKILL)\n"
        "except ProcessLookupError:\n"
        "    pass\n"
    )
    if uid < 200_000:
        raise Broken(f"{uid} is not the number of a tenant")
    _done([sys.executable, "-I", "-S", "-c", text, str(uid)], "kill", b"", None, 30)


def kill_within(uid: int, *folders: Path) -> None:
    """End the processes of a number that work in one of these folders, or hold a file there; the number's others go on."""
    for _ in range(100):
        found = [one for one in psutil.process_iter(["uids"]) if _works_within(one, uid, folders)]
        if not found:
            return
        for one in found:
            with suppress(psutil.NoSuchProcess):
                one.kill()
        time.sleep(0.05)
    raise NotNow(f"processes of {uid} begin faster than they can be ended")


def _works_within(one: psutil.Process, uid: int, folders: Sequence[Path]) -> bool:
    if one.info["uids"] is None or one.info["uids"].real != uid:
        return False
    about = Path("/proc") / str(one.pid)
    try:
        held = [os.readlink(link) for link in (about / "cwd", about / "root", *(about / "fd").iterdir())]
        held += (about / "maps").read_text(errors="replace").split()
    except OSError:  # it ended meanwhile
        return False
    return any(Path(path).is_relative_to(folder) for path in held if path.startswith("/") for folder in folders)


def _task(place: Jail, task: str, arguments: Mapping[str, object]) -> bytes:
    return _done(words_of(place, task=task, arguments=arguments), task, b"", None, SECONDS)


def _done(words: Sequence[str], name: str, given: bytes, source: IO[bytes] | None, seconds: float) -> bytes:
    try:
        done = subprocess.run(
            words,
            stdin=source,
            input=given if source is None else None,
            capture_output=True,
            timeout=seconds,
            check=False,
            env={"PATH": PATH},
            cwd="/",
        )
    except subprocess.TimeoutExpired as error:
        raise NotNow(f"{name} as a tenant did not end within {seconds:g} s") from error
    if done.returncode:
        detail = done.stderr.decode(errors="replace").strip()[-2000:]
        raise Broken(f"{name} as a tenant ended with {done.returncode}: {detail}")
    return done.stdout
