"""What the database alone can do: the rows that billing wrote, written once more by plain `insert … select`.

They go into the same tables of a copy of the database that was made before billing began: the same rows beside them, the
same indexes, constraints and triggers, all committed at the end. That is the limit which no program on top can pass.
"""

import time
from collections.abc import Mapping
from contextlib import closing

import psycopg
from django.db import connection
from psycopg import sql

from servanda.faces.cli.bench.running import settle

# Where billing writes, each table after those that it refers to.
TABLES = ("invoice", "invoice_line", "ledger_entry", "ledger_posting", "evidence_record", "letter")
_STAGED = "create unlogged table {staged} (like {table})"
_OUT = "copy (select * from {table} where id > {after} order by id) to stdout (format binary)"
_IN = "copy {staged} from stdin (format binary)"
_INSERT = "insert into {table} select * from {staged}"


def last_ids() -> dict[str, int]:
    """Return the highest row number of each table, to tell later what is new."""
    with connection.cursor() as cursor:
        cursor.execute(" union all ".join(f"select '{table}', coalesce(max(id), 0) from {table}" for table in TABLES))
        return dict(cursor.fetchall())


def size_of_tables() -> int:
    """Return the bytes that the tables take with their indexes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select sum(pg_total_relation_size(name::regclass)) from unnest(%s::text[]) name", [list(TABLES)]
        )
        return int(cursor.fetchone()[0])


def seconds_of_raw_insert(copy: str, *, after: Mapping[str, int]) -> float:
    """Write the rows that are new since `after` into the copy of the database, and return how long that takes."""
    with closing(psycopg.connect(copy, autocommit=True)) as target:
        for table in TABLES:
            _stage(target, table, after[table])
        with target.cursor() as cursor:
            settle(cursor)
        began = time.perf_counter()
        with target.transaction():
            for table in TABLES:
                target.execute(_statement(_INSERT, table))
        return time.perf_counter() - began


def _stage(target: "psycopg.Connection[tuple[object, ...]]", table: str, after: int) -> None:
    """Bring the new rows of a table over, in their own form and without anything to check."""
    target.execute(_statement(_STAGED, table))
    with connection.cursor() as source, target.cursor() as into:
        with source.copy(_statement(_OUT, table, after)) as rows, into.copy(_statement(_IN, table)) as copy:
            for block in rows:
                copy.write(block)
        into.execute(sql.SQL("analyze {}").format(_staged(table)))


def _statement(text: str, table: str, after: int = 0) -> sql.Composed:
    return sql.SQL(text).format(table=sql.Identifier(table), staged=_staged(table), after=sql.Literal(after))


def _staged(table: str) -> sql.Identifier:
    return sql.Identifier(f"staged_{table}")
