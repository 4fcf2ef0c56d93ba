"""The pages of the agreement: the book, its versions beside each other, a customer's copy, drafts and changes."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from servanda.business.customers.facts import CustomerFacts
from servanda.business.customers.queries import NoSuchCustomer, customer_numbered
from servanda.faces.office.people import name_in_records
from servanda.faces.office.places import Visit, crumbs_of, customers_link, place_of, visit
from servanda.faces.office.showing.book import FORMATS, book_for_file, book_shown
from servanda.faces.office.showing.changes import change_shown, changes_shown
from servanda.faces.office.showing.customer_agreement import copy_shown
from servanda.faces.office.showing.draft_figures import figures_shown
from servanda.faces.office.showing.draft_hit import hit_shown
from servanda.faces.office.showing.draft_news import news_shown
from servanda.faces.office.showing.drafts import VIEWS, draft_here, draft_shown, drafts_shown, read_here
from servanda.faces.office.showing.naming import customer_link
from servanda.faces.office.showing.proposals import discontinue_shown, proposal_shown, transfer_shown
from servanda.faces.office.showing.redlines import compared_shown
from servanda.faces.office.showing.sections import agreement_link, text_language
from servanda.faces.office.shown import Link
from servanda.faces.office.shown_drafts import DraftText, Refilled
from servanda.faces.office.words import language
from servanda.faces.parts.access import access
from servanda.faces.parts.printing import printed
from servanda.terms.book_pages import html_page_of
from servanda.terms.document import Language
from servanda.terms.versions import NoSuchVersion

NAME_LETTERS_MAX = 40
NOTHING = Refilled()


@access(policy="staff")
def agreement(request: HttpRequest, slug: str) -> HttpResponse:
    here = visit(slug)
    shown = book_shown(here, version=_given(request, "version"), language=_asked_language(request))
    return _page(request, here, "agreement/book", agreement=shown)


@access(policy="staff")
def agreement_file(request: HttpRequest, slug: str) -> HttpResponse:
    """Give a version as a file that stands alone: to keep, to print, or to send."""
    here = visit(slug)
    made = _given(request, "format")
    if made not in FORMATS:
        raise Http404(_("There is no such file."))
    try:
        book = book_for_file(here, version=_given(request, "version"), language=_asked_language(request))
    except NoSuchVersion as refusal:
        raise Http404(str(refusal)) from refusal
    content = printed(book) if made == "pdf" else html_page_of(book).encode("utf-8")
    name = f"{slug}-{book.version}-{book.language}.{made}"
    headers = {
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or "attachment",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return HttpResponse(content, content_type="application/octet-stream", headers=headers)


@access(policy="staff")
def compare(request: HttpRequest, slug: str) -> HttpResponse:
    here = visit(slug)
    shown = compared_shown(here, old=_given(request, "old"), new=_given(request, "new"), text=_asked_language(request))
    return _page(request, here, "agreement/compare", agreement_link(here), compared=shown)


@access(policy="staff")
def customer_agreement(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    return customer_agreement_page(request, visit(slug), number=number)


def customer_agreement_page(
    request: HttpRequest, here: Visit, *, number: str, refilled: Refilled = NOTHING
) -> HttpResponse:
    found = customer_here(here, number)
    asked = text_language(_given(request, "language")) if _given(request, "language") else None
    shown = copy_shown(here, found, contract=_given(request, "contract"), asked=asked)
    ways = (customers_link(here), customer_link(found, here.company.slug))
    return _page(request, here, "agreement/customer", *ways, way="customers", copy=shown, form=refilled)


@access(policy="staff")
def drafts(request: HttpRequest, slug: str) -> HttpResponse:
    return drafts_page(request, visit(slug))


def drafts_page(request: HttpRequest, here: Visit, *, refilled: Refilled = NOTHING) -> HttpResponse:
    return _page(request, here, "agreement/drafts", agreement_link(here), drafts=drafts_shown(here), form=refilled)


@access(policy="staff")
def draft(request: HttpRequest, slug: str, draft_id: int) -> HttpResponse:
    return draft_page(request, visit(slug), draft_id=draft_id)


def draft_page(request: HttpRequest, here: Visit, *, draft_id: int, refilled: Refilled = NOTHING) -> HttpResponse:
    """Show one view of the workbench; a form that was sent back says which one it stands on."""
    found = draft_here(here, draft_id)
    checked = read_here(here, found)
    asked = refilled.given.get("view") or request.POST.get("view") or _given(request, "view")
    view = asked if asked in VIEWS else VIEWS[0]
    text = text_language(refilled.given.get("language") or _given(request, "language") or language())
    shown: dict[str, Any] = {}
    match view:
        case "figures":
            shown["figures"] = figures_shown(here, found, checked, text=text, refilled=refilled)
        case "text":
            shown["text"] = DraftText(danish=found.danish, english=found.english)
        case "news":
            shown["news"] = news_shown(here, found, checked, text=text)
        case "hit":
            shown["hit"] = hit_shown(here, found, checked)
    frame = draft_shown(here, found, checked, me=name_in_records(request), view=view)
    ways = (agreement_link(here), Link(_("Drafts"), reverse("office:drafts", args=[here.company.slug])))
    return _page(request, here, f"agreement/draft_{view}", *ways, draft=frame, form=refilled, view=view, **shown)


@access(policy="staff")
def changes(request: HttpRequest, slug: str) -> HttpResponse:
    here = visit(slug)
    return _page(request, here, "agreement/changes", agreement_link(here), changes=changes_shown(here))


@access(policy="staff")
def change(request: HttpRequest, slug: str, change_id: int) -> HttpResponse:
    return change_page(request, visit(slug), change_id=change_id)


def change_page(request: HttpRequest, here: Visit, *, change_id: int, refilled: Refilled = NOTHING) -> HttpResponse:
    page = _given(request, "page")
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 7 else 1
    shown = change_shown(here, change_id, state=_given(request, "state"), page=max(number, 1))
    ways = (agreement_link(here), Link(_("Changes"), reverse("office:changes", args=[here.company.slug])))
    return _page(request, here, "agreement/change", *ways, change=shown, form=refilled)


@access(policy="staff")
def discontinue(request: HttpRequest, slug: str) -> HttpResponse:
    return discontinue_page(request, visit(slug))


def discontinue_page(request: HttpRequest, here: Visit, *, refilled: Refilled = NOTHING) -> HttpResponse:
    shown = discontinue_shown(here, product=refilled.given.get("product") or _given(request, "product"))
    return _page(request, here, "agreement/discontinue", agreement_link(here), ending=shown, form=refilled)


@access(policy="staff")
def transfer(request: HttpRequest, slug: str) -> HttpResponse:
    return transfer_page(request, visit(slug))


def transfer_page(
    request: HttpRequest, here: Visit, *, refilled: Refilled = NOTHING, document: str | None = None
) -> HttpResponse:
    shown = transfer_shown(here, document=document or refilled.given.get("document"))
    return _page(request, here, "agreement/transfer", agreement_link(here), transfer=shown, form=refilled)


@access(policy="staff")
def proposal(request: HttpRequest, slug: str, proposal_id: int) -> HttpResponse:
    return proposal_page(request, visit(slug), proposal_id=proposal_id)


def proposal_page(request: HttpRequest, here: Visit, *, proposal_id: int, refilled: Refilled = NOTHING) -> HttpResponse:
    shown = proposal_shown(here, proposal_id, me=name_in_records(request))
    ways = (agreement_link(here), Link(_("Changes"), reverse("office:changes", args=[here.company.slug])))
    return _page(request, here, "agreement/proposal", *ways, proposal=shown, form=refilled)


def customer_here(here: Visit, number: str) -> CustomerFacts:
    """Return the customer of the number; one that the company has not is not found."""
    try:
        return customer_numbered(here.company.company_id, number)
    except NoSuchCustomer as refusal:
        raise Http404(str(refusal)) from refusal


def _page(
    request: HttpRequest, here: Visit, template: str, *links: Link, way: str = "agreement", **shown: object
) -> HttpResponse:
    context = {"place": place_of(here, way), "crumbs": crumbs_of(here, *links), **shown}
    return render(request, f"office/{template}.html", context)


def _given(request: HttpRequest, name: str) -> str:
    return request.GET.get(name, "")[:NAME_LETTERS_MAX]


def _asked_language(request: HttpRequest) -> Language:
    return text_language(_given(request, "language") or language())
