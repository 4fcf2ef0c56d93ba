"""Sealing: rows that came since the last time are tied to the chain, in one order, by whoever has the company's turn.

Rows are not chained as they are written: several writers at once, and COPY, would have to wait for each other. A round does it
soon after. Which rows are new is asked of the chain itself, not of a mark: a row number may become visible after a higher
one. A round looks back over the newest numbers only; once a day the whole of both tables is looked through.
"""

import hashlib
from collections.abc import Iterator
from datetime import date, datetime

from django.db import connection, transaction

from servanda.business.billing.actions.bulk import copy_rows
from servanda.business.books.models import Head, Link
from servanda.business.books.queries.contents import BEGINNING, CHAINED

BATCH = 20_000
LOOK_BACK = 20_000  # row numbers; a transaction that is overtaken by more is found once a day
_TURN = 20_272  # names the lock on a company's chain among all advisory locks
_LINK = ("company_id", "sequence", "kind", "row_id", "row_sha256", "previous_sha256", "sha256")


def seal(company_id: int, *, is_whole: bool = False) -> int:
    """Tie all rows to the chain that are not in it, and return how many those were."""
    return sum(_seal_kind(company_id, kind, is_whole=is_whole) for kind in CHAINED)


@transaction.atomic
def note_head(company_id: int, *, day: date, at: datetime) -> bool:
    """Note how far the chain has come now that the day is over. False: it was noted before, or there is nothing yet."""
    _take_turn(company_id)
    last = Link.objects.filter(company_id=company_id).order_by("-sequence").first()
    if last is None or Head.objects.filter(company_id=company_id, day__gte=day).exists():
        return False
    sha256 = bytes(last.sha256).hex()
    Head.objects.create(company_id=company_id, day=day, sequence=last.sequence, sha256=sha256, at=at)
    return True


def _seal_kind(company_id: int, kind: str, *, is_whole: bool) -> int:
    sealed = 0
    while True:
        found = _seal_some(company_id, kind, is_whole=is_whole)
        sealed += found
        if found < BATCH:
            return sealed


@transaction.atomic
def _seal_some(company_id: int, kind: str, *, is_whole: bool) -> int:
    _take_turn(company_id)
    mine = Link.objects.filter(company_id=company_id)
    newest = mine.filter(kind=kind).order_by("-row_id").values_list("row_id", flat=True)
    after = 0 if is_whole else (newest.first() or 0) - LOOK_BACK
    table, content = CHAINED[kind]
    with connection.cursor() as cursor:
        cursor.execute(
            _UNSEALED.format(table=table, content=content),
            {"company": company_id, "kind": kind, "after": after, "limit": BATCH},
        )
        rows = [(row_id, bytes(sha256)) for row_id, sha256 in cursor.fetchall()]
    if rows:
        last = mine.order_by("-sequence").values_list("sequence", "sha256").first()
        sequence, sha256 = (last[0], bytes(last[1])) if last else (0, BEGINNING)
        copy_rows("books_link", _LINK, _links(company_id, kind, rows, sequence, sha256))
    return len(rows)


def _links(
    company_id: int, kind: str, rows: list[tuple[int, bytes]], sequence: int, sha256: bytes
) -> Iterator[tuple[object, ...]]:
    for row_id, row_sha256 in rows:
        sequence, previous = sequence + 1, sha256
        sha256 = hashlib.sha256(previous + row_sha256).digest()
        yield (company_id, sequence, kind, row_id, row_sha256, previous, sha256)


def _take_turn(company_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [_TURN, company_id])


_UNSEALED = """
select e.id, {content} from (
    select r.* from {table} r
     where r.company_id = %(company)s and r.id > %(after)s and not exists (
           select 1 from books_link l where l.company_id = %(company)s and l.kind = %(kind)s and l.row_id = r.id)
     order by r.id limit %(limit)s) e
 order by e.id
"""
