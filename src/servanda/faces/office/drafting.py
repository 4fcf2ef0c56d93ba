"""What staff do to a draft: begin it, change its figures and its text, compute who is hit, say yes, publish, give it up."""

import re
from datetime import timedelta

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from servanda.business.contracts.actions import publish_change
from servanda.business.dunning.queries.whatif import who_would_be_hit
from servanda.business.library import actions as library
from servanda.business.library.actions.drafting import CHANGES, VERSION_NAME
from servanda.business.library.facts import DraftFacts
from servanda.business.library.queries import drafts_of, is_taken, library_of
from servanda.faces.office.agreement_pages import draft_page, drafts_page
from servanda.faces.office.answering import TEXT_LETTERS_MAX, WrongFields, day_in, form, needed, number_in, say, text
from servanda.faces.office.people import name_in_records
from servanda.faces.office.places import Visit
from servanda.faces.office.showing.draft_figures import bounds_text, figure_key
from servanda.faces.office.showing.draft_hit import COMPUTED_AT, COMPUTED_BY
from servanda.faces.office.showing.drafts import checked_here, draft_here, products_of
from servanda.faces.office.showing.sections import with_query
from servanda.terms.document import Agreement
from servanda.terms.editing import NotEdited
from servanda.terms.fields import Field, fields_of

REASON_LETTERS_MAX = 1000


@form(page=drafts_page)
def start(request: HttpRequest, here: Visit) -> str:
    """Begin a draft of the next version as a copy of one in force."""
    version = text(request, "version", most=20)
    effective_on = day_in(request, "effective_on", least=here.today + timedelta(days=1))
    base = text(request, "base", most=20)
    wrong = {
        "version": _version_objection(here, version),
        "base": "" if base in library_of(here.company.slug).versions else _("Choose one of the versions."),
        "change": "" if text(request, "change") in CHANGES else _("Choose one of the classes."),
    }
    if any(wrong.values()):
        raise WrongFields({name: said for name, said in wrong.items() if said})
    begun = library.start_draft(
        here.company,
        base_version=base,
        version=version,
        effective_on=effective_on,
        change=text(request, "change"),
        by=name_in_records(request),
        at=here.at,
    )
    say(request, _("The draft of version %(version)s is begun.") % {"version": version})
    return _address(here, begun.draft_id)


@form(page=draft_page)
def change_figure(request: HttpRequest, here: Visit, *, draft_id: int) -> str:
    """Change one live figure; what the kind of rule does not allow is told at the figure, with its bounds."""
    found = draft_here(here, draft_id)
    clause, rule, name = text(request, "clause", most=20), number_in(request, "rule"), text(request, "field", most=60)
    key = figure_key(clause, rule, name)
    written = text(request, key, most=80)
    try:
        library.change_figure(
            found.draft_id,
            clause=clause,
            rule=rule,
            field=name,
            written=written,
            by=name_in_records(request),
            at=here.at,
        )
    except NotEdited as refusal:
        field = _field(checked_here(here, found).danish, clause, rule, name)
        if field is None or not field.unit:
            raise
        raise WrongFields({key: _figure_objection(field, written)}) from refusal
    if draft_here(here, draft_id).fingerprint == found.fingerprint:
        say(request, _("Nothing changed: the figure was written so before."))
    else:
        say(request, _("The figure is changed. What was computed and approved before counts no longer."))
    return f"{_address(here, draft_id)}#c{clause}"


@form(page=draft_page)
def rewrite(request: HttpRequest, here: Visit, *, draft_id: int) -> str:
    """Keep both texts as they were typed; they may be half-written, and their problems are listed."""
    found = draft_here(here, draft_id)
    danish, english = (_document(request, name) for name in ("danish", "english"))
    seen = text(request, "fingerprint", most=64)
    if seen != found.fingerprint:
        said = _("Somebody changed the draft while you wrote. Your text is still here; take in theirs before you save.")
        raise WrongFields({"danish": said})
    library.rewrite_draft(draft_id, danish=danish, english=english, by=name_in_records(request), at=here.at)
    say(request, _("The texts are kept."))
    return _address(here, draft_id, "text")


@form(page=draft_page)
def class_and_reason(request: HttpRequest, here: Visit, *, draft_id: int) -> str:
    """Class the change by the terms in force, and say why it is made; the customers are told the reason."""
    draft_here(here, draft_id)
    reason = needed(
        request, "reason", _("Write why the terms change: the customers are told."), most=REASON_LETTERS_MAX
    )
    change = text(request, "change", most=20)
    if change not in CHANGES:
        raise WrongFields({"change": _("Choose one of the classes.")})
    library.rewrite_draft(draft_id, change=change, reason=reason, by=name_in_records(request), at=here.at)
    say(request, _("Class and reason are kept."))
    return _address(here, draft_id, "publish")


@form(page=draft_page)
def forecast(request: HttpRequest, here: Visit, *, draft_id: int) -> str:
    """Compute who is hit by the texts as they stand, and keep it with them."""
    found = draft_here(here, draft_id)
    danish = _sound(here, found)
    hit = who_would_be_hit(here.company, danish, today=here.today)
    kept = {**hit.as_json(), COMPUTED_AT: here.at.isoformat(), COMPUTED_BY: name_in_records(request)}
    library.keep_forecast(draft_id, kept, fingerprint=found.fingerprint)
    say(request, _("It is computed who is hit."))
    return _address(here, draft_id, "hit")


@form(page=draft_page)
def approve(request: HttpRequest, here: Visit, *, draft_id: int) -> str:
    """Note the yes of the person who is signed in, to the texts that they have seen."""
    found = draft_here(here, draft_id)
    _sound(here, found)
    seen = text(request, "fingerprint", most=64)
    if seen != found.fingerprint:
        raise WrongFields({"approve": _("The draft was changed after you opened it. Read it again, then say yes.")})
    if found.forecast is None:
        raise WrongFields({"approve": _("Nobody has looked at who is hit by these texts. Compute it first.")})
    if not found.reason.strip():
        raise WrongFields({"approve": _("The change has no reason yet. Write one: the customers are told.")})
    library.approve_draft(draft_id, fingerprint=seen, by=name_in_records(request), at=here.at)
    say(request, _("Your yes is noted."))
    return _address(here, draft_id, "publish")


@form(page=draft_page)
def publish(request: HttpRequest, here: Visit, *, draft_id: int) -> str:
    """Publish a draft to which two persons have said yes, and write each customer's notice."""
    found = draft_here(here, draft_id)
    if found.state == "published":
        return reverse("office:changes", args=[here.company.slug])  # the button was pressed twice
    _sound(here, found)
    if len(found.approved_by) < 2:
        raise WrongFields(
            {"approve": _("Two different persons must say yes to these texts before they are published.")}
        )
    change_id = publish_change(here.company, draft_id, products=products_of(here), today=here.today, at=here.at)
    say(request, _("Version %(version)s is published, and the notices are written.") % {"version": found.version})
    return reverse("office:change", args=[here.company.slug, change_id])


@form(page=draft_page)
def drop(request: HttpRequest, here: Visit, *, draft_id: int) -> str:
    found = draft_here(here, draft_id)
    if found.state == "open":
        library.drop_draft(draft_id)
        say(request, _("The draft of version %(version)s is given up.") % {"version": found.version})
    return reverse("office:drafts", args=[here.company.slug])


def _address(here: Visit, draft_id: int, view: str = "") -> str:
    return with_query(reverse("office:draft", args=[here.company.slug, draft_id]), view=view)


def _version_objection(here: Visit, version: str) -> str:
    if not VERSION_NAME.fullmatch(version):
        return _("Name the version with digits, letters, full stops and hyphens, as in 2027-01.")
    is_drafted = any(one.version == version for one in drafts_of(here.company.company_id))
    if is_drafted or is_taken(here.company.slug, version):
        return _("There is a version %(version)s already. Choose another name.") % {"version": version}
    return ""


def _document(request: HttpRequest, name: str) -> str:
    """Return a document as it was typed; a browser ends lines as paper machines did."""
    given = request.POST.get(name, "").replace("\0", "").replace("\r\n", "\n")
    if len(given) > TEXT_LETTERS_MAX:
        raise WrongFields({name: _("The text is too long.")})
    return given if given.endswith("\n") or not given else f"{given}\n"


def _sound(here: Visit, found: DraftFacts) -> Agreement:
    """Return the Danish document; refuses texts with problems, which the page lists."""
    checked = checked_here(here, found)
    if not checked.is_sound or checked.danish is None:
        raise WrongFields({"approve": _("The texts have problems. Mend what is listed first.")})
    return checked.danish


def _figure_objection(field: Field, written: str) -> str:
    """Return why the figure cannot be what was typed, and what can stand there."""
    if field.unit == "clock time":
        return _("“%(written)s” is no time of day. Write it as 22:00.") % {"written": written}
    values = re.findall(r"[^,;\s]+", written) if field.is_list else []
    repeated = next((one for index, one in enumerate(values) if one in values[:index]), None)
    if repeated is not None:
        return _("“%(written)s” stands twice. Write each value once.") % {"written": repeated}
    figures = {"written": written, "bounds": bounds_text(field)}
    return _("“%(written)s” cannot stand here. Write a number %(bounds)s.") % figures


def _field(danish: Agreement | None, clause: str, rule: int, name: str) -> Field | None:
    """Return the field that holds the figure; None where there is no such figure any more."""
    found = next((one for one in danish.clauses if one.number == clause), None) if danish is not None else None
    if found is None or not 0 <= rule < len(found.rules):
        return None
    return fields_of(type(found.rules[rule].rule)).get(name)
