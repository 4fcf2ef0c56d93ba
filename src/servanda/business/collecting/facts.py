"""Agreements to collect, orders under them, and what a provider tells of both."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from servanda.ground.citation import Citation
from servanda.ground.money import Money


class MandateKind(StrEnum):
    BETALINGSSERVICE = "betalingsservice"
    MOBILEPAY = "mobilepay"


class CollectionState(StrEnum):
    """Where an order stands. Only `due` and `ordered` wait; `silent` had no outcome in its time."""

    DUE = "due"
    ORDERED = "ordered"
    PAID = "paid"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    FAILED = "failed"
    REVERSED = "reversed"
    SILENT = "silent"
    DROPPED = "dropped"  # not ordered any more: the invoice was paid in another way, or the agreement ended first


WAITING = frozenset({CollectionState.DUE, CollectionState.ORDERED})


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateFacts:
    """A customer's agreement: they may be collected from under this number, from a day on."""

    mandate_id: int
    company_id: int
    customer_id: int
    kind: MandateKind
    number: str
    since: date
    until: date | None  # the first day on which it holds no more
    ended_by: str

    def is_active_on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class CreditorFacts:
    """Who a company is to a provider: its creditor number or sales unit, and the account that its money lies on meanwhile."""

    company_id: int
    kind: MandateKind
    number: str
    details: dict[str, str]

    @property
    def account(self) -> str:
        """The account by the one name that its statements bear."""
        return f"{'BS' if self.kind is MandateKind.BETALINGSSERVICE else 'MP'}{self.number}"


@dataclass(frozen=True, slots=True)
class Collectible:
    """An open invoice of a customer who has an agreement, as the decision sees it."""

    invoice_id: int
    number: int
    due_on: date
    open_total: Money
    orders: int  # so many were made for it before
    has_waiting: bool


@dataclass(frozen=True, slots=True)
class OrderCollection:
    """Collect an invoice on a day. `hand_over_by` is the last day on which the provider takes the order."""

    invoice_id: int
    amount: Money
    collect_on: date
    hand_over_by: date
    window_ends_on: date
    because: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionFacts:
    """An order and what became of it."""

    collection_id: int
    company_id: int
    customer_id: int
    invoice_id: int
    invoice_number: int
    kind: MandateKind
    mandate_number: str
    key: str
    amount: Money
    collect_on: date
    hand_over_by: date
    window_ends_on: date
    state: CollectionState
    outcome_on: date | None
    reason: str
    problem: str


@dataclass(frozen=True, slots=True)
class DeliveryOrder:
    """One order as it is handed to a provider."""

    key: str
    mandate_number: str
    customer_number: str
    amount: Money
    collect_on: date
    text: str


@dataclass(frozen=True, slots=True)
class DeliveryFacts:
    """Orders that are handed over together. The number is never given twice."""

    delivery_id: int
    kind: MandateKind
    number: int
    made_on: date
    orders: tuple[DeliveryOrder, ...]


@dataclass(frozen=True, slots=True)
class ToldOutcome:
    """What a provider tells of an order. `reference` names the news for ever."""

    reference: str
    kind: str  # paid, rejected, cancelled, failed, reversed
    key: str
    mandate_number: str
    customer_number: str
    amount: Money
    on: date
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ToldMandate:
    """What a provider tells of an agreement."""

    number: str
    customer_number: str
    is_active: bool
    on: date
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnexplainedNews:
    """News that fits nothing of ours, for a person."""

    news_id: int
    kind: MandateKind
    what: str
    reference: str
    key: str
    amount: Money
    on: date
    told_at: datetime
    problem: str
