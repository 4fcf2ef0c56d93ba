"""Paying customers back: the page of all payouts, the panel on a customer's page, and what staff do there."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from servanda.business.customers.queries import customer_numbered
from servanda.business.payouts import actions as payouts
from servanda.business.payouts.facts import AccountSource, PayoutAsk, Person
from servanda.business.payouts.queries import NoSuchPayout, batch_content, batch_numbered
from servanda.faces.office.acts import Incomplete, act
from servanda.faces.office.answering import number_in, say, text
from servanda.faces.office.people import name_in_records
from servanda.faces.office.places import Visit, crumbs_of, place_of, visit
from servanda.faces.office.showing.payouts import payouts_shown
from servanda.faces.office.ways import PAYMENTS, ways_of
from servanda.faces.parts.access import access
from servanda.faces.parts.amounts import typed_amount
from servanda.faces.parts.telling import told
from servanda.faces.parts.transferfiles import read_status_report, transfer_writer
from servanda.ground.accounts import parse_account
from servanda.ground.money import Money
from servanda.ground.refusal import Refused

ANSWER_BYTES_MAX = 5_000_000
ELSEWHERE = "elsewhere"


@access(policy="staff")
def payouts_page(request: HttpRequest, slug: str) -> HttpResponse:
    here = visit(slug)
    context = {
        "place": place_of(here, "matching"),
        "crumbs": crumbs_of(here),
        "ways": ways_of(here, PAYMENTS, "payouts"),
        "payouts": payouts_shown(here, me=name_in_records(request)),
    }
    return render(request, "office/payouts.html", context)


@access(policy="staff")
def payout_file(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Give the bytes of a file of orders exactly as they were made."""
    here = visit(slug)
    try:
        content = batch_content(here.company.company_id, number)
    except NoSuchPayout as refusal:
        return HttpResponse(told(refusal), status=404, content_type="text/plain; charset=utf-8")
    name = f"{batch_numbered(here.company.company_id, number).message_id}.xml"
    headers = {
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or "attachment",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return HttpResponse(content, content_type="application/octet-stream", headers=headers)


@act(back="office:customer")
def propose(request: HttpRequest, here: Visit, *, number: str) -> None:
    """Propose to pay a customer back what they have to their credit."""
    whose = customer_numbered(here.company.company_id, number)
    chosen = text(request, "account", most=40)
    is_elsewhere = chosen == ELSEWHERE
    ask = PayoutAsk(
        amount=_amount(text(request, "amount", most=20)),
        account=parse_account(text(request, "other", most=60) if is_elsewhere else chosen),
        holder=text(request, "holder", most=120) or whose.name,
        source=_source(text(request, "source", most=20)) if is_elsewhere else AccountSource.PAYMENT,
        reason=text(request, "reason", most=300),
        evidence=text(request, "evidence", most=600) if is_elsewhere else "",
    )
    found = payouts.propose_payout(here.company, whose, ask, person=_me(request), today=here.today, at=here.at)
    said = _("Payout %(number)s is proposed. %(count)s persons must say yes.")
    say(request, said % {"number": found.number, "count": found.approvals_needed})


@act(back="office:payouts")
def approve(request: HttpRequest, here: Visit) -> None:
    found = payouts.approve_payout(
        here.company, number_in(request, "payout"), person=_me(request), today=here.today, at=here.at
    )
    if found.approvals_missing:
        say(request, _("Your yes is kept. Another person must say yes too."))
    else:
        say(request, _("Payout %(number)s is approved. It goes out with the next file.") % {"number": found.number})


@act(back="office:payouts")
def decline(request: HttpRequest, here: Visit) -> None:
    payouts.decline_payout(
        here.company,
        number_in(request, "payout"),
        reason=text(request, "reason", most=300),
        person=_me(request),
        today=here.today,
        at=here.at,
    )
    say(request, _("It is not paid back. The customer keeps the money to their credit."))


@act(back="office:payouts")
def withdraw(request: HttpRequest, here: Visit) -> None:
    payouts.withdraw_payout(
        here.company,
        number_in(request, "payout"),
        reason=text(request, "reason", most=300),
        by=name_in_records(request),
        today=here.today,
        at=here.at,
    )
    say(request, _("The payout is stopped. The customer has the money to their credit again."))


@act(back="office:payouts")
def make_file(request: HttpRequest, here: Visit) -> None:
    batch = payouts.make_batch(
        here.company,
        transfer_writer(),
        version=text(request, "version", most=10),
        by=name_in_records(request),
        today=here.today,
        at=here.at,
    )
    if batch is None:
        say(request, _("Nothing is approved, so no file was made."), tone="warn")
    else:
        say(request, _("File %(number)s is made. Download it, and hand it to the bank.") % {"number": batch.number})


@act(back="office:payouts")
def hear(request: HttpRequest, here: Visit) -> None:
    """Take in the bank's answer to a file."""
    file = request.FILES.get("file")
    if file is None or file.size is None or file.size > ANSWER_BYTES_MAX:
        raise Incomplete(_("Choose the bank's answer: a file of at most 5 MB."))
    report = read_status_report(file.read(), file=file.name or "pain.002")
    rejected = payouts.read_report(here.company, report, today=here.today, at=here.at)
    say(request, _("The answer is read. Rejected payouts: %(count)s.") % {"count": rejected})


@act(back="office:payouts")
def see(request: HttpRequest, here: Visit) -> None:
    payouts.see_problem(
        here.company, number_in(request, "payout"), by=name_in_records(request), today=here.today, at=here.at
    )
    say(request, _("It is kept that you have seen to it."))


@act(back="office:payouts")
def stop(request: HttpRequest, here: Visit) -> None:
    is_engaged = request.POST.get("is_engaged") == "1"
    payouts.set_stop(
        here.company,
        is_engaged=is_engaged,
        reason=text(request, "reason", most=300),
        by=name_in_records(request),
        today=here.today,
        at=here.at,
    )
    say(request, _("Payouts are stopped. No money leaves.") if is_engaged else _("Payouts go on."))


def _me(request: HttpRequest) -> Person:
    user = request.user
    assert user.is_authenticated, "the page is for staff"
    return Person(name_in_records(request), user.get_full_name() or user.get_username(), user.email)


def _source(name: str) -> AccountSource:
    try:
        return AccountSource(name)
    except ValueError:
        raise Incomplete(_("Say how it is known that the account is theirs.")) from None


def _amount(written: str) -> Money:
    """Return an amount as people write it: with a comma before the øre, or a full stop."""
    try:
        return typed_amount(written)
    except Refused:
        raise Incomplete(_("%(written)s is no amount. Write it as 1250,00.") % {"written": written or "–"}) from None
