"""The rules that a contract line follows, as they apply to this customer on this day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from servanda.ground.citation import Citation
from servanda.terms.clauses import (
    BillingInterval,
    CustomerKind,
    Notice,
    NoticeChannel,
    Renewal,
    Rule,
    Scope,
    Term,
    is_valid_on,
)
from servanda.terms.document import Agreement
from servanda.terms.resolving import Deviation, ask
from servanda.terms.ruled import Ruled, ruled

R = TypeVar("R", bound=Rule, covariant=True)
A = TypeVar("A", bound=Rule)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingTerms:
    """What the terms say about ending a line. What is None is not specified."""

    notice: Ruled[Notice] | None = None
    renewal: Ruled[Renewal] | None = None
    channels: Ruled[NoticeChannel] | None = None


def because_of(*rules: Ruled[Rule] | None) -> tuple[Citation, ...]:
    """Return what the rules rest on, each citation once."""
    return tuple(dict.fromkeys(citation for ruled in rules if ruled is not None for citation in ruled.because))


@dataclass(frozen=True, slots=True, kw_only=True)
class ConclusionTerms:
    """What the terms say about concluding: the scope, and by product the term, the interval and the notice."""

    scope: Ruled[Scope] | None = None
    terms: Mapping[str, Ruled[Term]] = field(default_factory=dict)
    intervals: Mapping[str, Ruled[BillingInterval]] = field(default_factory=dict)
    notices: Mapping[str, Ruled[Notice]] = field(default_factory=dict)
    because: tuple[Citation, ...] = ()


def ending_terms(
    agreement: Agreement,
    *,
    product: str,
    customer: CustomerKind,
    on: date,
    deviations: tuple[Deviation, ...] = (),
) -> EndingTerms:
    """Return what the agreement says about ending a line of the product, for a customer of the kind."""

    def say(kind: type[A]) -> Ruled[A] | None:
        return ruled(ask(agreement, kind, on=on, product=product, customer=customer, deviations=deviations))

    channels = _agreed_channels(deviations, on) or _customers_channels(agreement, customer)
    return EndingTerms(notice=say(Notice), renewal=say(Renewal), channels=channels)


def conclusion_terms(
    agreement: Agreement,
    *,
    product: str,
    customer: CustomerKind,
    on: date,
    deviations: tuple[Deviation, ...] = (),
) -> ConclusionTerms:
    """Return what the agreement says about concluding a contract for the product."""

    def say(kind: type[A]) -> Ruled[A] | None:
        return ruled(ask(agreement, kind, on=on, product=product, customer=customer, deviations=deviations))

    scope, term, interval, notice = say(Scope), say(Term), say(BillingInterval), say(Notice)
    return ConclusionTerms(
        scope=scope,
        terms={product: term} if term is not None else {},
        intervals={product: interval} if interval is not None else {},
        notices={product: notice} if notice is not None else {},
        because=because_of(scope, term),
    )


def joined_terms(parts: Iterable[ConclusionTerms]) -> ConclusionTerms:
    """Return the terms of all lines of a contract; each answers for its own product."""
    terms = tuple(parts)
    return ConclusionTerms(
        scope=next((one.scope for one in terms if one.scope is not None), None),
        terms={product: rule for one in terms for product, rule in one.terms.items()},
        intervals={product: rule for one in terms for product, rule in one.intervals.items()},
        notices={product: rule for one in terms for product, rule in one.notices.items()},
        because=tuple(dict.fromkeys(citation for one in terms for citation in one.because)),
    )


def _agreed_channels(deviations: Iterable[Deviation], on: date) -> Ruled[NoticeChannel] | None:
    for own in deviations:
        rule = own.rule
        if isinstance(rule, NoticeChannel) and rule.party != "provider" and is_valid_on(own.since, own.until, on):
            return Ruled(rule, (own.citation,))
    return None


def _customers_channels(agreement: Agreement, customer: CustomerKind) -> Ruled[NoticeChannel] | None:
    """Return through which channels the customer's notices are valid; a rule for the provider's own is no answer."""
    for clause in agreement.clauses:
        for rule in (placed.rule for placed in clause.rules):
            is_theirs = isinstance(rule, NoticeChannel) and rule.party in ("customer", "both")
            if isinstance(rule, NoticeChannel) and is_theirs and customer in (rule.customers or tuple(CustomerKind)):
                return Ruled(rule, (agreement.cite(clause, rule),))
    return None
