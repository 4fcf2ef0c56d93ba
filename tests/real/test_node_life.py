"""The life of a web hotel, from the order to the erasure, on real processes and a real node."""

import imaplib
import smtplib
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import dns.dnssec
import dns.message
import dns.name
import dns.query
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import httpx
import paramiko
import psycopg
import pymysql
import pytest
from pytest_django.plugin import DjangoDbBlocker

from servanda.business.access.actions import make_member
from servanda.business.access.facts import Role
from servanda.business.backups.queries import copies_of_service
from servanda.business.billing.queries import invoices_of_customer
from servanda.business.companies.actions import move_test_clock, note_bank_news
from servanda.business.companies.facts import CompanyFacts
from servanda.business.companies.queries import company as company_of
from servanda.business.contracts.actions import receive_notice
from servanda.business.contracts.facts import GivenNotice
from servanda.business.contracts.queries import ending_terms_of
from servanda.business.contracts.queries import line as line_of
from servanda.business.customers.queries import customer_numbered
from servanda.business.dunning.actions import decide_proposal
from servanda.business.dunning.queries import open_proposals
from servanda.business.evidence.queries import leaves_of
from servanda.business.hosting.actions.setting_up import confirm_domain
from servanda.business.hosting.queries import parts_of_service, services_of_customer, setup_of
from servanda.drivers.node.databases.places import socket
from servanda.ground.calendar import moment_of
from servanda.terms.clauses import CustomerKind
from servanda.wiring.roles import WEB
from tests.conftest import Server, a_database
from tests.faces.node.worlds import wait_until
from tests.faces.office import office_world
from tests.real.houses import Customer, House, a_house, customer, kill_part, order, refuse_without_daemons, working_as

BEGAN_ON = date(2026, 9, 1)
PASSWORD = "Kaffe-og-17-kopper"
HOST, OTHER = "kaj-eksempel.dk", "olga-eksempel.dk"
HELLO = "<p>Velkommen</p>"
KAJ, OLGA = "kaj@kunde.example", "olga@anden.example"


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
        a_house(database, home, _two_customers) as house,
    ):
        yield house


def _two_customers() -> CompanyFacts:
    here = office_world.a_company("compusoft", clock_on=BEGAN_ON)
    for number, name, login in (("1001", "Kaj Kunde", KAJ), ("1002", "Olga Anden", OLGA)):
        customer_id = office_world.a_customer(here, number, name, CustomerKind.BUSINESS)
        make_member(
            customer_id,
            here.company_id,
            name=login,
            password=PASSWORD,
            role=Role.HOLDER,
            at=moment_of(BEGAN_ON),
        )
    return here


def test_from_the_order_to_the_erasure(house: House) -> None:
    company, kaj = company_of(1), customer(house, "compusoft", "1001", KAJ, PASSWORD)
    began = time.monotonic()
    page = order(kaj, HOST, plan="hosting-web")
    wait_until(lambda: code(house) == 200, seconds=60, told=house.troubles)
    assert f"{HOST} is ready" in get(house).text, "there is nothing in it yet"
    say("from the order to an answer by HTTPS with its own certificate", began)
    order(customer(house, "compusoft", "1002", OLGA, PASSWORD), OTHER, plan="hosting-web")
    service = services_of_customer(customer_id(company, "1001"))[0].service_id
    the_customer_orders_in_the_portal(house, kaj, page, service)
    a_name_is_answered_with_signatures(house)
    a_file_by_sftp_is_served(house)
    a_database_is_used(house)
    a_mail_by_smtp_is_read_by_imap(house, "the first")
    house.move_time(company, to=date(2026, 9, 10))  # the bank must have been heard just before, or nobody is late
    pay(company, "1002")
    the_site_is_held_by_the_clause_and_nothing_else_is(house, company)
    a_payment_opens_it_at_once(house, company)
    the_contract_ends_and_what_was_there_goes_in_two_steps(house, kaj, page)


def the_site_is_held_by_the_clause_and_nothing_else_is(house: House, company: CompanyFacts) -> None:
    """CompuSoft's terms let it close nine days after the invoice, when a person says so (compusoft 5.1)."""
    house.move_time(company, to=date(2026, 9, 11))
    (proposed,) = [one for one in open_proposals(company.company_id) if one.act == "hold.placed"]
    assert get(house).text == HELLO, "nothing happens before a person has said yes"
    began = time.monotonic()
    with working_as(WEB):
        decide_proposal(
            company_of(company.company_id),
            proposed.proposal_id,
            is_approved=True,
            by="staff:eva",
            reason="the terms allow it",
            today=date(2026, 9, 11),
            at=at(date(2026, 9, 11)),
        )
    wait_until(lambda: code(house) == 503, seconds=30, told=house.troubles)
    say("from the decision to hold until the site says so", began)
    page = get(house).text
    assert "5.1" in page
    assert "compusoft" in page.lower()
    assert "https://" in page
    assert code(house, OTHER) == 200, "the other customer has paid"
    house.settle()
    send(house, "while it is held")
    with pytest.raises(imaplib.IMAP4.error):
        subjects_in_the_mailbox(house)


def a_payment_opens_it_at_once(house: House, company: CompanyFacts) -> None:
    began = time.monotonic()
    pay(company, "1001")
    wait_until(lambda: code(house) == 200, seconds=30, told=house.troubles)
    taken = say("from the payment to the site", began)
    assert taken < 10, "on a busy machine; the aim is 5 s"
    assert get(house).text == HELLO
    house.settle()
    wait_until(lambda: subjects_in_the_mailbox(house) == ["the first", "while it is held"], seconds=20)
    with sql(house) as line, line.cursor() as cursor:
        cursor.execute("select name from goods")
        assert cursor.fetchall() == (("kaffe",),)


def the_contract_ends_and_what_was_there_goes_in_two_steps(house: House, kaj: Customer, page: str) -> None:
    company = company_of(1)
    (service,) = services_of_customer(customer_id(company, "1001"))
    kill_part(house, "agent")  # a new one begins with a round of copies
    answer = kaj.post(f"{page}act/export/", {}, page=page)
    assert "It is ordered" in kaj.get(page).text, answer.text
    wait_until(lambda: copies_of_service(service.service_id) != (), seconds=60, told=house.troubles)
    wait_until(lambda: bool(export_of(house)), seconds=60, told=house.troubles)
    assert {"files/htdocs/index.html", "databases/s1_main.sql"} <= set(names_in(export_of(house)))
    with working_as(WEB):
        ends_on = give_notice(service.line_id)
    the_months_pass(house, company, until=ends_on + timedelta(days=1))
    wait_until(lambda: code(house) == 421, seconds=30, told=house.troubles)
    assert f"{OTHER} is ready" in get(house, OTHER).text
    (service,) = services_of_customer(customer_id(company, "1001"))
    assert service.purge_on is not None
    began = time.monotonic()
    the_months_pass(house, company, until=service.purge_on + timedelta(days=3))
    (service,) = services_of_customer(customer_id(company, "1001"))
    assert service.state == "purged"
    wait_until(lambda: is_erased(service.service_id), seconds=60, told=house.troubles)
    say("from the day of the purge until the node has said that nothing is left", began)
    nothing_of_it_lies_on_the_node(house)
    leaves = {warrant.act for warrant in leaves_of(company.company_id, warrants_on_the_node(house, "site/1"))}
    assert leaves == {"service.quarantined", "data.purged"}
    assert [one.kind for one in invoices_of_customer(customer_id(company, "1001"))][-1] == "invoice"
    assert f"{OTHER} is ready" in get(house, OTHER).text


def the_months_pass(house: House, company: CompanyFacts, *, until: date) -> None:
    """Let the clock stand still until shortly before, as after a long outage of the house; then it lives its days."""
    move_test_clock(company.company_id, to=until - timedelta(days=4))
    note_bank_news(company.company_id, until=until - timedelta(days=4))
    house.move_time(company_of(company.company_id), to=until)


def is_erased(service_id: int) -> bool:
    setup = setup_of(service_id)
    return setup is not None and setup.erased_at is not None


def nothing_of_it_lies_on_the_node(house: House) -> None:
    layout = house.layout
    assert not (layout.hosts / HOST).exists()
    assert not (layout.site(1) / "htdocs").exists()
    with pytest.raises(pymysql.err.OperationalError):
        sql(house)
    left = subprocess.run(
        ["grep", "-rlE", "Velkommen|while it is held", *map(str, (layout.sites, layout.mail, layout.quarantine))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert left.stdout == ""
    assert (layout.site(2) / "htdocs").is_dir()


def warrants_on_the_node(house: House, key: str) -> list[str]:
    """Return the warrants that the documents for a resource named."""
    with psycopg.connect(house.database.url) as owner:
        rows = owner.execute(
            "select w.key from evidence_warrant w join node_statement s"
            " on s.warrant = replace(lower(w.key), '.', '-') where s.key = %s",
            [key],
        )
        return [row[0] for row in rows.fetchall()]


def pay(company: CompanyFacts, number: str) -> None:
    """Let the bank tell that a customer has paid their newest invoice."""
    here = company_of(company.company_id)
    invoice = next(one for one in invoices_of_customer(customer_id(here, number)) if one.kind == "invoice")
    with working_as(WEB):
        office_world.a_payment(here, invoice.open_total, reference=invoice.reference)


def give_notice(line_id: int) -> date:
    """Let the customer give notice, and return the last day of the contract by its terms."""
    today = company_of(1).clock_on
    assert today is not None
    given = GivenNotice(given_on=today, channel="e-mail")
    terms = ending_terms_of(line_of(line_id), on=today)
    receipt = receive_notice(line_id, given, terms, today=today, at=at(today), by="staff:eva")
    assert receipt.ends_on is not None
    return receipt.ends_on


def export_of(house: House) -> Path | None:
    return next(iter((house.layout.site(1) / "private" / "exports").glob("*.tar.zst")), None)


def names_in(archive: Path | None) -> list[str]:
    assert archive is not None
    done = subprocess.run(["tar", "--zstd", "-tf", str(archive)], capture_output=True, text=True, check=True)
    return done.stdout.split()


def the_customer_orders_in_the_portal(house: House, kaj: Customer, page: str, service: int) -> None:
    with working_as(WEB):
        confirm_domain(service, how="registered here", by="staff:eva", today=BEGAN_ON, at=at(BEGAN_ON))
    database = next(part.key for part in parts_of_service(service) if part.kind == "database")
    login = next(part.key for part in parts_of_service(service) if part.kind == "login")
    for act, fields in (
        ("add-mailbox", {"local": "info", "password": PASSWORD}),
        ("login-password", {"key": login, "password": PASSWORD}),
        ("add-database-user", {"key": database, "name": "app", "password": PASSWORD}),
    ):
        answer = kaj.post(f"{page}act/{act}/", fields, page=page)
        told = kaj.get(page).text
        assert answer.status_code == 302, answer.text[:2000]
        assert "It is ordered" in told, told[:6000]
    began = time.monotonic()
    house.settle()
    say("from three orders in the portal to all done on the node", began)


def a_name_is_answered_with_signatures(house: House) -> None:
    name = dns.name.from_text(HOST)
    keys, _ = ask(house, name, dns.rdatatype.DNSKEY)
    found, signature = ask(house, name, dns.rdatatype.A)
    dns.dnssec.validate(found, signature, {name: keys})
    assert [one.address for one in found] == ["127.0.0.1"]


def ask(house: House, name: dns.name.Name, kind: dns.rdatatype.RdataType) -> tuple[dns.rrset.RRset, dns.rrset.RRset]:
    query = dns.message.make_query(name, kind, want_dnssec=True)
    answer = dns.query.tcp(query, "127.0.0.1", port=house.layout.ports.dns, timeout=10)
    rdclass = dns.rdataclass.IN
    return (
        answer.find_rrset(answer.answer, name, rdclass, kind),
        answer.find_rrset(answer.answer, name, rdclass, dns.rdatatype.RRSIG, kind),
    )


def a_file_by_sftp_is_served(house: House) -> None:
    with paramiko.Transport(("127.0.0.1", house.layout.ports.ssh)) as line:
        line.banner_timeout = line.auth_timeout = 30
        line.connect(username="s1", password=PASSWORD)
        sftp = paramiko.SFTPClient.from_transport(line)
        assert sftp is not None
        with sftp.open("htdocs/index.html", "w") as file:
            file.write(HELLO)
    answer = get(house)
    assert (answer.status_code, answer.text) == (200, HELLO)


def a_database_is_used(house: House) -> None:
    with sql(house) as line, line.cursor() as cursor:
        cursor.execute("create table goods (name text)")
        cursor.execute("insert into goods values ('kaffe')")
        cursor.execute("select name from goods")
        assert cursor.fetchall() == (("kaffe",),)


def sql(house: House) -> "pymysql.Connection[pymysql.cursors.Cursor]":
    return pymysql.connect(
        unix_socket=str(socket(house.layout)),
        user="s1_app",
        password=PASSWORD,
        database="s1_main",
        autocommit=True,
    )


def a_mail_by_smtp_is_read_by_imap(house: House, subject: str) -> None:
    send(house, subject)
    wait_until(lambda: subject in subjects_in_the_mailbox(house), seconds=20)


def send(house: House, subject: str) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "ven@andetsteds.example", f"info@{HOST}", subject
    message.set_content("hej")
    with smtplib.SMTP("127.0.0.1", house.layout.ports.smtp, timeout=20) as line:
        line.send_message(message)


def subjects_in_the_mailbox(house: House) -> list[str]:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with imaplib.IMAP4_SSL("127.0.0.1", house.layout.ports.imap, ssl_context=context, timeout=20) as line:
        line.login(f"info@{HOST}", PASSWORD)
        line.select("INBOX", readonly=True)
        _, found = line.search(None, "ALL")
        return [
            line.fetch(number.decode(), "(BODY[HEADER.FIELDS (SUBJECT)])")[1][0][1].decode().split(":", 1)[1].strip()
            for number in found[0].split()
        ]


def get(house: House, host: str = HOST, *, path: str = "/", form: Mapping[str, str] | None = None) -> httpx.Response:
    """Ask the node for a page as a browser that trusts the private authority would; with a form, send it."""
    roots = httpx.get(
        f"https://127.0.0.1:{house.layout.ports.acme_roots}/roots/0", verify=False, trust_env=False, timeout=10
    )
    context = ssl.create_default_context(cadata=roots.text)
    with httpx.Client(verify=context, trust_env=False, timeout=10 if form is None else 120) as client:
        return client.request(
            "GET" if form is None else "POST",
            f"https://127.0.0.1:{house.layout.ports.https}{path}",
            headers={"Host": host},
            extensions={"sni_hostname": host},
            data=form,
        )


def code(house: House, host: str = HOST) -> int:
    try:
        return get(house, host).status_code
    except (httpx.HTTPError, ssl.SSLError):
        return 0


def say(what: str, began: float) -> float:
    taken = time.monotonic() - began
    print(f"\n{what}: {taken:.2f} s")
    return taken


def at(day: date) -> datetime:
    return moment_of(day)


def customer_id(company: CompanyFacts, number: str) -> int:
    return customer_numbered(company.company_id, number).customer_id
