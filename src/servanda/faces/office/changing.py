"""What staff do about changes: tell customers again, note their exit or their yes, and agree on a change by two."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from servanda.business.contracts import actions as contracts
from servanda.business.contracts.facts import GivenNotice, SuccessionFacts
from servanda.business.contracts.queries import NoSuchContract, succession
from servanda.business.library.actions import settle_proposal
from servanda.business.library.queries import proposal
from servanda.faces.office.agreement_pages import (
    change_page,
    customer_agreement_page,
    customer_here,
    discontinue_page,
    proposal_page,
    transfer_page,
)
from servanda.faces.office.answering import TEXT_LETTERS_MAX, WrongFields, day_in, form, needed, number_in, say, text
from servanda.faces.office.people import name_in_records
from servanda.faces.office.places import Visit, visit
from servanda.faces.office.showing.changes import change_shown
from servanda.faces.office.showing.proposals import discontinue_shown, proposal_shown, transfer_shown
from servanda.faces.office.showing.sections import with_query
from servanda.faces.office.shown_drafts import Refilled
from servanda.faces.office.words import CHANNELS, language
from servanda.faces.parts.access import access
from servanda.ground.calendar import day_text
from servanda.ground.refusal import Refused, WrongDocument

OFFER_BYTES_MAX = 1_000_000


@form(page=change_page)
def tell_again(request: HttpRequest, here: Visit, *, change_id: int) -> str:
    """Write the notice of a change to contracts that were concluded under the old version meanwhile."""
    shown = change_shown(here, change_id, state="", page=1)
    address = reverse("office:change", args=[here.company.slug, change_id])
    if not shown.is_of_terms:
        raise WrongFields({"tell": _("Only a change of the terms is told contract by contract.")})
    count = contracts.tell_customers(here.company, change_id, today=here.today, at=here.at)
    said = _("Notices written: %(count)s.") % {"count": count} if count else _("Everybody was told already.")
    say(request, said)
    return address


@form(page=customer_agreement_page)
def leave(request: HttpRequest, here: Visit, *, number: str) -> str:
    """Note that the customer leaves because of a change of the terms."""
    found = _succession_of(request, here, number)
    given_on = day_in(request, "given_on")
    if given_on > here.today:
        raise WrongFields({"given_on": _("This day has not come yet. Write the day on which it reached us.")})
    channel = text(request, "channel", most=20)
    if channel not in CHANNELS:
        raise WrongFields({"channel": _("Choose how it reached us.")})
    if not found.is_open or found.leave_until is None:
        raise WrongFields({"leave": _("This change gives no right to leave because of it. Take an ordinary notice.")})
    receipts = contracts.leave_because_of_change(
        found.succession_id,
        GivenNotice(given_on=given_on, channel=channel),
        today=here.today,
        at=here.at,
        by=name_in_records(request),
    )
    days = sorted({receipt.ends_on for receipt in receipts if receipt.ends_on is not None})
    if given_on > found.leave_until:
        say(request, _("The exit came too late for this change. It is kept, and a person decides."), tone="warn")
    elif days:
        say(request, _("Noted: the contract ends on %(day)s.") % {"day": day_text(days[-1], language())})
    else:
        say(request, _("Noted. Nothing of the contract runs any more."))
    return _copy_address(here, number, found)


@form(page=customer_agreement_page)
def accept(request: HttpRequest, here: Visit, *, number: str) -> str:
    """Note that the customer themselves said yes to a new version."""
    found = _succession_of(request, here, number)
    if found.is_open:
        contracts.accept_version(found.succession_id, on=here.today, at=here.at, by=name_in_records(request))
    say(request, _("The customer's yes to version %(version)s is noted.") % {"version": found.to_version})
    return _copy_address(here, number, found)


@form(page=discontinue_page)
def propose_end(request: HttpRequest, here: Visit) -> str:
    """Ask for the end of a service; a second person confirms it."""
    shown = discontinue_shown(here, product=text(request, "product", most=60))
    if not shown.product:
        raise WrongFields({"product": _("Choose a service.")})
    if shown.not_allowed or not shown.ends:
        raise WrongFields({"product": _("The service cannot be discontinued as it stands; the list says why.")})
    reason = needed(request, "reason", _("Write why the service ends: the customers are told."), most=1000)
    asked = contracts.propose_discontinuation(
        here.company, shown.product, reason=reason, by=name_in_records(request), today=here.today, at=here.at
    )
    say(request, _("Asked for. A second person must confirm it."))
    return _proposal_address(here, asked.proposal_id)


@access(policy="staff", methods=("POST",))
def weigh(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what an operator's document means; nothing is kept."""
    here = visit(slug)
    given = {name: text(request, name, most=300) for name in ("name", "country", "since", "reason")}
    try:
        document = _offer(request)
    except WrongFields as wrong:
        answer = transfer_page(request, here, refilled=Refilled(wrong=wrong.wrong, given=given))
        answer.status_code = 422
        return answer
    return transfer_page(request, here, refilled=Refilled(given={**given, "document": document}))


@form(page=transfer_page)
def propose_transfer(request: HttpRequest, here: Visit) -> str:
    """Ask to hand over the operation; a second person confirms it."""
    document = _offer(request)
    shown = transfer_shown(here, document=document)
    name = needed(request, "name", _("Name the operator."), most=120)
    country = needed(request, "country", _("Say in which country the machines are run."), most=60)
    reason = needed(request, "reason", _("Write why the operation is handed over: the customers are told."), most=1000)
    since = day_in(request, "since", least=shown.first_day)
    if not shown.may_propose:
        raise WrongFields({"document": _("With these terms the operation cannot be handed over; the list says why.")})
    try:
        asked = contracts.propose_transfer(
            here.company,
            contracts.Operator(name=name, country=country, since=since),
            document,
            reason=reason,
            by=name_in_records(request),
            today=here.today,
            at=here.at,
        )
    except WrongDocument as refusal:
        raise WrongFields({"document": _("The document has problems. Mend what is listed first.")}) from refusal
    say(request, _("Asked for. A second person must confirm it."))
    return _proposal_address(here, asked.proposal_id)


@form(page=proposal_page)
def confirm(request: HttpRequest, here: Visit, *, proposal_id: int) -> str:
    """Make a proposed change with a second person's yes."""
    shown = proposal_shown(here, proposal_id, me=name_in_records(request))
    if shown.is_open and not shown.may_confirm:
        raise WrongFields({"confirm": _("You asked for this yourself. A second person must confirm it.")})
    if not shown.is_open and shown.change is None:
        raise WrongFields({"confirm": _("This is settled already. Nothing more happens.")})
    change_id = contracts.confirm_proposal(
        here.company, proposal_id, by=name_in_records(request), today=here.today, at=here.at
    )
    say(request, _("Confirmed: the notices are written."))
    return reverse("office:change", args=[here.company.slug, change_id])


@form(page=proposal_page)
def decline(request: HttpRequest, here: Visit, *, proposal_id: int) -> str:
    """Note that a proposed change is not made."""
    proposal_shown(here, proposal_id, me=name_in_records(request))
    if proposal(proposal_id).state == "open":
        settle_proposal(
            here.company.company_id,
            proposal_id,
            is_confirmed=False,
            change_id=None,
            by=name_in_records(request),
            at=here.at,
        )
    say(request, _("It is left as it is."))
    return reverse("office:changes", args=[here.company.slug])


def _succession_of(request: HttpRequest, here: Visit, number: str) -> SuccessionFacts:
    """Return the succession that the form names, if it is this customer's."""
    whose = customer_here(here, number)
    try:
        found = succession(number_in(request, "succession"))
    except NoSuchContract as refusal:
        raise Refused(_("The form is not whole. Go back to the page and try again.")) from refusal
    if found.customer_id != whose.customer_id:
        raise Refused(_("The form is not whole. Go back to the page and try again."))
    return found


def _offer(request: HttpRequest) -> str:
    """Return the operator's document: a file if there is one, otherwise what was pasted."""
    file = request.FILES.get("file")
    if file is None:
        return needed(
            request, "document", _("Paste the operator's document, or choose its file."), most=TEXT_LETTERS_MAX
        )
    if file.size is None or file.size > OFFER_BYTES_MAX:
        raise WrongFields({"file": _("The file is too large.")})
    try:
        content: bytes = file.read()
        return content.decode("utf-8").replace("\0", "")
    except UnicodeDecodeError as error:
        raise WrongFields({"file": _("The file is not text. Choose the document in the agreement format.")}) from error


def _copy_address(here: Visit, number: str, found: SuccessionFacts) -> str:
    address = reverse("office:customer-agreement", args=[here.company.slug, number])
    return with_query(address, contract=found.contract_number)


def _proposal_address(here: Visit, proposal_id: int) -> str:
    return reverse("office:proposal", args=[here.company.slug, proposal_id])
