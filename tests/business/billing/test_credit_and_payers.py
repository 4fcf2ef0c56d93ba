"""Credit pays what its customer owes before anybody is reminded, and an account that is known decides where that is sure."""

from datetime import date, timedelta

from servanda.business.billing.queries.credit import credit_totals
from servanda.business.dunning.actions import pause_claim, use_credits
from servanda.business.ledger.queries import balance_of_customer
from servanda.ground.calendar import moment_of
from servanda.ground.law.companies import fik_reference
from servanda.ground.money import Money
from tests.business.billing.bank import ORE, OWED, Bank, moved
from tests.business.billing.books import assert_books_agree
from tests.cast import EVA


def test_credit_pays_the_next_invoice_on_its_day_and_only_what_is_open(bank: Bank) -> None:
    first = bank.invoice(bank.alma)
    bank.tell(moved(OWED * 2 + ORE, by=first.reference))
    assert credit_totals([bank.alma]) == {bank.alma: OWED + ORE}
    bank.world.live_until(date(2026, 10, 1))
    second = bank.invoice(bank.alma)
    assert second.number != first.number
    assert not bank.again(second).open_total
    assert balance_of_customer(bank.alma) == -ORE
    assert_books_agree(bank.world.company_id)
    today = bank.world.today
    assert use_credits(bank.world.company, today=today, at=moment_of(today)) == 0
    whats = [what for _, what in bank.world.story_of(bank.alma)]
    assert whats.count("credit.used") == 1


def test_credit_is_not_taken_for_what_the_customer_disputes(bank: Bank) -> None:
    first = bank.invoice(bank.alma)
    bank.tell(moved(OWED * 2, text=""))  # unknown: no credit yet
    bank.tell(moved(OWED * 2, by=first.reference))
    bank.world.live_until(date(2026, 9, 30))
    today, at = bank.world.today, moment_of(bank.world.today)
    second = bank.invoice(bank.alma)
    if second.number == first.number:
        bank.world.live_until(date(2026, 10, 1))
        return
    pause_claim(
        bank.world.company, second.invoice_id, cause="dispute", reason="wrong", until=None, by=EVA, today=today, at=at
    )
    assert use_credits(bank.world.company, today=today + timedelta(days=1), at=at) == 0


def test_what_credit_paid_is_open_again_when_the_bank_takes_the_payment_back(bank: Bank) -> None:
    first = bank.invoice(bank.alma)
    bank.tell(moved(OWED * 2, by=first.reference, reference="T"))
    bank.world.live_until(date(2026, 10, 1))
    second = bank.invoice(bank.alma)
    assert not bank.again(second).open_total
    bank.tell(moved(OWED * -2, reference="T", is_reversal=True))
    assert (bank.again(first).open_total, bank.again(second).open_total) == (OWED, OWED)
    assert balance_of_customer(bank.alma) == OWED * 2


def test_an_account_that_paid_for_one_customer_alone_settles_what_is_open_of_that_amount(bank: Bank) -> None:
    first = bank.invoice(bank.alma)
    bank.tell(moved(OWED, by=first.reference, payer_account="DK1"))
    bank.world.live_until(date(2026, 10, 1))
    second = bank.again(bank.invoice(bank.alma))
    (told,) = bank.tell(moved(OWED, text="tak", payer_account="DK1")).received.entries
    assert (told.rule, told.score) == ("payer and amount", 80)
    assert not bank.again(second).open_total


def test_an_account_decides_nothing_where_it_paid_for_two_or_the_amount_is_another(bank: Bank) -> None:
    alma, birk = bank.invoice(bank.alma), bank.invoice(bank.birk)
    bank.tell(moved(Money(50_00), by=alma.reference, payer_account="DK1"))
    (other,) = bank.tell(moved(OWED, payer_account="DK1")).received.entries
    assert other.state == "suspense"
    bank.tell(moved(Money(50_00), by=birk.reference, payer_account="DK1"))
    (both,) = bank.tell(moved(OWED - Money(50_00), payer_account="DK1")).received.entries
    assert both.state == "suspense"


def test_a_slip_of_another_creditor_is_not_taken_for_ours(bank: Bank) -> None:
    invoice = bank.invoice(bank.alma)
    own = bank.world.company.fik_creditor
    (told,) = bank.tell(moved(OWED, by=invoice.reference, creditor="89999999")).received.entries
    assert (told.state, told.rule) == ("suspense", "the slip is made out to another creditor number")
    (ours,) = bank.tell(moved(OWED, by=invoice.reference, creditor=own)).received.entries
    assert ours.state == "matched"


def test_a_wrong_digit_waits_and_says_so(bank: Bank) -> None:
    reference = bank.invoice(bank.alma).reference
    wrong = f"{reference[:-1]}{(int(reference[-1]) + 1) % 10}"
    (told,) = bank.tell(moved(OWED, by=wrong)).received.entries
    assert (told.state, told.rule) == ("suspense", "the reference fails its check digit")
    (unknown,) = bank.tell(moved(OWED, by=fik_reference(999_999))).received.entries
    assert unknown.rule == "no payment reference and no number of an open invoice"
