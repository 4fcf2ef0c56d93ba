"""The bank takes a payment back, or a person explains one: the claims are as they would have been, and the books agree."""

from datetime import date

import pytest

from servanda.business.billing.actions.allocating import NotThisEntry
from servanda.business.billing.actions.crediting import credit_invoice, credit_whole_invoice
from servanda.business.billing.actions.explaining import explain_otherwise
from servanda.business.dunning.actions import explain_payment
from servanda.business.dunning.queries import claims_parked, pauses_of_invoice
from servanda.ground.calendar import moment_of
from servanda.ground.citation import Citation
from servanda.ground.money import Money
from tests.business.billing.bank import OWED, Bank, moved
from tests.business.billing.books import assert_books_agree
from tests.cast import EVA

SOME = Money(400_00)
BECAUSE = (Citation("safe-it", "2.1", "2025-01"),)


def test_a_payment_that_is_taken_back_opens_the_invoice_again(bank: Bank) -> None:
    invoice = bank.invoice(bank.alma)
    bank.tell(moved(OWED, by=invoice.reference))
    (entry,) = bank.tell(moved(-OWED, by=invoice.reference, is_reversal=True)).received.entries
    assert entry.takes_back is not None
    assert bank.again(invoice).open_total == OWED
    assert [state for _, state, _ in bank.entries()] == ["reversed", "matched"]


def test_taken_back_by_the_banks_own_reference(bank: Bank) -> None:
    invoice = bank.invoice(bank.alma)
    bank.tell(moved(OWED, by=invoice.reference, reference="X9"))
    bank.tell(moved(-OWED, reference="X9", is_reversal=True))
    assert bank.again(invoice).open_total == OWED


def test_what_was_over_is_taken_from_the_customers_credit(bank: Bank) -> None:
    invoice = bank.invoice(bank.alma)
    bank.tell(moved(SOME, by=invoice.reference))
    bank.tell(moved(OWED, by=invoice.reference))  # 400.00 of it are over
    bank.tell(moved(-OWED, by=invoice.reference, is_reversal=True))
    assert bank.again(invoice).open_total == OWED - SOME


def test_of_two_payments_with_one_reference_the_one_that_was_over_is_taken_back(bank: Bank) -> None:
    invoice = bank.invoice(bank.alma)
    bank.tell(moved(OWED, by=invoice.reference), moved(OWED, by=invoice.reference))
    bank.tell(moved(-OWED, by=invoice.reference, is_reversal=True))
    assert not bank.again(invoice).open_total
    bank.tell(moved(-OWED, by=invoice.reference, is_reversal=True))
    assert bank.again(invoice).open_total == OWED
    bank.tell(moved(-OWED, by=invoice.reference, is_reversal=True))  # a third time there is nothing to take back
    assert bank.entries()[-1][1:] == ("suspense", "it takes back a payment that is not known")


def test_a_payment_in_suspense_that_is_taken_back_leaves_suspense_empty(bank: Bank) -> None:
    bank.tell(moved(SOME, text="Hr. Nogen", payer_account="DK7"))
    bank.tell(moved(-SOME, text="Hr. Nogen", payer_account="DK7", is_reversal=True))
    assert [state for _, state, _ in bank.entries()] == ["reversed", "matched"]


def test_a_payment_is_not_taken_back_by_the_amount_alone(bank: Bank) -> None:
    invoice = bank.invoice(bank.alma)
    bank.tell(moved(OWED, by=invoice.reference, reference=""))
    bank.tell(moved(-OWED, reference="", is_reversal=True))
    assert not bank.again(invoice).open_total
    assert bank.entries()[-1][1] == "suspense"


def test_one_of_two_that_look_alike_is_not_guessed(bank: Bank) -> None:
    bank.tell(*(moved(SOME, text="kontingent", reference="", ordinal=one) for one in (1, 2)))
    bank.tell(moved(-SOME, text="kontingent", reference="", is_reversal=True))
    assert [state for _, state, _ in bank.entries()] == ["suspense"] * 3


def test_a_taken_back_payment_parks_the_claim_until_a_person_has_looked(bank: Bank) -> None:
    invoice = bank.invoice(bank.alma)
    bank.tell(moved(OWED, by=invoice.reference))
    bank.tell(moved(-OWED, by=invoice.reference, is_reversal=True))
    bank.world.live_until(date(2026, 9, 16))
    bank.tell()
    bank.world.live_until(date(2026, 9, 18))  # two days late by the terms
    parked = claims_parked(bank.world.company_id)
    assert [(one.invoice_id, one.waits_for) for one in parked] == [(invoice.invoice_id, "payment taken back")]
    assert bank.again(bank.invoice(bank.birk)).charges != ()  # whose bank never said that it was paid
    assert bank.again(invoice).charges == ()
    (pause,) = pauses_of_invoice(invoice.invoice_id)
    assert pause.by == "system"


def test_taken_back_after_the_interest_was_settled(bank: Bank) -> None:
    """The interest up to the payment stays a charge; the principal and every charge that was paid are open again."""
    invoice = bank.invoice(bank.birk)
    bank.world.live_until(date(2026, 10, 20))
    late = bank.again(invoice)
    assert late.charges
    bank.tell(moved(late.open_total, by=invoice.reference))
    paid = bank.again(invoice)
    assert not paid.open_principal
    bank.tell(moved(-late.open_total, by=invoice.reference, is_reversal=True))
    again = bank.again(invoice)
    assert again.open_principal == OWED
    assert again.open_charges == late.open_charges + paid.open_charges


def test_taken_back_before_any_interest(bank: Bank) -> None:
    invoice = bank.invoice(bank.birk)
    bank.tell(moved(SOME, by=invoice.reference))
    bank.tell(moved(-SOME, by=invoice.reference, is_reversal=True))
    assert (bank.again(invoice).open_total, bank.again(invoice).charges) == (OWED, ())


def test_a_credit_note_on_a_paid_invoice_counts_when_the_payment_is_taken_back(bank: Bank) -> None:
    invoice = bank.invoice(bank.alma)
    bank.tell(moved(OWED, by=invoice.reference))
    _credit(bank, invoice.invoice_id, Money(200_00))  # 250.00 with VAT, to the customer's credit
    bank.tell(moved(-OWED, by=invoice.reference, is_reversal=True))
    assert bank.again(invoice).open_total == Money(1_000_00)


def test_an_invoice_credited_whole_stays_closed_when_its_payment_is_taken_back(bank: Bank) -> None:
    invoice = bank.invoice(bank.alma)
    bank.tell(moved(OWED, by=invoice.reference))
    today = bank.world.today
    credit_whole_invoice(
        bank.world.company,
        invoice.invoice_id,
        reason="not ordered",
        because=BECAUSE,
        by=EVA,
        today=today,
        at=moment_of(today),
    )
    bank.tell(moved(-OWED, by=invoice.reference, is_reversal=True))
    assert not bank.again(invoice).open_total


def test_a_person_gives_an_entry_to_an_invoice_and_the_rest_is_credit(bank: Bank) -> None:
    invoice = bank.invoice(bank.alma)
    (entry,) = bank.tell(moved(OWED + SOME, text="tak")).received.entries
    _explain(bank, entry.entry_id, invoice.invoice_id)
    assert not bank.again(invoice).open_total
    assert_books_agree(bank.world.company_id)


def test_a_person_gives_an_entry_to_a_settled_invoice(bank: Bank) -> None:
    invoice = bank.invoice(bank.alma)
    bank.tell(moved(OWED, by=invoice.reference))
    (entry,) = bank.tell(moved(SOME, text="tak")).received.entries
    _explain(bank, entry.entry_id, invoice.invoice_id)
    assert bank.entries()[-1][1:] == ("matched", "a person's word")
    assert_books_agree(bank.world.company_id)


@pytest.mark.parametrize(
    "case", ["money that went out", "no such invoice", "another company's", "a credit note", "twice"]
)
def test_a_person_cannot_give_an_entry_to_what_it_cannot_pay(bank: Bank, case: str) -> None:
    invoice = bank.invoice(bank.alma)
    (entry,) = bank.tell(moved(-SOME if case == "money that went out" else SOME, text="?")).received.entries
    target = invoice.invoice_id
    if case == "a credit note":
        target = _credit(bank, invoice.invoice_id, Money(100_00))
    elif case in {"no such invoice", "another company's"}:
        target = 987_654_321
    elif case == "twice":
        _explain(bank, entry.entry_id, target)
    with pytest.raises(NotThisEntry):
        _explain(bank, entry.entry_id, target)
    assert_books_agree(bank.world.company_id)


@pytest.mark.parametrize("amount", [SOME, -SOME])
def test_what_is_no_payment_leaves_suspense_with_its_reason(bank: Bank, amount: Money) -> None:
    (entry,) = bank.tell(moved(amount, text="gebyr")).received.entries
    today = bank.world.today
    explain_otherwise(bank.world.company, entry.entry_id, reason="bank fee", by=EVA, today=today, at=moment_of(today))
    assert bank.entries() == [(amount.minor, "explained", "bank fee")]
    assert_books_agree(bank.world.company_id)


def _explain(bank: Bank, entry_id: int, invoice_id: int) -> None:
    today = bank.world.today
    explain_payment(bank.world.company, entry_id, invoice_id=invoice_id, by=EVA, today=today, at=moment_of(today))


def _credit(bank: Bank, invoice_id: int, net: Money) -> int:
    today = bank.world.today
    note = credit_invoice(
        bank.world.company,
        invoice_id,
        net_by_position={1: net},
        reason="a mistake",
        because=BECAUSE,
        by=EVA,
        today=today,
        at=moment_of(today),
    )
    assert_books_agree(bank.world.company_id)
    return note
