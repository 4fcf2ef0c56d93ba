"""The beat: before anything is done by itself, the mark beside the database is compared with it, and the clocks are looked at.

The mark is written after the beat is committed, so a beat that is cut off leaves a database that is ahead: that is well.
Several programs of one place beat one after the other, behind a lock on the file.
"""

import fcntl
import hashlib
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from django.conf import settings

from servanda.business.installation.actions import beat, confirm_copy, join, refuse_unreconciled
from servanda.business.installation.facts import Mark
from servanda.business.installation.queries import seems_copied
from servanda.faces.clock.reconciling import note_what_went
from servanda.ground.refusal import Refused

MACHINE = Path("/etc/machine-id")
NAME_BYTES = 8


class MarkUnreadable(Refused):
    """The mark is there, and says nothing that can be understood."""


def may_work(now: datetime) -> bool:
    """Beat, and tell whether this installation may do anything by itself. False: it is taken for a copy."""
    with _alone():
        found = beat(_kept(), machine=machine(), fresh=secrets.token_hex(NAME_BYTES), now=now)
        if found.mark is not None:
            _keep(found.mark)
    return not found.is_copy


def must_not_sign() -> bool:
    """Tell whether this is a copy or looks like one, for the signer, which may write nothing of it."""
    return seems_copied(_kept(), machine=machine())


def take_over(*, by: str, reason: str, now: datetime) -> None:
    """Let this place and its database go on as a new incarnation, once a person has reconciled everything.

    What waits although it went is recorded as sent first: that changes nothing when it is done twice.
    """
    refuse_unreconciled(reason)
    note_what_went(now)
    with _alone():
        _keep(confirm_copy(machine=machine(), fresh=secrets.token_hex(NAME_BYTES), by=by, reason=reason, now=now))


def join_as_further_machine(*, by: str, reason: str, now: datetime) -> None:
    """Let this place work with a database that another place works with already."""
    with _alone():
        fresh = secrets.token_hex(NAME_BYTES)
        _keep(join(_kept(), machine=machine(), fresh=fresh, by=by, reason=reason, now=now))


def machine() -> str:
    """Return a digest of this machine's own id; empty where it has none."""
    if not MACHINE.is_file():
        return ""
    own = MACHINE.read_text(encoding="ascii", errors="replace").strip()
    return hashlib.sha256(f"servanda {own}".encode()).hexdigest()[:16] if own else ""


def _kept() -> Mark | None:
    file: Path = settings.MARK
    if not file.is_file():
        return None
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        return Mark(**{**told, "beat_at": datetime.fromisoformat(told["beat_at"])})
    except (ValueError, TypeError, KeyError) as error:
        raise MarkUnreadable(
            f"The mark {file} cannot be read: {error}. Nothing is done by itself until it can. If the disk was damaged, "
            "move the file away: the installation is then taken for a copy, which a person confirms."
        ) from error


def _keep(mark: Mark) -> None:
    file: Path = settings.MARK
    beside = file.with_suffix(".new")
    beside.write_text(json.dumps({**asdict(mark), "beat_at": mark.beat_at.isoformat()}) + "\n", encoding="utf-8")
    beside.replace(file)


@contextmanager
def _alone() -> Iterator[None]:
    file: Path = settings.MARK
    file.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    # Opened for reading: parts of one place have accounts of their own, and any of them may have made it.
    with open(os.open(file.with_suffix(".lock"), os.O_RDONLY | os.O_CREAT, 0o644), "rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
