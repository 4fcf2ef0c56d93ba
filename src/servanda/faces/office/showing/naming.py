"""Links by what a record names: its invoice and its customer, looked up for a whole page at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.translation import gettext as _

from servanda.business.billing.facts import InvoiceFacts
from servanda.business.customers.facts import CustomerFacts
from servanda.business.evidence.facts import Event
from servanda.faces.office.shown import Link


@dataclass(frozen=True, slots=True)
class Names:
    """The invoices and customers that a page speaks of."""

    slug: str
    invoices: Mapping[int, InvoiceFacts] = field(default_factory=dict)
    customers: Mapping[int, CustomerFacts] = field(default_factory=dict)

    def links_of(self, event: Event) -> tuple[Link, ...]:
        """Return the links of a record: the invoice it is about, and whose it is."""
        return self.links(invoice_id=invoice_id_of(event), customer_id=event.customer_id)

    def links(self, *, invoice_id: int | None = None, customer_id: int | None = None) -> tuple[Link, ...]:
        found = []
        if invoice_id is not None and invoice_id in self.invoices:
            found.append(invoice_link(self.invoices[invoice_id], self.slug))
        if customer_id is not None and customer_id in self.customers:
            found.append(customer_link(self.customers[customer_id], self.slug))
        return tuple(found)


def invoice_link(invoice: InvoiceFacts, slug: str) -> Link:
    return Link(invoice_title(invoice), reverse("office:invoice", args=[slug, invoice.number]))


def invoice_title(invoice: InvoiceFacts) -> str:
    name = _("Credit note %(number)s") if invoice.kind == "credit note" else _("Invoice %(number)s")
    return name % {"number": invoice.number}


def customer_link(customer: CustomerFacts, slug: str) -> Link:
    return Link(customer.name, reverse("office:customer", args=[slug, customer.number]))


def invoice_id_of(event: Event) -> int | None:
    """Return the invoice that a record is about, by its subject or by what it names."""
    kind, _colon, number = event.subject.partition(":")
    if kind == "invoice" and number.isdigit():
        return int(number)
    named = event.facts.get("invoice")
    return named if isinstance(named, int) else None


def invoice_ids_of(events: Iterable[Event]) -> frozenset[int]:
    return frozenset(found for event in events if (found := invoice_id_of(event)) is not None)
