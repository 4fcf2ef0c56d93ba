"""Whoever holds the pages' code, account and role can end no site, forge no document, and read no secret of a node.

The web process is taken over whole: what runs here runs as its user and logs in with its role. What is left to it is what
customers could order themselves; the signer limits how much of that gets worse on a day, and nothing of it ends data.
"""

import subprocess
import textwrap
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import date

import psycopg
import pytest
from pytest_django.plugin import DjangoDbBlocker

from servanda.business.access.actions import make_member
from servanda.business.access.facts import Role
from servanda.business.companies.facts import CompanyFacts
from servanda.business.companies.queries import company as company_of
from servanda.business.hosting.queries import services_of_customer
from servanda.business.nodes.decisions.batching import WORSE_A_DAY_AT_LEAST
from servanda.business.nodes.queries import parked_statements
from servanda.drivers.node.databases.places import agent_password_file
from servanda.faces.node.state import State
from servanda.ground.calendar import moment_of
from servanda.terms.clauses import CustomerKind
from servanda.wiring.roles import WEB
from tests.conftest import Server, a_database
from tests.faces.node.worlds import wait_until
from tests.faces.office import office_world
from tests.real.houses import House, a_house, customer, order, refuse_without_daemons

BEGAN_ON = date(2026, 9, 1)
PASSWORD = "Kaffe-og-17-kopper"
KAJ = "kaj@kunde.example"
HOST = "kaj-eksempel.dk"
WEB_UID = 199_020  # of nobody else
SITES = 5  # of about eight statements each: more than may get worse on a day


@pytest.fixture(scope="module")
def house(
    database_server: Server,
    template_database: str,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[House]:
    refuse_without_daemons()
    home = tmp_path_factory.mktemp("house")
    with (
        a_database(database_server, template_database, django_db_blocker) as database,
        a_house(database, home, _a_customer) as house,
    ):
        kaj = customer(house, "simsoft", "1001", KAJ, PASSWORD)
        for number in range(SITES):
            order(kaj, HOST if not number else f"kaj-{number}.dk", plan="webhotel-small")
        house.settle(seconds=180)
        (house.layout.site(1) / "htdocs" / "index.html").write_text("her er den")
        yield house


def _a_customer() -> CompanyFacts:
    here = office_world.a_company("simsoft", clock_on=BEGAN_ON)
    kaj = office_world.a_customer(here, "1001", "Kaj Kunde", CustomerKind.BUSINESS)
    make_member(kaj, here.company_id, name=KAJ, password=PASSWORD, role=Role.HOLDER, at=moment_of(BEGAN_ON))
    return here


def test_its_user_reads_no_secret_and_speaks_to_no_part_of_the_node(house: House) -> None:
    layout, folder = house.layout, house.installation
    secret = [
        house.home / "signer" / "node-key.pem",
        *(path for path in folder.agent_folder.rglob("*") if path.is_file()),
        *(path for path in folder.helper_folder.rglob("*") if path.is_file()),
        agent_password_file(layout),
        layout.site(1) / "htdocs" / "index.html",
        *(path for path in layout.backup.rglob("*") if path.is_file() and path.suffix in {".key", ".pem", ""}),
        *(path for path in (layout.root / "store").rglob("*") if path.is_file()),
        *(path for path in layout.tls.rglob("key.pem")),
        *(path for path in layout.mail.rglob("*") if path.is_file()),
    ]
    assert len(secret) > 20
    assert as_the_web_user(READ, *map(str, secret)) == []
    assert as_the_web_user(SPEAK, str(layout.helper_socket)) == []
    assert as_the_web_user(WRITE, str(layout.sites), str(layout.web), str(layout.hosts), str(layout.root)) == []


def test_it_forges_no_document(house: House) -> None:
    """It may insert no document, and one that it would serve itself is not taken: the node asks for the signer's key."""
    with as_role(house) as pages:
        for statement in (
            "insert into node_document (node_id, incarnation, seq, sha256, issued_at, not_after, is_adverse, raw)"
            " select node_id, incarnation, seq + 1, '', now(), now(), false, raw from node_outgoing",
            "insert into node_signing_key (install, public_key, since_at) values ('', 'x', now())",
            "update node_wish set state = 'purged'",
            "delete from node_lost",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                pages.execute(statement)


def test_what_it_writes_leads_at_most_to_what_can_be_undone(house: House) -> None:
    """It says that every service ended long ago and that its data may go, with the evidence of all that; then, that all end today."""
    company = company_of(1)
    with as_role(house) as pages:
        end_all(pages, on=date(2026, 6, 1), purge_on=BEGAN_ON)
    house.move_time(company, to=date(2026, 9, 3))
    wait_until(lambda: len(parked_statements(1)) >= SITES, seconds=60, told=house.troubles)
    assert {one.state for one in services_of_customer(1)} == {"purged"}, "the worker believed it"
    assert {one.reason for one in parked_statements(1)} == {"no quarantine"}
    assert (on_the_node(house, "purged"), on_the_node(house, "quarantined")) == ([], [])
    with as_role(house) as pages:
        end_all(pages, on=date(2026, 9, 3), purge_on=None)
    house.move_time(company, to=date(2026, 9, 4))
    wait_until(lambda: on_the_node(house, "quarantined") != [], seconds=60, told=house.troubles)
    time.sleep(5)
    closed = on_the_node(house, "quarantined")
    print(f"\n{len(closed)} of {len(on_the_node(house, ''))} resources were taken out of operation, none was deleted")
    assert len(closed) <= WORSE_A_DAY_AT_LEAST
    assert "too much today" in {one.reason for one in parked_statements(1)}
    assert on_the_node(house, "purged") == []
    everything_is_still_there(house)


def end_all(pages: "psycopg.Connection", *, on: date, purge_on: date | None) -> None:
    pages.execute(
        "update service set state = 'quarantined', quarantined_on = %s, purge_on = %s, purged_on = null,"
        " purge_decided_by = 'system',"
        """ purge_because = '[{"source": "simsoft", "clause": "1.1"}]'""",
        [on, purge_on],
    )
    pages.execute(
        "insert into evidence_record (company_id, key, what, subject, on_day, at, because, facts, by)"
        " select company_id, 'service.quarantined:' || id || ':' || quarantined_on, 'service.quarantined',"
        " 'service:' || id, quarantined_on, now(), purge_because, '{}', 'system' from service"
    )
    pages.execute("update company set bank_checked_on = %s", [date(2026, 9, 4)])
    pages.execute("insert into hosting_touched (service_id) select id from service on conflict do nothing")


def everything_is_still_there(house: House) -> None:
    kept = [*house.layout.sites.rglob("index.html"), *house.layout.quarantine.rglob("index.html")]
    assert any(path.read_text() == "her er den" for path in kept)


def on_the_node(house: House, state: str) -> list[str]:
    """Return what the node knows to be so; all that it knows for an empty text."""
    found = State(house.installation.agent_folder / "state.db", may_write=False)
    try:
        return [key for key, one in found.known.items() if state in ("", one.state)]
    finally:
        found.close()


def as_role(house: House) -> "closing[psycopg.Connection]":
    return closing(psycopg.connect(house.url_as(WEB), autocommit=True))


READ = """
for path in sys.argv[1:]:
    try:
        open(path, "rb").read(1)
        print(path)
    except OSError:
        pass
"""
SPEAK = """
for path in sys.argv[1:]:
    with socket.socket(socket.AF_UNIX) as line:
        try:
            line.connect(path)
            print(path)
        except OSError:
            pass
"""
WRITE = """
for path in sys.argv[1:]:
    try:
        open(os.path.join(path, "planted"), "w")
        print(path)
    except OSError:
        pass
"""


def as_the_web_user(program: str, *words: str) -> list[str]:
    """Run a program as the user of the web process, and return what it says it could do."""
    done = subprocess.run(
        ["/usr/bin/python3", "-c", f"import os, socket, sys\n{textwrap.dedent(program)}", *words],
        capture_output=True,
        text=True,
        check=True,
        user=WEB_UID,
        group=WEB_UID,
        extra_groups=[],
        cwd="/",
        env={},
    )
    return done.stdout.split()
