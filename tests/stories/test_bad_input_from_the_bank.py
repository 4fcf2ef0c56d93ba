"""Bad input from the bank: each kind has its own clear way, and none loses or doubles an øre."""

from dataclasses import replace
from datetime import date

import pytest

from servanda.business.billing.actions.receiving import ForeignCurrency
from servanda.business.billing.queries import entries_in_suspense
from servanda.business.dunning.queries import pauses_of_invoice
from servanda.business.ledger.queries import balance_of_customer
from servanda.ground.money import Money
from servanda.simulation import drivers
from tests.business.billing.bank import ORE, OWED, Bank, moved
from tests.cast import ALMA, BIRK
from tests.stories.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank(db: None) -> Bank:
    """Alma and Birk each owe 1250.00 on an invoice of today."""
    drivers.post.cache_clear()
    world = World("safe-it", date(2026, 9, 1))
    began_on, net = date(2026, 8, 2), Money(1_000_00)
    alma, birk = (world.customer(one, "hosting-monthly", began_on=began_on, price=net) for one in (ALMA, BIRK))
    world.round()
    return Bank(world, alma, birk)


def why_waiting(bank: Bank) -> list[str]:
    return [entry.because for entry in entries_in_suspense(bank.world.company_id)]


def test_each_kind_of_wrong_payment_in_one_statement_has_its_own_way(bank: Bank) -> None:
    alma, birk = bank.invoice(bank.alma), bank.invoice(bank.birk)
    wrong = f"{alma.reference[:-1]}{(int(alma.reference[-1]) + 1) % 10}"
    bank.tell(
        moved(OWED, by=wrong),  # a wrong check digit: nobody guesses
        moved(OWED, by=birk.reference, creditor="89999999"),  # made out to somebody else
        moved(OWED - ORE, by=alma.reference),  # an øre short: the øre stays open
        moved(OWED + ORE, by=birk.reference),  # an øre over: it is Birk's
    )
    assert why_waiting(bank) == [
        "the reference fails its check digit",
        "the slip is made out to another creditor number",
    ]
    assert (bank.again(alma).open_total, bank.again(birk).open_total) == (ORE, Money(0))
    assert balance_of_customer(bank.birk) == -ORE


def test_two_equal_payments_of_one_day_are_both_real(bank: Bank) -> None:
    alma = bank.invoice(bank.alma)
    twins = [moved(OWED, by=alma.reference, reference="", ordinal=one) for one in (1, 2)]
    settled = bank.tell(*twins)
    assert settled.received.entries_new == 2
    assert balance_of_customer(bank.alma) == -OWED
    bank.world.live_until(date(2026, 10, 1))  # and the second of them pays the next invoice
    assert not bank.invoice(bank.alma).open_total
    assert balance_of_customer(bank.alma) == Money(0)


def test_a_line_that_was_reversed_opens_the_claim_and_waits_for_a_person(bank: Bank) -> None:
    alma = bank.invoice(bank.alma)
    bank.tell(moved(OWED, by=alma.reference, reference="R"), moved(-OWED, reference="R", is_reversal=True))
    assert bank.again(alma).open_total == OWED
    assert [pause.cause for pause in pauses_of_invoice(alma.invoice_id)] == ["payment taken back"]
    assert why_waiting(bank) == []


def test_a_line_sent_in_another_currency_keeps_both_amounts(bank: Bank) -> None:
    alma = bank.invoice(bank.alma)
    bank.tell(replace(moved(Money(1_249_87), by=alma.reference), original=Money(167_50, "EUR")))
    assert bank.again(alma).open_total == Money(13)
    bank.tell(replace(moved(Money(74_60), text="?"), original=Money(10_00, "EUR")))
    (waiting,) = entries_in_suspense(bank.world.company_id)
    assert (waiting.amount, waiting.original) == (Money(74_60), Money(10_00, "EUR"))


def test_a_statement_in_another_currency_books_nothing(bank: Bank) -> None:
    with pytest.raises(ForeignCurrency, match="the books are in DKK"):
        bank.read(bank.statement(moved(Money(10_00, "EUR")), opening=Money(0, "EUR")))
    assert bank.entries() == []
