"""The pages of e-invoices, and what staff do about them: look, mend, send again, settle, and hand in an answer."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from servanda.business.contracts.queries import contracts_of_customer
from servanda.business.customers.actions import change_invoicing
from servanda.business.customers.facts import CustomerFacts
from servanda.business.customers.queries import NoSuchCustomer, customer_numbered
from servanda.business.einvoices.actions import (
    change_contract_reference,
    keep_answer,
    send_document_again,
    settle_answer,
    settle_document,
)
from servanda.business.einvoices.queries import answer_content, content_of, document_of, open_answers
from servanda.faces.office.acts import Incomplete, act
from servanda.faces.office.people import name_in_records
from servanda.faces.office.places import Visit, crumbs_of, place_of, visit
from servanda.faces.office.showing.einvoices import e_invoices_shown
from servanda.faces.office.ways import BOOKS, ways_of
from servanda.faces.parts.access import access

ANSWER_BYTES_MAX = 1_000_000
LETTERS_MAX = 300
REFERENCE_LETTERS_MAX = 60


@access(policy="staff")
def einvoices(request: HttpRequest, slug: str) -> HttpResponse:
    here = visit(slug)
    page = request.GET.get("page", "1")
    shown = e_invoices_shown(
        here,
        state=request.GET.get("state", "")[:20],
        page=max(int(page[:6]), 1) if page.isascii() and page.isdigit() else 1,
    )
    context = {
        "place": place_of(here, "books"),
        "crumbs": crumbs_of(here),
        "ways": ways_of(here, BOOKS, "einvoices"),
        "shown": shown,
    }
    return render(request, "office/einvoices.html", context)


@access(policy="staff")
def einvoice_file(request: HttpRequest, slug: str, document_id: int) -> HttpResponse:
    """Give the bytes of a document exactly as they were kept."""
    here = visit(slug)
    found = document_of(here.company.company_id, document_id)
    content = content_of(found.xml_sha256) if found is not None else None
    if found is None or content is None:
        raise Http404(_("There is no such e-invoice."))
    return _download(content, f"{found.key.replace(':', '-').replace(' ', '-')}.xml")


@access(policy="staff")
def einvoice_answer(request: HttpRequest, slug: str, answer_id: int) -> HttpResponse:
    """Give the file of an answer that waits for a person, as it came in."""
    here = visit(slug)
    is_ours = answer_id in {one.answer_id for one in open_answers(here.company.company_id)}
    content = answer_content(answer_id) if is_ours else None
    if content is None:
        raise Http404(_("There is no such answer."))
    return _download(content, f"answer-{answer_id}.xml")


@act(back="office:einvoices")
def upload_answer(request: HttpRequest, here: Visit) -> None:
    """Keep a file that somebody got as an answer; it is read with those of the access point, within a minute."""
    file = request.FILES.get("file")
    if file is None or not file.size or file.size > ANSWER_BYTES_MAX:
        raise Incomplete(_("Choose a file of at most one megabyte."))
    content = file.read()
    kept = keep_answer(
        name=file.name or "answer.xml",
        content=content,
        at=here.at,
        company_id=here.company.company_id,
        by=name_in_records(request),
    )
    if kept is None:
        _say(request, _("This answer was taken in before. Nothing has changed."))
    else:
        _say(request, _("The answer is kept, and is read within a minute."))


@act(back="office:today")
def send_einvoice_again(request: HttpRequest, here: Visit, *, document_id: int) -> None:
    send_document_again(
        here.company,
        document_id,
        reason=_text(request, "reason"),
        by=name_in_records(request),
        today=here.today,
        at=here.at,
    )
    _say(request, _("The e-invoice is made anew and goes out again."))


@act(back="office:today")
def settle_einvoice(request: HttpRequest, here: Visit, *, document_id: int) -> None:
    settle_document(
        here.company,
        document_id,
        reason=_text(request, "reason"),
        by=name_in_records(request),
        today=here.today,
        at=here.at,
    )
    _say(request, _("Noted as settled."))


@act(back="office:today")
def settle_einvoice_answer(request: HttpRequest, here: Visit, *, answer_id: int) -> None:
    settle_answer(
        here.company,
        answer_id,
        reason=_text(request, "reason"),
        by=name_in_records(request),
        today=here.today,
        at=here.at,
    )
    _say(request, _("Noted as settled."))


@act(back="office:customer")
def invoicing(request: HttpRequest, here: Visit, *, number: str) -> None:
    """Store how a customer wants invoices, and what e-invoices must name."""
    to = _customer(here, number)
    changed = change_invoicing(
        to.customer_id,
        delivery=_text(request, "delivery"),
        ean=_text(request, "ean").replace(" ", ""),
        order_number=_text(request, "order_number", most=REFERENCE_LETTERS_MAX),
        person_reference=_text(request, "person_reference", most=REFERENCE_LETTERS_MAX),
        today=here.today,
        at=here.at,
        by=name_in_records(request),
    )
    _tell_change(request, is_changed=changed)


@act(back="office:customer")
def contract_reference(request: HttpRequest, here: Visit, *, number: str) -> None:
    """Store what the buyer wants named on the e-invoices of one contract."""
    to = _customer(here, number)
    written = _text(request, "contract")
    found = [one for one in contracts_of_customer(to.customer_id) if str(one.contract_id) == written]
    if not found:
        raise Incomplete(_("The form is not whole. Go back to the page and try again."))
    changed = change_contract_reference(
        here.company,
        found[0].contract_id,
        to.customer_id,
        order_number=_text(request, "order_number", most=REFERENCE_LETTERS_MAX),
        person_reference=_text(request, "person_reference", most=REFERENCE_LETTERS_MAX),
        today=here.today,
        at=here.at,
        by=name_in_records(request),
    )
    _tell_change(request, is_changed=changed)


def _tell_change(request: HttpRequest, *, is_changed: bool) -> None:
    if is_changed:
        _say(request, _("Noted. What waited for it goes out within a minute."))
    else:
        _say(request, _("Nothing is different."))


def _customer(here: Visit, number: str) -> CustomerFacts:
    try:
        return customer_numbered(here.company.company_id, number)
    except NoSuchCustomer as refusal:
        raise Http404(str(refusal)) from refusal


def _say(request: HttpRequest, text: str) -> None:
    messages.add_message(request, messages.SUCCESS, text, extra_tags="calm")


def _text(request: HttpRequest, name: str, *, most: int = LETTERS_MAX) -> str:
    return request.POST.get(name, "").replace("\0", "").strip()[:most]


def _download(content: bytes, name: str) -> HttpResponse:
    headers = {
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or "attachment",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return HttpResponse(content, content_type="application/octet-stream", headers=headers)
