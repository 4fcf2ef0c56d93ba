"""The agreement as a book: its clauses with live figures, readings, the law's notes and marks, and all of its versions."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from django.urls import reverse
from django.utils.translation import gettext as _

from servanda.agreements import PROVIDERS
from servanda.agreements.reading import catalogue_of
from servanda.business.contracts.queries import versions_in_use
from servanda.business.library.queries import library_of
from servanda.faces.office.places import Visit
from servanda.faces.office.showing.sections import compare_address, language_tabs, sections_of, with_query
from servanda.faces.office.shown import Link
from servanda.faces.office.shown_agreement import AgreementShown, AsideShown, ChapterShown, ClauseShown, VersionRow
from servanda.faces.parts.safe import trusted
from servanda.terms.book import Book, BookChapter, BookClause, LawNote, book_of
from servanda.terms.clauses import CustomerKind
from servanda.terms.document import Agreement, Language
from servanda.terms.law_notes import law_notes
from servanda.terms.versions import Library, NoSuchVersion

FORMATS = ("html", "pdf")


def book_shown(visit: Visit, *, version: str, language: Language) -> AgreementShown:
    """Return a version of the company's terms; without a known one, that which holds today."""
    library = library_of(visit.company.slug)
    danish = _asked_for(library, version, visit.today)
    text = library.find(danish.version, language) or danish
    book = book_of(text, danish, notes=notes_of(danish, on=visit.today, language=text.language))
    address = reverse("office:agreement", args=[visit.company.slug])
    return AgreementShown(
        name=book.name,
        version=book.version,
        effective_on=danish.effective_on,
        until=danish.until,
        language=text.language,
        sha256=book.sha256,
        source_note=text.source_note,
        chapters=chapters_of(book, is_house=False),
        house=chapters_of(book, is_house=True),
        legend=book.marks,
        languages=language_tabs(address, text.language, version=danish.version),
        versions=_versions(visit, library, danish.version, text.language),
        files=tuple(_file(visit, danish.version, text.language, name) for name in FORMATS),
        sections=sections_of(visit, "agreement"),
    )


def book_for_file(visit: Visit, *, version: str, language: Language) -> Book:
    """Return the book as it is laid out on its own; refuses a version that there is not."""
    library = library_of(visit.company.slug)
    danish = library.version(version)
    text = library.version(version, language)
    return book_of(text, danish, notes=notes_of(danish, on=visit.today, language=language))


@lru_cache(maxsize=64)
def notes_of(
    danish: Agreement, *, on: date, language: Language, customer: CustomerKind | None = None
) -> Mapping[str, tuple[LawNote, ...]]:
    """Return what the law of the day says to each clause, told for one kind of customer or for all."""
    catalogue = catalogue_of(danish.provider) if danish.provider in PROVIDERS else None
    return law_notes(danish, on=on, language=language, catalogue=catalogue, customer=customer)


def chapters_of(book: Book, *, is_house: bool, why_not: Mapping[str, str] | None = None) -> tuple[ChapterShown, ...]:
    """Return the chapters with their clauses, of the terms or of the house's own choices, which stand apart."""
    chapters = ((chapter, _kept(chapter, is_house=is_house)) for chapter in book.chapters)
    return tuple(
        ChapterShown(
            heading=chapter.title,
            intro=chapter.intro if is_house else "",
            clauses=tuple(_clause(clause, (why_not or {}).get(clause.number, "")) for clause in kept),
        )
        for chapter, kept in chapters
        if kept
    )


def of_today(library: Library, today: date) -> Agreement:
    """Return the version that a contract of the day is concluded on; before the first one, that."""
    try:
        return library.version_on(today)
    except NoSuchVersion:
        return library.version(library.versions[0])


def _asked_for(library: Library, version: str, today: date) -> Agreement:
    found = library.find(version) if version else None
    return found if found is not None else of_today(library, today)


def _kept(chapter: BookChapter, *, is_house: bool) -> tuple[BookClause, ...]:
    return tuple(clause for clause in chapter.clauses if clause.is_house is is_house)


def _clause(clause: BookClause, why_not: str) -> ClauseShown:
    return ClauseShown(
        number=clause.number,
        heading=trusted(clause.heading_html),
        html=trusted(clause.html),
        asides=tuple(
            AsideShown(
                kind=aside.kind, label=aside.label, html=trusted(aside.html), is_label_shown=aside.is_label_shown
            )
            for aside in clause.asides
        ),
        marks=clause.marks,
        why_not=why_not,
    )


def _versions(visit: Visit, library: Library, here: str, language: Language) -> tuple[VersionRow, ...]:
    """Return the line of versions, the newest first."""
    bound = versions_in_use(visit.company.company_id)
    today = of_today(library, visit.today).version
    before = dict(zip(library.versions[1:], library.versions, strict=False))
    address = reverse("office:agreement", args=[visit.company.slug])
    rows = []
    for name in reversed(library.versions):
        agreement = library.version(name)
        rows.append(
            VersionRow(
                name=name,
                address=with_query(address, version=name, language=language),
                since=agreement.effective_on,
                until=agreement.until,
                bound=bound.get(name, 0),
                is_here=name == here,
                is_of_today=name == today,
                compared=compare_address(visit, before[name], name, language=language) if name in before else "",
            )
        )
    return tuple(rows)


def _file(visit: Visit, version: str, language: Language, name: str) -> Link:
    address = reverse("office:agreement-file", args=[visit.company.slug])
    text = _("Download as %(format)s") % {"format": name.upper()}
    return Link(text, with_query(address, version=version, language=language, format=name))
