"""Dumps of the database and the way back, for the embedded server as for an own one.

A dump and the numbers that go with it are of one moment: the numbers are counted in the very snapshot that is dumped, so
that a restore can be held against them row by row.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg
from django.conf import settings
from psycopg import sql

from servanda.ground.refusal import Refused
from servanda.wiring.embedded import DISPOSABLE, DURABLE, leased, program, refuse_unfit, url_of
from servanda.wiring.roles import APPLICATION, SIGNER, WEB, grant_all, grant_rights, make_role

SECONDS_MAX = 4 * 3600
_VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
}
_TABLES = """
select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
 where n.nspname = current_schema() and c.relkind = 'r' order by 1
"""


class NotDumped(Refused):
    """The database could not be dumped, or a dump could not be put back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What a database held at one moment: the rows of each table, and how far its evidence had come."""

    at: datetime
    rows: Mapping[str, int]
    newest_record: int


def dump_database(into: Path) -> Counted:
    """Dump the whole database into a file, and return what it held at that moment."""
    with psycopg.connect(_owner()) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        found = connection.execute("select pg_export_snapshot()").fetchone()
        counted = _counted(connection)
        words = ("-Fc", "-Z0", "--no-owner", "--no-privileges", "-f", str(into))
        _run("pg_dump", *words, f"--snapshot={found[0] if found else ''}", url=_owner())
    return counted


def count_rows(url: str) -> Counted:
    """Return what a database holds."""
    with psycopg.connect(url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        return _counted(connection)


@contextmanager
def tried_out(dump: Path, place: Path) -> Iterator[str]:
    """Put a dump back into a server of its own in an empty place, and return where it is; gone after the block."""
    with leased(place / "postgres", settings=DISPOSABLE) as lease:
        _put_back(dump, lease.url())
        yield lease.url()


def audited(url: str, home: Path) -> tuple[int, int, float]:
    """Run the audit on a database, as a program of its own: how many invariants, how many are broken, and the seconds."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SERVANDA_")}
    done = subprocess.run(
        [sys.executable, "-m", "servanda.faces.cli.main", "audit", "--json"],
        check=False,
        capture_output=True,
        text=True,
        env={**environment, "SERVANDA_DATABASE_URL": url, "SERVANDA_HOME": str(home)},
        stdin=subprocess.DEVNULL,
        timeout=SECONDS_MAX,
    )
    if done.returncode not in {0, 1}:
        raise NotDumped(f"The audit of what was put back could not be run: {done.stderr.strip()[-1500:]}")
    ran = json.loads(done.stdout)["ran"]
    return len(ran), sum(1 for one in ran if one["violations"]), sum(one["seconds"] for one in ran)


def put_back(dump: Path, home: Path) -> None:
    """Put a dump back in earnest: into the embedded server of a new folder, or into an own database that is empty."""
    if settings.DATABASE_URL:
        refuse_unfit(settings.DATABASE_URL)
        _put_back(dump, _owner())
        return
    with leased(home / "postgres", settings=DURABLE):
        _put_back(dump, url_of(home / "postgres"))


def _put_back(dump: Path, url: str) -> None:
    with psycopg.connect(url) as connection:
        if connection.execute(_TABLES).fetchone() is not None:
            raise NotDumped(
                "The database to put the backup into is not empty, and nothing is overwritten. Make a new one."
            )
    _run("pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "-d", _name_of(url), str(dump), url=url)
    if psycopg.conninfo.conninfo_to_dict(url).get("user") != "postgres":
        return  # an own server: `servanda up` gives the rights to the roles that it has
    for role in (APPLICATION, WEB, SIGNER):
        make_role(url, role)
    grant_rights(url)
    grant_all(url)


def _counted(connection: "psycopg.Connection[tuple[object, ...]]") -> Counted:
    rows = {}
    for (table,) in connection.execute(_TABLES).fetchall():
        counted = connection.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(str(table)))).fetchone()
        rows[str(table)] = int(str(counted[0])) if counted else 0
    told = connection.execute("select now(), (select coalesce(max(id), 0) from evidence_record)").fetchone()
    assert told is not None
    moment, newest = told
    assert isinstance(moment, datetime)
    return Counted(at=moment, rows=rows, newest_record=int(str(newest)))


def _owner() -> str:
    """Return where whoever may read every table connects."""
    return settings.DATABASE_OWNER_URL or settings.DATABASE_URL or url_of(settings.HOME / "postgres")


def _name_of(url: str) -> str:
    return str(psycopg.conninfo.conninfo_to_dict(url).get("dbname") or "servanda")


def _run(name: str, *words: str, url: str) -> None:
    """Run a program of PostgreSQL with the address in its environment: arguments can be read by anybody on the machine."""
    given = psycopg.conninfo.conninfo_to_dict(url)
    address = {variable: str(given[key]) for key, variable in _VARIABLES.items() if given.get(key)}
    done = subprocess.run(
        [_program(name, url), *words],
        check=False,
        capture_output=True,
        text=True,
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC", **address},
        stdin=subprocess.DEVNULL,
        timeout=SECONDS_MAX,
    )
    if done.returncode != 0:
        raise NotDumped(f"{name} failed: {done.stderr.strip()[-1500:]}")


def _program(name: str, url: str) -> str:
    """Return the program that fits the server: of its own version where it is installed, otherwise the embedded one's."""
    with psycopg.connect(url) as connection:
        major = connection.info.server_version // 10000
    own = Path(f"/usr/lib/postgresql/{major}/bin") / name
    if own.is_file():
        return str(own)
    try:
        return str(program(name))
    except Refused:
        found = shutil.which(name)
        if found is None:
            raise
        return found
