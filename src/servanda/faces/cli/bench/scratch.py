"""Databases of the bench's own, on the server of this installation: made, migrated, and dropped however the bench ends."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count

import psycopg
from django.core.management import call_command
from django.db import connection
from psycopg import sql

PREFIX = "servanda_bench"
_numbers = count(1)


@contextmanager
def scratch_database() -> Iterator[str]:
    """Lead Django to a new, migrated database for as long as the block runs, and drop it afterwards."""
    name, home = _new_name(), _connection_text()
    try:
        _run(home, "create database {} template template0", name)
        with _leading_to(name):
            call_command("migrate", interactive=False, verbosity=0)
            yield name
    finally:
        _run(home, "drop database if exists {} with (force)", name)


@contextmanager
def copy_of(name: str) -> Iterator[str]:
    """Copy a database to which only Django is connected; return how to connect to the copy, and drop it afterwards."""
    copy, home = _new_name(), _connection_text("postgres")
    connection.close()  # a database is copied only while nobody is connected to it
    try:
        _run(home, "create database {} template {}", copy, name)
        yield _connection_text(copy)
    finally:
        _run(home, "drop database if exists {} with (force)", copy)


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


def _new_name() -> str:
    return f"{PREFIX}_{os.getpid()}_{next(_numbers)}"


def _connection_text(database: str | None = None) -> str:
    """Return how psycopg connects to a database of the server that Django is led to."""
    settings = connection.settings_dict
    parts = {
        "dbname": database or settings["NAME"],
        "user": settings["USER"],
        "password": settings["PASSWORD"],
        "host": settings["HOST"],
        "port": settings["PORT"],
    }
    return psycopg.conninfo.make_conninfo("", **{name: value for name, value in parts.items() if value})


def _run(home: str, statement: str, *names: str) -> None:
    with closing(psycopg.connect(home, autocommit=True)) as plain:
        plain.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
