"""How is an agreement shown: its prose with the figures of its rules, as Markdown, as HTML, or in parts?

The English text takes its figures from the Danish document of the same version. Pages that lay out clauses themselves
use the parts; everything in a field that ends in `_html` is safe to show as it is.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from itertools import groupby
from typing import Literal

from markdown_it import MarkdownIt

from servanda.ground.calendar import day_text
from servanda.terms.document import Agreement, Clause, Language, PlacedRule
from servanda.terms.figures import figure_text
from servanda.terms.prose import PLACEHOLDER, NotFound, figure_for, marked_figure

Mark = Literal["automatic", "a person decides", "not automated"]
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")


@dataclass(frozen=True, slots=True)
class RenderedClause:
    """A clause as it is shown. `html` and `reading_html` are safe; number and heading are plain text."""

    number: str
    heading: str
    html: str
    marks: tuple[Mark, ...]
    requirements: tuple[str, ...]
    reading_html: str
    is_house: bool
    kinds: tuple[str, ...]
    anchor: str


@dataclass(frozen=True, slots=True)
class RenderedChapter:
    """A chapter with its clauses; `intro_html` tells of house choices that they are no part of the terms."""

    title: str
    clauses: tuple[RenderedClause, ...]
    intro_html: str = ""


@dataclass(frozen=True, slots=True)
class RenderedAgreement:
    """A version in one language as it is shown. `dated` says from which day it holds, in the reader's language."""

    name: str
    version: str
    language: Language
    dated: str
    sha256: str
    chapters: tuple[RenderedChapter, ...]


@lru_cache(maxsize=64)
def rendered(agreement: Agreement, rules_from: Agreement | None = None) -> RenderedAgreement:
    """Return the agreement in parts; an English one needs the Danish one as `rules_from`."""
    source = _rules_by_number(rules_from or agreement)
    chapters = tuple(
        _chapter(title, tuple(clauses), source, agreement.language)
        for title, clauses in groupby(agreement.clauses, key=lambda clause: clause.chapter)
    )
    return RenderedAgreement(
        agreement.name, agreement.version, agreement.language, _dated(agreement), agreement.sha256, chapters
    )


def prose_of(clause: Clause, *, rules: tuple[PlacedRule, ...], language: Language) -> str:
    """Return the clause's prose as Markdown with the figures of the rules in it."""
    return filled(clause.prose, rules=rules, language=language)


def filled(text: str, *, rules: tuple[PlacedRule, ...], language: Language) -> str:
    """Return the text with each placeholder replaced; one that stands for nothing is a bug, as the checker found it."""

    def figure(match: re.Match[str]) -> str:
        inner = match.group(1).strip()
        marked = marked_figure(inner)
        if marked is not None:
            return marked
        found = figure_for(inner, rules)
        assert not isinstance(found, NotFound), f"{{{inner}}}: {found}"
        return figure_text(found.placed.rule, found.field, language)

    return PLACEHOLDER.sub(figure, text)


def marks_of(rules: tuple[PlacedRule, ...]) -> tuple[Mark, ...]:
    """Return how far the program carries a clause with these rules out by itself."""
    deciders = {placed.rule.decided_by for placed in rules}
    marks: tuple[Mark, ...] = ("automatic",) if "system" in deciders else ()
    marks += ("a person decides",) if "person" in deciders else ()
    return marks or ("not automated",)


def markdown_of(agreement: Agreement, rules_from: Agreement | None = None) -> str:
    """Return the whole agreement as Markdown for a reader: figures filled in, rules left out."""
    source = _rules_by_number(rules_from or agreement)
    language = agreement.language
    parts = [f"# {agreement.name}", f"{_WORDS[language]['version']} {agreement.version}. {_dated(agreement)}"]
    for title, clauses in groupby(agreement.clauses, key=lambda clause: clause.chapter):
        listed = tuple(clauses)
        parts += [f"## {title}"] if title else []
        parts += [_WORDS[language]["house"]] if _has_house(listed) else []
        for clause in listed:
            parts += _clause_markdown(clause, source.get(clause.number, ()), language)
    return "\n\n".join(parts) + "\n"


def html_of(agreement: Agreement, rules_from: Agreement | None = None) -> str:
    """Return the whole agreement as one safe `<article>`, with an anchor at each clause."""
    shown = rendered(agreement, rules_from)
    words = _WORDS[shown.language]
    chapters = "\n".join(_chapter_html(chapter, shown.language) for chapter in shown.chapters)
    return (
        f'<article class="agreement" lang="{shown.language}">\n<h1>{escape(shown.name)}</h1>\n'
        f"<p>{words['version']} {escape(shown.version)}. {escape(shown.dated)}</p>\n{chapters}\n</article>\n"
    )


def html_page_of(agreement: Agreement, rules_from: Agreement | None = None) -> str:
    """Return the agreement as a page that stands alone."""
    title = f"{agreement.name} {agreement.version}"
    return (
        f'<!doctype html>\n<html lang="{agreement.language}">\n<head><meta charset="utf-8">'
        f"<title>{escape(title)}</title></head>\n<body>\n{html_of(agreement, rules_from)}</body>\n</html>\n"
    )


def mark_text(mark: Mark, language: Language) -> str:
    """Return the mark as a reader of the language sees it."""
    return _MARKS[language][mark]


def anchor_of(number: str) -> str:
    """Return the name of a clause in addresses: `clause-14-5a`."""
    return "clause-" + number.replace(".", "-").lower()


def _chapter(
    title: str, clauses: tuple[Clause, ...], source: dict[str, tuple[PlacedRule, ...]], language: Language
) -> RenderedChapter:
    intro = f"<p>{escape(_WORDS[language]['house'])}</p>" if _has_house(clauses) else ""
    shown = tuple(_rendered_clause(clause, source.get(clause.number, ()), language) for clause in clauses)
    return RenderedChapter(title, shown, intro)


def _rendered_clause(clause: Clause, rules: tuple[PlacedRule, ...], language: Language) -> RenderedClause:
    return RenderedClause(
        number=clause.number,
        heading=filled(clause.heading, rules=rules, language=language),
        html=_html(prose_of(clause, rules=rules, language=language)),
        marks=marks_of(rules),
        requirements=clause.requirements,
        reading_html=_html(filled(clause.reading, rules=rules, language=language)) if clause.reading else "",
        is_house=clause.is_house_choice,
        kinds=tuple(dict.fromkeys(placed.rule.kind for placed in rules)),
        anchor=anchor_of(clause.number),
    )


def _html(markdown: str) -> str:
    text: str = _MARKDOWN.render(markdown)
    return text


def _chapter_html(chapter: RenderedChapter, language: Language) -> str:
    title = f"<h2>{escape(chapter.title)}</h2>\n" if chapter.title else ""
    return title + chapter.intro_html + "\n".join(_clause_html(clause, language) for clause in chapter.clauses)


def _clause_html(clause: RenderedClause, language: Language) -> str:
    marks = ", ".join(mark_text(mark, language) for mark in clause.marks)
    label = _WORDS[language]["reading"]
    reading = f'<aside aria-label="{label}">\n{clause.reading_html}</aside>\n' if clause.reading_html else ""
    return (
        f'<section id="{clause.anchor}">\n<h3>{escape(clause.number)} {escape(clause.heading)}</h3>\n'
        f'{clause.html}{reading}<p class="marks">{marks}</p>\n</section>'
    )


def _clause_markdown(clause: Clause, rules: tuple[PlacedRule, ...], language: Language) -> list[str]:
    heading = filled(clause.heading, rules=rules, language=language)
    marks = ", ".join(mark_text(mark, language) for mark in marks_of(rules))
    quoted = filled(clause.reading, rules=rules, language=language).replace("\n", "\n> ")
    reading = [f"> {quoted}"] if quoted else []
    prose = prose_of(clause, rules=rules, language=language)
    return [part for part in (f"### {clause.number} {heading}", prose, *reading, f"*{marks}*") if part]


def _rules_by_number(agreement: Agreement) -> dict[str, tuple[PlacedRule, ...]]:
    return {clause.number: clause.rules for clause in agreement.clauses}


def _has_house(clauses: tuple[Clause, ...]) -> bool:
    return any(clause.is_house_choice for clause in clauses)


def _dated(agreement: Agreement) -> str:
    words, language = _WORDS[agreement.language], agreement.language
    since = f"{words['since']} {day_text(agreement.effective_on, language)}"
    return (
        f"{since}." if agreement.until is None else f"{since} {words['until']} {day_text(agreement.until, language)}."
    )


_MARKS: dict[Language, dict[Mark, str]] = {
    "da": {
        "automatic": "Sker automatisk",
        "a person decides": "Et menneske beslutter",
        "not automated": "Ikke automatiseret",
    },
    "en": {"automatic": "Automatic", "a person decides": "A person decides", "not automated": "Not automated"},
}
_WORDS: dict[Language, dict[str, str]] = {
    "da": {
        "version": "Version",
        "since": "Gælder nye aftaler fra",
        "until": "til, men ikke med,",
        "reading": "Sådan læser vi punktet",
        "house": (
            "Her tier vilkårene, og vi har selv valgt, hvad vi gør. Valgene er ikke en del af det, du har accepteret, "
            "og ingen af dem koster dig penge eller lukker noget, uden at et menneske har besluttet det."
        ),
    },
    "en": {
        "version": "Version",
        "since": "Holds for new contracts from",
        "until": "until, but not including,",
        "reading": "How we read the clause",
        "house": (
            "Here the terms are silent, and we have chosen ourselves what we do. The choices are not part of what you "
            "accepted, and none of them costs you money or stops anything unless a person has decided so."
        ),
    },
}
