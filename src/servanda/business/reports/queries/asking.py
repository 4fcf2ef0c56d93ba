"""Putting a question to the database: the rows of one SELECT, and amounts out of its whole numbers.

Sums over documents are kept for as long as the company has issued no further one. Documents never change, and their numbers
rise without a gap under one lock: so the next number names the set of all of them, and what was summed over it stays right.
Nothing else is kept, least of all what the books say, because that is what the sums are held against.
"""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.core.cache import cache
from django.db import connection, transaction

from servanda.ground.money import Money

KEPT_SECONDS = 24 * 60 * 60
_NEXT_NUMBER = "select name, next_number from billing_number_series where company_id = %(company)s order by name"


def rows(query: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Return the rows of one SELECT."""
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


def rows_of_documents(query: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Return the rows of a SELECT that reads nothing but issued documents and their lines."""
    number = rows(_NEXT_NUMBER, values)
    asked = (connection.settings_dict["NAME"], query, sorted(values.items()), number)
    key = f"reports:{hashlib.sha256(repr(asked).encode()).hexdigest()}"
    found: list[tuple[Any, ...]] | None = cache.get(key)
    if found is None:
        found = rows(query, values)
        cache.set(key, found, KEPT_SECONDS)
    return found


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
