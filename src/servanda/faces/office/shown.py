"""What the pages show: frozen values, ready to be written down. A template chooses nothing and computes nothing."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from servanda.ground.citation import Citation
from servanda.ground.money import Money


@dataclass(frozen=True, slots=True)
class Link:
    text: str
    address: str


@dataclass(frozen=True, slots=True)
class Stamp:
    """A state in words. `tone`: calm, note, warn or stop."""

    text: str
    tone: str = "note"


@dataclass(frozen=True, slots=True)
class Tab:
    text: str
    address: str
    is_here: bool = False
    count: int = 0


@dataclass(frozen=True, slots=True)
class Pager:
    text: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """Something that happened or will happen, in one sentence, with what it rests on."""

    text: str
    on: date | None = None
    tone: str = "note"
    because: tuple[Citation, ...] = ()
    links: tuple[Link, ...] = ()
    note: str = ""
    by: str = ""
    is_planned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the reader is: a company, its day, and the ways from there."""

    name: str
    slug: str
    address: str
    colour: str
    initial: str
    today: date
    has_test_clock: bool
    tabs: tuple[Tab, ...]
    companies: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyCard:
    name: str
    address: str
    colour: str
    initial: str
    today: date
    has_test_clock: bool
    customers: int
    open: Money
    overdue: Money
    terms: str
    stamps: tuple[Stamp, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Something that waits for a person. `on` is the day since which it does, or may be done; `template` shows it."""

    template: ClassVar[str]

    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(Card):
    """An act that waits for a person's yes or no. Where the terms are silent there is no yes, only ways to go on."""

    template = "office/cards/question.html"

    key: str
    text: str
    because: tuple[Citation, ...]
    links: tuple[Link, ...]
    ways: tuple[Link, ...]
    is_silent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterCard(Card):
    """A letter that did not arrive, or of which nobody knows whether it did."""

    template = "office/cards/letter.html"

    letter_id: int
    text: str
    note: str
    kind: str
    subject: str
    recipient: str
    reply: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PurgeCard(Card):
    """Data that may be deleted if a person says so."""

    template = "office/cards/purge.html"

    service_id: int
    name: str
    quarantined_on: date | None
    because: tuple[Citation, ...]
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianCard(Card):
    """A guardian's yes to an order of somebody who is not of age."""

    template = "office/cards/guardian.html"

    guardian_id: int
    minor_name: str
    wish: str
    signed_name: str
    email: str
    because: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeCard(Card):
    """A notice to end a subscription on which the terms are silent."""

    template = "office/cards/notice.html"

    notice_id: int
    name: str
    channel: str
    earliest_on: date
    period_ends_on: date | None
    because: tuple[Citation, ...]
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentsCard(Card):
    """Bank entries that nobody has explained, since the oldest of them."""

    template = "office/cards/payments.html"

    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundsCard(Card):
    """Money that consumers must be paid back; the day is the first until which it must be done."""

    template = "office/cards/refunds.html"

    count: int
    total: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftCard(Card):
    """A draft of the terms to which somebody has said yes: a second person says yes too, or it is published."""

    template = "office/cards/draft.html"

    draft: Link
    by: str
    is_ready: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalCard(Card):
    """A change that one person asked for, and a second one confirms."""

    template = "office/cards/proposal.html"

    proposal: Link
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LawCard(Card):
    """Figures of the law that a person must look up and confirm."""

    template = "office/cards/law.html"

    figures: tuple["LawFigure", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LawFigure:
    """A figure of the law: what to look up. One that there is not yet cannot be confirmed."""

    key: str
    text: str
    source: str
    may_be_confirmed: bool


@dataclass(frozen=True, slots=True)
class BrakeShown:
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """The day of a company: what a person must decide, what happens by itself, and what is held back."""

    cards: tuple[Card, ...]
    cards_more: int
    happened: tuple[Sentence, ...]
    happened_more: int
    coming: tuple[Sentence, ...]
    held: tuple[Sentence, ...]
    brake: BrakeShown | None
    letters_waiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerRow:
    name: str
    address: str
    number: str
    kind: str
    city: str
    open: Money
    overdue: Money
    stamps: tuple[Stamp, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerList:
    rows: tuple[CustomerRow, ...]
    filters: tuple[Tab, ...]
    search: str
    chosen: str
    pager: Pager


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceRow:
    number: str
    address: str
    kind: str
    issued_on: date
    due_on: date | None
    total: Money
    open: Money
    stamp: Stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRow:
    name: str
    product: str
    stamp: Stamp
    because: tuple[Citation, ...]
    note: str
    service_id: int
    may_be_put_back: bool
    may_be_purged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRow:
    """A contract line: what is bought, the term it is bound for, and the last day to give notice."""

    product: str
    description: str
    price: str
    since: date
    last_day: date | None
    notice_last_on: date | None
    because: tuple[Citation, ...]
    stamp: Stamp | None = None
    address: str = ""  # of the line's own page


@dataclass(frozen=True, slots=True, kw_only=True)
class Foresight:
    """What would happen in the days to come if nobody paid."""

    days: int
    until: date
    days_max: int
    steps: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerShown:
    name: str
    number: str
    kind: str
    facts: tuple[tuple[str, str], ...]
    balance: Money
    balance_note: str
    credit: Money | None  # what they have to their credit beside what they owe
    stamps: tuple[Stamp, ...]
    timeline: tuple[Sentence, ...]
    timeline_more: int
    services: tuple[ServiceRow, ...]
    invoices: tuple[InvoiceRow, ...]
    lines: tuple[LineRow, ...]
    foresight: Foresight


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperLine:
    text: str
    period: str
    quantity: int
    unit: Money
    net: Money
    stamp: Stamp | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeRow:
    text: str
    on: date
    amount: Money
    open: Money
    reckoning: tuple[str, ...]
    because: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class PaymentRow:
    on: date
    amount: Money
    text: str


@dataclass(frozen=True, slots=True)
class PostingRow:
    on: date
    what: str
    account: str
    debit: Money | None
    credit: Money | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRow:
    subject: str
    recipient: str
    on: date
    stamp: Stamp
    accepted_at: datetime | None
    reply: str
    document: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseRow:
    text: str
    since: date
    until: date | None
    reason: str
    by: str
    pause_id: int
    may_be_ended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceShown:
    """An invoice as the paper shows it, and all that hangs on it."""

    title: str
    number: str
    is_credit_note: bool
    customer: Link
    sender_name: str
    sender_lines: tuple[str, ...]
    recipient_lines: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    lines: tuple[PaperLine, ...]
    net: Money
    total: Money
    payment_lines: tuple[tuple[str, str], ...]
    footer: str
    because: tuple[Citation, ...]
    stamps: tuple[Stamp, ...]
    open: Money
    payments: tuple[PaymentRow, ...]
    charges: tuple[ChargeRow, ...]
    deliveries: tuple[DeliveryRow, ...]
    sha256: str
    keep_until: date
    postings: tuple[PostingRow, ...]
    pauses: tuple[PauseRow, ...]
    may_be_disputed: bool
    may_be_credited: bool
    may_be_written_off: bool
    ladder_address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRow:
    subject: str
    address: str
    recipient: str
    written_at: datetime | None
    attachments: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MailShown:
    subject: str
    sender: str
    recipient: str
    written_at: datetime | None
    text: str
    attachments: tuple[Link, ...]
