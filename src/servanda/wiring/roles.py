"""The roles of the database: the owner makes and changes the tables, the others may only do their work in them.

The application is the worker. Pages have a role with less: they end nothing for good, sign nothing, and read no secret.
The signer has a role that reads what it decides by and alone writes what was signed (`docs/why/signer.md`).

What is append-only by a trigger is append-only by right as well: the application may add to such a table and read it, and
neither change, remove, empty nor alter it, nor switch its triggers off. Which tables those are is asked of the database, so
a table that a later migration guards is covered by the same rule. The rights are given anew after each migration.
"""

from contextlib import closing

import psycopg
from psycopg import sql

from servanda.wiring.accounts import PAGES_ROLE, SIGNER_ROLE, WORKER_ROLE

APPLICATION = WORKER_ROLE  # of the embedded database; with an own one, the role in SERVANDA_DATABASE_URL
WEB = PAGES_ROLE
SIGNER = SIGNER_ROLE

# What only the signer writes.
OF_SIGNER = ("node_document", "node_statement", "node_lost", "node_parked", "node_signing_key")
# Of these, pages see nothing at all; documents they read from the view node_outgoing; passwords they give, and a node's
# token they show, by a function.
UNSEEN_BY_PAGES = ("node_document", "node_statement", "node_lost", "node_token", "hosting_secret")
# What pages may do with tables that hold orders or that are never emptied.
OF_PAGES = {
    "node": (
        "grant select, update (counter, report_counter, report_number, last_report_at, accepted_seq, accepted_hash,"
        " reached_seq, facts, services) on node to {role}",
    ),
    "node_wish": ("grant select (id, node_id, key, subject, fingerprint, state, wished_at) on node_wish to {role}",),
    "service": ("grant select, insert, update on service to {role}",),
    "service_hold": ("grant select, insert, update on service_hold to {role}",),
    "hosting_part": ("grant select, insert, update on hosting_part to {role}",),
    "hosting_setup": ("grant select, insert, update on hosting_setup to {role}",),
    "backup_copy": ("grant select, insert, update on backup_copy to {role}",),
}
READ_BY_SIGNER = (
    "company", "node", "node_wish", "node_refusal", "evidence_warrant", "evidence_brake", "backup_copy",
    "evidence_halt", "installation_incarnation", "installation_place",
)  # fmt: skip

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


def grant_all(url: str) -> None:
    """Give the pages and the signer their rights anew, where the server has such roles."""
    with psycopg.connect(url) as connection:
        roles = {row[0] for row in connection.execute("select rolname from pg_roles").fetchall()}
        found = connection.execute("select current_schema()").fetchone()
        schema = sql.Identifier(found[0] if found else "public")
    if WEB in roles:
        _grant_web(url, schema)
    if SIGNER in roles:
        _grant_signer(url, schema)


def _grant_web(url: str, schema: sql.Identifier) -> None:
    grant_rights(url, WEB)
    with psycopg.connect(url) as connection:
        role = sql.Identifier(WEB)
        for table in (*OF_PAGES, *UNSEEN_BY_PAGES):
            connection.execute(sql.SQL("revoke all on {} from {}").format(sql.Identifier(table), role))
        for statement in (one for some in OF_PAGES.values() for one in some):
            connection.execute(sql.SQL(statement).format(role=role))


def _grant_signer(url: str, schema: sql.Identifier) -> None:
    """The signer reads what it decides by, and adds to what is its own; it changes only what waits and old keys."""
    with psycopg.connect(url) as connection:
        role = sql.Identifier(SIGNER)
        for statement in ("revoke all on all tables in schema {schema} from {role}", _RIGHTS[1], _RIGHTS[3]):
            connection.execute(sql.SQL(statement).format(schema=schema, role=role))
        for table in READ_BY_SIGNER:
            connection.execute(sql.SQL("grant select on {} to {}").format(sql.Identifier(table), role))
        for table in OF_SIGNER:
            connection.execute(sql.SQL("grant select, insert on {} to {}").format(sql.Identifier(table), role))
        connection.execute(sql.SQL("grant update, delete on node_parked to {}").format(role))
        connection.execute(sql.SQL("grant update (retired_at, spare_key) on node_signing_key to {}").format(role))


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
        for table in OF_SIGNER:
            connection.execute(
                sql.SQL("revoke insert, update, delete on {} from {}").format(
                    sql.Identifier(table), sql.Identifier(role)
                )
            )
    return tables
