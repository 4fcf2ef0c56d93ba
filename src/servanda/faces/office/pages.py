"""The pages: each reads what it is asked for, gathers what is shown, and hands it to a template."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from servanda.business.billing.facts import InvoiceFacts
from servanda.business.billing.queries import invoice_numbered
from servanda.business.customers.queries import NoSuchCustomer, customer, customer_numbered
from servanda.business.letters.queries import document, letter, letters_of_invoices
from servanda.faces.office.people import name_in_records
from servanda.faces.office.places import Visit, crumbs_of, customers_link, needs_of, place_of, visit
from servanda.faces.office.showing.acceptances import acceptance_rows
from servanda.faces.office.showing.collections import collection_note, mandate_panel
from servanda.faces.office.showing.companies import company_cards
from servanda.faces.office.showing.customer import DAYS_MAX, customer_shown
from servanda.faces.office.showing.customers import customer_list
from servanda.faces.office.showing.einvoices import e_document_rows, invoicing_shown
from servanda.faces.office.showing.invoice import invoice_shown
from servanda.faces.office.showing.ladders import general_picture, ladder_on, picture_of_invoice
from servanda.faces.office.showing.mails import attachments_of, mail_rows, mail_shown
from servanda.faces.office.showing.naming import customer_link, invoice_link
from servanda.faces.office.showing.payouts import pay_back_panel
from servanda.faces.office.showing.refunds import interest_of_claim, refunds_of_invoice
from servanda.faces.office.showing.today import today_shown
from servanda.faces.office.showing.vat import customer_vat_shown, invoice_vat_shown
from servanda.faces.office.shown import Link
from servanda.faces.parts.access import access

DAYS_AT_FIRST = 30


@access(policy="staff")
def companies(request: HttpRequest) -> HttpResponse:
    return render(request, "office/companies.html", {"cards": company_cards(now=timezone.now())})


@access(policy="staff")
def today(request: HttpRequest, slug: str) -> HttpResponse:
    here = visit(slug)
    needs = needs_of(here)
    shown = today_shown(here, needs)
    frame = place_of(here, "today", needs)
    return _page(request, here, "today", place=frame, today=shown, needs=len(shown.cards) + shown.cards_more)


@access(policy="staff")
def customers(request: HttpRequest, slug: str) -> HttpResponse:
    here = visit(slug)
    shown = customer_list(
        here,
        show=request.GET.get("show", "all"),
        search=request.GET.get("q", "")[:100],
        page=_whole(request.GET.get("page"), default=1, most=100_000),
    )
    return _page(request, here, "customers", list=shown)


@access(policy="staff")
def customer_page(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    here = visit(slug)
    try:
        found = customer_numbered(here.company.company_id, number)
    except NoSuchCustomer as refusal:
        raise Http404(str(refusal)) from refusal
    days = _whole(request.GET.get("days"), default=DAYS_AT_FIRST, most=DAYS_MAX)
    shown = customer_shown(here, found, days=days, is_whole=request.GET.get("all") == "1")
    rows = acceptance_rows(here, found)
    context = {
        "customer": shown,
        "acceptances": rows,
        "vat": customer_vat_shown(here, found),
        "pay_back": pay_back_panel(here, found, me=name_in_records(request), refund=request.GET.get("refund", "")),
        "mandates": mandate_panel(here, found),
        "invoicing": invoicing_shown(found),
        "older": "all=1",
    }
    return _page(request, here, "customer", "customers", customers_link(here), **context)


@access(policy="staff")
def invoice_page(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    here = visit(slug)
    found = _invoice(here, number)
    whose = customer(found.customer_id)
    ladder = None if found.kind == "credit note" else ladder_on(here, found)
    links = (customers_link(here), customer_link(whose, slug))
    asked = request.GET.get("act", "")  # which of the acts stands open
    letters = ladder.known.letters if ladder is not None else letters_of_invoices([found.invoice_id])
    more = {
        "invoice": invoice_shown(here, found, whose, letters),
        "vat": invoice_vat_shown(found),
        "collected": collection_note(found.invoice_id),
        "refunds": refunds_of_invoice(here, found),
        "grown": interest_of_claim(here, ladder.arrears) if ladder is not None else None,
        "documents": e_document_rows(here, found.invoice_id),
        "picture": picture_of_invoice(here, found, ladder) if ladder is not None else None,
        "open_act": asked,
    }
    return _page(request, here, "invoice", "customers", *links, **more)


@access(policy="staff")
def invoice_ladder(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    here = visit(slug)
    found = _invoice(here, number)
    if found.kind == "credit note":
        raise Http404(_("A credit note has no ladder."))
    links = (customers_link(here), customer_link(customer(found.customer_id), slug), invoice_link(found, slug))
    heading = _("Ladder of invoice %(number)s") % {"number": found.number}
    picture = picture_of_invoice(here, found, ladder_on(here, found))
    return _page(request, here, "invoice_ladder", "customers", *links, heading=heading, picture=picture)


@access(policy="staff")
def ladder(request: HttpRequest, slug: str) -> HttpResponse:
    here = visit(slug)
    picture, choices = general_picture(
        here, product=request.GET.get("product", ""), kind=request.GET.get("customer", "business")
    )
    return _page(request, here, "ladder", picture=picture, choices=choices)


@access(policy="staff")
def mails(request: HttpRequest, slug: str) -> HttpResponse:
    here = visit(slug)
    return _page(request, here, "mails", mails=mail_rows(here))


@access(policy="staff")
def mail_page(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    here = visit(slug)
    shown = mail_shown(here, name)
    if shown is None:
        raise Http404(_("There is no such mail."))
    way = Link(_("Mails"), reverse("office:mails", args=[slug]))
    return _page(request, here, "mail", "mails", way, mail=shown)


@access(policy="staff")
def attachment(request: HttpRequest, slug: str, name: str, position: int) -> HttpResponse:
    """Give a mail's file to keep, never to open here: what is in it was written by anybody."""
    files = attachments_of(visit(slug), name)
    if position >= len(files):
        raise Http404(_("There is no such file."))
    file = files[position]
    return _download(file.content, file.name)


@access(policy="staff")
def document_page(request: HttpRequest, slug: str, letter_id: int) -> HttpResponse:
    """Give the bytes of a letter's document exactly as they were sent."""
    here = visit(slug)
    found = letter(letter_id)
    if found is None or found.company_id != here.company.company_id:
        raise Http404(_("There is no such letter."))
    content = document(found.document_sha256)
    if content is None:
        raise Http404(_("The letter has no document yet."))
    return _download(content, f"{found.key.replace(':', '-')}.pdf")


def _page(
    request: HttpRequest, here: Visit, template: str, way: str = "", *links: Link, **shown: object
) -> HttpResponse:
    place = shown.pop("place", None) or place_of(here, way or template)
    context = {"place": place, "crumbs": crumbs_of(here, *links), **shown}
    return render(request, f"office/{template}.html", context)


def _invoice(here: Visit, number: int) -> InvoiceFacts:
    found = invoice_numbered(here.company.company_id, number)
    if found is None:
        raise Http404(_("There is no such invoice."))
    return found


def _download(content: bytes, name: str) -> HttpResponse:
    headers = {
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or "attachment",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return HttpResponse(content, content_type="application/octet-stream", headers=headers)


def _whole(text: str | None, *, default: int, most: int) -> int:
    """Return a number of an address between nothing and the most; anything else counts as not given."""
    if text is None or not text.isascii() or not text.isdigit():
        return default
    return min(int(text[:9]), most)
