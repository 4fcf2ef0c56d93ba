"""Somebody has the web process: its role in the database, its code, its account on the machine. No data go, no secret leaves.

What they can do all the same is listed here by name, is bounded by the signer, and is undone by a release. The same with
a real node, and by way of its files, is another test's.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.conf import settings as configured
from django.db import connection, transaction
from pytest_django import Settings

from servanda.business.customers.queries import customer_numbered
from servanda.business.hosting.actions import lift_holds, put_back_service
from servanda.business.hosting.facts import ServiceFacts
from servanda.business.hosting.queries import services_of_customer
from servanda.business.nodes.actions.enrolling import hear
from servanda.business.nodes.queries import parked_statements
from servanda.faces.cli.apart import hand_over
from servanda.ground.nodes.requests import RequestRefused
from servanda.simulation import drivers
from servanda.wiring.accounts import OWN_ROLES, SIGNER_ACCOUNT, own_account
from servanda.wiring.embedded import DISPOSABLE, leased, url_of_part
from servanda.wiring.roles import APPLICATION, SIGNER, WEB, make_role
from tests.business.nodes.house import House
from tests.cast import ALMA
from tests.conftest import RealDatabase
from tests.stories.world import World

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
BEGAN_ON = date(2026, 9, 1)
in_the_database = pytest.mark.skipif(
    bool(configured.DATABASE_URL), reason="the roles of the embedded server need no password"
)
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give the pages an account of their own")


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
    """A company with one live site on one node, worked by the roles that work it in the product."""
    settings.DRIVERS, settings.DAILY_LIFE = "servanda.simulation.drivers", ""
    drivers.post.cache_clear()
    for role in (APPLICATION, WEB, SIGNER):
        make_role(real_database.url, role)  # their rights came with the template
    house = House(World("safe-it", BEGAN_ON), now=NOW)
    with working_as(APPLICATION):
        house.world.customer(ALMA, "hosting-monthly", began_on=BEGAN_ON)
        house.world.live_until(BEGAN_ON + timedelta(days=1))
    go_on(house)
    assert house.known
    return house


def go_on(house: House, times: int = 1) -> None:
    """Let the signer and the node do what they do."""
    for _ in range(times):
        with working_as(SIGNER):
            house.sign()
        with working_as(WEB):
            house.take()


def taken_over(database: RealDatabase) -> "closing[psycopg.Connection]":
    """Whoever has the web process: any statement, as its role."""
    parts = psycopg.conninfo.conninfo_to_dict(database.url) | {"user": WEB}
    return closing(psycopg.connect(psycopg.conninfo.make_conninfo(**parts), autocommit=True))


def states(house: House) -> set[str]:
    return {str(one.state) for one in house.known.values()}


def holds(house: House) -> set[str]:
    return {key for key, one in house.known.items() if getattr(one, "holds", ())}


REFUSED = {
    "a warrant for a purge": "insert into evidence_warrant (company_id, key, act, subject, fingerprint, because,"
    " parameters, evidence_keys, approvals, not_before, expires_on, issued_at) select company_id, 'data.purged:' || id,"
    " 'data.purged', 'service:' || id, '', '[]', '{}', '[]', '[]', now(), now() + interval '7 days', now() from service",
    "a warrant for a purge under a longer name": "insert into evidence_warrant (company_id, key, act, subject,"
    " fingerprint, because, parameters, evidence_keys, approvals, not_before, expires_on, issued_at) select company_id,"
    " 'x', 'service.purged', 'service:' || id, '', '[]', '{}', '[]', '[]', now(), now(), now() from service",
    "a warrant changed afterwards": "update evidence_warrant set act = 'data.purged'",
    "a purge": "update service set state = 'purged', quarantined_on = '2026-01-01', purged_on = '2026-02-01'",
    "a wish": "insert into node_wish (node_id, key, subject, statement, fingerprint, state, grounds)"
    " select id, 'site/9', 'service:9', '{}', '', 'purged', '[]' from node",
    "a wish changed": "update node_wish set state = 'purged'",
    "a wish withdrawn": "delete from node_wish",
    "a document": "insert into node_document (node_id, incarnation, seq, sha256, issued_at, not_after, is_adverse, raw)"
    " select id, 1, 99, '', now(), now(), true, '' from node",
    "an older quarantine: the signer's 14 days": "update node_statement set on_day = on_day - 90",
    "an older document": "update node_document set issued_at = now() - interval '90 days'",
    "a statement of the signer": "insert into node_statement (document_id, key, state, worse, statement, fingerprint,"
    " on_day) values (1, 'site/1', 'quarantined', 3, '', '', '2026-01-01')",
    "documents called lost": "insert into node_lost (node_id, incarnation, after_seq, until_seq, because, at)"
    " select id, 1, 0, 9, '', now() from node",
    "a key of one's own to sign with": "insert into node_signing_key (install, public_key, since_at)"
    " values ('', 'x', now())",
    "a key that is retired": "update node_signing_key set retired_at = now()",
    "what waits forgotten": "delete from node_parked",
    "a company put on a test clock": "update company set clock_on = '2030-01-01' where clock_on is null",
    "a node's key changed": "update node set public_key = 'x'",
    "a node enrolled anew": "update node set incarnation = incarnation + 1",
    "a node revoked": "update node set revoked_at = now()",
    "a node of one's own": "insert into node (company_id, name) select company_id, 'mine' from node",
    "a node removed": "delete from node",
    "a token for enrolling": "insert into node_token (node_id, sha256, made_at, expires_at, by)"
    " select id, 'x', now(), now() + interval '1 hour', 'me' from node",
    "reading tokens": "select sha256 from node_token",
    "reading hashes of passwords of sites": "select hash from hosting_secret",
    "reading the signer's record": "select statement from node_statement",
    "reading wishes whole": "select statement from node_wish",
    "a service removed": "delete from service",
    "a part removed": "delete from hosting_part",
    "a copy removed": "delete from backup_copy",
    "a number given out again": "delete from hosting_setup",
    "evidence changed": "update evidence_record set by = 'system'",
    "evidence removed": "delete from evidence_record",
    "the ledger changed": "update ledger_posting set amount_minor = 0",
    "evidence emptied": "truncate evidence_record cascade",
    "the ledger emptied": "truncate ledger_entry cascade",
    "services emptied": "truncate service cascade",
    "a trigger off": "alter table service disable trigger all",
    "a trigger gone": "drop trigger warrant_to_purge_by_the_worker on evidence_warrant",
    "all triggers off": "set session_replication_role = replica",
    "the guard rewritten": "create or replace function refuse_pages() returns trigger language plpgsql as"
    " 'begin return new; end'",
    "a table in the way of another": "create table node_wish2 (id int)",
    "the signer's role": f"set role {SIGNER}",
    "the worker's role": f"set role {APPLICATION}",
    "the owner's role": "set role postgres",
    "more rights": f"grant all on node_document to {WEB}",
    "a file of the server": "select pg_read_file('postgresql.conf')",
    "a program on the server": "copy (select 1) to program 'id'",
}


def is_refused(pages: psycopg.Connection, statement: str) -> bool:
    try:
        pages.execute(statement)
    except psycopg.errors.InsufficientPrivilege:
        return True
    return False


@in_the_database
def test_the_database_refuses_the_web_process(house: House, real_database: RealDatabase) -> None:
    with closing(psycopg.connect(real_database.url, autocommit=True)) as owner:
        owner.execute("update company set clock_on = null")  # a real company is on the real clock
    with taken_over(real_database) as pages:
        assert [what for what, statement in REFUSED.items() if not is_refused(pages, statement)] == []


@in_the_database
def test_no_token_no_node(house: House, real_database: RealDatabase) -> None:
    """The function that takes a token gives nothing to whoever has none, and lets no used one count again."""
    with closing(psycopg.connect(real_database.url, autocommit=True)) as owner:
        hashes = [row[0] for row in owner.execute("select sha256 from node_token").fetchall()]
        before = owner.execute("select public_key, incarnation from node").fetchall()
    with taken_over(real_database) as pages:
        for guess in ("", "x", "' or true --", *hashes):
            row = pages.execute(
                "select node_enrol(%s, 'node1', 'mine', 'mine', '{}', '2026-01-01')", [guess]
            ).fetchone()
            assert row == (None,)
    with closing(psycopg.connect(real_database.url, autocommit=True)) as owner:
        assert owner.execute("select public_key, incarnation from node").fetchall() == before


# What they can do. Each is bounded by the signer's day, and is undone by a release.
A_WARRANT = (
    "insert into evidence_warrant (company_id, key, act, subject, fingerprint, because, parameters, evidence_keys,"
    " approvals, not_before, expires_on, issued_at) select company_id, 'mine', 'services.held', 'service:' || id, '',"
    " '[]', '{}', '[]', '[]', %(today)s, %(later)s, now() from service"
)
A_HOLD = (
    "insert into service_hold (service_id, cause, warrant_key, because, placed_on, placed_at)"
    " select id, 'abuse', 'mine', '[]', %(today)s, now() from service"
)
A_QUARANTINE = (
    "update service set state = 'quarantined', quarantined_on = %(past)s, purge_on = {purge_on},"
    """ purge_decided_by = 'system', purge_because = '[{{"source": "safe-it", "clause": "3.2"}}]'"""
)
ITS_EVIDENCE = (
    "insert into evidence_record (company_id, key, what, subject, on_day, at, because, facts, by)"
    " select company_id, 'service.quarantined:' || id || ':' || quarantined_on, 'service.quarantined',"
    " 'service:' || id, quarantined_on, now(), purge_because, '{}', 'system' from service"
)
TOUCH = "insert into hosting_touched (service_id) select id from service on conflict do nothing"


def lie(house: House, database: RealDatabase, *statements: str) -> None:
    """Write as the web process; then the worker, the signer and the node go on as every day."""
    today = house.world.today
    values = {"today": today, "past": today - timedelta(days=90), "later": today + timedelta(days=30)}
    with taken_over(database) as pages:
        for statement in (*statements, TOUCH):
            pages.execute(statement, values if "%(" in statement else None)
    tell(house)


def tell(house: House) -> None:
    with working_as(APPLICATION):
        house.world.round()
    go_on(house, times=4)


def the_service(house: House) -> ServiceFacts:
    (service,) = services_of_customer(customer_numbered(house.world.company_id, ALMA.number).customer_id)
    return service


@in_the_database
def test_a_false_hold_stops_services_and_is_lifted(house: House, real_database: RealDatabase) -> None:
    kept = dict(house.known)
    lie(house, real_database, A_WARRANT, A_HOLD)
    assert holds(house), "this they can do"
    assert states(house) == {"kept"}
    with working_as(APPLICATION), transaction.atomic():
        lift_holds(
            customer_id=the_service(house).customer_id, cause="abuse", because=(), today=house.world.today, at=NOW
        )
    tell(house)
    assert house.known == kept, "a release is an identity"


@in_the_database
def test_a_false_quarantine_takes_services_away_and_is_put_back(house: House, real_database: RealDatabase) -> None:
    kept = dict(house.known)
    lie(house, real_database, A_QUARANTINE.format(purge_on="%(later)s"), ITS_EVIDENCE)
    assert "quarantined" in states(house), "this they can do"
    assert "purged" not in states(house)
    with working_as(APPLICATION):
        put_back_service(
            the_service(house).service_id, by="staff:eva", reason="Never ours.", today=house.world.today, at=NOW
        )
    tell(house)
    assert house.known == kept, "a release is an identity"


@in_the_database
def test_a_false_past_deletes_nothing_even_when_the_worker_believes_it(
    house: House, real_database: RealDatabase
) -> None:
    """All at once: the past, its evidence, an order in a person's name, and a job that carries it out."""
    lie(
        house,
        real_database,
        A_QUARANTINE.format(purge_on="%(today)s"),
        ITS_EVIDENCE,
        "insert into evidence_record (company_id, key, what, subject, on_day, at, because, facts, by)"
        " select company_id, 'purge.ordered:' || id || ':' || quarantined_on, 'purge.ordered', 'service:' || id,"
        """ purge_on, now(), purge_because, '{"reason": "mine"}', 'staff:eva' from service""",
        "insert into procrastinate_jobs (queue_name, task_name, args) values ('default', 'carry_out_purges', '{}')",
    )
    assert the_service(house).state == "purged", "the worker believed it"
    assert states(house)
    assert "purged" not in states(house)
    assert parked_statements(house.world.company_id), "and a person sees that something waits"


@in_the_database
def test_what_is_said_in_a_nodes_name_must_be_signed_by_it(house: House) -> None:
    with working_as(WEB), pytest.raises(RequestRefused):
        hear({}, name="node1", method="POST", path="/node/reports/", body=b"{}", now=NOW)


# The account of the pages on the machine

PROBE = """
import os, sys, psycopg
home, url = sys.argv[1:]
got = []
for name in sorted(os.listdir(home)) if os.access(home, os.R_OK) else [
    "secret-key", "login.txt", "signer/node-key.pem", "postgres/PG_VERSION", "postgres/global/pg_control",
    "node/etc/servanda/backup.key",
]:
    try:
        open(os.path.join(home, name), "rb").read()
        got.append(name)
    except OSError:
        pass
for role in {"postgres", "servanda", "servanda_web", "servanda_app", "servanda_signer"} - {url.split("/")[2][:-1]}:
    for host in (home + "/postgres", home + "/postgres.pages"):
        try:
            psycopg.connect(f"postgresql://{role}@/servanda?host={host}", connect_timeout=5).close()
            got.append(role)
        except psycopg.OperationalError:
            pass
for attempt in (lambda: os.setuid(0), lambda: os.kill(os.getppid(), 0), lambda: os.chown(home, os.getuid(), -1)):
    try:
        attempt()
        got.append(str(attempt))
    except OSError:
        pass
with psycopg.connect(url) as mine:
    print(mine.execute("select current_user").fetchone()[0], *got)
"""


@pytest.fixture
def place() -> Iterator[Path]:
    """A home as `servanda up` makes it. Not pytest's own folder: each run of pytest closes that to all other accounts."""
    with tempfile.TemporaryDirectory(prefix="servanda-") as place:
        Path(place).chmod(0o711)
        home = Path(place) / "home"
        home.mkdir(mode=0o711)
        for name in ("secret-key", "login.txt", "signer/node-key.pem", "node/etc/servanda/backup.key"):
            file = home / name
            file.parent.mkdir(mode=0o755, parents=True, exist_ok=True)  # so that the files' own modes are what refuses
            file.write_text("a secret")
            file.chmod(0o600)
        yield home


@as_root
@in_the_database
@pytest.mark.parametrize("account", OWN_ROLES)
def test_the_account_of_each_part_reaches_its_own_role_and_no_secret_of_another(place: Path, account: str) -> None:
    """Code that runs as the worker, say, cannot read the key that documents are signed with, nor be the signer's role."""
    for name in OWN_ROLES:
        assert own_account(name) is not None
    hand_over(place / "signer", SIGNER_ACCOUNT)
    (place / "signer" / "node-key.pem").chmod(0o400)
    with leased(place / "postgres", settings=DISPOSABLE) as lease:
        for role in (APPLICATION, WEB, SIGNER):
            make_role(lease.url(), role)
        own = OWN_ROLES[account]
        command = [sys.executable, "-m", "servanda.faces.cli.become", account, str(place)]
        probe = [sys.executable, "-c", PROBE, str(place), url_of_part(place / "postgres", role=own)]
        done = subprocess.run([*command, *probe], capture_output=True, text=True, timeout=60)
        theirs = ["signer/node-key.pem"] if account == SIGNER_ACCOUNT else []
        assert (done.stdout.split(), done.stderr) == ([own, *theirs], "")
        with closing(psycopg.connect(lease.url())) as ours:
            assert ours.info.user == "postgres", "and we, who started it, are not shut out"
