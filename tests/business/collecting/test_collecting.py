"""From an agreement to money on the provider's account: collected, refused, taken back, told twice, told wrongly."""

from dataclasses import replace
from datetime import date

import pytest
from django.conf import settings
from pytest_django import Settings

from servanda.business.audit.queries import run_audit
from servanda.business.billing.queries import entries_in_suspense
from servanda.business.collecting.actions import end_mandate, note_mandate, see_collection, set_creditor
from servanda.business.collecting.actions.mandates import NoSuchMandate
from servanda.business.collecting.facts import CollectionState, CreditorFacts, MandateKind, ToldMandate, ToldOutcome
from servanda.business.collecting.queries import (
    collection_tallies,
    collections_of,
    deliveries_to_hand_over,
    mandates_of_customer,
    pending_collections,
    unexplained_news,
)
from servanda.business.companies.queries import company, tallied
from servanda.business.dunning.queries import pauses_of_invoice
from servanda.business.ledger.queries import balances_of_accounts
from servanda.business.letters.queries import letters_of_customer
from servanda.drivers.collections.betalingsservice import Creditor
from servanda.drivers.collections.simulated_centre import SimulatedCentre
from servanda.drivers.collections.simulated_mobilepay import SimulatedMobilePay
from servanda.faces.clock.collecting import book_news, collect
from servanda.ground.calendar import moment_of
from servanda.ground.money import Money
from servanda.wiring.collections import creditor_values
from tests.business.billing.bank import OWED, Bank, moved
from tests.business.billing.books import assert_books_agree

AGREEMENT = "700000001"
COLLECTED_ON = date(2026, 10, 1)  # the first day for which September's deadline has not passed


def creditor(bank: Bank, kind: MandateKind = MandateKind.BETALINGSSERVICE, number: str = "81000001") -> CreditorFacts:
    return set_creditor(bank.world.company, kind, number, details={"supplier": "12345674"})


def agree(bank: Bank, kind: MandateKind = MandateKind.BETALINGSSERVICE) -> CreditorFacts:
    """Make the company a creditor, and let Alma agree to be collected from."""
    found = creditor(bank, kind)
    world = bank.world
    note_mandate(
        world.company,
        bank.alma,
        kind,
        AGREEMENT,
        since=world.today,
        by="customer",
        today=world.today,
        at=moment_of(world.today),
    )
    return found


def centre_of(bank: Bank, found: CreditorFacts) -> SimulatedCentre:
    folder = settings.COLLECTIONS / bank.world.slug
    values = Creditor(*creditor_values(bank.world.company, found))
    return SimulatedCentre(values, folder / "out", folder / "in", {AGREEMENT: "1001"})


def live(bank: Bank, provider: SimulatedCentre | SimulatedMobilePay, day: date) -> None:
    while bank.world.today < day:
        bank.world.live_until(date.fromordinal(bank.world.today.toordinal() + 1))
        provider.advance(bank.world.today)
    collect_now(bank)


def collect_now(bank: Bank) -> int:
    return collect(bank.world.company, today=bank.world.today, at=moment_of(bank.world.today))


def tell(bank: Bank, found: CreditorFacts, *outcomes: ToldOutcome, mandates: tuple[ToldMandate, ...] = ()) -> int:
    world = bank.world
    at = moment_of(world.today)
    return book_news(world.company, found, mandates=mandates, outcomes=outcomes, today=world.today, at=at)


def outcome_of(bank: Bank, kind: str = "paid", **changed: object) -> ToldOutcome:
    (order,) = collections_of(bank.world.company_id)
    told = ToldOutcome(f"BS-1-{kind}", kind, order.key, AGREEMENT, "1001", order.amount, bank.world.today)
    return replace(told, **changed)  # type: ignore[arg-type]


def state(bank: Bank) -> CollectionState:
    return collections_of(bank.world.company_id)[0].state


def at_provider(bank: Bank) -> Money:
    return balances_of_accounts(bank.world.company_id).get("clearing", Money(0))


def assert_all_agree(bank: Bank) -> None:
    assert_books_agree(bank.world.company_id)
    report = run_audit(company_id=bank.world.company_id, only=(82, 83))
    assert report.is_clean, [(one.number, one.rows) for one in report.violated]


def happened(bank: Bank) -> set[str]:
    return {what for _, what in bank.world.story_of(bank.alma)}


def test_an_invoice_is_collected_on_its_day_and_nobody_is_reminded_meanwhile(bank: Bank) -> None:
    found = agree(bank)
    centre = centre_of(bank, found)
    live(bank, centre, COLLECTED_ON)
    *later, order = collections_of(bank.world.company_id)
    assert (order.state, order.collect_on, order.amount) == (CollectionState.PAID, COLLECTED_ON, OWED)
    assert {one.state for one in later} == {CollectionState.ORDERED}, "the next month's is on its way"
    assert at_provider(bank) == OWED
    assert "reminder.written" not in happened(bank)
    assert_all_agree(bank)


def test_an_order_is_handed_over_once_however_often_the_clock_comes_by(bank: Bank) -> None:
    agree(bank)
    for _ in range(3):
        collect_now(bank)
    files = sorted((settings.COLLECTIONS / bank.world.slug / "out").iterdir())
    assert len(files) == 1
    assert files[0].read_bytes().decode("iso-8859-1").count("BS042") == 1
    assert deliveries_to_hand_over(bank.world.company_id, MandateKind.BETALINGSSERVICE) == ()
    assert_all_agree(bank)


def test_what_the_customer_refuses_is_open_as_if_nobody_had_asked(bank: Bank) -> None:
    found = agree(bank)
    collect_now(bank)
    invoice = bank.invoice(bank.alma)
    assert pending_collections([invoice.invoice_id], today=bank.world.today)
    tell(bank, found, outcome_of(bank, "rejected", reason="afvist"))
    assert state(bank) is CollectionState.REJECTED
    assert not pending_collections([invoice.invoice_id], today=bank.world.today)
    assert bank.again(invoice).open_total == OWED
    collect_now(bank)
    assert len(collections_of(bank.world.company_id)) == 1, "it is not tried behind the customer's back"
    bank.world.live_until(date(2026, 10, 15))
    assert "reminder.written" in happened(bank)


def test_news_told_twice_is_booked_once(bank: Bank) -> None:
    found = agree(bank)
    collect_now(bank)
    paid = outcome_of(bank)
    assert [tell(bank, found, paid, paid), tell(bank, found, paid)] == [1, 0]
    assert at_provider(bank) == OWED
    assert_all_agree(bank)


def test_a_payment_taken_back_opens_the_claim_and_holds_everything_adverse(bank: Bank) -> None:
    found = agree(bank)
    collect_now(bank)
    invoice = bank.invoice(bank.alma)
    tell(bank, found, outcome_of(bank))
    assert not bank.again(invoice).open_total
    tell(bank, found, outcome_of(bank, "reversed"))
    assert bank.again(invoice).open_total == OWED
    assert (state(bank), at_provider(bank)) == (CollectionState.REVERSED, Money(0))
    assert [pause.cause for pause in pauses_of_invoice(invoice.invoice_id)] == ["payment taken back"]
    assert_all_agree(bank)


def test_money_for_an_order_that_is_not_ours_waits_for_a_person(bank: Bank) -> None:
    found = agree(bank)
    collect_now(bank)
    tell(bank, found, outcome_of(bank, key="SV9F1N1"))
    (news,) = unexplained_news(bank.world.company_id)
    assert "no order of ours" in news.problem
    assert [entry.amount for entry in entries_in_suspense(bank.world.company_id)] == [OWED]
    assert state(bank) is CollectionState.ORDERED
    see_collection(bank.world.company, collection_id=None, news_id=news.news_id, by="staff:1")
    assert unexplained_news(bank.world.company_id) == ()
    assert_all_agree(bank)


def test_an_outcome_under_another_agreement_changes_no_order(bank: Bank) -> None:
    found = agree(bank)
    collect_now(bank)
    tell(bank, found, outcome_of(bank, mandate_number="999"))
    assert state(bank) is CollectionState.ORDERED
    assert tallied({"collections": collection_tallies([bank.world.company_id])})["collections"] == {
        bank.world.company_id: 1
    }
    assert bank.invoice(bank.alma).open_total == OWED


@pytest.mark.parametrize(("collected", "left", "credit"), [(1_249_99, 1, 0), (1_251_00, 0, 1_00)])
def test_another_amount_than_was_ordered_is_booked_as_it_came(
    bank: Bank, collected: int, left: int, credit: int
) -> None:
    found = agree(bank)
    collect_now(bank)
    tell(bank, found, outcome_of(bank, amount=Money(collected)))
    (news,) = unexplained_news(bank.world.company_id)
    assert "not what was ordered" in news.problem
    assert bank.invoice(bank.alma).open_principal == Money(left)
    assert -balances_of_accounts(bank.world.company_id).get("customer-credit", Money(0)) == Money(credit)
    assert_books_agree(bank.world.company_id)


def test_a_second_payment_of_one_order_is_the_customers_credit(bank: Bank) -> None:
    found = agree(bank)
    collect_now(bank)
    tell(bank, found, outcome_of(bank))
    tell(bank, found, outcome_of(bank, reference="BS-2-paid"))
    assert -balances_of_accounts(bank.world.company_id)["customer-credit"] == OWED
    assert "paid before" in unexplained_news(bank.world.company_id)[0].problem
    assert_books_agree(bank.world.company_id)


def test_an_agreement_that_ends_ends_no_contract(bank: Bank) -> None:
    found = agree(bank)
    tell(bank, found, mandates=(ToldMandate(AGREEMENT, "1001", False, bank.world.today, "bank"),))
    (mandate,) = mandates_of_customer(bank.alma)
    assert (mandate.until, mandate.ended_by) == (bank.world.today, "bank")
    collect_now(bank)
    assert collections_of(bank.world.company_id) == ()
    assert not {what for what in happened(bank) if what.startswith(("notice", "contract.ended", "line"))}


def test_agreements_are_noted_as_the_provider_tells_them_and_one_of_a_stranger_is_not(bank: Bank) -> None:
    found = creditor(bank)
    news = (
        ToldMandate("700000002", "1002", True, bank.world.today, "customer"),
        ToldMandate("700000003", "4711", True, bank.world.today, "customer"),
    )
    tell(bank, found, mandates=news)
    tell(bank, found, mandates=news)
    assert [one.number for one in mandates_of_customer(bank.birk)] == ["700000002"]
    assert [one.key for one in unexplained_news(bank.world.company_id)] == ["4711"]


def test_an_agreement_is_one_customers(bank: Bank) -> None:
    agree(bank)
    world = bank.world
    with pytest.raises(NoSuchMandate, match="another customer's"):
        note_mandate(
            world.company,
            bank.birk,
            MandateKind.BETALINGSSERVICE,
            AGREEMENT,
            since=world.today,
            by="staff:1",
            today=world.today,
            at=moment_of(world.today),
        )


def test_an_order_of_which_nothing_is_heard_is_let_go_and_a_person_is_told(bank: Bank) -> None:
    agree(bank)
    collect_now(bank)
    (order,) = collections_of(bank.world.company_id)
    bank.world.sleep_until(order.window_ends_on)
    collect_now(bank)
    assert state(bank) is CollectionState.ORDERED
    bank.world.sleep_until(date.fromordinal(order.window_ends_on.toordinal() + 1))
    collect_now(bank)
    assert state(bank) is CollectionState.SILENT
    assert tallied({"collections": collection_tallies([bank.world.company_id])})["collections"] == {
        bank.world.company_id: 1
    }
    assert not pending_collections([order.invoice_id], today=bank.world.today)


def test_an_invoice_paid_in_another_way_is_not_handed_over(bank: Bank) -> None:
    agree(bank)
    found = bank.invoice(bank.alma)
    (mandate,) = mandates_of_customer(bank.alma)
    bank.world.pay(found, OWED)
    collect_now(bank)
    assert collections_of(bank.world.company_id) == ()
    end_mandate(
        bank.world.company,
        mandate.mandate_id,
        on=bank.world.today,
        ended_by="us",
        by="staff:1",
        today=bank.world.today,
        at=moment_of(bank.world.today),
    )


def test_mobilepay_collects_over_http_and_a_limit_only_delays_it(bank: Bank, settings: Settings) -> None:
    found = agree(bank, MandateKind.MOBILEPAY)
    simulated = SimulatedMobilePay(bank.world.today)
    simulated.register(AGREEMENT, "1001", on=bank.world.today)
    with simulated.serving() as unit:
        settings.MOBILEPAY_URL = unit.base_url
        settings.MOBILEPAY_CLIENT_ID, settings.MOBILEPAY_CLIENT_SECRET = unit.client_id, unit.client_secret
        simulated.limit = 2
        collect_now(bank)
        collect_now(bank)
        assert len(simulated.charges) == 1
        due = collections_of(bank.world.company_id)[0].collect_on
        live(bank, simulated, due)
        assert (state(bank), at_provider(bank)) == (CollectionState.PAID, OWED)
        simulated.end(AGREEMENT, on=bank.world.today)
        collect_now(bank)
    (mandate,) = mandates_of_customer(bank.alma)
    assert (mandate.kind, mandate.ended_by) == (found.kind, "customer")
    assert_all_agree(bank)


def test_a_round_goes_on_when_the_files_of_a_provider_are_out_of_reach(
    bank: Bank, caplog: pytest.LogCaptureFixture
) -> None:
    agree(bank)
    folder = settings.COLLECTIONS / bank.world.slug
    folder.parent.mkdir(exist_ok=True, parents=True)
    folder.write_text("where the folder should be")
    bank.world.live_until(COLLECTED_ON)
    assert company(bank.world.company_id).rounded_on == COLLECTED_ON
    assert "betalingsservice" in caplog.text
    assert state(bank) in {CollectionState.DUE, CollectionState.ORDERED}
    folder.unlink()
    collect_now(bank)
    assert state(bank) is CollectionState.ORDERED
    assert not deliveries_to_hand_over(bank.world.company_id, MandateKind.BETALINGSSERVICE)


def test_what_the_customer_has_to_their_credit_is_not_collected(bank: Bank) -> None:
    agree(bank)
    first = bank.invoice(bank.alma)
    bank.tell(moved(OWED + Money(300_00), by=first.reference))
    bank.world.live_until(COLLECTED_ON)
    second = bank.invoice(bank.alma)
    assert second.number != first.number
    assert [one.amount for one in collections_of(bank.world.company_id)] == [second.total - Money(300_00)]


def letters_to(bank: Bank, *kinds: str) -> list[tuple[str, str]]:
    """Return the letters of these kinds to Alma, the oldest first."""
    found = letters_of_customer(bank.alma)
    return [(letter.kind, letter.subject) for letter in reversed(found) if letter.kind in kinds]


ABOUT_COLLECTING = ("collection announced", "collected", "not collected")


def test_the_customer_is_told_once_before_the_collection_and_once_after(bank: Bank) -> None:
    found = agree(bank)
    collect_now(bank)
    collect_now(bank)
    number = bank.invoice(bank.alma).number
    paid = outcome_of(bank)
    tell(bank, found, paid, paid)
    tell(bank, found, paid)
    assert letters_to(bank, *ABOUT_COLLECTING) == [
        ("collection announced", f"Faktura {number} betales automatisk"),
        ("collected", f"Faktura {number} er trukket"),
    ]
    (announced,) = [one for one in letters_of_customer(bank.alma) if one.kind == "collection announced"]
    assert "1.250,00 kr. bliver trukket gennem Betalingsservice torsdag den 1. oktober 2026." in announced.text
    assert announced.invoice_id is None, "that it is lost holds nothing back: the money is collected all the same"


@pytest.mark.parametrize("kind", ["rejected", "failed", "cancelled"])
def test_the_customer_is_told_what_to_do_when_nothing_was_collected(bank: Bank, kind: str) -> None:
    found = agree(bank)
    collect_now(bank)
    invoice = bank.invoice(bank.alma)
    tell(bank, found, outcome_of(bank, kind, reason="afvist"))
    (letter,) = [one for one in letters_of_customer(bank.alma) if one.kind == "not collected"]
    assert letter.invoice_id == invoice.invoice_id
    assert "kunne ikke trækkes" in letter.text
    assert "1.250,00 kr." in letter.text
    bank.world.live_until(bank.world.today)
    assert not [one for one in letters_of_customer(bank.alma) if one.state in {"rejected", "uncertain"}]


def test_the_customer_is_told_that_a_payment_was_taken_back(bank: Bank) -> None:
    found = agree(bank)
    collect_now(bank)
    tell(bank, found, outcome_of(bank))
    tell(bank, found, outcome_of(bank, "reversed"))
    (letter,) = [one for one in letters_of_customer(bank.alma) if one.kind == "not collected"]
    assert "er taget tilbage igen" in letter.text


def test_news_that_fits_no_order_tells_no_customer_anything(bank: Bank) -> None:
    found = agree(bank)
    collect_now(bank)
    tell(bank, found, outcome_of(bank, "reversed"))
    assert letters_to(bank, "collected", "not collected") == []
