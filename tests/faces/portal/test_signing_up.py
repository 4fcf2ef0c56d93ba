"""Somebody becomes a customer by themselves: the address first, nothing before the button, a guardian where one is needed."""

import re
from datetime import date, datetime

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client

from servanda.business.access.models import Mail
from servanda.business.access.queries import memberships_of
from servanda.business.companies.facts import CompanyFacts
from servanda.business.contracts.queries import contracts_of_customer
from servanda.business.customers.models import Customer
from servanda.business.customers.queries import customer
from servanda.business.hosting.queries import services_of_customer
from servanda.business.letters.queries import letters_of_customer
from servanda.business.signups.actions import decide_on_guardian, forget_expired
from servanda.business.signups.models import Signup
from servanda.business.signups.queries import guardians_to_decide
from servanda.terms.clauses import CustomerKind
from tests.faces.portal.conftest import AT, TODAY
from tests.faces.portal.test_leaving import hidden

START = "/my/start/simsoft/"
ADULT = {
    "kind": "consumer",
    "name": "Nina Ny",
    "address": "Nygade 1",
    "postal_code": "8000",
    "city": "Aarhus",
    "born_on": "2008-09-01",  # eighteen today
    "password": "to blå cykler i regnen",
}
FIRM = {**ADULT, "kind": "business", "name": "Ny ApS", "cvr": "13585628", "contact_name": "Nina", "born_on": ""}
WISH = {"plan": "webhotel-small", "name": "ny.example", "starts_now": "1"}


@pytest.fixture
def nobody(here: CompanyFacts) -> Client:
    return Client(SERVER_NAME=settings.ALLOWED_HOSTS[0], HTTP_ACCEPT_LANGUAGE="en")


def link_in(mail: Mail) -> str:
    found = re.search(r"(/my/\S+)", mail.text)
    assert found is not None
    return found[1]


def proven(nobody: Client, email: str = "nina@ny.example") -> str:
    assert nobody.post(START, {"email": email}).status_code == 200
    return link_in(Mail.objects.order_by("-id")[0])


def at_the_check(nobody: Client, who: dict[str, str] = ADULT) -> str:
    page = proven(nobody)
    assert nobody.post(page, who).status_code == 302
    assert nobody.post(f"{page}order/", WISH).status_code == 302
    return page


def test_a_consumer_becomes_a_customer_with_contract_login_and_confirmation(nobody: Client) -> None:
    page = at_the_check(nobody)
    html = nobody.get(f"{page}check/").content.decode()
    assert "Order with obligation to pay" in html
    assert "450.00" in html
    assert "I hereby withdraw from my contract" in html
    assert Customer.objects.count() == 0
    answer = nobody.post(f"{page}check/", {**hidden(html), "accepts": "1"}, follow=True)
    assert answer.status_code == 200
    (row,) = Customer.objects.all()
    found = customer(row.pk)
    assert (found.kind, found.name, found.email) == (CustomerKind.CONSUMER, "Nina Ny", "nina@ny.example")
    (contract,) = contracts_of_customer(row.pk)
    assert contract.acceptance.how == "portal"
    assert services_of_customer(row.pk)[0].name == "ny.example"
    assert [one.kind for one in letters_of_customer(row.pk)] == ["order"]
    user = get_user_model().objects.get(username="nina@ny.example")
    assert user.check_password(ADULT["password"])
    assert [one.customer_id for one in memberships_of(user.pk)] == [row.pk]
    assert row.minor_until is None
    assert Signup.objects.get().password == ""
    assert "born_on" not in Signup.objects.get().answers


def test_the_button_pressed_twice_makes_one_customer(nobody: Client) -> None:
    page = at_the_check(nobody)
    sent = {**hidden(nobody.get(f"{page}check/").content.decode()), "accepts": "1"}
    nobody.post(f"{page}check/", sent)
    nobody.post(f"{page}check/", sent)
    assert Customer.objects.count() == 1


def test_a_business_is_asked_for_a_number_that_can_be_right(nobody: Client) -> None:
    page = proven(nobody)
    for wrong in ("", "1234", "12345678", "13585629"):
        answer = nobody.post(page, {**FIRM, "cvr": wrong})
        assert answer.status_code == 422
        assert 'id="cvr-wrong"' in answer.content.decode()
    assert nobody.post(page, FIRM).status_code == 302
    nobody.post(f"{page}order/", WISH)
    html = nobody.get(f"{page}check/").content.decode()
    assert "withdraw" not in html
    nobody.post(f"{page}check/", {**hidden(html), "accepts": "1"})
    (row,) = Customer.objects.all()
    assert (row.kind, row.cvr, row.contact_name) == ("business", "13585628", "Nina")


@pytest.mark.parametrize("field", ["kind", "name", "address", "postal_code", "city", "born_on", "password"])
def test_what_is_missing_stands_at_its_field_and_the_rest_stays(nobody: Client, field: str) -> None:
    page = proven(nobody)
    answer = nobody.post(page, {**ADULT, field: ""})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="{field}-wrong"' in html or field == "kind"
    if field != "city":
        assert 'value="Aarhus"' in html
    assert "regnen" not in html


def test_nothing_is_made_without_the_terms_the_price_and_the_yes(nobody: Client) -> None:
    page = at_the_check(nobody)
    sent = hidden(nobody.get(f"{page}check/").content.decode())
    for changed in ({}, {"accepts": "1", "price": "1"}, {"accepts": "1", "terms": "0" * 64}):
        nobody.post(f"{page}check/", {**sent, **changed})
    assert Customer.objects.count() == 0
    assert get_user_model().objects.filter(username="nina@ny.example").count() == 0


def test_the_page_says_the_same_to_a_known_and_an_unknown_address(nobody: Client, kaj: Client) -> None:
    known = nobody.post(START, {"email": "kaj@kunde.example"})
    unknown = nobody.post(START, {"email": "ukendt@ny.example"})
    without = [
        re.sub(r'value="[^"]{30,}"', "", one.content.decode().replace("kaj@kunde", "X").replace("ukendt@ny", "X"))
        for one in (known, unknown)
    ]
    assert without[0] == without[1]
    assert Signup.objects.count() == 1
    assert "has a login already" in Mail.objects.get(recipient="kaj@kunde.example").text
    assert "/my/start/" not in Mail.objects.get(recipient="kaj@kunde.example").text


def test_an_address_and_a_network_are_not_flooded(nobody: Client) -> None:
    for _ in range(6):
        assert nobody.post(START, {"email": "nina@ny.example"}).status_code == 200
    assert Mail.objects.filter(recipient="nina@ny.example").count() == 3
    for number in range(30):
        nobody.post(START, {"email": f"n{number}@ny.example"})
    assert Mail.objects.count() == 20
    nobody.post(START, {"email": "else@ny.example"}, REMOTE_ADDR="192.0.2.7")
    assert Mail.objects.filter(recipient="else@ny.example").count() == 1


@pytest.mark.parametrize("email", ["", "nonsense", "a@b.dk\nBcc: c@d.dk", "a@b"])
def test_what_is_no_address_is_said(nobody: Client, email: str) -> None:
    assert nobody.post(START, {"email": email}).status_code == 422
    assert Mail.objects.count() == 0


def test_a_foreign_link_opens_nothing(nobody: Client) -> None:
    page = proven(nobody)
    for address in ("/my/start/simsoft/nonsense/", page.replace("simsoft", "safe-it"), f"{page[:-3]}xx/"):
        assert nobody.get(address).status_code == 404
    assert nobody.get(f"{page}check/").status_code == 302


def test_a_finished_link_opens_nothing_more(nobody: Client) -> None:
    page = at_the_check(nobody)
    nobody.post(f"{page}check/", {**hidden(nobody.get(f"{page}check/").content.decode()), "accepts": "1"})
    assert nobody.get(page).status_code == 404


@pytest.mark.parametrize(("born_on", "goes_to"), [("2008-09-01", "check"), ("2008-09-02", "guardian")])
def test_who_comes_of_age_tomorrow_needs_a_guardian_today(nobody: Client, born_on: str, goes_to: str) -> None:
    page = at_the_check(nobody, {**ADULT, "born_on": born_on})
    answer = nobody.get(f"{page}check/")
    assert (answer.status_code == 200) == (goes_to == "check")


def test_a_minor_orders_after_the_guardian_and_staff_said_yes(nobody: Client, here: CompanyFacts) -> None:
    page = at_the_check(nobody, {**ADULT, "born_on": "2010-01-15"})
    assert nobody.post(f"{page}check/", {"accepts": "1", "price": "36000", "terms": "x"}).status_code == 302
    assert nobody.post(f"{page}guardian/", {"name": "Mor", "email": "nina@ny.example"}).status_code == 422
    assert nobody.post(f"{page}guardian/", {"name": "Mor Ny", "email": "mor@ny.example"}).status_code == 302
    theirs = link_in(Mail.objects.get(recipient="mor@ny.example"))
    html = nobody.get(theirs).content.decode()
    assert "450.00" in html
    assert "ny.example" in html
    assert nobody.post(theirs, {"answer": "yes", "signed": ""}).status_code == 422
    assert nobody.post(theirs, {"answer": "yes", "signed": "Mor Ny"}).status_code == 200
    assert nobody.get(theirs).status_code == 404
    assert nobody.get(f"{page}check/").status_code == 302
    (waiting,) = guardians_to_decide(here.company_id)
    decide_on_guardian(
        here, waiting.guardian_id, is_approved=True, reason="Ringet op", by="staff:1", today=TODAY, at=AT
    )
    html = nobody.get(f"{page}check/").content.decode()
    nobody.post(f"{page}check/", {**hidden(html), "accepts": "1"})
    (row,) = Customer.objects.all()
    assert row.minor_until == date(2028, 1, 15)
    number = row.number
    again = nobody.post(f"/my/simsoft/{number}/order/", {"plan": "webhotel-small", "name": "to.example"})
    sent = hidden(again.content.decode())
    nobody.post(f"/my/simsoft/{number}/order/place/", {**sent, "accepts": "1"})
    assert len(contracts_of_customer(row.pk)) == 1


def test_the_yes_to_one_order_is_no_yes_to_another(nobody: Client, here: CompanyFacts) -> None:
    page = at_the_check(nobody, {**ADULT, "born_on": "2010-01-15"})
    nobody.post(f"{page}guardian/", {"name": "Mor Ny", "email": "mor@ny.example"})
    nobody.post(link_in(Mail.objects.get(recipient="mor@ny.example")), {"answer": "yes", "signed": "Mor Ny"})
    (waiting,) = guardians_to_decide(here.company_id)
    decide_on_guardian(here, waiting.guardian_id, is_approved=True, reason="Set", by="staff:1", today=TODAY, at=AT)
    nobody.post(f"{page}order/", {**WISH, "name": "dyrere.example"})
    assert nobody.get(f"{page}check/").status_code == 302


def test_an_old_draft_is_forgotten(nobody: Client) -> None:
    at_the_check(nobody)
    assert forget_expired(at=datetime(2099, 1, 1, tzinfo=AT.tzinfo)) == 1
    assert Signup.objects.count() == 0


@pytest.mark.parametrize("language", ["da", "en"])
def test_each_page_speaks_both_languages(nobody: Client, language: str) -> None:
    page = at_the_check(nobody, {**ADULT, "born_on": "2010-01-15"})
    nobody.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    for address in (START, page, f"{page}order/", f"{page}guardian/"):
        answer = nobody.get(address)
        assert answer.status_code == 200
        assert f'<html lang="{language}"' in answer.content.decode()
