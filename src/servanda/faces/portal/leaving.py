"""Leaving: what runs and how each of it ends, giving notice with the receipt at once, and withdrawing in two steps.

What a page said would follow is sent along with the button and held against what would follow now, so that nobody agrees to
another day or another amount than they read. A withdrawal holds whatever the amount has become: nothing may stand in its way.
"""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from servanda.business.contracts.facts import GivenNotice, LineFacts, Said
from servanda.business.contracts.queries import lines_of_customer
from servanda.business.customers.queries import customer
from servanda.business.dunning.actions import leave_line, withdraw_from_line
from servanda.business.dunning.queries.leaving import notice_preview, withdrawal_preview
from servanda.business.hosting.queries.endings import start_request_of
from servanda.faces.parts.access import access
from servanda.faces.parts.telling import told
from servanda.faces.portal.pages import page
from servanda.faces.portal.showing.leaving import agreements_shown, receipt_shown, way_out_shown
from servanda.faces.portal.visiting import Visit, visit
from servanda.ground.refusal import Refused

CHANNEL = "portal"


@access(policy="customer")
def agreements(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    here = _holder(request, slug, number)
    return page(request, here, "agreements", agreements=agreements_shown(here))


@access(policy="customer", methods=("GET", "POST"))
def end(request: HttpRequest, slug: str, number: str, line_id: int) -> HttpResponse:
    """Show what a notice of today brings; the button gives it."""
    here = _holder(request, slug, number)
    line = _running(here, line_id)
    shown = way_out_shown(here, notice_preview(here.company, line, channel=CHANNEL, today=here.today))
    if request.method != "POST" or not _is_as_shown(request, shown.seal):
        return page(request, here, "end", way="agreements", out=shown)
    given = GivenNotice(given_on=here.today, channel=CHANNEL)
    try:
        leave_line(here.company, line_id, given, by=here.by, today=here.today, at=here.at)
    except Refused as refusal:
        messages.error(request, told(refusal), extra_tags="stop")
        return redirect(here.address("agreements"))
    return redirect(here.address("receipt", line_id))


@access(policy="customer", methods=("GET", "POST"))
def withdraw(request: HttpRequest, slug: str, number: str, line_id: int) -> HttpResponse:
    """Take in a consumer's withdrawal: who says it and where the receipt goes, then one button that confirms (§ 20 a)."""
    here = _holder(request, slug, number)
    line = _running(here, line_id)
    out = withdrawal_preview(here.company, line, today=here.today)
    if out is None:
        raise Http404(_("The time to withdraw is over. You can still give notice."))
    shown = way_out_shown(here, out)
    given = _said(request, here)
    wrong = _wrong(given) if request.method == "POST" else {}
    if request.method != "POST" or wrong:
        status = 422 if wrong else 200
        return page(
            request, here, "withdraw", way="agreements", out=shown, given=given, wrong=wrong, step=1, status=status
        )
    if request.POST.get("confirm") != "1":
        return page(request, here, "withdraw", way="agreements", out=shown, given=given, wrong={}, step=2)
    try:
        withdraw_from_line(
            here.company,
            line_id,
            GivenNotice(given_on=here.today, channel=CHANNEL),
            start_request=start_request_of(line.contract_id),
            by=here.by,
            today=here.today,
            at=here.at,
            said=given,
        )
    except Refused as refusal:
        messages.error(request, told(refusal), extra_tags="stop")
        return redirect(here.address("agreements"))
    return redirect(here.address("receipt", line_id))


@access(policy="customer")
def receipt(request: HttpRequest, slug: str, number: str, line_id: int) -> HttpResponse:
    """Show what was received and what follows; the same went out as a letter."""
    here = _holder(request, slug, number)
    shown = receipt_shown(here, _own(here, line_id))
    if shown is None:
        raise Http404(_("No notice was given here."))
    return page(request, here, "receipt", way="agreements", receipt=shown)


def _holder(request: HttpRequest, slug: str, number: str) -> Visit:
    return visit(request, slug, number, needs=lambda role: role.may_order)


def _own(here: Visit, line_id: int) -> LineFacts:
    found = next((one for one in lines_of_customer(here.customer_id) if one.line_id == line_id), None)
    if found is None:
        raise Http404(_("There is no such agreement."))
    return found


def _running(here: Visit, line_id: int) -> LineFacts:
    found = _own(here, line_id)
    if found.is_ended or not found.interval_months:
        raise Http404(_("It has ended already."))
    return found


def _is_as_shown(request: HttpRequest, seal: str) -> bool:
    sent = request.POST.get("seal", "")
    if sent and sent != seal:
        messages.error(request, _("What follows has changed meanwhile. Look once more."), extra_tags="stop")
    return sent == seal


def _said(request: HttpRequest, here: Visit) -> Said:
    buyer = customer(here.customer_id)
    name = request.POST.get("name", buyer.name).replace("\0", "").strip()[:200]
    email = request.POST.get("email", buyer.email).replace("\0", "").strip()[:254]
    return Said(name=name, email=email)


def _wrong(given: Said) -> dict[str, str]:
    wrong = {}
    if not given.name:
        wrong["name"] = _("Write your name.")
    try:
        validate_email(given.email)
    except ValidationError:
        wrong["email"] = _("Write one e-mail address, such as name@example.dk.")
    return wrong
