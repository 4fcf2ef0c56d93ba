"""From a customer's credit to their account: two persons, one file, one bank entry; and all that may go wrong between."""

import hashlib
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from servanda.business.billing.actions.splitting import Share
from servanda.business.billing.actions.using_credit import NotEnoughCredit
from servanda.business.billing.queries import entries_in_suspense
from servanda.business.billing.wording import rule_text
from servanda.business.companies.queries import tallied
from servanda.business.dunning.actions import split_payment
from servanda.business.letters.queries import letters_of_customer
from servanda.business.payouts.actions import (
    decline_payout,
    follow_payouts,
    read_report,
    see_problem,
    set_stop,
    withdraw_payout,
)
from servanda.business.payouts.actions.recording import NotPaidOut
from servanda.business.payouts.facts import (
    AccountSource,
    PayoutFacts,
    PayoutProblem,
    PayoutState,
    StatusReport,
    TransferStatus,
)
from servanda.business.payouts.models import Payout, PayoutApproval
from servanda.business.payouts.queries import (
    batch_content,
    kept_credit_of,
    payout_tally,
    payouts_with_problem,
    room_of,
    unseen_payouts,
)
from servanda.ground.calendar import bank_days_after, moment_of
from servanda.ground.money import Money
from tests.business.billing.bank import OWED, Bank, moved
from tests.business.payouts import house
from tests.business.payouts.house import (
    ALMAS,
    EVA,
    IDA,
    OLE,
    OTHER,
    OVER,
    Person,
    approve,
    order,
    overpay,
    propose,
    state,
)


def follow(bank: Bank) -> int:
    found = follow_payouts(bank.world.company, today=bank.world.today, at=moment_of(bank.world.today))
    house.assert_all_agree(bank)
    return found


def answer(bank: Bank, *transfers: TransferStatus, name: str = "", is_all: bool = False) -> int:
    batch = house.batch(bank)
    report = StatusReport(
        file_name="answer.xml",
        sha256="an answer",
        message_id=name or batch.message_id,
        is_all_rejected=is_all,
        reason="NARR: no cover" if is_all else "",
        transfers=transfers,
    )
    return read_report(bank.world.company, report, today=bank.world.today, at=moment_of(bank.world.today))


def test_what_was_paid_too_much_goes_back_to_the_account_it_came_from(bank: Bank) -> None:
    overpay(bank)
    found = propose(bank)
    assert (found.state, found.approvals_needed, found.source) == (PayoutState.PROPOSED, 2, AccountSource.PAYMENT)
    assert house.credit(bank) == OVER, "a proposal takes nothing"
    found = approve(bank, found, EVA, OLE)
    assert (found.state, house.credit(bank), house.on_the_way(bank)) == (PayoutState.APPROVED, Money(0), OVER)
    order(bank)
    assert state(bank, found) is PayoutState.ORDERED
    bank.tell(moved(-OVER, text=f"Overførsel\n{found.end_to_end_id}"))
    assert follow(bank) == 1
    assert follow(bank) == 0
    assert state(bank, found) is PayoutState.SEEN
    assert house.on_the_way(bank) == Money(0)
    (told,) = [letter for letter in letters_of_customer(bank.alma) if letter.kind == "paid back"]
    assert f"betalt 300,00 kr. tilbage til kontoen, der ender på {ALMAS[-4:]}." in told.text
    assert ALMAS not in told.text


def test_one_person_alone_pays_nobody(bank: Bank) -> None:
    overpay(bank)
    found = approve(bank, propose(bank), EVA, EVA)
    assert (found.state, len(found.approvals)) == (PayoutState.PROPOSED, 1)
    assert order(bank) is None


@pytest.mark.parametrize(
    "person",
    [
        Person("staff:9", "", "alma@alma.example"),
        Person("staff:9", "ALMA & CO APS"),
        Person("staff:9", "", "Alma@Alma.example"),
    ],
)
def test_nobody_approves_a_payout_to_themselves(bank: Bank, person: Person) -> None:
    overpay(bank)
    found = propose(bank)
    with pytest.raises(NotPaidOut, match="yourself"):
        approve(bank, found, person)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"amount": OVER + Money(1)}, "Ask for 300.00 DKK at most"),
        ({"amount": Money(0)}, "above zero"),
        ({"reason": " "}, "Say why"),
        ({"holder": ""}, "Name the holder"),
        ({"account": "SE4550000000058398257466"}, "not a Danish one"),
        ({"account": OTHER}, "No money of this customer came from account"),
        ({"account": OTHER, "source": AccountSource.E_MAIL, "evidence": "they wrote"}, "from a mail only"),
        ({"account": OTHER, "source": AccountSource.CALLED_BACK}, "Say how it is known"),
        ({"source": AccountSource.CALLED_BACK, "evidence": "called"}, "Choose it from the list"),
    ],
)
def test_what_cannot_be_paid_back_is_refused_with_the_reason(bank: Bank, changed: dict[str, object], said: str) -> None:
    overpay(bank)
    with pytest.raises(NotPaidOut, match=said):
        propose(bank, house.ask_for(**changed))  # type: ignore[arg-type]
    assert not Payout.objects.exists()


def test_another_account_needs_evidence_and_a_third_person(bank: Bank) -> None:
    overpay(bank)
    ask = house.ask_for(account=OTHER, source=AccountSource.CALLED_BACK, evidence="called the number of 2024, Ole")
    found = approve(bank, propose(bank, ask), EVA, OLE)
    assert (found.approvals_needed, found.state) == (3, PayoutState.PROPOSED)
    assert approve(bank, found, IDA).state is PayoutState.APPROVED
    house.assert_all_agree(bank)


def test_credit_that_a_proposal_reserves_pays_no_invoice_until_it_is_declined(bank: Bank) -> None:
    overpay(bank)
    found = propose(bank, house.ask_for(Money(200_00)))
    bank.world.live_until(date(2026, 10, 1))
    second = bank.invoice(bank.alma)
    assert (bank.again(second).open_total, house.credit(bank)) == (second.total - Money(100_00), Money(200_00))
    assert kept_credit_of(bank.alma) == Money(200_00)
    when = {"today": bank.world.today, "at": moment_of(bank.world.today)}
    decline_payout(bank.world.company, found.payout_id, reason="it was owed", person=OLE, **when)  # type: ignore[arg-type]
    bank.world.round()
    assert (bank.again(second).open_total, house.credit(bank)) == (second.total - OVER, Money(0))
    house.assert_all_agree(bank)


def test_no_more_goes_to_an_account_than_came_from_it(bank: Bank) -> None:
    invoice = bank.invoice(bank.alma)
    bank.tell(
        moved(Money(100_00), by=invoice.reference, payer_account="0040 0440116243"),
        moved(invoice.open_total, by=invoice.reference, payer_account=OTHER),
    )
    assert house.credit(bank) == Money(100_00)
    assert {one.account for one in room_of(bank.alma).accounts} == {ALMAS, OTHER}
    approve(bank, propose(bank, house.ask_for(Money(100_00))), EVA, OLE)
    bank.tell(moved(Money(50_00), by=invoice.reference, payer_account=OTHER))
    with pytest.raises(NotPaidOut, match=r"100.00 DKK of it has gone back"):
        propose(bank, house.ask_for(Money(50_00)))


def test_the_same_proposal_twice_is_one_and_two_do_not_exceed_the_credit(bank: Bank) -> None:
    overpay(bank)
    assert propose(bank).payout_id == propose(bank).payout_id
    with pytest.raises(NotPaidOut, match=r"all of it is proposed to be paid back already"):
        propose(bank, house.ask_for(Money(1_00)))


def test_credit_that_is_gone_at_the_last_yes_is_not_paid(bank: Bank) -> None:
    overpay(bank)
    found = approve(bank, propose(bank), EVA)
    paid = bank.entries()[0][0]
    bank.tell(moved(Money(-paid), by=bank.invoice(bank.alma).reference, is_reversal=True))
    with pytest.raises(NotEnoughCredit):
        approve(bank, found, OLE)
    assert state(bank, found) is PayoutState.PROPOSED


def test_a_payment_taken_back_before_the_file_stops_the_payout(bank: Bank) -> None:
    overpay(bank)
    found = approve(bank, propose(bank), EVA, OLE)
    paid = bank.entries()[0][0]
    bank.tell(moved(Money(-paid), by=bank.invoice(bank.alma).reference, is_reversal=True))
    assert order(bank) is None
    assert state(bank, found) is PayoutState.WITHDRAWN
    assert (house.credit(bank), house.on_the_way(bank)) == (Money(0), Money(0))
    assert [one.payout_id for one in payouts_with_problem(bank.world.company_id)] == [found.payout_id]
    house.assert_all_agree(bank)


def test_a_payment_taken_back_after_the_payout_leaves_the_customer_owing_all_of_it(bank: Bank) -> None:
    found = house.ordered(bank)
    bank.tell(moved(-OVER, text=found.end_to_end_id))
    follow(bank)
    paid = bank.entries()[0][0]
    bank.tell(moved(Money(-paid), by=bank.invoice(bank.alma).reference, is_reversal=True))
    house.assert_all_agree(bank)
    assert house.balance(bank) == bank.invoice(bank.alma).total + OVER


def divided_and_paid_out(bank: Bank) -> PayoutFacts:
    """Let one movement pay Alma's credit and Birk's invoice, and pay Alma's part back to her by two persons."""
    birk = bank.invoice(bank.birk)
    bank.tell(moved(OWED + OVER, text="samlet", reference="WHOLE", payer_account=ALMAS))
    when = {"by": EVA.by, "today": bank.world.today, "at": moment_of(bank.world.today)}
    (whole,) = entries_in_suspense(bank.world.company_id)
    shares = (Share(OVER, customer_id=bank.alma), Share(OWED, invoice_id=birk.invoice_id))
    split_payment(bank.world.company, whole.entry_id, shares=shares, **when)  # type: ignore[arg-type]
    return approve(bank, propose(bank), EVA, OLE)


def test_a_divided_payment_taken_back_after_a_part_was_paid_out_waits_and_blocks_nothing(bank: Bank) -> None:
    divided_and_paid_out(bank)
    alma, birk = bank.invoice(bank.alma), bank.invoice(bank.birk)
    taken, paid = bank.tell(
        moved(-OWED - OVER, reference="WHOLE", is_reversal=True), moved(OWED, by=alma.reference)
    ).received.entries
    assert (taken.state, paid.state) == ("suspense", "matched")
    assert taken.rule.startswith("it takes back a payment that cannot be undone: Of bank entry")
    assert rule_text(taken.rule, "da").startswith("den tager en betaling tilbage, som ikke kan gøres om: ")
    assert (bank.again(alma).open_total, bank.again(birk).open_total) == (Money(0), Money(0)), "nothing is half undone"
    house.assert_all_agree(bank)


def test_a_payout_is_not_ordered_while_the_taking_back_of_its_source_waits(bank: Bank) -> None:
    found = divided_and_paid_out(bank)
    bank.tell(moved(-OWED - OVER, reference="WHOLE", is_reversal=True))
    assert order(bank) is None
    assert (state(bank, found), house.credit(bank)) == (PayoutState.WITHDRAWN, OVER)
    house.assert_all_agree(bank)


def test_a_credit_note_on_a_paid_invoice_is_paid_back_and_not_used_again(bank: Bank) -> None:
    overpay(bank, Money(0))
    house.credit_note(bank)
    whole = bank.invoice(bank.alma).total
    assert house.credit(bank) == whole
    found = approve(bank, propose(bank, house.ask_for(whole)), EVA, OLE)
    order(bank)
    bank.tell(moved(-whole, text=found.end_to_end_id))
    follow(bank)
    paid = bank.entries()[0][0]
    bank.tell(moved(Money(-paid), by=bank.invoice(bank.alma).reference, is_reversal=True))
    house.assert_all_agree(bank)
    assert house.balance(bank) == whole, "the note was paid out, so it does not pay the invoice too"


def test_a_file_is_made_once_and_kept(bank: Bank) -> None:
    found = house.ordered(bank)
    assert order(bank) is None
    batch = house.batch(bank)
    content = batch_content(bank.world.company_id, batch.number)
    assert hashlib.sha256(content).hexdigest() == batch.sha256
    assert found.end_to_end_id.encode() in content
    with pytest.raises(IntegrityError), transaction.atomic():
        Payout.objects.filter(pk=found.payout_id).update(amount_minor=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        PayoutApproval.objects.filter(payout_id=found.payout_id).delete()


def test_the_database_itself_asks_for_two_persons(bank: Bank) -> None:
    overpay(bank)
    found = approve(bank, propose(bank), EVA)
    with pytest.raises(IntegrityError, match="needs 2 different persons"), transaction.atomic():
        Payout.objects.filter(pk=found.payout_id).update(state="approved")


def test_what_the_bank_rejects_is_the_customers_again(bank: Bank) -> None:
    found = house.ordered(bank)
    assert answer(bank, TransferStatus(found.end_to_end_id, True, "AC04: account closed")) == 1
    assert answer(bank, TransferStatus(found.end_to_end_id, True, "AC04: account closed")) == 0
    assert (state(bank, found), house.credit(bank), house.on_the_way(bank)) == (PayoutState.REJECTED, OVER, Money(0))
    assert house.again(bank, found).problem_detail == "AC04: account closed"
    house.assert_all_agree(bank)
    bank.tell(moved(-OVER, text=found.end_to_end_id))
    assert follow(bank) == 0, "paid though rejected: a person must look"
    assert house.again(bank, found).problem is PayoutProblem.REJECTED_AND_PAID
    assert propose(bank).payout_id != found.payout_id


def test_a_file_rejected_as_a_whole_speaks_for_all_and_an_accepted_one_changes_nothing(bank: Bank) -> None:
    found = house.ordered(bank)
    assert answer(bank, is_all=True) == 1
    assert state(bank, found) is PayoutState.REJECTED


def test_an_answer_to_another_file_or_transfer_changes_nothing(bank: Bank) -> None:
    found = house.ordered(bank)
    with pytest.raises(NotPaidOut, match="has not made"):
        answer(bank, name="OTHER-FB-BBBB")
    with pytest.raises(NotPaidOut, match="does not stand in the file"):
        answer(bank, TransferStatus(found.end_to_end_id, True, ""), TransferStatus("SAFEIT-PB-ZZZZ", True, ""))
    assert state(bank, found) is PayoutState.ORDERED


def test_money_that_comes_back_is_the_customers_again(bank: Bank) -> None:
    found = house.ordered(bank)
    bank.tell(
        moved(-OVER, text=found.end_to_end_id), moved(OVER, text=f"Retur {found.end_to_end_id}", is_reversal=True)
    )
    assert follow(bank) == 2
    assert (state(bank, found), house.credit(bank), house.on_the_way(bank)) == (PayoutState.RETURNED, OVER, Money(0))


def test_an_entry_of_another_amount_is_left_for_a_person(bank: Bank) -> None:
    found = house.ordered(bank)
    bank.tell(moved(-OVER - Money(15_00), text=found.end_to_end_id))
    assert follow(bank) == 0
    assert state(bank, found) is PayoutState.ORDERED
    assert house.again(bank, found).problem_detail == "-315.00 DKK"
    see_problem(bank.world.company, found.payout_id, by=EVA.by, today=bank.world.today, at=moment_of(bank.world.today))
    assert follow(bank) == 0
    assert house.again(bank, found).is_problem_seen, "the same problem is not told twice"


def test_a_bank_that_books_the_whole_file_as_one_sum_is_understood(bank: Bank) -> None:
    overpay(bank)
    both = [propose(bank, house.ask_for(Money(part))) for part in (100_00, 200_00)]
    for found in both:
        approve(bank, found, EVA, OLE)
    batch = order(bank)
    assert batch is not None
    bank.tell(moved(-OVER, text=batch.message_id))
    assert follow(bank) == 1
    assert {state(bank, found) for found in both} == {PayoutState.SEEN}


def test_what_is_not_seen_in_time_waits_for_a_person(bank: Bank) -> None:
    found = house.ordered(bank)
    execution_on = house.again(bank, found).execution_on
    assert execution_on is not None
    company_id, last = bank.world.company_id, bank_days_after(execution_on, count=3)
    after = bank_days_after(last, count=1)
    assert unseen_payouts(company_id, today=last) == ()
    assert [one.payout_id for one in unseen_payouts(company_id, today=after)] == [found.payout_id]
    assert tallied({"payouts": [payout_tally({company_id: last})]})["payouts"][company_id] == 0
    assert tallied({"payouts": [payout_tally({company_id: after})]})["payouts"][company_id] == 1


def test_the_stop_keeps_money_in_the_house(bank: Bank) -> None:
    overpay(bank)
    found = approve(bank, propose(bank), EVA)
    world, at = bank.world, moment_of(bank.world.today)
    set_stop(
        world.company, is_engaged=True, reason="A mail asks for new accounts.", by=IDA.by, today=world.today, at=at
    )
    with pytest.raises(NotPaidOut, match="A mail asks"):
        approve(bank, found, OLE)
    with pytest.raises(NotPaidOut, match="A mail asks"):
        order(bank)
    set_stop(world.company, is_engaged=False, reason="It was a swindle.", by=IDA.by, today=world.today, at=at)
    assert approve(bank, found, OLE).state is PayoutState.APPROVED


def test_what_is_declined_or_withdrawn_is_the_customers_credit(bank: Bank) -> None:
    overpay(bank)
    world, at = bank.world, moment_of(bank.world.today)
    first = propose(bank)
    decline_payout(world.company, first.payout_id, reason="they want it set off", person=OLE, today=world.today, at=at)
    second = approve(bank, propose(bank), EVA, OLE)
    withdraw_payout(world.company, second.payout_id, reason="wrong day", by=EVA.by, today=world.today, at=at)
    assert (state(bank, first), state(bank, second)) == (PayoutState.DECLINED, PayoutState.WITHDRAWN)
    assert house.credit(bank) == OVER
    house.assert_all_agree(bank)
    with pytest.raises(NotPaidOut, match="does not wait"):
        approve(bank, first, IDA)
