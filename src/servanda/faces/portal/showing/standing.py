"""How a customer stands: what is owed, what runs, and what holds it."""

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from servanda.business.billing.facts import InvoiceFacts
from servanda.business.billing.queries import invoices_of_customer
from servanda.business.catalogue.queries import prices_of
from servanda.business.hosting.facts import ServiceFacts
from servanda.business.hosting.queries import services_of_customer
from servanda.business.letters.queries import letters_of_invoices
from servanda.faces.parts.hosting.words import cause_text
from servanda.faces.portal.showing.leaving import withdrawable
from servanda.faces.portal.shown import Closed, Home, InvoiceRow, ServiceRow, Stamp
from servanda.faces.portal.visiting import Visit
from servanda.ground.citation import texts_of
from servanda.ground.money import total_of


def home_shown(here: Visit) -> Home:
    """Return the overview: one sentence first, then what needs the customer, then what runs."""
    role = here.member.role
    invoices = invoice_rows(here) if role.may_see_invoices else ()
    due = tuple(row for row in invoices if row.open.minor > 0)
    services = service_rows(here)
    return Home(
        sentence=_sentence(here, due, services),
        tone="stop" if any(row.stamp.tone == "stop" for row in services) else ("warn" if due else "calm"),
        owed=total_of(row.open for row in due),
        due=due,
        services=services,
        closed=_closed(here) if role.may_see_invoices else None,
        withdrawable=withdrawable(here) if role.may_order else (),
    )


def service_rows(here: Visit) -> tuple[ServiceRow, ...]:
    """Return the customer's services, those that need attention first."""
    names = prices_of(here.company.company_id).products
    danish = not (get_language() or "da").startswith("en")

    def row(service: ServiceFacts) -> ServiceRow:
        product = names.get(service.product)
        stop = (service.sending_stop,) if service.sending_stop is not None else ()
        causes = tuple(dict.fromkeys(cause_text(hold.cause) for hold in (*service.open_holds, *stop)))
        because = tuple(one for hold in service.holds if hold.lifted_at is None for one in hold.because)
        return ServiceRow(
            service_id=service.service_id,
            name=service.name,
            product=service.product if product is None else product.name_da if danish else product.name_en,
            address=here.address("service", service.service_id),
            stamp=service_stamp(service),
            why=" ".join((*causes, here.company.email) if causes else ()),
            clauses=", ".join(texts_of(because)),
        )

    found = [one for one in services_of_customer(here.customer_id) if one.state != "purged"]
    return tuple(row(one) for one in sorted(found, key=lambda one: (one.is_served, one.name)))


def _closed(here: Visit) -> Closed | None:
    """Return how services that are closed for want of payment open again; None where none is."""
    holds = [
        hold for one in services_of_customer(here.customer_id) for hold in one.open_holds if hold.cause == "payment"
    ]
    owed = [one for one in invoices_of_customer(here.customer_id) if one.open_total.minor > 0]
    overdue = [one for one in owed if one.due_on is not None and one.due_on < here.today]
    if not holds or not overdue:
        return None
    first, company = min(overdue, key=lambda one: one.issued_on), here.company
    return Closed(
        amount=total_of(one.open_total for one in overdue),
        reference_line=f"+71<{first.reference}+{company.fik_creditor}<" if len(overdue) == 1 else "",
        account=company.iban or f"{company.bank_registration} {company.bank_account}",
        clauses=", ".join(texts_of(tuple(dict.fromkeys(one for hold in holds for one in hold.because)))),
        email=company.email,
        phone=company.phone,
    )


def service_stamp(service: ServiceFacts) -> Stamp:
    """Return the state of a service in a word or two."""
    if service.state == "quarantined":
        return Stamp(_("Closed; the data are kept"), "stop")
    if service.open_holds:
        return Stamp(_("Paused"), "stop")
    return Stamp(_("Running"), "calm")


def invoice_rows(here: Visit) -> tuple[InvoiceRow, ...]:
    """Return the customer's invoices and credit notes, the newest first."""
    found = sorted(invoices_of_customer(here.customer_id), key=lambda one: one.invoice_id, reverse=True)
    papers = {
        letter.invoice_id: letter.letter_id
        for letter in letters_of_invoices([one.invoice_id for one in found])
        if letter.document_sha256 and letter.kind in {"invoice", "credit note"}
    }
    return tuple(_invoice_row(here, one, papers.get(one.invoice_id)) for one in found)


def _invoice_row(here: Visit, invoice: InvoiceFacts, letter_id: int | None) -> InvoiceRow:
    is_note = invoice.kind != "invoice"
    return InvoiceRow(
        number=invoice.number,
        title=(_("Credit note %(number)s") if is_note else _("Invoice %(number)s")) % {"number": invoice.number},
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        total=invoice.total,
        open=invoice.open_total,
        stamp=_invoice_stamp(here, invoice, is_note=is_note),
        address=here.address("invoice", invoice.number),
        document=here.address("document", letter_id) if letter_id is not None else "",
    )


def _invoice_stamp(here: Visit, invoice: InvoiceFacts, *, is_note: bool) -> Stamp:
    if is_note:
        return Stamp(_("Credit note"), "note")
    if invoice.open_total.minor <= 0:
        return Stamp(_("Paid"), "calm")
    if invoice.due_on is not None and invoice.due_on < here.today:
        return Stamp(_("Overdue"), "stop")
    return Stamp(_("To be paid"), "warn")


def _sentence(here: Visit, due: tuple[InvoiceRow, ...], services: tuple[ServiceRow, ...]) -> str:
    closed = sum(row.stamp.tone == "stop" for row in services)
    if closed:
        return ngettext(
            "%(count)s service does not run. Below stands why, and how it opens again.",
            "%(count)s services do not run. Below stands why, and how they open again.",
            closed,
        ) % {"count": closed}
    if due:
        return ngettext("%(count)s invoice waits for payment.", "%(count)s invoices wait for payment.", len(due)) % {
            "count": len(due)
        }
    return _("All is in order. Nothing needs you.")
