"""Does the chain hold? Every link is computed again, and every row that it names is read again."""

from datetime import timedelta
from typing import Any

from django.db import connection

from servanda.business.books.facts import ChainFault, ChainReport, HeadFacts
from servanda.business.books.models import Head
from servanda.business.books.queries.contents import BEGINNING, CHAINED

FAULTS_MAX = 20
SLACK = timedelta(hours=1)  # a transaction that ran over midnight is chained by the next round
BACKDATED = timedelta(days=1)


def heads_of(company_id: int, *, limit: int | None = None) -> tuple[HeadFacts, ...]:
    """Return the heads of the chain, the newest first."""
    return tuple(_head(row) for row in Head.objects.filter(company_id=company_id).order_by("-day")[:limit])


def head_of(company_id: int) -> HeadFacts | None:
    """Return the newest head, if there is one."""
    found = heads_of(company_id, limit=1)
    return found[0] if found else None


def check_chain(company_id: int, *, known: tuple[HeadFacts, ...] = ()) -> ChainReport:
    """Walk along the whole chain of a company. `known` are heads that were kept outside, to be compared.

    Found are rows that were changed, removed, slipped in or moved, links that were made anew, and heads that differ.
    """
    head = head_of(company_id)
    values: dict[str, Any] = {
        "company": company_id,
        "beginning": BEGINNING,
        "head_at": head.at - SLACK if head else None,
        "backdated": BACKDATED,
        "days": [one.day for one in known],
        "sequences": [one.sequence for one in known],
        "hashes": [one.sha256 for one in known],
    }
    faults, count = [], 0
    for select in _FAULTS:
        with connection.cursor() as cursor:
            cursor.execute(f"select *, count(*) over () from ({select}) found limit {FAULTS_MAX:d}", values)
            rows = cursor.fetchall()
        count += rows[0][-1] if rows else 0
        faults += [
            ChainFault(problem=problem, kind=kind, row_id=row_id, sequence=place)
            for problem, kind, row_id, place, _ in rows
        ]
    return ChainReport(
        links=_number("select count(*) from books_link where company_id = %(company)s", values),
        waiting=sum(_number(_WAITING.format(kind=kind, table=table), values) for kind, (table, _) in CHAINED.items()),
        head=head,
        faults=tuple(faults[:FAULTS_MAX]),
        faults_count=count,
    )


def _number(select: str, values: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(select, values)
        found = cursor.fetchone()[0]
    assert isinstance(found, int)
    return found


def _head(row: Head) -> HeadFacts:
    return HeadFacts(day=row.day, sequence=row.sequence, sha256=row.sha256, at=row.at)


_WAITING = """
select count(*) from {table} e where e.company_id = %(company)s and not exists (
    select 1 from books_link l where l.company_id = e.company_id and l.kind = '{kind}' and l.row_id = e.id)
"""
_LINKS = """
select case when sequence <> coalesce(sequence_before, 0) + 1 then 'links are missing before this one'
            when sha256 <> sha256(previous_sha256 || row_sha256) then 'the link was made by hand'
            else 'it is not tied to the link before it' end as problem, kind, row_id, sequence
  from (select kind, row_id, sequence, row_sha256, previous_sha256, sha256, lag(sequence) over w as sequence_before,
               lag(sha256) over w as sha256_before
          from books_link where company_id = %(company)s window w as (order by sequence)) l
 where sequence <> coalesce(sequence_before, 0) + 1 or sha256 <> sha256(previous_sha256 || row_sha256)
    or previous_sha256 <> coalesce(sha256_before, %(beginning)s)
"""
_ROWS = """
select case when e.id is null then 'the row is gone' else 'the row was changed' end as problem, l.kind, l.row_id, l.sequence
  from books_link l left join {table} e on e.id = l.row_id and e.company_id = l.company_id
 where l.company_id = %(company)s and l.kind = '{kind}' and (e.id is null or l.row_sha256 <> {content})
"""
# What is not in the chain although the day before it was over.
_SLIPPED_IN = """
select 'a row was slipped in' as problem, '{kind}' as kind, e.id as row_id, null::bigint as sequence
  from {table} e
 where e.company_id = %(company)s and e.at < %(head_at)s and not exists (
       select 1 from books_link l where l.company_id = e.company_id and l.kind = '{kind}' and l.row_id = e.id)
"""
# What came into the chain after a head, and claims to be older than it.
_BACKDATED = """
select 'a row claims a moment long before it was chained' as problem, l.kind, l.row_id, l.sequence
  from books_link l join {table} e on e.id = l.row_id
 cross join (select array_agg(sequence + 1 order by day) as places, array_agg(at order by day) as moments
               from books_head where company_id = %(company)s) h
 where l.company_id = %(company)s and l.kind = '{kind}' and h.places is not null
   and e.at < h.moments[width_bucket(l.sequence, h.places)] - %(backdated)s::interval
"""
_HEADS = """
select 'the head of ' || h.day || ' is another' as problem, 'head' as kind, null::bigint as row_id, h.sequence
  from books_head h left join books_link l on l.company_id = h.company_id and l.sequence = h.sequence
 where h.company_id = %(company)s and h.sha256 is distinct from encode(l.sha256, 'hex')
union all
select 'the head of ' || k.day || ' that was kept outside is another', 'head', null, k.sequence
  from unnest(%(days)s::date[], %(sequences)s::bigint[], %(hashes)s::text[]) as k (day, sequence, sha256)
  left join books_link l on l.company_id = %(company)s and l.sequence = k.sequence
 where k.sha256 is distinct from encode(l.sha256, 'hex')
"""
_FAULTS = (
    _LINKS,
    _HEADS,
    *(
        select.format(kind=kind, table=table, content=content)
        for kind, (table, content) in CHAINED.items()
        for select in (_ROWS, _SLIPPED_IN, _BACKDATED)
    ),
)
