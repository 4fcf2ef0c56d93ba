"""Bank entries that nobody has explained, and the invoices that they resemble by amount or by name."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from servanda.business.billing.facts import BankEntryFacts, InvoiceFacts
from servanda.business.billing.queries import entries_in_suspense, newest_invoices
from servanda.business.customers.facts import CustomerFacts
from servanda.business.customers.queries import customers
from servanda.faces.office.places import Visit
from servanda.faces.office.showing.naming import customer_link, invoice_link
from servanda.faces.office.shown import Candidate, EntryShown

CANDIDATES_MAX = 4
ENTRIES_MAX = 50
OPEN_MAX = 5000
WORD_LETTERS_MIN = 4


def entries_shown(visit: Visit) -> tuple[EntryShown, ...]:
    company_id = visit.company.company_id
    entries = entries_in_suspense(company_id)[:ENTRIES_MAX]
    waiting = newest_invoices(company_id, limit=OPEN_MAX, only_open=True) if entries else ()
    owed = tuple(invoice for invoice in waiting if invoice.kind == "invoice")
    people = customers({invoice.customer_id for invoice in owed})
    return tuple(_entry(entry, owed, people, visit.company.slug) for entry in entries)


def _entry(
    entry: BankEntryFacts, owed: tuple[InvoiceFacts, ...], people: Mapping[int, CustomerFacts], slug: str
) -> EntryShown:
    return EntryShown(
        entry_id=entry.entry_id,
        payer=entry.payer_name or _("Payer unknown"),
        text=entry.text,
        reference=entry.creditor_reference,
        booked_on=entry.booked_on,
        amount=entry.amount,
        candidates=_candidates(entry, owed, people, slug),
    )


def _candidates(
    entry: BankEntryFacts, owed: tuple[InvoiceFacts, ...], people: Mapping[int, CustomerFacts], slug: str
) -> tuple[Candidate, ...]:
    """Return the invoices that resemble the entry, those with most in common first."""
    if entry.amount.minor <= 0:
        return ()
    scored = []
    for invoice in owed:
        customer = people[invoice.customer_id]
        is_amount = entry.amount in {invoice.open_total, invoice.open_principal}
        is_name = _names(entry, customer)
        is_number = str(invoice.number) in entry.text
        score = 2 * is_amount + 2 * is_number + is_name
        if score:
            scored.append((score, invoice, customer, is_amount, is_name, is_number))
    scored.sort(key=lambda found: (-found[0], found[1].number))
    return tuple(
        Candidate(
            invoice_id=invoice.invoice_id,
            invoice=invoice_link(invoice, slug),
            customer=customer_link(customer, slug),
            open=invoice.open_total,
            why=_why(is_amount=is_amount, is_name=is_name, is_number=is_number),
        )
        for _score, invoice, customer, is_amount, is_name, is_number in scored[:CANDIDATES_MAX]
    )


def _names(entry: BankEntryFacts, customer: CustomerFacts) -> bool:
    """Tell whether a word of the payer begins as a word of the customer's name does, or the other way round."""
    told = _words(f"{entry.payer_name} {entry.text}")
    known = _words(customer.name)
    return any(one.startswith(other) or other.startswith(one) for one in told for other in known)


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for word in text.casefold().split() if len(word) >= WORD_LETTERS_MIN)


def _why(*, is_amount: bool, is_name: bool, is_number: bool) -> str:
    reasons = [
        text
        for text, holds in (
            (_("the amount is the same"), is_amount),
            (_("the number is in the text"), is_number),
            (_("the name resembles"), is_name),
        )
        if holds
    ]
    return ", ".join(reasons)
