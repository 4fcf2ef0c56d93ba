"""One conversation with the server: as the agent, by routines; as root, for the helper's verbs."""

import socket as sockets
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import pymysql
from pymysql.cursors import Cursor

from servanda.drivers.node import Broken, NotNow
from servanda.drivers.node.databases.places import agent_password_file, socket
from servanda.drivers.node.databases.routines import AGENT, SCHEMA
from servanda.drivers.node.layout import Layout

CONNECT_SECONDS = 5
ANSWER_SECONDS = 60
# Gone, refused, full, shutting down, lock waits and deadlocks: the same order may succeed later.
PASSING = frozenset({1040, 1053, 1203, 1205, 1213, 1226, 1317, 2002, 2003, 2006, 2013, 1021, 1030})
# KILL USER of an account that has no connection.
NOBODY_THERE = frozenset({1094, 1095})


@dataclass(frozen=True, slots=True)
class Conversation:
    """What one connection may ask."""

    cursor: Cursor

    def call(self, routine: str, *words: str | int) -> Sequence[tuple[Any, ...]]:
        """Call one of the routines and return its rows."""
        marks = ", ".join(["%s"] * len(words))
        self.cursor.execute(f"CALL {SCHEMA}.{routine}({marks})", words)
        rows: Sequence[tuple[Any, ...]] = self.cursor.fetchall()
        while self.cursor.nextset():
            pass
        return rows

    def ask(self, query: str, *words: str | int) -> Sequence[tuple[Any, ...]]:
        self.cursor.execute(query, words or None)
        rows: Sequence[tuple[Any, ...]] = self.cursor.fetchall()
        return rows


@contextmanager
def as_agent(layout: Layout) -> Iterator[Conversation]:
    """Converse with the server as the agent. Raises NotNow while it is away, Broken when it refuses."""
    try:
        password = agent_password_file(layout).read_text()
    except OSError as error:
        raise NotNow("the databases of this node were not prepared yet") from error
    with _conversation(layout, user=AGENT, password=password) as conversation:
        yield conversation


@contextmanager
def as_root(layout: Layout) -> Iterator[Conversation]:
    """Converse as the server's root, to whom the system's root is let in by the socket, without a password."""
    with _conversation(layout, user="root", password="") as conversation:
        yield conversation


def connect(
    layout: Layout, *, user: str, password: str, seconds: float = CONNECT_SECONDS
) -> "pymysql.Connection[Cursor]":
    """Open one connection by the server's socket, which is closed again when the server does not let us in."""
    path = str(socket(layout))
    line = sockets.socket(sockets.AF_UNIX, sockets.SOCK_STREAM)
    try:
        line.settimeout(seconds)
        line.connect(path)
    except OSError as error:
        line.close()
        raise pymysql.OperationalError(2002, f"the server does not answer at its socket: {error.strerror}") from error
    connection = pymysql.connect(
        unix_socket=path,
        user=user,
        password=password,
        charset="utf8mb4",
        autocommit=True,
        local_infile=False,
        read_timeout=ANSWER_SECONDS,
        write_timeout=ANSWER_SECONDS,
        defer_connect=True,
    )
    connection.connect(line)
    return connection


@contextmanager
def _conversation(layout: Layout, *, user: str, password: str) -> Iterator[Conversation]:
    try:
        with closing(connect(layout, user=user, password=password)) as connection, connection.cursor() as cursor:
            yield Conversation(cursor)
    except pymysql.MySQLError as error:
        raise _as_ours(error) from error


def _as_ours(error: pymysql.MySQLError) -> NotNow | Broken:
    number = error.args[0] if error.args and isinstance(error.args[0], int) else 0
    text = f"the database server answered {number}: {error.args[-1] if error.args else ''}"
    return NotNow(text) if number in PASSING else Broken(text)
