"""What a journal entry is made of."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from servanda.ground.citation import Citation
from servanda.ground.money import Money


class Account(StrEnum):
    """The accounts of the sub-ledger; the bookkeeping program maps them to its own chart."""

    RECEIVABLE = "receivable"  # what customers owe on invoices and charges
    SALES = "sales"
    VAT_OUT = "vat-out"
    BANK = "bank"
    SUSPENSE = "suspense"  # bank entries that nobody has explained yet
    CUSTOMER_CREDIT = "customer-credit"  # overpaid or unallocated money of a known customer
    FEES = "fees"  # reminder and collection fees, outside VAT
    INTEREST = "interest"
    COMPENSATION = "compensation"
    ROUNDING = "rounding"
    CLEARING = "clearing"  # collected from customers by a payment provider, not yet paid out to our bank account
    PAYOUTS = "payouts"  # paid back to customers by an order to the bank, not yet seen on a statement
    WRITE_OFF = "write-off"  # receivables given up
    VAT_OSS = "vat-oss"  # VAT of other EU countries, declared through the One Stop Shop
    OTHER = "other"  # bank entries that are no customer's: booked on in the bookkeeping program


@dataclass(frozen=True, slots=True)
class PostingLine:
    account: Account
    amount: Money  # debit above zero


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One business event in the books. The lines must add up to zero; the database refuses anything else.

    `on_day` is the day it is of. Where that day is closed, it is booked on the first open one.
    """

    key: str
    what: str
    on_day: date
    lines: tuple[PostingLine, ...]
    because: tuple[Citation, ...]
    customer_id: int | None = None
    invoice_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingDraft:
    """A closing or a reopening of the books as a person asks for it. `until` empty: every day is open again."""

    until: date | None
    reason: str
    by: str
    seconded_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingFacts:
    """A closing or a reopening that took place."""

    until: date | None
    is_reopening: bool
    entries: int
    debit: Money
    reason: str
    by: str
    seconded_by: str
    on_day: date
    at: datetime
