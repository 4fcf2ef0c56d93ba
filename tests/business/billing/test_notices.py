"""Advance news from the bank: it explains movements and is never booked, whichever comes first, the news or the statement."""

from dataclasses import replace

import pytest

from servanda.business.billing.actions.sources import AnotherAccount
from servanda.business.billing.facts import BankMovement, NoticeDraft, NoticeLine
from servanda.business.billing.models import BankEntry
from servanda.business.billing.queries import entries_in_suspense, pending_payments
from servanda.business.dunning.actions import receive_notice
from servanda.business.ledger.facts import Account
from servanda.business.ledger.queries import balances_of_accounts
from servanda.ground.calendar import moment_of
from servanda.ground.money import Money, total_of
from tests.business.billing.bank import OWED, Bank, moved
from tests.business.billing.books import assert_books_agree

UNKNOWN = Money(77_00)


def notice(bank: Bank, *payments: BankMovement, reference: str = "SUM") -> NoticeDraft:
    line = NoticeLine(reference, 1, total_of(one.amount for one in payments), payments[0].booked_on, payments)
    return NoticeDraft(bank.world.company.iban, "N1", (line,), "sha", "n.xml")


def take(bank: Bank, draft: NoticeDraft) -> tuple[int, int]:
    today = bank.world.today
    noticed = receive_notice(bank.world.company, draft, today=today, at=moment_of(today))
    assert_books_agree(bank.world.company_id)
    return noticed.lines_new, noticed.lines_known


@pytest.mark.parametrize("order", ["ns", "sn", "nsn", "sns", "nns", "ssn"])
def test_a_sum_is_divided_into_its_payments_whatever_comes_first_and_however_often(bank: Bank, order: str) -> None:
    alma, birk = bank.invoice(bank.alma), bank.invoice(bank.birk)
    payments = (moved(OWED, by=alma.reference), moved(OWED, by=birk.reference), moved(UNKNOWN, text="?"))
    news = notice(bank, *payments)
    statement = bank.statement(moved(OWED * 2 + UNKNOWN, reference="SUM"))
    for what in order:
        if what == "n":
            take(bank, news)
        else:
            bank.read(statement)
    assert not bank.again(alma).open_total
    assert not bank.again(birk).open_total
    assert [one.amount for one in entries_in_suspense(bank.world.company_id)] == [UNKNOWN]
    assert balances_of_accounts(bank.world.company_id)[Account.BANK] == OWED * 2 + UNKNOWN
    assert BankEntry.objects.filter(company_id=bank.world.company_id, parent=None).count() == 1


@pytest.mark.parametrize("is_first", [True, False])
def test_what_the_statement_leaves_out_is_taken_from_the_notice(bank: Bank, is_first: bool) -> None:
    alma = bank.invoice(bank.alma)
    news = notice(bank, moved(OWED, by=alma.reference, payer="Alma"), reference="A1")
    statement = bank.statement(moved(OWED, reference="A1"))
    if is_first:
        take(bank, news)
        assert bank.again(alma).open_total == OWED  # news moves no money
        assert Account.BANK not in balances_of_accounts(bank.world.company_id)
        assert pending_payments([bank.again(alma)]) == {alma.invoice_id}  # but nobody is called late meanwhile
    bank.read(statement)
    if not is_first:
        take(bank, news)
    assert not bank.again(alma).open_total
    (row,) = BankEntry.objects.filter(company_id=bank.world.company_id)
    assert (row.payer_name, row.creditor_reference) == ("Alma", alma.reference)


def test_the_same_news_twice_and_news_of_another_account(bank: Bank) -> None:
    news = notice(bank, moved(OWED))
    assert (take(bank, news), take(bank, news)) == ((1, 0), (0, 1))
    with pytest.raises(AnotherAccount):
        take(bank, replace(news, account="DK5000400440116243"))


@pytest.mark.parametrize("is_first", [True, False])
def test_a_sum_with_a_payment_taken_back_in_it_is_not_divided_but_waits_whole(bank: Bank, is_first: bool) -> None:
    alma = bank.invoice(bank.alma)
    news = notice(bank, moved(OWED * 2, text="?"), moved(-OWED, by=alma.reference))
    statement = bank.statement(moved(OWED, reference="SUM"), moved(UNKNOWN, text="after it"))
    if is_first:
        take(bank, news)
    bank.read(statement)
    take(bank, news)
    assert [one.amount for one in entries_in_suspense(bank.world.company_id)] == [OWED, UNKNOWN]
    assert bank.again(alma).open_total == OWED
