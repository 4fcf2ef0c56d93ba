"""The draft as it is read, in which each live figure leads to a small form that changes it."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from itertools import groupby

from django.urls import reverse
from django.utils.translation import gettext as _

from servanda.business.library.facts import CheckedDraft, DraftFacts
from servanda.business.library.queries import version_of
from servanda.faces.office.agreement_words import UNITS
from servanda.faces.office.places import Visit
from servanda.faces.office.showing.sections import language_tabs
from servanda.faces.office.shown import Link
from servanda.faces.office.shown_drafts import DraftClause, DraftFigures, FigureForm, Refilled
from servanda.faces.office.words import language as page_language
from servanda.faces.office.words import word
from servanda.faces.parts.safe import trusted
from servanda.terms.book import Book, BookClause, book_of
from servanda.terms.clauses import Rule
from servanda.terms.comparing import identity_of
from servanda.terms.describing import said_fields
from servanda.terms.document import Agreement, Language
from servanda.terms.fields import Field, fields_of, figures_of
from servanda.terms.figures import figure_text

# They tell reminders apart and name one, and are no lengths that one chooses: another number is another rule.
STEP_NUMBERS = frozenset({"step", "after_step", "with_step"})

# Only the renderer of the terms makes such a span; what a person writes never becomes a tag.
_FIGURE = re.compile(
    r'<span class="figure" data-field="(?P<kind>[^".]+)\.(?P<field>[^"]+)"(?: data-rule="(?P<name>[^"]*)")?>'
    r"(?P<said>[^<]*)</span>"
)


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """What a figure is shown beside: the version before, other clauses of its kind, and a form that was sent back."""

    before: Mapping[tuple[object, ...], Rule]
    clauses_by_field: Mapping[tuple[str, str], tuple[str, ...]]
    refilled: Refilled
    language: Language


def figures_shown(
    visit: Visit, found: DraftFacts, checked: CheckedDraft, *, text: Language, refilled: Refilled
) -> DraftFigures | None:
    """Return the draft to be read and changed; None while its Danish text cannot be read."""
    if checked.danish is None:
        return None
    agreement = checked.english if text == "en" and checked.english is not None else checked.danish
    book = book_of(agreement, checked.danish)
    around = _surroundings(version_of(visit.company.slug, found.base_version), checked.danish, refilled)
    address = reverse("office:draft", args=[visit.company.slug, found.draft_id])
    return DraftFigures(
        language=agreement.language,
        languages=language_tabs(address, agreement.language),
        chapters=tuple(_chapters(book, around)),
    )


def figure_key(clause: str, rule: int, field: str) -> str:
    """Return the name of a figure on the page, and of its field in the form."""
    return f"figure-{clause.replace('.', '-')}-{rule}-{field}"


def bounds_text(field: Field) -> str:
    """Return between which values a figure may lie, with its unit."""
    if field.at_least is None or field.at_most is None:
        return ""
    figures = {"least": _number(field.at_least), "most": _number(field.at_most), "unit": word(UNITS, field.unit)}
    if field.unit == "count":
        return _("from %(least)s to %(most)s") % figures
    return _("from %(least)s to %(most)s %(unit)s") % figures


def _surroundings(base: Agreement, danish: Agreement, refilled: Refilled) -> _Surroundings:
    fields: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for clause in danish.clauses:
        for placed in clause.rules:
            for name in figures_of(placed.rule):
                fields[placed.rule.kind, name][clause.number] = None
    return _Surroundings(
        before={identity_of(placed.rule): placed.rule for clause in base.clauses for placed in clause.rules},
        clauses_by_field={key: tuple(numbers) for key, numbers in fields.items()},
        refilled=refilled,
        language="en" if page_language() == "en" else "da",
    )


def _chapters(book: Book, around: _Surroundings) -> Iterator[tuple[str, tuple[DraftClause, ...]]]:
    titled = ((chapter.title, clause) for chapter in book.chapters for clause in chapter.clauses)
    for title, group in groupby(titled, key=lambda pair: pair[0]):
        yield title, tuple(_clause(clause, around) for _title, clause in group)


def _clause(clause: BookClause, around: _Surroundings) -> DraftClause:
    figures = tuple(_forms(clause, around))
    return DraftClause(
        number=clause.number,
        heading=trusted(clause.heading_html),
        html=trusted(_linked(clause)),
        figures=figures,
        is_open=any(figure.wrong for figure in figures),
    )


def _linked(clause: BookClause) -> str:
    """Return the clause's text in which each figure leads to its form; within a link of the text it stays as it is."""
    if "<a " in clause.html:
        return clause.html

    def link(match: re.Match[str]) -> str:
        if match["field"] in STEP_NUMBERS:
            return match[0]
        for index, placed in enumerate(clause.rules):
            if placed.rule.kind == match["kind"] and escape(placed.name) == (match["name"] or ""):
                return (
                    f'<a class="figure" href="#{figure_key(clause.number, index, match["field"])}">{match["said"]}</a>'
                )
        return match[0]

    return _FIGURE.sub(link, clause.html)


def _forms(clause: BookClause, around: _Surroundings) -> Iterator[FigureForm]:
    for index, placed in enumerate(clause.rules):
        written = said_fields(placed.rule)
        for name in figures_of(placed.rule):
            if name in written and name not in STEP_NUMBERS:
                yield _form(clause, index, placed.rule, name, around)


def _form(clause: BookClause, index: int, rule: Rule, name: str, around: _Surroundings) -> FigureForm:
    key = figure_key(clause.number, index, name)
    was = around.before.get(identity_of(rule))
    before = figure_text(was, name, around.language) if was is not None and name in figures_of(was) else ""
    shown = figure_text(rule, name, around.language)
    others = (number for number in around.clauses_by_field[rule.kind, name] if number != clause.number)
    return FigureForm(
        key=key,
        clause=clause.number,
        rule=index,
        field=name,
        label=f"{rule.kind}.{name}",
        shown=shown,
        written=around.refilled.given.get(key, _written(getattr(rule, name))),
        before=before if before != shown else "",
        bounds=bounds_text(fields_of(type(rule))[name]),
        also=tuple(Link(number, f"#c{number}") for number in others),
        wrong=around.refilled.wrong.get(key, ""),
    )


def _written(value: object) -> str:
    """Return a figure as a person types it."""
    if isinstance(value, tuple):
        return ", ".join(map(_written, value))
    return _number(value) if isinstance(value, Decimal) else str(value)


def _number(value: Decimal) -> str:
    text = f"{value:f}"
    return text.replace(".", ",") if page_language() == "da" else text
