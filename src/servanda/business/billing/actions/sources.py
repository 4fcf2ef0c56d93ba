"""Which account did money come in on? The company's bank account, or an account of its own with a payment provider.

A provider (Betalingsservice, MobilePay) collects from customers and pays out later. What it has collected lies in the ledger's
account CLEARING until then; its reports are received as statements of an account that bears the provider's name for it.
"""

from dataclasses import dataclass

from django.db import connection

from servanda.business.billing.facts import StatementDraft
from servanda.business.billing.models import PaymentAccount
from servanda.business.companies.facts import CompanyFacts
from servanda.business.ledger.facts import Account
from servanda.ground.refusal import Refused

_TURN = 0x5E42_BA4E  # of the advisory locks that keep two files of one company apart


class AnotherAccount(Refused):
    """The statement is of an account that is not the company's."""


@dataclass(frozen=True, slots=True)
class MoneySource:
    """An account that money comes in on, by the one name that it has in the books."""

    account: str
    ledger_account: Account

    @property
    def is_bank(self) -> bool:
        return self.ledger_account == Account.BANK


def add_payment_account(
    company: CompanyFacts, account: str, *, name: str, ledger_account: Account = Account.CLEARING
) -> None:
    """Make an account with a payment provider known, so that its statements are taken in; once more changes its name."""
    assert ledger_account in {Account.BANK, Account.CLEARING}, "money lies in the bank or at a provider"
    PaymentAccount.objects.update_or_create(
        company_id=company.company_id,
        account=_spelled(account),
        defaults={"name": name, "ledger_account": str(ledger_account)},
    )


def source_of(company: CompanyFacts, draft: StatementDraft) -> MoneySource:
    """Return the account that a statement is of; refuses one that is not the company's."""
    found = source_named(company, draft.account)
    if found is None:
        raise AnotherAccount(
            "%(file_name)s is a statement of account %(account)s, which is not %(name)s's (%(iban)s). Choose the "
            "company that the account belongs to.",
            {"file_name": draft.file_name, "account": draft.account, "name": company.name, "iban": company.iban},
        )
    return found


def source_named(company: CompanyFacts, account: str) -> MoneySource | None:
    """Return the company's account of that name, in whatever spelling: as IBAN, in fours, or as a Danish account number."""
    given = _spelled(account)
    iban = _spelled(company.iban)
    domestic = company.bank_registration + company.bank_account
    padded = company.bank_registration + company.bank_account.zfill(10)
    if given in {iban, domestic, padded}:
        return MoneySource(iban, Account.BANK)
    row = PaymentAccount.objects.filter(company_id=company.company_id, account=given).first()
    return None if row is None else MoneySource(given, Account(row.ledger_account))


def take_turn(company: CompanyFacts) -> None:
    """Let two readers of one company's files go one after the other: each needs to know what the other has brought."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [_TURN, company.company_id])


def _spelled(account: str) -> str:
    return "".join(account.split()).replace("-", "").upper()
