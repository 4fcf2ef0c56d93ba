"""Collecting: orders that are due go to the providers, and what they tell is booked. Providers are called outside transactions.

A run that is killed between handing over and noting it hands over once more, which changes nothing; news is heard once, by the
name that it bears. A provider that is away is asked again in the next round.
"""

import logging
from datetime import date, datetime
from importlib import import_module
from typing import Protocol

from django.conf import settings
from django.db import transaction

from servanda.business.collecting.actions import (
    give_up_silent,
    hear,
    make_delivery,
    note_handed_over,
    order_due_collections,
)
from servanda.business.collecting.facts import (
    CreditorFacts,
    DeliveryFacts,
    DeliveryOrder,
    ToldMandate,
    ToldOutcome,
)
from servanda.business.collecting.queries import creditors_of, deliveries_to_hand_over, mandates_of, waiting_orders
from servanda.business.companies.facts import CompanyFacts
from servanda.business.dunning.actions import look_again, receive_statement
from servanda.business.installation.queries import is_copy
from servanda.drivers.collections import CollectorAway
from servanda.ground.refusal import Refused

LOG = logging.getLogger(__name__)
# A provider does not answer, tells what cannot be booked (nothing of it is then), or its files are out of reach.
TROUBLE = (CollectorAway, Refused, OSError)


class Provider(Protocol):
    """A provider as the clock uses it: see `servanda.wiring.collections`."""

    def hand_over(self, delivery: DeliveryFacts) -> None: ...
    def news(
        self, *, agreements: tuple[str, ...], waiting: tuple[DeliveryOrder, ...]
    ) -> tuple[tuple[ToldMandate, ...], tuple[ToldOutcome, ...]]: ...


def collect(company: CompanyFacts, *, today: date, at: datetime) -> int:
    """Order what is due, hand it over, and book what the providers tell. Returns how much of that was new.

    A provider that is away, refuses, or whose files cannot be reached stops neither the others nor the rest of the round.
    """
    new = 0
    if is_copy():
        return new
    for creditor in creditors_of(company.company_id):
        provider: Provider | None = import_module(settings.DRIVERS).collection_provider(company, creditor, today=today)
        if provider is None:
            continue
        try:
            new += _listen(company, creditor, provider, today=today, at=at)
        except TROUBLE as trouble:  # what is ordered does not depend on it
            LOG.warning("%s of %s: %s", creditor.kind, company.slug, trouble)
        order_due_collections(company, today=today, at=at)
        try:
            _hand_over(company, creditor, provider, today=today, at=at)
        except TROUBLE as trouble:
            LOG.warning("%s of %s: %s", creditor.kind, company.slug, trouble)
    look_again(give_up_silent(company, today=today, at=at), today=today)
    return new


def _listen(company: CompanyFacts, creditor: CreditorFacts, provider: Provider, *, today: date, at: datetime) -> int:
    active = tuple(
        one.number for one in mandates_of(company.company_id) if one.kind is creditor.kind and one.until is None
    )
    mandates, outcomes = provider.news(agreements=active, waiting=waiting_orders(company.company_id, creditor.kind))
    return book_news(company, creditor, mandates=mandates, outcomes=outcomes, today=today, at=at)


@transaction.atomic
def book_news(
    company: CompanyFacts,
    creditor: CreditorFacts,
    *,
    mandates: tuple[ToldMandate, ...],
    outcomes: tuple[ToldOutcome, ...],
    today: date,
    at: datetime,
) -> int:
    """Take in a provider's news with all that its payments end, or nothing of it. Returns how much was new."""
    heard = hear(company, creditor, outcomes=outcomes, mandates=mandates, today=today, at=at)
    if heard.draft is not None:
        receive_statement(company, heard.draft, today=today, at=at)
    look_again(heard.invoice_ids, today=today)
    return heard.new


def _hand_over(
    company: CompanyFacts, creditor: CreditorFacts, provider: Provider, *, today: date, at: datetime
) -> None:
    make_delivery(company, creditor.kind, today=today)
    for delivery in deliveries_to_hand_over(company.company_id, creditor.kind):
        provider.hand_over(delivery)
        note_handed_over(delivery.delivery_id, at=at)
