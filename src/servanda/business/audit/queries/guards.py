"""Are the constraints and triggers there that an invariant leans on? A restored or hand-mended database may lack them."""

import re
from collections.abc import Iterator

from django.db import connection

from servanda.business.audit.facts import Row

_TRIGGER = """
select 1 from pg_trigger where tgname = %s and tgrelid = to_regclass(%s) and tgenabled in ('O', 'A')
"""
_CONSTRAINT = """
select 1 from pg_constraint where conname = %s and conrelid = to_regclass(%s) and convalidated
union all
select 1 from pg_index i join pg_class c on c.oid = i.indexrelid
 where c.relname = %s and i.indrelid = to_regclass(%s) and i.indisunique and i.indisvalid
"""
_UNIQUE = """
select 1 from pg_index i
 where i.indrelid = to_regclass(%s) and i.indisunique and i.indisvalid and i.indpred is null
   and (select array_agg(a.attname::text) from pg_attribute a
         where a.attrelid = i.indrelid and a.attnum = any(i.indkey::int2[])) = array[%s]
"""
_NAMED = re.compile(r"(?P<kind>trigger|constraint) (?P<name>\w+) on (?P<table>\w+)")
_COLUMN = re.compile(r"unique (?P<table>\w+)\((?P<column>\w+)\)")


def missing_guards(guards: tuple[str, ...]) -> Iterator[Row]:
    """Yield the guards that the database lacks or that are switched off."""
    for guard in guards:
        if not _stands(guard):
            yield {"guard": guard, "problem": "missing or switched off"}


def _stands(guard: str) -> bool:
    select, values = _question(guard)
    with connection.cursor() as cursor:
        cursor.execute(select, values)
        return cursor.fetchone() is not None


def _question(guard: str) -> tuple[str, list[str]]:
    named = _NAMED.fullmatch(guard)
    if named is not None:
        name, table = named["name"], named["table"]
        return (_TRIGGER, [name, table]) if named["kind"] == "trigger" else (_CONSTRAINT, [name, table, name, table])
    column = _COLUMN.fullmatch(guard)
    assert column is not None, f"no form of guard: {guard}"
    return _UNIQUE, [column["table"], column["column"]]
