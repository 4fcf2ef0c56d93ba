"""No figure stands in an agreement that nothing notices: changing it changes what a reader sees, or what is decided."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import msgspec
import pytest

from servanda.agreements import PROVIDERS
from servanda.agreements.reading import catalogue_of, library_of
from servanda.business.contracts.decisions.succeeding import Bound, change_rules, plan_for
from servanda.business.dunning.decisions.unpaid import unpaid_timeline
from servanda.ground.money import Money
from servanda.terms.clauses import CustomerKind, Rule
from servanda.terms.describing import said_fields
from servanda.terms.document import Agreement, Clause, Language
from servanda.terms.fields import fields_of, figures_of
from servanda.terms.rendering import filled

ISSUED_ON = date(2026, 12, 1)
KINDS = (CustomerKind.BUSINESS, CustomerKind.CONSUMER)
CHANGES = ("material", "ordinary", "larger", "worsening", "favourable", "minor")


@dataclass(frozen=True)
class Figure:
    """One figure of one rule of a document, and the document with another one in its place."""

    provider: str
    clause: str
    kind: str
    field: str
    mutated: Agreement

    def __str__(self) -> str:
        return f"{self.provider} {self.clause} {self.kind}.{self.field}"


def figures(agreement: Agreement) -> Iterator[Figure]:
    """Give each figure that is written in the document."""
    for place, clause in enumerate(agreement.clauses):
        for index, placed in enumerate(clause.rules):
            for field in set(figures_of(placed.rule)) & set(said_fields(placed.rule)):
                rule = msgspec.structs.replace(placed.rule, **{field: another(placed.rule, field)})
                rules = (*clause.rules[:index], replace(placed, rule=rule), *clause.rules[index + 1 :])
                clauses = (
                    *agreement.clauses[:place],
                    replace(clause, rules=rules),
                    *agreement.clauses[place + 1 :],
                )
                sha256 = f"{place}-{index}-{field}"
                mutated = replace(agreement, clauses=clauses, sha256=sha256)
                yield Figure(agreement.provider, clause.number, placed.rule.kind, field, mutated)


def another(rule: Rule, field: str) -> object:
    """Return another value for the figure, one that its bounds allow."""
    value, at_most = getattr(rule, field), fields_of(type(rule))[field].at_most
    if isinstance(value, str):
        return "03:33"
    if isinstance(value, tuple):
        return (_next(value[0], at_most), *value[1:])
    return _next(value, at_most)


def _next(value: int | Decimal, at_most: Decimal | None) -> int | Decimal:
    return value + 1 if at_most is None or value + 1 <= at_most else value - 1


def is_read(agreement: Agreement, figure: Figure, language: Language) -> bool:
    """Tell whether a reader of the clause in the language sees the other figure."""
    before, after = (_clause(document, figure.clause) for document in (agreement, figure.mutated))
    text = _clause(library_of(figure.provider).version(agreement.version, language), figure.clause)
    return any(
        filled(written, rules=before.rules, language=language) != filled(written, rules=after.rules, language=language)
        for written in (text.prose, text.reading)
    )


def is_decided(agreement: Agreement, figure: Figure) -> bool:
    """Tell whether an unpaid invoice goes another way, or a new version binds on another day."""
    products = sorted(catalogue_of(figure.provider).codes)
    return any(
        _unpaid(agreement, product, kind) != _unpaid(figure.mutated, product, kind)
        or _plans(agreement, product, kind) != _plans(figure.mutated, product, kind)
        for product in products
        for kind in KINDS
    )


def _unpaid(agreement: Agreement, product: str, customer: CustomerKind) -> list[dict[str, object]]:
    events = unpaid_timeline(
        agreement,
        product=product,
        is_service=True,
        customer=customer,
        issued_on=ISSUED_ON,
        received_on=ISSUED_ON,
        amount=Money(12_500_00),
        until=date(2027, 12, 1),
    )
    return [dict(event.as_json()) for event in events]


def _plans(agreement: Agreement, product: str, customer: CustomerKind) -> list[object]:
    bound = Bound(
        contract_id=1,
        customer_id=1,
        customer=customer,
        concluded_on=date(2024, 7, 1),
        products=frozenset({product}),
    )
    found: list[object] = []
    for change in CHANGES:
        rules = change_rules(agreement, change=change, customer=customer, products=[product], on=ISSUED_ON)
        plan = plan_for(bound, rules, sent_on=ISSUED_ON, wanted_on=ISSUED_ON)
        found.append((plan.effect_on, plan.leave_until))
    return found


def _clause(agreement: Agreement, number: str) -> Clause:
    return next(clause for clause in agreement.clauses if clause.number == number)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_figure_is_seen_by_a_reader_or_changes_a_decision(provider: str) -> None:
    library = library_of(provider)
    dead = []
    for version in library.versions:
        agreement = library.version(version)
        found = list(figures(agreement))
        assert found
        for figure in found:
            is_seen = is_read(agreement, figure, "da") and is_read(agreement, figure, "en")
            if not is_seen and not is_decided(agreement, figure):
                dead.append(str(figure))
    assert not dead, f"nothing notices: {dead}"
