"""Which kinds of clause are there, what can each say, and how does one look? The reference page, made from the kinds themselves.

An example is a rule of an agreement that is in use, written as TOML again; reading it gives the very same rule.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from inspect import cleandoc

import msgspec

from servanda.ground.citation import Citation
from servanda.terms.clauses import KINDS, Rule, ShownRule
from servanda.terms.document import Agreement
from servanda.terms.fields import APPLICABILITY, Field, fields_of, selectors_of

_HEAD = """\
# Clause kinds

A rule in an agreement is of one of these kinds. The set is closed: a new kind is a change of the program. Each stands in a fenced
block whose info string is `toml KIND`; [the agreement format](agreement-format.md) has the rest. This page is made from
`src/servanda/terms/clauses.py::KINDS`, and a test keeps it up to date.

Every rule may also say `products` and `customers` (what it applies to; all, when empty), `requirements` (ids that it carries),
`decided_by` (`"system"`, or `"person"` when the program only proposes) and `house` (`true` for a choice of the house where the terms
are silent). Amounts and percentages are texts in quotes with at most two decimals; days, months and counts are whole numbers.
"""


@dataclass(frozen=True, slots=True)
class Example:
    """A rule in use, and the clause that it stands in."""

    citation: Citation
    rule: Rule


def clauses_page(agreements: Iterable[Agreement]) -> str:
    """Return the reference page of all kinds as Markdown, with examples from the agreements."""
    found = examples_in(agreements)
    sections = ("\n".join(_section(kind, found.get(kind.kind))) for kind in KINDS.values())
    return "\n".join((_HEAD, *sections))


def examples_in(agreements: Iterable[Agreement]) -> dict[str, Example]:
    """Return an example for each kind that is used: of the rules that say most, the first."""
    found: dict[str, Example] = {}
    for agreement in agreements:
        for clause in agreement.clauses:
            for placed in clause.rules:
                known = found.get(placed.rule.kind)
                if known is None or len(_said(placed.rule)) > len(_said(known.rule)):
                    found[placed.rule.kind] = Example(agreement.cite(clause, placed.rule), placed.rule)
    return found


def toml_of(rule: Rule) -> str:
    """Return the rule as it is written in a document, without what it leaves at its default."""
    return "".join(f"{name} = {_toml(value)}\n" for name, value in _said(rule))


def _section(kind: type[Rule], example: Example | None) -> Iterator[str]:
    yield f"## `{kind.kind}`\n"
    yield f"{cleandoc(kind.__doc__ or '')}\n"
    if issubclass(kind, ShownRule):
        yield "Shown and cited only: nothing in the program acts on it yet.\n"
    if selectors_of(kind):
        named = ", ".join(f"`{name}`" for name in selectors_of(kind))
        yield f"An agreement may hold several side by side, told apart by {named}.\n"
    yield "| Field | Must | Holds |\n| --- | --- | --- |"
    for field in fields_of(kind).values():
        if field.name not in APPLICABILITY:
            yield f"| `{field.name}` | {'yes' if field.is_required else 'no'} | {_holds(field)} |"
    if example is None:
        yield "\nNo agreement that comes with Servanda uses it yet.\n"
    else:
        yield f"\nAs in {example.citation}:\n\n```toml {kind.kind}\n{toml_of(example.rule)}```\n"


def _holds(field: Field) -> str:
    many = "a list of " if field.is_list else ""
    if field.choices:
        return f"{'any of ' if field.is_list else ''}{', '.join(f'`{choice}`' for choice in field.choices)}"
    if field.unit and field.at_least is not None and field.at_most is not None:
        unit = {"amount": "kroner", "count": ""}.get(field.unit, field.unit)
        return f"{many}{field.at_least} to {field.at_most} {unit}".rstrip()
    return f"{many}texts" if field.is_list else "`true` or `false`" if field.annotation is bool else "a text"


def said_fields(rule: Rule) -> tuple[str, ...]:
    """Return the names of the fields that are written in the document: those that differ from their defaults."""
    return tuple(name for name, _ in _said(rule))


def _said(rule: Rule) -> list[tuple[str, object]]:
    """Return the fields of a rule that say something, its own ones first."""
    info = {field.name: field for field in msgspec.structs.fields(type(rule))}
    values = ((name, getattr(rule, name)) for name in fields_of(type(rule)))
    return [(name, value) for name, value in values if info[name].required or value != info[name].default]


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    return f'"{value}"' if isinstance(value, str | Decimal) else str(value)
