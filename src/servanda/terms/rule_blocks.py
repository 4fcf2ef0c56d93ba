"""Which rule does a fenced block say? All mistakes of a block are found at once, each at its own line."""

import re
from dataclasses import dataclass
from typing import Any

from servanda.ground.refusal import Problem
from servanda.terms.clauses import KINDS, Rule
from servanda.terms.cross_fields import contradictions_in
from servanda.terms.document import PlacedRule
from servanda.terms.fields import NotThisField, fields_of, value_for
from servanda.terms.toml_blocks import Block, nearest, table_of

_INFO = re.compile(r"toml\s+(?P<kind>\S+)(?:\s+as\s+(?P<name>[a-z][a-z0-9-]*))?\s*\Z")
_REQUIREMENT = re.compile(r"[a-z]+-\d{3}[a-z]?\Z")


@dataclass(frozen=True, slots=True)
class ReadRule:
    """The rule of a block if it is sound, and what is wrong with the block."""

    placed: PlacedRule | None
    problems: tuple[Problem, ...] = ()


def read_rule(info: str, text: str, *, file: str, line: int) -> ReadRule:
    """Return the rule in a fence whose opening stands on `line`, or every problem in it."""
    named = _INFO.match(info.strip())
    if named is None:
        message = f'"{info.strip()}" does not name a rule.'
        remedy = "Write ```toml KIND, or ```toml KIND as NAME; only rules stand in fences."
        return ReadRule(None, (Problem(file, line, message, remedy),))
    kind = KINDS.get(named["kind"])
    if kind is None:
        message = f'There is no clause kind "{named["kind"]}".'
        return ReadRule(None, (Problem(file, line, message, nearest(named["kind"], tuple(KINDS))),))
    return _read_as(kind, Block(text, file, line), name=named["name"] or "")


def _read_as(kind: type[Rule], block: Block, *, name: str) -> ReadRule:
    table = table_of(block)
    if table.problems:
        return ReadRule(None, table.problems)
    values: dict[str, Any] = {}
    problems = [*_unknown(kind, block, table.values), *_missing(kind, block, table.values)]
    for key, field in fields_of(kind).items():
        if key not in table.values:
            continue
        try:
            values[key] = value_for(field, table.values[key])
        except NotThisField as error:
            problems.append(block.problem(key, str(error), error.remedy))
    if problems:
        return ReadRule(None, tuple(problems))
    rule = kind(**values)
    problems = [block.problem(key, message, remedy) for key, message, remedy in contradictions_in(rule)]
    problems += _odd_requirements(rule, block)
    return ReadRule(None if problems else PlacedRule(rule, block.line, name), tuple(problems))


def _unknown(kind: type[Rule], block: Block, values: dict[str, Any]) -> list[Problem]:
    known = tuple(fields_of(kind))
    return [
        block.problem(key, f'A rule of kind {kind.kind} has no field "{key}".', nearest(key, known))
        for key in values
        if key not in known
    ]


def _missing(kind: type[Rule], block: Block, values: dict[str, Any]) -> list[Problem]:
    return [
        block.problem(key, f'The rule of kind {kind.kind} lacks "{key}".', f"Add a line `{key} = …`.")
        for key, field in fields_of(kind).items()
        if field.is_required and key not in values
    ]


def _odd_requirements(rule: Rule, block: Block) -> list[Problem]:
    return [
        block.problem("requirements", f'"{name}" is not a requirement id.', 'Write it as in "safeit-047".')
        for name in rule.requirements
        if not _REQUIREMENT.match(name)
    ]
