"""The page of a period's VAT, its files, and what staff note about a customer's VAT."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from servanda.business.billing.actions.vat import choose_one_stop_shop
from servanda.business.customers.actions.vat import (
    add_location_evidence,
    change_vat_number,
    move_customer,
    note_dealer,
    wish_number_check,
)
from servanda.business.customers.facts import CustomerFacts
from servanda.business.customers.queries import NoSuchCustomer, customer_numbered
from servanda.faces.office.acts import Incomplete, act
from servanda.faces.office.answering import say, text
from servanda.faces.office.people import name_in_records
from servanda.faces.office.places import Visit, crumbs_of, place_of, visit
from servanda.faces.office.showing.vat import TABLES, vat_files, vat_shown
from servanda.faces.office.ways import BOOKS, ways_of
from servanda.faces.office.words import language
from servanda.faces.parts.access import access
from servanda.faces.parts.sheets import Form, sheet_answer
from servanda.faces.parts.vat_tables import as_sheets
from servanda.ground.calendar import parse_day
from servanda.ground.law.vat_location import LocationKind
from servanda.ground.law.vat_numbers import VatNumber, read_vat_number
from servanda.ground.refusal import Refused
from servanda.ground.sheets import Sheet

TEXT_LETTERS_MAX = 300
PERIOD_LETTERS_MAX = 10


@access(policy="staff")
def vat(request: HttpRequest, slug: str) -> HttpResponse:
    here = visit(slug)
    period, rate = _asked(request, "period"), _asked(request, "rate")
    context = {
        "place": place_of(here, "books"),
        "crumbs": crumbs_of(here),
        "ways": ways_of(here, BOOKS, "vat"),
        "vat": vat_shown(here, period=period, rate=rate),
    }
    return render(request, "office/vat.html", context)


@access(policy="staff")
def vat_file(request: HttpRequest, slug: str) -> HttpResponse:
    """Give a period's tables to take away: all as a workbook, or one as CSV."""
    here = visit(slug)
    period, form, table = _asked(request, "period"), _asked(request, "form"), request.GET.get("table", "")
    try:
        sheets = vat_files(here, period=period, rate=_asked(request, "rate"))
    except Refused as refusal:
        raise Http404(str(refusal)) from refusal
    if form == "csv" and table in TABLES:
        return _taken(as_sheets([sheets[TABLES.index(table)]]), "csv", f"{slug}-{period}-{table}")
    if form == "xlsx":
        return _taken(as_sheets(sheets), "xlsx", f"{slug}-{period}-vat")
    raise Http404(_("There is no such file."))


@act(back="office:vat")
def choose_shop(request: HttpRequest, here: Visit) -> None:
    """Choose the One Stop Shop from a day on, or leave it."""
    choice = request.POST.get("choice", "")
    if choice not in {"in", "out"}:
        raise Incomplete(_("The form is not whole. Go back to the page and try again."))
    is_new = choose_one_stop_shop(
        here.company,
        is_in=choice == "in",
        since=_day(request, "since"),
        reason=_line(request, "reason"),
        by=name_in_records(request),
        today=here.today,
        at=here.at,
    )
    say(request, _("The choice is noted.") if is_new else _("It is so already."))


@act(back="office:customer")
def check_number(request: HttpRequest, here: Visit, *, number: str) -> None:
    """Have the authorities asked about the customer's VAT number; the worker asks."""
    wish_number_check(_customer(here, number).customer_id, by=name_in_records(request), at=here.at)
    say(request, _("The authorities will be asked about the VAT number."))


@act(back="office:customer")
def change_number(request: HttpRequest, here: Visit, *, number: str) -> None:
    """Write down another VAT number; its form is looked at, and then it waits to be checked."""
    written = _line(request, "vat_number")
    read = read_vat_number(written) if written else None
    if read is not None and not isinstance(read, VatNumber):
        raise Incomplete(_("The VAT number cannot be right. Look at its letters and digits once more."))
    customer = _customer(here, number)
    new = read.text if isinstance(read, VatNumber) else ""
    by = name_in_records(request)
    is_new = change_vat_number(customer.customer_id, new, today=here.today, at=here.at, by=by)
    if is_new and new:
        wish_number_check(customer.customer_id, by=by, at=here.at)
    say(request, _("The VAT number is written down.") if is_new else _("It is so already."))


@act(back="office:customer")
def add_location(request: HttpRequest, here: Visit, *, number: str) -> None:
    """Note one item of evidence for where the customer lives."""
    kind = request.POST.get("kind", "")
    if kind not in set(LocationKind):
        raise Incomplete(_("The form is not whole. Go back to the page and try again."))
    add_location_evidence(
        _customer(here, number).customer_id,
        kind=LocationKind(kind),
        country=_country(request),
        source=_line(request, "source"),
        today=here.today,
        at=here.at,
        by=name_in_records(request),
    )
    say(request, _("The evidence is noted."))


@act(back="office:customer")
def move_abroad(request: HttpRequest, here: Visit, *, number: str) -> None:
    """Note that the customer lives in another country from a day on. What was issued stays as it is."""
    move_customer(
        _customer(here, number).customer_id,
        country=_country(request),
        since=_day(request, "since"),
        reason=_line(request, "reason"),
        address_lines=tuple(line for line in (_line(request, "address"),) if line),
        postal_code=_line(request, "postal_code"),
        city=_line(request, "city"),
        today=here.today,
        at=here.at,
        by=name_in_records(request),
    )
    say(request, _("The move is noted. What is issued from that day on is taxed by the new country."))


@act(back="office:customer")
def mark_dealer(request: HttpRequest, here: Visit, *, number: str) -> None:
    """Note why the customer counts as a VAT-registered dealer, or that they no longer do."""
    is_new = note_dealer(
        _customer(here, number).customer_id,
        evidence=_line(request, "evidence"),
        today=here.today,
        at=here.at,
        by=name_in_records(request),
    )
    say(request, _("It is noted.") if is_new else _("It is so already."))


def _customer(here: Visit, number: str) -> CustomerFacts:
    try:
        return customer_numbered(here.company.company_id, number)
    except NoSuchCustomer as refusal:
        raise Http404(str(refusal)) from refusal


def _country(request: HttpRequest) -> str:
    return text(request, "country", most=20).upper()


def _line(request: HttpRequest, name: str) -> str:
    return text(request, name, most=TEXT_LETTERS_MAX)


def _day(request: HttpRequest, name: str) -> date:
    return parse_day(request.POST.get(name, ""))


def _asked(request: HttpRequest, name: str) -> str:
    return request.GET.get(name, "").replace("\0", "").strip()[:PERIOD_LETTERS_MAX]


def _taken(sheets: tuple[Sheet, ...], form: Form, name: str) -> HttpResponse:
    return sheet_answer(sheets, form=form, language=language(), name=name)
