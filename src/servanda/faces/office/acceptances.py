"""The pages of what a customer accepted: the acceptance, its signed proof, and the exact text as a file."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from servanda.business.customers.facts import CustomerFacts
from servanda.business.customers.queries import NoSuchCustomer, customer_numbered
from servanda.business.library.facts import AcceptedTerms
from servanda.faces.office.places import Visit, crumbs_of, customers_link, place_of, visit
from servanda.faces.office.showing.acceptances import (
    acceptance_of_customer,
    acceptance_shown,
    proof_for,
    proof_name,
    text_name,
)
from servanda.faces.office.showing.naming import customer_link
from servanda.faces.parts.access import access
from servanda.faces.parts.proofs import signed_proof
from servanda.faces.parts.telling import told
from servanda.ground.refusal import Refused


@access(policy="staff")
def acceptance_page(request: HttpRequest, slug: str, number: str, acceptance_id: int) -> HttpResponse:
    here = visit(slug)
    customer, accepted = _found(here, number, acceptance_id)
    context = {
        "place": place_of(here, "customers"),
        "crumbs": crumbs_of(here, customers_link(here), customer_link(customer, slug)),
        "acceptance": acceptance_shown(here, customer, accepted),
    }
    return render(request, "office/acceptance.html", context)


@access(policy="staff")
def proof_file(request: HttpRequest, slug: str, number: str, acceptance_id: int) -> HttpResponse:
    """Give the proof as PDF, signed now: the signature says when it was made, the proof when the terms were accepted."""
    here = visit(slug)
    customer, accepted = _found(here, number, acceptance_id)
    try:
        content = signed_proof(proof_for(here, customer, accepted), here.company, at=timezone.now())
    except Refused as refusal:
        text = _("The proof was not signed: %(why)s") % {"why": told(refusal)}
        messages.add_message(request, messages.ERROR, text, extra_tags="stop")
        return redirect(reverse("office:acceptance", args=[slug, number, acceptance_id]))
    return _download(content, proof_name(accepted, customer))


@access(policy="staff")
def text_file(request: HttpRequest, slug: str, number: str, acceptance_id: int) -> HttpResponse:
    """Give the bytes that were accepted."""
    _customer, accepted = _found(visit(slug), number, acceptance_id)
    return _download(accepted.content, text_name(accepted))


def _found(here: Visit, number: str, acceptance_id: int) -> tuple[CustomerFacts, AcceptedTerms]:
    try:
        customer = customer_numbered(here.company.company_id, number)
    except NoSuchCustomer as refusal:
        raise Http404(str(refusal)) from refusal
    accepted = acceptance_of_customer(here, customer, acceptance_id)
    if accepted is None:
        raise Http404(_("There is no such acceptance."))
    return customer, accepted


def _download(content: bytes, name: str) -> HttpResponse:
    headers = {
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or "attachment",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return HttpResponse(content, content_type="application/octet-stream", headers=headers)
