"""Who gets in: every address says so itself, and nobody gets further than that."""

import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from servanda.business.companies.facts import CompanyFacts
from servanda.faces.parts.access import AccessRule, access, check_that_every_view_declares_access, declared_views
from tests.faces.office import office_world

SAMPLES = {
    "<slug:slug>": "safe-it",
    "<str:number>": "1001",
    "<int:number>": "1002",
    "<int:letter_id>": "1",
    "<int:acceptance_id>": "1",
    "<int:service_id>": "1",
    "<int:notice_id>": "1",
    "<int:guardian_id>": "1",
    "<str:name>": "0.eml",
    "<int:position>": "0",
    "<int:draft_id>": "1",
    "<int:change_id>": "1",
    "<int:proposal_id>": "1",
    "<int:answer_id>": "1",
    "<int:document_id>": "1",
    "<int:line_id>": "1",
    "<slug:name>": "revenue",
    "<str:secret>": "nothing",
    "<slug:name>/": "revenue/",
    "<str:version>": "2025-01",
    "<int:invoice>": "1002",
    "<str:uidb64>": "MQ",
    "<str:token>": "nothing",
    "<str:domain>": "alma.example",
}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")


def addresses() -> list[tuple[str, AccessRule]]:
    found = []
    for address, rule in declared_views():
        for part, sample in SAMPLES.items():
            address = address.replace(part, sample)
        assert rule is not None, f"/{address} declares no access"
        assert "<" not in address, f"give a sample for {address}"
        found.append((f"/{address}", rule))
    return found


ADDRESSES = addresses()
STAFF = [(address, rule) for address, rule in ADDRESSES if rule.policy == "staff"]


@pytest.fixture
def browser(here: CompanyFacts) -> Client:
    return Client(SERVER_NAME=settings.ALLOWED_HOSTS[0])


def test_every_address_declares_who_may_call_it() -> None:
    assert check_that_every_view_declares_access() == []
    assert len(STAFF) > 20


def test_a_view_without_a_declaration_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    def forgotten(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    resolver = SimpleNamespace(url_patterns=[path("forgotten/", forgotten)])
    monkeypatch.setattr("servanda.faces.parts.access.get_resolver", lambda: resolver)
    (error,) = check_that_every_view_declares_access()
    assert error.id == "servanda.E101"
    assert "/forgotten/" in error.msg


@pytest.mark.parametrize(("address", "rule"), ADDRESSES)
def test_any_other_method_is_refused(browser: Client, address: str, rule: AccessRule) -> None:
    for method in METHODS:
        if method not in rule.allowed:
            assert browser.generic(method, address).status_code == 405, method


@pytest.mark.parametrize(("address", "rule"), STAFF)
def test_somebody_unknown_is_led_to_the_sign_in(browser: Client, address: str, rule: AccessRule) -> None:
    for method in rule.methods:
        answer = browser.generic(method, address)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/login/?next=")


@pytest.mark.parametrize(("address", "rule"), STAFF)
def test_somebody_who_is_not_staff_is_refused(browser: Client, address: str, rule: AccessRule) -> None:
    browser.force_login(get_user_model().objects.get(username="birthe"))
    for method in rule.methods:
        assert browser.generic(method, address).status_code == 403


@pytest.mark.parametrize(("address", "rule"), [found for found in ADDRESSES if "POST" in found[1].methods])
def test_a_change_asked_for_by_another_site_is_refused(eva: Client, address: str, rule: AccessRule) -> None:
    for site in ("cross-site", "same-site"):
        assert eva.post(address, headers={"sec-fetch-site": site}).status_code == 403


# A node has no cookie that another site could use: its requests are signed (tests/faces/api/test_nodes.py).
@pytest.mark.parametrize(
    ("address", "rule"),
    [found for found in ADDRESSES if "POST" in found[1].methods and found[1].policy != "node"],
)
def test_a_change_without_the_token_of_the_form_is_refused(here: CompanyFacts, address: str, rule: AccessRule) -> None:
    strict = Client(enforce_csrf_checks=True, SERVER_NAME=settings.ALLOWED_HOSTS[0])
    strict.force_login(get_user_model().objects.get(username="eva"))
    assert strict.post(address).status_code == 403


def test_staff_sign_in_and_come_to_the_page_they_asked_for(browser: Client) -> None:
    answer = browser.post(
        "/login/", {"username": "eva", "password": office_world.PASSWORD, "next": "/c/safe-it/customers/"}
    )
    assert answer["Location"] == "/c/safe-it/customers/"
    assert browser.get("/").status_code == 200
    assert browser.post("/logout/").status_code == 302
    assert browser.get("/").status_code == 302


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example/", "/\\evil.example"])
def test_signing_in_never_leads_to_another_site(browser: Client, to: str) -> None:
    answer = browser.post("/login/", {"username": "eva", "password": office_world.PASSWORD, "next": to})
    assert answer["Location"] == "/"


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example/", "/\\evil.example"])
def test_choosing_colours_never_leads_to_another_site(browser: Client, to: str) -> None:
    assert browser.post("/choices/theme/", {"theme": "dark", "next": to})["Location"] == "/"


def test_a_guesser_must_wait_even_with_the_right_password(browser: Client) -> None:
    def attempt(password: str) -> int:
        return browser.post("/login/", {"username": "eva", "password": password}).status_code

    assert [attempt(f"wrong {number}") for number in range(4)] == [200] * 4
    assert attempt(office_world.PASSWORD) == 429
    cache.clear()  # the wait is over
    assert attempt(office_world.PASSWORD) == 302


def test_a_guesser_holds_up_nobody_at_another_address(browser: Client) -> None:
    for number in range(6):
        browser.post("/login/", {"username": "eva", "password": f"wrong {number}"})
    answer = browser.post("/login/", {"username": "eva", "password": office_world.PASSWORD}, REMOTE_ADDR="192.0.2.7")
    assert answer.status_code == 302


def test_the_reader_chooses_language_and_colours(eva: Client) -> None:
    eva.post("/choices/language/", {"language": "en", "next": "/"})
    assert '<html lang="en" data-theme="auto">' in eva.get("/").content.decode()
    eva.post("/choices/theme/", {"theme": "dark", "next": "/"})
    assert 'data-theme="dark"' in eva.get("/").content.decode()
    eva.post("/choices/theme/", {"theme": '"><script>', "next": "/"})
    assert 'data-theme="dark"' in eva.get("/").content.decode()


def test_danish_is_spoken_unless_the_reader_asks_otherwise(browser: Client) -> None:
    assert '<html lang="da"' in browser.get("/login/").content.decode()
    assert '<html lang="en"' in browser.get("/login/", headers={"accept-language": "en"}).content.decode()


def test_a_page_that_is_not_there_says_so_in_the_house_look(eva: Client) -> None:
    answer = eva.get("/c/nobody/")
    assert answer.status_code == 404
    assert re.search(r"<h1>[^<]+</h1>", answer.content.decode())


def test_a_declaration_that_forgets_a_method_refuses_it() -> None:
    view: Callable[..., object] = access(policy="anyone", methods=("POST",))(lambda request: HttpResponse())
    request = HttpRequest()
    request.method = "GET"
    assert view(request).status_code == 405  # type: ignore[attr-defined]
