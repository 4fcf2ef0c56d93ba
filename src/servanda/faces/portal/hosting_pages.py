"""The page of a service, and what its owner does there."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from servanda.business.hosting.actions.changing import Order
from servanda.business.hosting.facts import ServiceFacts
from servanda.business.hosting.queries import services_of_customer
from servanda.faces.parts.access import access
from servanda.faces.parts.hosting.acts import act_on, said_after
from servanda.faces.parts.hosting.choices import hosting_choices
from servanda.faces.parts.hosting.gathering import hosting_page
from servanda.faces.parts.hosting.zone_files import zone_file_download, zone_file_page
from servanda.faces.parts.telling import told
from servanda.faces.portal.pages import page
from servanda.faces.portal.showing.standing import service_stamp
from servanda.faces.portal.visiting import Visit, visit
from servanda.ground.refusal import Refused


@access(policy="customer")
def service(request: HttpRequest, slug: str, number: str, service_id: int) -> HttpResponse:
    here = visit(request, slug, number, needs=lambda role: role.may_manage_services)
    found = _own(here, service_id)
    return page(
        request,
        here,
        "service",
        way="services",
        service=found,
        stamp=service_stamp(found),
        hosting=hosting_page(found, contact=here.company.email, today=here.today, now=timezone.now()),
        zones_base=f"{here.address('service', service_id)}zones/",
        act_base=f"{here.address('service', service_id)}act/",
        choices=hosting_choices(),
    )


@access(policy="customer", methods=("POST",))
def act(request: HttpRequest, slug: str, number: str, service_id: int, name: str) -> HttpResponse:
    """Do one act on an own service, and lead back to its page; a refusal is told there."""
    here = visit(request, slug, number, needs=lambda role: role.may_manage_services)
    _own(here, service_id)
    order = Order(by=f"customer:{here.customer_id}", today=here.today, at=here.at)
    try:
        act_on(service_id, name, request.POST, order=order, now=timezone.now())
        messages.success(request, said_after(name), extra_tags="calm")
    except Refused as refusal:
        messages.error(request, told(refusal), extra_tags="stop")
    return redirect(here.address("service", service_id))


@access(policy="customer", methods=("GET", "POST"))
def zone(request: HttpRequest, slug: str, number: str, service_id: int, domain: str) -> HttpResponse:
    """Show what a zone file would change; taking it in is an act of the service's page."""
    here = visit(request, slug, number, needs=lambda role: role.may_manage_services)
    found = _own(here, service_id)
    return page(
        request,
        here,
        "zone",
        way="services",
        service=found,
        zone=zone_file_page(request, service_id, domain),
        may_change=found.state == "running",
        act_base=f"{here.address('service', service_id)}act/",
        service_address=here.address("service", service_id),
        download_address=here.address("zone-file", service_id, domain),
    )


@access(policy="customer")
def zone_download(request: HttpRequest, slug: str, number: str, service_id: int, domain: str) -> HttpResponse:
    here = visit(request, slug, number, needs=lambda role: role.may_manage_services)
    _own(here, service_id)
    return zone_file_download(service_id, domain, today=here.today)


def _own(here: Visit, service_id: int) -> ServiceFacts:
    found = next((one for one in services_of_customer(here.customer_id) if one.service_id == service_id), None)
    if found is None or found.state == "purged":
        raise Http404(_("There is no such service."))
    return found
