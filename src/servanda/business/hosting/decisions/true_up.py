"""What follows when more is used than was agreed: which change of the line would cover it, and who must say yes. Pure.

Nothing is billed backwards, and nothing without its figures having been shown first (vicevaert-015 to 017). Where the terms agree
the scope anew (compusoft-052), or say nothing, the customer says yes before anything changes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from servanda.business.hosting.decisions.opening import GB
from servanda.business.hosting.decisions.sizing import space_of
from servanda.business.hosting.facts import Allowance, Over, PartFacts, UsageFacts, UseFound
from servanda.ground.money import Money
from servanda.ground.refusal import Refused
from servanda.terms.clauses import UsageLimit
from servanda.terms.packages import HostingPackage
from servanda.terms.resolving import Answer

Way = Literal["from a day", "with a yes"]
# Of which use the terms speak, by what was measured.
ASKED_OF: Mapping[str, str] = {
    "disk": "storage", "database": "storage", "mailboxes": "mail accounts", "databases": "any",
}  # fmt: skip
_SPACES = {"site": "disk", "database": "database"}
QUANTITY_MAX = 1000


class UseRefused(Refused):
    """A change for a use beyond what was agreed cannot be offered or agreed like this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOffer:
    """A plan that a line could become, with its price for one period."""

    code: str
    price: Money
    package: HostingPackage


@dataclass(frozen=True, slots=True, kw_only=True)
class Covering:
    """The cheapest change of a line that covers what is used."""

    plan: str
    quantity: int


def use_found(
    service_id: int,
    parts: Iterable[PartFacts],
    measured: Iterable[UsageFacts],
    counted: Mapping[str, Allowance],
    *,
    own_given: Mapping[str, int],
) -> UseFound:
    """Return what a service uses: its largest site and database by their newest measurements, and how many things it has.

    Mailboxes are counted for all services of a domain; those that the others give are theirs (`own_given` is this one's).
    """
    statements = {part.key: (_SPACES[part.kind], part.statement) for part in parts if part.kind in _SPACES}
    newest: dict[str, Over] = {}
    beyond, days = set[date](), set[date]()
    for row in sorted(measured, key=lambda one: one.day):
        what, statement = statements.get(row.key, ("", None))
        space = space_of(statement, row.figures) if statement is not None else None
        if space is not None:
            newest[row.key] = Over(what=what, used=space[0], agreed=space[1])
            days.add(row.day)
            beyond |= {row.day} if space[0] > space[1] else set()
    spaces = [max(alike, key=lambda one: one.used) for alike in _alike(newest.values())]
    counts = [
        Over(what=one.what, used=one.used - one.given + own, agreed=own)
        for one in counted.values()
        if (own := own_given.get(one.what, one.given)) or one.used
    ]
    day = max(days, default=None)
    return UseFound(service_id=service_id, uses=(*spaces, *counts), day=day, days=len(beyond))


def _alike(found: Iterable[Over]) -> Iterable[list[Over]]:
    by_what: dict[str, list[Over]] = {}
    for one in found:
        by_what.setdefault(one.what, []).append(one)
    return by_what.values()


def over_of(use: UseFound) -> tuple[Over, ...]:
    """Return what of a use is beyond what was agreed."""
    return tuple(one for one in use.uses if one.used > one.agreed)


def covering(offers: Iterable[PlanOffer], use: UseFound, *, quantity: int) -> Covering | None:
    """Return the cheapest plan and number that cover a use; None when no plan does. Space does not grow with the number."""
    found = [
        (offer.price * number, number, offer.code)
        for offer in offers
        if (number := _number(offer.package, use, quantity=quantity)) is not None
    ]
    if not found:
        return None
    _price, number, code = min(found, key=lambda one: (one[0].minor, one[1], one[2]))
    return Covering(plan=code, quantity=number)


def way_of(answer: Answer[UsageLimit]) -> Way:
    """Return how a line may follow a use: by the clause from a day on, or only when the customer says yes."""
    rule = answer.rule
    return "from a day" if rule is not None and rule.on_excess == "more is billed" else "with a yes"


def checked_first_day(way: Way, *, from_on: date | None, today: date) -> date:
    """Return the day from which a change is offered; refuses one that has come, so that the figures are read before it."""
    if from_on is None or from_on <= today:
        raise UseRefused("Choose a day to come. The customer reads the figures first, and nothing is billed backwards.")
    return from_on


def _number(package: HostingPackage, use: UseFound, *, quantity: int) -> int | None:
    """Return how many of a package cover a use; None when no number does."""
    used = {one.what: one.used for one in use.uses}
    if used.get("disk", 0) > package.disk_gb * GB or used.get("database", 0) > package.database_gb * GB:
        return None
    number = quantity
    for what, each in (("mailboxes", package.mailboxes), ("databases", package.databases)):
        if used.get(what, 0):
            if not each:
                return None
            number = max(number, -(-used[what] // each))
    return number if number <= QUANTITY_MAX else None
