"""What contracts must know to say when a line renews, ends or changes: its term, its notices, what was accepted."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from servanda.ground.calendar import add_months, months_between
from servanda.ground.citation import Citation
from servanda.ground.money import Money
from servanda.terms.clauses import CustomerKind


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
