"""The page of one contract line, and the acts on it: end, withdraw, change, refund. Each shows first what it would bring."""

import csv
import io
from datetime import date, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from servanda.business.billing.actions.changing_lines import change_billed_line
from servanda.business.billing.queries import invoice_numbered
from servanda.business.contracts.actions import receive_exit
from servanda.business.contracts.decisions.orders import Ending
from servanda.business.contracts.facts import GivenNotice, LineFacts
from servanda.business.dunning.actions import (
    give_back_unused_of,
    hand_over_to_collector,
    refund_for_outage,
    withdraw_from_line,
)
from servanda.business.dunning.queries.handing_over import collection_file
from servanda.business.evidence.facts import Approval
from servanda.faces.office.acts import act
from servanda.faces.office.agreement_pages import customer_here
from servanda.faces.office.answering import WrongFields, day_in, form, needed, number_in, say, text
from servanda.faces.office.people import name_in_records
from servanda.faces.office.places import Visit, crumbs_of, customers_link, place_of, visit
from servanda.faces.office.showing.naming import customer_link
from servanda.faces.office.showing.refunds import END_CAUSES, Asked, line_here, line_shown
from servanda.faces.office.shown_drafts import Refilled
from servanda.faces.office.words import CHANNELS, language
from servanda.faces.parts.access import access
from servanda.faces.parts.amounts import typed_amount
from servanda.ground.calendar import NotADay, day_text, parse_day
from servanda.ground.money import NotAnAmount
from servanda.ground.periods import Period
from servanda.ground.refusal import Refused

ACTS = frozenset({"end", "withdraw", "change", "outage"})
NOTHING = Refilled()


@access(policy="staff")
def line(request: HttpRequest, slug: str, number: str, line_id: int) -> HttpResponse:
    return line_page(request, visit(slug), number=number, line_id=line_id)


def line_page(
    request: HttpRequest, here: Visit, *, number: str, line_id: int, refilled: Refilled = NOTHING
) -> HttpResponse:
    """Show the line; what is asked about stands in the address, or in the form that was sent back."""
    whose = customer_here(here, number)
    found = line_here(here, line_id, whose)
    shown = line_shown(here, found, whose, _asked(request, found))
    links = (customers_link(here), customer_link(whose, here.company.slug))
    context = {
        "place": place_of(here, "customers"),
        "crumbs": crumbs_of(here, *links),
        "line": shown,
        "number": number,
        "form": refilled,
        "channels": [(value, _(name)) for value, name in CHANNELS.items()],
    }
    return render(request, "office/line.html", context)


@form(page=line_page)
def end(request: HttpRequest, here: Visit, *, number: str, line_id: int) -> str:
    """End the line after a day, and give back at once what is due."""
    found = line_here(here, line_id, customer_here(here, number))
    last_day = day_in(request, "day", least=here.today)
    cause = text(request, "cause", most=20)
    if cause not in END_CAUSES:
        raise WrongFields({"cause": _("Choose why it ends.")})
    needed(request, "reason", _("Say why. The reason is kept with the record."))
    receive_exit(
        line_id,
        GivenNotice(given_on=here.today, channel=_channel(request)),
        Ending(ends_on=last_day, because=(), terms_end_on=last_day),
        today=here.today,
        at=here.at,
        by=name_in_records(request),
        cause="change" if cause == "change" else "",
    )
    give_back_unused_of(here.company, found.line_id, today=here.today, at=here.at)
    say(request, _("Noted: the line ends on %(day)s.") % {"day": day_text(last_day, language())})
    return _address(here, number, line_id)


@form(page=line_page)
def withdraw(request: HttpRequest, here: Visit, *, number: str, line_id: int) -> str:
    """Take in a consumer's withdrawal."""
    line_here(here, line_id, customer_here(here, number))
    given_on = day_in(request, "day")
    request_found = text(request, "start_request", most=300)
    if text(request, "is_requested") == "1" and not request_found:
        raise WrongFields({"start_request": _("Say where the customer's wish is found; without it, all goes back.")})
    withdraw_from_line(
        here.company,
        line_id,
        GivenNotice(given_on=given_on, channel=_channel(request)),
        start_request=request_found if text(request, "is_requested") == "1" else "",
        by=name_in_records(request),
        today=here.today,
        at=here.at,
    )
    say(request, _("The withdrawal is taken in, and the customer gets a receipt."))
    return _address(here, number, line_id)


@form(page=line_page)
def change(request: HttpRequest, here: Visit, *, number: str, line_id: int) -> str:
    """Let the line be of another number or plan from today on."""
    line_here(here, line_id, customer_here(here, number))
    change_billed_line(
        here.company,
        line_id,
        plan_code=text(request, "plan", most=60),
        quantity=number_in(request, "quantity"),
        reason=needed(request, "reason", _("Say why. The reason is kept with the record.")),
        because=(),
        by=name_in_records(request),
        today=here.today,
        at=here.at,
    )
    say(request, _("The line is changed from today on."))
    return _address(here, number, line_id)


@form(page=line_page)
def refund_outage(request: HttpRequest, here: Visit, *, number: str, line_id: int) -> str:
    """Refund days of fault; who sends the form approves it."""
    line_here(here, line_id, customer_here(here, number))
    since, last = day_in(request, "day"), day_in(request, "last")
    if last < since:
        raise WrongFields({"last": _("The last day lies before the first one.")})
    try:
        amount = typed_amount(text(request, "amount", most=20))
    except NotAnAmount as refusal:
        raise WrongFields({"amount": _("This is no amount. Write it as 300,00.")}) from refusal
    reason = needed(request, "reason", _("Say how the cause was found. The reason is kept with the record."))
    refund_for_outage(
        here.company,
        line_id,
        Period(since, last + timedelta(days=1)),
        amount,
        is_sole_fault=text(request, "is_sole_fault") == "1",
        approval=Approval(name_in_records(request), here.at, reason),
        today=here.today,
        at=here.at,
    )
    say(request, _("The refund is written as a credit note."))
    return _address(here, number, line_id)


@act(back="office:invoice")
def hand_over(request: HttpRequest, here: Visit, *, number: int) -> None:
    """Hand an invoice to a collector."""
    found = invoice_numbered(here.company.company_id, number)
    if found is None:
        raise Http404
    reason = request.POST.get("reason", "").replace("\0", "").strip()[:300]
    collector = request.POST.get("collector", "").replace("\0", "").strip()[:120]
    if not reason or not collector:
        raise Refused(_("Name the collector, and say why."))
    approval = Approval(name_in_records(request), here.at, reason)
    hand_over_to_collector(
        here.company, found.invoice_id, collector=collector, approval=approval, today=here.today, at=here.at
    )
    say(request, _("The claim is handed over. Dunning stands still; download the file for the collector."))


@access(policy="staff")
def collection_csv(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Give the claim as a file for the collector."""
    here = visit(slug)
    found = invoice_numbered(here.company.company_id, number)
    if found is None or found.kind == "credit note":
        raise Http404(_("There is no such invoice."))
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerow(("field", "value"))
    writer.writerows(collection_file(slug, found.invoice_id, today=here.today))
    name = content_disposition_header(as_attachment=True, filename=f"claim-{number}.csv") or "attachment"
    headers = {"Content-Disposition": name, "Content-Security-Policy": "sandbox; default-src 'none'"}
    return HttpResponse(made.getvalue().encode("utf-8-sig"), content_type="application/octet-stream", headers=headers)


def _channel(request: HttpRequest) -> str:
    channel = text(request, "channel", most=20)
    if channel not in CHANNELS:
        raise WrongFields({"channel": _("Choose how it reached us.")})
    return channel


def _asked(request: HttpRequest, found: LineFacts) -> Asked:
    """Return what is asked about; a field that cannot be read counts as not given."""
    given = request.POST if request.method == "POST" else request.GET
    shown = given.get("act", "")
    number = given.get("quantity", "")
    plan = given.get("plan", "")[:60]
    cause = given.get("cause", "notice")
    return Asked(
        act=shown if shown in ACTS else "",
        day=_day(given.get("day", "")),
        last=_day(given.get("last", "")),
        cause=cause if cause in END_CAUSES else "notice",
        plan=plan or found.plan_code,
        quantity=int(number) if number.isascii() and number.isdigit() and 0 < len(number) < 6 else 0,
        is_requested=given.get("is_requested") == "1",
    )


def _day(written: str) -> date | None:
    try:
        return parse_day(written)
    except NotADay:
        return None


def _address(here: Visit, number: str, line_id: int) -> str:
    return reverse("office:line", args=[here.company.slug, number, line_id])
