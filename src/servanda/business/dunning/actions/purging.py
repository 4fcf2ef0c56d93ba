"""Purging the data of what was closed, when its premises still hold; otherwise it stays and a person decides.

The purge is the last act and cannot be undone, so everything is read again: a payment, a dispute or any doubt since the
closing leaves the data where they are.
"""

from datetime import date, datetime

from django.db import transaction

from servanda.business.billing.queries import overdue_of_customer
from servanda.business.companies.facts import CompanyFacts
from servanda.business.contracts.queries import line as line_of
from servanda.business.dunning.actions.following import lock_claims_of
from servanda.business.dunning.decisions.closing import purge_hindrance
from servanda.business.dunning.decisions.ladder import is_bank_silent
from servanda.business.dunning.queries import has_pause
from servanda.business.evidence.actions import NoWarrant
from servanda.business.hosting.actions import leave_purge_to_person, purge_service
from servanda.business.hosting.facts import ServiceFacts
from servanda.business.hosting.queries import services_to_purge
from servanda.ground.calendar import is_bank_day


def purge_due(company: CompanyFacts, *, today: date, at: datetime) -> int:
    """Purge what may go by itself today, on bank days, and return how many services that were."""
    if not is_bank_day(today) or is_bank_silent(company.bank_checked_on, today=today):
        return 0
    purged = 0
    for service in services_to_purge(company.company_id, today=today):
        if service.purge_decided_by == "person":
            continue
        try:
            purged += _purge(service, today=today, at=at)
        except NoWarrant:
            continue  # the brake is engaged: it is tried again on the next bank day
    return purged


@transaction.atomic
def _purge(service: ServiceFacts, *, today: date, at: datetime) -> bool:
    """Purge a service, or leave it to a person.

    The customer's claims are locked first: a payment or a pause that comes just now is seen, or comes after.
    """
    lock_claims_of([service.customer_id])
    reason = _hindrance(service, today=today)
    if reason:
        leave_purge_to_person(service.service_id, reason=reason, today=today, at=at)
        return False
    purge_service(service.service_id, approval=None, today=today, at=at)
    return True


def _hindrance(service: ServiceFacts, *, today: date) -> str:
    """Return why the data must not go by themselves, or an empty text."""
    return purge_hindrance(
        is_paused=has_pause(service.customer_id, today=today),
        was_closed_unpaid=line_of(service.line_id).end_cause.startswith("closure"),
        owes_overdue=bool(overdue_of_customer(service.customer_id, today=today)),
    )
