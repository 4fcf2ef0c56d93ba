"""What differs between two versions: the words with both texts in them, and each rule weighed for the customer."""

from collections.abc import Iterable, Iterator, Mapping

from django.urls import reverse
from django.utils.translation import gettext as _

from servanda.business.library.queries import library_of
from servanda.faces.office.agreement_words import VALUES, VERDICTS, stamped
from servanda.faces.office.places import Visit
from servanda.faces.office.showing.sections import language_tabs, sections_of
from servanda.faces.office.shown_agreement import ComparedShown, RedlineShown, WeighedRow
from servanda.faces.office.words import CUSTOMER_KINDS, language, word
from servanda.faces.parts.safe import trusted
from servanda.terms.comparing import shown_value
from servanda.terms.document import Agreement, Language
from servanda.terms.fields import figures_of
from servanda.terms.figures import figure_text
from servanda.terms.redline import Redline, redline_as_book, redline_of
from servanda.terms.versions import Library
from servanda.terms.weighing import Weighed, weighed


def compared_shown(visit: Visit, *, old: str, new: str, text: Language) -> ComparedShown:
    """Return two versions beside each other; without known ones, the newest and the one before it."""
    library = library_of(visit.company.slug)
    older, newer = _asked_for(library, old, new)
    redline = _between(library, older, newer, text)
    address = reverse("office:compare", args=[visit.company.slug])
    return ComparedShown(
        old=older,
        new=newer,
        language=redline.new.language,
        languages=language_tabs(address, redline.new.language, old=older, new=newer),
        versions=library.versions,
        sections=sections_of(visit, "compare"),
        clauses=redlines(redline),
        counted=counted_in(redline),
        weighed=weighed_rows(library.version(older), library.version(newer)),
    )


def redlines(redline: Redline) -> tuple[RedlineShown, ...]:
    """Return the clauses that read differently."""
    return tuple(
        RedlineShown(
            number=clause.number,
            heading=trusted(clause.heading_html),
            html=trusted(clause.html),
            reading=trusted(clause.reading_html),
        )
        for clause in redline_as_book(redline).clauses
    )


def counted_in(redline: Redline) -> str:
    """Return how many clauses are changed, new and gone, in the language of the page."""
    counts = {
        kind: sum(clause.change == kind for clause in redline.clauses) for kind in ("changed", "added", "removed")
    }
    if not any(counts.values()):
        return _("The words are the same.")
    said = _("Clauses changed: %(changed)s. New: %(added)s. Gone: %(removed)s.")
    return said % counts


def weighed_rows(old: Agreement, new: Agreement) -> tuple[WeighedRow, ...]:
    """Return the differences between the rules of two Danish documents, what is worse for the customer first."""
    figures = {**_figures(old), **_figures(new)}
    return weighed_of(weighed(old, new), figures)


def weighed_of(
    found: Iterable[Weighed], figures: Mapping[tuple[str, str, str], str] | None = None
) -> tuple[WeighedRow, ...]:
    """Return differences for a reader; `figures` are those that are told in the reader's language."""
    order = {"worse": 0, "better": 1, "different": 2}
    return tuple(_weighed(one, figures or {}) for one in sorted(found, key=lambda one: order[one.verdict]))


def _weighed(one: Weighed, figures: Mapping[tuple[str, str, str], str]) -> WeighedRow:
    return WeighedRow(
        clause=one.clause,
        what=f"{one.kind}.{one.field}" if one.field else one.kind,
        before=_said(one, one.before, figures),
        after=_said(one, one.after, figures),
        stamp=stamped(VERDICTS, one.verdict),
        for_whom=", ".join((*one.products, *(word(CUSTOMER_KINDS, kind) for kind in one.customers))),
    )


def _said(one: Weighed, value: str, figures: Mapping[tuple[str, str, str], str]) -> str:
    """Return a value in the reader's language; of a whole rule, that it is there, or is not."""
    if not one.field:
        return _("yes") if value else _("no")
    return figures.get((one.kind, one.field, value)) or word(VALUES, value)


def _figures(agreement: Agreement) -> Mapping[tuple[str, str, str], str]:
    """Return each figure of the rules in the reader's language, by how it is told in English."""
    return dict(_told(agreement))


def _told(agreement: Agreement) -> Iterator[tuple[tuple[str, str, str], str]]:
    here: Language = "en" if language() == "en" else "da"
    for clause in agreement.clauses:
        for placed in clause.rules:
            for name in figures_of(placed.rule):
                told = shown_value(placed.rule, name)
                yield (placed.rule.kind, name, told), figure_text(placed.rule, name, here)


def _asked_for(library: Library, old: str, new: str) -> tuple[str, str]:
    versions = library.versions
    newer = new if new in versions else versions[-1]
    before = versions[max(versions.index(newer) - 1, 0)]
    return old if old in versions else before, newer


def _between(library: Library, old: str, new: str, language: Language) -> Redline:
    before, after = library.version(old), library.version(new)
    texts = (library.find(old, language), library.find(new, language))
    if texts[0] is None or texts[1] is None:
        texts = (before, after)
    return redline_of(texts[0] or before, texts[1] or after, old_rules=before, new_rules=after)
