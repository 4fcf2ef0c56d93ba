"""What a bank or a provider tells of money that came in, and what is known of it afterwards."""

from dataclasses import dataclass
from datetime import date

from servanda.ground.bank_layout import BankLayout
from servanda.ground.citation import Citation
from servanda.ground.money import Money
from servanda.ground.refusal import Problem


@dataclass(frozen=True, slots=True)
class IncomingEntry:
    """Money in, as billing matches it."""

    amount: Money
    reference: str  # the FIK or structured reference, digits only
    text: str
    paid_before_for: frozenset[int] = frozenset()  # customers whose invoices this payer's account has paid by reference
    is_for_another: bool = False  # the slip is made out to another creditor than us
    payer_name: str = ""


@dataclass(frozen=True, slots=True)
class SmallDifference:
    """Up to how much the company writes off where a payment falls short, and by which decision of its own."""

    most: Money
    because: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class CustomerCredit:
    """What a customer has to their credit from one payment or credit note."""

    customer_id: int
    entry_id: int | None
    credit_note_id: int | None
    amount: Money
    value_on: date


@dataclass(frozen=True, slots=True)
class BankEntryFacts:
    """A movement on the bank account and what is known of it. `state`: matched, suspense or explained."""

    entry_id: int
    company_id: int
    account: str
    reference: str
    amount: Money
    unallocated: Money
    booked_on: date
    value_on: date
    text: str
    creditor_reference: str
    payer_name: str
    is_reversal: bool
    customer_id: int | None
    state: str
    because: str
    payer_account: str = ""
    fik_type: str = ""
    fik_creditor: str = ""
    original: Money | None = None  # what the payer sent, where that was in another currency
    parent_id: int | None = None  # the movement that this is a part of
    category: str = ""  # of what is no customer's payment


@dataclass(frozen=True, slots=True)
class StatementFacts:
    """A bank statement that was read."""

    row_id: int
    account: str
    statement_id: str
    opening: Money
    closing: Money
    opening_on: date
    closing_on: date
    file_name: str


@dataclass(frozen=True, slots=True)
class BankMovement:
    """One movement of a statement, as a bank file or a person gives it. Money in is above zero."""

    reference: str
    ordinal: int
    amount: Money
    booked_on: date
    value_on: date
    text: str
    creditor_reference: str
    payer_name: str
    payer_account: str
    is_reversal: bool
    fik_type: str = ""
    fik_creditor: str = ""
    original: Money | None = None  # what the payer sent, where that was in another currency


@dataclass(frozen=True, slots=True)
class StatementDraft:
    """A statement to be booked. The reader has checked that opening, movements and closing agree.

    Without balances of the bank's own (`has_balances`), opening and closing are reckoned from what is known of the account.
    """

    account: str
    statement_id: str
    opening: Money
    closing: Money
    opening_on: date
    closing_on: date
    sha256: str
    file_name: str
    movements: tuple[BankMovement, ...]
    notes: tuple[str, ...] = ()  # what the reader left out, such as movements that are not booked yet
    has_balances: bool = True


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """Advance news of one movement, with the payments that it is made of."""

    reference: str
    ordinal: int
    amount: Money
    booked_on: date
    parts: tuple[BankMovement, ...]


@dataclass(frozen=True, slots=True)
class NoticeDraft:
    """A bank's notification (CAMT.054): it explains movements, and moves no money by itself."""

    account: str
    notification_id: str
    lines: tuple[NoticeLine, ...]
    sha256: str
    file_name: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PayerAccount:
    """An account from which a customer has paid: the newest of these payments, and what they come to."""

    account: str
    name: str
    entry_id: int
    received: Money
    last_on: date


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """One line of a bank's CSV file as a layout reads it."""

    line: int
    booked_on: date
    amount: Money
    text: str
    payer_name: str
    reference: str
    payment_reference: str
    balance: Money | None


@dataclass(frozen=True, slots=True)
class CsvPreview:
    """What a layout makes of a file: its first lines, how many there are, and every problem."""

    header: tuple[str, ...]
    lines: tuple[PreviewLine, ...]
    count: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class MappingFacts:
    """A layout that is kept under a name; `is_example` came with the program and is no bank's own."""

    name: str
    layout: BankLayout
    is_example: bool = False
