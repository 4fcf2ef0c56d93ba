"""A claim goes to a collector when a person says so, after the warning's deadline, with one fee for it ever."""

from datetime import date
from decimal import Decimal

import pytest

from servanda.business.dunning.actions import end_pause, hand_over_to_collector, pause_claim
from servanda.business.dunning.actions.handing_over import NotHandedOver
from servanda.business.dunning.queries import arrears_of, pauses_of_invoice
from servanda.business.dunning.queries.handing_over import collection_file
from servanda.business.evidence.facts import Approval
from servanda.business.evidence.queries import events_of_customer
from servanda.business.letters.queries import letters_of_customer
from servanda.ground.calendar import moment_of
from servanda.ground.money import Money, money_text, total_of
from tests.business.billing.books import assert_books_agree
from tests.cast import ALMA, EVA
from tests.stories.test_refund_stories import audit_is_clean
from tests.stories.world import World

pytestmark = pytest.mark.django_db


def hand_over(world: World, invoice_id: int, *, reason: str = "three letters, no answer") -> None:
    hand_over_to_collector(
        world.company,
        invoice_id,
        collector="Prøveinkasso ApS",
        approval=Approval(EVA, moment_of(world.today), reason),
        today=world.today,
        at=moment_of(world.today),
    )


@pytest.mark.clause("vicevaert-120")
def test_a_hand_over_waits_for_the_warning_and_a_person_and_costs_100_once() -> None:
    world = World("vicevaert", date(2026, 9, 1))
    alma = world.customer(ALMA, "office-yearly", began_on=date(2026, 9, 1), price=Money(10_000_00))
    world.round()
    invoice_id = world.invoice_of(alma).invoice_id
    world.live_until(date(2026, 9, 16))
    with pytest.raises(NotHandedOver, match="No collection warning"):
        hand_over(world, invoice_id)
    warned = None
    while warned is None:
        world.live_until(date.fromordinal(world.today.toordinal() + 7))
        (arrears,) = arrears_of([invoice_id], today=world.today)
        warned = arrears.last("collection.warned")
    assert warned.deadline_on is not None
    if world.today <= warned.deadline_on:
        with pytest.raises(NotHandedOver, match="may pay until"):
            hand_over(world, invoice_id)
    world.live_until(date.fromordinal(warned.deadline_on.toordinal() + 4))
    with pytest.raises(NotHandedOver, match="Say why"):
        hand_over(world, invoice_id, reason="")
    hand_over(world, invoice_id)
    assert world.charged(alma, "collection fee") == Money(100_00)
    (letter,) = [one for one in letters_of_customer(alma) if one.kind == "collection"]
    assert "Prøveinkasso ApS" in letter.text
    assert "1.700,00 kr." in letter.text  # the table of the order, for a claim up to 25,000
    with pytest.raises(NotHandedOver, match="collection"):
        hand_over(world, invoice_id)  # it lies with the collector
    rows = dict(collection_file("vicevaert", invoice_id, today=world.today))
    assert (rows["principal_open"], rows["collection_fee"]) == ("12500.00", "100.00")
    (pause,) = pauses_of_invoice(invoice_id)
    end_pause(
        world.company, pause.pause_id, invoice_id=invoice_id, by=EVA, today=world.today, at=moment_of(world.today)
    )
    hand_over(world, invoice_id)
    assert world.charged(alma, "collection fee") == Money(100_00)
    assert_books_agree(world.company_id)
    audit_is_clean(world)


def test_what_is_disputed_is_never_handed_over() -> None:
    world = World("vicevaert", date(2026, 9, 1))
    alma = world.customer(ALMA, "office-yearly", began_on=date(2026, 9, 1))
    world.round()
    invoice_id = world.invoice_of(alma).invoice_id
    pause_claim(
        world.company,
        invoice_id,
        cause="dispute",
        reason="not ordered",
        until=None,
        by=EVA,
        today=world.today,
        at=moment_of(world.today),
    )
    with pytest.raises(NotHandedOver, match="disputed"):
        hand_over(world, invoice_id)


def test_a_payment_that_is_told_of_late_stops_the_interest_on_its_own_day() -> None:
    """The collection warning charged interest up to its day; the bank then tells of a payment nine days before."""
    world = World("vicevaert", date(2026, 9, 1))
    alma = world.customer(ALMA, "office-yearly", began_on=date(2026, 9, 1), price=Money(10_000_00))
    world.round()
    world.says_yes = False
    while not world.charged(alma, "interest"):
        world.live_until(date.fromordinal(world.today.toordinal() + 1))
        assert world.today < date(2026, 12, 20)
    invoice = world.invoice_of(alma)
    assert invoice.due_on is not None
    (warning,) = [one for one in letters_of_customer(alma) if one.subject.startswith("Inkassovarsel")]
    assert "Sådan er renten regnet (Renteloven § 5, stk. 1)" in warning.text
    assert warning.paper is not None
    assert warning.paper["total"] == money_text(invoice.open_total, "da")  # what is asked for is the whole claim
    charged = world.charged(alma, "interest")
    paid_on = date.fromordinal(world.today.toordinal() - 9)
    world.bank(invoice.open_total, reference=invoice.reference, on=paid_on)
    after = world.invoice_of(alma)
    assert (after.open_principal, after.open_charges) == (Money(0), Money(0))
    days = (paid_on - invoice.due_on).days
    lawful = Money(12_500_00).times(Decimal(days) * 10 / 36_500)
    lowered = total_of(
        Money(int(str(event.facts["amount_minor"])))
        for event in events_of_customer(alma)
        if event.what == "interest.lowered"
    )
    assert lowered.minor > 0
    assert charged - lowered == lawful
    assert_books_agree(world.company_id)
    audit_is_clean(world)
