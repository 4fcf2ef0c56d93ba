"""The list of customers: filtered, searched and in pages. A filter is an address, so it can be kept and sent on."""

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from servanda.business.billing.facts import OpenTotals
from servanda.business.billing.queries import open_totals_by_customer
from servanda.business.customers.facts import CustomerFacts
from servanda.business.customers.queries import customers_of
from servanda.business.hosting.queries import held_customers
from servanda.faces.office.places import Visit
from servanda.faces.office.shown import CustomerList, CustomerRow, Pager, Stamp, Tab
from servanda.faces.office.words import CUSTOMER_KINDS, word
from servanda.ground.money import Money

ROWS_MAX = 50
FILTERS: Mapping[str, str] = {
    "all": gettext_noop("All"),
    "open": gettext_noop("With open invoices"),
    "overdue": gettext_noop("Overdue"),
    "held": gettext_noop("Suspended"),
}


NOTHING = OpenTotals(Money(0), Money(0))


def customer_list(visit: Visit, *, show: str, search: str, page: int) -> CustomerList:
    """Return one page of the customers that the filter and the search leave."""
    chosen = show if show in FILTERS else "all"
    owing = open_totals_by_customer(visit.company.company_id, today=visit.today)
    held = held_customers(visit.company.company_id)
    everybody = customers_of(visit.company.company_id)
    kept = {name: tuple(_kept(everybody, name, owing, held)) for name in FILTERS}
    found = tuple(customer for customer in kept[chosen] if _matches(customer, search))
    first = min(max(page - 1, 0) * ROWS_MAX, max(len(found) - 1, 0) // ROWS_MAX * ROWS_MAX)
    shown = found[first : first + ROWS_MAX]
    return CustomerList(
        rows=tuple(
            _row(customer, visit.company.slug, owing.get(customer.customer_id, NOTHING), held) for customer in shown
        ),
        filters=tuple(
            Tab(_(text), _address(visit, show=name, q=search), is_here=name == chosen, count=0)
            for name, text in FILTERS.items()
        ),
        search=search,
        chosen=chosen,
        pager=_pager(visit, first=first, shown=len(shown), found=len(found), show=chosen, search=search),
    )


def _kept(
    everybody: tuple[CustomerFacts, ...], show: str, owing: Mapping[int, OpenTotals], held: frozenset[int]
) -> Iterable[CustomerFacts]:
    for customer in everybody:
        owes = owing.get(customer.customer_id, NOTHING)
        is_wanted = {
            "all": True,
            "open": bool(owes.open),
            "overdue": bool(owes.overdue),
            "held": customer.customer_id in held,
        }
        if is_wanted[show]:
            yield customer


def _matches(customer: CustomerFacts, search: str) -> bool:
    text = f"{customer.name}\n{customer.number}\n{customer.email}\n{customer.details.cvr}".casefold()
    return search.casefold().strip() in text


def _row(customer: CustomerFacts, slug: str, owes: OpenTotals, held: frozenset[int]) -> CustomerRow:
    return CustomerRow(
        name=customer.name,
        address=reverse("office:customer", args=[slug, customer.number]),
        number=customer.number,
        kind=word(CUSTOMER_KINDS, customer.kind),
        city=customer.details.city,
        open=owes.open,
        overdue=owes.overdue,
        stamps=_stamps(owes, is_held=customer.customer_id in held),
    )


def _stamps(owes: OpenTotals, *, is_held: bool) -> tuple[Stamp, ...]:
    if is_held:
        return (Stamp(_("Suspended"), "stop"),)
    if owes.overdue:
        return (Stamp(_("Overdue"), "warn"),)
    return (Stamp(_("Open"), "note"),) if owes.open else (Stamp(_("No open invoice"), "calm"),)


def _pager(visit: Visit, *, first: int, shown: int, found: int, show: str, search: str) -> Pager:
    page = first // ROWS_MAX + 1
    text = _("%(first)s–%(last)s of %(found)s") % {"first": first + 1, "last": first + shown, "found": found}
    return Pager(
        text=text,
        before=_address(visit, show=show, q=search, page=str(page - 1)) if first else "",
        after=_address(visit, show=show, q=search, page=str(page + 1)) if first + shown < found else "",
    )


def _address(visit: Visit, **query: str) -> str:
    asked = urlencode({name: value for name, value in query.items() if value})
    return f"{reverse('office:customers', args=[visit.company.slug])}?{asked}"
