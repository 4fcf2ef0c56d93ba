"""What root does for a login: one line in each of two files, a file of keys, and an end to what is no longer allowed."""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

import psutil

from servanda.drivers.node import Result, Task, Verb, VerbRefused, files
from servanda.drivers.node.access.daemons import master
from servanda.drivers.node.layout import Layout
from servanda.drivers.node.passwords import password_of
from servanda.ground.nodes.kinds.access import Login


def verbs() -> Sequence[Verb]:
    return (Verb("login.settle", (Login,), settle),)


def settle(task: Task) -> Result:
    """Let a login in as its statement says, or not. Whoever is inside by a right that is gone is put out."""
    login, layout = task.statement, task.layout
    if not isinstance(login, Login):
        raise VerbRefused(f"{login.key} is no login")
    is_kept = login.state == "kept"
    with _alone(layout):
        changed = [
            _set(layout, "shadow", login.name, shadow_line(layout, login) if is_kept else None, 0o600),
            _set(layout, "passwd", login.name, passwd_line(layout, login) if is_kept else None, 0o644),
        ]
        changed.append(_keys(layout, login, is_kept))
    log = layout.log / "access" / f"{login.name}.log"
    if is_kept and not log.exists():
        files.write(log, "", mode=0o640, owner=0, group=layout.accounts.agent)
    if any(changed) or not login.is_served:
        end_sessions(layout, login.name)
    return {"is_served": login.is_served}


def passwd_line(layout: Layout, login: Login) -> str:
    return f"{login.name}:x:{login.tenant}:{login.tenant}::{layout.site(login.site)}:/usr/sbin/nologin"


def shadow_line(layout: Layout, login: Login) -> str:
    """Return the line of a login's password. An exclamation mark locks it against keys too; an asterisk only against passwords."""
    password = password_of(layout, login) or "*"
    return f"{login.name}:{'!' if login.holds else ''}{password}:19000:0:99999:7:::"


def end_sessions(layout: Layout, name: str) -> int:
    """End the sessions of one login, and return how many processes that were."""
    number, ended = master(layout), 0
    if number is None:
        return 0
    with suppress(psutil.NoSuchProcess):
        for one in psutil.Process(number).children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                if " ".join(one.cmdline()).startswith((f"sshd: {name} ", f"sshd: {name}@")):
                    one.kill()
                    ended += 1
    return ended


def _keys(layout: Layout, login: Login, is_kept: bool) -> bool:
    path = layout.etc / "sshd" / "keys" / login.name
    if is_kept and login.keys:
        return files.write(path, "".join(f"{key}\n" for key in login.keys), mode=0o644)
    was_there = path.exists()
    path.unlink(missing_ok=True)
    return was_there


def _set(layout: Layout, file: str, name: str, line: str | None, mode: int) -> bool:
    """Put one line in the place of the login's old one, at the end if it is new, or take it away."""
    path = layout.etc / "extrausers" / file
    lines = path.read_text().splitlines()
    mine = f"{name}:"
    place = next((number for number, one in enumerate(lines) if one.startswith(mine)), len(lines))
    lines[place : place + 1] = [line] if line is not None else []
    return files.write(path, "".join(f"{one}\n" for one in lines), mode=mode)


@contextmanager
def _alone(layout: Layout) -> Iterator[None]:
    handle = os.open(layout.etc / "extrausers" / ".lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
