"""The life of a web hotel, from the order to the erasure, on real processes and a real node."""

import imaplib
import smtplib
import socket
import ssl
import time
from collections.abc import Iterator
from datetime import date
from email.message import EmailMessage

import dns.dnssec
import dns.message
import dns.name
import dns.query
import dns.rdatatype
import dns.rrset
import httpx
import paramiko
import psycopg
import pymysql
import pytest
from pytest import TempPathFactory
from pytest_django.plugin import DjangoDbBlocker

from servanda.business.access.actions import make_member
from servanda.business.access.facts import Role
from servanda.business.companies.facts import CompanyFacts
from servanda.business.companies.queries import company as company_of
from servanda.business.hosting.actions.setting_up import confirm_domain
from servanda.business.hosting.queries import parts_of_service, services_of_customer
from servanda.terms.clauses import CustomerKind
from tests.conftest import Server, a_database
from tests.faces.node.worlds import wait_until
from tests.faces.office import office_world
from tests.real.houses import NODE, Browser, House, a_house, days, hidden, measured, refuse_without_daemons

BEGAN_ON = date(2026, 9, 1)
PASSWORD = "Kaffe-og-17-kopper"
KAJ, OLGA = "kaj@kunde.example", "olga@anden.example"


@pytest.fixture(scope="module")
def house(
    database_server: Server, template_database: str, django_db_blocker: DjangoDbBlocker, tmp_path_factory: TempPathFactory
) -> Iterator[House]:
    refuse_without_daemons()
    home = tmp_path_factory.mktemp("house")
    with (
        a_database(database_server, template_database, django_db_blocker) as database,
        a_house(database, home, _two_customers_of_simsoft) as house,
    ):
        yield house


def _two_customers_of_simsoft() -> CompanyFacts:
    here = office_world.a_company("simsoft", clock_on=BEGAN_ON)
    for number, name, login in (("1001", "Kaj Kunde", KAJ), ("1002", "Olga Anden", OLGA)):
        customer_id = office_world.a_customer(here, number, name, CustomerKind.CONSUMER)
        make_member(
            customer_id,
            here.company_id,
            name=login,
            password=PASSWORD,
            role=Role.HOLDER,
            at=office_world.moment_of(BEGAN_ON),
        )
    return here


def test_from_the_order_to_the_erasure(house: House) -> None:
    company = company_of(1)
    kaj = customer(house, "1001", KAJ)
    order(kaj, "kaj-eksempel.dk")
    order(customer(house, "1002", OLGA), "olga-eksempel.dk")
    time.sleep(1)
    print(house.unsettled())


class Customer(Browser):
    number: str = ""


def customer(house: House, number: str, login: str) -> Customer:
    browser = Customer(house)
    browser.number = number
    browser.sign_in(login, PASSWORD)
    return browser


def order(browser: Customer, domain: str) -> str:
    """Order a web hotel in the portal, and return the address of its page."""
    path = f"/my/simsoft/{browser.number}/order/"
    checked = browser.post(path, {"plan": "webhotel-small", "name": domain, "starts_now": "1"})
    assert checked.status_code == 200, checked.text[:3000]
    answer = browser.client.post(
        f"{path}place/",
        data={**hidden(checked.text), "accepts": "1"},
        headers={"Origin": browser.house.url, "Referer": f"{browser.house.url}{path}"},
    )
    assert answer.status_code == 302, answer.text[:3000]
    assert "/services/" in answer.headers["Location"], browser.get(answer.headers["Location"]).text[:3000]
    return str(answer.headers["Location"])
