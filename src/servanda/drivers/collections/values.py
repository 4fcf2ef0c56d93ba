"""Orders, outcomes and agreements, as plain values; and the port."""

from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

from servanda.ground.money import Money
from servanda.ground.refusal import WrongDocument

OutcomeKind = Literal["paid", "rejected", "cancelled", "failed", "reversed"]


class WrongCollectionFile(WrongDocument):
    """A file of the provider was refused as a whole; nothing of it may be booked."""


class CollectorAway(Exception):
    """The provider does not answer, or asks to be left alone for a while. Try again in the next round."""


@dataclass(frozen=True, slots=True)
class Order:
    """Collect so much on a day under an agreement. `key` names it for ever, at most 30 letters and digits."""

    key: str
    agreement: str
    customer_number: str
    amount: Money
    collect_on: date
    text: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """Orders that are handed over together. The same number again is the same delivery."""

    number: int
    made_on: date
    orders: tuple[Order, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an order. `reference` names this news for ever, whenever and however often it is told.

    `paid`: collected. `rejected`: by the customer. `cancelled`: by us, or with the agreement. `failed`: no cover.
    `reversed`: collected, and taken back.
    """

    reference: str
    kind: OutcomeKind
    key: str
    agreement: str
    customer_number: str
    amount: Money
    on: date
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AgreementNews:
    """An agreement is there, or has ended. `by`: customer, bank, creditor or provider."""

    agreement: str
    customer_number: str
    is_active: bool
    on: date
    by: str = "customer"


@dataclass(frozen=True, slots=True)
class News:
    """All that the provider tells; it may have been told before."""

    agreements: tuple[AgreementNews, ...] = ()
    outcomes: tuple[Outcome, ...] = ()


class Collector(Protocol):
    """A provider that collects for one company."""

    def order(self, delivery: Delivery) -> None:
        """Hand over the orders; once more changes nothing. Raises `CollectorAway` where it could not be done."""

    def news(self, *, agreements: tuple[str, ...], waiting: tuple[Order, ...]) -> News:
        """Return what is known of the agreements and of the orders that wait for an outcome."""
