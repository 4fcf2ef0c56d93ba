"""Collecting in the office: the page of all agreements and orders, the panel on a customer's page, and what staff do there."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from servanda.business.collecting.actions import end_mandate, note_mandate, see_collection
from servanda.business.collecting.facts import MandateKind
from servanda.business.customers.queries import customer_numbered
from servanda.faces.office.acts import Incomplete, act
from servanda.faces.office.answering import number_in, say, text
from servanda.faces.office.people import name_in_records
from servanda.faces.office.places import Visit, crumbs_of, place_of, visit
from servanda.faces.office.showing.collections import collections_shown
from servanda.faces.office.ways import PAYMENTS, ways_of
from servanda.faces.parts.access import access


@access(policy="staff")
def collections_page(request: HttpRequest, slug: str) -> HttpResponse:
    here = visit(slug)
    context = {
        "place": place_of(here, "matching"),
        "crumbs": crumbs_of(here),
        "ways": ways_of(here, PAYMENTS, "collections"),
        "collections": collections_shown(here),
    }
    return render(request, "office/collections.html", context)


@act(back="office:customer")
def note(request: HttpRequest, here: Visit, *, number: str) -> None:
    """Note an agreement that a customer has made."""
    whose = customer_numbered(here.company.company_id, number)
    kind = text(request, "kind", most=20)
    if kind not in {str(one) for one in MandateKind}:
        raise Incomplete(_("The form is not whole. Go back to the page and try again."))
    note_mandate(
        here.company,
        whose.customer_id,
        MandateKind(kind),
        text(request, "agreement", most=60),
        since=here.today,
        by=name_in_records(request),
        today=here.today,
        at=here.at,
    )
    say(request, _("The agreement is noted. The next invoices are collected."))


@act(back="office:customer")
def end(request: HttpRequest, here: Visit, *, number: str) -> None:
    """End an agreement; the contract runs on, and the customer pays in another way."""
    end_mandate(
        here.company,
        number_in(request, "mandate"),
        on=here.today,
        ended_by="us",
        by=name_in_records(request),
        today=here.today,
        at=here.at,
    )
    say(request, _("The agreement is ended. The contract runs on; the customer pays in another way."))


@act(back="office:collections")
def see(request: HttpRequest, here: Visit) -> None:
    is_news = "news" in request.POST
    see_collection(
        here.company,
        collection_id=None if is_news else number_in(request, "collection"),
        news_id=number_in(request, "news") if is_news else None,
        by=name_in_records(request),
    )
    say(request, _("It is kept that you have seen to it."))
