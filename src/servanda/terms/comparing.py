"""What changed between two versions of the terms, clause by clause and figure by figure?"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from servanda.terms.clauses import Rule
from servanda.terms.document import Agreement, Clause
from servanda.terms.fields import fields_of, figures_of, selectors_of
from servanda.terms.figures import figure_text
from servanda.terms.rendering import filled
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


@lru_cache(maxsize=64)
def shown_differences(
    old: Agreement, new: Agreement, *, old_rules: Agreement, new_rules: Agreement
) -> tuple[tuple[str, str, str], ...]:
    """Return the clauses whose text reads differently, for a letter: title, text before, text after, without markup.

    The figures come from the authoritative documents, so a figure that changed there changes the English text too. House
    choices are no part of the terms and are left out.
    """
    before, after = _shown_texts(old, old_rules), _shown_texts(new, new_rules)
    titles = {
        **{number: title for number, (title, _) in before.items()},
        **{number: title for number, (title, _) in after.items()},
    }
    numbers = dict.fromkeys((*after, *before))
    pairs = ((titles[number], before.get(number, ("", ""))[1], after.get(number, ("", ""))[1]) for number in numbers)
    return tuple(pair for pair in pairs if pair[1] != pair[2])


def _shown_texts(agreement: Agreement, rules_from: Agreement) -> dict[str, tuple[str, str]]:
    rules = {clause.number: clause.rules for clause in rules_from.clauses}
    return {
        clause.number: (
            f"{clause.number} {clause.heading}",
            _plain(filled(clause.prose, rules=rules.get(clause.number, ()), language=agreement.language)),
        )
        for clause in agreement.clauses
        if not clause.is_house_choice
    }


def _plain(markdown: str) -> str:
    """Return Markdown as plain text on one line: a letter is read as it is written."""
    lines = (re.sub(r"^\s*[-*] ", "· ", line).strip() for line in markdown.splitlines())
    return re.sub(r"[*_`]", "", " ".join(line for line in lines if line))


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
    before = {identity_of(placed.rule): placed.rule for placed in old.rules}
    after = {identity_of(placed.rule): placed.rule for placed in new.rules}
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
                number=number,
                kind=kind,
                before=shown_value(old, name),
                after=shown_value(new, name),
                field=_at(new, name),
            )


def _at(rule: Rule, name: str) -> str:
    return f"{rule.kind}.{name}"


def shown_value(rule: Rule, name: str) -> str:
    if name in figures_of(rule):
        return figure_text(rule, name, "en")
    value = getattr(rule, name)
    return "none" if value in (None, ()) else str(value)


def identity_of(rule: Rule) -> tuple[object, ...]:
    """Two rules are the same one, changed, when they answer the same case."""
    told_apart = tuple(getattr(rule, name) for name in selectors_of(type(rule)))
    return rule.kind, told_apart, rule.products, rule.customers
