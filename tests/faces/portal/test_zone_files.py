"""A zone as a file: what it would change is looked at first, then one act takes it in; the same for customers and staff."""

from datetime import date

import pytest
from django.conf import settings as installed
from django.contrib.auth import get_user_model
from django.test import Client
from pytest_django import Settings

from servanda.business.access.actions import make_member
from servanda.business.access.facts import Role
from servanda.business.customers.queries import customer
from servanda.business.hosting.queries import parts_of_service, services_of_customer
from servanda.ground.calendar import moment_of
from servanda.ground.nodes.kinds.dns import Zone
from servanda.ground.nodes.kinds.mail import MailDomain
from servanda.ground.nodes.wanted import Finding
from servanda.ground.nodes.zone_files import read_zone_file
from servanda.simulation import drivers
from tests.business.nodes.house import House, kept
from tests.cast import ALMA
from tests.faces.office import office_world
from tests.stories.world import World

BEGINS = date(2026, 9, 1)
DKIM = "v=DKIM1; k=rsa; p=QUJD"


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
def zone(house: House, alma_id: int) -> Zone:
    """Alma's zone, with the key that her mail is signed with on the server."""
    (domain,) = (one for one in kept(house, "mail-domain") if isinstance(one, MailDomain))
    found = house.found(domain.key)
    facts = {"dkim_name": f"sv1._domainkey.{domain.domain}", "dkim_record": DKIM}
    house.report(findings=(Finding(key=domain.key, fingerprint=found.fingerprint, state="as wanted", facts=facts),))
    return zone_now(alma_id)


@pytest.fixture(params=["customer", "staff"])
def browser(request: pytest.FixtureRequest, house: House, alma_id: int) -> Client:
    found = Client(SERVER_NAME=installed.ALLOWED_HOSTS[0], HTTP_ACCEPT_LANGUAGE="en")
    if request.param == "staff":
        found.force_login(office_world.staff())  # type: ignore[arg-type]
        found.page = f"/c/simsoft/services/{service_of(alma_id)}/"  # type: ignore[attr-defined]
        return found
    name = "alma@alma.example"
    make_member(
        alma_id, house.world.company_id, name=name, password="syv kolde kopper", role=Role.HOLDER, at=moment_of(BEGINS)
    )
    found.force_login(get_user_model().objects.get(username=name))
    found.page = f"/my/simsoft/{customer(alma_id).number}/services/{service_of(alma_id)}/"  # type: ignore[attr-defined]
    return found


def service_of(customer_id: int) -> int:
    return services_of_customer(customer_id)[0].service_id


def zone_now(customer_id: int) -> Zone:
    return next(one.statement for one in parts_of_service(service_of(customer_id)) if isinstance(one.statement, Zone))


def given(browser: Client, zone: Zone, text: str) -> tuple[str, dict[str, str]]:
    """Hand in a file, and return the page and what its button would send."""
    answer = browser.post(f"{browser.page}zones/{zone.domain}/", {"text": text})  # type: ignore[attr-defined]
    assert answer.status_code == 200
    shown = answer.context["zone"]
    return answer.content.decode(), {"key": shown.key, "seen": shown.seen, "text": shown.text}


def test_what_was_fetched_reads_back_as_the_zone(browser: Client, zone: Zone) -> None:
    assert f"zones/{zone.domain}/" in browser.get(browser.page).content.decode()  # type: ignore[attr-defined]
    answer = browser.get(f"{browser.page}zones/{zone.domain}/file/")  # type: ignore[attr-defined]
    assert f"{zone.domain}.zone" in answer["Content-Disposition"]
    assert set(read_zone_file(answer.content.decode(), zone.domain, keep_name_servers=True).records) == set(
        zone.records
    )
    html, _ = given(browser, zone, answer.content.decode())
    assert "There is nothing to do." in html


def test_a_file_is_looked_at_and_then_taken_in_as_a_whole(browser: Client, zone: Zone, alma_id: int) -> None:
    text = f"""$ORIGIN {zone.domain}.
@ 3600 IN SOA ns.elsewhere.example. hostmaster 1 2 3 4 5
@ 3600 IN NS ns.elsewhere.example.
@ 3600 IN A 192.0.2.77
shop 300 IN CNAME shops.example.
$INCLUDE /etc/passwd
x IN HINFO a b
"""
    html, button = given(browser, zone, text)
    assert zone_now(alma_id) == zone
    for said in ("Added", "Changed", "Removed", "192.0.2.77", "Line 3", "Line 6", "a file may not take in other files"):
        assert said in html, said
    browser.post(f"{browser.page}act/replace-zone/", button)  # type: ignore[attr-defined]
    after = zone_now(alma_id)
    found = {(one.name, one.type): one.content for one in after.records}
    assert found[zone.domain, "A"] == "192.0.2.77"
    assert found[f"shop.{zone.domain}", "CNAME"] == "shops.example."
    assert (zone.domain, "MX") not in found
    assert found[zone.domain, "NS"] == "node1.hosting.example."
    assert DKIM in found[f"sv1._domainkey.{zone.domain}", "TXT"]


def test_what_was_not_shown_is_not_taken_in(browser: Client, zone: Zone, alma_id: int) -> None:
    _, button = given(browser, zone, "@ 3600 IN A 192.0.2.77\n")
    for false in ({"text": "@ 3600 IN A 192.0.2.78\n"}, {"seen": ""}, {"key": "zone/birk.dk"}):
        answer = browser.post(f"{browser.page}act/replace-zone/", button | false, follow=True)  # type: ignore[attr-defined]
        assert 'class="notice stop"' in answer.content.decode()
        assert zone_now(alma_id) == zone
    record = {"key": zone.key, "name": f"new.{zone.domain}", "type": "A", "content": "192.0.2.5"}
    browser.post(f"{browser.page}act/add-record/", record)  # type: ignore[attr-defined]
    changed = zone_now(alma_id)
    answer = browser.post(f"{browser.page}act/replace-zone/", button, follow=True)  # type: ignore[attr-defined]
    assert "Look at the file once more." in answer.content.decode()
    assert zone_now(alma_id) == changed


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Paste a zone file, or choose one."),
        ("; only words\n", "holds no record of this zone"),
        ("@ 3600 IN A nonsense\n", "holds no record of this zone"),
        ("www 3600 IN CNAME a.dk.\nwww 3600 IN A 192.0.2.1\n", "So the zone would be broken."),
        ("@ 3600 IN A 192.0.2.1\n" + "x" * 1_000_000, "larger than 1 MB"),
    ],
)
def test_what_cannot_be_taken_in_says_why_and_has_no_button(
    browser: Client, zone: Zone, alma_id: int, text: str, said: str
) -> None:
    html, button = given(browser, zone, text)
    assert said in html
    assert "replace-zone" not in html
    browser.post(f"{browser.page}act/replace-zone/", button | {"key": zone.key, "text": text})  # type: ignore[attr-defined]
    assert zone_now(alma_id) == zone


def test_a_zone_that_the_service_does_not_have_is_not_found(browser: Client, zone: Zone) -> None:
    for address in ("zones/birk.example/", "zones/birk.example/file/"):
        assert browser.get(f"{browser.page}{address}").status_code == 404  # type: ignore[attr-defined]
