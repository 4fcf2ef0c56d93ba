"""Two customers of one company: every address of the portal, taken from the routes, with each other's identifiers in it."""

import re
from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from django.test import Client

from servanda.business.access.queries import members_of
from servanda.business.billing.queries import invoices_of_customer
from servanda.business.companies.facts import CompanyFacts
from servanda.business.contracts.queries import lines_of_customer, notices_of_line
from servanda.business.customers.queries import customer, customer_numbered
from servanda.business.hosting.queries import parts_of_service, services_of_customer
from servanda.business.letters.queries import letters_of_customer
from servanda.faces.clock.post import deliver_of
from servanda.faces.clock.rounds import run_round
from servanda.faces.parts.access import AccessRule, declared_views
from servanda.ground.calendar import moment_of
from tests.faces.portal.conftest import TODAY
from tests.faces.portal.test_leaving import hidden

SECRET = re.compile(r"Kaj|1001@kunde|kaj\.example")
OWNED = {"<int:line_id>", "<int:service_id>", "<int:invoice>", "<int:letter_id>"}


def ordered(browser: Client, number: str, name: str) -> None:
    page = browser.post(f"/my/simsoft/{number}/order/", {"plan": "webhotel-small", "name": name, "starts_now": "1"})
    browser.post(f"/my/simsoft/{number}/order/place/", {**hidden(page.content.decode()), "accepts": "1"})


@pytest.fixture
def kajs(kaj: Client, kaj_id: int, other: Client, here: CompanyFacts, settings: object) -> dict[str, str]:
    """Both order, are billed and get letters; return what is Kaj's, by the part of an address that names it."""
    settings.DRIVERS = "tests.faces.office.office_world"  # type: ignore[attr-defined]
    ordered(kaj, "1001", "kaj.example")
    ordered(other, "1002", "olga.example")
    run_round(here, now=moment_of(TODAY))
    deliver_of(here, now=moment_of(TODAY))
    (line,) = lines_of_customer(kaj_id)
    (service,) = services_of_customer(kaj_id)
    return {
        "<int:line_id>": str(line.line_id),
        "<int:service_id>": str(service.service_id),
        "<int:invoice>": str(invoices_of_customer(kaj_id)[0].number),
        "<int:letter_id>": str(letters_of_customer(kaj_id)[0].letter_id),
    }


def of_a_customer() -> Iterator[tuple[str, AccessRule]]:
    for address, rule in declared_views():
        if address.startswith("my/<slug:slug>/<str:number>/"):
            assert rule is not None
            yield address, rule


def filled(address: str, number: str, owned: dict[str, str]) -> str:
    values = {
        "<slug:slug>": "simsoft", "<str:number>": number, "<str:version>": "2024-01", "<slug:name>": "export",
        "<str:domain>": "kaj.example", **owned,
    }  # fmt: skip
    for part, value in values.items():
        address = address.replace(part, value)
    assert "<" not in address, f"say whose {address} is"
    return f"/{address}"


def told_beside(asked: str, answer: HttpResponse) -> str:
    """What an answer says, without the address that was asked for: the form for the language leads back to it."""
    return answer.content.decode("latin-1").replace(asked, "")


def state_of(customer_id: int) -> object:
    """All that a foreign form could change."""
    lines = lines_of_customer(customer_id)
    return (
        customer(customer_id),
        lines,
        [notices_of_line(line.line_id) for line in lines],
        [parts_of_service(one.service_id) for one in services_of_customer(customer_id)],
        members_of(customer_id),
        len(letters_of_customer(customer_id)),
    )


def test_own_addresses_answer_so_that_the_others_prove_something(kaj: Client, kajs: dict[str, str]) -> None:
    for address, rule in of_a_customer():
        if "GET" in rule.methods:
            assert kaj.get(filled(address, "1001", kajs)).status_code in {200, 404}, address
    assert kaj.get(filled("my/<slug:slug>/<str:number>/documents/<int:letter_id>/", "1001", kajs)).status_code == 200


def test_no_address_of_another_customer_opens(other: Client, kaj_id: int, kajs: dict[str, str]) -> None:
    before = state_of(kaj_id)
    count = 0
    for address, rule in of_a_customer():
        for method in rule.methods:
            asked = filled(address, "1001", kajs)
            answer = other.generic(method, asked)
            assert answer.status_code == 404, (method, address)
            assert not SECRET.search(told_beside(asked, answer)), address
            count += 1
    assert count > 20
    assert state_of(kaj_id) == before


def test_no_foreign_identifier_opens_in_ones_own_addresses(other: Client, kaj_id: int, kajs: dict[str, str]) -> None:
    before = state_of(kaj_id)
    tried = 0
    for address, rule in of_a_customer():
        if not any(part in address for part in OWNED):
            continue
        for method in rule.methods:
            asked = filled(address, "1002", kajs)
            answer = other.generic(method, asked)
            assert answer.status_code == 404, (method, address)
            assert not SECRET.search(told_beside(asked, answer)), address
            tried += 1
    assert tried >= 9
    assert state_of(kaj_id) == before


def test_no_form_takes_a_foreign_identifier(
    other: Client, kaj_id: int, kajs: dict[str, str], here: CompanyFacts
) -> None:
    before = state_of(kaj_id)
    olga_id = customer_numbered(here.company_id, "1002").customer_id
    (mine,) = services_of_customer(olga_id)
    (member,) = members_of(kaj_id)
    (theirs,) = services_of_customer(kaj_id)
    other.post("/my/simsoft/1002/people/", {"end": str(member.membership_id)})
    for part in parts_of_service(theirs.service_id):
        for name in ("php", "names", "mailbox-password", "remove-mailbox", "put-back", "add-record", "login-keys"):
            sent = {"key": part.key, "php": "8.2", "name": "x.kaj.example", "type": "A", "content": "192.0.2.1"}
            other.post(
                f"/my/simsoft/1002/services/{mine.service_id}/act/{name}/", {**sent, "password": "Syv-kolde-kopper"}
            )
    assert state_of(kaj_id) == before


def test_no_page_or_archive_of_ones_own_holds_anything_of_another(other: Client, kajs: dict[str, str]) -> None:
    for name in ("", "services/", "invoices/", "agreements/", "people/", "details/", "news/", "order/"):
        assert not SECRET.search(other.get(f"/my/simsoft/1002/{name}").content.decode()), name
