"""The day of a company: what a person must decide, what happens by itself, what is held back and why."""

from datetime import date
from itertools import islice

from django.utils.translation import gettext as _

from servanda.business.billing.facts import InvoiceFacts
from servanda.business.billing.queries import entries_in_suspense, invoices, newest_invoices
from servanda.business.customers.queries import customers
from servanda.business.dunning.queries import Parked, ProposalFacts, claims_parked, open_proposals
from servanda.business.evidence.facts import Event
from servanda.business.evidence.queries import brake_of, events_of_day
from servanda.business.letters.facts import LetterFacts
from servanda.business.letters.queries import undelivered_letters, waiting_count
from servanda.faces.office.people import names_of
from servanda.faces.office.places import Visit
from servanda.faces.office.sentences import cause_text, sentence_of
from servanda.faces.office.showing.naming import Names, invoice_ids_of
from servanda.faces.office.shown import BrakeShown, Question, Sentence, Today
from servanda.faces.office.words import language

HAPPENED_MAX = 25
COMING_MAX = 8
HELD_MAX = 12
ROUTINE = frozenset({"letter.accepted", "payment.late", "invoice.accepted"})  # true, but nobody's news of the day


def today_shown(visit: Visit) -> Today:
    company_id = visit.company.company_id
    proposals = open_proposals(company_id)
    news = tuple(event for event in events_of_day(company_id, day=visit.today) if event.what not in ROUTINE)
    events = news[:HAPPENED_MAX]
    parked = claims_parked(company_id, limit=HELD_MAX)
    lost = undelivered_letters(company_id)[:HELD_MAX]
    coming = _falling_due(visit)
    names = _names(visit.company.slug, proposals, events, parked, lost, coming)
    staff = names_of(event.by for event in events)
    return Today(
        questions=tuple(_question(proposal, names) for proposal in proposals),
        happened=tuple(sentence_of(event, links=names.links_of, names=staff, shows_day=False) for event in events),
        happened_more=len(news) - len(events),
        coming=tuple(_coming(invoice, names) for invoice in coming),
        held=(*(_parked(claim, names) for claim in parked), *(_lost(letter, names) for letter in lost)),
        brake=_brake(company_id),
        in_suspense=len(entries_in_suspense(company_id)),
        letters_waiting=waiting_count(company_id),
    )


def _names(
    slug: str,
    proposals: tuple[ProposalFacts, ...],
    events: tuple[Event, ...],
    parked: tuple[Parked, ...],
    lost: tuple[LetterFacts, ...],
    coming: tuple[InvoiceFacts, ...],
) -> Names:
    """Look up everything that the page names: one round of queries, however many sentences it has."""
    wanted = (
        invoice_ids_of(events)
        | {proposal.invoice_id for proposal in proposals}
        | {claim.invoice_id for claim in parked}
        | {letter.invoice_id for letter in lost if letter.invoice_id is not None}
    )
    found = {invoice.invoice_id: invoice for invoice in (*coming, *invoices(wanted))}
    people = {invoice.customer_id for invoice in found.values()} | {letter.customer_id for letter in lost}
    people |= {event.customer_id for event in events if event.customer_id is not None}
    return Names(slug, found, customers(people))


def _question(proposal: ProposalFacts, names: Names) -> Question:
    return Question(
        key=str(proposal.proposal_id),
        text=proposal.sentence_da if language() == "da" else proposal.sentence_en,
        earliest_on=proposal.earliest_on,
        because=proposal.because,
        links=names.links(invoice_id=proposal.invoice_id, customer_id=proposal.customer_id),
    )


def _falling_due(visit: Visit) -> tuple[InvoiceFacts, ...]:
    """Return the open invoices whose due day comes next."""
    waiting = newest_invoices(visit.company.company_id, limit=500, only_open=True)
    ahead = sorted(
        (invoice for invoice in waiting if (invoice.due_on or date.min) >= visit.today and invoice.kind == "invoice"),
        key=lambda invoice: (invoice.due_on or date.max, invoice.number),
    )
    return tuple(islice(ahead, COMING_MAX))


def _coming(invoice: InvoiceFacts, names: Names) -> Sentence:
    return Sentence(
        _("An invoice falls due."),
        on=invoice.due_on,
        because=invoice.because,
        links=names.links(invoice_id=invoice.invoice_id, customer_id=invoice.customer_id),
        is_planned=True,
    )


def _parked(claim: Parked, names: Names) -> Sentence:
    links = names.links(invoice_id=claim.invoice_id, customer_id=claim.customer_id)
    return Sentence(cause_text(claim.waits_for) + ".", tone="warn", links=links)


def _lost(letter: LetterFacts, names: Names) -> Sentence:
    text = _("The mail server refused a letter.") if letter.state == "rejected" else _("A letter may not have arrived.")
    links = names.links(invoice_id=letter.invoice_id, customer_id=letter.customer_id)
    return Sentence(text, tone="stop", on=letter.on_day, links=links, note=letter.reply)


def _brake(company_id: int) -> BrakeShown | None:
    found = brake_of(company_id)
    if found is None:
        return None
    by, at = str(found["by"]), found["at"]
    return BrakeShown(str(found["reason"]), names_of([by]).get(by, by), at)  # type: ignore[arg-type]
