"""Changes as the office sees them: the log, a customer's exit or yes, and what two persons agree on."""

import re
from datetime import date

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from servanda.agreements.reading import installed_source
from servanda.business.catalogue.queries import prices_of
from servanda.business.companies.facts import CompanyFacts
from servanda.business.companies.queries import company_named
from servanda.business.contracts.facts import SuccessionFacts
from servanda.business.contracts.queries import (
    changes_of,
    discontinued_in,
    succession,
    succession_counts,
    successions_in,
    successions_of_change,
)
from servanda.business.customers.queries import customer_numbered
from servanda.business.letters.actions import claim_letters, keep_document, letters_to_render, record_outcomes
from servanda.business.letters.facts import Outcome
from servanda.business.library.queries import drafts_of, open_proposals, proposal
from servanda.ground.calendar import moment_of
from servanda.terms.clauses import CustomerKind
from tests.faces.office import office_world
from tests.faces.office.test_drafts import BEGUN, approved, made_ready, sent
from tests.faces.office.test_pages import Outline, page

C = "/c/safe-it/"
AGREEMENT = f"{C}agreement/"
TODAY = date(2026, 10, 12)


@pytest.fixture
def ole(here: CompanyFacts) -> Client:
    """A browser in which a second member of staff is signed in."""
    office_world.staff("ole")
    browser = Client(SERVER_NAME=settings.ALLOWED_HOSTS[0])
    browser.force_login(get_user_model().objects.get(username="ole"))
    return browser


@pytest.fixture
def published(eva: Client, ole: Client, here: CompanyFacts) -> int:
    """The id of a change of the terms that was published and is not delivered yet."""
    eva.post(f"{AGREEMENT}drafts/start/", BEGUN)
    (begun,) = drafts_of(here.company_id)
    approved(made_ready(eva, begun), eva, ole)
    assert ole.post(f"{AGREEMENT}drafts/{begun.draft_id}/publish/").status_code == 302
    (change,) = changes_of(here.company_id)
    return change.change_id


def of_customer(here: CompanyFacts, change_id: int, number: str) -> SuccessionFacts:
    whose = customer_numbered(here.company_id, number).customer_id
    (found,) = (one for one in successions_of_change(change_id) if one.customer_id == whose)
    return found


def refuse_all_letters(here: CompanyFacts) -> None:
    for written in letters_to_render(here.company_id, limit=100):
        keep_document(written.letter_id, b"%PDF", at=moment_of(TODAY))
    letters = claim_letters(here.company_id, limit=100, now=moment_of(TODAY))
    outcomes = [Outcome(letter.letter_id, "rejected", "550 no such user") for letter in letters]
    record_outcomes(outcomes, at=moment_of(TODAY), today=TODAY, retry_at=moment_of(TODAY))


@pytest.mark.parametrize("language", ["da", "en"])
def test_the_pages_of_a_change_are_whole_in_both_languages(
    eva: Client, here: CompanyFacts, published: int, language: str
) -> None:
    refuse_all_letters(here)
    for address in (
        f"{AGREEMENT}changes/",
        f"{AGREEMENT}changes/{published}/",
        f"{AGREEMENT}changes/{published}/?state=delivery-awaited&page=2",
        f"{AGREEMENT}compare/?old=2025-01&new=2027-01",
        f"{AGREEMENT}?version=2027-01",
        f"{C}customers/1004/agreement/",
    ):
        outline = Outline(page(eva, address, language))
        assert outline.language == language
        assert outline.faults == []
        assert outline.headings.count(1) == 1
        assert all(later - before <= 1 for before, later in zip(outline.headings, outline.headings[1:], strict=False))
        assert len(outline.ids) == len(set(outline.ids)), address
        assert set(outline.fields) <= outline.labelled


def test_the_change_counts_how_far_the_contracts_have_come(eva: Client, here: CompanyFacts, published: int) -> None:
    counts = succession_counts([published])[published]
    assert sum(counts.by_state.values()) == counts.contracts
    for state, count in counts.by_state.items():
        found = successions_in(published, state=state)
        assert len(found) == count
        assert {one.state for one in found} == {state}
    text = page(eva, f"{AGREEMENT}changes/{published}/")
    assert f"Varslet: 0 af {counts.contracts}" in text
    assert "Almas Atelier ApS" in text
    assert office_world.HOSTILE not in text


def test_a_change_asks_the_database_a_bounded_number_of_questions(eva: Client, published: int) -> None:
    for address in (f"{AGREEMENT}changes/", f"{AGREEMENT}changes/{published}/", f"{C}customers/1004/agreement/"):
        page(eva, address)
        with CaptureQueriesContext(connection) as asked:
            page(eva, address)
        assert len(asked) <= 20, [question["sql"][:120] for question in asked]


def test_a_notice_that_failed_stands_with_the_change_and_is_sent_again_from_there(
    eva: Client, here: CompanyFacts, published: int
) -> None:
    refuse_all_letters(here)
    address = f"{AGREEMENT}changes/{published}/"
    text = page(eva, address)
    assert "Hvis varsel ikke nåede frem" in text
    form = re.search(r'action="(/c/safe-it/letters/\d+/again/)"', text)
    assert form is not None
    answer = eva.post(form[1], {"recipient": "ny@kunde.example", "reason": "Ny adresse.", "next": address})
    assert answer["Location"] == address


def test_a_notice_that_failed_is_not_on_its_way_and_sets_no_day(
    eva: Client, here: CompanyFacts, published: int
) -> None:
    address = f"{AGREEMENT}changes/{published}/"
    before = page(eva, address)
    assert "Varslet er på vej" in before
    assert "Ikke leveret – ikke bundet" not in before
    refuse_all_letters(here)
    counts = succession_counts([published])[published]
    awaited = counts.by_state["delivery awaited"]
    text = page(eva, address)
    assert "Varslet er på vej" not in text
    assert f"Ikke leveret – ikke bundet: {awaited}" in text
    assert f"Ikke leveret – ikke bundet {awaited}" in text
    assert "Varslet er på vej" not in page(eva, f"{AGREEMENT}changes/")
    chosen = page(eva, f"{address}?state=not-delivered")
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", chosen, re.DOTALL)
    assert len(rows) == awaited
    for row in rows:
        assert "Ikke leveret – ikke bundet" in row
        assert re.findall(r'<td class="day">([^<]*)</td>', row) == ["–", "–", "–"]
    number = re.findall(r"/customers/(\d+)/", rows[0])[0]
    copy = page(eva, f"{C}customers/{number}/agreement/")
    coming = copy[copy.index('id="coming"') :].split("</dl>")[0]
    assert "Ikke leveret – ikke bundet" in coming
    assert "Varslet er på vej" not in coming
    assert "Træder i kraft" not in coming


def test_the_new_version_stands_on_the_line_of_versions_and_binds_nobody_yet(eva: Client, published: int) -> None:
    text = page(eva, f"{AGREEMENT}?version=2025-01")
    versions = re.search(r'<ol class="timeline versions">(.*?)</ol>', text, re.DOTALL)
    assert versions is not None
    assert re.search(r"2027-01.*?0 aftaler bundet.*?2025-01.*?4 aftaler bundet", versions[1], re.DOTALL)
    assert "compare/?old=2025-01&amp;new=2027-01" in versions[1]


@pytest.mark.parametrize("made", ["html", "pdf"])
@pytest.mark.parametrize("language", ["da", "en"])
def test_a_version_is_given_as_a_file(eva: Client, made: str, language: str) -> None:
    answer = eva.get(f"{AGREEMENT}file/?version=2025-01&language={language}&format={made}")
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == f'attachment; filename="safe-it-2025-01-{language}.{made}"'
    assert "sandbox" in answer["Content-Security-Policy"]
    assert len(answer.content) > 1000


@pytest.mark.parametrize("query", ["version=1999&format=html", "version=2025-01&format=exe", "format=pdf", ""])
def test_a_file_that_there_is_not_is_not_found(eva: Client, query: str) -> None:
    assert eva.get(f"{AGREEMENT}file/?{query}").status_code == 404


def test_the_copy_folds_what_does_not_concern_the_customer_and_says_what_the_rest_means(eva: Client) -> None:
    business, consumer = (page(eva, f"{C}customers/{number}/agreement/") for number in ("1001", "1004"))
    for text in (business, consumer):
        assert 'aria-label="Det betyder for dig"' in text
        assert re.search(r"\d+ punkter vedkommer ikke denne kunde", text)
    assert business != consumer
    assert "Forbrugeraftaleloven" in consumer
    assert eva.get(f"{C}customers/9999/agreement/").status_code == 404
    assert eva.get("/c/vicevaert/customers/1001/agreement/").status_code == 404


def test_an_exit_in_time_ends_the_contract_before_the_new_version(
    eva: Client, here: CompanyFacts, published: int
) -> None:
    found = of_customer(here, published, "1004")
    address = f"{C}customers/1004/agreement/leave/"
    fields = {"succession": found.succession_id, "given_on": "2026-10-12", "channel": "e-mail"}
    assert "Kunden træder ud" in page(eva, f"{C}customers/1004/agreement/")
    status, text = sent(eva, address, **fields)
    assert status == 302
    assert "Noteret: aftalen slutter" in text
    assert succession(found.succession_id).left_on == date(2026, 10, 12)


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("given_on", "2026-10-13", "ikke kommet endnu"),
        ("given_on", "i går", "ikke en dato"),
        ("channel", "smoke", "hvordan det nåede os"),
        ("succession", "999999", "Formularen er ikke hel"),
        ("succession", "x", "Formularen er ikke hel"),
    ],
)
def test_an_exit_is_not_noted_with_a_wrong_field(
    eva: Client, here: CompanyFacts, published: int, field: str, value: str, told: str
) -> None:
    found = of_customer(here, published, "1004")
    fields = {"succession": found.succession_id, "given_on": "2026-10-10", "channel": "e-mail", field: value}
    status, text = sent(eva, f"{C}customers/1004/agreement/leave/", **fields)
    assert status == 422
    assert told in text or field == "succession"
    assert succession(found.succession_id).left_on is None


def test_one_customers_form_notes_nothing_for_another(eva: Client, here: CompanyFacts, published: int) -> None:
    found = of_customer(here, published, "1001")
    for act in ("leave", "accept"):
        status, _text = sent(
            eva,
            f"{C}customers/1004/agreement/{act}/",
            succession=found.succession_id,
            given_on="2026-10-10",
            channel="e-mail",
        )
        assert status == 422
    assert succession(found.succession_id) == found


def test_a_customers_own_yes_is_noted_once(eva: Client, here: CompanyFacts, published: int) -> None:
    found = of_customer(here, published, "1001")
    for _twice in range(2):
        status, text = sent(eva, f"{C}customers/1001/agreement/accept/", succession=found.succession_id)
        assert status == 302
        assert "Kundens ja til version 2027-01 er noteret" in text
    assert succession(found.succession_id).accepted_on == TODAY


def test_telling_again_writes_to_nobody_twice(eva: Client, published: int) -> None:
    before = successions_of_change(published)
    status, text = sent(eva, f"{AGREEMENT}changes/{published}/tell/")
    assert status == 302
    assert "Alle har fået besked" in text
    assert successions_of_change(published) == before


def ended(browser: Client, **fields: str) -> tuple[int, str]:
    return sent(browser, f"{AGREEMENT}discontinue/propose/", **{"product": "webhosting", "reason": "", **fields})


def test_a_service_that_the_terms_hold_us_to_cannot_be_discontinued(eva: Client, here: CompanyFacts) -> None:
    text = page(eva, f"{AGREEMENT}discontinue/?product=webhosting")
    assert "giver ikke ret til at stoppe ydelsen" in text
    assert "Spørg en anden person" not in text
    status, answer = ended(eva, reason="Udfases.")
    assert status == 422
    assert "kan ikke stoppes, som det står" in answer
    assert open_proposals(here.company_id) == ()


@pytest.mark.parametrize(
    ("fields", "told"), [({"product": "unknown", "reason": "x"}, "Vælg en ydelse"), ({"product": ""}, "Vælg en ydelse")]
)
def test_the_end_of_an_unknown_service_is_told_at_the_field(eva: Client, fields: dict[str, str], told: str) -> None:
    status, text = ended(eva, **fields)
    assert status == 422
    assert told in text


@pytest.fixture
def vicevaert(here: CompanyFacts) -> CompanyFacts:
    """A company whose terms let it discontinue a service, with one customer who has it."""
    found = company_named("vicevaert")
    whose = office_world.a_customer(found, "2001", "Doris Drift", CustomerKind.BUSINESS)
    line = ("subscription", "office-yearly", "doris.example", 12)
    office_world.a_contract(found, whose, "V-1", CustomerKind.BUSINESS, line)
    return found


def test_two_persons_discontinue_a_service(eva: Client, ole: Client, vicevaert: CompanyFacts) -> None:
    agreement = "/c/vicevaert/agreement/"
    shown = page(eva, f"{agreement}discontinue/?product=subscription")
    assert "Doris Drift" in shown
    fields = {"product": "subscription", "reason": "Vi holder op."}
    status, text = sent(eva, f"{agreement}discontinue/propose/", product="subscription", reason=" ")
    assert status == 422
    assert "Skriv, hvorfor ydelsen stopper" in text
    for _twice in range(2):
        assert sent(eva, f"{agreement}discontinue/propose/", **fields)[0] == 302
    (asked,) = open_proposals(vicevaert.company_id)
    named = prices_of(vicevaert.company_id).products["subscription"].name_da
    assert f"Skal {named} stoppes?" in page(eva, "/c/vicevaert/")
    own = f"{agreement}proposals/{asked.proposal_id}/"
    assert f"Skal {named} stoppes?" in page(eva, own)
    assert "Bekræft, og skriv" not in page(eva, own)
    status, text = sent(eva, f"{own}confirm/")
    assert status == 422
    assert "Du har selv bedt om det" in text
    assert changes_of(vicevaert.company_id) == ()
    for _twice in range(2):
        assert sent(ole, f"{own}confirm/")[0] == 302
    (change,) = changes_of(vicevaert.company_id)
    (line,) = discontinued_in(change.change_id)
    assert (line.contract_number, line.told_on, line.is_open) == ("V-1", None, True)
    assert proposal(asked.proposal_id).change_id == change.change_id
    assert "Stoppet: subscription" in page(eva, f"{agreement}changes/")
    assert "Doris Drift" in page(eva, f"{agreement}changes/{change.change_id}/")
    assert "Bekræftet" in page(eva, own)


def test_a_proposal_is_declined_and_then_settled(eva: Client, ole: Client, vicevaert: CompanyFacts) -> None:
    agreement = "/c/vicevaert/agreement/"
    sent(eva, f"{agreement}discontinue/propose/", product="subscription", reason="Vi holder op.")
    (asked,) = open_proposals(vicevaert.company_id)
    own = f"{agreement}proposals/{asked.proposal_id}/"
    for _twice in range(2):
        assert sent(ole, f"{own}decline/")[0] == 302
    assert proposal(asked.proposal_id).state == "declined"
    assert sent(ole, f"{own}confirm/")[0] == 422
    assert eva.get(own.replace("vicevaert", "safe-it")).status_code == 404
    assert changes_of(vicevaert.company_id) == ()


def test_an_operator_whose_terms_are_worse_is_refused_with_each_point(eva: Client, vicevaert: CompanyFacts) -> None:
    transfer = "/c/vicevaert/agreement/transfer/"
    offer = installed_source("compusoft", "11", "da")
    text = eva.post(f"{transfer}weigh/", {"document": offer}).content.decode()
    assert "Ringere for kunderne" in text
    assert "Spørg en anden person" not in text
    fields = {"document": offer, "name": "Driften ApS", "country": "DK", "since": "2026-12-01", "reason": "Billigere."}
    status, answer = sent(eva, f"{transfer}propose/", **fields)
    assert status == 422
    assert "kan driften ikke overdrages" in answer
    assert open_proposals(vicevaert.company_id) == ()


def test_two_persons_hand_over_the_operation_to_an_equal(eva: Client, ole: Client, vicevaert: CompanyFacts) -> None:
    transfer = "/c/vicevaert/agreement/transfer/"
    offer = installed_source("vicevaert", "2023-09", "da")
    file = SimpleUploadedFile("offer.md", offer.encode("utf-8"))
    shown = eva.post(f"{transfer}weigh/", {"file": file, "document": ""}).content.decode()
    assert "Må overdrages" in shown
    fields = {"document": offer, "name": "Driften ApS", "country": "DK", "since": "2026-12-01", "reason": "Bedre vagt."}
    for field, told in (
        ("name", "hvem driften går til"),
        ("country", "i hvilket land"),
        ("reason", "hvorfor driften overdrages"),
        ("since", "ikke en dato"),
        ("document", "leverandørens dokument ind"),
    ):
        status, text = sent(eva, f"{transfer}propose/", **{**fields, field: ""})
        assert status == 422
        assert told in text
    assert sent(eva, f"{transfer}propose/", **{**fields, "since": "2026-08-04"})[0] == 422
    assert sent(eva, f"{transfer}propose/", **fields)[0] == 302
    (asked,) = open_proposals(vicevaert.company_id)
    own = f"/c/vicevaert/agreement/proposals/{asked.proposal_id}/"
    assert "Driften ApS" in page(ole, own)
    assert sent(eva, f"{own}confirm/")[0] == 422
    assert sent(ole, f"{own}confirm/")[0] == 302
    (change,) = changes_of(vicevaert.company_id)
    assert change.draft.after == "Driften ApS, DK"
    assert f"changes/{change.change_id}/" in page(eva, "/c/vicevaert/agreement/changes/")


@pytest.mark.parametrize("document", ["", "ikke et dokument", "---\nprovider = 1\n---\n<script>alert('x')</script>"])
def test_an_operators_document_that_cannot_be_read_is_told_with_its_problems(eva: Client, document: str) -> None:
    answer = eva.post(f"{AGREEMENT}transfer/weigh/", {"document": document})
    text = answer.content.decode()
    assert answer.status_code == (200 if document else 422)
    assert "<script>alert" not in text
    assert ("Dokumentet kan ikke læses" in text) is bool(document)


def test_a_file_that_is_no_text_is_refused(eva: Client) -> None:
    answer = eva.post(f"{AGREEMENT}transfer/weigh/", {"file": SimpleUploadedFile("offer.md", b"\xff\xfe\x00")})
    assert answer.status_code == 422
    assert "Filen er ikke tekst" in answer.content.decode()


def test_a_figure_of_the_law_is_confirmed_with_its_source(eva: Client) -> None:
    text = page(eva, C)
    figure = re.search(r'name="figure" value="([^"]+)"', text)
    assert figure is not None, "a figure waits for a person on this day"
    answer = eva.post(f"{C}law/confirm/", {"figure": figure[1], "source": "x"}, follow=True)
    assert "hvor tallet er slået op" in answer.content.decode()
    fields = {"figure": figure[1], "source": "Nationalbankens side om renter, 12. oktober"}
    answer = eva.post(f"{C}law/confirm/", fields, follow=True)
    assert "Tallet er bekræftet" in answer.content.decode()
    assert f'value="{figure[1]}"' not in page(eva, C)


@pytest.mark.parametrize("change_id", [0, 999_999])
def test_a_change_that_there_is_not_is_not_found(eva: Client, change_id: int) -> None:
    assert eva.get(f"{AGREEMENT}changes/{change_id}/").status_code == 404
    assert eva.post(f"{AGREEMENT}changes/{change_id}/tell/").status_code == 404


def test_a_change_belongs_to_its_company(eva: Client, published: int) -> None:
    assert eva.get(f"/c/vicevaert/agreement/changes/{published}/").status_code == 404
