"""Bank statements: each movement counts once, whatever files it comes in, and the books agree after every one of them."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from servanda.business.billing.actions.meeting import StatementsDoNotMeet
from servanda.business.billing.actions.receiving import AnotherAccount, ForeignCurrency, StatementChanged
from servanda.business.billing.models import Statement
from servanda.business.billing.queries import entries_in_suspense
from servanda.ground.money import Money
from servanda.ground.refusal import Refused
from tests.business.billing.bank import ORE, OWED, Bank, moved

SOME = Money(100_00)
DAY = date(2026, 9, 1)
NEXT = DAY + timedelta(days=1)
BEFORE = DAY - timedelta(days=1)
NO_REASON = "no payment reference and no number of an open invoice"


def test_a_payment_settles_its_invoice(bank: Bank) -> None:
    invoice = bank.invoice(bank.alma)
    received = bank.tell(moved(OWED, by=invoice.reference)).received
    assert (received.entries_new, received.matched, received.in_suspense) == (1, 1, 0)
    assert not bank.again(invoice).open_total


def test_the_same_statement_twice_changes_nothing(bank: Bank) -> None:
    statement = bank.statement(moved(OWED, by=bank.invoice(bank.alma).reference), moved(SOME, text="?"))
    bank.read(statement)
    before = bank.entries()
    received = bank.read(replace(statement, sha256="another file")).received
    assert (received.entries_new, received.entries_known, received.changed) == (0, 2, ())
    assert bank.entries() == before


@pytest.mark.parametrize(
    "difference",
    [{"opening": ORE, "closing": OWED + ORE}, {"closing_on": NEXT}],
)
def test_a_statement_that_was_read_with_other_balances_is_refused(bank: Bank, difference: dict[str, object]) -> None:
    statement = bank.statement(moved(OWED))
    bank.read(statement)
    with pytest.raises(StatementChanged, match="read before"):
        bank.read(replace(statement, **difference))  # type: ignore[arg-type]


def test_a_statement_that_was_read_with_other_movements_is_refused(bank: Bank) -> None:
    statement = bank.statement(moved(OWED))
    bank.read(statement)
    with pytest.raises(StatementChanged):
        bank.read(replace(statement, movements=(*statement.movements, moved(SOME), moved(-SOME))))


@pytest.mark.parametrize("has_reference", [True, False])
def test_files_that_overlap_count_each_movement_once(bank: Bank, has_reference: bool) -> None:
    def on(day: int, amount: Money) -> object:
        reference = f"B{day}" if has_reference else ""
        return moved(amount, reference=reference, on=date(2026, 9, day))

    days = [on(day, Money(day * 100)) for day in range(1, 9)]
    bank.read(bank.statement(on=BEFORE))
    bank.read(bank.statement(*days[:5], on=DAY, until=date(2026, 9, 5)))  # type: ignore[arg-type]
    before_third = Money(300)
    overlapping = bank.statement(*days[2:], on=date(2026, 9, 3), until=date(2026, 9, 8), opening=before_third)  # type: ignore[arg-type]
    received = bank.read(overlapping).received
    assert (received.entries_new, received.entries_known) == (3, 3)
    assert [amount for amount, *_ in bank.entries()] == [day * 100 for day in range(1, 9)]


def test_two_statements_of_one_day_both_count(bank: Bank) -> None:
    alma, birk = bank.invoice(bank.alma), bank.invoice(bank.birk)
    bank.read(bank.statement(moved(SOME, on=BEFORE), on=BEFORE))
    bank.read(bank.statement(moved(OWED, by=alma.reference)))
    bank.read(bank.statement(moved(OWED, by=birk.reference)))
    assert not bank.again(alma).open_total
    assert not bank.again(birk).open_total
    again = bank.statement(moved(SOME), on=NEXT)  # and the next day follows the second of them
    assert bank.read(again).received.entries_new == 1


def test_a_day_told_in_two_parts_and_then_as_a_whole_counts_once(bank: Bank) -> None:
    bank.read(bank.statement(moved(SOME, reference="")))
    bank.read(bank.statement(moved(SOME, reference="")))
    whole = bank.statement(*(moved(SOME, reference="", ordinal=one) for one in (1, 2)), opening=Money(0))
    received = bank.read(whole).received
    assert (received.entries_new, received.entries_known) == (0, 2)


def test_the_first_part_of_a_day_under_another_name_adds_nothing(bank: Bank) -> None:
    bank.read(bank.statement(moved(SOME, reference="a")))
    bank.read(bank.statement(moved(SOME, reference="b")))
    received = bank.read(bank.statement(moved(SOME, reference="a"), opening=Money(0))).received
    assert (received.entries_new, received.entries_known) == (0, 1)


def test_a_payment_that_looks_like_an_earlier_one_counts_when_the_balances_need_it(bank: Bank) -> None:
    """Two payments of one amount on one day, without a bank reference, in two files: neither is dropped."""
    alma, birk = bank.invoice(bank.alma), bank.invoice(bank.birk)
    bank.read(bank.statement(moved(OWED, by=alma.reference, reference="")))
    second = bank.statement(moved(OWED, by=birk.reference, reference=""))
    assert bank.read(second).received.matched == 1
    assert not bank.again(birk).open_total
    assert bank.read(second).received.entries_known == 1


def test_movements_that_come_to_nothing_and_look_like_known_ones_wait_for_a_person(bank: Bank) -> None:
    """A balance cannot tell whether 100.00 in and out again happened once or twice."""
    pair = (moved(SOME, reference=""), moved(-SOME, reference=""))
    bank.read(bank.statement(*pair))
    received = bank.read(bank.statement(*pair)).received
    assert (received.entries_new, received.in_suspense) == (2, 2)
    assert {entry.because for entry in entries_in_suspense(bank.world.company_id)} >= {
        "it looks like a payment of another statement, and the bank gave no reference"
    }


def test_two_payments_that_look_alike_in_one_statement_both_count(bank: Bank) -> None:
    twins = [moved(SOME, reference="", text="kontingent", ordinal=one) for one in (1, 2)]
    assert bank.tell(*twins).received.entries_new == 2


def test_a_gap_between_statements_is_refused_and_nothing_is_booked(bank: Bank) -> None:
    bank.read(bank.statement(moved(SOME)))
    after_gap = bank.statement(moved(OWED), on=date(2026, 9, 4), opening=Money(999))
    with pytest.raises(StatementsDoNotMeet, match=r"S1.*closed on 2026-09-01 with 100.00 DKK.*between them"):
        bank.read(after_gap)
    assert len(bank.entries()) == Statement.objects.filter(company_id=bank.world.company_id).count() == 1


def test_a_statement_whose_movements_are_partly_missing_is_refused(bank: Bank) -> None:
    """Its own balances add up, but those of the days that are known already do not allow for it."""
    bank.read(bank.statement(moved(SOME, reference="a"), on=DAY, until=date(2026, 9, 5)))
    other = moved(Money(50_00), reference="b", on=date(2026, 9, 4))
    with pytest.raises(StatementsDoNotMeet, match="closes on 2026-09-05"):
        bank.read(bank.statement(other, on=DAY, until=date(2026, 9, 5), opening=Money(0)))
    assert len(bank.entries()) == 1


def test_a_statement_from_before_the_first_one_is_taken_when_it_leads_there(bank: Bank) -> None:
    bank.read(bank.statement(moved(SOME, on=NEXT), on=NEXT, opening=Money(500_00)))
    earlier = bank.statement(moved(Money(500_00), on=DAY), on=DAY, opening=Money(0))
    assert bank.read(earlier).received.entries_new == 1
    bank.balance = Money(600_00)
    assert bank.read(bank.statement(moved(SOME, on=NEXT + timedelta(days=1)), on=NEXT + timedelta(days=1)))


def test_a_statement_from_before_the_first_one_is_refused_when_it_does_not_lead_there(bank: Bank) -> None:
    bank.read(bank.statement(moved(SOME, on=NEXT), on=NEXT, opening=Money(500_00)))
    with pytest.raises(StatementsDoNotMeet, match="before all that is known"):
        bank.read(bank.statement(moved(SOME, on=DAY), on=DAY, opening=Money(0)))


@pytest.mark.parametrize("spelling", ["as it is", "in fours", "domestic"])
def test_one_account_under_several_names_is_one_account(bank: Bank, spelling: str) -> None:
    company = bank.world.company
    iban = company.iban.replace(" ", "")
    account = {
        "as it is": company.iban,
        "in fours": " ".join(iban[at : at + 4] for at in range(0, len(iban), 4)),
        "domestic": f"{company.bank_registration}-{company.bank_account}",
    }[spelling]
    statement = bank.statement(moved(SOME))
    bank.read(statement)
    assert bank.read(replace(statement, account=account)).received.entries_known == 1


def test_a_statement_of_another_account_is_refused(bank: Bank) -> None:
    with pytest.raises(AnotherAccount, match="which is not"):
        bank.read(bank.statement(moved(SOME), account="DK5000400440116243"))


def test_a_statement_in_another_currency_is_refused(bank: Bank) -> None:
    with pytest.raises(ForeignCurrency, match="EUR"):
        bank.read(bank.statement(moved(Money(SOME.minor, "EUR")), opening=Money(0, "EUR")))
    assert bank.entries() == []


def test_a_movement_over_nothing_is_counted_and_leaves_no_trace(bank: Bank) -> None:
    received = bank.tell(moved(Money(0), by=bank.invoice(bank.alma).reference)).received
    assert (received.entries_new, received.entries_empty) == (0, 1)
    assert bank.entries() == []


def test_money_that_goes_out_waits_for_a_person(bank: Bank) -> None:
    received = bank.tell(moved(-SOME, by=bank.invoice(bank.alma).reference)).received
    assert received.in_suspense == 1
    assert bank.entries() == [(-100_00, "suspense", "money that went out")]


def test_money_that_comes_back_to_us_is_no_payment(bank: Bank) -> None:
    invoice = bank.invoice(bank.alma)
    bank.tell(moved(OWED, by=invoice.reference, is_reversal=True))
    assert bank.entries() == [(1_250_00, "suspense", "the bank returns money that went out")]
    assert bank.again(invoice).open_total == OWED


def test_an_invoice_paid_in_seven_parts_is_paid(bank: Bank) -> None:
    invoice = bank.invoice(bank.alma)
    parts = OWED.split((1,) * 7)
    for part in parts[:-1]:
        bank.tell(moved(part, by=invoice.reference))
    assert bank.again(invoice).open_total == parts[-1]
    bank.tell(moved(parts[-1], by=invoice.reference))
    assert not bank.again(invoice).open_total


def test_seven_parts_in_one_statement_do_the_same(bank: Bank) -> None:
    invoice = bank.invoice(bank.alma)
    bank.tell(*(moved(part, by=invoice.reference) for part in OWED.split((1,) * 7)))
    assert not bank.again(invoice).open_total


@pytest.mark.parametrize(("amount", "left", "credit"), [(OWED - ORE, ORE, 0), (OWED + ORE, Money(0), 1)])
def test_an_ore_too_little_stays_open_and_one_too_much_is_the_customers(
    bank: Bank, amount: Money, left: Money, credit: int
) -> None:
    invoice = bank.invoice(bank.alma)
    (entry,) = bank.tell(moved(amount, by=invoice.reference)).received.entries
    assert bank.again(invoice).open_total == left
    assert (entry.credit.minor if entry.credit else 0) == credit


def test_paying_a_settled_invoice_again_gives_the_customer_credit(bank: Bank) -> None:
    invoice = bank.invoice(bank.alma)
    bank.tell(moved(OWED, by=invoice.reference))
    (entry,) = bank.tell(moved(OWED, by=invoice.reference)).received.entries
    assert (entry.state, entry.parts, entry.credit) == ("matched", (), OWED)


def test_a_number_and_the_amount_of_somebody_else_are_doubted_when_the_account_is_known(bank: Bank) -> None:
    alma, birk = bank.invoice(bank.alma), bank.invoice(bank.birk)
    bank.tell(moved(SOME, by=alma.reference, payer_account="DK1"))
    bank.tell(moved(OWED, text=f"Faktura {birk.number}", payer_account="DK1"))
    assert bank.entries()[-1][1] == "suspense"
    bank.tell(moved(OWED, text=f"Faktura {birk.number}", payer_account="DK2"))
    assert bank.entries()[-1][1:] == ("matched", "invoice number and amount")


def test_one_payment_for_two_invoices_by_their_numbers_settles_both(bank: Bank) -> None:
    first = bank.invoice(bank.alma)
    bank.world.live_until(date(2026, 10, 1))
    second = bank.invoice(bank.alma)
    assert first.number != second.number
    total = bank.again(first).open_total + second.open_total
    bank.tell(moved(total, text=f"{first.number} og {second.number}"))
    assert not bank.again(first).open_total
    assert not bank.again(second).open_total


def test_what_is_refused_books_nothing(bank: Bank) -> None:
    """The third movement is not the company's currency; the first two were fine."""
    good = bank.statement(moved(SOME), moved(OWED, by=bank.invoice(bank.alma).reference))
    bad = replace(good, movements=(*good.movements, moved(Money(1, "EUR"))))
    with pytest.raises(Refused):
        bank.read(bad)
    assert bank.entries() == []
    assert not Statement.objects.filter(company_id=bank.world.company_id).exists()
