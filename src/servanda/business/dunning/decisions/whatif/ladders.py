"""What happens to an invoice until it is paid? The forecast's own decisions, found once for all invoices that they treat alike.

The days of a ladder depend on the rules, the kinds of services and three days: issue, receipt and due day. They depend neither
on the customer nor on the amount. So one ladder stands for all invoices of the same pattern, is walked only as far as the
latest payment among them, and is cut off at each one's own payment.

Example: 4,000 customers are invoiced for the same products on 30 November. Most pay in time and need no ladder at all; the
others share one. Where parts were paid, an invoice is walked by itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal, NamedTuple

from servanda.business.dunning.decisions.forecast import after, foresee
from servanda.business.dunning.decisions.interest import interest_from, settlement_interest
from servanda.business.dunning.decisions.orders import (
    ChargeCompensation,
    ChargeFee,
    ChargeInterest,
    EndContract,
    Order,
    PlaceHold,
    SendReminder,
)
from servanda.business.dunning.decisions.terms import LadderTerms
from servanda.business.dunning.facts import Arrears, HeldService, Paid
from servanda.ground.money import Money
from servanda.terms.clauses import CustomerKind

STAND_IN = Money(1_000_000_00)  # large enough for interest never to round to nothing
A_DAY = timedelta(days=1)

ChargeKind = Literal["fee", "interest", "compensation"]
CHARGE_KINDS: tuple[ChargeKind, ...] = ("fee", "interest", "compensation")
# Of each kind of service that the customer has: its product, whether the invoice bills it, whether it is of that contract.
Services = frozenset[tuple[str, bool, bool]]


class Charged(NamedTuple):
    """What was added to a claim, and when."""

    kind: ChargeKind
    on: date
    minor: int


class Step(NamedTuple):
    """An order, its day, and the claim as it stood before."""

    on: date
    order: Order
    arrears: Arrears


@dataclass(frozen=True, slots=True)
class Followed:
    """An invoice under one agreement, before anybody has paid."""

    terms: LadderTerms
    customer_kind: CustomerKind
    services: Services
    issued_on: date
    received_on: date
    due_on: date | None
    is_term_agreed: bool


@dataclass(frozen=True, slots=True)
class Walked:
    """What had happened on an invoice by the day it was paid. Interest is in it only where the amount was known."""

    reminders: tuple[tuple[int, date], ...]
    suspended_on: date | None
    ended_on: date | None
    charges: tuple[Charged, ...]
    letters: tuple[Step, ...]
    interest: tuple[Step, ...]  # charges whose amount is a stand-in's


NOTHING = Walked((), None, None, (), (), ())


class Ladder:
    """The steps of an invoice that nobody pays, found as far as somebody asks."""

    __slots__ = ("_bears_interest_from", "_far", "_found", "_is_whole", "_rest", "_walked", "followed")

    def __init__(self, followed: Followed, *, far: date) -> None:
        self.followed = followed
        self._far = far
        self._found: list[Step] = []
        self._is_whole = followed.due_on is None  # a person is asked then, and nothing happens by itself
        self._rest = steps(unpaid(followed), followed.terms, since=followed.received_on, until=far)
        self._walked: dict[date, Walked] = {}
        self._bears_interest_from: date | None = None

    @property
    def bears_interest_from(self) -> date:
        """The day from which the law counts interest; asked only where the terms claim it."""
        if self._bears_interest_from is None:
            late_from = interest_from(unpaid(self.followed), self.followed.terms)
            assert late_from is not None
            self._bears_interest_from = late_from - A_DAY
        return self._bears_interest_from

    def until_paid(self, paid_on: date | None) -> Walked:
        """Return what happens before the day of payment; on that day itself the payment comes first."""
        day = min(paid_on or self._far, self._far)
        walked = self._walked.get(day)
        if walked is None:
            walked = self._walked[day] = walked_of(self._before(day), is_stand_in=True)
        return walked

    def _before(self, day: date) -> list[Step]:
        while not self._is_whole and (not self._found or self._found[-1].on < day):
            step = next(self._rest, None)
            if step is None:
                self._is_whole = True
            else:
                self._found.append(step)
        return [step for step in self._found if step.on < day]


def steps(arrears: Arrears, terms: LadderTerms, *, since: date, until: date) -> Iterator[Step]:
    """Yield what the forecast foresees, each with the claim as it stood before."""
    for foreseen in foresee(arrears, terms, today=since, until=until):
        yield Step(foreseen.on, foreseen.order, arrears)
        arrears = after(foreseen.order, arrears, on=foreseen.on)


def walk_paid_in_parts(
    followed: Followed, *, total: Money, payments: tuple[tuple[date, int], ...], until: date
) -> Walked:
    """Return what happens to an invoice that was paid bit by bit, or in part only; each payment holds from its day."""
    arrears, terms = unpaid(followed, total), followed.terms
    found: list[Step] = []
    day = followed.received_on
    for value_on, minor in sorted(payments):
        arrears = _follow(arrears, terms, found, since=day, until=value_on - A_DAY)
        arrears = _paid(arrears, value_on, Money(minor))
        day = max(day, value_on)
        if arrears.open_principal.minor <= 0:
            return _settled(walked_of(found, is_stand_in=False), arrears, terms, paid_on=day)
    _follow(arrears, terms, found, since=day, until=until - A_DAY)
    return walked_of(found, is_stand_in=False)


def walked_of(found: list[Step], *, is_stand_in: bool) -> Walked:
    """Return steps by what they mean to the customer."""
    if not found:
        return NOTHING
    letters = tuple(step for step in found if isinstance(step.order, SendReminder))
    interest = tuple(step for step in found if isinstance(step.order, ChargeInterest))
    return Walked(
        reminders=tuple((step.order.step, step.on) for step in letters if isinstance(step.order, SendReminder)),
        suspended_on=next((step.on for step in found if isinstance(step.order, PlaceHold)), None),
        ended_on=next((step.on for step in found if isinstance(step.order, EndContract)), None),
        charges=tuple(_charges(found, with_interest=not is_stand_in)),
        letters=letters,
        interest=interest if is_stand_in else (),
    )


def unpaid(followed: Followed, total: Money = STAND_IN) -> Arrears:
    """Return the claim on the day it was received. Its numbers stand for nobody: no decision on days looks at them."""
    return Arrears(
        invoice_id=1,
        invoice_number="1",
        provider="",
        terms_version="",
        customer_id=1,
        customer_kind=followed.customer_kind,
        products=frozenset(product for product, is_billed, _ in followed.services if is_billed),
        issued_on=followed.issued_on,
        received_on=followed.received_on,
        due_on=followed.due_on,
        is_term_agreed=followed.is_term_agreed,
        total=total,
        open_principal=total,
        open_charges=Money(0),
        services=tuple(
            HeldService(number, product, product, is_on_invoice=is_billed, is_held=False, is_in_contract=is_in_contract)
            for number, (product, is_billed, is_in_contract) in enumerate(sorted(followed.services), start=1)
        ),
    )


def _charges(found: list[Step], *, with_interest: bool) -> Iterator[Charged]:
    for step in found:
        match step.order:
            case ChargeFee(amount=amount):
                yield Charged("fee", step.on, amount.minor)
            case ChargeCompensation(amount=amount):
                yield Charged("compensation", step.on, amount.minor)
            case ChargeInterest(amount=amount) if with_interest:
                yield Charged("interest", step.on, amount.minor)


def _follow(arrears: Arrears, terms: LadderTerms, found: list[Step], *, since: date, until: date) -> Arrears:
    """Add the steps up to the last day to those found, and return the claim that they leave."""
    if until < since:
        return arrears  # two payments on one day, or one before the invoice was received
    for step in steps(arrears, terms, since=since, until=until):
        found.append(step)
        arrears = after(step.order, step.arrears, on=step.on)
    return arrears


def _settled(walked: Walked, arrears: Arrears, terms: LadderTerms, *, paid_on: date) -> Walked:
    rest = settlement_interest(arrears, terms, paid_on=paid_on, today=paid_on)
    if rest is None:
        return walked
    return replace(walked, charges=(*walked.charges, Charged("interest", paid_on, rest.amount.minor)))


def _paid(arrears: Arrears, value_on: date, amount: Money) -> Arrears:
    return replace(
        arrears,
        open_principal=arrears.open_principal - amount,
        payments=(*arrears.payments, Paid(value_on, amount)),
    )
