"""Two roles of the database: the owner makes and changes the tables, the application may only do its work in them.

What is append-only by a trigger is append-only by right as well: the application may add to such a table and read it, and
neither change, remove, empty nor alter it, nor switch its triggers off. Which tables those are is asked of the database, so
a table that a later migration guards is covered by the same rule. The rights are given anew after each migration.
"""

from contextlib import closing

import psycopg
from psycopg import sql

APPLICATION = "servanda_app"  # of the embedded database; with an own one, the role in SERVANDA_DATABASE_URL

# Each table whose changes a trigger refuses: `<table>_append_only` (business/evidence/migrations/0002_append_only.py).
_APPEND_ONLY = """
select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
 where n.nspname = current_schema() and c.relkind in ('r', 'p')
   and exists (select 1 from pg_trigger t join pg_proc p on p.oid = t.tgfoid
                where t.tgrelid = c.oid and t.tgname = c.relname || '_append_only' and p.proname = 'refuse_change')
 order by c.relname
"""
_RIGHTS = (
    "revoke all on all tables in schema {schema} from {role}",
    "grant usage on schema {schema} to {role}",
    "grant select, insert, update, delete on all tables in schema {schema} to {role}",
    "grant usage, select on all sequences in schema {schema} to {role}",
    "grant execute on all functions in schema {schema} to {role}",
)


def make_role(url: str, role: str = APPLICATION) -> None:
    """Make the role that the application logs in as, unless it is there."""
    with closing(psycopg.connect(url, autocommit=True)) as connection:
        if connection.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone() is None:
            connection.execute(sql.SQL("create role {} login").format(sql.Identifier(role)))


def grant_rights(url: str, role: str = APPLICATION) -> tuple[str, ...]:
    """Give the application its rights on what there is now, in one transaction, and return the tables it can only add to."""
    with psycopg.connect(url) as connection:
        found = connection.execute("select current_schema()").fetchone()
        schema = sql.Identifier(found[0] if found else "public")
        for statement in _RIGHTS:
            connection.execute(sql.SQL(statement).format(schema=schema, role=sql.Identifier(role)))
        tables = tuple(row[0] for row in connection.execute(_APPEND_ONLY).fetchall())
        for table in tables:
            connection.execute(
                sql.SQL("revoke update, delete on {} from {}").format(sql.Identifier(table), sql.Identifier(role))
            )
    return tables
