"""The rows that say what mail is served: one SQLite file in WAL, written by the agent, read by Postfix and the gate.

WAL, because with a rollback journal a writer makes Postfix end with "database is locked". The file is never replaced:
Postfix keeps it open. Password hashes are not here, since Postfix may write this file (see `logins.py`).
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from servanda.drivers.node import NotNow

SCHEMA = """
CREATE TABLE IF NOT EXISTS domain (
    name TEXT PRIMARY KEY, tenant INTEGER NOT NULL, is_local INTEGER NOT NULL, receiving TEXT NOT NULL,
    sending TEXT NOT NULL, block TEXT NOT NULL, block_until INTEGER NOT NULL, route TEXT NOT NULL,
    hourly INTEGER NOT NULL, daily INTEGER NOT NULL, alike INTEGER NOT NULL, selector TEXT NOT NULL,
    weekly INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE IF NOT EXISTS mailbox (
    address TEXT PRIMARY KEY, domain TEXT NOT NULL, tenant INTEGER NOT NULL, receiving TEXT NOT NULL,
    sending TEXT NOT NULL, block TEXT NOT NULL, block_until INTEGER NOT NULL,
    hourly INTEGER NOT NULL, daily INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS send_as (
    login TEXT NOT NULL, address TEXT NOT NULL, domain TEXT NOT NULL, PRIMARY KEY (address, login)
) STRICT;
CREATE INDEX IF NOT EXISTS send_as_of_login ON send_as (login);
CREATE TABLE IF NOT EXISTS alias (source TEXT PRIMARY KEY, domain TEXT NOT NULL, receiving TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS target (
    source TEXT NOT NULL, dest TEXT NOT NULL, domain TEXT NOT NULL, PRIMARY KEY (source, dest)
) STRICT;
CREATE INDEX IF NOT EXISTS target_of_dest ON target (dest);
CREATE TABLE IF NOT EXISTS unseen (name TEXT PRIMARY KEY) STRICT;
"""
# Columns that a node's rows may not have yet, made by an older agent.
_LATER = (("domain", "weekly"),)
# Without an end a block stays; this is later than any moment that a statement can name.
NEVER_ENDS = 1 << 60

Row = dict[str, str | int]

# Questions of Postfix and of the gate. %s is the one value asked for; a map's file has it in quotes, Python as :asked.
IS_LOCAL = "SELECT 'ok' FROM domain WHERE name=%s AND is_local=1"
IS_MAILBOX = (
    "SELECT 'ok' FROM mailbox m JOIN domain d ON d.name=m.domain WHERE m.address=%s AND d.is_local=1"
)  # fmt: skip
# A mailbox without an alias goes to itself, or the catch-all of its domain would take its mail.
TARGETS = (
    "SELECT t.dest FROM target t JOIN domain d ON d.name=t.domain WHERE t.source=%s AND d.is_local=1"
    " UNION SELECT m.address FROM mailbox m JOIN domain d ON d.name=m.domain WHERE m.address=%s AND d.is_local=1"
    " AND NOT EXISTS (SELECT 1 FROM alias a WHERE a.source=m.address)"
)
# Who may send as an address: its mailbox, those that were given it, and those to which it leads; one tenant only.
LOGINS = (
    "SELECT m.address FROM mailbox m JOIN domain d ON d.name=m.domain"
    " WHERE m.address=%s AND d.is_local=1 AND d.tenant=m.tenant"
    " UNION SELECT s.login FROM send_as s JOIN domain d ON d.name=s.domain JOIN mailbox m ON m.address=s.login"
    " WHERE s.address=%s AND d.is_local=1 AND d.tenant=m.tenant"
    " UNION SELECT t.dest FROM target t JOIN domain d ON d.name=t.domain JOIN mailbox m ON m.address=t.dest"
    " WHERE t.source=%s AND d.is_local=1 AND d.tenant=m.tenant"
)
RECEIVING = (
    "SELECT receiving FROM mailbox WHERE address=%s AND receiving<>''"
    " UNION ALL SELECT receiving FROM alias WHERE source=%s AND receiving<>''"
    " UNION ALL SELECT receiving FROM domain WHERE name=%s AND receiving<>'' LIMIT 1"
)
# A block ends by the node's own clock, whether or not anybody tells the node so.
SENDING = (
    "SELECT block FROM mailbox WHERE address=%s AND block<>'' AND block_until>unixepoch()"
    " UNION ALL SELECT d.block FROM mailbox m JOIN domain d ON d.name=m.domain"
    " WHERE m.address=%s AND d.block<>'' AND d.block_until>unixepoch()"
    " UNION ALL SELECT block FROM domain WHERE name=%s AND block<>'' AND block_until>unixepoch()"
    " UNION ALL SELECT sending FROM mailbox WHERE address=%s AND sending<>''"
    " UNION ALL SELECT d.sending FROM mailbox m JOIN domain d ON d.name=m.domain WHERE m.address=%s AND d.sending<>''"
    " UNION ALL SELECT sending FROM domain WHERE name=%s AND sending<>'' LIMIT 1"
)
ROUTE = "SELECT route || ':{relay}' FROM domain WHERE name=substr(%s,2) AND route<>'shared'"


def connect(path: Path, *, schema: str = SCHEMA) -> sqlite3.Connection:
    """Open the rows for writing, making the tables where they are missing."""
    link = sqlite3.connect(path, timeout=10, isolation_level=None)
    link.row_factory = sqlite3.Row
    link.execute("PRAGMA journal_mode=WAL")
    link.execute("PRAGMA synchronous=FULL")
    link.executescript(schema)
    for table, column in _LATER if schema == SCHEMA else ():
        if column not in {row["name"] for row in link.execute(f"PRAGMA table_info({table})")}:
            link.execute(f"ALTER TABLE {table} ADD COLUMN {column} INTEGER NOT NULL DEFAULT 0")
    return link


@contextmanager
def opened(path: Path, *, schema: str = SCHEMA) -> Iterator[sqlite3.Connection]:
    """Open the rows, and tell trouble with the file as NotNow."""
    try:
        link = connect(path, schema=schema)
    except sqlite3.Error as error:
        raise NotNow(f"{path} cannot be opened: {error}") from error
    try:
        yield link
    except sqlite3.OperationalError as error:
        raise NotNow(f"{path} does not take the change now: {error}") from error
    finally:
        link.close()


@contextmanager
def transaction(link: sqlite3.Connection) -> Iterator[None]:
    """Write all or nothing."""
    link.execute("BEGIN IMMEDIATE")
    try:
        yield
        link.execute("COMMIT")
    except BaseException:
        if link.in_transaction:
            link.execute("ROLLBACK")
        raise


def put(link: sqlite3.Connection, table: str, row: Row) -> None:
    """Write one row by its first column; the names of table and columns are the program's own."""
    names = ", ".join(row)
    marks = ", ".join(f":{name}" for name in row)
    link.execute(f"INSERT OR REPLACE INTO {table} ({names}) VALUES ({marks})", row)


def get(link: sqlite3.Connection, table: str, column: str, value: str) -> Row | None:
    found = link.execute(f"SELECT * FROM {table} WHERE {column}=?", (value,)).fetchone()
    return dict(found) if found is not None else None


def delete(link: sqlite3.Connection, table: str, column: str, value: str) -> None:
    link.execute(f"DELETE FROM {table} WHERE {column}=?", (value,))


def answers(link: sqlite3.Connection, question: str, asked: str) -> tuple[str, ...]:
    """Ask what Postfix asks of the same rows."""
    rows: Iterable[sqlite3.Row] = link.execute(question.replace("%s", ":asked"), {"asked": asked})
    return tuple(str(row[0]) for row in rows)
