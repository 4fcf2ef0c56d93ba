"""Databases that are away, and a server that is put back to an older copy of itself, in the whole house: 0 wrong acts.

The house's PostgreSQL lets nobody in and the node's MariaDB hangs, while customers are held, released and order. Then the whole
folder of the node, its memory, its daemons' data and its customers' files, is what it was before some of that. Wrong would be: a site
that is served though it is held, or held though nobody holds it; something that its owner removed and that serves again; anything
taken away that nobody ordered to go; anything lost that was ordered.
"""

import contextlib
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from urllib.parse import urlsplit, urlunsplit

import httpx
import psutil
import psycopg
import pymysql
import pytest
from django.db import connection, transaction
from pytest_django.plugin import DjangoDbBlocker

from servanda.business.access.actions import make_member
from servanda.business.access.facts import Role
from servanda.business.companies.facts import CompanyFacts
from servanda.business.customers.queries import customer_numbered
from servanda.business.evidence.actions import issue_warrant
from servanda.business.evidence.facts import WarrantRequest
from servanda.business.hosting.actions.services import lift_holds, place_holds
from servanda.business.hosting.facts import ServiceFacts
from servanda.business.hosting.queries import parts_of_service, services_of_customer
from servanda.drivers.node.databases.places import socket
from servanda.faces.node.state import State
from servanda.ground.calendar import moment_of
from servanda.ground.citation import Citation
from servanda.terms.clauses import CustomerKind
from tests.conftest import Server, a_database
from tests.faces.node.worlds import wait_until
from tests.faces.office import office_world
from tests.real.houses import House, a_house, customer, order, refuse_without_daemons
from tests.real.test_node_life import say

BEGAN_ON = date(2026, 9, 1)
PASSWORD = "Kaffe-og-17-kopper"
CLAUSE = (Citation("compusoft", "5.1"),)
CUSTOMERS = 4
AWAY_SECONDS = 15
SERVED = (200, 301)  # with a certificate of its own a site leads to its address over TLS

pytestmark = pytest.mark.slow


@pytest.fixture
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
        a_house(database, home, _customers) as house,
    ):
        yield house


def _customers() -> CompanyFacts:
    here = office_world.a_company("compusoft", clock_on=BEGAN_ON)
    for number in range(CUSTOMERS):
        made = office_world.a_customer(here, str(1001 + number), f"Kunde {number}", CustomerKind.BUSINESS)
        make_member(
            made, here.company_id, name=login(number), password=PASSWORD, role=Role.HOLDER, at=moment_of(BEGAN_ON)
        )
    return here


def test_whatever_was_away_or_put_back_the_node_comes_to_what_is_ordered(house: House) -> None:
    pages = {number: order_of(house, number) for number in (0, 1, 2)}
    for number in pages:
        put_page(house, number)
    let_app_in(house, pages[2], 2)
    house.settle(seconds=180)
    assert wrongs(house, held=frozenset()) == []

    with mariadb_hangs(house):
        hold(0)
        let_app_in(house, pages[1], 1)
        wait_until(lambda: answer(house, 0) == 503, seconds=60, told=house.troubles)
        time.sleep(AWAY_SECONDS)
    began = time.monotonic()
    house.settle(seconds=180)
    say("from the return of MariaDB until all is as ordered", began)
    assert wrongs(house, held=frozenset({0})) == []
    assert may_enter(house, 1)

    with postgres_lets_nobody_in(house):
        time.sleep(AWAY_SECONDS)
        assert wrongs(house, held=frozenset({0})) == [], "it serves and holds on when nobody answers"
    began = time.monotonic()
    start_what_ended(house)
    hold(1)
    release(0)
    house.settle(seconds=180)
    say("from the return of PostgreSQL until what was ordered then is done", began)
    assert wrongs(house, held=frozenset({1})) == []

    house.stop("node")
    copy = house.root.with_name(f"{house.root.name}copy")
    subprocess.run(["cp", "-a", str(house.root), str(copy)], check=True)
    try:
        start_node(house)
        release(1)
        hold(2)
        pages[3] = order_of(house, 3)
        removed = remove_database(house, pages[0], 0)
        house.settle(seconds=180)
        assert wrongs(house, held=frozenset({2}), ordered=4, removed=frozenset({removed})) == []
        signed_before = statements(house)

        house.stop("node")
        shutil.rmtree(house.root)
        copy.rename(house.root)
        start_node(house)
        began = time.monotonic()
        house.settle(seconds=300)
        say("from the start of a node that is older than it was until all is as ordered", began)
    finally:
        shutil.rmtree(copy, ignore_errors=True)
    assert wrongs(house, held=frozenset({2}), ordered=4, removed=frozenset({removed})) == []
    assert not may_enter(house, 2), "a held database lets nobody in"
    assert len(statements(house)) >= len(signed_before)
    put_page(house, 3)
    assert answer(house, 3) in SERVED


def login(number: int) -> str:
    return f"k{number}@kunde.example"


def host(number: int) -> str:
    return f"k{number}-eksempel.dk"


def order_of(house: House, number: int) -> str:
    browser = customer(house, "compusoft", str(1001 + number), login(number), PASSWORD)
    page = order(browser, host(number), plan="hosting-web")
    wait_until(lambda: answer(house, number) in SERVED, seconds=120, told=house.troubles)
    return page


def service_of(number: int) -> ServiceFacts:
    (service,) = services_of_customer(customer_numbered(1, str(1001 + number)).customer_id)
    return service


def site_of(number: int) -> int:
    key = next(one.key for one in parts_of_service(service_of(number).service_id) if one.kind == "site")
    return int(key.partition("/")[2])


def put_page(house: House, number: int) -> None:
    """Let a customer have a page of their own, as the tenant would write it."""
    file = house.layout.site(site_of(number)) / "htdocs" / "index.html"
    file.write_text(f"kunde {number}")
    shutil.chown(file, 200_000 + site_of(number))


def let_app_in(house: House, page: str, number: int) -> None:
    key = next(one.key for one in parts_of_service(service_of(number).service_id) if one.kind == "database")
    fields = {"key": key, "name": "app", "password": PASSWORD}
    browser = customer(house, "compusoft", str(1001 + number), login(number), PASSWORD)
    assert browser.post(f"{page}act/add-database-user/", fields, page=page).status_code == 302
    assert "It is ordered" in browser.get(page).text


def remove_database(house: House, page: str, number: int) -> str:
    key = next(one.key for one in parts_of_service(service_of(number).service_id) if one.kind == "database")
    browser = customer(house, "compusoft", str(1001 + number), login(number), PASSWORD)
    assert browser.post(f"{page}act/remove-database/", {"key": key}, page=page).status_code == 302
    assert "It is ordered" in browser.get(page).text
    return key


def may_enter(house: House, number: int) -> bool:
    name = f"s{site_of(number)}"
    try:
        pymysql.connect(
            unix_socket=str(socket(house.layout)), user=f"{name}_app", password=PASSWORD, database=f"{name}_main"
        ).close()
    except pymysql.err.OperationalError:
        return False
    return True


def hold(number: int) -> None:
    service = service_of(number)
    key = f"hold.placed:{service.service_id}"
    with transaction.atomic():
        issue_warrant(
            WarrantRequest(
                company_id=1,
                key=key,
                act="hold.placed",
                subject=f"service:{service.service_id}",
                fingerprint="",
                because=CLAUSE,
                parameters={},
                evidence_keys=(),
                not_before=BEGAN_ON,
                expires_on=date(2026, 10, 1),
                customer_id=service.customer_id,
            ),
            today=BEGAN_ON,
            at=moment_of(BEGAN_ON),
        )
        place_holds(
            [service.service_id],
            cause="payment",
            invoice_id=None,
            warrant_key=key,
            because=CLAUSE,
            today=BEGAN_ON,
            at=moment_of(BEGAN_ON),
        )


def release(number: int) -> None:
    with transaction.atomic():
        lift_holds(
            customer_id=service_of(number).customer_id,
            cause="payment",
            because=(),
            today=BEGAN_ON,
            at=moment_of(BEGAN_ON),
        )


@contextmanager
def mariadb_hangs(house: House) -> Iterator[None]:
    """Stop the node's MariaDB where it is: it takes connections and answers nothing."""
    run = psutil.Process(house.children["node"].pid)
    (server,) = (one for one in run.children(recursive=True) if one.name().startswith("mariadbd"))
    server.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        with contextlib.suppress(psutil.NoSuchProcess):
            server.send_signal(signal.SIGCONT)


@contextmanager
def postgres_lets_nobody_in(house: House) -> Iterator[None]:
    """Take the database of the house away from web, worker, signer and test: who is in is thrown out, and nobody comes in."""
    connection.close()
    name = house.database.name
    elsewhere = urlunsplit(urlsplit(house.database.url)._replace(path="/postgres"))
    with psycopg.connect(elsewhere, autocommit=True) as owner:
        owner.execute(f'alter database "{name}" allow_connections false')
        owner.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [name])
        try:
            yield
        finally:
            owner.execute(f'alter database "{name}" allow_connections true')


def start_what_ended(house: House) -> None:
    """Start the processes that gave up, as systemd would, and leave those alone that waited."""
    connection.close()
    for name, child in tuple(house.children.items()):
        if child.poll() is not None:
            print(f"\n{name} ended while the database was away and is started again")
            house.stop(name)
            house.start(name)


def start_node(house: House) -> None:
    house.start("node")
    wait_until(lambda: answer(house, 2) in (*SERVED, 503), seconds=180, told=house.troubles)


def answer(house: House, number: int) -> int:
    try:
        return httpx.get(
            f"http://127.0.0.1:{house.layout.ports.http}/",
            headers={"Host": host(number)},
            trust_env=False,
            timeout=10,
        ).status_code
    except httpx.HTTPError:
        return 0


def wrongs(house: House, *, held: frozenset[int], ordered: int = 3, removed: frozenset[str] = frozenset()) -> list[str]:
    """Return what is wrong with the sites of the first customers, and what was taken away that nobody removed."""
    found = []
    for number in range(ordered):
        said = answer(house, number)
        if (said == 503) != (number in held) or said not in (*SERVED, 503):
            found.append(f"{host(number)}: {said} though {'held' if number in held else 'not held'}")
    return found + [f"{key} was taken away" for key in taken_away(house) if key not in removed]


def taken_away(house: House) -> list[str]:
    """Return what was signed as quarantined or purged; read from the node's own memory, which may know more than the house."""
    state = State(house.installation.helper_folder / "state.db", may_write=False)
    try:
        return [key for key, one in state.known.items() if one.state != "kept"]
    finally:
        state.close()


def statements(house: House) -> list[str]:
    with psycopg.connect(house.database.url) as owner:
        return [row[0] for row in owner.execute("select key from node_statement").fetchall()]
