"""A customer leaves by themselves: what the page says first, what the button does, and the receipt at once."""

import re
from datetime import date

import pytest
import pytest_django
from django.conf import settings
from django.test import Client

from servanda.agreements.reading import catalogue_of
from servanda.business.access.facts import Role
from servanda.business.companies.facts import CompanyFacts
from servanda.business.contracts.queries import lines_of_customer, notices_of_line
from servanda.business.letters.queries import letters_of_customer
from servanda.faces.clock.rounds import run_round
from servanda.ground.calendar import moment_of
from tests.cast import ALMA
from tests.faces.office import office_world
from tests.faces.portal.conftest import TODAY, browser_of
from tests.faces.portal.test_ordering import PLACE, checked
from tests.stories.world import World

MINE = "/my/simsoft/1001/"


def hidden(html: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html))


@pytest.fixture
def line_id(kaj: Client, kaj_id: int, here: CompanyFacts) -> int:
    """The consumer orders a web hotel that begins at once, and is billed for it."""
    kaj.post(PLACE, {**checked(kaj), "accepts": "1"})
    run_round(here, now=moment_of(TODAY))
    (line,) = lines_of_customer(kaj_id)
    return line.line_id


def test_the_button_to_withdraw_stands_on_the_first_page_and_by_the_agreement(kaj: Client, line_id: int) -> None:
    for page in ("", "agreements/"):
        html = kaj.get(f"{MINE}{page}").content.decode()
        assert "Withdraw from the contract here" in html
        assert f"{MINE}agreements/{line_id}/withdraw/" in html
    kaj.cookies[settings.LANGUAGE_COOKIE_NAME] = "da"
    assert "Fortryd aftalen her" in kaj.get(MINE).content.decode()


def test_a_withdrawal_takes_two_steps_and_leaves_a_receipt(kaj: Client, kaj_id: int, line_id: int) -> None:
    page = f"{MINE}agreements/{line_id}/withdraw/"
    first = kaj.get(page).content.decode()
    assert "Step 1 of 2" in first
    assert "forbrugeraftaleloven" in first.lower()
    said = {"name": "Kaj Kunde", "email": "kaj@andetsteds.example"}
    second = kaj.post(page, said).content.decode()
    assert "Confirm the withdrawal" in second
    assert notices_of_line(line_id) == ()
    done = kaj.post(page, {**hidden(second), "confirm": "1"}, follow=True)
    assert "We have your withdrawal" in done.content.decode()
    (notice,) = notices_of_line(line_id)
    assert notice.given_on == TODAY
    receipts = [one for one in letters_of_customer(kaj_id) if one.kind == "withdrawal"]
    assert {one.recipient for one in receipts} == {"1001@kunde.example", "kaj@andetsteds.example"}
    assert all("Kaj Kunde" in one.text and "Modtaget" in one.text for one in receipts)
    assert "Withdraw from the contract here" not in kaj.get(f"{MINE}agreements/").content.decode()
    assert kaj.get(page).status_code == 404


def test_the_second_press_of_the_button_withdraws_once(kaj: Client, kaj_id: int, line_id: int) -> None:
    page = f"{MINE}agreements/{line_id}/withdraw/"
    second = kaj.post(page, {"name": "Kaj", "email": "kaj@kunde.example"}).content.decode()
    for _ in range(2):
        kaj.post(page, {**hidden(second), "confirm": "1"})
    assert len(notices_of_line(line_id)) == 1


@pytest.mark.parametrize("wrong", [{"name": ""}, {"email": "nonsense"}, {"email": "a@b.dk\nBcc: c@d.dk"}])
def test_a_withdrawal_without_name_or_address_is_asked_again(kaj: Client, line_id: int, wrong: dict[str, str]) -> None:
    page = f"{MINE}agreements/{line_id}/withdraw/"
    answer = kaj.post(page, {"name": "Kaj", "email": "kaj@kunde.example", "confirm": "1", **wrong})
    assert answer.status_code == 422
    assert notices_of_line(line_id) == ()


def test_what_was_not_shown_is_not_agreed_to(kaj: Client, line_id: int) -> None:
    page = f"{MINE}agreements/{line_id}/end/"
    assert "Look once more" in kaj.post(page, {"seal": "0" * 32}).content.decode()
    assert notices_of_line(line_id) == ()


def test_an_amount_that_changed_meanwhile_keeps_nobody_from_withdrawing(kaj: Client, line_id: int) -> None:
    page = f"{MINE}agreements/{line_id}/withdraw/"
    sent = {"name": "Kaj", "email": "kaj@kunde.example", "confirm": "1", "seal": "0" * 32}
    assert "We have your withdrawal" in kaj.post(page, sent, follow=True).content.decode()


def test_after_the_deadline_the_button_is_gone(kaj: Client, line_id: int, here: CompanyFacts) -> None:
    office_world.days_pass(here, to=date(2026, 9, 16))
    assert kaj.get(f"{MINE}agreements/{line_id}/withdraw/").status_code == 404
    assert "Withdraw from the contract here" not in kaj.get(f"{MINE}agreements/").content.decode()


def test_a_notice_says_first_what_follows_and_leaves_a_receipt(kaj: Client, kaj_id: int, line_id: int) -> None:
    page = f"{MINE}agreements/{line_id}/end/"
    html = kaj.get(page).content.decode()
    assert "Last day" in html
    assert "Your data are kept until" in html
    assert 'class="clause"' in html
    assert notices_of_line(line_id) == ()
    done = kaj.post(page, hidden(html), follow=True).content.decode()
    assert "We have your notice" in done
    (notice,) = notices_of_line(line_id)
    assert notice.ends_on is not None
    (letter,) = [one for one in letters_of_customer(kaj_id) if one.kind == "receipt"]
    assert "Den sidste dag er" in letter.text
    assert "Dine data" in letter.text
    assert letter.paper is not None
    assert letter.paper["because"]
    kaj.post(page, hidden(html))
    assert len([one for one in letters_of_customer(kaj_id) if one.kind == "receipt"]) == 1


def test_a_business_may_give_notice_and_not_withdraw(other: Client, here: CompanyFacts) -> None:
    page = other.post("/my/simsoft/1002/order/", {"plan": "webhotel-small", "name": "anden.dk", "starts_now": "1"})
    other.post("/my/simsoft/1002/order/place/", {**hidden(page.content.decode()), "accepts": "1"})
    html = other.get("/my/simsoft/1002/agreements/").content.decode()
    assert "Withdraw from the contract here" not in html
    found = re.search(r"agreements/(\d+)/end/", html)
    assert found is not None
    assert other.get(f"/my/simsoft/1002/agreements/{found[1]}/withdraw/").status_code == 404
    assert other.get(f"/my/simsoft/1002/agreements/{found[1]}/end/").status_code == 200


def test_only_the_holder_leaves(here: CompanyFacts, kaj_id: int, line_id: int) -> None:
    tina = browser_of(here, kaj_id, "tina@kunde.example", Role.TECHNICAL)
    for name in ("end", "withdraw", "receipt"):
        assert tina.get(f"{MINE}agreements/{line_id}/{name}/").status_code == 403


@pytest.mark.parametrize("slug", ["safe-it", "compusoft", "servicepoint", "vicevaert", "simsoft"])
def test_each_providers_terms_give_a_day_or_a_person_does(
    db: None, slug: str, settings: pytest_django.Settings
) -> None:
    settings.DRIVERS, settings.DAILY_LIFE = "servanda.simulation.drivers", ""
    world = World(slug, TODAY)
    plan = next(each.code for one in catalogue_of(slug).product for each in one.plan if each.interval_months)
    alma = world.customer(ALMA, plan, began_on=TODAY)
    world.round()
    browser = browser_of(world.company, alma, "alma@alma.example", Role.HOLDER)
    (line,) = lines_of_customer(alma)
    page = f"/my/{slug}/{ALMA.number}/agreements/{line.line_id}/end/"
    html = browser.get(page).content.decode()
    assert "If you give notice today" in html
    assert "We have your notice" in browser.post(page, hidden(html), follow=True).content.decode()
    (notice,) = notices_of_line(line.line_id)
    (line,) = lines_of_customer(alma)
    assert (notice.ends_on is not None) == (line.until is not None)
    (letter,) = [one for one in letters_of_customer(alma) if one.kind == "receipt"]
    assert line.contract_number in letter.text
