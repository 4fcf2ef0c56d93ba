"""What changed between two versions of the terms, clause by clause and figure by figure?"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from servanda.terms.clauses import Rule
from servanda.terms.document import Agreement, Clause
from servanda.terms.fields import fields_of, figures_of, selectors_of
from servanda.terms.figures import figure_text
from servanda.terms.resolving import said_by

ChangeKind = Literal[
    "clause added",
    "clause removed",
    "heading changed",
    "prose changed",
    "reading changed",
    "rule added",
    "rule removed",
    "figure changed",
    "rule changed",
]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `field` names the figure as `kind.field`, and is empty where text changed."""

    kind: ChangeKind
    number: str
    before: str = ""
    after: str = ""
    field: str = ""

    def __str__(self) -> str:
        what = f"{self.number}: {self.kind}" + (f" ({self.field})" if self.field else "")
        shown = " → ".join(part for part in (self.before, self.after) if part)
        return f"{what}: {shown}" if shown else what


def differences(old: Agreement, new: Agreement) -> tuple[Change, ...]:
    """Return what differs from the old version to the new one, in the order of the new document; removals last."""
    before = {clause.number: clause for clause in old.clauses}
    found: list[Change] = []
    for clause in new.clauses:
        if clause.number in before:
            found += _of_clause(before[clause.number], clause)
        else:
            found.append(Change("clause added", clause.number, after=clause.heading))
    kept = {clause.number for clause in new.clauses}
    found += [
        Change("clause removed", clause.number, before=clause.heading)
        for clause in old.clauses
        if clause.number not in kept
    ]
    return tuple(found)


def _of_clause(old: Clause, new: Clause) -> Iterator[Change]:
    texts: tuple[tuple[ChangeKind, str, str], ...] = (
        ("heading changed", old.heading, new.heading),
        ("prose changed", old.prose, new.prose),
        ("reading changed", old.reading, new.reading),
    )
    for kind, before, after in texts:
        if before.split() != after.split():
            yield Change(kind, new.number, before, after)
    yield from _of_rules(old, new)


def _of_rules(old: Clause, new: Clause) -> Iterator[Change]:
    before = {_identity(placed.rule): placed.rule for placed in old.rules}
    after = {_identity(placed.rule): placed.rule for placed in new.rules}
    for identity, rule in after.items():
        if identity in before:
            yield from _of_fields(new.number, before[identity], rule)
        else:
            yield Change("rule added", new.number, after=said_by(rule), field=rule.kind)
    for identity, rule in before.items():
        if identity not in after:
            yield Change("rule removed", new.number, before=said_by(rule), field=rule.kind)


def _of_fields(number: str, old: Rule, new: Rule) -> Iterator[Change]:
    for name in fields_of(type(new)):
        if getattr(old, name) != getattr(new, name):
            is_figure = bool(fields_of(type(new))[name].unit)
            kind: ChangeKind = "figure changed" if is_figure else "rule changed"
            yield Change(
                number=number, kind=kind, before=_shown(old, name), after=_shown(new, name), field=_at(new, name)
            )


def _at(rule: Rule, name: str) -> str:
    return f"{rule.kind}.{name}"


def _shown(rule: Rule, name: str) -> str:
    if name in figures_of(rule):
        return figure_text(rule, name, "en")
    value = getattr(rule, name)
    return "none" if value in (None, ()) else str(value)


def _identity(rule: Rule) -> tuple[object, ...]:
    """Two rules are the same one, changed, when they answer the same case."""
    told_apart = tuple(getattr(rule, name) for name in selectors_of(type(rule)))
    return rule.kind, told_apart, rule.products, rule.customers
