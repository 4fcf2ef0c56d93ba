"""The pages of a customer."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from servanda.business.access.actions import end_membership, invite
from servanda.business.access.facts import Role
from servanda.business.access.queries import members_of, memberships_of, open_invitations
from servanda.business.billing.queries import invoice_numbered
from servanda.business.letters.facts import LetterFacts
from servanda.business.letters.queries import document, letter
from servanda.business.library.queries import rendered_terms
from servanda.faces.parts.access import access
from servanda.faces.parts.invitations import invitation_link
from servanda.faces.parts.roles import role_name, roles_to_choose
from servanda.faces.parts.telling import told
from servanda.faces.portal.showing.standing import home_shown, invoice_rows, service_rows
from servanda.faces.portal.shown import PersonRow
from servanda.faces.portal.visiting import Visit, user_id_of, visit, ways_of
from servanda.ground.refusal import Refused
from servanda.terms.versions import NoSuchVersion

CARRY_A_LINK = frozenset({"invitation"})


@access(policy="customer")
def accounts(request: HttpRequest) -> HttpResponse:
    """Lead to the customer for whom the reader acts; who acts for several chooses."""
    found = memberships_of(user_id_of(request))
    if len(found) == 1:
        return redirect("portal:home", found[0].company_slug, found[0].customer_number)
    return render(request, "portal/accounts.html", {"memberships": found})


@access(policy="customer")
def home(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    here = visit(request, slug, number)
    return page(request, here, "home", home=home_shown(here))


@access(policy="customer")
def services(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    here = visit(request, slug, number, needs=lambda role: role.may_manage_services)
    return page(request, here, "services", services=service_rows(here))


@access(policy="customer")
def invoices(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    here = visit(request, slug, number, needs=lambda role: role.may_see_invoices)
    return page(request, here, "invoices", invoices=invoice_rows(here))


@access(policy="customer")
def invoice(request: HttpRequest, slug: str, number: str, invoice: int) -> HttpResponse:
    here = visit(request, slug, number, needs=lambda role: role.may_see_invoices)
    found = invoice_numbered(here.company.company_id, invoice)
    if found is None or found.customer_id != here.customer_id:
        raise Http404(_("There is no such invoice."))
    row = next(one for one in invoice_rows(here) if one.number == invoice)
    return page(request, here, "invoice", way="invoices", row=row, invoice=found)


@access(policy="customer")
def invoice_file(request: HttpRequest, slug: str, number: str, letter_id: int) -> HttpResponse:
    """Give the bytes of a letter's document exactly as they were sent."""
    here = visit(request, slug, number, needs=lambda role: role.may_see_invoices)
    found = letter(letter_id)
    content = None
    if found is not None and found.customer_id == here.customer_id and _may_fetch(here, found):
        content = document(found.document_sha256)
    if found is None or content is None:
        raise Http404(_("There is no such document."))
    answer = HttpResponse(content, content_type="application/pdf")
    name = f"{found.key.replace(':', '-')}.pdf"
    answer.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    return answer


def _may_fetch(here: Visit, found: LetterFacts) -> bool:
    """Tell whether a member may have a letter: who sees invoices has those on invoices; a link in a letter is its reader's."""
    return found.kind not in CARRY_A_LINK and (here.member.role.may_order or found.invoice_id is not None)


@access(policy="customer")
def terms(request: HttpRequest, slug: str, number: str, version: str) -> HttpResponse:
    """Give a version of the terms as text, to be read and kept (e-handelsloven)."""
    here = visit(request, slug, number)
    try:
        text = rendered_terms(here.company.slug, version, "en" if request.GET.get("language") == "en" else "da")
    except NoSuchVersion as refusal:
        raise Http404(told(refusal)) from refusal
    answer = HttpResponse(text.text, content_type="text/plain; charset=utf-8")
    name = f"{slug}-{version}.txt"
    answer.headers["Content-Disposition"] = content_disposition_header(as_attachment=False, filename=name) or ""
    return answer


@access(policy="customer", methods=("GET", "POST"))
def people(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """Show who acts for the customer; the holder invites others and ends their right."""
    here = visit(request, slug, number, needs=lambda role: role.may_order)
    if request.method == "POST":
        _change_people(request, here)
        return redirect(here.address("people"))
    rows = tuple(
        PersonRow(
            membership_id=one.membership_id,
            name=one.name,
            role=role_name(one.role),
            since=one.since,
            last_seen=one.last_seen,
            is_self=one.user_id == request.user.pk,
        )
        for one in members_of(here.customer_id)
    )
    roles = roles_to_choose()
    return page(
        request,
        here,
        "people",
        people=rows,
        roles=roles,
        invitations=open_invitations(here.customer_id, at=timezone.now()),
    )


def _change_people(request: HttpRequest, here: Visit) -> None:
    try:
        if request.POST.get("end", "").isdigit():
            end_membership(
                int(request.POST["end"]), customer_id=here.customer_id, by=here.by, today=here.today, at=here.at
            )
            messages.success(request, _("The right to act was ended."), extra_tags="calm")
            return
        role = request.POST.get("role", "")
        if role not in set(Role):
            messages.error(request, _("Choose what they may do."), extra_tags="stop")
            return
        invite(
            here.company,
            here.customer_id,
            email=request.POST.get("email", "")[:254],
            role=Role(role),
            link=invitation_link(),
            by=here.by,
            today=here.today,
            at=timezone.now(),
        )
        messages.success(request, _("The invitation is on its way."), extra_tags="calm")
    except Refused as refusal:
        messages.error(request, told(refusal), extra_tags="stop")


def page(
    request: HttpRequest, here: Visit, template: str, *, way: str = "", status: int = 200, **shown: object
) -> HttpResponse:
    """Return a page in the customer's frame."""
    context = {
        "here": here,
        "ways": ways_of(here, way or template),
        "home_address": here.address("home"),
        "all_address": reverse("portal:accounts"),
        **shown,
    }
    return render(request, f"portal/{template}.html", context, status=status)
