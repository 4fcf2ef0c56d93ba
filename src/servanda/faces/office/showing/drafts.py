"""The drafts of a company, and the frame of the workbench in which one is written, looked at and published."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from servanda.business.catalogue.queries import prices_of
from servanda.business.contracts.queries import changes_of
from servanda.business.library.actions.drafting import CHANGES
from servanda.business.library.facts import CheckedDraft, DraftFacts
from servanda.business.library.queries import NoSuchDraft, checked_draft, draft, drafts_of, library_of, version_of
from servanda.faces.office.agreement_words import CHANGE_CLASSES, DRAFT_STATES, stamped
from servanda.faces.office.people import names_of
from servanda.faces.office.places import Visit
from servanda.faces.office.showing.sections import sections_of, with_query
from servanda.faces.office.shown import Link, Stamp, Tab
from servanda.faces.office.shown_drafts import DraftRow, DraftShown, DraftsShown, Step
from servanda.faces.office.words import word
from servanda.terms.document import Language

VIEWS = ("figures", "text", "news", "hit", "publish")
PERSONS = 2
LANGUAGES: tuple[Language, ...] = ("da", "en")


def drafts_shown(visit: Visit) -> DraftsShown:
    found = drafts_of(visit.company.company_id, only_open=False)
    names = names_of(one.written_by for one in found)
    rows = tuple((one.state, _row(visit, one, names.get(one.written_by, one.written_by))) for one in found)
    return DraftsShown(
        sections=sections_of(visit, "drafts"),
        open=tuple(row for state, row in rows if state == "open"),
        closed=tuple(row for state, row in rows if state != "open"),
        bases=tuple(reversed(library_of(visit.company.slug).versions)),
        changes=change_choices(),
        first_day=visit.today + timedelta(days=1),
    )


def draft_here(visit: Visit, draft_id: int) -> DraftFacts:
    """Return a draft of the company; any other is not found."""
    try:
        found = draft(draft_id)
    except NoSuchDraft as refusal:
        raise Http404(str(refusal)) from refusal
    if found.company_id != visit.company.company_id:
        raise Http404(_("There is no such draft."))
    return found


def checked_here(visit: Visit, found: DraftFacts) -> CheckedDraft:
    """Return the documents of a draft with all that is wrong in them, products of the catalogue included."""
    return checked_draft(visit.company.slug, found, products=products_of(visit))


def read_here(visit: Visit, found: DraftFacts) -> CheckedDraft:
    """Return the documents of a draft to be read. What is wrong in them is of interest only while they can be mended.

    A published draft is read as it was published: beside its own version its name would seem to be there twice.
    """
    if found.state == "open":
        return checked_here(visit, found)
    if found.state == "published":
        danish, english = (version_of(visit.company.slug, found.version, text) for text in LANGUAGES)
        return CheckedDraft(danish=danish, english=english, problems=())
    return replace(checked_here(visit, found), problems=())


def change_made_by(visit: Visit, found: DraftFacts) -> int | None:
    """Return the id of the change that publishing the draft made; None where it was not published."""
    if found.state != "published":
        return None
    made = (one for one in changes_of(visit.company.company_id) if one.draft.about == "terms")
    return next((one.change_id for one in made if one.draft.after == found.version), None)


def products_of(visit: Visit) -> frozenset[str]:
    """Return the codes of all that the company sells."""
    return frozenset(prices_of(visit.company.company_id).products)


def change_choices() -> tuple[tuple[str, str], ...]:
    """Return the classes of change with their names."""
    return tuple((name, word(CHANGE_CLASSES, name)) for name in CHANGES)


def draft_shown(visit: Visit, found: DraftFacts, checked: CheckedDraft, *, me: str, view: str) -> DraftShown:
    """Return the frame around the views of a draft, for the person who looks at it."""
    is_open = found.state == "open"
    names = names_of((found.written_by, *found.approved_by))
    steps = _steps(found, checked)
    is_ready = all(step.is_done for step in steps[:-1])
    has_said_yes = me in found.approved_by
    return DraftShown(
        draft_id=found.draft_id,
        version=found.version,
        base=found.base_version,
        effective_on=found.effective_on,
        change=found.change,
        change_text=word(CHANGE_CLASSES, found.change),
        changes=change_choices(),
        reason=found.reason,
        state=found.state,
        written=names.get(found.written_by, found.written_by),
        written_at=found.written_at,
        fingerprint=found.fingerprint,
        problems=checked.problems,
        views=_views(visit, found.draft_id, view),
        steps=steps if is_open else (),
        stamp=_stamp(found),
        came_of_it=tuple(_came_of_it(visit, found)),
        said_yes=tuple(names.get(by, by) for by in found.approved_by),
        may_say_yes=is_open and is_ready and not has_said_yes and len(found.approved_by) < PERSONS,
        may_publish=is_open and is_ready and len(found.approved_by) >= PERSONS,
        why_not=_why_not(found, is_ready=is_ready, has_said_yes=has_said_yes) if is_open else "",
        is_open=is_open,
        has_forecast=found.forecast is not None,
    )


def _steps(found: DraftFacts, checked: CheckedDraft) -> tuple[Step, ...]:
    said = len(found.approved_by)
    return (
        Step(text=_("Both texts are without problems"), is_done=checked.is_sound),
        Step(text=_("The reason is written"), is_done=bool(found.reason.strip())),
        Step(text=_("It is known who is hit by these texts"), is_done=found.forecast is not None),
        Step(
            text=_("Said yes: %(count)s of %(all)s persons") % {"count": min(said, PERSONS), "all": PERSONS},
            is_done=said >= PERSONS,
        ),
    )


def _came_of_it(visit: Visit, found: DraftFacts) -> Iterator[Link]:
    """Yield the version in the book and the change that a published draft became."""
    if found.state != "published":
        return
    slug = visit.company.slug
    book = with_query(reverse("office:agreement", args=[slug]), version=found.version)
    yield Link(_("Version %(version)s in the book") % {"version": found.version}, book)
    made = change_made_by(visit, found)
    if made is not None:
        yield Link(_("The change"), reverse("office:change", args=[slug, made]))


def _why_not(found: DraftFacts, *, is_ready: bool, has_said_yes: bool) -> str:
    """Return why the next step is not to be taken here and now; empty where it is."""
    if not is_ready:
        return _("Something is still missing above. Then two persons can say yes.")
    if has_said_yes and len(found.approved_by) < PERSONS:
        return _("You have said yes. A second person must say yes too, signed in under their own name.")
    return ""


def _views(visit: Visit, draft_id: int, here: str) -> tuple[Tab, ...]:
    names = {
        "figures": _("Read and change figures"),
        "text": _("Text"),
        "news": _("What is new"),
        "hit": _("Who is hit"),
        "publish": _("Publish"),
    }
    address = reverse("office:draft", args=[visit.company.slug, draft_id])
    return tuple(
        Tab(names[view], with_query(address, view="" if view == VIEWS[0] else view), is_here=view == here)
        for view in VIEWS
    )


def _row(visit: Visit, found: DraftFacts, by: str) -> DraftRow:
    return DraftRow(
        version=found.version,
        address=reverse("office:draft", args=[visit.company.slug, found.draft_id]),
        base=found.base_version,
        effective_on=found.effective_on,
        change=word(CHANGE_CLASSES, found.change),
        by=by,
        at=found.written_at,
        stamp=_stamp(found),
    )


def _stamp(found: DraftFacts) -> Stamp:
    if found.state == "open" and found.approved_by:
        ready = len(found.approved_by) >= PERSONS
        return Stamp(_("Ready to publish") if ready else _("Waits for a second yes"), "warn")
    return stamped(DRAFT_STATES, found.state)
