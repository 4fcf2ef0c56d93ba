"""Services and servers in the office: the list, the page of a service, the servers and what waits for a person there."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from servanda.business.hosting.actions.changing import Order
from servanda.business.hosting.facts import ServiceFacts
from servanda.business.hosting.queries import services
from servanda.business.nodes.actions.reporting import settle_refusal
from servanda.faces.office.acts import Incomplete, act
from servanda.faces.office.answering import number_in, say, text
from servanda.faces.office.people import name_in_records
from servanda.faces.office.places import Visit, crumbs_of, place_of, visit
from servanda.faces.office.showing.hosting import nodes_shown, service_list, service_panel
from servanda.faces.office.shown import Link
from servanda.faces.office.ways import HOSTING, ways_of
from servanda.faces.parts.access import access
from servanda.faces.parts.hosting.acts import act_on, said_after
from servanda.faces.parts.hosting.choices import hosting_choices
from servanda.faces.parts.hosting.gathering import hosting_page
from servanda.faces.parts.hosting.zone_files import zone_file_download, zone_file_page
from servanda.faces.parts.telling import told
from servanda.ground.refusal import Refused

PAGE_MAX = 100_000


@access(policy="staff")
def services_page(request: HttpRequest, slug: str) -> HttpResponse:
    here = visit(slug)
    asked = request.GET.get("page", "1")
    shown = service_list(
        here,
        show=request.GET.get("show", "all"),
        search=request.GET.get("q", "")[:100],
        page=min(int(asked), PAGE_MAX) if asked.isdigit() and len(asked) < 9 else 1,
    )
    context = {
        "place": place_of(here, "services"),
        "crumbs": crumbs_of(here),
        "ways": ways_of(here, HOSTING, "services"),
        "list": shown,
    }
    return render(request, "office/services.html", context)


@access(policy="staff")
def service_page(request: HttpRequest, slug: str, service_id: int) -> HttpResponse:
    here = visit(slug)
    found = _service(here, service_id)
    context = {
        "place": place_of(here, "services"),
        "crumbs": crumbs_of(here, Link(_("Services"), reverse("office:services", args=[slug]))),
        "service": found,
        "panel": service_panel(here, found),
        "hosting": hosting_page(found, contact=here.company.email, today=here.today, now=timezone.now()),
        "zones_base": f"{reverse('office:service', args=[slug, service_id])}zones/",
        "act_base": f"{reverse('office:service', args=[slug, service_id])}act/",
        "choices": hosting_choices(),
    }
    return render(request, "office/service.html", context)


@access(policy="staff", methods=("POST",))
def service_act(request: HttpRequest, slug: str, service_id: int, name: str) -> HttpResponse:
    """Do one act on a service for its owner, and lead back to its page; the record names the member of staff."""
    here = visit(slug)
    _service(here, service_id)
    order = Order(by=name_in_records(request), today=here.today, at=here.at)
    try:
        act_on(service_id, name, request.POST, order=order, now=timezone.now())
        say(request, said_after(name))
    except Refused as refusal:
        say(request, _("The act was refused: %(why)s") % {"why": told(refusal)}, tone="stop")
    return redirect("office:service", slug, service_id)


@access(policy="staff", methods=("GET", "POST"))
def zone_page(request: HttpRequest, slug: str, service_id: int, domain: str) -> HttpResponse:
    """Show what a zone file would change; taking it in is an act of the service's page."""
    here = visit(slug)
    found = _service(here, service_id)
    address = reverse("office:service", args=[slug, service_id])
    context = {
        "place": place_of(here, "services"),
        "crumbs": crumbs_of(
            here, Link(_("Services"), reverse("office:services", args=[slug])), Link(found.name, address)
        ),
        "zone": zone_file_page(request, service_id, domain),
        "may_change": found.state == "running",
        "act_base": f"{address}act/",
        "download_address": reverse("office:zone-file", args=[slug, service_id, domain]),
    }
    return render(request, "office/zone.html", context)


@access(policy="staff")
def zone_download(request: HttpRequest, slug: str, service_id: int, domain: str) -> HttpResponse:
    here = visit(slug)
    _service(here, service_id)
    return zone_file_download(service_id, domain, today=here.today)


@access(policy="staff")
def nodes_page(request: HttpRequest, slug: str) -> HttpResponse:
    here = visit(slug)
    context = {
        "place": place_of(here, "services"),
        "crumbs": crumbs_of(here),
        "ways": ways_of(here, HOSTING, "nodes"),
        "nodes": nodes_shown(here, now=timezone.now()),
    }
    return render(request, "office/nodes.html", context)


@act(back="office:nodes")
def settle(request: HttpRequest, here: Visit) -> None:
    """Keep that a person has looked at what a node refused, and why nothing more is to be done."""
    reason = text(request, "reason", most=500)
    if not reason:
        raise Incomplete(_("Write the reason."))
    settle_refusal(
        here.company.company_id,
        number_in(request, "refusal"),
        by=name_in_records(request),
        reason=reason,
        now=timezone.now(),
    )
    say(request, _("It is kept that you have seen to it."))


def _service(here: Visit, service_id: int) -> ServiceFacts:
    found = next(iter(services([service_id], company_id=here.company.company_id)), None)
    if found is None:
        raise Http404(_("There is no such service."))
    return found
