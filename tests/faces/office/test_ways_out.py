"""What only a person can bring on: each has a card on the page of the day, a way out, and a reason that is kept."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

import servanda.business
from servanda.business.billing.queries import (
    invoice_numbered,
    open_totals_by_company,
    open_totals_by_customer,
)
from servanda.business.companies.facts import CompanyFacts
from servanda.business.companies.queries import companies, company, today_of
from servanda.business.contracts.actions import receive_notice
from servanda.business.contracts.decisions.terms import EndingTerms
from servanda.business.contracts.facts import GivenNotice
from servanda.business.contracts.queries import line, lines_of_customer, notices_to_decide
from servanda.business.customers.queries import customer_numbered, customers_of
from servanda.business.dunning.queries import claims_coming, open_proposals
from servanda.business.evidence.actions import set_brake
from servanda.business.evidence.facts import Event
from servanda.business.evidence.queries import events_of_customer
from servanda.business.hosting.actions import carry_out_ordered_purges, quarantine_services
from servanda.business.hosting.facts import ServiceFacts
from servanda.business.hosting.queries import services_of_customer
from servanda.business.ledger.queries import balance_of_customer
from servanda.business.letters.facts import LetterFacts
from servanda.business.letters.queries import letter, undelivered_letters
from servanda.faces.office.sentences import AWAITED, FORESEEN
from servanda.ground.calendar import moment_of
from servanda.ground.citation import Citation
from servanda.ground.money import Money, total_of
from servanda.terms.clauses import CustomerKind
from tests.faces.office import office_world

COMPANY = "/c/safe-it/"
CLAUSE = Citation("safe-it", "3.4", "2025-01")


def told(browser: Client, address: str, **fields: object) -> str:
    """Send the form and return what the page then tells."""
    answer = browser.post(f"{COMPANY}{address}", fields, follow=True)
    assert answer.status_code == 200
    found = re.search(r'<p class="notice[^"]*">(.*?)</p>', answer.content.decode(), re.DOTALL)
    assert found is not None
    return found[1]


def shown(browser: Client, address: str = "") -> str:
    return browser.get(f"{COMPANY}{address}").content.decode()


def happened(customer_id: int, what: str) -> Event:
    return next(event for event in events_of_customer(customer_id) if event.what == what)


# Letters that did not arrive


@pytest.fixture
def carla(here: CompanyFacts) -> Iterator[int]:
    """Carla's mail server takes in nothing; the post is the same for all tests, so it is mended afterwards."""
    found = customer_numbered(here.company_id, "1003")
    yield found.customer_id
    office_world.post().accept(found.email)


def a_lost_letter(here: CompanyFacts, *, is_refused: bool) -> LetterFacts:
    post, address = office_world.post(), "1003@kunde.example"
    if is_refused:
        post.reject(address, is_permanent=True)
    else:
        post.lose(address)
    office_world.days_pass(here, to=date(2026, 10, 16))  # the second reminder is written on the way
    (found,) = undelivered_letters(here.company_id)
    return found


def test_a_refused_letter_is_shown_with_the_answer_and_goes_to_a_better_address(
    eva: Client, here: CompanyFacts, carla: int
) -> None:
    lost = a_lost_letter(here, is_refused=True)
    page = shown(eva)
    assert "Kundens mailserver afviste et brev." in page
    assert lost.subject in page
    assert "550 5.1.1 no such mailbox" in page
    assert 'value="1003@kunde.example"' in page
    told(eva, f"letters/{lost.letter_id}/again/", recipient="carla@kontor.example", reason="Hun har ny adresse.")
    assert undelivered_letters(here.company_id) == ()
    before = letter(lost.letter_id)
    assert before is not None
    assert before.state == "replaced"
    kept = happened(carla, "letter.sent_again")
    assert kept.facts["reason"] == "Hun har ny adresse."
    assert kept.by.startswith("staff:")
    assert "carla@kontor.example" not in str(kept.facts)  # evidence names nobody's address
    office_world.days_pass(company(here.company_id), to=date(2026, 10, 19))
    assert office_world.post().accepted[-1].recipient == "carla@kontor.example"
    assert "Et menneske lod brevet sende igen" in shown(eva, "customers/1003/")


def test_a_letter_of_uncertain_fate_is_marked_as_one_that_may_come_twice(
    eva: Client, here: CompanyFacts, carla: int
) -> None:
    a_lost_letter(here, is_refused=False)
    page = shown(eva)
    assert "Det er usikkert, om et brev nåede frem." in page
    assert "får kunden det to gange" in page


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"recipient": "carla@kontor.example", "reason": " "}, "hvorfor brevet sendes igen"),
        ({"recipient": "", "reason": "Ny adresse."}, "ingen e-mailadresse"),
        ({"recipient": "carla", "reason": "Ny adresse."}, "ingen e-mailadresse"),
        ({"recipient": "a@b.example, c@d.example", "reason": "Ny adresse."}, "ingen e-mailadresse"),
        ({"recipient": "a@b.example\nBcc: c@d.example", "reason": "Ny adresse."}, "ingen e-mailadresse"),
    ],
)
def test_a_letter_is_not_sent_again_without_a_reason_and_one_address(
    eva: Client, here: CompanyFacts, carla: int, fields: dict[str, str], message: str
) -> None:
    lost = a_lost_letter(here, is_refused=True)
    answer = told(eva, f"letters/{lost.letter_id}/again/", **fields)
    assert answer.startswith("Handlingen blev afvist: ")
    assert message in answer
    assert undelivered_letters(here.company_id) == (lost,)


def test_a_letter_that_arrived_is_not_sent_again(eva: Client, here: CompanyFacts) -> None:
    address = re.search(r"/letters/(\d+)/document/", shown(eva, "invoices/1002/"))
    assert address is not None
    assert "på vej eller nået frem" in told(
        eva, f"letters/{address[1]}/again/", recipient="a@b.example", reason="Fordi."
    )


def test_another_company_cannot_send_a_letter_again(eva: Client, here: CompanyFacts, carla: int) -> None:
    lost = a_lost_letter(here, is_refused=True)
    fields = {"recipient": "a@b.example", "reason": "Fordi."}
    answer = eva.post(f"/c/vicevaert/letters/{lost.letter_id}/again/", fields, follow=True)
    assert "på vej eller nået frem" in answer.content.decode()
    assert undelivered_letters(here.company_id) == (lost,)


# Data that may be deleted


def a_closed_service(here: CompanyFacts, *, purge_in_days: int | None = 0) -> ServiceFacts:
    assert here.clock_on is not None
    alma = customer_numbered(here.company_id, "1001").customer_id
    (service,) = services_of_customer(alma)
    quarantine_services(
        [service.service_id],
        purge_on=here.clock_on + timedelta(days=purge_in_days) if purge_in_days is not None else None,
        purge_because=(CLAUSE,),
        decided_by="person",
        because=(CLAUSE,),
        today=here.clock_on,
        at=moment_of(here.clock_on),
    )
    return services_of_customer(alma)[0]


def state_of(service: ServiceFacts) -> str:
    return services_of_customer(service.customer_id)[0].state


def worker_looks(here: CompanyFacts) -> int:
    here = company(here.company_id)
    assert here.clock_on is not None
    return carry_out_ordered_purges(here, today=here.clock_on, at=moment_of(here.clock_on))


def test_data_are_deleted_by_the_worker_when_a_person_says_so_twice(eva: Client, here: CompanyFacts) -> None:
    service = a_closed_service(here)
    assert "Skal dataene for alma.example slettes?" in shown(eva)
    fields = {"reason": "Almas egen bøn.", "is_understood": "1"}
    assert worker_looks(here) == 0
    assert "slettes inden for et minut" in told(eva, f"services/{service.service_id}/purge/", **fields)
    assert state_of(service) == "quarantined"
    assert happened(service.customer_id, "purge.ordered").facts["reason"] == "Almas egen bøn."
    assert ProcrastinateJob.objects.filter(task_name="carry_out_purges").count() == 1
    assert worker_looks(here) == 1
    assert state_of(service) == "purged"
    assert happened(service.customer_id, "data.purged").by.startswith("staff:")
    assert "Skal dataene" not in shown(eva)


def test_an_order_is_not_carried_out_once_the_brake_is_on_or_the_service_is_put_back(
    eva: Client, here: CompanyFacts
) -> None:
    service = a_closed_service(here)
    told(eva, f"services/{service.service_id}/purge/", reason="Fordi.", is_understood="1")
    assert here.clock_on is not None
    at = moment_of(here.clock_on)
    set_brake(here.company_id, is_engaged=True, by="staff:1", reason="Tvivl.", at=at, today=here.clock_on)
    assert worker_looks(here) == 0
    set_brake(here.company_id, is_engaged=False, by="staff:1", reason="Afklaret.", at=at, today=here.clock_on)
    told(eva, f"services/{service.service_id}/put-back/", reason="Fortrudt.")
    assert worker_looks(here) == 0
    assert state_of(service) == "running"


@pytest.mark.parametrize("fields", [{"reason": "Fordi."}, {"reason": " ", "is_understood": "1"}, {}])
def test_data_are_not_deleted_without_a_reason_and_the_mark(
    eva: Client, here: CompanyFacts, fields: dict[str, str]
) -> None:
    service = a_closed_service(here)
    assert told(eva, f"services/{service.service_id}/purge/", **fields).startswith("Handlingen blev afvist: ")
    assert state_of(service) == "quarantined"


def test_data_are_not_deleted_before_their_day_or_while_the_brake_is_on(eva: Client, here: CompanyFacts) -> None:
    service = a_closed_service(here, purge_in_days=5)
    fields = {"reason": "Fordi.", "is_understood": "1"}
    assert "er tilladt fra" in told(eva, f"services/{service.service_id}/purge/", **fields)
    assert "Slet for altid" not in shown(eva, "customers/1001/")
    here = office_world.days_pass(here, to=date(2026, 10, 17))
    assert here.clock_on is not None
    at = moment_of(here.clock_on)
    set_brake(here.company_id, is_engaged=True, by="staff:1", reason="Tvivl.", at=at, today=here.clock_on)
    assert "bremsen" in told(eva, f"services/{service.service_id}/purge/", **fields)
    assert state_of(service) == "quarantined"


def test_a_closed_service_is_put_back_from_the_page_of_its_customer(eva: Client, here: CompanyFacts) -> None:
    service = a_closed_service(here, purge_in_days=None)
    page = shown(eva, "customers/1001/")
    assert f"services/{service.service_id}/put-back/" in page
    assert "dataene bliver liggende" in page
    back = f"{COMPANY}customers/1001/"
    fields = {"reason": "Lukket ved en fejl.", "next": back}
    answer = eva.post(f"{COMPANY}services/{service.service_id}/put-back/", fields)
    assert answer["Location"] == back
    assert state_of(service) == "running"
    assert happened(service.customer_id, "service.put_back").facts["reason"] == "Lukket ved en fejl."


def test_a_service_is_not_put_back_without_a_reason_nor_if_it_runs(eva: Client, here: CompanyFacts) -> None:
    service = a_closed_service(here)
    address = f"services/{service.service_id}/put-back/"
    assert "Skriv hvorfor" in told(eva, address, reason="")
    told(eva, address, reason="Lukket ved en fejl.")
    assert "ikke længere i karantæne" in told(eva, address, reason="Lukket ved en fejl.")


@pytest.mark.parametrize("act", ["purge", "put-back"])
def test_another_company_cannot_touch_a_service(eva: Client, here: CompanyFacts, act: str) -> None:
    service = a_closed_service(here)
    eva.post(f"/c/vicevaert/services/{service.service_id}/{act}/", {"reason": "Fordi.", "is_understood": "1"})
    assert state_of(service) == "quarantined"


def test_after_an_act_nobody_is_led_to_another_site(eva: Client, here: CompanyFacts) -> None:
    service = a_closed_service(here)
    fields = {"reason": "Fordi.", "next": "https://evil.example/"}
    assert eva.post(f"{COMPANY}services/{service.service_id}/put-back/", fields)["Location"] == COMPANY


# Notices on which the terms are silent


def an_open_notice(here: CompanyFacts) -> int:
    assert here.clock_on is not None
    (bought,) = lines_of_customer(customer_numbered(here.company_id, "1001").customer_id)
    given = GivenNotice(given_on=here.clock_on, channel="e-mail")
    receive_notice(bought.line_id, given, EndingTerms(), today=here.clock_on, at=moment_of(here.clock_on))
    (notice,) = notices_to_decide(here.company_id)
    return notice.notice_id


def test_a_person_says_when_a_subscription_ends_where_the_terms_are_silent(eva: Client, here: CompanyFacts) -> None:
    notice_id = an_open_notice(here)
    assert "Vilkårene tier om denne opsigelse" in shown(eva)
    assert "En opsigelse venter på dig" in shown(eva, "customers/1001/")
    told(eva, f"notices/{notice_id}/decide/", ends_on="2026-11-30", reason="Løbende måned og en måned.")
    assert notices_to_decide(here.company_id) == ()
    (ending,) = lines_of_customer(customer_numbered(here.company_id, "1001").customer_id)
    assert line(ending.line_id).until == date(2026, 12, 1)


@pytest.mark.parametrize("fields", [{"ends_on": "2026-11-30", "reason": ""}, {"ends_on": "", "reason": "Fordi."}])
def test_a_notice_is_not_decided_without_day_and_reason(
    eva: Client, here: CompanyFacts, fields: dict[str, str]
) -> None:
    notice_id = an_open_notice(here)
    assert told(eva, f"notices/{notice_id}/decide/", **fields).startswith("Handlingen blev afvist: ")
    assert len(notices_to_decide(here.company_id)) == 1


def test_a_notice_cannot_end_a_line_before_it_was_given(eva: Client, here: CompanyFacts) -> None:
    notice_id = an_open_notice(here)
    assert "kan ikke slutte" in told(eva, f"notices/{notice_id}/decide/", ends_on="2026-10-01", reason="Fordi.")


def test_another_company_cannot_decide_a_notice(eva: Client, here: CompanyFacts) -> None:
    notice_id = an_open_notice(here)
    eva.post(f"/c/vicevaert/notices/{notice_id}/decide/", {"ends_on": "2026-11-30", "reason": "Fordi."})
    assert len(notices_to_decide(here.company_id)) == 1


# Charges alone, and terms that are silent


def test_waived_charges_open_the_service_again(eva: Client, here: CompanyFacts) -> None:
    mallory = customer_numbered(here.company_id, "1004").customer_id
    owed = invoice_numbered(here.company_id, 1004)
    assert owed is not None
    office_world.a_payment(here, owed.open_principal, reference=owed.reference)
    here = office_world.days_pass(here, to=date(2026, 10, 13))
    asked = next(found for found in open_proposals(here.company_id) if found.act == "charges.waived")
    told(eva, "decide/", key=asked.proposal_id, answer="yes", reason="Så er vi kvit.")
    assert not any(service.open_holds for service in services_of_customer(mallory))
    assert "blev eftergivet" in shown(eva, "customers/1004/")
    assert "Eftergivet" in shown(eva, "invoices/1004/")


def test_where_the_terms_are_silent_there_is_no_yes_but_ways_to_go_on(eva: Client, here: CompanyFacts) -> None:
    silent = office_world.a_company("servicepoint")
    buyer = office_world.a_customer(silent, "1", "Tavse Vilkår ApS", CustomerKind.BUSINESS)
    sold = ("cloudserver", "cloudserver-small", "server 1", None)
    office_world.a_contract(silent, buyer, "T-1", CustomerKind.BUSINESS, sold)
    silent = office_world.days_pass(silent, to=office_world.BEGAN_ON + timedelta(days=33))
    (asked,) = open_proposals(silent.company_id)
    assert asked.act == "not_specified"
    page = eva.get("/c/servicepoint/").content.decode()
    assert 'value="yes"' not in page
    assert 'value="noted"' in page
    for act in ("plan", "dispute", "credit"):
        way = re.search(rf'href="([^"]*\?act={act}#acts)"', page)
        assert way is not None
        assert '<details class="fold" open>' in eva.get(way[1]).content.decode()
    fields = {"key": asked.proposal_id, "answer": "noted", "reason": "Vi ringer til kunden."}
    eva.post("/c/servicepoint/decide/", fields)
    assert open_proposals(silent.company_id) == ()
    assert (
        "noteret, at vilkårene tier: Vi ringer til kunden." in eva.get("/c/servicepoint/customers/1/").content.decode()
    )


@pytest.mark.parametrize("answer", ["", "maybe"])
def test_an_answer_that_is_none_decides_nothing(eva: Client, here: CompanyFacts, answer: str) -> None:
    asked = open_proposals(here.company_id)
    told(eva, "decide/", key=asked[0].proposal_id, answer=answer, reason="Fordi.")
    assert open_proposals(here.company_id) == asked


# What comes next, what is owed, and the time


def test_what_comes_next_is_in_the_order_of_its_days_and_cites_its_clause(eva: Client, here: CompanyFacts) -> None:
    assert here.clock_on is not None
    coming = claims_coming(here.company_id, today=here.clock_on, limit=20)
    assert [one.on for one in coming] == sorted(one.on for one in coming)
    assert {one.waits_for for one in coming} == {"due", "reminder"}
    (reminder,) = (one for one in coming if one.waits_for == "reminder")
    assert (reminder.step, reminder.on, reminder.because[0].clause) == (2, date(2026, 10, 15), "3.2")
    assert "Rykker 2 sendes." in shown(eva)


def test_what_is_foretold_comes_true_on_its_day(here: CompanyFacts) -> None:
    assert here.clock_on is not None
    (reminder,) = (
        one for one in claims_coming(here.company_id, today=here.clock_on, limit=20) if one.waits_for == "reminder"
    )
    office_world.days_pass(here, to=reminder.on)
    written = [event for event in events_of_customer(reminder.customer_id) if event.what == "reminder.written"]
    assert [(event.on_day, event.facts["step"]) for event in written][-1] == (reminder.on, reminder.step)


def test_what_a_claim_can_wait_for_has_a_sentence() -> None:
    folder = Path(servanda.business.__path__[0]) / "dunning" / "decisions"
    waits = {
        found
        for file in folder.glob("*.py")
        for found in re.findall(r'reason="([^"]+)", until=', file.read_text(encoding="utf-8"))
    }
    assert len(waits) > 8
    assert waits - set(AWAITED) - set(FORESEEN) == set()


def test_the_list_of_customers_agrees_with_the_books(eva: Client, here: CompanyFacts) -> None:
    assert here.clock_on is not None
    totals = open_totals_by_customer(here.company_id, today=here.clock_on)
    assert any(owed.overdue < owed.open for owed in totals.values())
    for customer in customers_of(here.company_id):
        owed = totals.get(customer.customer_id)
        assert (owed.open if owed is not None else Money(0)) == balance_of_customer(customer.customer_id)
    assert "1.435,00\u00a0kr." in shown(eva, "customers/")


def test_the_totals_of_all_companies_are_each_companys_own_on_its_own_day(here: CompanyFacts) -> None:
    days = {found.company_id: today_of(found, now=timezone.now()) for found in companies()}
    assert len(set(days.values())) > 1
    with CaptureQueriesContext(connection) as asked:
        totals = open_totals_by_company(days)
    assert len(asked) == 1
    booked = total_of(balance_of_customer(customer.customer_id) for customer in customers_of(here.company_id))
    assert {company_id: owed.open for company_id, owed in totals.items()} == {here.company_id: booked}


def test_more_companies_take_no_more_queries(eva: Client, here: CompanyFacts) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert eva.get("/").status_code == 200
        return len(asked)

    before = queries()
    office_world.a_company("compusoft")
    office_world.a_company("simsoft")
    assert queries() == before


def test_each_company_shows_what_its_terms_do(eva: Client, here: CompanyFacts) -> None:
    page = eva.get("/").content.decode()
    assert "7–14 dage · 3 rykkere · lukker ved rykker 2" in page
    assert "8 dage · 3 rykkere · lukker ved rykker 1, hvis et menneske siger ja" in page


def moves_in_the_background(company_id: int, *, to: date) -> bool:
    """Stand for a mover who has only begun."""
    assert company(company_id).clock_on is not None
    return to <= date(2026, 10, 13)


def test_a_long_way_is_said_to_go_on_with_a_way_to_look_again(eva: Client, here: CompanyFacts) -> None:
    with override_settings(MOVE_TIME=f"{__name__}.moves_in_the_background"):
        far = told(eva, "time/", step="month")
        assert "Tiden flytter sig" in far
        assert f'<a class="button" href="{COMPANY}">Hent siden igen</a>' in far
        assert told(eva, "time/", step="day") == "Tiden er flyttet."


def test_the_invoice_shows_the_fingerprint_of_what_was_issued(eva: Client, here: CompanyFacts) -> None:
    issued = invoice_numbered(here.company_id, 1002)
    assert issued is not None
    assert re.fullmatch(r"[0-9a-f]{64}", issued.content_sha256)
    assert issued.content_sha256 in shown(eva, "invoices/1002/")
