"""What a customer sees, and what they do not: another's pages are not found, whatever is asked."""

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client

from servanda.business.access.facts import Role
from servanda.business.access.queries import members_of
from servanda.business.companies.facts import CompanyFacts
from servanda.business.letters.queries import letters_of_customer
from tests.faces.portal.conftest import browser_of

MINE = "/my/simsoft/1001/"
PAGES = ("", "services/", "invoices/", "order/", "people/")


def test_nobody_gets_in_without_signing_in(here: CompanyFacts, kaj_id: int) -> None:
    nobody = Client(SERVER_NAME=settings.ALLOWED_HOSTS[0])
    for page in PAGES:
        answer = nobody.get(f"{MINE}{page}")
        assert answer.status_code == 302
        assert answer["Location"].startswith("/my/login/")


@pytest.mark.parametrize("page", PAGES)
def test_every_page_answers_in_both_languages(kaj: Client, page: str) -> None:
    for language in ("da", "en"):
        kaj.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        answer = kaj.get(f"{MINE}{page}")
        assert answer.status_code == 200
        assert f'<html lang="{language}"' in answer.content.decode()


@pytest.mark.parametrize("page", [*PAGES, "services/1/", "invoices/1/", "documents/1/", "terms/2024-01/"])
def test_another_customer_is_not_found(other: Client, kaj: Client, page: str) -> None:
    assert other.get(f"{MINE}{page}").status_code == 404


def test_staff_do_not_act_for_customers_by_being_staff(here: CompanyFacts, kaj_id: int) -> None:
    staff = Client(SERVER_NAME=settings.ALLOWED_HOSTS[0])
    staff.force_login(get_user_model().objects.create_user("eva", is_staff=True))
    assert staff.get(MINE).status_code == 404


def test_a_customer_does_not_get_into_the_office(kaj: Client) -> None:
    assert kaj.get("/c/simsoft/").status_code == 403


@pytest.mark.parametrize(
    ("role", "open_pages"),
    [(Role.TECHNICAL, {"", "services/"}), (Role.BILLING, {"", "invoices/"}), (Role.HOLDER, set(PAGES))],
)
def test_a_role_opens_its_pages_and_no_others(
    here: CompanyFacts, kaj_id: int, role: Role, open_pages: set[str]
) -> None:
    browser = browser_of(here, kaj_id, "tina@kunde.example", role)
    assert {page for page in PAGES if browser.get(f"{MINE}{page}").status_code == 200} == open_pages


def test_who_acts_for_one_customer_is_led_there(kaj: Client) -> None:
    assert kaj.get("/my/")["Location"] == MINE


def test_the_holder_invites_and_ends(kaj: Client, kaj_id: int, here: CompanyFacts) -> None:
    kaj.post(f"{MINE}people/", {"email": "tina@kunde.example", "role": "technical"})
    (letter,) = letters_of_customer(kaj_id)
    link = next(word for word in letter.text.split() if "/my/invitation/" in word)
    address = link[link.index("/my/") :]
    tina = Client(SERVER_NAME=settings.ALLOWED_HOSTS[0])
    assert tina.get(address).status_code == 200
    assert tina.post(address, {"password": "kort"}).status_code == 422
    assert tina.post(address, {"password": "en hel sætning"})["Location"] == MINE
    assert tina.get(f"{MINE}services/").status_code == 200
    assert tina.get(address).status_code == 404
    (member,) = (one for one in members_of(kaj_id) if one.role is Role.TECHNICAL)
    kaj.post(f"{MINE}people/", {"end": str(member.membership_id)})
    assert tina.get(f"{MINE}services/").status_code == 404


def test_nonsense_changes_nothing(kaj: Client, kaj_id: int) -> None:
    for sent in (
        {"end": "999999"},
        {"end": "x"},
        {"email": "nonsense", "role": "holder"},
        {"email": "a@b.dk", "role": "king"},
    ):
        assert kaj.post(f"{MINE}people/", sent).status_code == 302
    assert len(members_of(kaj_id)) == 1
    assert letters_of_customer(kaj_id) == ()
