"""And back: what a payment, a dispute, a plan and the brake do to an invoice on its way down."""

from datetime import date

import pytest

from servanda.business.billing.actions.crediting import credit_whole_invoice
from servanda.business.contracts.queries import lines_of_customer
from servanda.business.dunning.actions import credit_note_for, end_pause, pause_claim
from servanda.business.dunning.queries import claims_parked, open_proposals, pauses_of_invoice
from servanda.business.evidence.actions import set_brake
from servanda.business.hosting.actions import place_holds
from servanda.business.hosting.queries import services_of_customer
from servanda.business.ledger.facts import Account
from servanda.business.ledger.queries import balance_of_customer, balances_of_accounts
from servanda.business.letters.queries import letters_of_customer, undelivered_letters
from servanda.ground.calendar import moment_of
from servanda.ground.citation import Citation
from servanda.ground.money import Money
from servanda.simulation import drivers
from tests.cast import BIRK, EVA
from tests.stories.world import World

pytestmark = pytest.mark.django_db

NOVEMBER_30 = date(2026, 11, 30)


def suspended(
    slug: str = "safe-it", plan: str = "hosting-yearly", *, on: date = date(2026, 12, 22)
) -> tuple[World, int]:
    """A world in which Birk's service has just been suspended for an invoice of 12,500.00."""
    world = World(slug, NOVEMBER_30)
    birk = world.customer(BIRK, plan, began_on=NOVEMBER_30, price=Money(10_000_00))
    world.live_until(on)
    assert not any(service.is_served for service in services_of_customer(birk))
    return world, birk


@pytest.mark.clause("safeit-054", "safeit-055", "safeit-013")
def test_full_payment_lifts_the_hold_in_the_transaction_that_books_it() -> None:
    world, birk = suspended()
    world.pay(world.invoice_of(birk), Money(12_600_00))  # the invoice and the fee of the first reminder
    assert all(service.is_served for service in services_of_customer(birk))
    assert ("2026-12-22", "hold.lifted") in world.story_of(birk)
    assert balance_of_customer(birk) == Money(0)
    world.live_until(date(2027, 3, 1))
    assert "contract.ended" not in [what for _, what in world.story_of(birk)]


@pytest.mark.clause("safeit-054")
def test_one_oere_short_leaves_the_service_off_and_the_last_oere_opens_it() -> None:
    world, birk = suspended()
    world.pay(world.invoice_of(birk), Money(12_599_99))
    assert not any(service.is_served for service in services_of_customer(birk))
    world.pay(world.invoice_of(birk), Money(1))
    assert all(service.is_served for service in services_of_customer(birk))


@pytest.mark.clause("compusoft-095")
def test_compusoft_reopens_when_all_due_is_paid() -> None:
    world, birk = suspended("compusoft", "hosting-basis", on=date(2026, 12, 9))
    world.pay(world.invoice_of(birk), Money(12_500_00))
    assert not any(service.is_served for service in services_of_customer(birk))  # 750.00 of interest is due as well
    world.pay(world.invoice_of(birk), Money(750_00))
    assert all(service.is_served for service in services_of_customer(birk))


@pytest.mark.clause("vicevaert-118")
def test_statutory_interest_is_settled_to_the_value_day_when_the_principal_is_paid() -> None:
    world = World("vicevaert", NOVEMBER_30)
    birk = world.customer(BIRK, "office-yearly", began_on=date(2026, 12, 8), price=Money(10_000_00))
    world.live_until(date(2026, 12, 18))
    world.pay(world.invoice_of(birk), Money(12_500_00))
    assert world.charged(birk, "interest") == Money(34_25)  # 10 days at 10.00 % of 12,500.00
    world.live_until(date(2027, 2, 1))
    assert world.charged(birk, "fee") == Money(100_00)  # nothing more follows from charges alone


@pytest.mark.clause("safeit-187")
def test_a_payment_does_not_lift_a_hold_for_abuse() -> None:
    world, birk = suspended()
    (service,) = services_of_customer(birk)
    place_holds(
        [service.service_id],
        cause="abuse",
        invoice_id=None,
        warrant_key="abuse:1",
        because=(Citation("safe-it", "13.5"),),
        today=world.today,
        at=moment_of(world.today),
    )
    world.pay(world.invoice_of(birk), Money(12_600_00))
    (service,) = services_of_customer(birk)
    assert [hold.cause for hold in service.open_holds] == ["abuse"]


def test_an_overpayment_becomes_the_customers_credit() -> None:
    world = World("safe-it", NOVEMBER_30)
    birk = world.customer(BIRK, "hosting-yearly", began_on=NOVEMBER_30, price=Money(10_000_00))
    world.live_until(date(2026, 12, 3))
    world.pay(world.invoice_of(birk), Money(12_600_00))
    assert balance_of_customer(birk) == Money(-100_00)
    assert balances_of_accounts(world.company_id)[Account.CUSTOMER_CREDIT] == Money(-100_00)


@pytest.mark.clause("safeit-008", "safeit-009")
def test_a_dispute_pauses_everything_and_its_days_do_not_count() -> None:
    world = World("safe-it", NOVEMBER_30)
    birk = world.customer(BIRK, "hosting-yearly", began_on=NOVEMBER_30, price=Money(10_000_00))
    world.live_until(date(2026, 12, 16))
    invoice = world.invoice_of(birk)
    at = moment_of(world.today)
    pause_claim(
        world.company, invoice.invoice_id, cause="dispute", reason="wrong", until=None, by=EVA, today=world.today, at=at
    )
    world.live_until(date(2027, 1, 15))
    assert [parked.waits_for for parked in claims_parked(world.company_id)] == ["dispute"]
    assert "hold.placed" not in [what for _, what in world.story_of(birk)]
    (pause,) = pauses_of_invoice(invoice.invoice_id)
    assert pause.is_late  # after the five days of the terms: taken in all the same
    end_pause(
        world.company,
        pause.pause_id,
        invoice_id=invoice.invoice_id,
        by=EVA,
        today=world.today,
        at=moment_of(world.today),
    )
    world.live_until(date(2027, 2, 1))
    held_on = [on for on, what in world.story_of(birk) if what == "hold.placed"]
    # Reminder 1 gave until 21 December; 30 of those days lay in the dispute, so until 20 January.
    assert held_on == ["2027-01-21"]


def test_a_payment_plan_pauses_until_its_day() -> None:
    world = World("safe-it", NOVEMBER_30)
    birk = world.customer(BIRK, "hosting-yearly", began_on=NOVEMBER_30, price=Money(10_000_00))
    world.live_until(date(2026, 12, 10))
    invoice = world.invoice_of(birk)
    pause_claim(
        world.company,
        invoice.invoice_id,
        cause="payment plan",
        reason="three parts",
        until=date(2027, 1, 20),
        by=EVA,
        today=world.today,
        at=moment_of(world.today),
    )
    world.live_until(date(2027, 1, 19))
    assert not [letter for letter in letters_of_customer(birk) if letter.kind == "reminder"]
    world.live_until(date(2027, 1, 20))
    assert next(letter.kind for letter in letters_of_customer(birk)) == "reminder"


def test_the_brake_parks_adverse_acts_and_lets_payments_through() -> None:
    world = World("safe-it", NOVEMBER_30)
    birk = world.customer(BIRK, "hosting-yearly", began_on=NOVEMBER_30, price=Money(10_000_00))
    world.live_until(date(2026, 12, 14))
    at = moment_of(world.today)
    set_brake(world.company_id, is_engaged=True, by=EVA, reason="looking into it", at=at, today=world.today)
    world.live_until(date(2026, 12, 30))
    assert not [letter for letter in letters_of_customer(birk) if letter.kind == "reminder"]
    assert claims_parked(world.company_id)[0].waits_for.endswith("the brake is engaged.")
    world.pay(world.invoice_of(birk), Money(12_500_00))
    assert balance_of_customer(birk) == Money(0)


def test_nothing_adverse_follows_from_an_invoice_whose_delivery_is_not_proven() -> None:
    world = World("safe-it", NOVEMBER_30)
    drivers.post().reject(BIRK.email, is_permanent=True)
    birk = world.customer(BIRK, "hosting-yearly", began_on=NOVEMBER_30, price=Money(10_000_00))
    world.live_until(date(2027, 3, 1))
    assert [letter.kind for letter in undelivered_letters(world.company_id)] == ["invoice"]
    assert {what for _, what in world.story_of(birk)} == {"invoice.issued"}


def test_a_letter_of_uncertain_fate_gives_no_power() -> None:
    world = World("safe-it", NOVEMBER_30)
    birk = world.customer(BIRK, "hosting-yearly", began_on=NOVEMBER_30, price=Money(10_000_00))
    world.live_until(date(2026, 12, 14))
    drivers.post().lose(BIRK.email)
    world.live_until(date(2027, 3, 1))
    assert [letter.kind for letter in undelivered_letters(world.company_id)] == ["reminder"]
    assert "hold.placed" not in [what for _, what in world.story_of(birk)]
    assert world.charged(birk, "fee") == Money(0)


def test_a_credit_note_takes_the_invoice_back_to_the_oere() -> None:
    world = World("safe-it", NOVEMBER_30)
    birk = world.customer(BIRK, "hosting-yearly", began_on=NOVEMBER_30, price=Money(3_333_33))
    world.live_until(date(2026, 12, 1))
    invoice = world.invoice_of(birk)
    credit_whole_invoice(
        world.company,
        invoice.invoice_id,
        reason="ordered by mistake",
        because=(Citation("safe-it", "2.7"),),
        by=EVA,
        today=world.today,
        at=moment_of(world.today),
    )
    assert balance_of_customer(birk) == Money(0)
    assert world.invoice_of(birk).open_total == Money(0)
    world.live_until(date(2027, 2, 1))
    assert [letter.kind for letter in letters_of_customer(birk)] == ["credit note", "invoice"]


@pytest.mark.clause("safeit-053", "compusoft-062")
def test_a_declined_closing_is_not_asked_again() -> None:
    world = World("safe-it", NOVEMBER_30, says_yes=False)
    birk = world.customer(BIRK, "hosting-yearly", began_on=NOVEMBER_30, price=Money(10_000_00))
    world.live_until(date(2027, 1, 6))
    (asked,) = open_proposals(world.company_id)
    assert (asked.act, asked.earliest_on) == ("contract.ended", date(2027, 1, 6))
    world.decide(asked.proposal_id, is_approved=False)
    world.live_until(date(2027, 3, 1))
    assert open_proposals(world.company_id) == ()
    assert not any(line.is_ended or line.until for line in lines_of_customer(birk))


def test_a_credit_note_over_the_last_debt_lifts_the_hold() -> None:
    world, birk = suspended("compusoft", "hosting-basis", on=date(2026, 12, 9))
    world.pay(world.invoice_of(birk), Money(750_00))  # goes to the interest first
    credit_note_for(
        world.company,
        world.invoice_of(birk).invoice_id,
        net_by_position=None,
        reason="never delivered",
        because=(Citation("compusoft", "3.4"),),
        by=EVA,
        today=world.today,
        at=moment_of(world.today),
    )
    assert world.invoice_of(birk).open_total == Money(0)
    assert all(service.is_served for service in services_of_customer(birk))


def test_data_stay_when_the_customer_has_paid_since_the_closing() -> None:
    world, birk = suspended()
    world.live_until(date(2027, 1, 6))
    assert {service.state for service in services_of_customer(birk)} == {"quarantined"}
    world.live_until(date(2027, 1, 8))
    world.pay(world.invoice_of(birk), world.invoice_of(birk).open_total)
    world.live_until(date(2027, 2, 4))
    world.bank(Money(-25_00), text="bankgebyr")  # news from the bank: without any, nothing would be purged anyway
    world.live_until(date(2027, 2, 8))
    (service,) = services_of_customer(birk)
    assert (service.state, service.purge_decided_by) == ("quarantined", "person")
    assert ("2027-02-05", "purge.parked") in world.story_of(birk)


def test_a_person_may_waive_the_fee_that_keeps_a_paid_service_off() -> None:
    world, birk = suspended()
    world.pay(world.invoice_of(birk), Money(12_500_00))  # exactly the invoice, without the fee
    assert not any(service.is_served for service in services_of_customer(birk))
    world.says_yes = False
    world.live_until(date(2026, 12, 23))
    (asked,) = open_proposals(world.company_id)
    assert asked.act == "charges.waived"
    world.decide(asked.proposal_id, is_approved=True)
    assert all(service.is_served for service in services_of_customer(birk))
    assert balance_of_customer(birk) == Money(0)


def test_the_letter_of_a_reminder_asks_for_payment_by_its_own_deadline() -> None:
    _, birk = suspended()
    reminders = [letter for letter in letters_of_customer(birk) if letter.kind == "reminder"]
    assert [(letter.paper or {})["pay_by"] for letter in reversed(reminders)] == ["2026-12-21", "2026-12-28"]


def test_nobody_is_reminded_while_a_person_has_not_said_what_the_right_amount_is_for() -> None:
    world = World("safe-it", NOVEMBER_30)
    birk = world.customer(BIRK, "hosting-yearly", began_on=NOVEMBER_30, price=Money(10_000_00))
    world.live_until(date(2026, 12, 14))
    world.bank(Money(12_500_00), text="tak for nu")  # no reference, no name
    world.live_until(date(2026, 12, 16))
    assert [parked.waits_for for parked in claims_parked(world.company_id)] == ["pending payment"]
    assert not [letter for letter in letters_of_customer(birk) if letter.kind == "reminder"]


def test_many_small_credit_notes_give_back_the_vat_of_their_sum() -> None:
    world = World("safe-it", NOVEMBER_30)
    birk = world.customer(BIRK, "hosting-yearly", began_on=NOVEMBER_30, price=Money(10_000_00))
    world.live_until(date(2026, 12, 1))
    for _ in range(3):
        credit_note_for(
            world.company,
            world.invoice_of(birk).invoice_id,
            net_by_position={1: Money(2)},
            reason="rounding",
            because=(Citation("safe-it", "2.7"),),
            by=EVA,
            today=world.today,
            at=moment_of(world.today),
        )
    # 25 % of 0.06 is 0.015, which is 0.02; rounded note by note it would have been 0.03.
    assert world.invoice_of(birk).open_principal == Money(12_500_00 - 6 - 2)
