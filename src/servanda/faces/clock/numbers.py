"""Asking the authorities about VAT numbers: those that somebody waits for, those never asked about, and those asked long ago.

Nothing outside is called within a transaction. An answer that does not come changes nothing; it is asked for again later. The
numbers of a company on a test clock are made up, so the real authorities are never asked about them.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from typing import Protocol

from django.conf import settings

from servanda.business.companies.facts import CompanyFacts
from servanda.business.companies.queries import companies, moment_for, today_of
from servanda.business.customers.actions.vat import record_number_check
from servanda.business.customers.facts import CheckOutcome, NumberCheck, NumberToAsk
from servanda.business.customers.queries.vat import numbers_to_ask
from servanda.drivers.vatnumbers import NumberAsker
from servanda.ground.law.vat_numbers import VatNumber, read_vat_number

LOG = logging.getLogger(__name__)
ASKED_AT_ONCE = 20  # the authorities do not like to be asked by the thousand

Clock = Callable[[], datetime]


class Drivers(Protocol):
    """What stands behind the clock: see `servanda.wiring.drivers`."""

    def number_asker(self, *, is_practice: bool) -> NumberAsker: ...


def check_numbers(clock: Clock) -> int:
    """Ask about the VAT numbers of all companies on the real clock, and return how many were asked about."""
    asked = 0
    for one in companies():
        if one.has_test_clock:
            continue  # those are asked about as their days pass
        try:
            asked += check_numbers_of(one, now=clock())
        except Exception:  # the clock's own loop: reported, and tried again next time
            LOG.exception("the VAT numbers of %s were not all asked about", one.slug)
    return asked


def check_numbers_of(company: CompanyFacts, *, now: datetime) -> int:
    """Ask about some VAT numbers of a company that must be asked about now, and return how many those were."""
    today, at = today_of(company, now=now), moment_for(company, now=now)
    waiting = numbers_to_ask(company.company_id, today=today, at=at, limit=ASKED_AT_ONCE)
    drivers: Drivers = import_module(settings.DRIVERS)
    for number in waiting:
        asker = drivers.number_asker(is_practice=company.has_test_clock)
        record_number_check(_asked(number, company, asker, at=at, now=now))
    return len(waiting)


def _asked(
    number: NumberToAsk, company: CompanyFacts, asker: NumberAsker, *, at: datetime, now: datetime
) -> NumberCheck:
    """Return what is known of the number now: its own form already tells of some that nobody has them."""
    today = today_of(company, now=now)
    read = read_vat_number(number.number)
    if not isinstance(read, VatNumber):
        return NumberCheck(
            customer_id=number.customer_id,
            number=number.number,
            outcome=CheckOutcome.INVALID,
            reason=read.in_language("da" if company.language == "da" else "en"),
            source="form",
            on_day=today,
            at=at,
        )
    answer = asker.check(read.text, requester=f"DK{company.cvr}", at=at)
    return NumberCheck(
        customer_id=number.customer_id,
        number=number.number,
        outcome=CheckOutcome(answer.outcome),
        consultation=answer.consultation,
        name=answer.name,
        reason=answer.reason,
        source=answer.source,
        on_day=today,
        at=at,
        answer_sha256=answer.sha256,
    )
