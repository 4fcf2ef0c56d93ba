"""What billing must know to say what is to be invoiced, and what an invoice and a payment are to others."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from servanda.business.contracts.facts import AgreedRule
from servanda.ground.bank_layout import BankLayout
from servanda.ground.citation import Citation
from servanda.ground.law.vat import VatTreatment
from servanda.ground.money import Money
from servanda.ground.periods import Period
from servanda.ground.refusal import Problem
from servanda.terms.clauses import CustomerKind
from servanda.terms.resolving import Deviation


@dataclass(frozen=True, slots=True)
class BillableLine:
    """A running contract line, and up to where it is billed."""

    line_id: int
    product: str
    plan: str
    description: str
    quantity: int
    own_price: Money | None
    interval_months: int
    began_on: date
    until: date | None
    billed_until: date


@dataclass(frozen=True, slots=True)
class BillableContract:
    """A contract with lines that may be due, and whom it is with."""

    contract_id: int
    customer_id: int
    customer_kind: CustomerKind
    terms_version: str
    language: str
    email: str
    vat: VatTreatment
    lines: tuple[BillableLine, ...]
    agreed: tuple[AgreedRule, ...] = ()  # rules of its own in place of the terms', past and coming ones too


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A line to be invoiced, priced and described. A thing sold once has the one day on which it was sold as its period.

    `period` and `line_id` are empty for a line that no contract line stands behind, such as a reopening fee.
    """

    line_id: int | None
    product: str
    description: str
    quantity: int
    unit: Money
    net: Money
    period: Period | None
    because: tuple[Citation, ...] = ()  # what a price rests on that is another than was agreed at first


@dataclass(frozen=True, slots=True)
class InvoiceDraft:
    """An invoice that is due to be issued. It has no number yet; numbers are taken in the issuing transaction."""

    contract_id: int | None
    customer_id: int
    customer_kind: CustomerKind
    terms_version: str
    language: str
    email: str
    issued_on: date
    due_on: date | None
    is_term_agreed: bool
    lines: tuple[DraftLine, ...]
    vat_category: str
    vat_percent: Decimal
    vat_note: str
    net: Money
    vat: Money
    because: tuple[Citation, ...]
    own_terms: tuple[Deviation, ...] = ()  # the customer's own rules that hold on the day of issue

    @property
    def total(self) -> Money:
        return self.net + self.vat

    @property
    def products(self) -> tuple[str, ...]:
        return tuple(sorted({line.product for line in self.lines}))


@dataclass(frozen=True, slots=True)
class InvoiceLineFacts:
    position: int
    line_id: int | None
    product: str
    description: str
    quantity: int
    unit: Money
    net: Money
    vat_category: str
    vat_percent: Decimal
    since: date | None
    until: date | None
    credited_by: int | None
    line_key: int = 0  # the row itself, to name it in a credit note


@dataclass(frozen=True, slots=True)
class ChargeFacts:
    charge_id: int
    kind: str
    step: int | None
    on_day: date
    amount: Money
    open: Money
    reckoning: tuple[str, ...]
    because: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class AllocationFacts:
    amount: Money
    value_on: date
    on_day: date
    charge_id: int | None
    entry_id: int | None
    credit_note_id: int | None
    because: str
    by: str


@dataclass(frozen=True, slots=True)
class InvoiceFacts:
    """An issued invoice or credit note, with what has been charged and received on it."""

    invoice_id: int
    company_id: int
    customer_id: int
    contract_id: int | None
    kind: str
    number: int
    original_id: int | None
    issued_on: date
    due_on: date | None
    is_term_agreed: bool
    customer_kind: CustomerKind
    language: str
    net: Money
    vat: Money
    total: Money
    open_principal: Money
    reference: str
    products: frozenset[str]
    terms_version: str
    because: tuple[Citation, ...]
    content_sha256: str  # the fingerprint of what was issued
    lines: tuple[InvoiceLineFacts, ...] = ()
    charges: tuple[ChargeFacts, ...] = ()
    allocations: tuple[AllocationFacts, ...] = ()
    own_terms: tuple[Deviation, ...] = ()  # the customer's own rules that held on the day of issue

    @property
    def open_charges(self) -> Money:
        total = Money(0, self.total.currency)
        for charge in self.charges:
            total = total + charge.open
        return total

    @property
    def open_total(self) -> Money:
        return self.open_principal + self.open_charges


class PastInvoice(NamedTuple):
    """An invoice as it went. A named tuple, because a company has a hundred thousand of them and each is read once.

    `total_minor` is what was owed after credit notes. `paid_on` is the day on which the last of it was paid, by value;
    `payments` is filled only where it was not paid by one payment of the whole.
    """

    invoice_id: int
    customer_id: int
    contract_id: int | None
    customer_kind: CustomerKind
    terms_version: str
    products: frozenset[str]
    issued_on: date
    received_on: date | None
    due_on: date | None
    is_term_agreed: bool
    total_minor: int
    paid_on: date | None
    payments: tuple[tuple[date, int], ...] = ()
    own_terms: tuple[Deviation, ...] = ()  # the customer's own rules that held on the day of issue


@dataclass(frozen=True, slots=True)
class OpenTotals:
    """What is open on invoices and charges, and how much of that is past its due day. A charge is due at once."""

    open: Money
    overdue: Money


@dataclass(frozen=True, slots=True)
class OpenItem:
    """What a payment could be for: an open invoice with its charges."""

    invoice_id: int
    number: int
    reference: str
    customer_id: int
    open_principal: Money
    open_charges: Money
    due_on: date | None = None
    issued_on: date | None = None

    @property
    def open_total(self) -> Money:
        return self.open_principal + self.open_charges


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
