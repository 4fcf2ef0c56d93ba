"""What the books are to others: accounts with their numbers, vouchers, the chain and its head, and a period to hand over."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from servanda.ground.money import Money


class AccountType(StrEnum):
    """What an account is in the balance sheet or the profit and loss account."""

    ASSET = "asset"
    LIABILITY = "liability"
    INCOME = "income"
    EXPENSE = "expense"


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardAccount:
    """An account of the public standard chart, and how sure the choice of it is: `H` plain, `M` by judgement."""

    number: str
    name: str
    confidence: str
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartLine:
    """The numbers of a ledger account as they hold on a day."""

    account: str
    number: str
    name: str
    standard: StandardAccount
    type: AccountType
    vat_code: str
    since: date


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberDraft:
    """A number that a person gives to an account, from a day on."""

    account: str
    number: str
    name: str
    standard_number: str
    since: date
    vat_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountBalance:
    """What stood on an account before a period, what moved in it, and what stands after it. Debit above zero."""

    line: ChartLine
    opening: Money
    debit: Money
    credit: Money

    @property
    def closing(self) -> Money:
        return self.opening + self.debit - self.credit


@dataclass(frozen=True, slots=True, kw_only=True)
class VoucherLineFacts:
    account: str
    debit: Money
    credit: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class VoucherFacts:
    voucher_id: int
    number: int
    kind: str
    day: date
    made_on: date
    entries: int
    debit: Money
    sha256: str
    lines: tuple[VoucherLineFacts, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedPosting:
    account: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedEntry:
    """An entry of the ledger with its postings, as a voucher or an export shows it."""

    entry_id: int
    voucher_number: int | None
    key: str
    what: str
    on_day: date
    of_day: date | None
    at: datetime
    customer_id: int | None
    invoice_id: int | None
    postings: tuple[BookedPosting, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A number that is missing in a series, or an entry in no voucher. `void`: the reason, where one is documented."""

    series: str
    number: int
    problem: str
    void: str = ""

    @property
    def is_documented(self) -> bool:
        return bool(self.void)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesProof:
    """What a series holds: how many numbers from which to which, and what is missing."""

    series: str
    count: int
    first: int | None
    last: int | None
    gaps: tuple[Gap, ...]

    @property
    def is_whole(self) -> bool:
        return all(gap.is_documented for gap in self.gaps)


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspenseItem:
    """An unexplained bank entry."""

    entry_id: int
    booked_on: date
    amount: Money
    because: str


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence for people, in both languages."""

    da: str
    en: str

    def text(self, language: str) -> str:
        return self.da if language == "da" else self.en


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingCheck:
    """What stands in the way of closing, and what is only to be known."""

    until: date
    missing: tuple[Said, ...]
    noted: tuple[Said, ...]
    suspense: tuple[SuspenseItem, ...]

    @property
    def may_close(self) -> bool:
        return not self.missing


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopeningFacts:
    reopening_id: int
    after: date | None
    reason: str
    asked_by: str
    asked_at: datetime
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadFacts:
    """How far the chain had come when a day was over."""

    day: date
    sequence: int
    sha256: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainFault:
    """A place at which the chain does not hold."""

    problem: str
    kind: str
    row_id: int | None
    sequence: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainReport:
    """What a walk along the chain found. `waiting`: rows that are not chained yet, which the next round does."""

    links: int
    waiting: int
    head: HeadFacts | None
    faults: tuple[ChainFault, ...]
    faults_count: int

    @property
    def holds(self) -> bool:
        return not self.faults_count


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedCustomer:
    customer_id: int
    number: str
    name: str
    cvr: str
    vat_number: str
    street: str
    postal_code: str
    city: str
    country: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedInvoice:
    number: int
    kind: str
    customer_id: int
    issued_on: date
    due_on: date | None
    net: Money
    vat: Money
    total: Money
    vat_category: str
    vat_percent: str
    products: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyParty:
    slug: str
    legal_name: str
    cvr: str
    street: str
    postal_code: str
    city: str
    email: str
    phone: str
    iban: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodBooks:
    """All that is handed over of a period, from its first to its last day, both included."""

    company: CompanyParty
    since: date
    until: date
    is_closed: bool
    balances: tuple[AccountBalance, ...]
    vouchers: tuple[VoucherFacts, ...]
    entries: tuple[BookedEntry, ...]
    customers: tuple[ExportedCustomer, ...]
    invoices: tuple[ExportedInvoice, ...]

    @property
    def chart(self) -> dict[str, ChartLine]:
        return {one.line.account: one.line for one in self.balances}

    @property
    def made_on(self) -> date:
        """The day on which the last voucher of the period was made: the same for every export of it."""
        return max((one.made_on for one in self.vouchers), default=self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportFile:
    name: str
    content: bytes
    sha256: str
