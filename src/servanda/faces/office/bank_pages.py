"""The pages on money that came in: the inbox, accepting many at once, and how a bank's files are read."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from servanda.faces.office.places import Visit, crumbs_of, place_of, visit
from servanda.faces.office.showing.bank_layouts import fields_shown, layout_rows, values_of
from servanda.faces.office.showing.inbox import bulk_shown, inbox_shown
from servanda.faces.office.shown import Link
from servanda.faces.office.ways import PAYMENTS, ways_of
from servanda.faces.parts.access import access

LETTERS_MAX = 100
NUMBER_DIGITS_MAX = 15


@access(policy="staff")
def matching(request: HttpRequest, slug: str) -> HttpResponse:
    here = visit(slug)
    shown = inbox_shown(
        here,
        show=request.GET.get("show", ""),
        search=_asked(request, "q"),
        find=_asked(request, "find"),
        entry_id=_number(request.GET.get("entry")),
        page=_number(request.GET.get("page")) or 1,
    )
    return bank_page(request, here, "matching", ways=ways_of(here, PAYMENTS, "matching"), inbox=shown)


@access(policy="staff")
def bulk(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what accepting all that is sure would do; nothing is done by looking."""
    here = visit(slug)
    show, search = request.GET.get("show", ""), _asked(request, "q")
    shown = bulk_shown(here, show=show, search=search)
    return bank_page(request, here, "bank_bulk", _inbox_link(here), bulk=shown, show=show, search=search)


@access(policy="staff")
def layouts(request: HttpRequest, slug: str) -> HttpResponse:
    here = visit(slug)
    values = values_of(here.company.company_id, _asked(request, "name"))
    return layout_page(request, here, fields=fields_shown(values, {}), name=_asked(request, "name"))


def layout_page(request: HttpRequest, here: Visit, **shown: object) -> HttpResponse:
    """Return the page of layouts, with the form as it was filled in."""
    rows = layout_rows(here)
    ways = ways_of(here, PAYMENTS, "layouts")
    return bank_page(request, here, "bank_layouts", _inbox_link(here), ways=ways, layouts=rows, **shown)


def bank_page(request: HttpRequest, here: Visit, template: str, *links: Link, **shown: object) -> HttpResponse:
    """Return a page of this part in the frame of its company."""
    context = {"place": place_of(here, "matching"), "crumbs": crumbs_of(here, *links), **shown}
    return render(request, f"office/{template}.html", context)


def _inbox_link(here: Visit) -> Link:
    return Link(_("Match payments"), reverse("office:matching", args=[here.company.slug]))


def _asked(request: HttpRequest, name: str) -> str:
    return request.GET.get(name, "").replace("\0", "").strip()[:LETTERS_MAX]


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= NUMBER_DIGITS_MAX else 0
