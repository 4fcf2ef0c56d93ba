"""The pages of the brake and the audit of a company, and of the installation: what stands still, and who lets it go on."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from servanda.business.evidence.queries import halts
from servanda.business.installation.actions import acknowledge_time, note_step
from servanda.business.installation.decisions import STEPS
from servanda.faces.office.acts import Incomplete, act
from servanda.faces.office.answering import say, text
from servanda.faces.office.people import name_in_records
from servanda.faces.office.places import Visit, crumbs_of, place_of, visit
from servanda.faces.office.showing.guard import audit_shown, guard_shown
from servanda.faces.office.showing.installation import installation_shown
from servanda.faces.office.shown import Link
from servanda.faces.office.ways import GUARD, ways_of
from servanda.faces.parts.access import access
from servanda.faces.parts.telling import told
from servanda.ground.refusal import Refused

REASON_LETTERS_MAX = 300
WORK = {"backup": "BACKUP_NOW", "drill": "DRILL_NOW"}


@access(policy="staff")
def guard(request: HttpRequest, slug: str) -> HttpResponse:
    here = visit(slug)
    return _page(request, here, "guard", guard=guard_shown(here))


@access(policy="staff")
def audit(request: HttpRequest, slug: str) -> HttpResponse:
    here = visit(slug)
    return _page(request, here, "audit", audit=audit_shown(here))


def _page(request: HttpRequest, here: Visit, name: str, **shown: object) -> HttpResponse:
    frame = {"place": place_of(here, "today"), "crumbs": crumbs_of(here), "ways": ways_of(here, GUARD, name)}
    return render(request, f"office/{name}.html", {**frame, **shown})


@act(back="office:audit")
def audit_now(request: HttpRequest, here: Visit) -> None:
    import_string(settings.AUDIT_NOW)()
    say(request, _("The audit of all companies has been asked for. Reload the page in a minute."), tone="note")


@access(policy="staff")
def installation(request: HttpRequest) -> HttpResponse:
    crumbs = (Link(_("Companies"), reverse("office:companies")),)
    return render(request, "office/installation.html", {"installation": installation_shown(), "crumbs": crumbs})


def installation_act(view: Callable[[HttpRequest], None]) -> Callable[..., HttpResponseBase]:
    """Make a function an act on the installation, which leads back to its page; a refusal is told there."""

    @access(policy="staff", methods=("POST",))
    @wraps(view)
    def acted(request: HttpRequest, **_values: Any) -> HttpResponse:
        try:
            view(request)
        except Refused as refusal:
            say(request, _("The act was refused: %(why)s") % {"why": told(refusal)}, tone="stop")
        return redirect("office:installation")

    return acted


@installation_act
def reconcile(request: HttpRequest) -> None:
    """Keep that a person has looked at one step, with the figures that the page showed."""
    step = text(request, "step", most=20)
    if step not in STEPS:
        raise Incomplete(_("The form is not whole. Go back to the page and try again."))
    missed = next((halt.figures.get("missed") for halt in halts() if halt.cause == "copy"), None)
    figures = missed.get(step, {}) if isinstance(missed, dict) else {}
    note_step(step, figures=figures, by=name_in_records(request), now=timezone.now())
    say(request, _("It is kept that you have looked at it."))


@installation_act
def take_over(request: HttpRequest) -> None:
    """Let a copy take over. The worker does it: the mark that it leaves lies where pages cannot write."""
    if import_string(settings.TAKE_OVER)(by=name_in_records(request), reason=_reason(request)):
        say(request, _("This installation goes on. Make sure that the one before does not run."))
    else:
        say(request, _("It has been asked for. Reload the page to see whether it is done."), tone="note")


@installation_act
def time_is_right(request: HttpRequest) -> None:
    acknowledge_time(by=name_in_records(request), reason=_reason(request), now=timezone.now())
    say(request, _("Adverse acts go on. What is still wrong is noticed within a minute."))


@installation_act
def work_now(request: HttpRequest) -> None:
    """Ask the worker for a backup or a drill."""
    work = WORK.get(text(request, "work", most=20))
    if work is None:
        raise Incomplete(_("The form is not whole. Go back to the page and try again."))
    import_string(getattr(settings, work))()
    say(request, _("It has been asked for. Reload the page in a minute."), tone="note")


def _reason(request: HttpRequest) -> str:
    reason = text(request, "reason", most=REASON_LETTERS_MAX)
    if not reason:
        raise Incomplete(_("Write the reason."))
    return reason
