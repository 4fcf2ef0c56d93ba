"""What an issued invoice or credit note is to others, with its lines, its charges and what was paid on it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from servanda.business.billing.facts.taxes import VatBreakdown, VatGroup
from servanda.ground.citation import Citation
from servanda.ground.law.sentences import Sentence
from servanda.ground.law.vat import VatBuyer
from servanda.ground.law.vat_words import VatBasis, note_of
from servanda.ground.money import Money
from servanda.ground.periods import Period
from servanda.terms.clauses import CustomerKind
from servanda.terms.resolving import Deviation


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditedAs:
    """How a line stands on its credit note where it is not just the invoice's: the text, and the days it is about."""

    description: str
    period: Period | None


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
    vat_country: str = "DK"  # whose VAT it is
    vat_basis: str = ""  # why it is taxed so

    @property
    def vat_key(self) -> tuple[str, str, Decimal]:
        return (self.vat_country, self.vat_category, self.vat_percent)

    @property
    def vat_note(self) -> Sentence | None:
        """The note that the line's treatment demands, if any."""
        return note_of(VatBasis(self.vat_basis), country=self.vat_country) if self.vat_basis else None


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
    groups: tuple[VatGroup, ...] = ()
    buyer: VatBuyer | None = None  # what was known for VAT on the day of issue; nothing on the oldest invoices

    @property
    def breakdown(self) -> tuple[VatBreakdown, ...]:
        """The VAT once per country, category and rate, as it was issued, with the notes that it demands."""
        return tuple(VatBreakdown(group, self._notes(group)) for group in self.groups)

    def _notes(self, group: VatGroup) -> tuple[Sentence, ...]:
        notes = (line.vat_note for line in self.lines if line.vat_key == group.key)
        return tuple(dict.fromkeys(note for note in notes if note is not None))

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
