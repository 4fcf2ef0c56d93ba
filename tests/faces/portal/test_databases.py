"""A database sold by itself (ServicePoint's CloudSQL): ordered in the portal, closed until its owner opens it, and looked after."""

import re
from datetime import date

import pytest
from django.conf import settings as installed
from django.contrib.auth import get_user_model
from django.test import Client
from pytest_django import Settings

from servanda.business.access.actions import make_member
from servanda.business.access.facts import Role
from servanda.business.customers.queries import customer
from servanda.business.hosting.queries import errands_of_service, services_of_customer, setup_of
from servanda.ground.calendar import moment_of
from servanda.ground.nodes.kinds.backups import BackupPlan
from servanda.ground.nodes.kinds.databases import Database
from servanda.simulation import drivers
from tests.business.nodes.house import House, kept
from tests.cast import ALMA
from tests.stories.world import World

BEGINS = date(2026, 9, 1)
PASSWORD = "Syv-kolde-kopper-the-7"


@pytest.fixture
def house(db: None, settings: Settings) -> House:
    settings.DRIVERS, settings.DAILY_LIFE = "servanda.simulation.drivers", ""
    drivers.post.cache_clear()
    return House(World("servicepoint", BEGINS))


@pytest.fixture
def alma_id(house: House) -> int:
    return house.world.customer(ALMA, "cloudnet-monthly", began_on=BEGINS)


@pytest.fixture
def alma(house: House, alma_id: int) -> Client:
    name = "alma@alma.example"
    make_member(alma_id, house.world.company_id, name=name, password=PASSWORD, role=Role.HOLDER, at=moment_of(BEGINS))
    browser = Client(SERVER_NAME=installed.ALLOWED_HOSTS[0], HTTP_ACCEPT_LANGUAGE="en")
    browser.force_login(get_user_model().objects.get(username=name))
    return browser


def hidden(html: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html))


def order_page(alma_id: int) -> str:
    return f"/my/servicepoint/{customer(alma_id).number}/order/"


@pytest.fixture
def page(house: House, alma: Client, alma_id: int) -> str:
    """Order a small CloudSQL, and let the server set it up."""
    asked = order_page(alma_id)
    checked = alma.post(asked, {"kind": "database", "plan": "cloudsql-small", "name": " Lager  2 ", "starts_now": "1"})
    html = checked.content.decode()
    assert "<strong>Lager 2</strong>" in html
    answer = alma.post(f"{asked}place/", {**hidden(html), "accepts": "1"})
    assert "/services/" in answer["Location"], alma.get(answer["Location"]).content.decode()[:3000]
    house.world.round()
    house.settle()
    return str(answer["Location"])


def test_what_is_on_offer_stands_by_kind_each_with_its_own_name(alma: Client, alma_id: int) -> None:
    html = alma.get(order_page(alma_id)).content.decode()
    for said in ("A hosting service", "Your domain", "A database by itself", "What you call it", "CloudSQL, small"):
        assert said in html, said
    assert "Cloudserver" not in html, "that is sold by a person"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"kind": "database", "plan": "cloudsql-small", "name": ""}, "name-database-wrong"),
        ({"kind": "database", "plan": "cloudsql-small", "name": "<script>"}, "name-database-wrong"),
        ({"kind": "database", "plan": "", "name": "Lager"}, "Choose one of them."),
        ({"kind": "database", "plan": "cloudserver-small", "name": "Lager"}, "Choose one of them."),
        ({"kind": "database", "plan": "cloudnet-monthly", "name": "Lager"}, "name-hosting-wrong"),
        ({"kind": "nonsense", "plan": "x", "name": "y"}, "Something is missing."),
    ],
)
def test_a_wrong_order_says_so_at_its_field(alma: Client, alma_id: int, fields: dict[str, str], said: str) -> None:
    answer = alma.post(order_page(alma_id), fields)
    assert answer.status_code == 422
    assert said in answer.content.decode()


@pytest.mark.clause("servicepoint-076", "servicepoint-077", "servicepoint-083", "servicepoint-085")
def test_it_is_closed_and_copied_from_the_first_day_and_opened_by_its_owner(
    house: House, alma: Client, alma_id: int, page: str
) -> None:
    service = next(one for one in services_of_customer(alma_id) if one.product == "cloudsql")
    (database,) = of_service(house, service.service_id)
    plans = [one for one in kept(house, "backup") if isinstance(one, BackupPlan)]
    assert database.allow == ()
    assert [one.keep_daily for one in plans if database.name in one.databases] == [7]

    def act(which: str, **fields: str) -> str:
        html = alma.post(f"{page}act/{which}/", {"key": database.key, **fields}, follow=True).content.decode()
        house.world.round()
        house.settle()
        return html

    assert 'class="notice stop"' in act("add-database-user", name="app", password="Password1234")
    assert "It is ordered" in act("add-database-user", name="app", password=PASSWORD)
    assert 'class="notice stop"' in act("allow-networks", networks="0.0.0.0/0")
    assert "It is ordered" in act("allow-networks", networks="192.0.2.7 198.51.100.0/24")
    (opened,) = of_service(house, service.service_id)
    assert opened.allow == ("192.0.2.7/32", "198.51.100.0/24")
    assert [one.name for one in opened.users] == [f"{database.name.partition('_')[0]}_app"]
    house.report(findings=(house.found(database.key, {"address": "node1.hosting.example:3306"}),))
    html = alma.get(page).content.decode()
    assert "at node1.hosting.example:3306, over TLS" in html
    assert "192.0.2.7/32" in html
    assert "It is ordered" in act("allow-networks", networks="")
    assert of_service(house, service.service_id)[0].allow == ()


def test_what_needs_a_folder_is_not_offered_and_is_refused_with_a_way(alma: Client, alma_id: int, page: str) -> None:
    service = next(one for one in services_of_customer(alma_id) if one.product == "cloudsql")
    assert "act/export/" not in alma.get(page).content.decode()
    html = alma.post(f"{page}act/export/", follow=True).content.decode()
    assert "Open its database for your address" in html
    assert errands_of_service(service.service_id) == ()


def of_service(house: House, service_id: int) -> list[Database]:
    setup = setup_of(service_id)
    assert setup is not None
    found = [one for one in kept(house, "database") if isinstance(one, Database)]
    return [one for one in found if one.tenant == setup.tenant]
