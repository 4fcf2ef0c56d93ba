"""Where does a text take its figures from? Placeholders are found, and figures that no rule stands behind.

A bare figure would stay behind when the rule changes, so it is refused. `{=24}` marks one that is no parameter.
Digits within a word, list numbers, link addresses and numbers of provisions need no mark.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from servanda.terms.document import Clause, PlacedRule
from servanda.terms.fields import fields_of, figures_of

PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")
_NAMED = re.compile(r"(?:(?P<rule>[a-z][a-z0-9-]*)\.)?(?P<field>[a-z][a-z_]*)\Z")
_NOT_FIGURES = re.compile(
    r"""
    ^\s*(?:\#+\s*)?\d+[.)]\s                # the number of a list item
    | \]\([^)\s]*\)                          # the address of a link
    | <[a-z][a-z0-9+.-]*:[^>\s]*>
    | (?:§§?|\bstk\.|\bnr\.|\bno\.|\bart\.|\bpunkt|\bclauses?|\bsection|\bsubsection)\s*\d+(?:[.,]\d+)*
    """,
    re.IGNORECASE | re.VERBOSE,
)
_FIGURE = re.compile(r"(?<![\w{])(?<![A-Za-zÆØÅæøå]-)\d+(?:[.,:]\d+)*(?![A-Za-zÆØÅæøå\d])")


@dataclass(frozen=True, slots=True)
class Found:
    """A rule's figure that a placeholder stands for."""

    placed: PlacedRule
    field: str


@dataclass(frozen=True, slots=True)
class NotFound:
    """Why a placeholder stands for nothing, and what to write."""

    message: str
    remedy: str


def marked_figure(inner: str) -> str | None:
    """Return the figure of `{=24}`, or None for a placeholder that names a field."""
    return inner[1:].strip() if inner.startswith("=") else None


def figure_for(inner: str, rules: tuple[PlacedRule, ...]) -> Found | NotFound:
    """Return the figure that `{inner}` stands for among the rules of its clause."""
    named = _NAMED.match(inner)
    if named is None:
        return NotFound(f"{{{inner}}} is not a placeholder.", "Write {field}, {kind.field} or {=figure}.")
    rule, field = named["rule"], named["field"]
    meant = tuple(placed for placed in rules if rule in (None, placed.rule.kind, placed.name))
    if rule is not None and not meant:
        return NotFound(f'The clause has no rule "{rule}".', _offer(rules))
    having = tuple(placed for placed in meant if field in figures_of(placed.rule))
    if not having:
        is_field = any(field in fields_of(type(placed.rule)) for placed in meant)
        message = f'"{field}" has no figure here.' if is_field else f'No rule of the clause has "{field}".'
        return NotFound(message, _offer(rules))
    if len(having) > 1:
        return NotFound(f"{{{inner}}} may mean {len(having)} rules of the clause.", _offer(having))
    return Found(having[0], field)


def mistakes_in(line: str, *, rules: tuple[PlacedRule, ...] | None) -> Iterator[tuple[str, str]]:
    """Give message and remedy of all that is wrong in a line of prose; without rules no placeholder is looked up."""
    for inner in PLACEHOLDER.findall(line):
        marked = marked_figure(inner)
        if marked == "":
            yield "{=} marks no figure.", "Write it as in {=24}."
        elif marked is None and rules is not None:
            answer = figure_for(inner.strip(), rules)
            if isinstance(answer, NotFound):
                yield answer.message, answer.remedy
    for figure in bare_figures(line):
        remedy = f"Write {{field}} of a rule, or {{={figure}}} if it is no parameter."
        yield f"The figure {figure} stands in the prose without a rule.", remedy
    if "-->" in line or line.lstrip().startswith("<!"):
        yield "A comment is not closed, or does not begin as one.", "Write <!-- … --> alone on its line."
    if has_stray_brace(line):
        yield "A brace stands alone.", "Write {field} on one line."


def placeholders_in(clause: Clause) -> tuple[str, ...]:
    """Return what stands in the braces of the clause, without marked figures, in order of the alphabet."""
    texts = (clause.heading, clause.prose, clause.reading)
    found = (inner for text in texts for inner in PLACEHOLDER.findall(text))
    return tuple(sorted(inner.strip() for inner in found if not inner.startswith("=")))


def marked_figures_in(clause: Clause) -> tuple[str, ...]:
    """Return the marked figures of the clause in order of the alphabet, alike in every language: 3,5 is 3.5."""
    texts = (clause.heading, clause.prose, clause.reading)
    found = (marked_figure(inner.strip()) for text in texts for inner in PLACEHOLDER.findall(text))
    return tuple(sorted(figure.replace(",", ".") for figure in found if figure))


def bare_figures(line: str) -> Iterator[str]:
    """Give each figure of the line that no rule stands behind."""
    text = _NOT_FIGURES.sub(" ", PLACEHOLDER.sub(" ", line))
    yield from _FIGURE.findall(text)


def has_stray_brace(line: str) -> bool:
    """Tell whether a brace stands alone, so that a placeholder would be shown as it is written."""
    return bool(re.search(r"[{}]", PLACEHOLDER.sub("", line)))


def _offer(rules: tuple[PlacedRule, ...]) -> str:
    offered = tuple(
        f"{{{placed.name or placed.rule.kind}.{name}}}" for placed in rules for name in figures_of(placed.rule)
    )
    if not offered:
        return "Add a rule with the figure, or mark it as {=figure}."
    if len(set(offered)) < len(offered):
        return "Give the rules names with ```toml KIND as NAME, and write {NAME.field}."
    return f"Write {' or '.join(dict.fromkeys(offered))}."
