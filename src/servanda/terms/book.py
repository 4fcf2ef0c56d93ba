"""The agreement as a book: chapters and clauses as values that any page or printer lays out.

A clause has its text with live figures, how it is read, what stands in its margin, what the law says to it, and what it
means for one reader. The law's notes and the meanings are handed in by clause number: `conflicts` and `meaning` make
them. The English text takes its figures from the Danish document of the same version.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from html import escape
from itertools import groupby
from typing import Literal

from servanda.ground.calendar import day_text
from servanda.terms.document import Agreement, Clause, Language, PlacedRule
from servanda.terms.margin import MarginMark, margin_mark, marks_of
from servanda.terms.rendering import anchor_of, filled, marked_html, marked_line

AsideKind = Literal["reading", "law", "meaning"]


@dataclass(frozen=True, slots=True)
class LawNote:
    """What the law says to a clause, in the reader's language: a sentence, and the provision it rests on."""

    text: str
    provision: str = ""

    def __str__(self) -> str:
        return f"{self.text} ({self.provision})" if self.provision else self.text


@dataclass(frozen=True, slots=True)
class Aside:
    """What stands beside the text of a clause, under its label. `html` is safe.

    A reading that says itself that it is one needs no label to be seen; those who only hear the page still get it.
    """

    kind: AsideKind
    label: str
    html: str
    is_label_shown: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class BookClause:
    """A clause of the book. What ends in `html` is safe to show as it is; `prose` and `reading` are Markdown."""

    number: str
    heading: str
    heading_html: str
    prose: str
    html: str
    reading: str
    reading_html: str
    marks: tuple[MarginMark, ...]
    notes: tuple[LawNote, ...]
    meaning: tuple[str, ...]
    requirements: tuple[str, ...]
    kinds: tuple[str, ...]
    rules: tuple[PlacedRule, ...]
    is_house: bool
    anchor: str
    language: Language

    @property
    def asides(self) -> tuple[Aside, ...]:
        """What stands beside the text: what it means for the reader, how it is read, what the law says."""
        labels = _WORDS[self.language]
        offered = (
            Aside("meaning", labels["meaning"], paragraphs(self.meaning)),
            Aside("reading", labels["reading"], self.reading_html, not self.reading.startswith(labels["reads itself"])),
            Aside("law", labels["law"], paragraphs(tuple(map(str, self.notes)))),
        )
        return tuple(aside for aside in offered if aside.html)


@dataclass(frozen=True, slots=True)
class BookChapter:
    """A chapter with its clauses; `intro` tells of house choices that they are no part of the terms."""

    title: str
    clauses: tuple[BookClause, ...]
    intro: str = ""

    @property
    def anchor(self) -> str:
        return f"chapter-of-{self.clauses[0].anchor}"

    @property
    def intro_html(self) -> str:
        return paragraphs((self.intro,) if self.intro else ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """A version in one language. `dated` says from which day it holds; `imprint` what stands at the foot of pages."""

    provider: str
    name: str
    subtitle: str
    version: str
    language: Language
    effective_on: date
    until: date | None
    dated: str
    sha256: str
    source_note: str
    chapters: tuple[BookChapter, ...]

    @property
    def clauses(self) -> tuple[BookClause, ...]:
        return tuple(clause for chapter in self.chapters for clause in chapter.clauses)

    @property
    def marks(self) -> tuple[MarginMark, ...]:
        """The marks that the book uses, in the order in which they come: its legend."""
        return tuple(dict.fromkeys(mark for clause in self.clauses for mark in clause.marks))

    @property
    def imprint(self) -> tuple[str, ...]:
        """Provider with version, and the hash that is stored with each acceptance."""
        return (f"{self.name} · {self.version}", f"SHA-256 {self.sha256}")


def book_of(
    agreement: Agreement,
    rules_from: Agreement | None = None,
    *,
    notes: Mapping[str, tuple[LawNote, ...]] | None = None,
    meanings: Mapping[str, tuple[str, ...]] | None = None,
) -> Book:
    """Return the agreement as a book; an English one needs the Danish one as `rules_from`.

    Notes and meanings are by clause number; a number that the agreement does not have is passed over.
    """
    book = _plain(agreement, rules_from)
    if not notes and not meanings:
        return book
    chapters = tuple(
        replace(chapter, clauses=tuple(_with(clause, notes or {}, meanings or {}) for clause in chapter.clauses))
        for chapter in book.chapters
    )
    return replace(book, chapters=chapters)


def paragraphs(sentences: tuple[str, ...]) -> str:
    """Return plain texts as safe HTML, each a paragraph."""
    return "".join(f"<p>{escape(sentence)}</p>\n" for sentence in sentences)


def dated_text(agreement: Agreement, language: Language) -> str:
    """Return from which day, and until which, the version holds for new contracts."""
    words = _WORDS[language]
    since = f"{words['since']} {day_text(agreement.effective_on, language)}"
    return (
        f"{since}." if agreement.until is None else f"{since} {words['until']} {day_text(agreement.until, language)}."
    )


@lru_cache(maxsize=64)
def _plain(agreement: Agreement, rules_from: Agreement | None) -> Book:
    rules = {clause.number: clause.rules for clause in (rules_from or agreement).clauses}
    language = agreement.language
    return Book(
        provider=agreement.provider,
        name=agreement.name,
        subtitle=f"{_WORDS[language]['version']} {agreement.version}",
        version=agreement.version,
        language=language,
        effective_on=agreement.effective_on,
        until=agreement.until,
        dated=dated_text(agreement, language),
        sha256=agreement.sha256,
        source_note=agreement.source_note,
        chapters=tuple(
            _chapter(title, tuple(clauses), rules, language)
            for title, clauses in groupby(agreement.clauses, key=lambda clause: clause.chapter)
        ),
    )


def _chapter(
    title: str, clauses: tuple[Clause, ...], rules: dict[str, tuple[PlacedRule, ...]], language: Language
) -> BookChapter:
    has_house = any(clause.is_house_choice for clause in clauses)
    shown = tuple(_clause(clause, rules.get(clause.number, ()), language) for clause in clauses)
    return BookChapter(title, shown, _WORDS[language]["house"] if has_house else "")


def _clause(clause: Clause, rules: tuple[PlacedRule, ...], language: Language) -> BookClause:
    return BookClause(
        number=clause.number,
        heading=filled(clause.heading, rules=rules, language=language),
        heading_html=marked_line(clause.heading, rules=rules, language=language),
        prose=filled(clause.prose, rules=rules, language=language),
        html=marked_html(clause.prose, rules=rules, language=language),
        reading=filled(clause.reading, rules=rules, language=language),
        reading_html=marked_html(clause.reading, rules=rules, language=language) if clause.reading else "",
        marks=tuple(margin_mark(mark, language) for mark in marks_of(rules)),
        notes=(),
        meaning=(),
        requirements=clause.requirements,
        kinds=tuple(dict.fromkeys(placed.rule.kind for placed in rules)),
        rules=rules,
        is_house=clause.is_house_choice,
        anchor=anchor_of(clause.number),
        language=language,
    )


def _with(
    clause: BookClause, notes: Mapping[str, tuple[LawNote, ...]], meanings: Mapping[str, tuple[str, ...]]
) -> BookClause:
    return replace(clause, notes=notes.get(clause.number, ()), meaning=meanings.get(clause.number, ()))


_WORDS: dict[Language, dict[str, str]] = {
    "da": {
        "version": "Version",
        "since": "Gælder nye aftaler fra",
        "until": "til, men ikke med,",
        "reading": "Sådan læser vi punktet",
        "reads itself": "Læses sådan",
        "law": "Det siger loven",
        "meaning": "Det betyder for dig",
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
        "reads itself": "Read as follows",
        "law": "What the law says",
        "meaning": "What it means for you",
        "house": (
            "Here the terms are silent, and we have chosen ourselves what we do. The choices are not part of what you "
            "accepted, and none of them costs you money or stops anything unless a person has decided so."
        ),
    },
}
