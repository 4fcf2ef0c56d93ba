"""Carrying out an audit: one consistent view of the database, in which nothing can be written."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from itertools import chain

from django.db import connection, transaction

from servanda.business.audit.facts import ROWS_MAX, AuditReport, Finding, Invariant, Row
from servanda.business.audit.queries.guards import missing_guards
from servanda.business.audit.queries.scope import Scope, scope_of
from servanda.business.audit.queries.table import INVARIANTS
from servanda.ground.refusal import Refused


class NoSuchInvariant(Refused):
    """No invariant has the number."""


def run_audit(*, company_id: int | None = None, only: tuple[int, ...] = (), language: str = "en") -> AuditReport:
    """Check the invariants, all or those named, on one company's rows or on all; refuses unknown numbers.

    Runs in a read-only transaction at one point in time, so that a night's work beside it is no violation.
    """
    chosen = _chosen(only)
    with unwritable() as now:
        scope = scope_of(company_id, now=now)
        return AuditReport(tuple(_check(invariant, scope, language) for invariant in chosen))


def _chosen(only: tuple[int, ...]) -> tuple[Invariant[Scope], ...]:
    unknown = sorted(set(only) - {invariant.number for invariant in INVARIANTS})
    if unknown:
        known = ", ".join(str(invariant.number) for invariant in INVARIANTS)
        raise NoSuchInvariant(f"There is no invariant {unknown[0]}. Choose among {known}.")
    return tuple(invariant for invariant in INVARIANTS if not only or invariant.number in only)


@contextmanager
def unwritable() -> Iterator[datetime]:
    """Begin a transaction that sees one state and can write nothing; the database tells what time it is."""
    is_nested = connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if not is_nested:
            cursor.execute("set transaction isolation level repeatable read")
        cursor.execute("set transaction read only")
        cursor.execute("set local jit = off")
        cursor.execute("set local work_mem = '64MB'")
        cursor.execute("select now()")
        yield cursor.fetchone()[0]


def _check(invariant: Invariant[Scope], scope: Scope, language: str) -> Finding:
    began = time.perf_counter()
    violations, rows = 0, list[Row]()
    for query in invariant.queries:
        count, shown = scope.counted(query, limit=ROWS_MAX)
        violations += count
        rows += shown
    for row in chain(missing_guards(invariant.guards), *(check(scope) for check in invariant.checks)):
        violations += 1
        if len(rows) < ROWS_MAX:
            rows.append(row)
    return Finding(
        number=invariant.number,
        name=invariant.name,
        violations=violations,
        rows=tuple(map(_plain, rows[:ROWS_MAX])),
        explanation=invariant.explanation(language),
        seconds=time.perf_counter() - began,
    )


def _plain(row: Row) -> Row:
    """Return the row with values that JSON can hold."""
    return {name: _plain_value(value) for name, value in row.items()}


def _plain_value(value: object) -> object:
    if isinstance(value, date):  # a moment is one too
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
