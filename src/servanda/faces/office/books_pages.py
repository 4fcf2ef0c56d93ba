"""The pages of the books: accounts, vouchers, closing, the chain of the day, exports and how long things are kept."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from servanda.business.audit.queries import run_audit
from servanda.business.audit.queries.table import OF_THE_BOOKS
from servanda.business.books.actions.charting import open_chart
from servanda.business.books.actions.closing import answer_reopening, ask_reopening, close_period
from servanda.business.books.facts import Said
from servanda.business.books.queries.exporting import NotExported, export_archive, export_file, period_books
from servanda.business.books.queries.vouchers import NoSuchVoucher, voucher_numbered
from servanda.faces.office.acts import Incomplete, act
from servanda.faces.office.answering import say, text
from servanda.faces.office.people import name_in_records
from servanda.faces.office.places import Visit, crumbs_of, place_of, visit
from servanda.faces.office.showing.books import books_shown, kept_shown, voucher_shown
from servanda.faces.office.shown import Link
from servanda.faces.office.ways import BOOKS, ways_of
from servanda.faces.office.words import language
from servanda.faces.parts.access import access
from servanda.faces.parts.telling import told
from servanda.ground.calendar import NotADay, day_text, parse_day


@access(policy="staff")
def books(request: HttpRequest, slug: str) -> HttpResponse:
    here = visit(slug)
    before = request.GET.get("before", "")
    shown = books_shown(
        here,
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 12 else None,
        until=_day(request.GET.get("until", "")),
        reader=name_in_records(request),
    )
    return _page(request, here, "books", "books", books=shown)


@access(policy="staff")
def voucher(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    here = visit(slug)
    try:
        found = voucher_numbered(here.company.company_id, number)
    except NoSuchVoucher as refusal:
        raise Http404(str(refusal)) from refusal
    way = Link(_("The books"), reverse("office:books", args=[slug]))
    return _page(request, here, "voucher", "", way, voucher=voucher_shown(here, found))


@access(policy="staff")
def kept(request: HttpRequest, slug: str) -> HttpResponse:
    here = visit(slug)
    return _page(request, here, "kept", "books-kept", kept=kept_shown(here))


@access(policy="staff")
def export(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Give a period as a file to keep; what stands in the way is told on the page of the books."""
    here = visit(slug)
    since, until = _day(request.GET.get("since", "")), _day(request.GET.get("until", ""))
    name = request.GET.get("format", "all")
    try:
        if since is None or until is None:
            raise NotExported(_("Write both days as 2026-11-30."))
        open_chart(here.company.company_id, at=here.at)
        found = period_books(here.company, since=since, until=until, today=here.today)
        has_documents = request.GET.get("documents") == "1"
        file = (
            export_archive(here.company, found, has_documents=has_documents)
            if name == "all"
            else export_file(found, name)
        )
    except NotExported as refusal:
        say(request, _("The act was refused: %(why)s") % {"why": told(refusal)}, tone="stop")
        page = books(request, slug)
        page.status_code = 422
        return page
    headers = {
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=file.name) or "attachment",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return HttpResponse(file.content, content_type="application/octet-stream", headers=headers)


@act(back="office:books")
def close(request: HttpRequest, here: Visit) -> None:
    until = parse_day(text(request, "until", most=10))
    report = run_audit(company_id=here.company.company_id, only=OF_THE_BOOKS, language=language())
    close_period(
        here.company.company_id,
        until=until,
        reason=text(request, "reason", most=300),
        by=name_in_records(request),
        today=here.today,
        at=here.at,
        findings=tuple(Said(one.explanation, one.explanation) for one in report.violated),
    )
    say(request, _("The books are closed until %(day)s.") % {"day": day_text(until, language())})


@act(back="office:books")
def reopen(request: HttpRequest, here: Visit) -> None:
    after = text(request, "after", most=10)
    ask_reopening(
        here.company.company_id,
        after=parse_day(after) if after else None,
        reason=text(request, "reason", most=300),
        by=name_in_records(request),
        today=here.today,
        at=here.at,
    )
    say(request, _("Asked. Another person must say yes."))


@act(back="office:books")
def answer(request: HttpRequest, here: Visit) -> None:
    said, number = text(request, "answer", most=10), text(request, "reopening", most=18)
    if said not in {"yes", "no"} or not (number.isascii() and number.isdigit()):
        raise Incomplete(_("The form is not whole. Go back to the page and try again."))
    answer_reopening(
        here.company.company_id,
        int(number),
        is_confirmed=said == "yes",
        by=name_in_records(request),
        today=here.today,
        at=here.at,
    )
    say(request, _("The days are open again.") if said == "yes" else _("The books stay closed."))


def _page(request: HttpRequest, here: Visit, template: str, way: str, *links: Link, **shown: object) -> HttpResponse:
    context = {
        "place": place_of(here, "books"),
        "crumbs": crumbs_of(here, *links),
        "ways": ways_of(here, BOOKS, way),
        **shown,
    }
    return render(request, f"office/books/{template}.html", context)


def _day(written: str) -> date | None:
    try:
        return parse_day(written)
    except NotADay:
        return None
