"""What stands in the tables that an act changes, to be compared: all columns of all rows, but what is drawn by chance."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, NoReturn

from django.db import connection, transaction

Rows = Mapping[str, tuple[Mapping[str, Any], ...]]


@contextmanager
def undone() -> Iterator[None]:
    """Take everything back that the block does, however it ends."""

    class Done(Exception):
        pass

    def leave() -> NoReturn:
        raise Done

    try:
        with transaction.atomic():
            yield
            leave()
    except Done:
        pass


def changes() -> Mapping[str, int]:
    """Return how many rows of each table were written in this transaction so far, also what was taken back."""
    return dict(
        _fetched(
            "select relname, n_tup_ins + n_tup_upd + n_tup_del from pg_stat_xact_user_tables"
            " where n_tup_ins + n_tup_upd + n_tup_del > 0"
        )
    )


def changed_since(before: Mapping[str, int]) -> frozenset[str]:
    return frozenset(table for table, count in changes().items() if count > before.get(table, 0))


@cache
def _sequences() -> Mapping[str, tuple[str, str]]:
    """Return by table its counting column and the sequence behind it."""
    return {
        table: (column, sequence)
        for table, column, sequence in _fetched(
            "select c.relname, a.attname, pg_get_serial_sequence(quote_ident(c.relname), a.attname)"
            " from pg_class c join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'"
            " join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped"
            " where c.relkind = 'r' and pg_get_serial_sequence(quote_ident(c.relname), a.attname) is not null"
        )
    }


def number_on(tables: Iterable[str]) -> None:
    """Let new rows be numbered as if what was taken back had never been numbered: so the same act gives the same numbers."""
    parts = [
        f'select setval(\'{sequence}\', coalesce(max("{column}"), 1), count(*) > 0) from "{table}"'
        for table in sorted(tables)
        if table in _sequences()
        for column, sequence in [_sequences()[table]]
    ]
    if parts:
        _fetched(" union all ".join(parts))


@dataclass(frozen=True, slots=True)
class Compared:
    """The tables that an act changes, and the columns of them that chance fills."""

    tables: tuple[str, ...]
    by_chance: frozenset[tuple[str, str]] = frozenset()

    def digest(self) -> tuple[str, ...]:
        """Return a digest per table of all that stands in it."""
        parts = [
            f"select {place}, md5(coalesce(string_agg(h, '' order by h), '')) from"
            f' (select md5(({self._row(table)})::text) h from "{table}" t) x'
            for place, table in enumerate(self.tables)
        ]
        return tuple(value for _, value in sorted(_fetched(" union all ".join(parts)))) if parts else ()

    def rows(self) -> Rows:
        """Return all rows, to show what differs."""
        return {
            table: tuple(row for (row,) in _loaded(f'select {self._row(table)} from "{table}" t'))
            for table in self.tables
        }

    def _row(self, table: str) -> str:
        names = sorted(column for name, column in self.by_chance if name == table)
        without = ", ".join(f"'{name}'" for name in names)
        return f"to_jsonb(t) - array[{without}]" if names else "to_jsonb(t)"


def differing_columns(first: Rows, second: Rows) -> frozenset[tuple[str, str]]:
    """Return the columns in which two runs of the same act differ, row by row in the order of their numbers."""
    found = set()
    for table, rows in first.items():
        for one, other in zip(sorted(rows, key=_place), sorted(second[table], key=_place), strict=True):
            found.update((table, column) for column in one if one[column] != other[column])
    return frozenset(found)


def told(first: Rows, second: Rows) -> str:
    """Return the rows that only one of the two has."""
    lines = []
    for table in first:
        lines += [f"- {table}: {row}" for row in first[table] if row not in second[table]]
        lines += [f"+ {table}: {row}" for row in second[table] if row not in first[table]]
    return "\n".join(lines)[:4000]


def _place(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return (row["id"],) if "id" in row else tuple(str(value) for value in row.values())


def _fetched(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.cursor.execute(statement)
        return list(cursor.cursor.fetchall())


def _loaded(statement: str) -> list[tuple[Any, ...]]:
    import json

    return [(json.loads(row) if isinstance(row, str) else row,) for (row,) in _fetched(statement)]
