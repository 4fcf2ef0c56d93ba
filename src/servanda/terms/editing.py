"""Changing one figure of a document, so that everything else stays as it was written, comments and spaces too."""

import re

from servanda.ground.refusal import Refused
from servanda.terms.document import Agreement, PlacedRule
from servanda.terms.fields import NotThisField, fields_of, value_for

_STRINGS = ("percent", "amount", "number", "clock time")


class NotEdited(Refused):
    """The document has no such figure, or it cannot be what was asked for."""


def with_figure(text: str, agreement: Agreement, *, clause: str, rule: int, field: str, written: str) -> str:
    """Return the document with another figure in a rule: `rule` counts the clause's rules from 0.

    `written` is what a person typed: `14`, `6,5`, `100.00`, `22:00`, or a list such as `1, 12`. Refuses what the kind does
    not allow there, with the bounds.
    """
    placed = _placed(agreement, clause, rule)
    described = fields_of(type(placed.rule)).get(field)
    if described is None or not described.unit:
        raise NotEdited(f"Clause {clause} has no figure {field!r} in its rule {rule + 1}.")
    value = _value(written, is_list=described.is_list, is_text=described.unit in _STRINGS, unit=described.unit)
    try:
        value_for(described, value)
    except NotThisField as refused:
        raise NotEdited(f"{field} of clause {clause}: {refused} {refused.remedy}") from None
    lines = text.splitlines(keepends=True)
    line = _line_of(lines, placed, field)
    lines[line] = re.sub(r"=.*", lambda _: f"= {_toml(value)}", lines[line].rstrip("\r\n"), count=1) + "\n"
    return "".join(lines)


def _placed(agreement: Agreement, clause: str, rule: int) -> PlacedRule:
    for one in agreement.clauses:
        if one.number == clause and 0 <= rule < len(one.rules):
            return one.rules[rule]
    raise NotEdited(f"There is no rule {rule + 1} in clause {clause}. Reload the page: the draft has been changed.")


def _line_of(lines: list[str], placed: PlacedRule, field: str) -> int:
    """Return the index of the field's line within the rule's block, which begins on the rule's line."""
    for index in range(placed.line, len(lines)):
        if lines[index].startswith("```"):
            break
        if re.match(rf"{re.escape(field)}\s*=", lines[index]):
            return index
    raise NotEdited(f"The rule says nothing of {field} itself. Write it into the text.")


def _value(written: str, *, is_list: bool, is_text: bool, unit: str) -> object:
    if is_list:
        parts = [part.strip() for part in re.split(r"[,;\s]+", written.strip()) if part.strip()]
        return [_value(part, is_list=False, is_text=is_text, unit=unit) for part in parts]
    one = written.strip()
    if is_text:
        return one.replace(".", ":") if unit == "clock time" else one.replace(",", ".")
    return int(one) if re.fullmatch(r"\d{1,6}", one) else one


def _toml(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return str(value) if isinstance(value, int) else f'"{value}"'
