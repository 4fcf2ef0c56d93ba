"""Reads what is known of unpaid invoices: the invoices, the letters, the evidence and the pauses.

`decisions.gathering` makes arrears of it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from servanda.business.billing.decisions.terms import BillingTerms
from servanda.business.billing.facts import InvoiceFacts
from servanda.business.billing.queries import billing_terms, invoices, pending_payments
from servanda.business.collecting.queries import pending_collections
from servanda.business.companies.facts import CompanyFacts
from servanda.business.companies.queries import companies
from servanda.business.contracts.facts import LineFacts
from servanda.business.contracts.queries import line_facts
from servanda.business.dunning.decisions.gathering import gathered, reminded
from servanda.business.dunning.facts import AnswerFacts, Arrears, PauseFacts
from servanda.business.dunning.models import Pause, Proposal
from servanda.business.evidence.facts import Event
from servanda.business.evidence.queries import events_of_customers, events_of_subjects
from servanda.business.hosting.facts import ServiceFacts
from servanda.business.hosting.queries import services_of_customers
from servanda.business.letters.facts import LetterFacts
from servanda.business.letters.queries import letters_of_invoices

K = TypeVar("K")
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is read of unpaid invoices before they become arrears: a page that shows it too reads it once."""

    companies: tuple[CompanyFacts, ...]
    invoices: tuple[InvoiceFacts, ...]
    letters: tuple[LetterFacts, ...]  # of the invoices
    services: tuple[ServiceFacts, ...]  # of their customers
    lines: tuple[LineFacts, ...]  # at least those of the services
    events: tuple[Event, ...]  # about the invoices
    reminding: tuple[Event, ...]  # of their customers: at least the reminders, the letters accepted, all debts cleared


def arrears_of(invoice_ids: Iterable[int], *, today: date) -> tuple[Arrears, ...]:
    """Return the facts on these invoices as of today, in the order of their numbers."""
    found = invoices(invoice_ids)
    return arrears_from(known_of_invoices(companies(), found), found, today=today)


def known_of_invoices(companies: tuple[CompanyFacts, ...], found: tuple[InvoiceFacts, ...]) -> Known:
    """Read all that is known of these invoices of the companies, beside the invoices themselves."""
    customers = {invoice.customer_id for invoice in found}
    services = services_of_customers(customers)
    return Known(
        companies=companies,
        invoices=found,
        letters=letters_of_invoices(invoice.invoice_id for invoice in found),
        services=services,
        lines=line_facts(service.line_id for service in services),
        events=events_of_subjects(f"invoice:{invoice.invoice_id}" for invoice in found),
        reminding=events_of_customers(customers, what=("arrears.cleared", "reminder.written", "letter.accepted")),
    )


def arrears_from(known: Known, found: Iterable[InvoiceFacts], *, today: date) -> tuple[Arrears, ...]:
    """Return the facts on some of the known invoices as of today, in the order in which they are given."""
    wanted = tuple(found)
    ids = [invoice.invoice_id for invoice in wanted]
    by_company = {company.company_id: company for company in known.companies}
    events = _by(known.events, lambda event: event.subject)
    letters = _by(known.letters, lambda letter: letter.invoice_id)
    services = _by(known.services, lambda service: service.customer_id)
    pauses = _by(Pause.objects.filter(invoice_id__in=ids).order_by("id"), lambda pause: pause.invoice_id)
    answers = _by(Proposal.objects.filter(invoice_id__in=ids), lambda proposal: proposal.invoice_id)
    customers = {invoice.customer_id for invoice in wanted}
    reminders = reminded(known.reminding, customers, today=today)
    pending = pending_payments(wanted) | pending_collections(ids, today=today)
    contracts = {line.line_id: line.contract_id for line in known.lines}
    return tuple(
        gathered(
            invoice,
            provider=by_company[invoice.company_id].slug,
            bank_known_until=by_company[invoice.company_id].bank_checked_on,
            terms_of=_terms_of(by_company[invoice.company_id].slug),
            events=events[f"invoice:{invoice.invoice_id}"],
            letters=letters[invoice.invoice_id],
            services=services[invoice.customer_id],
            contracts=contracts,
            pauses=[pause_facts(row) for row in pauses[invoice.invoice_id]],
            answers=[AnswerFacts(row.key, row.state) for row in answers[invoice.invoice_id]],
            reminders=reminders[invoice.customer_id],
            is_pending=invoice.invoice_id in pending,
            today=today,
        )
        for invoice in wanted
    )


def _terms_of(slug: str) -> Callable[[InvoiceFacts], BillingTerms]:
    def read(invoice: InvoiceFacts) -> BillingTerms:
        own_terms = invoice.own_terms
        return billing_terms(
            slug, invoice.terms_version, invoice.customer_kind, own_terms=own_terms, on=invoice.issued_on
        )

    return read


def _by(rows: Iterable[T], key: Callable[[T], K]) -> defaultdict[K, list[T]]:
    grouped: defaultdict[K, list[T]] = defaultdict(list)
    for row in rows:
        grouped[key(row)].append(row)
    return grouped


def pause_facts(row: Pause) -> PauseFacts:
    return PauseFacts(row.pk, row.cause, row.reason, row.since, row.until, row.is_late, row.by, row.ended_on)
