"""The application may add to what is append-only and no more, and can do all of its work with that."""

from collections.abc import Iterator
from contextlib import closing
from datetime import date

import psycopg
import pytest
from django.conf import settings
from django.db import ProgrammingError, connection
from pytest_django import Settings

from servanda.simulation import drivers
from servanda.wiring.roles import APPLICATION, grant_rights, make_role
from tests.cast import ALMA, BIRK
from tests.conftest import RealDatabase
from tests.stories.world import World

KEPT = {
    "ledger_entry",
    "ledger_posting",
    "ledger_closing",
    "evidence_record",
    "evidence_warrant",
    "allocation",
    "letter_document",
    "acceptance",
    "published_terms",
    "books_voucher",
    "books_voucher_line",
    "books_voucher_entry",
    "books_void",
    "books_account",
    "books_link",
    "books_head",
}


@pytest.fixture
def rights(real_database: RealDatabase) -> Iterator[frozenset[str]]:
    """A database in which Django is the application; the tables it can only add to."""
    make_role(real_database.url)
    tables = frozenset(grant_rights(real_database.url))
    connection.close()
    owner = connection.settings_dict["USER"]
    connection.settings_dict["USER"] = APPLICATION
    yield tables
    connection.close()
    connection.settings_dict["USER"] = owner


def as_application(database: RealDatabase) -> "closing[psycopg.Connection]":
    parts = psycopg.conninfo.conninfo_to_dict(database.url) | {"user": APPLICATION}
    return closing(psycopg.connect(psycopg.conninfo.make_conninfo(**parts), autocommit=True))


@pytest.mark.skipif(bool(settings.DATABASE_URL), reason="the role of the embedded server needs no password")
def test_the_database_refuses_the_application_any_change_of_what_is_kept(
    rights: frozenset[str], real_database: RealDatabase
) -> None:
    assert rights >= KEPT
    with as_application(real_database) as app:
        for table in sorted(rights):
            column = app.execute(
                "select attname from pg_attribute where attrelid = %s::regclass and attnum = 1", [table]
            ).fetchone()
            assert column is not None
            for statement in (
                f"update {table} set {column[0]} = {column[0]}",
                f"delete from {table}",
                f"truncate {table}",
                f"alter table {table} disable trigger all",
                f"drop trigger {table}_append_only on {table}",
                f"drop table {table}",
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    app.execute(statement)
        for statement in ("set session_replication_role = replica", "set role postgres", "create table mine (id int)"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(statement)


@pytest.mark.skipif(bool(settings.DATABASE_URL), reason="the role of the embedded server needs no password")
def test_a_company_lives_by_the_application_role_alone(rights: frozenset[str], settings: Settings) -> None:
    settings.DRIVERS, settings.DAILY_LIFE = "servanda.simulation.drivers", ""
    drivers.post.cache_clear()
    world = World("safe-it", date(2026, 9, 1))
    alma = world.customer(ALMA, "hosting-monthly", began_on=date(2026, 8, 20))
    world.customer(BIRK, "hosting-monthly", began_on=date(2026, 8, 20))
    world.live_until(date(2026, 9, 3))
    invoice = world.invoice_of(alma)
    world.pay(invoice, invoice.total)
    world.live_until(date(2026, 9, 20))
    assert world.invoice_of(alma).allocations
    with connection.cursor() as cursor:
        cursor.execute("select current_user, session_user, count(*) from books_link")
        user, session, links = cursor.fetchone()
        assert (user, session) == (APPLICATION, APPLICATION)
        assert links > 10
        with pytest.raises(ProgrammingError, match="permission denied"):
            cursor.execute("update ledger_entry set what = what")
