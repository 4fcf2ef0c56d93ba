"""What is new in a draft: its words against those of the version before, its figures weighed, and what the law says."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from servanda.agreements import PROVIDERS
from servanda.agreements.reading import catalogue_of
from servanda.business.library.facts import CheckedDraft, DraftFacts
from servanda.business.library.queries import version_of
from servanda.faces.office.places import Visit
from servanda.faces.office.showing.redlines import counted_in, redlines, weighed_rows
from servanda.faces.office.showing.sections import language_tabs
from servanda.faces.office.shown import Stamp
from servanda.faces.office.shown_drafts import ConflictRow, DraftNews
from servanda.faces.office.words import CUSTOMER_KINDS, word
from servanda.faces.office.words import language as page_language
from servanda.terms.clauses import CustomerKind
from servanda.terms.conflicts import Conflict, conflicts_in
from servanda.terms.document import Agreement, Language
from servanda.terms.redline import redline_of


def news_shown(visit: Visit, found: DraftFacts, checked: CheckedDraft, *, text: Language) -> DraftNews | None:
    """Return what is new against the version that the draft was begun from; None while it cannot be read."""
    if checked.danish is None:
        return None
    text = text if checked.english is not None else "da"
    slug = visit.company.slug
    base = version_of(slug, found.base_version)
    old = version_of(slug, found.base_version, text)
    new = checked.english if text == "en" and checked.english is not None else checked.danish
    redline = redline_of(old, new, old_rules=base, new_rules=checked.danish)
    address = reverse("office:draft", args=[slug, found.draft_id])
    return DraftNews(
        language=text,
        languages=language_tabs(address, text, view="news"),
        clauses=redlines(redline),
        counted=counted_in(redline),
        weighed=weighed_rows(base, checked.danish),
        conflicts=_conflicts(visit, base, checked.danish),
    )


def _conflicts(visit: Visit, base: Agreement, draft: Agreement) -> tuple[ConflictRow, ...]:
    """Return what the law says to the draft, what is new first."""
    catalogue = catalogue_of(visit.company.slug) if visit.company.slug in PROVIDERS else None
    on = max(draft.effective_on, visit.today)
    before, after = (conflicts_in(agreement, on=on, catalogue=catalogue) for agreement in (base, draft))
    known = frozenset(map(_same, before))
    rows = [(_same(conflict) in known, _conflict(conflict, is_new=_same(conflict) not in known)) for conflict in after]
    return tuple(row for _is_known, row in sorted(rows, key=lambda pair: pair[0]))


def _same(conflict: Conflict) -> tuple[object, ...]:
    return conflict.letter, conflict.kind, conflict.citation.clause, conflict.against, conflict.provision


def _conflict(conflict: Conflict, *, is_new: bool) -> ConflictRow:
    here = page_language()
    text: Language = "en" if here == "en" else "da"
    return ConflictRow(
        clause=conflict.citation.clause,
        against=_whom(conflict.against),
        why=conflict.why.in_language(text),
        instead=conflict.instead.in_language(text),
        provision=str(conflict.provision),
        stamp=Stamp(_("New in the draft"), "stop") if is_new else Stamp(_("As before"), "outline"),
    )


def _whom(kinds: Iterable[CustomerKind]) -> str:
    named = tuple(kinds)
    if len(named) == len(CustomerKind):
        return _("Everybody")
    return ", ".join(word(CUSTOMER_KINDS, kind) for kind in named)
