"""What billing must know to say what is to be invoiced, and what an invoice and a payment are to others."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from servanda.business.contracts.facts import AgreedRule
from servanda.ground.bank_layout import BankLayout
from servanda.ground.citation import Citation
from servanda.ground.law.sentences import Sentence
from servanda.ground.law.vat import VatBuyer, VatClass, VatTreatment
from servanda.ground.law.vat_words import VatBasis, note_of
from servanda.ground.money import Money, total_of
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
    buyer: VatBuyer
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
    vat: VatTreatment
    sold: VatClass = VatClass.SERVICE
    because: tuple[Citation, ...] = ()  # what a price rests on that is another than was agreed at first
    is_beside: bool = False  # billed beside the line's own periods: time billed again, or more of it within a period


@dataclass(frozen=True, slots=True, order=True)
class VatGroup:
    """The lines of a document that are taxed alike, and the VAT on their sum: the VAT breakdown of EN 16931."""

    country: str  # whose VAT it is
    category: str
    percent: Decimal
    net: Money
    vat: Money

    @property
    def key(self) -> tuple[str, str, Decimal]:
        return (self.country, self.category, self.percent)


@dataclass(frozen=True, slots=True)
class VatBreakdown:
    """A VAT group as documents show it, with the notes that its treatments demand."""

    group: VatGroup
    notes: tuple[Sentence, ...]

    @property
    def category(self) -> str:
        return self.group.category

    @property
    def percent(self) -> Decimal:
        return self.group.percent

    @property
    def base(self) -> Money:
        return self.group.net

    @property
    def vat(self) -> Money:
        return self.group.vat

    @property
    def note_da(self) -> str:
        return " ".join(note.da for note in self.notes)

    @property
    def note_en(self) -> str:
        return " ".join(note.en for note in self.notes)


@dataclass(frozen=True, slots=True)
class SalesAbroad:
    """A seller's sales to consumers elsewhere in the EU, which decide whose VAT they charge (art. 59 c)."""

    this_year: Money
    last_year: Money
    threshold: Money
    is_chosen: bool = False  # they opted in to the One Stop Shop
    has_crossed: bool = False  # a sale of this year has gone above the threshold already

    def is_one_stop_shop(self, coming: Money) -> bool:
        """Tell whether a sale of so much is taxed in the consumer's country."""
        is_above = self.last_year > self.threshold or self.this_year + coming > self.threshold
        return self.is_chosen or self.has_crossed or is_above

    def with_sale(self, net: Money) -> "SalesAbroad":
        """Return the sales with one more."""
        return replace(self, this_year=self.this_year + net, has_crossed=self.is_one_stop_shop(net))


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
    groups: tuple[VatGroup, ...]
    buyer: VatBuyer
    because: tuple[Citation, ...]
    own_terms: tuple[Deviation, ...] = ()  # the customer's own rules that hold on the day of issue

    @property
    def net(self) -> Money:
        return total_of(group.net for group in self.groups)

    @property
    def vat(self) -> Money:
        return total_of(group.vat for group in self.groups)

    @property
    def total(self) -> Money:
        return self.net + self.vat

    @property
    def products(self) -> tuple[str, ...]:
        return tuple(sorted({line.product for line in self.lines}))


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


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxedSale:
    """What a document of a period says of one treatment: a part of its lines, and the VAT on it. Credit notes are negative."""

    document_id: int
    number: int
    is_credit_note: bool
    issued_on: date
    original_on: date | None  # of the invoice that a credit note takes back
    customer_id: int
    buyer_country: str
    buyer_number: str
    country: str  # whose VAT it is
    category: str
    percent: Decimal
    basis: str
    net: Money
    vat: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class VatReturn:
    """The boxes of the Danish VAT return that sales fill, to the øre."""

    sales_vat: Money  # salgsmoms
    taxed_net: Money  # what the sales VAT is 25 percent of
    goods_to_eu: Money  # rubrik B, goods
    services_to_eu: Money  # rubrik B, services
    others: Money  # rubrik C
    outside: Money  # no payment for goods or services: in no box
    one_stop_shop: Money  # declared elsewhere: in no box


@dataclass(frozen=True, slots=True, kw_only=True)
class EuSale:
    """A line of the list of sales without VAT to businesses in other EU countries."""

    country: str
    number: str
    services: Money
    goods: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class OssSale:
    """A line of the One Stop Shop's return: what was sold in a country at a rate, and the VAT on it."""

    country: str
    percent: Decimal
    net: Money
    vat: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class OssCorrection:
    """VAT of an earlier quarter that was credited in this one: declared by that quarter and country."""

    quarter: str
    country: str
    net: Money
    vat: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerTie:
    """An account of the ledger beside what the documents say of it. The difference is nothing."""

    account: str
    by_documents: Money
    by_ledger: Money

    @property
    def difference(self) -> Money:
        return self.by_ledger - self.by_documents


@dataclass(frozen=True, slots=True, kw_only=True)
class VatReport:
    """All that is declared of a period, and how it ties to the books."""

    period: Period
    boxes: VatReturn
    eu_sales: tuple[EuSale, ...]
    oss: tuple[OssSale, ...]
    corrections: tuple[OssCorrection, ...]
    ties: tuple[LedgerTie, ...]
    documents: int

    @property
    def is_tied(self) -> bool:
        return not any(tie.difference for tie in self.ties)


@dataclass(frozen=True, slots=True, kw_only=True)
class BilledTime:
    """Time of a contract line that an invoice billed, and what of it was given back so far. All amounts without VAT.

    `given_from` is the first day that was ever given back of it; the days `again` were billed again on another invoice since.
    `for_until` is the end of the line that the last decision was made for.
    """

    invoice_id: int
    invoice_number: int
    line_key: int  # the row of the invoice's line
    position: int
    line_id: int
    description: str
    period: Period
    net: Money
    otherwise_credited: Money  # credited for other reasons than that the time is not used
    given: Money  # credited because the time is not used
    given_from: date | None
    again: tuple[Period, ...]
    steps: int  # decisions made on it so far
    for_until: date | None

    @property
    def price(self) -> Money:
        """What the whole period costs after what was credited otherwise."""
        return self.net - self.otherwise_credited

    @property
    def left(self) -> Money:
        """What can still be credited."""
        return self.net - self.otherwise_credited - self.given


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundFacts:
    """One decision on what to give back of time, or for an outage, and the document that carried it out.

    `amount` is without VAT. `state`: given, billed again, asked, kept, nothing.
    """

    refund_id: int
    kind: str  # unused, outage
    company_id: int
    customer_id: int
    line_id: int
    invoice_id: int
    position: int
    key: str
    state: str
    cause: str
    since: date | None
    until: date | None
    amount: Money
    total: Money  # with VAT, as the document has it
    document_id: int | None
    on_day: date
    reckoning: str
    because: tuple[Citation, ...]
    pay_out_by: date | None  # a consumer's money that goes back to where it came from, by this day
    by: str
