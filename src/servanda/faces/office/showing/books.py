"""What the page of the books shows: the balance of each account."""

from servanda.business.ledger.queries import balances_of_accounts
from servanda.faces.office.places import Visit
from servanda.faces.office.shown_books import AccountLine
from servanda.faces.office.words import ACCOUNTS, word


def accounts_shown(here: Visit) -> tuple[AccountLine, ...]:
    """Return the accounts of the company with their balances."""
    balances = balances_of_accounts(here.company.company_id)
    return tuple(AccountLine(name=word(ACCOUNTS, account), balance=balance) for account, balance in balances.items())
