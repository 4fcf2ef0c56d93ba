"""What happens in a simulated world, as plain values: who, when and what. Both simulations carry out the same ones.

Customers are numbered from 1 within a world, and a customer's invoices from 1 in the order of issue, so that a happening says the
same whatever ids the rows behind it have. Nothing here knows of the house.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from servanda.ground.money import Money
from servanda.terms.clauses import CustomerKind

Asked = Literal["principal", "everything", "fixed"]
Told = Literal["reference", "number", "nothing", "wrong digit"]
Fate = Literal["accepted", "refused for now", "refused", "uncertain"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LivedLine:
    """One thing that a customer buys: a plan of the catalogue from a day on."""

    plan: str
    began_on: date
    quantity: int = 1
    own_price: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LivedCustomer:
    """A customer of a world. `earlier_days` makes them kinder: each payment comes so many days before it would have.

    `in_two` divides each payment that bears a reference into two of the same hour.
    """

    number: int
    kind: CustomerKind
    language: str
    habit: str
    lines: tuple[LivedLine, ...]
    earlier_days: int = 0
    in_two: bool = False

    @property
    def name(self) -> str:
        return f"Kunde {self.number}"

    @property
    def email(self) -> str:
        return f"kunde{self.number}@kunde{self.number}.example"

    @property
    def began_on(self) -> date:
        return min(line.began_on for line in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a customer gets to know of an invoice: it came, a reminder came, the service was held, the contract was ended."""

    what: Literal["invoice", "reminder", "hold", "closing"]
    customer: int
    invoice: int  # the customer's how manieth
    on: date
    issued_on: date
    due_on: date | None
    total: Money
    step: int = 0  # of a reminder


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something that happens at an hour of a day; the order of a day is by hour, customer and name."""

    on: date
    customer: int = 0  # 0: the company's own
    hour: int = 12

    @property
    def order(self) -> tuple[date, int, int, str, str]:
        return (self.on, self.hour, self.customer, type(self).__name__, repr(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pays(Happening):
    """The customer pays: the principal that is open then, all that is open, or a fixed amount.

    `account` is the account that pays; empty where the bank does not name it. Paying nothing is no payment.
    """

    invoice: int
    asked: Asked = "everything"
    fixed: Money | None = None
    told: Told = "reference"
    account: str = ""
    part: int = 1  # of several payments on one invoice


@dataclass(frozen=True, slots=True, kw_only=True)
class TakesBack(Happening):
    """The bank takes the customer's newest payment on an invoice back, if there is one."""

    invoice: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stops(Happening):
    """Staff note a dispute, a payment plan, a payment on its way or a legal hold on an invoice; it ends by itself on `until`."""

    invoice: int
    cause: str
    until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumes(Happening):
    """Staff end what stops an invoice."""

    invoice: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaves(Happening):
    """The customer gives notice of all lines; a person has reckoned with them that they end so many days later."""

    ends_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Credits(Happening):
    """Staff credit a share of an invoice's lines out of kindness, in hundredths."""

    invoice: int
    percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceMoves(Happening):
    """A plan costs another price in the list from `since` on; it is told of on the happening's own day."""

    plan: str
    percent: int  # of the price before; 110 is a tenth more
    since: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """The scheduler stands still on these days: no round and no letter; banks and customers go on."""

    since: date
    until: date  # the first day on which it runs again

    def covers(self, day: date) -> bool:
        return self.since <= day < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """How staff answer a proposal: so many days later, with yes or no; never at all where the days are None."""

    days: int | None
    is_yes: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFate:
    """When the bank's file of a day is read, in days after it, how often, and whether a file of other days comes with it."""

    days: int = 0
    times: int = 1
    overlaps: int = 0  # so many days before it are told of once more


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A whole world before anything has happened: the seed and what it is made of."""

    seed: int
    provider: str
    begins_on: date
    until: date
    customers: tuple[LivedCustomer, ...]
    faults: frozenset[str] = frozenset()
    rounds_a_day: int = 1  # the size of a step: how often the house asks what is due
    price_moves: tuple[PriceMoves, ...] = ()
    away: tuple[Away, ...] = field(default=())

    @property
    def days(self) -> int:
        return (self.until - self.begins_on).days

    def without_rounds(self, day: date) -> bool:
        return any(one.covers(day) for one in self.away)
