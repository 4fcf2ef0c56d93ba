"""Whom would a draft of the terms hit? Reads what is known of a company in a handful of statements, however many customers it has."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.db import connection

from servanda.business.billing.queries import past_invoices, running_contracts
from servanda.business.billing.queries.prices import pricing_of
from servanda.business.catalogue.queries import prices_of
from servanda.business.companies.facts import CompanyFacts
from servanda.business.customers.queries import customers_of
from servanda.business.dunning.decisions.whatif.cases import MONTHS, CompanyCase, KnownCustomer
from servanda.business.dunning.decisions.whatif.company import who_is_hit
from servanda.business.dunning.decisions.whatif.outcome import WhoIsHit
from servanda.business.dunning.models import Pause
from servanda.business.hosting.queries import service_spans
from servanda.business.library.queries import version_of
from servanda.ground.calendar import add_months
from servanda.ground.refusal import Refused
from servanda.terms.document import Agreement

_DEVIATING = """
select distinct c.customer_id from contract_deviation d join contract c on c.id = d.contract_id
 where c.company_id = %s and d.since <= %s and (d.until is null or d.until > %s)
"""


class NotTheseTerms(Refused):
    """The draft is not one of this company's, or not the text that carries the rules."""


def who_would_be_hit(company: CompanyFacts, draft: Agreement, *, today: date, most: int = 200) -> WhoIsHit:
    """Return what a draft would change for all customers of the company; writes nothing.

    Refuses the terms of another company, and a translation: only the Danish text has the rules.
    """
    if draft.provider != company.slug:
        raise NotTheseTerms(
            "The draft is of %(provider)s, and not of %(slug)s. Name a draft of its own.",
            {"provider": draft.provider, "slug": company.slug},
        )
    if draft.language != "da":
        raise NotTheseTerms("The draft is a translation, and has no rules. Name the Danish document.")
    with collector_paused():
        return who_is_hit(company_case(company, today=today), draft, most=most)


@contextmanager
def collector_paused() -> Iterator[None]:
    """Let no garbage be looked for while the block runs.

    A hundred thousand rows are made and kept. Python's collector would go through all of them again and again, which takes two
    fifths of the time, and find nothing: there are no circles among them.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def company_case(company: CompanyFacts, *, today: date) -> CompanyCase:
    """Return all that is needed of a company to try terms out on it."""
    company_id = company.company_id
    since = add_months(today, -MONTHS)
    invoices = past_invoices(company_id, since=since, until=today)
    contracts = running_contracts(company_id, today=today)
    prices = prices_of(company_id)
    named = {invoice.terms_version for invoice in invoices} | {contract.terms_version for contract in contracts}
    deviating = _deviating(company_id, on=today)
    return CompanyCase(
        today=today,
        customers=tuple(
            KnownCustomer(one.customer_id, one.number, one.kind, one.customer_id in deviating)
            for one in customers_of(company_id)
        ),
        invoices=invoices,
        paused=frozenset(Pause.objects.filter(company_id=company_id).values_list("invoice_id", flat=True)),
        contracts=contracts,
        services=service_spans(company_id, since=since),
        prices=prices,
        pricing=pricing_of(company, prices, contracts),
        versions={version: version_of(company.slug, version) for version in sorted(named)},
    )


def _deviating(company_id: int, *, on: date) -> frozenset[int]:
    """Return the customers who have a special agreement that holds on the day."""
    with connection.cursor() as cursor:
        cursor.execute(_DEVIATING, [company_id, on, on])
        return frozenset(row[0] for row in cursor.fetchall())
