"""What the pages of the books show, as frozen values."""

from dataclasses import dataclass

from servanda.ground.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLine:
    """An account with its balance: debit above zero."""

    name: str
    balance: Money
