"""Databases of the bench's own, on the server of this installation: made, migrated, and dropped however the bench ends."""

import os
import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count

import psycopg
from django.core.management import call_command
from django.db import connection
from psycopg import sql

from servanda.ground.refusal import Refused

PREFIX = "servanda_bench"  # then the process and a number: what a `kill -9` leaves behind can be told by its name
_numbers = count(1)


class NoScratchDatabase(Refused):
    """The server does not let us create a database."""


@contextmanager
def scratch_database() -> Iterator[str]:
    """Lead Django to a new, migrated database for as long as the block runs, and drop it afterwards."""
    with _made_database(template="template0") as name, _leading_to(name):
        call_command("migrate", interactive=False, verbosity=0)
        yield name


@contextmanager
def copy_of(name: str) -> Iterator[str]:
    """Copy a database to which only Django is connected; give the way to connect to the copy, and drop it afterwards."""
    connection.close()  # a database is copied only while nobody is connected to it
    with _made_database(template=name) as copy:
        yield connection_text(copy)


def connection_text(database: str) -> str:
    """Return how psycopg connects to a database of the server that Django is led to."""
    settings = connection.settings_dict
    parts = {
        "dbname": database,
        "user": settings["USER"],
        "password": settings["PASSWORD"],
        "host": settings["HOST"],
        "port": settings["PORT"],
    }
    return psycopg.conninfo.make_conninfo("", **{name: value for name, value in parts.items() if value})


@contextmanager
def _made_database(*, template: str) -> Iterator[str]:
    name, home = f"{PREFIX}_{os.getpid()}_{next(_numbers)}", connection_text("postgres")
    try:
        try:
            _run(home, "create database {} template {}", name, template)
        except psycopg.errors.InsufficientPrivilege as error:
            raise NoScratchDatabase(
                f"The bench needs a database of its own, and the server refuses one: {str(error).strip()}. "
                "Grant the role CREATEDB, or unset SERVANDA_DATABASE_URL to measure the embedded server."
            ) from error
        yield name
    finally:
        with _deaf():
            _run(home, "drop database if exists {} with (force)", name)


@contextmanager
def _leading_to(name: str) -> Iterator[None]:
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


@contextmanager
def _deaf() -> Iterator[None]:
    """A second Ctrl-C must not leave a database behind."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _run(home: str, statement: str, *names: str) -> None:
    with closing(psycopg.connect(home, autocommit=True)) as plain:
        plain.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
