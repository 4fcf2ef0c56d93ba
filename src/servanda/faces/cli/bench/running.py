"""On what was measured: whether commits are durable, and what this process takes."""

import resource
import sys
from dataclasses import dataclass
from typing import Protocol

from django.db import connection


class Cursor(Protocol):
    """What Django's cursors and psycopg's have in common."""

    def execute(self, statement: str, /) -> object: ...

    def fetchone(self) -> tuple[object, ...] | None: ...


@dataclass(frozen=True, slots=True)
class Durability:
    """The server and whether a commit that it has confirmed survives a power cut."""

    postgresql: str
    fsync: str
    synchronous_commit: str
    full_page_writes: str

    @property
    def is_durable(self) -> bool:
        return self.fsync == "on" and self.synchronous_commit != "off" and self.full_page_writes == "on"


def durability() -> Durability:
    """Ask the server that Django is led to."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select current_setting('server_version'), current_setting('fsync'),"
            " current_setting('synchronous_commit'), current_setting('full_page_writes')"
        )
        return Durability(*cursor.fetchone())


def peak_memory_bytes() -> int:
    """Return the most memory that this process has taken so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024  # elsewhere it is counted in kibibytes


def settle(cursor: Cursor) -> None:
    """Let the server write out what came before, where our role may ask for that: it must not disturb what is timed."""
    cursor.execute("select pg_has_role(current_user, 'pg_checkpoint', 'usage')")
    if cursor.fetchone() == (True,):
        cursor.execute("checkpoint")


def pages_touched() -> int:
    """Return how many pages were looked at in this database so far, by whomever."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_stat_force_next_flush()")
        cursor.execute("select blks_hit + blks_read from pg_stat_database where datname = current_database()")
        return int(cursor.fetchone()[0])
