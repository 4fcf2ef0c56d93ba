"""The agreement as a book: each clause with its live figures marked, how it is read, and who carries it out."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import cast
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from markdown_it import MarkdownIt

from servanda.business.library.queries import library_of
from servanda.faces.office.places import Visit
from servanda.faces.office.shown import AgreementShown, ChapterShown, ClauseShown, Stamp, Tab
from servanda.faces.parts.safe import trusted
from servanda.terms.document import Agreement, Language, PlacedRule
from servanda.terms.prose import PLACEHOLDER
from servanda.terms.rendering import RenderedClause, filled, rendered
from servanda.terms.versions import NoSuchVersion

LANGUAGES: Mapping[str, str] = {"da": "Dansk", "en": "English"}
MARKS: Mapping[str, tuple[str, str]] = {
    "automatic": (gettext_noop("Happens by itself"), "calm"),
    "a person decides": (gettext_noop("A person decides"), "warn"),
    "not automated": (gettext_noop("Not automated"), "outline"),
}
# Letters for private use mark a figure through the Markdown, which lets no HTML in; no document may hold them.
_OPEN, _CLOSE = "\ue000", "\ue001"
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")


def agreement_shown(visit: Visit, *, version: str, language: str) -> AgreementShown:
    """Return a version of the company's terms; without a known one, that which holds today."""
    library = library_of(visit.company.slug)
    asked = cast("Language", language if language in LANGUAGES else "da")
    danish = library.find(version) if version else None
    danish = danish if danish is not None else _of_today(visit)
    text = library.find(danish.version, asked) or danish
    book = rendered(text, danish if text is not danish else None)
    live = _live_figures(text, danish)
    house = tuple(clause for chapter in book.chapters for clause in chapter.clauses if clause.is_house)
    return AgreementShown(
        name=book.name,
        version=book.version,
        effective_on=danish.effective_on,
        until=danish.until,
        language=text.language,
        sha256=book.sha256,
        source_note=text.source_note,
        chapters=tuple(
            ChapterShown(heading=chapter.title, clauses=tuple(_clause(clause, live) for clause in kept))
            for chapter in book.chapters
            if (kept := tuple(clause for clause in chapter.clauses if not clause.is_house))
        ),
        house=tuple(_clause(clause, live) for clause in house),
        languages=tuple(
            Tab(name, _address(visit, version=danish.version, language=code), is_here=code == text.language)
            for code, name in LANGUAGES.items()
        ),
        versions=tuple(
            Tab(name, _address(visit, version=name, language=text.language), is_here=name == danish.version)
            for name in library.versions
        ),
    )


def _of_today(visit: Visit) -> Agreement:
    library = library_of(visit.company.slug)
    try:
        return library.version_on(visit.today)
    except NoSuchVersion:
        return library.version(library.versions[0])


def _clause(clause: RenderedClause, live: Mapping[str, str]) -> ClauseShown:
    return ClauseShown(
        number=clause.number,
        heading=clause.heading,
        html=trusted(live[clause.number]),
        reading=trusted(clause.reading_html),
        marks=tuple(Stamp(_(MARKS[mark][0]), MARKS[mark][1]) for mark in clause.marks),
    )


@lru_cache(maxsize=64)
def _live_figures(text: Agreement, danish: Agreement) -> Mapping[str, str]:
    """Return the prose of each clause as HTML in which the figures of the rules are marked."""
    rules = {clause.number: clause.rules for clause in danish.clauses}
    return {
        clause.number: marked_html(clause.prose, rules=rules.get(clause.number, ()), language=text.language)
        for clause in text.clauses
    }


def marked_html(prose: str, *, rules: tuple[PlacedRule, ...], language: Language) -> str:
    """Return the prose as HTML; a figure that a rule stands behind is an `<ins>`, one that is only said is not."""

    def figure(match: re.Match[str]) -> str:
        said = filled(match.group(0), rules=rules, language=language)
        return said if match.group(1).strip().startswith("=") else f"{_OPEN}{said}{_CLOSE}"

    html: str = _MARKDOWN.render(PLACEHOLDER.sub(figure, prose))
    return html.replace(_OPEN, '<ins class="live">').replace(_CLOSE, "</ins>")


def _address(visit: Visit, **query: str) -> str:
    return f"{reverse('office:agreement', args=[visit.company.slug])}?{urlencode(query)}"
