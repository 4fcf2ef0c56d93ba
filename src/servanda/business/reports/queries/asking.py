"""Putting a question to the database: the rows of one SELECT, and amounts out of its whole numbers."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from servanda.ground.money import Money


def rows(query: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Return the rows of one SELECT."""
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


def row(query: str, values: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return the one row of a SELECT that always has one."""
    (found,) = rows(query, values)
    return found


def amount(minor: int | None) -> Money:
    """Return so many øre; the sum of no rows is nothing."""
    return Money(int(minor or 0))


@contextmanager
def one_view() -> Iterator[None]:
    """See the database at one moment for all questions of a report, so that its parts add up while the house works on."""
    is_nested = connection.in_atomic_block
    with transaction.atomic():
        if not is_nested:
            with connection.cursor() as cursor:
                cursor.execute("set transaction isolation level repeatable read, read only; set local jit = off")
        yield
