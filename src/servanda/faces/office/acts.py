"""What staff do: each takes a form in, makes one call, and leads back to the page with what became of it."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from servanda.business.billing.actions.explaining import explain_otherwise
from servanda.business.billing.facts import InvoiceFacts
from servanda.business.billing.queries import invoice_numbered
from servanda.business.contracts.actions.ending import decide_notice
from servanda.business.contracts.queries import notices_to_decide
from servanda.business.dunning.actions import (
    credit_note_for,
    decide_proposal,
    end_pause,
    explain_payment,
    pause_claim,
)
from servanda.business.evidence.actions import set_brake
from servanda.business.evidence.facts import Approval
from servanda.business.hosting.actions import order_purge, put_back_service
from servanda.business.hosting.facts import ServiceFacts
from servanda.business.hosting.queries import quarantined_service
from servanda.business.letters.actions import send_again
from servanda.business.library.actions.confirming import confirm_figure
from servanda.faces.office.people import name_in_records
from servanda.faces.office.places import Visit, visit
from servanda.faces.office.words import language
from servanda.faces.parts.access import access
from servanda.faces.parts.telling import told
from servanda.faces.parts.themes import own_address
from servanda.faces.parts.timemoving import move_time
from servanda.ground.calendar import add_months, day_text, parse_day
from servanda.ground.refusal import Refused

REASON_LETTERS_MAX = 300
SOURCE_LETTERS_MIN = 5
ADDRESS_LETTERS_MAX = 254
ANSWERS: Mapping[str, bool] = {"yes": True, "no": False, "noted": False}  # noted: the terms are silent, a person knows
Act = Callable[..., None]


class Incomplete(Refused):
    """The form lacks something."""


def act(*, back: str) -> Callable[[Act], Callable[..., HttpResponseBase]]:
    """Make a function an act of staff that leads back to a page; a refusal is told there, in words.

    A form that stands on several pages names the one to come back to in its field `next`.
    """

    def made(view: Act) -> Callable[..., HttpResponseBase]:
        @access(policy="staff", methods=("POST",))
        @wraps(view)
        def acted(request: HttpRequest, slug: str, **values: Any) -> HttpResponse:
            try:
                view(request, visit(slug), **values)
            except Refused as refusal:
                text = _("The act was refused: %(why)s") % {"why": told(refusal)}
                messages.add_message(request, messages.ERROR, text, extra_tags="stop")
            own = () if back == "office:today" else values.values()
            return redirect(own_address(request, reverse(back, args=[slug, *own])))

        return acted

    return made


@act(back="office:today")
def brake(request: HttpRequest, here: Visit) -> None:
    is_engaged, parked = request.POST.get("is_engaged") == "1", request.POST.get("parked", "")[:6]
    set_brake(
        here.company.company_id,
        is_engaged=is_engaged,
        by=name_in_records(request),
        reason=_reason(request),
        at=here.at,
        today=here.today,
        parked=int(parked) if parked.isascii() and parked.isdigit() else 0,
    )
    _say(request, _("The brake is on. Nothing adverse happens.") if is_engaged else _("The brake is released."))


@act(back="office:today")
def move(request: HttpRequest, here: Visit) -> None:
    """Move the test clock by the step that was asked for."""
    to = _asked_day(request, here.today)
    if move_time(here.company.company_id, to=to):
        _say(request, _("The time was moved."))
    else:
        text = _("The time is moving, day by day. Reload the page to see how far it has come.")
        messages.add_message(request, messages.INFO, text, extra_tags="note reload")


@act(back="office:today")
def decide(request: HttpRequest, here: Visit) -> None:
    answer = request.POST.get("answer", "")
    if answer not in ANSWERS:
        raise Incomplete(_("The form is not whole. Go back to the page and try again."))
    decide_proposal(
        here.company,
        _number(request, "key"),
        is_approved=ANSWERS[answer],
        by=name_in_records(request),
        reason=_reason(request),
        today=here.today,
        at=here.at,
    )
    texts = {"yes": _("Decided: it is done."), "no": _("Decided: it is left."), "noted": _("Noted.")}
    _say(request, texts[answer])


@act(back="office:today")
def send_letter_again(request: HttpRequest, here: Visit, *, letter_id: int) -> None:
    send_again(
        here.company.company_id,
        letter_id,
        recipient=request.POST.get("recipient", "").strip()[:ADDRESS_LETTERS_MAX],
        reason=_reason(request),
        by=name_in_records(request),
        now=here.at,
        today=here.today,
    )
    _say(request, _("The letter goes out again."))


@act(back="office:today")
def purge(request: HttpRequest, here: Visit, *, service_id: int) -> None:
    """Order that the data of a service in quarantine are deleted: with a reason, and knowing that it cannot be undone.

    The worker does it, whose role in the database may; a page's may not.
    """
    service = _quarantined(here, service_id)
    reason = _reason(request)
    if not reason:
        raise Incomplete(_("Say why. The reason is kept with the record."))
    if request.POST.get("is_understood") != "1":
        raise Incomplete(_("Mark that you know that it cannot be undone."))
    approval = Approval(name_in_records(request), here.at, reason)
    with transaction.atomic():
        order_purge(service.service_id, approval=approval, today=here.today, at=here.at)
        wake: Callable[[], None] = import_string(settings.PURGE_ORDERED)
        wake()
    text = _("It is ordered: the data of %(name)s are deleted within a minute. Reload the page to see it.")
    messages.add_message(request, messages.INFO, text % {"name": service.name}, extra_tags="note reload")


@act(back="office:today")
def put_back(request: HttpRequest, here: Visit, *, service_id: int) -> None:
    service = _quarantined(here, service_id)
    reason = _reason(request)
    if not reason:
        raise Incomplete(_("Say why. The reason is kept with the record."))
    put_back_service(service.service_id, by=name_in_records(request), reason=reason, today=here.today, at=here.at)
    _say(request, _("%(name)s runs again.") % {"name": service.name})


@act(back="office:today")
def settle_notice(request: HttpRequest, here: Visit, *, notice_id: int) -> None:
    """Settle on which day a subscription ends by a notice on which the terms are silent."""
    if notice_id not in {notice.notice_id for notice in notices_to_decide(here.company.company_id)}:
        raise Incomplete(_("The notice no longer waits for a decision. Look at the customer's page."))
    ends_on = parse_day(request.POST.get("ends_on", ""))
    decide_notice(
        notice_id,
        ends_on=ends_on,
        reason=_reason(request),
        today=here.today,
        at=here.at,
        by=name_in_records(request),
    )
    day = day_text(ends_on, language())
    _say(request, _("Decided: the subscription ends on %(day)s.") % {"day": day})


@act(back="office:today")
def confirm_law_figure(request: HttpRequest, here: Visit) -> None:
    """Keep that a figure of the law was compared with its source."""
    source = request.POST.get("source", "").replace("\0", "").strip()[:REASON_LETTERS_MAX]
    if len(source) < SOURCE_LETTERS_MIN:
        raise Incomplete(_("Say where the figure was looked up: the page and the day."))
    confirm_figure(
        here.company.company_id,
        request.POST.get("figure", "")[:80],
        source=source,
        by=name_in_records(request),
        today=here.today,
        at=here.at,
    )
    _say(request, _("The figure is confirmed."))


@act(back="office:invoice")
def dispute(request: HttpRequest, here: Visit, *, number: int) -> None:
    _pause(request, here, number, cause="dispute", until=None)
    _say(request, _("The invoice is disputed. Everything adverse on it has stopped."))


@act(back="office:invoice")
def payment_plan(request: HttpRequest, here: Visit, *, number: int) -> None:
    _pause(request, here, number, cause="payment plan", until=parse_day(request.POST.get("until", "")))
    _say(request, _("The payment plan is agreed. Everything adverse on the invoice waits."))


@act(back="office:invoice")
def resume(request: HttpRequest, here: Visit, *, number: int) -> None:
    invoice_id = _invoice(here, number).invoice_id
    pause_id = _number(request, "pause")
    end_pause(here.company, pause_id, invoice_id=invoice_id, by=name_in_records(request), today=here.today, at=here.at)
    _say(request, _("Dunning goes on from here; the days between do not count."))


@act(back="office:invoice")
def credit(request: HttpRequest, here: Visit, *, number: int) -> None:
    credit_note_for(
        here.company,
        _invoice(here, number).invoice_id,
        net_by_position=None,
        reason=_reason(request),
        because=(),
        by=name_in_records(request),
        today=here.today,
        at=here.at,
    )
    _say(request, _("The credit note is written."))


@act(back="office:matching")
def allocate(request: HttpRequest, here: Visit) -> None:
    explain_payment(
        here.company,
        _number(request, "entry"),
        invoice_id=_number(request, "invoice"),
        by=name_in_records(request),
        today=here.today,
        at=here.at,
    )
    _say(request, _("The payment is booked on the invoice."))


@act(back="office:matching")
def explain(request: HttpRequest, here: Visit) -> None:
    explain_otherwise(
        here.company,
        _number(request, "entry"),
        reason=_reason(request),
        category=request.POST.get("category", ""),
        by=name_in_records(request),
        today=here.today,
        at=here.at,
    )
    _say(request, _("The entry is explained."))


def _pause(request: HttpRequest, here: Visit, number: int, *, cause: str, until: date | None) -> None:
    pause_claim(
        here.company,
        _invoice(here, number).invoice_id,
        cause=cause,
        reason=_reason(request),
        until=until,
        by=name_in_records(request),
        today=here.today,
        at=here.at,
    )


def _quarantined(here: Visit, service_id: int) -> ServiceFacts:
    found = quarantined_service(here.company.company_id, service_id)
    if found is None:
        raise Incomplete(_("The service is not in quarantine any more. Look at the customer's page."))
    return found


def _asked_day(request: HttpRequest, today: date) -> date:
    step = request.POST.get("step", "")
    if step == "date":
        return parse_day(request.POST.get("to", ""))
    days = {"day": today + timedelta(days=1), "week": today + timedelta(days=7), "month": add_months(today, 1)}
    if step not in days:
        raise Incomplete(_("Choose how far the time is to move."))
    return days[step]


def _invoice(here: Visit, number: int) -> InvoiceFacts:
    found = invoice_numbered(here.company.company_id, number)
    if found is None:
        raise Http404
    return found


def _reason(request: HttpRequest) -> str:
    # The database takes no NUL, and nobody types one.
    return request.POST.get("reason", "").replace("\0", "").strip()[:REASON_LETTERS_MAX]


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise Incomplete(_("The form is not whole. Go back to the page and try again."))
    return int(text)


def _say(request: HttpRequest, text: str) -> None:
    messages.add_message(request, messages.SUCCESS, text, extra_tags="calm")
