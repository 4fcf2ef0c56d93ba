"""The day of a company: what a person must decide, what happens by itself, what is held back and why."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby, islice

from django.utils.translation import gettext as _

from servanda.business.billing.queries import invoice_heads
from servanda.business.customers.queries import customers
from servanda.business.dunning.queries import Coming, Parked, claims_coming, claims_parked
from servanda.business.evidence.facts import Event
from servanda.business.evidence.queries import events_of_day
from servanda.business.letters.queries import waiting_count
from servanda.faces.office.needs import Needs
from servanda.faces.office.people import names_of
from servanda.faces.office.places import Visit
from servanda.faces.office.sentences import cause_text, coming_sentence, sentence_of
from servanda.faces.office.showing.deciding import Asked, asked_in, cards_of
from servanda.faces.office.showing.guard import brake_shown
from servanda.faces.office.showing.naming import Names, invoice_ids_of
from servanda.faces.office.shown import Sentence, Today

CARDS_MAX = 40
HAPPENED_MAX = 25
CLAIMS_AHEAD = 60
COMING_MAX = 8
NAMED_MAX = 3
HELD_MAX = 12
ROUTINE = frozenset({"letter.accepted", "payment.late", "invoice.accepted"})  # true, but nobody's news of the day


def today_shown(visit: Visit, needs: Needs) -> Today:
    company_id = visit.company.company_id
    asked = asked_in(visit, needs)
    news = tuple(event for event in events_of_day(company_id, day=visit.today) if event.what not in ROUTINE)
    events = news[:HAPPENED_MAX]
    parked = claims_parked(company_id, limit=HELD_MAX)
    coming = claims_coming(company_id, today=visit.today, limit=CLAIMS_AHEAD)
    names = _names(visit.company.slug, asked, events, parked, coming)
    staff = names_of(event.by for event in events)
    cards = cards_of(asked, names, visit)
    return Today(
        cards=cards[:CARDS_MAX],
        cards_more=max(len(cards) - CARDS_MAX, 0),
        happened=tuple(sentence_of(event, links=names.links_of, names=staff, shows_day=False) for event in events),
        happened_more=len(news) - len(events),
        coming=tuple(islice(_coming(coming, names), COMING_MAX)),
        held=tuple(_parked(claim, names) for claim in parked),
        brake=brake_shown(company_id),
        letters_waiting=waiting_count(company_id),
    )


def _names(
    slug: str, asked: Asked, events: tuple[Event, ...], parked: tuple[Parked, ...], coming: tuple[Coming, ...]
) -> Names:
    """Look up everything that the page names: one round of queries, however many sentences it has."""
    claims = {claim.invoice_id for claim in parked} | {one.invoice_id for one in coming}
    found = {
        invoice.invoice_id: invoice for invoice in invoice_heads(asked.invoice_ids | invoice_ids_of(events) | claims)
    }
    people = asked.customer_ids | {invoice.customer_id for invoice in found.values()}
    return Names(slug, found, customers(people | {event.customer_id for event in events if event.customer_id}))


def _coming(coming: tuple[Coming, ...], names: Names) -> Iterator[Sentence]:
    """Yield what comes next; the same thing on the same day on many invoices is one sentence."""
    for _same, group in groupby(coming, key=lambda one: (one.on, one.waits_for, one.step)):
        alike = tuple(group)
        first = alike[0]
        if len(alike) <= NAMED_MAX:
            for one in alike:
                yield coming_sentence(one, links=names.links(invoice_id=one.invoice_id, customer_id=one.customer_id))
            continue
        named = tuple(link for one in alike[:NAMED_MAX] for link in names.links(invoice_id=one.invoice_id))
        note = _("On %(count)s invoices, these first.") % {"count": len(alike)}
        yield replace(coming_sentence(first, links=named), note=note)


def _parked(claim: Parked, names: Names) -> Sentence:
    links = names.links(invoice_id=claim.invoice_id, customer_id=claim.customer_id)
    return Sentence(cause_text(claim.waits_for) + ".", tone="warn", links=links)
