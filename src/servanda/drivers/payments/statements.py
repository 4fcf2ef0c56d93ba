"""What a bank says happened on an account: statements and their booked entries, as plain values.

An entry has no number of its own that every bank gives. What names it for ever, whatever file it came in, is
its `key`: account, booking date, amount, the bank's reference, and an ordinal for entries that look the same.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Protocol

from servanda.ground.money import Money
from servanda.ground.refusal import WrongDocument

EntryKey = tuple[str, date, int, str, str, int]


class WrongBankFile(WrongDocument):
    """A bank file was refused as a whole; nothing of it may be posted."""


@dataclass(frozen=True, slots=True)
class BankEntry:
    """One booked movement; `amount` is above zero when money came in.

    `reference` is the bank's own and is empty where the bank gave none. Then the key rests on day, amount and
    ordinal alone, so two files that each hold a part of the same day must be looked at by a person.
    `creditor_reference` is the payment id of a FIK slip (digits as given, check digit not verified) or
    another structured reference; it is empty when a payment names several, which then stand in `text`.
    """

    account: str
    reference: str
    ordinal: int
    amount: Money
    booked_on: date
    value_on: date
    text: str
    creditor_reference: str
    end_to_end_id: str
    payer_name: str
    payer_account: str
    is_reversal: bool
    fik_type: str = ""  # 71, 73, 75 or an older kind, where the payment was made by a slip
    fik_creditor: str = ""  # whose slip it was, where the bank says so
    original: Money | None = None  # what the payer sent, where that was in another currency

    @property
    def key(self) -> EntryKey:
        """What names this entry for ever: posted once, whatever file it came in."""
        return (
            self.account,
            self.booked_on,
            self.amount.minor,
            self.amount.currency,
            self.reference,
            self.ordinal,
        )


@dataclass(frozen=True, slots=True)
class BankStatement:
    """One statement whose balances add up; `sha256` is of its file, `notes` tell what was left out."""

    account: str
    statement_id: str
    sequence: int | None
    created_at: datetime
    opening: Money
    opening_on: date
    closing: Money
    closing_on: date
    currency: str
    entries: tuple[BankEntry, ...]
    sha256: str
    notes: tuple[str, ...] = ()
    has_balances: bool = True  # told by the bank; a CSV file may have none


@dataclass(frozen=True, slots=True)
class AnnouncedMovement:
    """One movement as a notification tells it: the key it will have on a statement, and the payments it is made of."""

    reference: str
    ordinal: int
    amount: Money
    booked_on: date
    payments: tuple[BankEntry, ...]


@dataclass(frozen=True, slots=True)
class BankNotification:
    """Advance news of movements on an account. It has no balances, so nothing can be booked by it."""

    account: str
    notification_id: str
    created_at: datetime
    currency: str
    movements: tuple[AnnouncedMovement, ...]
    sha256: str
    notes: tuple[str, ...] = ()


class StatementReader(Protocol):
    """Reads a bank's file, or raises `WrongBankFile` with all of its problems at once."""

    def __call__(self, content: bytes, *, file: str) -> tuple[BankStatement, ...]: ...


def with_ordinals(entries: Iterable[BankEntry]) -> tuple[BankEntry, ...]:
    """Return the entries numbered from 1 among those that look the same, in the order of the statement.

    Two members may well pay the same amount on one day with the same text; both payments count.
    """
    seen: Counter[EntryKey] = Counter()
    numbered = []
    for entry in entries:
        alike = replace(entry, ordinal=0).key
        seen[alike] += 1
        numbered.append(replace(entry, ordinal=seen[alike]))
    return tuple(numbered)
