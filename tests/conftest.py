"""The database of the tests: one embedded server, one migrated template, and clones of it.

`db` gives a clone per run, and rolls back after each test. `real_database` gives a clone of its own to a test that
needs real commits, several connections or several processes; nothing else can, because the append-only tables refuse
the TRUNCATE with which Django would clean up. `worlds` has companies that have lived for a while. The template is kept
between runs while the migrations are unchanged. With SERVANDA_DATABASE_URL the clones are made on that server instead;
its role must be allowed to create databases.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psutil
import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.utils import translation
from psycopg import sql
from pytest_django.plugin import DjangoDbBlocker

from servanda.wiring import roles
from servanda.wiring.embedded import DISPOSABLE, leased
from tests.crashes.scenes import crashed
from tests.worlds import Worlds

ROOT = Path(__file__).parent.parent
HOME = ROOT / "var" / "tests"
CLONES = "servanda_test"
TEMPLATES = "servanda_template"


@dataclass(frozen=True, slots=True)
class Server:
    """A PostgreSQL on which the tests may create databases."""

    url: str

    def url_of(self, database: str) -> str:
        """Return the address of a database on this server."""
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{database}"))

    def create(self, name: str, *, template: str) -> None:
        """Make a database as a copy of another to which nobody is connected."""
        self._run("create database {} template {} strategy file_copy", name, template)

    def drop(self, name: str) -> None:
        """Remove a database, also from under a process that is still connected."""
        self._run("drop database if exists {} with (force)", name)

    def rename(self, name: str, *, to: str) -> None:
        """Give a database its final name: until then it does not count as whole."""
        self._run("alter database {} rename to {}", name, to)

    def names(self, prefix: str) -> tuple[str, ...]:
        """List the databases whose names begin so."""
        with closing(psycopg.connect(self.url, autocommit=True)) as plain:
            rows = plain.execute(
                "select datname from pg_database where starts_with(datname, %s) order by oid", [f"{prefix}_"]
            )
            return tuple(name for (name,) in rows)

    def _run(self, statement: str, *names: str) -> None:
        with closing(psycopg.connect(self.url, autocommit=True)) as plain:
            plain.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@dataclass(frozen=True, slots=True)
class RealDatabase:
    """A database that one test has to itself; `url` is for other processes, as SERVANDA_DATABASE_URL."""

    name: str
    url: str


@pytest.fixture(scope="session")
def database_server() -> Iterator[Server]:
    """The server that all databases of this run live on."""
    given = settings.DATABASE_URL
    if given:
        yield Server(url=given)
        return
    with leased(HOME / "postgres", settings=DISPOSABLE) as lease:
        server = Server(url=lease.url("postgres"))
        _drop_left_over(server)
        yield server


@pytest.fixture(scope="session")
def template_database(database_server: Server, django_db_blocker: DjangoDbBlocker) -> str:
    """The name of a migrated, empty database to clone. It is made once per state of the migrations."""
    name = f"{TEMPLATES}_{_migrations_digest()}"
    HOME.mkdir(parents=True, exist_ok=True)
    with open(HOME / "template.lock", "wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one of several test processes makes it, the others wait
        if name not in database_server.names(TEMPLATES):
            _make_template(database_server, name, django_db_blocker)
    return name


@pytest.fixture(scope="session")
def django_db_setup(
    database_server: Server, template_database: str, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Replaces pytest-django's own: a clone instead of migrations for each process."""
    name = f"{CLONES}_{os.getpid()}"
    database_server.drop(name)
    database_server.create(name, template=template_database)
    with _pointed_at(database_server, name, django_db_blocker):
        yield
    database_server.drop(name)


_numbers = count(1)


@pytest.fixture
def real_database(
    request: pytest.FixtureRequest,
    database_server: Server,
    template_database: str,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[RealDatabase]:
    """A database of its own for a test with real commits: Django is connected to it, and it is gone afterwards."""
    if request.node.get_closest_marker("django_db") or "db" in request.fixturenames:
        pytest.fail("A test takes either db or real_database: db rolls back what real_database commits.")
    with a_database(database_server, template_database, django_db_blocker) as database:
        yield database


@contextmanager
def a_database(server: Server, template: str, blocker: DjangoDbBlocker) -> Iterator[RealDatabase]:
    """Make a clone, let Django be connected to it for the length of the block, and drop it."""
    name = f"{CLONES}_{os.getpid()}_{next(_numbers)}"
    server.create(name, template=template)
    try:
        with _pointed_at(server, name, blocker), blocker.unblock():
            yield RealDatabase(name=name, url=server.url_of(name))
    finally:
        server.drop(name)


@pytest.fixture(scope="session")
def worlds(
    database_server: Server, template_database: str, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Worlds]:
    """The worlds that tests share: each is lived once per run, and visited without being changed."""

    def pointed_at(name: str) -> AbstractContextManager[None]:
        return _pointed_at(database_server, name, django_db_blocker)

    with Worlds(database_server, template_database, HOME, pointed_at, django_db_blocker).opened() as worlds:
        yield worlds


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse pytest-django's own way to real commits: its clean-up empties tables that refuse to be emptied."""
    for item in items:
        marker = item.get_closest_marker("django_db")
        is_flushing = marker is not None and marker.kwargs.get("transaction", False)
        if is_flushing or {"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ())):
            raise pytest.UsageError(
                f"{item.nodeid}: take the fixture real_database; append-only tables cannot be flushed."
            )


@contextmanager
def _pointed_at(server: Server, name: str, blocker: DjangoDbBlocker) -> Iterator[None]:
    """Let Django's default connection lead to a database of the server."""
    before = dict(connections["default"].settings_dict)
    parsed = psycopg.conninfo.conninfo_to_dict(server.url_of(name))
    keys = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    with blocker.unblock():
        connections["default"].close()
    for key, part in keys.items():
        connections["default"].settings_dict[key] = str(parsed.get(part, ""))
    try:
        yield
    finally:
        with blocker.unblock():
            connections["default"].close()
        connections["default"].settings_dict.update(before)


def _make_template(server: Server, name: str, blocker: DjangoDbBlocker) -> None:
    if not settings.DATABASE_URL:
        for old in server.names(TEMPLATES)[:-3]:  # a run beside this one may still clone an older state
            server.drop(old)
    unfinished = f"{name}_unfinished"
    server.drop(unfinished)
    server.create(unfinished, template="template0")
    with _pointed_at(server, unfinished, blocker), blocker.unblock():
        call_command("migrate", interactive=False, verbosity=0)
        assert connection.settings_dict["NAME"] == unfinished
    if not settings.DATABASE_URL:
        _give_rights(server.url_of(unfinished))
    server.rename(unfinished, to=name)


def _give_rights(url: str) -> None:
    """Give each role of the product what is its own, as `servanda up` does after the migrations."""
    for role in (roles.APPLICATION, roles.WEB, roles.SIGNER):
        roles.make_role(url, role)
    roles.grant_rights(url)
    roles.grant_all(url)


def _migrations_digest() -> str:
    """Name the state of all migrations and rights, so that a change of one makes a new template."""
    digest = hashlib.sha256(repr([version(name) for name in ("django", "procrastinate")]).encode())
    source = ROOT / "src" / "servanda"
    for path in (*sorted(source.rglob("migrations/*.py")), source / "wiring" / "roles.py"):
        digest.update(path.as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _drop_left_over(server: Server) -> None:
    """Remove the clones of test processes that were killed."""
    for name in server.names(CLONES):
        number = int(name.split("_")[2])
        if not psutil.pid_exists(number):
            server.drop(name)


@pytest.fixture(autouse=True)
def language_of_the_house() -> Iterator[None]:
    """A page that was asked for in English leaves its thread in English; the next test begins as a new process does."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def crashes(request: pytest.FixtureRequest, language_of_the_house: None) -> Iterator[None]:
    """In a test that is the scene of an action: crash the action at every boundary, and give the order again."""
    with crashed(request.node.nodeid):
        yield
