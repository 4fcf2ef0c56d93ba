"""Money that a payment provider collects lies in CLEARING, not in the bank, and its reports are no news from the bank."""

from dataclasses import replace

import pytest

from servanda.business.billing.actions.sources import AnotherAccount, add_payment_account, source_named
from servanda.business.companies.queries import company as company_of
from servanda.business.ledger.facts import Account
from servanda.business.ledger.queries import balances_of_accounts
from servanda.ground.money import Money
from tests.business.billing.bank import OWED, Bank, moved

PROVIDER = "BS-01234567"


def test_what_a_provider_collects_settles_the_invoice_and_lies_in_clearing(bank: Bank) -> None:
    add_payment_account(bank.world.company, PROVIDER, name="Betalingsservice")
    invoice = bank.invoice(bank.alma)
    before = company_of(bank.world.company_id).bank_checked_on
    bank.read(bank.statement(moved(OWED, by=invoice.reference), account=PROVIDER, opening=Money(0)))
    assert not bank.again(invoice).open_total
    balances = balances_of_accounts(bank.world.company_id)
    assert balances[Account.CLEARING] == OWED
    assert Account.BANK not in balances
    assert company_of(bank.world.company_id).bank_checked_on == before


def test_a_collection_that_is_taken_back_leaves_clearing_again(bank: Bank) -> None:
    add_payment_account(bank.world.company, PROVIDER, name="Betalingsservice")
    invoice = bank.invoice(bank.alma)
    bank.read(bank.statement(moved(OWED, by=invoice.reference), account=PROVIDER, opening=Money(0)))
    back = moved(-OWED, by=invoice.reference, is_reversal=True)
    bank.read(bank.statement(back, account=PROVIDER, opening=OWED))
    assert bank.again(invoice).open_total == OWED
    assert balances_of_accounts(bank.world.company_id)[Account.CLEARING] == Money(0)


def test_the_same_reference_on_two_accounts_is_two_movements(bank: Bank) -> None:
    add_payment_account(bank.world.company, PROVIDER, name="Betalingsservice")
    told = moved(Money(10_00), reference="same")
    bank.read(bank.statement(told, opening=Money(0)))
    assert bank.read(bank.statement(told, account=PROVIDER, opening=Money(0))).received.entries_new == 1


def test_a_provider_account_is_known_only_to_its_company(bank: Bank) -> None:
    statement = bank.statement(moved(OWED), account=PROVIDER)
    with pytest.raises(AnotherAccount):
        bank.read(statement)
    add_payment_account(bank.world.company, "bs 0123-4567", name="Betalingsservice")
    assert source_named(bank.world.company, PROVIDER) is not None
    assert source_named(replace(bank.world.company, company_id=0), PROVIDER) is None
