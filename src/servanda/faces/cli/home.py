"""The directory of one installation (SERVANDA_HOME): its mark, its secrets, and how it is emptied."""

import fcntl
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from servanda.ground.refusal import Refused

MARK = ".servanda-home"
MARK_TEXT = "This directory was made by Servanda. `servanda up --fresh` removes it with all that is in it.\n"


class NotOurs(Refused):
    """A directory is not to be removed, because Servanda did not make it."""


class AlreadyUp(Refused):
    """Another `servanda up` runs in the same directory."""


def make(home: Path) -> None:
    """Make the directory with its mark. One that holds other things is used, but never marked."""
    is_new = not home.exists() or not any(home.iterdir())
    home.mkdir(mode=0o711, parents=True, exist_ok=True)  # 711: as root, PostgreSQL's account passes through
    if is_new:
        (home / MARK).write_text(MARK_TEXT, encoding="utf-8")


def remove(home: Path, *, release: Callable[[], None]) -> None:
    """Remove the directory, after what runs in it was released; refuses one that lacks our mark."""
    if not home.exists() or not any(home.iterdir()):
        return
    if not (home / MARK).is_file():
        raise NotOurs(
            f"{home} was not removed: it lacks the file {MARK}, so it was not made by Servanda. "
            "Name another directory in SERVANDA_HOME, or empty this one by hand."
        )
    with alone(home):
        release()
        shutil.rmtree(home)


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Keep a second `servanda up` out of the directory."""
    with open(home / "up.lock", "wb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyUp(
                f"Servanda is already up in {home}. Use that one, stop it, or name another directory in SERVANDA_HOME."
            ) from error
        yield


def secret(file: Path, *, length: int) -> str:
    """Return the secret kept in a file that only its owner can read; it is made when missing."""
    if not file.is_file():
        raw = file.with_name(f"{file.name}.new")
        descriptor = os.open(raw, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "w", encoding="ascii") as opened:
            opened.write(secrets.token_urlsafe(length) + "\n")
        raw.replace(file)
    return file.read_text(encoding="ascii").strip()
