"""Whoever holds the pages' code and role can end no service, sign nothing, and read no secret."""

import re
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.conf import settings as configured
from django.db import connection
from psycopg import sql
from pytest_django import Settings

from servanda.business.customers.queries import customer_numbered
from servanda.business.hosting.actions import tell_nodes
from servanda.business.hosting.actions.changing import Order
from servanda.business.hosting.actions.databases import add_database_user
from servanda.business.hosting.actions.resealing import NotResealed, reseal
from servanda.business.hosting.actions.web import set_login_password
from servanda.business.hosting.queries import parts_of_service, services_of_customer
from servanda.business.nodes.queries import parked_statements
from servanda.ground.calendar import moment_of
from servanda.ground.nodes.database_passwords import database_password_hash
from servanda.ground.nodes.kinds.access import Login
from servanda.ground.nodes.kinds.databases import Database
from servanda.ground.nodes.sealing import key_mark, public_text, spare_key
from servanda.simulation import drivers
from servanda.wiring.roles import APPLICATION, SIGNER, WEB, grant_all, grant_rights, make_role
from tests.business.nodes.house import House
from tests.cast import ALMA
from tests.conftest import RealDatabase
from tests.stories.world import World

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
pytestmark = pytest.mark.skipif(
    bool(configured.DATABASE_URL), reason="the roles of the embedded server need no password"
)


@contextmanager
def working_as(role: str) -> Iterator[None]:
    """Let Django be another role for a while."""
    connection.close()
    before = connection.settings_dict["USER"]
    connection.settings_dict["USER"] = role
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["USER"] = before


@pytest.fixture
def house(real_database: RealDatabase, settings: Settings) -> House:
    """A company with a site that is live on a node, all done by the roles that do it in the house."""
    settings.DRIVERS, settings.DAILY_LIFE = "servanda.simulation.drivers", ""
    drivers.post.cache_clear()
    for role in (APPLICATION, WEB, SIGNER):
        make_role(real_database.url, role)
    grant_rights(real_database.url)
    grant_all(real_database.url)
    house = House(World("safe-it", date(2026, 9, 1)), now=NOW)
    with working_as(APPLICATION):
        house.world.customer(ALMA, "hosting-monthly", began_on=date(2026, 9, 1))
        house.world.live_until(date(2026, 9, 2))
    sign_and_take(house)
    return house


def sign_and_take(house: House) -> None:
    with working_as(SIGNER):
        house.sign()
    with working_as(WEB):
        house.take()


def customer_of(house: House) -> int:
    return customer_numbered(house.world.company_id, ALMA.number).customer_id


def service_of(house: House) -> int:
    return services_of_customer(customer_of(house))[0].service_id


def test_the_house_works_by_its_roles(house: House) -> None:
    service_id = service_of(house)
    assert {part.key for part in parts_of_service(service_id)} == set(house.known)
    database = next(part.key for part in parts_of_service(service_id) if part.kind == "database")
    order = Order(by="staff:eva", today=house.world.today, at=NOW)
    with working_as(WEB):
        add_database_user(service_id, database, "app", password="Kaffe-og-17-kopper", order=order)
    with working_as(APPLICATION):
        tell_nodes(house.world.company, today=house.world.today, at=moment_of(house.world.today))
    sign_and_take(house)
    (user,) = house.known[database].users  # type: ignore[union-attr]
    assert house.opened(user.password_hash, database, user=user.name) == database_password_hash("Kaffe-og-17-kopper")


def test_no_hash_of_a_password_can_be_read_by_the_pages_nor_from_a_dump(
    house: House, real_database: RealDatabase
) -> None:
    """All that a role can read is searched, to the last column of the last view: hashes in open form, and what opens them."""
    service_id = service_of(house)
    keys = {part.kind: part.key for part in parts_of_service(service_id)}
    order = Order(by="staff:eva", today=house.world.today, at=NOW)
    with working_as(WEB):
        add_database_user(service_id, keys["database"], "app", password="Kaffe-og-17-kopper", order=order)
        set_login_password(service_id, keys["login"], password="Syv-kolde-kopper-the", order=order)
    with working_as(APPLICATION):
        tell_nodes(house.world.company, today=house.world.today, at=moment_of(house.world.today))
    sign_and_take(house)
    login, database = house.known[keys["login"]], house.known[keys["database"]]
    assert isinstance(login, Login)
    assert isinstance(database, Database)
    assert house.opened(login.password_hash, login.key).startswith("$2b$10$")
    sealed = [str(login.password_hash), database.users[0].password_hash]
    whole = psycopg.conninfo.conninfo_to_dict(real_database.url)["user"]
    assert isinstance(whole, str)
    for role in (WEB, whole):
        seen = "\n".join(readable(real_database, role))
        assert all(one in seen for one in sealed), "the search sees what the documents hold"
        found = {one for one in HASH.findall(seen) if one.strip("$2b04.*")}
        assert found == set(), role
        for secret in (house.sealing, spare_key(house.signer)):
            assert b64encode(secret.private_bytes_raw()).decode() not in seen


HASH = re.compile(r"\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}|\*[0-9A-Fa-f]{40}")


def readable(database: RealDatabase, role: str) -> Iterator[str]:
    """All that a role can read, as text: each column of each table and view on which it has the right."""
    with as_role(database, role) as reader:
        columns = reader.execute(
            "select c.relname, a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid"
            " where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'v', 'm', 'p')"
            " and a.attnum > 0 and not a.attisdropped and has_column_privilege(c.oid, a.attnum, 'select')"
        ).fetchall()
        assert len(columns) > 500
        for table, column in columns:
            select = sql.SQL("select {}::text from {}").format(sql.Identifier(column), sql.Identifier(table))
            for (value,) in reader.execute(select):
                yield str(value)


def test_a_password_fits_in_no_other_place(house: House, real_database: RealDatabase) -> None:
    """Whoever holds the pages can write a sealed hash over another, and gains nothing: it opens for its own login alone."""
    service_id = service_of(house)
    order = Order(by="staff:eva", today=house.world.today, at=NOW)
    part = next(one for one in parts_of_service(service_id) if one.kind == "database")
    with working_as(WEB):
        mine, theirs = (
            add_database_user(service_id, part.key, name, password=f"Ni-varme-17-{at}-kaffe", order=order)
            for at, name in enumerate(("mine", "theirs"))
        )
    with closing(psycopg.connect(real_database.url)) as owner:  # whoever holds the pages reads it in the document
        (sealed,) = owner.execute("select hash from hosting_secret where name = %s", [mine]).fetchone() or ("",)
    with as_role(real_database, WEB) as pages:
        pages.execute("select hosting_keep_secret(%s, %s, %s, '')", [part.part_id, theirs, sealed])
        with pytest.raises(psycopg.errors.CheckViolation):
            pages.execute("select hosting_keep_secret(%s, %s, %s, '')", [part.part_id, theirs, "*" + "A" * 40])
    with working_as(APPLICATION):
        tell_nodes(house.world.company, today=house.world.today, at=moment_of(house.world.today))
    sign_and_take(house)
    database = house.known[part.key]
    assert isinstance(database, Database)
    assert [user.password_hash for user in database.users] == [sealed, sealed]
    assert house.opened(sealed, part.key, user=mine)
    with pytest.raises(ValueError, match="not sealed for this key"):
        house.opened(sealed, part.key, user=theirs)


def test_a_node_that_lost_its_key_is_given_all_passwords_anew(house: House) -> None:
    service_id = service_of(house)
    order = Order(by="staff:eva", today=house.world.today, at=NOW)
    with working_as(WEB):
        login = next(one.key for one in parts_of_service(service_id) if one.kind == "login")
        set_login_password(service_id, login, password="Ni-varme-kander-kaffe", order=order)
    with working_as(APPLICATION):
        tell_nodes(house.world.company, today=house.world.today, at=moment_of(house.world.today))
    sign_and_take(house)
    before = house.opened(house.known[login].password_hash, login)  # type: ignore[union-attr]
    house.sealing = X25519PrivateKey.generate()
    house.enrol()
    sign_and_take(house)
    with pytest.raises(ValueError, match="not sealed for this key"):
        house.opened(house.known[login].password_hash, login)  # type: ignore[union-attr]
    spare = spare_key(house.signer)
    words = {"spare": spare, "by": "command line", "today": house.world.today, "at": NOW}
    with working_as(APPLICATION):
        with pytest.raises(NotResealed, match="somebody else has enrolled"):
            reseal("node1", mark="0000-0000-0000-0000-0000-0000", **words)  # type: ignore[arg-type]
        done = reseal("node1", mark=key_mark(public_text(house.sealing)), **words)  # type: ignore[arg-type]
        tell_nodes(house.world.company, today=house.world.today, at=moment_of(house.world.today))
    sign_and_take(house)
    assert (done.count, done.lost) == (1, ())
    assert house.opened(house.known[login].password_hash, login) == before  # type: ignore[union-attr]


FORBIDDEN = (
    "insert into node_document (node_id, incarnation, seq, sha256, issued_at, not_after, is_adverse, raw)"
    " select node_id, incarnation, seq + 1, '', now(), now(), false, raw from node_outgoing",
    "select raw from node_document",
    "select statement from node_statement",
    "delete from node_lost",
    "insert into node_wish (node_id, key, subject, statement, fingerprint, state, grounds)"
    " values (1, 'site/1', 'service:1', '{}', '', 'purged', '[]')",
    "update node_wish set statement = '{}'",
    "delete from node_wish",
    "select statement from node_wish",
    "select grounds from node_wish",
    "select hash from hosting_secret",
    "insert into node_signing_key (install, public_key, since_at) values ('', 'x', now())",
    "update node_signing_key set public_key = 'x'",
    "delete from node_parked",
    "delete from service",
    "delete from service_hold",
    "delete from hosting_setup",
    "delete from hosting_part",
    "truncate service cascade",
    "update service set state = 'purged', quarantined_on = '2026-01-01', purged_on = '2026-02-01'",
    "insert into evidence_warrant (company_id, key, act, subject, fingerprint, because, parameters, evidence_keys,"
    " approvals, not_before, expires_on, issued_at) select company_id, 'data.purged:' || id, 'data.purged',"
    " 'service:' || id, '', '[]', '{}', '[]', '[]', '2026-09-01', '2026-12-31', now() from service",
    "delete from backup_copy",
    "alter table service disable trigger all",
    "drop trigger service_purged_by_the_worker on service",
    "set role servanda_signer",
    "set role servanda_app",
    "set session_replication_role = replica",
    "create or replace function refuse_pages() returns trigger language plpgsql as 'begin return new; end'",
)


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_database_refuses_pages_what_is_not_theirs(
    house: House, real_database: RealDatabase, statement: str
) -> None:
    with as_role(real_database, WEB) as pages, pytest.raises(psycopg.errors.InsufficientPrivilege):
        pages.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "insert into node_parked (node_id, key, subject, fingerprint, reason, detail, since)"
        " values (1, '', '', '', '', '', now())",
        "update node_document set raw = ''",
        "insert into node_lost (node_id, incarnation, after_seq, until_seq, because, at) values (1, 1, 0, 9, '', now())",
        "insert into node_signing_key (install, public_key, since_at) values ('', 'x', now())",
        "delete from node_statement",
    ],
)
def test_the_worker_signs_nothing(house: House, real_database: RealDatabase, statement: str) -> None:
    with as_role(real_database, APPLICATION) as worker, pytest.raises(psycopg.errors.InsufficientPrivilege):
        worker.execute(statement)


def test_a_company_on_the_real_clock_stays_on_it(house: House, real_database: RealDatabase) -> None:
    with closing(psycopg.connect(real_database.url, autocommit=True)) as owner:
        owner.execute("update company set clock_on = null")
    with as_role(real_database, WEB) as pages, pytest.raises(psycopg.errors.InsufficientPrivilege):
        pages.execute("update company set clock_on = '2030-01-01'")


def test_pages_in_foreign_hands_can_lie_to_the_worker_and_still_no_data_go(
    house: House, real_database: RealDatabase
) -> None:
    """They write a past quarantine, a day for the purge and the evidence of it; the worker believes, the signer does not."""
    with as_role(real_database, WEB) as pages:
        pages.execute(
            "update service set state = 'quarantined', quarantined_on = %s, purge_on = %s, purge_decided_by = 'system',"
            """ purge_because = '[{"source": "safe-it", "clause": "3.2"}]'""",
            [house.world.today - timedelta(days=90), house.world.today],
        )
        pages.execute(
            "insert into evidence_record (company_id, key, what, subject, on_day, at, because, facts, by)"
            " select company_id, 'service.quarantined:' || id || ':' || quarantined_on, 'service.quarantined',"
            " 'service:' || id, quarantined_on, now(), purge_because, '{}', 'system' from service"
        )
        pages.execute("insert into hosting_touched (service_id) select id from service on conflict do nothing")
    with working_as(APPLICATION):
        house.world.round()
    sign_and_take(house)
    for _ in range(6):
        sign_and_take(house)
    assert services_of_customer(customer_of(house))[0].state == "purged", "the worker believed it"
    assert not [key for key, one in house.known.items() if one.state == "purged"]
    assert {one.reason for one in parked_statements(house.world.company_id)} <= {
        "quarantine too young", "no quarantine", "no final copy", "too much today", "no warrant",
    }  # fmt: skip


def test_the_signer_reads_what_it_decides_by_and_writes_what_it_signed_alone(
    house: House, real_database: RealDatabase
) -> None:
    with as_role(real_database, SIGNER) as signer:
        for statement in (
            "select * from customer",
            "select * from invoice",
            "update node_wish set subject = ''",
            "update node_document set raw = ''",
            "delete from node_statement",
            "insert into evidence_warrant default values",
            "update service set name = ''",
            "select hash from hosting_secret",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                signer.execute(statement)


def as_role(database: RealDatabase, role: str) -> "closing[psycopg.Connection]":
    parts = psycopg.conninfo.conninfo_to_dict(database.url) | {"user": role}
    return closing(psycopg.connect(psycopg.conninfo.make_conninfo(**parts), autocommit=True))
