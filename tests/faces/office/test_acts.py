"""What staff can do, from the form to what it changed; and that a refusal is told and nothing is half done."""

import re
from datetime import date

import pytest
from django.test import Client

from servanda.business.billing.queries import entries_in_suspense, invoice_numbered
from servanda.business.companies.facts import CompanyFacts
from servanda.business.companies.queries import company
from servanda.business.customers.queries import customer_numbered
from servanda.business.dunning.queries import open_proposals, pauses_of_invoice
from servanda.business.evidence.queries import brake_of, events_of_customer
from servanda.business.hosting.queries import services_of_customer

COMPANY = "/c/safe-it/"


def told(browser: Client, address: str, **fields: object) -> str:
    """Send the form and return what the page then tells."""
    answer = browser.post(f"{COMPANY}{address}", fields, follow=True)
    assert answer.status_code == 200
    found = re.search(r'<p class="notice[^"]*">(.*?)</p>', answer.content.decode(), re.DOTALL)
    assert found is not None
    return found[1]


def invoice_id(here: CompanyFacts, number: int) -> int:
    found = invoice_numbered(here.company_id, number)
    assert found is not None
    return found.invoice_id


def test_the_brake_is_pulled_and_released_with_a_reason(eva: Client, here: CompanyFacts) -> None:
    assert "Bremsen er trukket" in told(eva, "brake/", is_engaged="1", reason="Noget er galt med bankfilen.")
    braked = brake_of(here.company_id)
    assert braked is not None
    assert str(braked["by"]).startswith("staff:")
    page = eva.get(COMPANY).content.decode()
    assert "Noget er galt med bankfilen." in page
    assert "eva standsede" in page
    assert "Bremsen er løsnet" in told(eva, "brake/", is_engaged="0", reason="Bankfilen er rettet.")
    assert brake_of(here.company_id) is None


@pytest.mark.parametrize("reason", ["", "   "])
def test_the_brake_is_not_pulled_without_a_reason(eva: Client, here: CompanyFacts, reason: str) -> None:
    assert "Skriv hvorfor" in told(eva, "brake/", is_engaged="1", reason=reason)
    assert brake_of(here.company_id) is None


def test_a_yes_is_carried_out_and_kept_with_its_reason(eva: Client, here: CompanyFacts) -> None:
    asked = next(found for found in open_proposals(here.company_id) if found.act == "contract.ended")
    told(eva, "decide/", key=asked.proposal_id, answer="yes", reason="Aftalt med direktøren.")
    happened = {event.what for event in events_of_customer(asked.customer_id)}
    assert {"proposal.approved", "contract.ended"} <= happened


def test_a_no_is_kept_and_nothing_is_done(eva: Client, here: CompanyFacts) -> None:
    asked = next(found for found in open_proposals(here.company_id) if found.act == "contract.ended")
    told(eva, "decide/", key=asked.proposal_id, answer="no", reason="Kunden har ringet.")
    happened = {event.what for event in events_of_customer(asked.customer_id)}
    assert "proposal.declined" in happened
    assert "contract.ended" not in happened
    assert asked.proposal_id not in {found.proposal_id for found in open_proposals(here.company_id)}


def test_another_company_cannot_decide(eva: Client, here: CompanyFacts) -> None:
    asked = open_proposals(here.company_id)[0]
    answer = eva.post(
        "/c/vicevaert/decide/", {"key": asked.proposal_id, "answer": "yes", "reason": "Fordi."}, follow=True
    )
    assert "venter ikke på svar" in answer.content.decode()
    assert asked.proposal_id in {found.proposal_id for found in open_proposals(here.company_id)}


def test_a_dispute_stops_everything_and_its_end_lets_it_go_on(eva: Client, here: CompanyFacts) -> None:
    assert "bestridt" in told(eva, "invoices/1002/dispute/", reason="Varen kom aldrig.")
    (pause,) = pauses_of_invoice(invoice_id(here, 1002))
    assert (pause.cause, pause.reason, pause.ended_on) == ("dispute", "Varen kom aldrig.", None)
    assert "Varen kom aldrig." in eva.get(f"{COMPANY}invoices/1002/").content.decode()
    told(eva, "invoices/1002/resume/", pause=pause.pause_id)
    (pause,) = pauses_of_invoice(invoice_id(here, 1002))
    assert pause.ended_on == here.clock_on


def test_a_payment_plan_runs_to_its_day(eva: Client, here: CompanyFacts) -> None:
    told(eva, "invoices/1002/plan/", until="2026-11-30", reason="Tre rater.")
    (pause,) = pauses_of_invoice(invoice_id(here, 1002))
    assert (pause.cause, pause.until) == ("payment plan", date(2026, 11, 30))


@pytest.mark.parametrize("until", ["", "30.11.2026", "2026-02-30", "2026-10-12", "2020-01-01"])
def test_a_payment_plan_to_a_wrong_day_is_refused_in_words(eva: Client, here: CompanyFacts, until: str) -> None:
    assert told(eva, "invoices/1002/plan/", until=until, reason="Tre rater.")
    assert pauses_of_invoice(invoice_id(here, 1002)) == ()


def test_an_invoice_is_credited_whole(eva: Client, here: CompanyFacts) -> None:
    told(eva, "invoices/1007/credit/", reason="Sendt ved en fejl.")
    credited = invoice_numbered(here.company_id, 1007)
    assert credited is not None
    assert not credited.open_principal
    assert eva.get(f"{COMPANY}invoices/1007/").status_code == 200
    note = eva.get(f"{COMPANY}invoices/1008/").content.decode()
    assert "Kreditnota 1008" in note


def test_a_credit_note_has_its_page_and_no_ladder(eva: Client, here: CompanyFacts) -> None:
    told(eva, "invoices/1007/credit/", reason="Sendt ved en fejl.")
    assert eva.get(f"{COMPANY}invoices/1008/ladder/").status_code == 404


def test_a_payment_in_suspense_is_given_to_the_invoice_it_is_for(eva: Client, here: CompanyFacts) -> None:
    (entry,) = entries_in_suspense(here.company_id)
    assert "Navnet ligner" in eva.get(f"{COMPANY}matching/").content.decode()
    told(eva, "matching/allocate/", entry=entry.entry_id, invoice=invoice_id(here, 1002))
    paid = invoice_numbered(here.company_id, 1002)
    assert paid is not None
    assert sum(part.amount.minor for part in paid.allocations) == entry.amount.minor
    assert entries_in_suspense(here.company_id) == ()


def test_a_payment_of_everything_opens_the_service_again(eva: Client, here: CompanyFacts) -> None:
    mallory = customer_numbered(here.company_id, "1004").customer_id
    assert any(service.open_holds for service in services_of_customer(mallory))
    (entry,) = entries_in_suspense(here.company_id)  # 500 kr. covers what Mallory owes
    told(eva, "matching/allocate/", entry=entry.entry_id, invoice=invoice_id(here, 1004))
    assert not any(service.open_holds for service in services_of_customer(mallory))


def test_an_entry_that_is_no_payment_is_explained(eva: Client, here: CompanyFacts) -> None:
    (entry,) = entries_in_suspense(here.company_id)
    assert "Sig, hvad posteringen er" in told(eva, "matching/explain/", entry=entry.entry_id, reason=" ")
    told(eva, "matching/explain/", entry=entry.entry_id, reason="Ejerens eget indskud.")
    assert entries_in_suspense(here.company_id) == ()


def test_the_time_moves_forward_and_what_is_due_happens(eva: Client, here: CompanyFacts) -> None:
    told(eva, "time/", step="week")
    assert company(here.company_id).clock_on == date(2026, 10, 19)
    told(eva, "time/", step="date", to="2026-10-21")
    assert company(here.company_id).clock_on == date(2026, 10, 21)


@pytest.mark.parametrize("fields", [{}, {"step": "year"}, {"step": "date"}, {"step": "date", "to": "2026-10-01"}])
def test_the_time_is_not_moved_by_a_wrong_step(eva: Client, here: CompanyFacts, fields: dict[str, str]) -> None:
    assert told(eva, "time/", **fields)
    assert company(here.company_id).clock_on == here.clock_on


@pytest.mark.parametrize("key", ["", "x", "-1", "1.5", "9" * 40, "²"])
def test_a_form_that_is_tampered_with_is_refused_in_words(eva: Client, here: CompanyFacts, key: str) -> None:
    assert told(eva, "decide/", key=key, answer="yes", reason="Fordi.")
    assert told(eva, "matching/allocate/", entry=key, invoice=key)


@pytest.mark.parametrize("act", ["dispute/", "plan/", "resume/", "credit/"])
def test_an_act_on_an_invoice_of_another_company_is_not_found(eva: Client, here: CompanyFacts, act: str) -> None:
    fields = {"reason": "Fordi.", "until": "2026-11-30", "pause": "1"}
    assert eva.post(f"/c/vicevaert/invoices/1002/{act}", fields).status_code == 404
