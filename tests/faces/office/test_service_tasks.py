"""Staff see what waits about services, with the figures and the clauses, and answer it from the page."""

from datetime import date, timedelta

import pytest
from django.conf import settings as installed
from django.contrib.auth import get_user_model
from django.test import Client
from pytest_django import Settings

from servanda.business.contracts.queries import line as line_of
from servanda.business.hosting.queries import errands_of_service, services, services_of_customer
from servanda.business.hosting.queries.tasks import tasks_of_service
from servanda.ground.nodes.wanted import CopyNews, Measurement
from servanda.simulation import drivers
from tests.business.nodes.house import House, kept
from tests.cast import ALMA
from tests.faces.office import office_world
from tests.stories.world import World

BEGINS = date(2026, 12, 1)
GB = 1_000_000_000


@pytest.fixture
def quiet(db: None, settings: Settings) -> None:
    settings.DRIVERS, settings.DAILY_LIFE = "servanda.simulation.drivers", ""
    drivers.post.cache_clear()


@pytest.fixture
def eva(db: None) -> Client:
    office_world.staff()
    browser = Client(SERVER_NAME=installed.ALLOWED_HOSTS[0], HTTP_ACCEPT_LANGUAGE="en")
    browser.force_login(get_user_model().objects.get(username="eva"))
    return browser


def house_of(slug: str, plan: str) -> tuple[House, int, str]:
    house = House(World(slug, BEGINS), name=f"node-{slug}")
    alma = house.world.customer(ALMA, plan, began_on=BEGINS)
    house.world.round()
    house.settle()
    service_id = services_of_customer(alma)[0].service_id
    return house, service_id, f"/c/{slug}/services/{service_id}/"


def told(house: House, **figures: int) -> None:
    (site,) = kept(house, "site")
    house.report(measurements=(Measurement(key=site.key, day=house.world.today.isoformat(), figures=figures),))


def said(browser: Client, address: str, **fields: object) -> str:
    answer = browser.post(address, fields, follow=True)
    assert answer.status_code == 200, answer.content.decode()[-1500:]
    return answer.content.decode()


def newest(service_id: int) -> int:
    return tasks_of_service(service_id)[0].task_id


@pytest.mark.clause("servicepoint-033", "servicepoint-035")
def test_a_load_waits_with_its_figures_and_a_pause_within_the_clause(eva: Client, quiet: None) -> None:
    house, service_id, page = house_of("servicepoint", "cloudnet-monthly")
    assert "About services" not in eva.get("/c/servicepoint/nodes/").content.decode()
    told(house, cpu_millicores=2500, processes=9)
    listed = eva.get("/c/servicepoint/nodes/").content.decode()
    assert "High load" in listed
    assert "2.5 processor cores on average, 9 processes." in listed
    html = eva.get(page).content.decode()
    assert "The customer was written to." in html
    assert "Hours, at most 4" in html
    assert "more than the 4 hours" not in html
    assert "at most 4 hours" in said(eva, f"{page}hold/", cause="load", hours="5", reason="busy")
    assert "It is held" in said(eva, f"{page}hold/", cause="load", hours="4", reason="busy")
    assert not services([service_id])[0].is_served
    assert "It is held for this now." in eva.get(page).content.decode()
    assert "what came of it" in said(eva, f"{page}task/end/", task=newest(service_id), outcome="")
    assert "It is kept what came of it." in said(eva, f"{page}task/end/", task=newest(service_id), outcome="mended")
    assert "seen to already" in said(eva, f"{page}task/end/", task=newest(service_id), outcome="again")
    assert "About services" not in eva.get("/c/servicepoint/nodes/").content.decode()


@pytest.mark.clause("compusoft-051", "compusoft-052")
def test_a_use_is_offered_with_its_price_and_the_yes_is_kept(eva: Client, quiet: None) -> None:
    house, service_id, page = house_of("compusoft", "hosting-web")
    told(house, disk_bytes=31 * GB, inodes=10)
    html = eva.get(page).content.decode()
    assert "Files: 31.0 GB used, 25.0 GB agreed" in html
    assert '<option value="hosting-basis" selected>' in html
    assert "It changes when the customer says yes." in html
    day = (BEGINS + timedelta(days=7)).isoformat()
    fields = {"task": newest(service_id), "plan": "hosting-basis", "quantity": "1"}
    assert "day to come" in said(eva, f"{page}task/offer/", **fields, from_on=BEGINS.isoformat())
    assert "same product" in said(eva, f"{page}task/offer/", **{**fields, "plan": "nothing"}, from_on=day)
    assert "The customer is written to" in said(eva, f"{page}task/offer/", **fields, from_on=day)
    assert "Offered: 1 × hosting-basis" in eva.get(page).content.decode()
    assert "Say how" in said(eva, f"{page}task/agree/", task=newest(service_id), how="")
    assert "The customer&#x27;s yes is kept." in said(eva, f"{page}task/agree/", task=newest(service_id), how="phone")
    house.world.live_until(BEGINS + timedelta(days=7))
    assert line_of(services([service_id])[0].line_id).plan_code == "hosting-basis"


@pytest.mark.clause("servicepoint-017")
def test_a_complaint_is_taken_in_and_shows_the_hold_that_the_terms_allow(eva: Client, quiet: None) -> None:
    _house, service_id, page = house_of("servicepoint", "cloudnet-monthly")
    fields = {"about": "spam", "source": "mail", "words": "Carla got forty mails"}
    assert "Choose what" in said(eva, f"{page}complaint/", **{**fields, "about": "rudeness"})
    html = said(eva, f"{page}complaint/", **fields)
    assert "The complaint is taken in." in html
    assert "Carla got forty mails" in html
    assert "unwanted mail · by mail" in html
    assert services([service_id])[0].is_served
    assert 'name="warned_on"' in html
    assert "A complaint about" in eva.get("/c/servicepoint/").content.decode()
    assert "Carla" not in eva.get("/c/servicepoint/").content.decode()


@pytest.mark.clause("compusoft-061")
def test_a_request_is_answered_with_its_price_and_begun_after_the_yes(eva: Client, quiet: None) -> None:
    house, service_id, page = house_of("compusoft", "hosting-web")
    key = next(key for key in house.known if key.startswith("backup/"))
    house.report(copies=(CopyNews(key=key, what="made", snapshot="a" * 16, at=house.now, size_bytes=9),))
    html = eva.get(page).content.decode()
    assert "Ask for something back" in html
    assert f'value="{"a" * 16}" required' in html
    wish = {"snapshot": "a" * 16, "what": "files", "into": "in place"}
    assert "It is taken in." in said(eva, f"{page}act/restore/", **wish)
    task = newest(service_id)
    assert "price list" in said(eva, f"{page}task/answer/", task=task, hours="1,5", reason="their own mistake")
    assert "Write a number" in said(eva, f"{page}task/answer/", task=task, hours="many", reason="their own mistake")
    html = said(eva, f"{page}task/answer/", task=task, hours="1,5", rate="900", reason="their own mistake")
    assert "1,350.00 without VAT: their own mistake" in html
    assert "Say first what it costs" in said(eva, f"{page}task/begin/", task=task)
    said(eva, f"{page}task/agree/", task=task, how="by mail")
    assert "It has begun." in said(eva, f"{page}task/begin/", task=task)
    assert [one.kind for one in errands_of_service(service_id)] == ["restore"]


def test_a_task_of_another_service_is_not_answered_here(eva: Client, quiet: None) -> None:
    house, service_id, page = house_of("servicepoint", "cloudnet-monthly")
    told(house, cpu_millicores=2500, processes=9)
    other = f"/c/servicepoint/services/{service_id + 1}/"
    answer = eva.post(f"{other}task/end/", {"task": newest(service_id), "outcome": "mended"})
    assert answer.status_code == 302
    assert tasks_of_service(service_id)[0].state == "open"
    assert page


@pytest.mark.clause("servicepoint-076", "servicepoint-086", "servicepoint-087")
def test_a_database_sold_by_itself_says_what_its_owner_answers_for(eva: Client, quiet: None) -> None:
    _house, _service_id, page = house_of("servicepoint", "cloudsql-small")
    html = eva.get(page).content.decode()
    assert "are yours to answer for" in html
    assert "servicepoint 11.4" in html
    _house, _service_id, page = house_of("simsoft", "webhotel-small")
    assert "are yours to answer for" not in eva.get(page).content.decode()
