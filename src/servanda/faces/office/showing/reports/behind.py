"""The rows behind a figure: documents, lines, payments or charges, with the sum that the figure is."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from servanda.business.customers.facts import CustomerFacts
from servanda.business.customers.queries import NoSuchCustomer, customer_numbered
from servanda.business.reports.facts import FoundRow, FoundRows, Wanted
from servanda.business.reports.queries import PAGE, rows_behind
from servanda.faces.office.places import Visit
from servanda.faces.office.showing.reports.writing import (
    day_cell,
    money,
    money_cell,
    named_customers,
    said,
    text_cell,
    whole,
)
from servanda.faces.office.shown import Pager
from servanda.faces.office.shown_reports import ReportCell, ReportColumn, ReportTable, RowsShown
from servanda.faces.office.words import BOOKINGS, word
from servanda.faces.parts.telling import told
from servanda.ground.calendar import parse_day
from servanda.ground.refusal import Refused

TITLES: Mapping[str, str] = {
    "documents": gettext_noop("Invoices and credit notes"),
    "earned": gettext_noop("Lines that earn in these days"),
    "open": gettext_noop("What is open"),
    "lines": gettext_noop("Contract lines"),
    "entries": gettext_noop("Movements on the account"),
    "paid": gettext_noop("Payments on invoices"),
    "charges": gettext_noop("Charges for late payment"),
}
_DAY_NAMES: Mapping[str, tuple[str, str]] = {
    "documents": (gettext_noop("Issued"), gettext_noop("Due")),
    "earned": (gettext_noop("From"), gettext_noop("To and with")),
    "open": (gettext_noop("Since"), gettext_noop("Due")),
    "lines": (gettext_noop("Began"), gettext_noop("Last day")),
    "entries": (gettext_noop("Booked"), gettext_noop("Value day")),
    "paid": (gettext_noop("Due"), gettext_noop("Paid")),
    "charges": (gettext_noop("Charged"), gettext_noop("Last day")),
}
_DOCUMENTS: Mapping[str, str] = {
    **BOOKINGS,
    "line": gettext_noop("Line"),
    "matched": gettext_noop("Matched"),
    "suspense": gettext_noop("Not explained yet"),
    "explained": gettext_noop("Explained"),
    "reversed": gettext_noop("Taken back by the bank"),
}


class WrongQuestion(Refused):
    """The address asks for rows by something that cannot be."""


def rows_shown(visit: Visit, name: str, query: Mapping[str, str], *, is_whole: bool = False) -> RowsShown:
    """Return a page of the rows behind a figure, or all of them for a file; refuses what cannot be asked."""
    wanted = _wanted(visit, query)
    page = int(query["page"]) if query.get("page", "").isdecimal() else 1
    found = rows_behind(
        visit.company.company_id, name, wanted, today=visit.today, page=min(max(page, 1), 10**6), is_whole=is_whole
    )
    return RowsShown(
        title=_(TITLES[name]),
        sentence=said(_sentence(name, found)),
        table=_table(visit, name, found),
        pager=_pager(visit, name, query, found, page=max(page, 1)),
        csv=_address(visit, name, query, form="csv"),
        xlsx=_address(visit, name, query, form="xlsx"),
    )


def _wanted(visit: Visit, query: Mapping[str, str]) -> Wanted:
    until = _day(query, "until")
    return Wanted(
        since=_day(query, "since"),
        until=until + timedelta(days=1) if until is not None else None,
        as_of=_day(query, "as-of"),
        product=_text(query, "product"),
        plan=_text(query, "plan") if "plan" in query else None,
        customer_kind=_text(query, "customer-kind"),
        customer_id=_customer(visit, _text(query, "customer")),
        document=_text(query, "document"),
        category=_text(query, "category"),
        percent=_percent(query),
        age=_place(query, "age"),
        delay=_place(query, "delay"),
        state=_text(query, "state"),
        cause=_text(query, "cause") if "cause" in query else None,
        way=_text(query, "way"),
        rule=_text(query, "rule") or None,
        kind=_text(query, "kind"),
    )


def _text(query: Mapping[str, str], name: str) -> str:
    return query.get(name, "").replace("\0", "")[:200]


def _day(query: Mapping[str, str], name: str) -> date | None:
    text = _text(query, name)
    return parse_day(text) if text else None


def _place(query: Mapping[str, str], name: str) -> int | None:
    text = _text(query, name)
    if text and not (text.isascii() and text.isdecimal() and len(text) == 1):
        raise WrongQuestion(_("The address is not whole. Go back to the report and follow the figure again."))
    return int(text) if text else None


def _percent(query: Mapping[str, str]) -> Decimal | None:
    text = _text(query, "percent")
    try:
        found = Decimal(text) if text else None
    except InvalidOperation:
        found = Decimal("nan")
    if found is not None and not found.is_finite():
        raise WrongQuestion(_("The address is not whole. Go back to the report and follow the figure again."))
    return found


def _customer(visit: Visit, number: str) -> int | None:
    if not number:
        return None
    try:
        return customer_numbered(visit.company.company_id, number).customer_id
    except NoSuchCustomer as refusal:
        raise WrongQuestion(told(refusal)) from refusal


def _sentence(name: str, found: FoundRows) -> str:
    told = {"count": whole(found.count), "total": money(found.total)}
    if name == "lines":
        return ngettext("%(count)s line, %(total)s a month.", "%(count)s lines, %(total)s a month.", found.count) % told
    return (
        ngettext("%(count)s row, which comes to %(total)s.", "%(count)s rows, which come to %(total)s.", found.count)
        % told
    )


def _table(visit: Visit, name: str, found: FoundRows) -> ReportTable:
    people = named_customers(row.customer_id for row in found.rows if row.customer_id is not None)
    first, second = _DAY_NAMES[name]
    return ReportTable(
        name=name,
        title=_(TITLES[name]),
        columns=(
            ReportColumn(_("Customer")),
            ReportColumn(_("Document")),
            ReportColumn(_("Number")),
            ReportColumn(_("What")),
            ReportColumn(_(first), "date"),
            ReportColumn(_(second), "date"),
            ReportColumn(_("Amount"), "money"),
        ),
        rows=tuple(_row(visit, row, people) for row in found.rows),
        total=(
            text_cell(_("Total of all rows")),
            *(text_cell("") for _column in range(3)),
            ReportCell(None, ""),
            ReportCell(None, ""),
            money_cell(found.total),
        ),
    )


def _row(visit: Visit, row: FoundRow, people: Mapping[int, CustomerFacts]) -> tuple[ReportCell, ...]:
    slug = visit.company.slug
    who = people.get(row.customer_id) if row.customer_id is not None else None
    invoice = reverse("office:invoice", args=[slug, row.number]) if row.number is not None else ""
    return (
        text_cell(who.name, reverse("office:customer", args=[slug, who.number])) if who else text_cell("–"),
        text_cell(word(_DOCUMENTS, row.document)),
        text_cell(str(row.number), invoice) if row.number is not None else text_cell("–"),
        text_cell(row.text),
        day_cell(row.on),
        day_cell(row.to),
        money_cell(row.amount),
    )


def _pager(visit: Visit, name: str, query: Mapping[str, str], found: FoundRows, *, page: int) -> Pager:
    first = (page - 1) * PAGE
    shown = len(found.rows)
    text = _("%(first)s–%(last)s of %(found)s") % {
        "first": first + min(shown, 1),
        "last": first + shown,
        "found": found.count,
    }
    return Pager(
        text=text,
        before=_address(visit, name, query, page=str(page - 1)) if page > 1 else "",
        after=_address(visit, name, query, page=str(page + 1)) if first + shown < found.count else "",
    )


def _address(visit: Visit, name: str, query: Mapping[str, str], **more: str) -> str:
    kept = {key: value for key, value in query.items() if key not in ("page", "form")}
    return f"{reverse('office:report-rows', args=[visit.company.slug, name])}?{urlencode({**kept, **more})}"
