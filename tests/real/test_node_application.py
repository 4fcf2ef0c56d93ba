"""A customer's own application in the whole house: WordPress on its MariaDB, held, paid, broken by its owner, and given back.

The site and its database are ordered in the portal, and what is broken is given back there too.
"""

import subprocess
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from pytest_django.plugin import DjangoDbBlocker

from servanda.business.access.actions import make_member
from servanda.business.access.facts import Role
from servanda.business.backups.queries import copies_of_service
from servanda.business.companies.facts import CompanyFacts
from servanda.business.companies.queries import company as company_of
from servanda.business.dunning.actions import decide_proposal
from servanda.business.dunning.queries import open_proposals
from servanda.business.hosting.queries import errands_of_service, parts_of_service, services_of_customer
from servanda.drivers.node import tenants
from servanda.drivers.node.databases.places import socket
from servanda.ground.calendar import moment_of
from servanda.ground.nodes.kinds.web import Site
from servanda.terms.clauses import CustomerKind
from servanda.wiring.roles import WEB
from tests.conftest import Server, a_database
from tests.drivers.node.web import wordpress
from tests.faces.node.worlds import wait_until
from tests.faces.office import office_world
from tests.real.houses import Customer, House, a_house, customer, kill_part, order, refuse_without_daemons, working_as
from tests.real.test_node_life import code, customer_id, get, pay, say, sql

BEGAN_ON = date(2026, 9, 1)
PASSWORD = "Kaffe-og-17-kopper"
LOGIN, HOST, TITLE = "kaj@kunde.example", "kaj-eksempel.dk", "Kajs kaffe"
DRIED = "Kaffen er tørret i solen"

pytestmark = pytest.mark.slow


@pytest.fixture
def house(
    database_server: Server,
    template_database: str,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[House]:
    refuse_without_daemons()
    if not Path("/usr/share/wordpress").is_dir():
        pytest.skip("wordpress is not installed: tools/install_daemons.sh --with-trials")
    home = tmp_path_factory.mktemp("house")
    with (
        a_database(database_server, template_database, django_db_blocker) as database,
        a_house(database, home, _a_customer) as house,
    ):
        yield house


def _a_customer() -> CompanyFacts:
    here = office_world.a_company("compusoft", clock_on=BEGAN_ON)
    kaj = office_world.a_customer(here, "1001", "Kaj Kunde", CustomerKind.BUSINESS)
    make_member(kaj, here.company_id, name=LOGIN, password=PASSWORD, role=Role.HOLDER, at=moment_of(BEGAN_ON))
    return here


def test_an_application_is_held_opened_broken_and_given_back(house: House) -> None:
    company, kaj = company_of(1), customer(house, "compusoft", "1001", LOGIN, PASSWORD)
    page = order(kaj, HOST, plan="hosting-web")
    (service,) = services_of_customer(customer_id(company, "1001"))
    wait_until(lambda: code(house) == 200, seconds=120, told=house.troubles)
    database = next(one.key for one in parts_of_service(service.service_id) if one.kind == "database")
    kaj.post(f"{page}act/add-database-user/", {"key": database, "name": "app", "password": PASSWORD}, page=page)
    house.settle(seconds=120)
    it_installs_by_https(house, service.service_id)
    kill_part(house, "agent")  # a new one begins with a round of copies
    wait_until(lambda: len(copies_of_service(service.service_id)) >= 2, seconds=400, told=house.troubles)
    it_is_held_and_opens_by_the_payment(house, company)
    its_owner_breaks_it(house)
    it_is_given_back(house, kaj, page, service.service_id)


def it_installs_by_https(house: House, service_id: int) -> None:
    began = time.monotonic()
    site = next(one.statement for one in parts_of_service(service_id) if isinstance(one.statement, Site))
    kept = wordpress.Database("s1_main", "s1_app", PASSWORD, socket(house.layout))
    wordpress.install(house.layout, site, kept, address=f"https://{HOST}")
    form = {"weblog_title": TITLE, "user_name": "kaj", "admin_password": PASSWORD, "admin_password2": PASSWORD, "pw_weak": "1",
            "admin_email": LOGIN, "blog_public": "0"}  # fmt: skip
    done = get(house, path="/wp-admin/install.php?step=2", form=form)
    assert "Success!" in done.text, done.text[:3000]
    with sql(house) as line, line.cursor() as cursor:
        cursor.execute("update wp_posts set post_content = %s where post_type = 'post' limit 1", [DRIED])
    it_serves(house)
    say("from the files to a front page of the database", began)


def it_serves(house: House) -> None:
    found = get(house)
    assert found.status_code == 200
    assert TITLE in found.text, found.text[:3000]
    assert DRIED in found.text, found.text[:3000]


def it_is_held_and_opens_by_the_payment(house: House, company: CompanyFacts) -> None:
    house.move_time(company, to=date(2026, 9, 10))
    house.move_time(company, to=date(2026, 9, 11))
    (proposed,) = [one for one in open_proposals(1) if one.act == "hold.placed"]
    with working_as(WEB):
        decide_proposal(
            company_of(1),
            proposed.proposal_id,
            is_approved=True,
            by="staff:eva",
            reason="the terms allow it",
            today=date(2026, 9, 11),
            at=moment_of(date(2026, 9, 11)),
        )
    wait_until(lambda: code(house) == 503, seconds=60, told=house.troubles)
    began = time.monotonic()
    pay(company, "1001")
    wait_until(lambda: code(house) == 200, seconds=60, told=house.troubles)
    say("from the payment to the application", began)
    it_serves(house)


def its_owner_breaks_it(house: House) -> None:
    folder = house.layout.site(1) / "htdocs"
    tenants.run(tenants.jail(house.layout, 200_001, folder), "rm", "-r", str(folder / "wp-includes"))
    with sql(house) as line, line.cursor() as cursor:
        cursor.execute("drop table wp_posts")
    assert get(house).status_code == 500


def it_is_given_back(house: House, kaj: Customer, page: str, service_id: int) -> None:
    began = time.monotonic()
    copy = copies_of_service(service_id)[0]
    fields = {"snapshot": copy.snapshot, "what": "all", "into": "in place"}
    kaj.post(f"{page}act/restore/", fields, page=page)
    wait_until(
        lambda: state_of(service_id) == "done", seconds=300, told=lambda: f"{state_of(service_id)} {house.troubles()}"
    )
    it_serves(house)
    say("from the order to give back all to the front page", began)
    owner = subprocess.run(
        ["find", str(house.layout.site(1) / "htdocs"), "!", "-user", "200001"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert owner.stdout == "", "all of it is the tenant's"
    (errand,) = errands_of_service(service_id)
    kaj.post(f"{page}act/undo-restore/", {"errand": errand.errand}, page=page)
    wait_until(lambda: get(house).status_code == 500, seconds=180, told=house.troubles)


def state_of(service_id: int) -> str:
    return errands_of_service(service_id)[0].state
