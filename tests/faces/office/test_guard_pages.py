"""The pages of the brake, the audit and the installation: what they show, and what a person does there."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client, override_settings

from servanda.business.audit.actions import keep_run
from servanda.business.audit.facts import AuditReport, Finding
from servanda.business.companies.facts import CompanyFacts
from servanda.business.evidence.actions import halt, keep_figures, record_in_all, watch_range
from servanda.business.evidence.queries import events_of_company, is_halted
from servanda.business.installation.actions import refuse_unreconciled
from servanda.business.installation.queries import steps_done

GUARD, AUDIT, INSTALLATION = "/c/safe-it/guard/", "/c/safe-it/audit/", "/installation/"
NOW = datetime.now(UTC)
MISSED = {
    "letters": {"waiting": 1, "unknown": 1, "keys": ["safe-it: reminder:7:1"], "numbers": ["safe-it: 1043"]},
    "servers": {"nodes": [{"name": "node1", "accepted": 9, "signed": 4}], "count": 1, "ahead": 1, "silent": 0},
    "bank": {"known_until": {"safe-it": "2026-11-30"}},
    "e-invoices": {"by_state": {"sent": 3}},
}


def shown(browser: Client, address: str, language: str = "en") -> str:
    answer = browser.get(address, headers={"accept-language": language})
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_brake_shows_its_figures_and_a_release_keeps_what_was_parked(eva: Client, here: CompanyFacts) -> None:
    today = here.clock_on
    assert today is not None
    assert "is not watched here" in shown(eva, GUARD)
    watch_range(here.company_id, today=today)
    page = shown(eva, GUARD)
    assert "Adverse acts today" in page
    assert "Indgreb i dag" in shown(eva, GUARD, "da")
    for is_engaged, reason in (("1", "Bankfilen er forkert."), ("0", "Jeg har set alle otte.")):
        answer = eva.post(
            "/c/safe-it/brake/", {"is_engaged": is_engaged, "reason": reason, "parked": "8", "next": GUARD}
        )
        assert answer["Location"] == GUARD
    released, engaged = events_of_company(here.company_id, what=("brake.engaged", "brake.released"))
    assert (released.facts["parked"], released.facts["reason"]) == (8, "Jeg har set alle otte.")
    assert int(str(released.facts["released_to"])) >= 8
    assert engaged.facts["act"] == "person"
    assert "Jeg har set alle otte." in shown(eva, GUARD, "da")


@pytest.mark.parametrize(("language", "said"), [("en", "Something is broken."), ("da", "Noget er brudt.")])
def test_the_audit_shows_what_is_broken_with_its_rows(
    eva: Client, here: CompanyFacts, language: str, said: str
) -> None:
    assert "No audit yet" in shown(eva, AUDIT)
    row = {"invoice": 1043, "problem": "<script>"}
    finding = Finding(number=13, name="", violations=25, rows=(row,), explanation="", seconds=0.1)
    keep_run(here, AuditReport((finding,)), by="system", began_at=NOW, now=NOW + timedelta(seconds=2))
    page = shown(eva, AUDIT, language)
    assert said in page
    assert "1043" in page
    assert "&lt;script&gt;" in page
    assert ("and 24 more" if language == "en" else "24") in page


def test_a_copy_says_so_on_every_page_and_its_steps_lead_to_taking_over(eva: Client, here: CompanyFacts) -> None:
    assert 'role="alert"' not in shown(eva, "/")
    halt("copy", figures={"because": "the database is older", "behind_seconds": 21600, "records_behind": 80}, now=NOW)
    for address in ("/", "/c/safe-it/", GUARD, INSTALLATION):
        assert "This is a copy, or may be one: nothing is sent" in shown(eva, address)
    assert "Dette er en kopi eller kan være det" in shown(eva, "/c/safe-it/customers/", "da")
    assert "It is being looked at" in shown(eva, INSTALLATION)
    keep_figures("copy", {"missed": MISSED})
    page = shown(eva, INSTALLATION)
    assert "it was restored" in page
    assert "6 h" in page
    assert "safe-it: 1043" in page
    assert "node1: 9 / 4" in page
    assert "Take over" not in page
    for step in MISSED:
        assert eva.post("/installation/step/", {"step": step}).status_code == 302
    assert {one.name for one in steps_done()} == set(MISSED)
    assert "Take over" in shown(eva, INSTALLATION)
    assert len(events_of_company(here.company_id, what=("copy.reconciled",))) == 4
    refuse_unreconciled("all is looked at")


@override_settings(TAKE_OVER="tests.faces.office.test_guard_pages.refused")
def test_a_refusal_to_take_over_is_told(eva: Client, here: CompanyFacts) -> None:
    halt("copy", figures={"because": "this place is unknown"}, now=NOW)
    answer = eva.post("/installation/take-over/", {"reason": "Disken brød ned."}, follow=True)
    assert "letters er ikke afstemt endnu" in answer.content.decode()
    assert is_halted("copy")


def refused(*, by: str, reason: str) -> bool:
    """As the worker's own way begins: it refuses before it asks anybody."""
    refuse_unreconciled(reason)
    return True


def test_time_in_doubt_waits_for_a_person_with_a_reason(eva: Client, here: CompanyFacts) -> None:
    halt("time", figures={"because": "time went back", "seconds": 400}, now=NOW)
    page = shown(eva, INSTALLATION)
    assert "The clock was set back." in page
    assert "6 min" in page
    assert "What time it is is in doubt" in shown(eva, "/")
    assert "Skriv begrundelsen" in eva.post("/installation/time/", {"reason": " "}, follow=True).content.decode()
    assert is_halted("time")
    eva.post("/installation/time/", {"reason": "Uret er stillet."})
    assert not is_halted("time")
    (event,) = events_of_company(here.company_id, what=("time.acknowledged",))
    assert event.facts["reason"] == "Uret er stillet."


def test_the_last_backup_and_the_last_drill_stand_there(eva: Client, here: CompanyFacts) -> None:
    assert "No backup yet" in shown(eva, INSTALLATION)
    made = {"tables": 120, "rows": 3379, "seconds": 8.2, "is_elsewhere": False}
    record_in_all("backup.made", key=NOW.isoformat(), facts=made, now=NOW)
    page = shown(eva, INSTALLATION)
    assert "Never tried out" in page
    assert "on the same disk" in page
    drilled = {"act": "good", "is_good": True, "seconds": 35.1, "loss_seconds": 7300, "checked": 58, "violations": 0}
    record_in_all("backup.drilled", key=NOW.isoformat(), facts=drilled, now=NOW)
    page = shown(eva, INSTALLATION)
    assert "Kept, and put back" in page
    assert "Lost would have been 2 h" in page
