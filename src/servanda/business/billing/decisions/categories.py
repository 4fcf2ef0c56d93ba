"""What can a bank entry be that is no customer's payment, and on which account of the ledger does it belong?"""

from dataclasses import dataclass

from servanda.business.ledger.facts import Account
from servanda.ground.refusal import Refused


class NoSuchCategory(Refused):
    """There is no such kind of bank entry."""


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of bank entry; `code` is kept with the entry, the words are for readers."""

    code: str
    account: Account
    text_da: str
    text_en: str


CATEGORIES = (
    Category("bank fee", Account.OTHER, "Bankgebyr eller bankrente", "A fee or interest of the bank"),
    Category("own transfer", Account.OTHER, "Overførsel mellem egne konti", "A transfer between our own accounts"),
    Category("purchase", Account.OTHER, "Et køb eller en leverandør", "A purchase or a supplier"),
    Category("authority", Account.OTHER, "Skat, moms eller en myndighed", "Tax, VAT or an authority"),
    Category("provider payout", Account.CLEARING, "Udbetaling fra en betalingsudbyder", "A payment provider's payout"),
    Category("refund", Account.PAYOUTS, "Tilbagebetaling til en kunde", "Money paid back to a customer"),
    Category("other", Account.OTHER, "Andet", "Something else"),
)


def category_of(code: str) -> Category:
    """Return the kind of entry of a code; no code is `other`."""
    found = next((one for one in CATEGORIES if one.code == (code or "other")), None)
    if found is None:
        known = ", ".join(one.code for one in CATEGORIES)
        raise NoSuchCategory(
            "'%(code)s' is no kind of bank entry. Choose one of: %(known)s.", {"code": code, "known": known}
        )
    return found
