"""Staff look after a service from its page: every form does its act under the terms, and says so."""

from datetime import date

import pytest
from django.conf import settings as installed
from django.contrib.auth import get_user_model
from django.test import Client
from pytest_django import Settings

from servanda.business.hosting.actions import place_holds
from servanda.business.hosting.facts import ServiceFacts
from servanda.business.hosting.models import Part
from servanda.business.hosting.queries import services, services_of_customer, setup_of
from servanda.business.hosting.queries.mail import bulk_of_service
from servanda.ground.calendar import moment_of
from servanda.ground.citation import Citation
from servanda.ground.nodes.domain_claims import proof_name
from servanda.ground.nodes.kinds.web import Site
from servanda.ground.nodes.wanted import Measurement
from servanda.simulation import drivers
from tests.business.nodes.house import House, kept
from tests.cast import ALMA
from tests.faces.office import office_world
from tests.stories.world import World

BEGINS = date(2026, 12, 1)


@pytest.fixture
def house(db: None, settings: Settings) -> House:
    settings.DRIVERS, settings.DAILY_LIFE = "servanda.simulation.drivers", ""
    drivers.post.cache_clear()
    drivers.names.cache_clear()
    return House(World("simsoft", BEGINS))


@pytest.fixture
def service_id(house: House) -> int:
    alma = house.world.customer(ALMA, "webhotel-small", began_on=BEGINS)
    house.world.round()
    house.settle()
    return services_of_customer(alma)[0].service_id


@pytest.fixture
def page(service_id: int) -> str:
    return f"/c/simsoft/services/{service_id}/"


@pytest.fixture
def eva(db: None) -> Client:
    office_world.staff()
    browser = Client(SERVER_NAME=installed.ALLOWED_HOSTS[0], HTTP_ACCEPT_LANGUAGE="en")

    browser.force_login(get_user_model().objects.get(username="eva"))
    return browser


def now(service_id: int) -> ServiceFacts:
    return services([service_id])[0]


def said(browser: Client, address: str, **fields: str) -> str:
    answer = browser.post(address, fields, follow=True)
    assert answer.status_code == 200, answer.content.decode()[-1500:]
    return answer.content.decode()


@pytest.mark.clause("simsoft-017", "simsoft-018")
def test_mail_is_stopped_and_let_go_from_the_page(eva: Client, page: str, service_id: int) -> None:
    assert "Say why" in said(eva, f"{page}stop-mail/", hours="12")
    assert "whole number" in said(eva, f"{page}stop-mail/", hours="twelve", reason="spam")
    assert now(service_id).sending_stop is None
    html = said(eva, f"{page}stop-mail/", hours="12", reason="forty complaints")
    assert "Mail going out is stopped" in html
    assert "Mail is not sent from here now." in html
    assert "It ends by itself" in html
    assert "simsoft 2.6" in html
    stop = now(service_id).sending_stop
    assert stop is not None
    assert "It is lifted" in said(eva, f"{page}lift/", hold=str(stop.hold_id), reason="the script is gone")
    assert now(service_id).sending_stop is None


def test_a_hold_without_a_clause_is_refused_in_words(eva: Client, page: str, service_id: int) -> None:
    for cause in ("load", "nonsense", ""):
        assert "The act was refused" in said(eva, f"{page}hold/", cause=cause, hours="2", reason="busy")
    assert now(service_id).is_served


def test_a_hold_for_an_invoice_has_no_form_to_lift_it(eva: Client, page: str, service_id: int) -> None:
    place_holds(
        [service_id],
        cause="payment",
        invoice_id=None,
        warrant_key="w",
        because=(Citation("simsoft", "5.2"),),
        today=BEGINS,
        at=moment_of(BEGINS),
    )
    assert "Lift the hold" not in eva.get(page).content.decode()
    (hold,) = now(service_id).open_holds
    assert "unpaid invoice" in said(eva, f"{page}lift/", hold=str(hold.hold_id), reason="please")


@pytest.mark.clause("servicepoint-019", "servicepoint-020")
def test_a_wish_for_much_mail_waits_for_staff_and_is_answered(eva: Client, page: str, service_id: int) -> None:
    assert "how many messages" in said(eva, f"{page}act/ask-for-bulk/", messages="")
    assert bulk_of_service(service_id) is None
    said(eva, f"{page}act/ask-for-bulk/", messages="20000")
    assert "20000 mails a week" in eva.get("/c/simsoft/nodes/").content.decode()
    assert "20000 mails a week" in eva.get(page).content.decode()
    assert "day to come" in said(eva, f"{page}answer-bulk/", answer="yes", way="dedicated", until="2026-12-01")
    assert "The leave is given" in said(eva, f"{page}answer-bulk/", answer="yes", way="dedicated", until="2027-02-01")
    found = bulk_of_service(service_id)
    assert found is not None
    assert (found.state, found.until) == ("granted", date(2027, 2, 1))
    assert "20000 mails a week may be sent until" in eva.get(page).content.decode()
    assert "Nobody has asked" in said(eva, f"{page}answer-bulk/", answer="no", reason="once more")


def test_control_of_a_domain_is_shown_by_its_dns(eva: Client, page: str, service_id: int, house: House) -> None:
    html = eva.get(page).content.decode()
    assert "does not stand" in said(eva, f"{page}act/look-for-proof/")
    name = proof_name("alma.example")
    drivers.names().unavailable.add(name)
    assert "gave no answer" in said(eva, f"{page}act/look-for-proof/")
    drivers.names().unavailable.clear()
    drivers.names().known[name] = ("servanda-proof=of-somebody-else",)
    assert "does not stand" in said(eva, f"{page}act/look-for-proof/")
    proof = html[html.index("servanda-proof=") :].split("<")[0]
    drivers.names().known[name] = ("other", proof)
    said(eva, f"{page}act/look-for-proof/")
    assert setup_of(service_id).is_domain_proven  # type: ignore[union-attr]
    assert "servanda-proof=" not in eva.get(page).content.decode()


def test_control_of_a_domain_is_confirmed_by_a_person_who_says_how(eva: Client, page: str, service_id: int) -> None:
    assert "The act was refused" in said(eva, f"{page}confirm-domain/", how=" ")
    assert not setup_of(service_id).is_domain_proven  # type: ignore[union-attr]
    said(eva, f"{page}confirm-domain/", how="registered by us")
    assert setup_of(service_id).is_domain_proven  # type: ignore[union-attr]
    assert "set up for alma.example already" in said(eva, f"{page}give-domain/", domain="other.example")


def test_a_service_from_before_the_first_server_is_laid_out_from_its_page(db: None, eva: Client) -> None:
    world = World("simsoft", BEGINS)
    alma = world.customer(ALMA, "webhotel-small", began_on=BEGINS)
    world.round()
    service_id = services_of_customer(alma)[0].service_id
    page = f"/c/simsoft/services/{service_id}/"
    assert "Lay it out on a server" not in eva.get(page).content.decode()
    House(world)
    assert "Lay it out on a server" in eva.get(page).content.decode()
    assert "Say why" in said(eva, f"{page}lay-out/", reason="")
    html = said(eva, f"{page}lay-out/", reason="moved in from the old server")
    assert "It is laid out" in html
    assert "Lay it out on a server" not in html
    assert setup_of(service_id).node == "node1"  # type: ignore[union-attr]


def test_late_copies_stand_with_the_servers(eva: Client, house: House, service_id: int) -> None:
    house.now = moment_of(date(2026, 11, 1))
    house.report(findings=tuple(house.found(key) for key in house.known))
    html = eva.get("/c/simsoft/nodes/").content.decode()
    assert "Copies that are not as promised" in html
    assert "no copy since it was laid out" in html
    assert f"/c/simsoft/services/{service_id}/" in html


def test_another_companys_service_is_out_of_reach(eva: Client, page: str, service_id: int) -> None:
    World("vicevaert", BEGINS)
    foreign = page.replace("simsoft", "vicevaert")
    for name in ("hold", "stop-mail", "confirm-domain", "give-domain", "lay-out", "answer-bulk", "lift"):
        eva.post(f"{foreign}{name}/", {"cause": "abuse", "reason": "x", "how": "x", "domain": "x.dk", "hold": "1"})
    assert now(service_id).holds == ()
    assert not setup_of(service_id).is_domain_proven  # type: ignore[union-attr]


@pytest.mark.clause("vicevaert-016", "compusoft-052")
def test_use_beyond_what_was_agreed_is_shown_and_the_line_is_changed_from_today(
    eva: Client, page: str, service_id: int, house: House
) -> None:
    (site,) = kept(house, "site")
    assert isinstance(site, Site)
    figures = {"disk_bytes": 3 * site.disk_bytes}
    house.report(measurements=(Measurement(key=site.key, day=BEGINS.isoformat(), figures=figures),))
    assert "Use beyond what was agreed" in eva.get("/c/simsoft/nodes/").content.decode()
    wrong = {"plan": "mailbox", "quantity": "1", "reason": "more"}
    assert "same product" in said(eva, f"{page}change-plan/", **wrong)
    assert "whole number" in said(eva, f"{page}change-plan/", plan="webhotel-large", quantity="x", reason="more")
    assert "Say why" in said(eva, f"{page}change-plan/", plan="webhotel-large", quantity="1")
    html = said(eva, f"{page}change-plan/", plan="webhotel-large", quantity="1", reason="measured, and asked for")
    assert "The line is changed from today" in html
    house.world.round()
    assert setup_of(service_id).plan_code == "webhotel-large"  # type: ignore[union-attr]


@pytest.mark.clause("compusoft-024")
def test_a_service_that_stands_in_no_plan_of_copies_is_told_of(eva: Client, house: House, service_id: int) -> None:
    house.report(findings=tuple(house.found(key) for key in house.known))
    assert "it stands in no plan of copies" not in eva.get("/c/simsoft/nodes/").content.decode()
    Part.objects.filter(service_id=service_id, kind="backup").update(state="purged", removed_on=BEGINS)
    assert "it stands in no plan of copies" in eva.get("/c/simsoft/nodes/").content.decode()
