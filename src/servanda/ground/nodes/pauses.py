"""When a pause for load is over. Pure. A node ends it by itself, also when its control plane is away."""

from datetime import datetime, timedelta
from typing import TypeVar

import msgspec

from servanda.ground.nodes.kinds.base import Statement

PAUSE = timedelta(hours=4)  # servicepoint-035: a pause for load is short and ends by itself

Kind = TypeVar("Kind", bound=Statement)


def is_paused(statement: Statement) -> bool:
    return any(one.cause == "load" for one in statement.holds)


def pause_is_over(*, held_at: datetime, now: datetime) -> bool:
    """Tell whether a pause for load has lasted as long as one may."""
    return now - held_at >= PAUSE


def without_ended_pauses(statement: Kind, *, held_at: datetime | None, now: datetime) -> Kind:
    """Return the statement as the node serves it: a pause for load that has lasted its time holds nothing any more.

    Only what is held for load is released; every other hold stays as it was said.
    """
    if held_at is None or not pause_is_over(held_at=held_at, now=now):
        return statement
    return msgspec.structs.replace(statement, holds=tuple(one for one in statement.holds if one.cause != "load"))
