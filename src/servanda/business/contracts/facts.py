"""What contracts must know to say when a line renews, ends or changes: its term, its notices, what was accepted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal, get_args

from servanda.ground.calendar import add_months, months_between
from servanda.ground.citation import Citation
from servanda.ground.money import Money
from servanda.terms.clauses import CustomerKind, Rule
from servanda.terms.resolving import Deviation as OwnTerm

# A contract is bound, its customer left or the contract ends first; or the customer's yes, the delivery of the notice or
# the day of effect is awaited.
SuccessionState = Literal["bound", "left", "kept", "yes awaited", "delivery awaited", "day awaited"]
SUCCESSION_STATES: tuple[SuccessionState, ...] = get_args(SuccessionState)

# Why a customer leaves outside the ordinary notice; empty: by an ordinary one.
ExitCause = Literal["", "change", "outage", "withdrawal"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningTerm:
    """The term that a line is bound for now. `until` is the first day after it.

    All terms of a line count from one anchor, so that a line begun on the 31st does not slide to the 28th for good.
    """

    anchored_on: date
    until: date
    months: int

    @property
    def last_day(self) -> date:
        return self.until - timedelta(days=1)

    def followed_by(self, months: int) -> "RunningTerm":
        """Return the term after this one, of the given length."""
        passed = months_between(self.anchored_on, self.until)
        is_on_anchor = add_months(self.anchored_on, passed) == self.until
        anchor, since = (self.anchored_on, passed) if is_on_anchor else (self.until, 0)
        return RunningTerm(anchored_on=anchor, until=add_months(anchor, since + months), months=months)


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenNotice:
    """A customer's notice to end a line: the day it reached us, and how."""

    given_on: date
    channel: str  # e-mail, letter, portal, telephone


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFacts:
    """One contract line as it stands. `until` is the first day it no longer runs, once that is decided."""

    line_id: int
    contract_id: int
    contract_number: str
    company_id: int
    customer_id: int
    customer_kind: CustomerKind
    terms_version: str
    terms_language: str
    concluded_on: date
    concluded_how: str
    product_code: str
    plan_code: str
    description: str
    quantity: int
    own_price: Money | None
    interval_months: int
    began_on: date
    term_months: int | None
    term_until: date | None
    until: date | None
    end_cause: str
    is_ended: bool
    has_open_question: bool  # a notice came on which the terms are silent: a person decides
    price_agreed_on: date | None = None  # the day whose list price was agreed; empty: that of the conclusion
    has_own_terms: bool = False  # a rule of its own was agreed for the contract, whether it holds now or not

    @property
    def term(self) -> RunningTerm | None:
        """The running term; None for an open-ended line and for a thing sold once."""
        if self.term_until is None or self.term_months is None:
            return None
        return RunningTerm(anchored_on=self.began_on, until=self.term_until, months=self.term_months)


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """Which terms were accepted, when and how; the hash is that of the document as it was shown."""

    version: str
    language: str
    sha256: str
    at: datetime
    how: str  # import, signed order, portal, telephone


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeReceipt:
    """What the customer is told of a notice. `is_draft`: it has no effect until it is confirmed in writing."""

    notice_id: int
    line_id: int
    given_on: date
    channel: str
    is_draft: bool
    is_late: bool
    ends_on: date | None  # the last day; empty while it is a draft or a person decides
    because: tuple[Citation, ...]
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Who gave a notice on the customers' pages, in their own words, and where they want the receipt."""

    name: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenNotice:
    """A notice on which the terms are silent: a person decides when its line ends."""

    notice_id: int
    line: LineFacts
    given_on: date
    channel: str
    because: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Negotiation:
    """One dated entry of talks in a dispute."""

    on: date
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """A special agreement with one customer: a value that holds instead of the terms' own, with its reason."""

    about: str  # resource limits, term, price
    name: str
    value: str
    since: date
    reason: str
    approved_by: str
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviationDraft:
    """A rule that is to hold for one contract instead of the terms' own, written as in a document.

    `until` is the first day it no longer holds. Who approved it stands in `approved_by`, each person once.
    """

    kind: str
    written: Mapping[str, object]
    since: date
    until: date
    reason: str
    approved_by: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreedRule:
    """A rule that was agreed with one customer instead of the terms' own, as it is stored."""

    deviation_id: int
    contract_id: int
    contract_number: str
    name: str
    rule: Rule
    since: date
    until: date
    reason: str
    approved_by: str
    agreed_on: date
    end_reason: str
    citation: Citation

    def holds_on(self, day: date) -> bool:
        return self.since <= day < self.until

    @property
    def as_term(self) -> OwnTerm:
        """The rule as the terms are asked with it."""
        return OwnTerm(self.rule, self.reason, self.since, self.until, self.citation)


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """The notice of a price to one customer: when it was delivered, and what it said of which line.

    By line: the day from which the letter says the price holds, and the last day to leave because of it, if it names one.
    """

    accepted_on: date | None
    promised: Mapping[int, tuple[date, date | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceNotices:
    """The recorded changes of a company's prices, by plan and first day, and whom of some customers they were told to."""

    recorded: Mapping[tuple[str, date], int] = field(default_factory=dict)  # the change
    told: Mapping[tuple[str, date, int], Announced] = field(default_factory=dict)  # and the customer


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLine:
    """A line to be bought. `special_reason` stands for a special agreement on its term, in writing."""

    product_code: str
    plan_code: str
    interval_months: int
    began_on: date
    description: str = ""
    quantity: int = 1
    own_price: Money | None = None
    term_months: int | None = None
    term_until: date | None = None  # of an imported line: the first day after the term that runs now
    billed_from: date | None = None  # of an imported line: the first day that was not billed elsewhere
    special_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractFacts:
    """A contract as it was concluded: the customer's kind and the terms are frozen on it."""

    contract_id: int
    company_id: int
    customer_id: int
    number: str
    customer_kind: CustomerKind
    acceptance: Acceptance
    began_on: date
    ended_on: date | None
    end_cause: str
    scope_sheet: str
    line_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeFacts:
    """A dispute, the stage it is in, and the talks that were held."""

    dispute_id: int
    contract_id: int
    about: str
    stage: str
    opened_on: date
    closed_on: date | None
    negotiations: tuple[Negotiation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeDraft:
    """A change that is to be recorded: what was, what will be, for which products, from when."""

    about: str  # terms, price, technology, scope
    change: str  # its class by the terms
    products: tuple[str, ...]
    before: str
    after: str
    effect_on: date
    plan_code: str = ""  # of a price: the plan whose price from `effect_on` it is


@dataclass(frozen=True, slots=True, kw_only=True)
class AffectedCustomer:
    """A customer whom a change meets; `announced_on` is the day on which their own notice was delivered."""

    customer_id: int
    kind: CustomerKind
    concluded_on: date
    announced_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeFacts:
    """A recorded change, as the log shows it."""

    change_id: int
    company_id: int
    draft: ChangeDraft
    reason: str
    approved_by: str
    because: tuple[Citation, ...]
    recorded_on: date
    activated_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SuccessionFacts:
    """What a new version of the terms means to one contract, and how far it has come.

    `effect_on` empty: it binds only by the customer's own yes. `leave_until` empty: no exit but the ordinary notice.
    """

    succession_id: int
    change_id: int
    contract_id: int
    contract_number: str
    customer_id: int
    from_version: str
    to_version: str
    effect_on: date | None
    leave_until: date | None
    told_on: date | None
    accepted_on: date | None
    left_on: date | None
    bound_on: date | None
    is_open: bool
    because: tuple[Citation, ...]

    @property
    def state(self) -> SuccessionState:
        """How far the contract has come, in one word; `queries.succession_counts` counts by the same words."""
        if self.bound_on is not None:
            return "bound"
        if self.left_on is not None:
            return "left"
        if not self.is_open:
            return "kept"
        if self.effect_on is None and self.accepted_on is None:
            return "yes awaited"
        return "delivery awaited" if self.told_on is None and self.accepted_on is None else "day awaited"


@dataclass(frozen=True, slots=True, kw_only=True)
class SuccessionCounts:
    """How far the contracts have come with a change, counted: all of them, whose notice is delivered, and by state."""

    contracts: int
    told: int
    by_state: Mapping[SuccessionState, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscontinuedFacts:
    """A line whose service is no longer offered, and how far its end has come."""

    line_id: int
    contract_number: str
    customer_id: int
    told_on: date | None
    ends_on: date | None
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LineEnding:
    """How a line ends, as far as it is settled. `until` empty: it runs on.

    `paid_until` is the first day that is not paid for: that after the last one, or an earlier one where the law says so.
    """

    line_id: int
    until: date | None
    paid_until: date | None
    end_cause: str
    exit_cause: str
    because: tuple[Citation, ...]
    noticed_on: date | None = None  # the day on which the customer's notice reached us
