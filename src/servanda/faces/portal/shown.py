"""What the pages of a customer show: frozen values, ready to be written down."""

from dataclasses import dataclass
from datetime import date, datetime

from servanda.ground.money import Money


@dataclass(frozen=True, slots=True)
class Stamp:
    text: str
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRow:
    service_id: int
    name: str
    product: str
    address: str
    stamp: Stamp
    why: str
    clauses: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceRow:
    number: int
    title: str
    issued_on: date
    due_on: date | None
    total: Money
    open: Money
    stamp: Stamp
    address: str
    document: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    sentence: str
    tone: str
    owed: Money
    due: tuple[InvoiceRow, ...]
    services: tuple[ServiceRow, ...]
    withdrawable: tuple["AgreementRow", ...] = ()
    closed: "Closed | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRow:
    code: str
    name: str
    product: str
    price: Money
    with_vat: Money
    vat: str
    period: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Plans of one kind, and by which name a service of that kind is ordered."""

    kind: str
    title: str
    label: str
    hint: str
    example: str
    plans: tuple[PlanRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """The last page before an order binds: all that the law wants to stand there (forbrugeraftaleloven §§ 8, 12)."""

    plan: PlanRow
    name: str
    begins_on: date
    version: str
    language: str
    sha256: str
    seller: tuple[str, ...]
    points: tuple[str, ...]
    is_consumer: bool
    withdraw_until: date | None
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    membership_id: int
    name: str
    role: str
    since: datetime
    last_seen: datetime | None
    is_self: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementRow:
    """What was agreed on one thing. An empty address: that way is not open."""

    name: str
    contract: str
    since: date
    version: str
    terms: str
    stamp: Stamp
    end: str
    withdraw: str
    withdraw_until: date | None
    receipt: str


@dataclass(frozen=True, slots=True)
class MoneyRow:
    sentence: str
    reckoning: str
    clauses: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOutShown:
    """What a notice or a withdrawal of today brings. `seal` stands for all that was said."""

    line_id: int
    name: str
    contract: str
    ends_on: date | None
    must_confirm: bool
    clauses: str
    money: tuple[MoneyRow, ...]
    data: str
    data_clauses: str
    is_start_requested: bool
    seal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptShown:
    """A notice as it was received, and the letter that went out."""

    name: str
    contract: str
    given_on: date
    ends_on: date | None
    must_confirm: bool
    is_withdrawal: bool
    clauses: str
    paragraphs: tuple[str, ...]
    recipient: str
    document: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SittingRow:
    sitting_id: int
    browser: str
    network: str
    began_at: datetime
    seen_at: datetime
    is_here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceRow:
    name: str
    words: str
    is_yes: bool
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenRow:
    at: datetime
    who: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """What a customer whose services are closed needs to know: the exact amount, how to pay it, and what then happens."""

    amount: Money
    reference_line: str
    account: str
    clauses: str
    email: str
    phone: str
