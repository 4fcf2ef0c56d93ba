"""What the holder corrects, what each member chooses, what an archive holds, and what a closed customer is told."""

import io
import json
import zipfile

from django.test import Client

from servanda.business.access.actions.links import HELD_HOURS
from servanda.business.access.facts import Role, Topic
from servanda.business.access.models import Choice
from servanda.business.access.queries import choices_of
from servanda.business.companies.facts import CompanyFacts
from servanda.business.customers.queries import customer
from servanda.business.hosting.actions import place_holds
from servanda.business.hosting.queries import services_of_customer
from servanda.faces.clock.rounds import run_round
from servanda.ground.calendar import moment_of
from servanda.ground.citation import Citation
from tests.faces.office import office_world
from tests.faces.portal.conftest import TODAY, browser_of
from tests.faces.portal.test_identifiers import ordered

MINE = "/my/simsoft/1001/"
ADDRESS = {"address": "Nyvej 2\n2. th.", "postal_code": "8000", "city": "Aarhus", "email": "ny@kunde.example"}


def test_the_holder_corrects_and_others_do_not(kaj: Client, kaj_id: int, here: CompanyFacts) -> None:
    tina = browser_of(here, kaj_id, "tina@kunde.example", Role.TECHNICAL)
    assert tina.post(f"{MINE}details/", ADDRESS).status_code == 403
    assert customer(kaj_id).details.city == "Prøveby"
    assert "corrected" in kaj.post(f"{MINE}details/", ADDRESS, follow=True).content.decode()
    found = customer(kaj_id).details
    assert (found.address_lines, found.city, found.email) == (("Nyvej 2", "2. th."), "Aarhus", "ny@kunde.example")
    assert "you, or who acts for you" in kaj.get(f"{MINE}details/").content.decode()


def test_each_member_chooses_for_themselves_and_the_proof_stays(kaj: Client, kaj_id: int) -> None:
    kaj.post(f"{MINE}news/", {"newsletter": "1"})
    kaj.post(f"{MINE}news/", {"newsletter": "1"})
    (said,) = choices_of(kaj_id)
    assert (said.topic, said.is_yes, said.how) == (Topic.NEWSLETTER, True, "portal")
    assert "newsletter" in said.words
    kaj.post(f"{MINE}news/", {})
    (said,) = choices_of(kaj_id)
    assert not said.is_yes
    assert Choice.objects.count() == 2


def test_the_archive_holds_all_and_is_the_holders(kaj: Client, kaj_id: int, here: CompanyFacts) -> None:
    ordered(kaj, "1001", "kaj.example")
    run_round(here, now=moment_of(TODAY))
    answer = kaj.get(f"{MINE}export/")
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    names = set(archive.namelist())
    assert {"customer.json", "contracts.json", "invoices.csv", "terms/2024-01.en.md", "events.json"} <= names
    assert json.loads(archive.read("customer.json"))[0]["name"] == "Kaj Kunde"
    assert len(json.loads(archive.read("invoices.json"))) == 1
    tina = browser_of(here, kaj_id, "tina@kunde.example", Role.TECHNICAL)
    assert tina.get(f"{MINE}export/").status_code == 403


def test_a_closed_customer_reads_what_why_how_much_and_what_then(kaj: Client, kaj_id: int, here: CompanyFacts) -> None:
    ordered(kaj, "1001", "kaj.example")
    run_round(here, now=moment_of(TODAY))
    late = office_world.days_pass(here, to=TODAY.replace(month=10, day=20))
    (service,) = services_of_customer(kaj_id)
    assert late.clock_on is not None
    place_holds(
        [service.service_id], cause="payment", invoice_id=None, warrant_key="w", because=(Citation("simsoft", "5.2"),),
        today=late.clock_on, at=moment_of(late.clock_on),
    )  # fmt: skip
    html = kaj.get(MINE).content.decode()
    assert "How it opens again" in html
    assert "simsoft 5.2" in html
    assert "450.00" in html
    assert "+71&lt;" in html
    assert "They are kept" in html


def test_the_hold_after_another_address_lasts_three_days() -> None:
    assert HELD_HOURS == 72
