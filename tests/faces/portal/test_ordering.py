"""A customer orders a web hotel: what they see, what binds them, and what does not."""

import re

import pytest
from django.test import Client

from servanda.business.companies.facts import CompanyFacts
from servanda.business.contracts.queries import contracts_of_customer
from servanda.business.hosting.queries import services_of_customer
from servanda.business.letters.queries import letters_of_customer
from servanda.business.library.queries import acceptances_of

ORDER = "/my/simsoft/1001/order/"
PLACE = "/my/simsoft/1001/order/place/"


def hidden(html: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html))


def checked(kaj: Client, *, name: str = "Eksempel.dk", starts_now: str = "1") -> dict[str, str]:
    answer = kaj.post(ORDER, {"plan": "webhotel-small", "name": name, "starts_now": starts_now})
    assert answer.status_code == 200, answer.content.decode()[:3000]
    return hidden(answer.content.decode())


def test_a_consumer_sees_what_the_law_wants_before_the_button(kaj: Client) -> None:
    html = kaj.post(ORDER, {"plan": "webhotel-small", "name": "eksempel.dk", "starts_now": "1"}).content.decode()
    assert "Order with obligation to pay" in html
    assert "450.00" in html  # 360.00 and 25 % VAT
    assert "You can withdraw until Tuesday 15 September 2026" in html
    assert "2024-01" in html


def test_an_order_opens_the_service_with_its_contract_proof_and_confirmation(
    kaj: Client, kaj_id: int, here: CompanyFacts
) -> None:
    answer = kaj.post(PLACE, {**checked(kaj), "accepts": "1"}, follow=True)
    assert answer.status_code == 200
    (service,) = services_of_customer(kaj_id)
    assert (service.name, service.product, service.is_served) == ("eksempel.dk", "webhotel", True)
    (contract,) = contracts_of_customer(kaj_id)
    assert contract.acceptance.how == "portal"
    assert {one.accepted_by for one in acceptances_of(kaj_id)} == {"kaj@kunde.example"}
    (letter,) = letters_of_customer(kaj_id)
    assert letter.kind == "order"
    assert "450,00" in letter.text
    assert "fortryde" in letter.text


def test_the_same_page_sent_twice_orders_once(kaj: Client, kaj_id: int) -> None:
    sent = {**checked(kaj), "accepts": "1"}
    first = kaj.post(PLACE, sent)
    second = kaj.post(PLACE, sent)
    assert first["Location"] == second["Location"]
    assert len(services_of_customer(kaj_id)) == 1
    assert len(letters_of_customer(kaj_id)) == 1


def test_a_consumer_who_does_not_ask_to_begin_waits_until_the_time_to_withdraw_is_over(
    kaj: Client, kaj_id: int
) -> None:
    kaj.post(PLACE, {**checked(kaj, starts_now=""), "accepts": "1"})
    assert services_of_customer(kaj_id) == ()
    (contract,) = contracts_of_customer(kaj_id)
    assert str(contract.began_on) == "2026-09-16"


@pytest.mark.parametrize(
    "changed",
    [{"price": "1"}, {"terms": "0" * 64}, {"accepts": ""}, {"token": "x"}, {"plan": "domain-dk"}, {"name": "a b"}],
)
def test_what_was_not_shown_or_not_accepted_binds_nobody(kaj: Client, kaj_id: int, changed: dict[str, str]) -> None:
    kaj.post(PLACE, {**checked(kaj), "accepts": "1", **changed})
    assert contracts_of_customer(kaj_id) == ()


@pytest.mark.parametrize("name", ["", "eksempel", "-x.dk", "a..dk", "x.dk/; rm", "1.2.3.4", "å" * 300])
def test_a_wrong_domain_is_told_at_its_field_and_what_was_typed_stays(kaj: Client, name: str) -> None:
    answer = kaj.post(ORDER, {"plan": "webhotel-small", "name": name})
    html = answer.content.decode()
    if answer.status_code == 200:
        assert hidden(html)["name"] == "x.dk"  # a path after the name is left out
        return
    assert answer.status_code == 422
    assert 'id="name-hosting-wrong"' in html
    assert 'value="webhotel-small" checked' in html


def test_a_danish_name_is_ordered_in_its_ascii_form(kaj: Client) -> None:
    assert checked(kaj, name="https://Blåbær.dk/")["name"] == "xn--blbr-roah.dk"


def test_a_foreign_token_does_not_show_somebody_elses_order(kaj: Client, other: Client) -> None:
    sent = {**checked(kaj), "accepts": "1"}
    kaj.post(PLACE, sent)
    page = other.post("/my/simsoft/1002/order/", {"plan": "webhotel-small", "name": "anden.dk", "starts_now": "1"})
    answer = other.post(
        "/my/simsoft/1002/order/place/", {**hidden(page.content.decode()), "accepts": "1", "token": sent["token"]}
    )
    assert answer["Location"] == "/my/simsoft/1002/order/"
