"""A customer looks after a service by themselves: what the page shows, and what each form does on the node."""

from datetime import date

import pytest
from django.conf import settings as installed
from django.contrib.auth import get_user_model
from django.test import Client
from pytest_django import Settings

from servanda.business.access.actions import make_member
from servanda.business.access.facts import Role
from servanda.business.customers.queries import customer
from servanda.business.hosting.actions import place_holds
from servanda.business.hosting.queries import errands_of_service, parts_of_service, services_of_customer
from servanda.ground.calendar import moment_of
from servanda.ground.citation import Citation
from servanda.ground.nodes.kinds.databases import Database
from servanda.ground.nodes.kinds.dns import Zone
from servanda.ground.nodes.kinds.mail import Mailbox
from servanda.ground.nodes.kinds.web import Site
from servanda.ground.nodes.wanted import CopyNews, Difference, ErrandNews, Finding
from servanda.simulation import drivers
from tests.business.nodes.house import House
from tests.cast import ALMA, BIRK
from tests.stories.world import World

BEGINS = date(2026, 9, 1)
PASSWORD = "Syv-kolde-kopper-the"


@pytest.fixture
def house(db: None, settings: Settings) -> House:
    settings.DRIVERS, settings.DAILY_LIFE = "servanda.simulation.drivers", ""
    drivers.post.cache_clear()
    return House(World("simsoft", BEGINS))


@pytest.fixture
def alma_id(house: House) -> int:
    found = house.world.customer(ALMA, "webhotel-small", began_on=BEGINS)
    house.world.round()
    house.settle()
    return found


@pytest.fixture
def service_id(alma_id: int) -> int:
    return services_of_customer(alma_id)[0].service_id


@pytest.fixture
def page(alma_id: int, service_id: int) -> str:
    return f"/my/simsoft/{customer(alma_id).number}/services/{service_id}/"


@pytest.fixture
def alma(house: House, alma_id: int) -> Client:
    return signed_in(house, alma_id, "alma@alma.example", Role.HOLDER)


def signed_in(house: House, customer_id: int, name: str, role: Role) -> Client:
    make_member(customer_id, house.world.company_id, name=name, password=PASSWORD, role=role, at=moment_of(BEGINS))
    browser = Client(SERVER_NAME=installed.ALLOWED_HOSTS[0], HTTP_ACCEPT_LANGUAGE="en")
    browser.force_login(get_user_model().objects.get(username=name))
    return browser


def all_found(house: House) -> None:
    house.report(findings=tuple(house.found(key) for key in house.known))


def part(service_id: int, kind: type) -> object:
    return next(one.statement for one in parts_of_service(service_id) if isinstance(one.statement, kind))


def key(service_id: int, kind: type) -> str:
    return next(one.key for one in parts_of_service(service_id) if isinstance(one.statement, kind))


def test_the_page_says_that_all_is_as_ordered(alma: Client, page: str, house: House) -> None:
    assert "It is being set up" in alma.get(page).content.decode()
    all_found(house)
    html = alma.get(page).content.decode()
    assert "All is as ordered." in html
    assert "PHP" in html


def test_a_difference_is_told_in_words(alma: Client, page: str, house: House, service_id: int) -> None:
    all_found(house)
    site = key(service_id, Site)
    house.report(
        findings=(
            Finding(
                key=site,
                fingerprint=house.found(site).fingerprint,
                state="differs",
                differences=(Difference(code="site.php-down", wanted="8.2"), Difference(code="site.unheard-of")),
            ),
        )
    )
    html = alma.get(page).content.decode()
    assert "PHP 8.2 does not run" in html
    assert "not as ordered (site.unheard-of)" in html
    assert "1 parts are not as ordered" in html


def test_a_held_service_says_why_by_which_clause_and_how_it_ends(alma: Client, page: str, service_id: int) -> None:
    place_holds(
        [service_id],
        cause="payment",
        invoice_id=None,
        warrant_key="w",
        because=(Citation("simsoft", "5.2"),),
        today=BEGINS,
        at=moment_of(BEGINS),
    )
    html = alma.get(page).content.decode()
    assert "It is paused. Nothing is lost." in html
    assert "simsoft 5.2" in html
    assert "opens by itself when the payment is booked" in html


def test_each_form_changes_its_part(alma: Client, page: str, house: House, service_id: int) -> None:
    def act(which: str, **fields: str) -> None:
        answer = alma.post(f"{page}act/{which}/", fields, follow=True)
        assert "It is ordered" in answer.content.decode(), (which, [str(one) for one in answer.context["messages"]])

    act("php", key=key(service_id, Site), php="")
    assert part(service_id, Site).php is None  # type: ignore[attr-defined]
    act("add-mailbox", local="Alma", password=PASSWORD)
    assert part(service_id, Mailbox).local == "alma"  # type: ignore[attr-defined]
    act("mailbox-password", key=key(service_id, Mailbox), password="Ni-varme-kander-kaffe")
    act("add-alias", local="info", to="alma@alma.example, birk@birk.example")
    act("remove-mailbox", key=key(service_id, Mailbox))
    act("put-back", key=key(service_id, Mailbox))
    before = len(part(service_id, Zone).records)  # type: ignore[attr-defined]
    zone = key(service_id, Zone)
    domain = zone.partition("/")[2]
    act("add-record", key=zone, name=f"hello.{domain}", type="TXT", ttl="300", content='"hello"')
    assert len(part(service_id, Zone).records) == before + 1  # type: ignore[attr-defined]
    act("remove-record", key=zone, record=f'hello.{domain}\tTXT\t300\t"hello"')
    assert len(part(service_id, Zone).records) == before  # type: ignore[attr-defined]
    act("export")
    assert [one.kind for one in errands_of_service(service_id)] == ["export"]
    if any(isinstance(one.statement, Database) for one in parts_of_service(service_id)):
        act("add-database-user", key=key(service_id, Database), name="app", password=PASSWORD)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("nonsense", {}),
        ("php", {"key": "site/999", "php": "8.2"}),
        ("php", {"key": "x", "php": "5.6"}),
        ("names", {"key": "site/1", "names": "a b; rm -rf /"}),
        ("add-mailbox", {"local": "alma", "password": "kort"}),
        ("add-mailbox", {"local": "../../x", "password": PASSWORD}),
        ("add-mailbox", {"local": "alma", "password": PASSWORD, "gb": "-1"}),
        ("add-alias", {"local": "x", "to": "nonsense"}),
        ("add-record", {"key": "zone/other.dk", "name": "other.dk", "type": "A", "content": "192.0.2.1"}),
        ("add-record", {"key": "", "name": "a\nb", "type": "XX", "content": "\x00"}),
        ("remove-record", {"key": "zone/x", "record": "a\tb"}),
        ("restore", {"snapshot": "zz", "what": "files", "into": "beside"}),
        ("restore", {"snapshot": "0" * 64, "what": "the moon", "into": "beside"}),
        ("undo-restore", {"errand": "x"}),
        ("login-keys", {"key": "login/x", "keys": "ssh-dss AAAA"}),
        ("put-back", {"key": "mailbox/a@b"}),
    ],
)
def test_nonsense_is_refused_in_words_and_changes_nothing(
    alma: Client, page: str, service_id: int, name: str, fields: dict[str, str]
) -> None:
    before = parts_of_service(service_id)
    answer = alma.post(f"{page}act/{name}/", fields, follow=True)
    assert answer.status_code == 200
    assert 'class="notice stop"' in answer.content.decode()
    assert parts_of_service(service_id) == before


def test_copies_stand_there_with_their_promise_and_can_be_given_back(
    alma: Client, page: str, house: House, service_id: int
) -> None:
    plan = next(one.key for one in parts_of_service(service_id) if one.kind == "backup")
    house.report(copies=(CopyNews(key=plan, what="made", snapshot="ab" * 32, at=house.now, size_bytes=5_000_000),))
    html = alma.get(page).content.decode()
    assert "5.0 MB" in html
    alma.post(f"{page}act/restore/", {"snapshot": "ab" * 32, "what": "files", "into": "in place"})
    (errand,) = errands_of_service(service_id)
    assert errand.kind == "restore"
    assert "At work" in alma.get(page).content.decode() or "Ordered" in alma.get(page).content.decode()


def test_only_who_may_manage_services_does(house: House, alma_id: int, page: str, service_id: int) -> None:
    birk = signed_in(house, alma_id, "bogholder@alma.example", Role.BILLING)
    assert birk.get(page).status_code == 403
    assert birk.post(f"{page}act/export/").status_code == 403
    assert errands_of_service(service_id) == ()


def test_another_customers_service_is_not_found(house: House, service_id: int) -> None:
    other_id = house.world.customer(BIRK, "webhotel-small", began_on=BEGINS)
    other = signed_in(house, other_id, "other@other.example", Role.HOLDER)
    number = customer(other_id).number
    assert other.get(f"/my/simsoft/{number}/services/{service_id}/").status_code == 404
    assert other.post(f"/my/simsoft/{number}/services/{service_id}/act/export/").status_code == 404


@pytest.mark.clause("servicepoint-098")
def test_a_day_of_the_calendar_is_looked_at_before_it_is_given_back(
    alma: Client, page: str, house: House, service_id: int
) -> None:
    key_of_plan = next(one for one in house.known if one.startswith("backup/"))
    house.report(copies=(CopyNews(key=key_of_plan, what="made", snapshot="b" * 16, at=house.now, size_bytes=9),))
    html = alma.get(page).content.decode()
    assert f'<input type="radio" name="snapshot" value="{"b" * 16}" required>' in html
    wish = {"snapshot": "b" * 16, "what": "file", "path": "htdocs/a.php", "into": "in place"}
    html = alma.post(f"{page}act/preview-restore/", wish, follow=True).content.decode()
    assert "It is being looked at." in html
    assert "Choose the day" in alma.post(f"{page}act/restore/", {**wish, "snapshot": ""}, follow=True).content.decode()
    (looked,) = errands_of_service(service_id)
    assert looked.kind == "preview"
    found = {"files": 3, "bytes": 2_500_000, "would_change": 2, "would_go": 0, "newest_file": "/files/htdocs/a.php"}
    house.report(errands=(ErrandNews(key=looked.statement.key, state="done", percent=100, result=found),))
    html = alma.get(page).content.decode()
    for text in ("Files: 3", "2.5 MB", "would be as before: 2", "Newest file in the copy: htdocs/a.php"):
        assert text in html
    assert "would go and is kept" not in html
    assert "Give it back in its place" in html
    fields = {"snapshot": "b" * 16, "what": "file", "path": "htdocs/a.php", "into": "beside"}
    assert "It is taken in." in alma.post(f"{page}act/restore/", fields, follow=True).content.decode()
    assert [one.kind for one in errands_of_service(service_id)] == ["restore", "preview"]


def test_a_site_and_its_mail_move_in_from_the_page(alma: Client, page: str, house: House, service_id: int) -> None:
    html = alma.get(page).content.decode()
    assert "Move in" in html
    site = {
        "host": "old.example.dk", "port": "22", "user": "web", "folder": "public_html", "password": "et gammelt ord",
        "host_key": "old.example.dk ssh-ed25519 " + "A" * 68,
    }  # fmt: skip
    wrong = alma.post(f"{page}act/move-in/", {**site, "host_key": "nonsense"}, follow=True).content.decode()
    assert "This cannot stand here" in wrong
    assert "et gammelt ord" not in wrong
    html = alma.post(f"{page}act/move-in/", site, follow=True).content.decode()
    assert "also when you come back later" in html
    assert "et gammelt ord" not in html
    (moving,) = errands_of_service(service_id)
    key_of_move = moving.statement.key
    house.report(errands=(ErrandNews(key=key_of_move, state="running", step="unpacking", percent=40),))
    html = alma.get(page).content.decode()
    assert 'value="40"' in html
    assert "the archive is taken apart" in html
    done = {"files": 12, "bytes": 9000, "links_left_out": 2, "dumps": "", "top": "public_html/"}
    house.report(errands=(ErrandNews(key=key_of_move, state="done", percent=100, result=done),))
    html = alma.get(page).content.decode()
    assert "Left out, links and devices, as only files and folders are taken: 2" in html
    assert "public_html/" not in html
    box = add_mailbox_of(alma, page, service_id)
    mail = {"key": box, "host": "imap.old.example.dk", "login": "alma", "password": "et andet ord"}
    assert "It is ordered" in alma.post(f"{page}act/fetch-mail/", mail, follow=True).content.decode()
    assert [one.kind for one in errands_of_service(service_id)] == ["mail-import", "move-in"]


def add_mailbox_of(alma: Client, page: str, service_id: int) -> str:
    alma.post(f"{page}act/add-mailbox/", {"local": "alma", "password": PASSWORD}, follow=True)
    return key(service_id, Mailbox)
