"""Doubt never hurts a customer: what the bank has not told yet, days on which dunning stood still, wishes that came late."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from threading import Event as Signal
from time import sleep

import pytest
from django.db import connection, transaction
from django.utils import timezone

from servanda.agreements.reading import library_of
from servanda.business.billing.queries import invoices_of_customer
from servanda.business.companies.actions import move_test_clock
from servanda.business.contracts.actions import conclude_contract, receive_notice, withdraw_notice
from servanda.business.contracts.decisions.terms import conclusion_terms
from servanda.business.contracts.facts import Acceptance, GivenNotice
from servanda.business.contracts.models import Line
from servanda.business.contracts.queries import ending_terms_of, lines_of_customer, notices_of_line
from servanda.business.customers.queries import customer
from servanda.business.dunning.actions import look_again, pause_claim, purge_due
from servanda.business.dunning.models import Proposal
from servanda.business.dunning.queries import (
    arrears_of,
    claims_parked,
    forecast_of_customer,
    known_of_customer,
    open_proposals,
)
from servanda.business.hosting.queries import services_of_customer
from servanda.business.letters.actions import record_outcomes, write_letters
from servanda.business.letters.facts import LetterDraft, Outcome
from servanda.business.letters.queries import letters_of_customer
from servanda.faces.clock.post import deliver_of, deliver_waiting
from servanda.faces.clock.rounds import run_round
from servanda.faces.demo.companies import open_company
from servanda.faces.demo.customers import new_line, sign
from servanda.ground.calendar import legal_day, moment_of
from servanda.ground.money import Money
from servanda.simulation import drivers
from tests.cast import ALMA, BIRK, EVA
from tests.stories.world import World

NOVEMBER_30 = date(2026, 11, 30)


def december(day: int) -> date:
    return date(2026, 12, day)


def unpaid(slug: str, plan: str, *, says_yes: bool = True) -> tuple[World, int]:
    world = World(slug, NOVEMBER_30, says_yes=says_yes)
    return world, world.customer(BIRK, plan, began_on=NOVEMBER_30, price=Money(10_000_00))


def happened(world: World, customer_id: int, what: str) -> list[str]:
    return [on for on, name in world.story_of(customer_id) if name == what]


def letter(world: World, customer_id: int, key: str, paper: dict[str, object]) -> LetterDraft:
    to = customer(customer_id)
    return LetterDraft(
        company_id=world.company_id,
        customer_id=customer_id,
        key=key,
        kind="notice",
        language="da",
        recipient=to.email,
        subject="Besked",
        text="Hej",
        on_day=world.today,
        queued_at=moment_of(world.today),
        paper=paper,
    )


# What the bank has not told yet


@pytest.mark.parametrize(
    ("slug", "plan", "due"), [("compusoft", "hosting-basis", 8), ("safe-it", "hosting-yearly", 14)]
)
@pytest.mark.django_db
def test_who_pays_on_the_due_day_is_not_late_because_the_statement_comes_the_day_after(
    slug: str, plan: str, due: int
) -> None:
    world, birk = unpaid(slug, plan)
    world.live_until(december(due - 1))
    world.bank(Money(-25_00), text="bankgebyr")  # the bank has told of all days so far
    world.live_until(december(due + 1))  # a round in the morning, before the statement of the due day
    assert [parked.waits_for for parked in claims_parked(world.company_id)] == ["bank entries are not known"]
    world.bank(Money(12_500_00), reference=world.invoice_of(birk).reference, on=december(due))
    world.live_until(december(due + 3))
    assert {what for _, what in world.story_of(birk)} == {"invoice.issued", "payment.received", "arrears.cleared"} | (
        {"invoice.accepted"} if slug == "safe-it" else set()
    )


@pytest.mark.django_db
def test_a_statement_without_the_payment_lets_dunning_go_on_the_same_day() -> None:
    world, birk = unpaid("compusoft", "hosting-basis")
    world.live_until(december(7))
    world.bank(Money(-25_00), text="bankgebyr")
    world.live_until(december(9))
    assert happened(world, birk, "hold.placed") == []
    world.bank(Money(-25_00), text="bankgebyr", on=december(8))
    world.round()
    assert happened(world, birk, "payment.late") == ["2026-12-09"]
    assert happened(world, birk, "hold.placed") == ["2026-12-09"]


@pytest.mark.django_db
def test_the_preview_reaches_beyond_the_days_that_the_bank_has_told_of() -> None:
    world, birk = unpaid("safe-it", "hosting-yearly")
    world.live_until(december(1))
    world.bank(Money(-25_00), text="bankgebyr")
    steps = forecast_of_customer(known_of_customer(world.company, birk), days=90, today=world.today)
    assert [(step.on, step.what) for step in steps][:2] == [
        (december(15), "reminder.sent"),
        (december(15), "fee.charged"),
    ]
    assert "contract.ended" in [step.what for step in steps]


# Days on which dunning stood still


@pytest.mark.django_db
def test_after_a_payment_plan_the_closing_is_as_far_away_as_before_it() -> None:
    world, birk = unpaid("compusoft", "hosting-basis")
    world.live_until(december(9))
    assert happened(world, birk, "hold.placed") == ["2026-12-09"]
    invoice_id = world.invoice_of(birk).invoice_id
    world.live_until(december(10))
    pause_claim(
        world.company,
        invoice_id,
        cause="payment plan",
        reason="three parts",
        until=date(2027, 1, 20),
        by=EVA,
        today=world.today,
        at=moment_of(world.today),
    )
    world.live_until(date(2027, 2, 1))
    # The breach would have been on 17 December; 41 days lay in the plan.
    assert happened(world, birk, "breach.material") == ["2027-01-27"]
    assert happened(world, birk, "contract.ended") == ["2027-01-27"]


@pytest.mark.django_db
def test_the_fee_of_a_reminder_counts_from_when_the_letter_before_was_really_sent() -> None:
    world, birk = unpaid("safe-it", "hosting-yearly")
    world.live_until(december(14))
    drivers.post().reject(BIRK.email, is_permanent=False)
    world.live_until(december(17))  # written on the 15th, and the mail server does not take it
    (arrears,) = arrears_of([world.invoice_of(birk).invoice_id], today=world.today)
    assert arrears.reminders_on == (december(17),)
    drivers.post().accept(BIRK.email)
    deliver_of(world.company, now=moment_of(december(18)))
    (arrears,) = arrears_of([world.invoice_of(birk).invoice_id], today=december(28))
    assert arrears.reminders_on == arrears.fee_letters_on == (december(17),)


# Whom a closing reaches


@pytest.mark.django_db
def test_ending_one_contract_leaves_the_customers_other_contract_alone() -> None:
    world, birk = unpaid("compusoft", "hosting-basis")
    line = new_line("compusoft", "hosting-basis", began_on=NOVEMBER_30, description="other.example")
    agreement = library_of("compusoft").version_on(NOVEMBER_30)
    conclude_contract(
        company_id=world.company_id,
        customer_id=birk,
        number="K-2",
        acceptance=Acceptance(
            version=agreement.version,
            language="da",
            sha256=agreement.sha256,
            at=moment_of(NOVEMBER_30),
            how="signed order",
        ),
        began_on=NOVEMBER_30,
        lines=(line,),
        terms=conclusion_terms(agreement, product=line.product_code, customer=BIRK.kind, on=NOVEMBER_30),
        today=NOVEMBER_30,
        at=moment_of(NOVEMBER_30),
        scope_sheet="one site",
    )
    world.live_until(december(1))
    second = max(invoices_of_customer(birk), key=lambda invoice: invoice.contract_id or 0)
    world.pay(second, second.total)
    for day in (december(8), december(16)):
        world.live_until(day)
        world.bank(Money(-25_00), text="bankgebyr")
    world.live_until(december(17))
    assert happened(world, birk, "contract.ended") == ["2026-12-17"]
    assert [service.state for service in services_of_customer(birk)] == ["quarantined", "running"]


def test_a_payment_that_is_just_being_booked_keeps_the_data(real_database: object) -> None:
    world, birk = unpaid("safe-it", "hosting-yearly")
    world.live_until(date(2027, 2, 4))
    invoice, purge_day = world.invoice_of(birk), date(2027, 2, 5)
    assert [service.purge_on for service in services_of_customer(birk)] == [purge_day]
    move_test_clock(world.company_id, to=purge_day)
    booked, purging = Signal(), Signal()

    def pay() -> None:
        try:
            with transaction.atomic():
                world.pay(invoice, invoice.open_total)
                booked.set()
                assert purging.wait(timeout=10)
                sleep(0.3)  # the purge has come to the customer's claims by now, and waits
        finally:
            connection.close()

    def purge() -> int:
        try:
            assert booked.wait(timeout=10)
            company = world.company
            purging.set()
            return purge_due(company, today=purge_day, at=moment_of(purge_day))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as workers:
        paid, purged = workers.submit(pay), workers.submit(purge)
        paid.result(timeout=20)
        assert purged.result(timeout=20) == 0
    assert [service.state for service in services_of_customer(birk)] == ["quarantined"]


# What is decided or withdrawn is carried out, by whatever round comes first


@pytest.mark.django_db
def test_a_waiver_that_a_later_round_carries_out_lifts_the_hold_too() -> None:
    world, birk = unpaid("safe-it", "hosting-yearly")
    world.live_until(december(22))
    world.says_yes = False
    world.pay(world.invoice_of(birk), Money(12_500_00))  # exactly the invoice, without the fee
    world.round()
    (asked,) = open_proposals(world.company_id)
    assert asked.act == "charges.waived"
    # The decision was kept, and the worker died before it was carried out.
    Proposal.objects.filter(pk=asked.proposal_id).update(
        state="approved", decided_by=EVA, decided_at=moment_of(world.today), reason="paid in good faith"
    )
    look_again([asked.invoice_id], today=world.today)
    world.round()
    assert all(service.is_served for service in services_of_customer(birk))


@pytest.mark.django_db
def test_a_line_whose_notice_was_withdrawn_is_billed_on() -> None:
    world = World("safe-it", date(2027, 5, 28))
    birk = world.customer(BIRK, "hosting-monthly", began_on=date(2027, 4, 1))
    world.live_until(date(2027, 5, 31))
    (line,) = lines_of_customer(birk)
    receive_notice(
        line.line_id,
        GivenNotice(given_on=world.today, channel="e-mail"),
        ending_terms_of(line, on=world.today),
        today=world.today,
        at=moment_of(world.today),
    )
    world.live_until(date(2027, 6, 30))  # its last period is billed
    (notice,) = notices_of_line(line.line_id)
    withdraw_notice(notice.notice_id, today=world.today, at=moment_of(world.today), by=EVA)
    world.live_until(date(2027, 8, 2))
    billed = sorted(item.since for invoice in invoices_of_customer(birk) for item in invoice.lines if item.since)
    assert billed[-2:] == [date(2027, 6, 1), date(2027, 7, 1)]


@pytest.mark.django_db
def test_a_contract_that_cannot_be_invoiced_holds_nobody_up() -> None:
    world, birk = unpaid("safe-it", "hosting-yearly")
    alma = world.customer(ALMA, "hosting-yearly", began_on=NOVEMBER_30)
    Line.objects.filter(customer_id=birk).update(plan_code="withdrawn", own_price_minor=None)
    world.live_until(december(1))
    assert len(invoices_of_customer(alma)) == 1
    assert invoices_of_customer(birk) == ()
    Line.objects.filter(customer_id=birk).update(plan_code="hosting-yearly")
    world.live_until(december(2))
    assert len(invoices_of_customer(birk)) == 1


# When letters were really taken


class Ticking:
    """A clock that goes on by so many minutes each time it is read."""

    def __init__(self, begins_at: datetime, *, minutes: int) -> None:
        self._now, self._step = begins_at, timedelta(minutes=minutes)

    def __call__(self) -> datetime:
        now, self._now = self._now, self._now + self._step
        return now


@pytest.mark.django_db
def test_a_letter_taken_after_midnight_is_taken_on_the_new_day() -> None:
    company = open_company("safe-it", clock_on=None, at=timezone.now(), today=legal_day(timezone.now()))
    evening = moment_of(NOVEMBER_30, hour=23)
    line = new_line("safe-it", "hosting-yearly", began_on=NOVEMBER_30, description="alma.example")
    for number in range(12):
        details = ALMA.__class__(
            number=str(2000 + number), kind=ALMA.kind, name=f"Alma {number}", email=f"alma{number}@alma.example"
        )
        sign(company, details, contract=f"K-{number}", lines=(line,), today=NOVEMBER_30, at=evening)
    run_round(company, now=evening)
    assert deliver_waiting(Ticking(evening, minutes=5)) == 12
    taken = [one for owner in Line.objects.values_list("customer_id", flat=True) for one in letters_of_customer(owner)]
    assert {one.state for one in taken} == {"accepted"}
    assert all(one.accepted_at is not None and one.accepted_on == legal_day(one.accepted_at) for one in taken)
    assert {one.accepted_on for one in taken} == {NOVEMBER_30, december(1)}
    assert len({one.accepted_at for one in taken}) == 12


@pytest.mark.django_db
def test_a_letter_is_never_taken_before_it_was_written() -> None:
    world, birk = unpaid("safe-it", "hosting-yearly")
    write_letters([letter(world, birk, "notice:1", {"title": "Besked", "paragraphs": ["Hej"], "because": []})])
    (written,) = letters_of_customer(birk)
    the_day_before, at = NOVEMBER_30 - timedelta(days=1), moment_of(NOVEMBER_30)
    taken = Outcome(written.letter_id, "accepted", "250 queued")  # a clock was set back in between
    record_outcomes([taken], at=at, today=the_day_before, retry_at=at)
    assert [one.accepted_on for one in letters_of_customer(birk)] == [NOVEMBER_30]


@pytest.mark.django_db
def test_a_letter_that_cannot_be_made_into_a_paper_holds_no_other_up() -> None:
    world, birk = unpaid("safe-it", "hosting-yearly")
    write_letters([letter(world, birk, "notice:1", {"title": "no paragraphs"})])
    write_letters([letter(world, birk, "notice:2", {"title": "Besked", "paragraphs": ["Hej"], "because": []})])
    deliver_of(world.company, now=moment_of(world.today))
    assert {one.key: one.state for one in letters_of_customer(birk)} == {"notice:1": "waiting", "notice:2": "accepted"}
