"""What do the terms say for this case, on which clause does it rest, and did the law override it?

Order: law above → the customer's own deviation → the most specific clause (product and customer kind, then product,
then customer kind) → the general clause → the law's default → house choice → not specified. The answer carries the
whole chain. It is asked for each invoice of a round, so answers are kept by agreement and question.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any, Generic, Literal, TypeVar, cast

import msgspec

from servanda.ground.citation import Citation
from servanda.ground.law.interest import FROM_AGREED_DUE_DAY, STATUTORY_RATE
from servanda.ground.refusal import Refused
from servanda.terms.checking import specificity
from servanda.terms.clauses import KINDS, CustomerKind, Interest, Rule, is_valid_on
from servanda.terms.document import Agreement, Clause
from servanda.terms.fields import ANY, content_of, selectors_of
from servanda.terms.law_above import STANDS, Ruling, ruling_on

R = TypeVar("R", bound=Rule)
Selector = tuple[tuple[str, object], ...]
Role = Literal["law above", "deviation", "specific clause", "general clause", "law default", "house choice"]


AGREED = Citation("Special agreement", "with the customer")


class NoSuchQuestion(Refused):
    """No clause kind has the name, or the kind is not told apart by the selector."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of an agreement. A `product` or `customer` of None asks for what holds for all."""

    kind: str
    on: date
    product: str | None = None
    customer: CustomerKind | None = None
    selector: Selector = ()


@dataclass(frozen=True, slots=True)
class Deviation:
    """What was agreed with one customer in place of the terms: a rule, why, and for which days.

    `citation` is where the agreement with the customer is found.
    """

    rule: Rule
    reason: str
    since: date
    until: date | None = None
    citation: Citation = AGREED


@dataclass(frozen=True, slots=True)
class Link:
    """One voice that was heard: where it stands, as what, and what it says."""

    citation: Citation
    role: Role
    said: str
    rule: Rule | None = None


@dataclass(frozen=True, slots=True)
class Answer(Generic[R]):
    """What holds, with the chain of all that was heard, the winner first.

    `rule` is None where the terms are silent, and where the law forbids what they say (`forbidden_by`). `written` is
    the rule as the winning clause has it. `needs_warning` cites why a delivered written warning with a deadline comes
    first; `law_beside` holds rights of the customer that no field can express.
    """

    question: Question
    rule: R | None
    chain: tuple[Link, ...]
    written: R | None = None
    overridden: bool = False
    forbidden_by: Citation | None = None
    needs_warning: Citation | None = None
    law_beside: tuple[Citation, ...] = ()

    @property
    def is_specified(self) -> bool:
        """Tell whether there is a rule to go by. Without one a person decides and nothing adverse happens."""
        return self.rule is not None

    @property
    def because(self) -> tuple[Citation, ...]:
        """The citations that the value rests on: the winner, and the clause that the law overrode."""
        above = tuple(link.citation for link in self.chain if link.role == "law above")
        below = tuple(link.citation for link in self.chain if link.role == self._winning_role)
        return (*above, *(below if self.is_law_default else below[:1]))

    @property
    def by_law(self) -> R | None:
        """The rule as the law has it, beside what is `written` and what is used (`rule`).

        None where the law leaves the rule as it is, and where it forbids it: see `forbidden_by`.
        """
        return cast("R | None", self.chain[0].rule) if self.overridden else None

    @property
    def reason(self) -> str:
        """What decided, in the words of the first voice of the chain: the law where it overrode, else the winner."""
        return self.chain[0].said if self.chain else ""

    @property
    def is_house(self) -> bool:
        """Tell whether the value is a choice of the house, which the customer did not accept."""
        return self._winning_role == "house choice"

    @property
    def is_law_default(self) -> bool:
        """Tell whether the terms are silent and the value is the law's."""
        return self._winning_role == "law default"

    @property
    def may_act_alone(self) -> bool:
        """Tell whether the program may go by the value without a person."""
        return self.rule is not None and self.rule.decided_by == "system"

    @property
    def _winning_role(self) -> Role | None:
        return next((link.role for link in self.chain if link.role != "law above"), None)


def ask(
    agreement: Agreement,
    kind: type[R],
    *,
    on: date,
    product: str | None = None,
    customer: CustomerKind | None = None,
    selector: Selector = (),
    deviations: tuple[Deviation, ...] = (),
) -> Answer[R]:
    """Return what holds for the case.

    A selector, such as `(("cause", "abuse"),)`, picks among the rules of a kind that has one, and must then be given;
    a rule for "any" answers each.
    """
    question = Question(kind.kind, on, product, customer, selector)
    return cast("Answer[R]", answer(agreement, question, deviations))


@lru_cache(maxsize=65_536)
def answer(agreement: Agreement, question: Question, deviations: tuple[Deviation, ...] = ()) -> Answer[Any]:
    """Return the answer to a question whose kind is known by name only; refuses unknown kinds and selectors."""
    kind = _kind_of(question)
    links = sorted(
        (*_from_deviations(kind, question, deviations), *_from_clauses(agreement, kind, question), *_by_default(kind)),
        key=lambda link: _rank(link, question),
    )
    if not links:
        return Answer(question, None, ())
    written = links[0].rule
    assert written is not None, "every voice below the law has a rule"
    ruling = ruling_on(written, customer=question.customer, on=question.on)
    return _ruled(question, written, tuple(links), ruling)


def rules_of(
    agreement: Agreement,
    kind: type[R],
    *,
    on: date,
    product: str | None = None,
    customer: CustomerKind | None = None,
    deviations: tuple[Deviation, ...] = (),
) -> tuple[Answer[R], ...]:
    """Return an answer for each value of the kind's selector that the agreement knows: each reminder in its order."""
    (name,) = selectors_of(kind) or ("",)
    if not name:
        one = ask(agreement, kind, on=on, product=product, customer=customer, deviations=deviations)
        return (one,) if one.chain else ()
    rules = [placed.rule for placed in _indexed(agreement).get(kind.kind, ())]
    rules += [deviation.rule for deviation in deviations if isinstance(deviation.rule, kind)]
    values = {getattr(rule, name) for rule in rules}
    answers = (
        ask(
            agreement,
            kind,
            on=on,
            product=product,
            customer=customer,
            selector=((name, value),),
            deviations=deviations,
        )
        for value in sorted(values, key=_order_of)
    )
    return tuple(found for found in answers if found.chain)


@lru_cache(maxsize=256)
def products_named_by(agreement: Agreement) -> frozenset[str]:
    """Return the products that a rule of the agreement names; all others follow its general rules."""
    rules = (placed.rule for clause in agreement.clauses for placed in clause.rules)
    return frozenset(product for rule in rules for product in rule.products)


@dataclass(frozen=True, slots=True)
class _Placed:
    """A rule with its clause, and its place in the document."""

    clause: Clause
    rule: Rule
    place: int


@lru_cache(maxsize=256)
def _indexed(agreement: Agreement) -> dict[str, tuple[_Placed, ...]]:
    """Return the agreement's rules by kind, in the order of the document."""
    found: dict[str, tuple[_Placed, ...]] = {}
    for clause in agreement.clauses:
        for placed in clause.rules:
            kind = placed.rule.kind
            found[kind] = (*found.get(kind, ()), _Placed(clause, placed.rule, placed.line))
    return found


def _kind_of(question: Question) -> type[Rule]:
    kind = KINDS.get(question.kind)
    if kind is None:
        raise NoSuchQuestion(f"There is no clause kind {question.kind!r}. Known are: {', '.join(KINDS)}.")
    for name, _ in question.selector:
        if name not in selectors_of(kind):
            known = ", ".join(selectors_of(kind)) or "nothing"
            raise NoSuchQuestion(f"Rules of kind {kind.kind} are not told apart by {name!r}, but by {known}.")
    for name in kind.selectors:
        if name not in dict(question.selector):
            raise NoSuchQuestion(f"Rules of kind {kind.kind} are told apart by {name!r}. Say which one is meant.")
    return kind


def _from_clauses(agreement: Agreement, kind: type[Rule], question: Question) -> tuple[Link, ...]:
    return tuple(
        Link(
            agreement.cite(placed.clause, placed.rule),
            _role_of(placed.rule),
            said_by(placed.rule),
            placed.rule,
        )
        for placed in _indexed(agreement).get(kind.kind, ())
        if _applies(placed.rule, question)
    )


def _from_deviations(kind: type[Rule], question: Question, deviations: tuple[Deviation, ...]) -> tuple[Link, ...]:
    return tuple(
        Link(deviation.citation, "deviation", f"{said_by(deviation.rule)} ({deviation.reason})", deviation.rule)
        for deviation in sorted(deviations, key=lambda deviation: deviation.since, reverse=True)
        if isinstance(deviation.rule, kind)
        and is_valid_on(deviation.since, deviation.until, question.on)
        and _applies(deviation.rule, question)
    )


def _by_default(kind: type[Rule]) -> tuple[Link, ...]:
    if kind is not Interest:
        return ()
    # The law gives interest where the terms are silent, but whether the house claims it is for a person to say.
    rule = Interest(method="statutory", decided_by="person")
    return (
        Link(FROM_AGREED_DUE_DAY, "law default", said_by(rule), rule),
        Link(STATUTORY_RATE, "law default", "the rate of the Act", rule),
    )


def _applies(rule: Rule, question: Question) -> bool:
    return (
        (not rule.products or question.product in rule.products)
        and (not rule.customers or question.customer in rule.customers)
        and all(getattr(rule, name) in (value, ANY) for name, value in question.selector)
    )


def _role_of(rule: Rule) -> Role:
    if rule.house:
        return "house choice"
    return "specific clause" if specificity(rule) else "general clause"


_ROLES: tuple[Role, ...] = ("deviation", "specific clause", "general clause", "law default", "house choice")


def _rank(link: Link, question: Question) -> tuple[int, int, int]:
    assert link.rule is not None
    asked = dict(question.selector)
    is_by_any = any(getattr(link.rule, name) != value for name, value in asked.items())
    return _ROLES.index(link.role), -specificity(link.rule), int(is_by_any)


def _ruled(question: Question, written: Rule, links: tuple[Link, ...], ruling: Ruling) -> Answer[Any]:
    above = tuple(Link(citation, "law above", ruling.said, ruling.rule) for citation in ruling.because)
    if ruling is STANDS:
        return Answer(question, written, links, written)
    rule = None if ruling.forbidden_by is not None else ruling.rule or written
    return Answer(
        question,
        rule,
        (*above, *links),
        written,
        overridden=bool(above),
        forbidden_by=ruling.forbidden_by,
        needs_warning=ruling.needs_warning,
        law_beside=ruling.law_beside,
    )


def said_by(rule: Rule) -> str:
    """Return what the rule says as `field=value` pairs, without what is left at its default."""
    defaults = dict(_defaults(type(rule)))
    pairs = ((name, value) for name, value in content_of(rule) if defaults.get(name, ...) != value)
    return ", ".join(f"{name}={_written(value)}" for name, value in pairs)


@cache
def _defaults(kind: type[Rule]) -> tuple[tuple[str, object], ...]:
    return tuple((info.name, info.default) for info in msgspec.structs.fields(kind) if not info.required)


def _written(value: object) -> str:
    if isinstance(value, tuple):
        return "+".join(map(_written, value))
    return ("no", "yes")[value] if isinstance(value, bool) else str(value)


def _order_of(value: object) -> tuple[int, str]:
    return (value, "") if isinstance(value, int) else (0, str(value))
