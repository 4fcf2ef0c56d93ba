"""Following unpaid invoices: each claim that may be due is locked, decided on from fresh facts and acted on, one by one.

A claim's day to look again is a hint in an index; the decision reads the facts. A claim that another worker has locked is passed
over, a claim that fails is left as it was, and the round goes on with the next.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import DatabaseError, transaction
from django.db.models import Max

from servanda.business.billing.actions.allocating import lock_invoices
from servanda.business.billing.queries import invoice_ids_after, invoices
from servanda.business.companies.facts import CompanyFacts
from servanda.business.dunning.actions.carrying import carry_out
from servanda.business.dunning.decisions.ladder import BANK_SILENT, next_step
from servanda.business.dunning.decisions.orders import Wait
from servanda.business.dunning.models import Claim
from servanda.business.dunning.queries import arrears_of, ladder_terms_of
from servanda.business.evidence.actions import NoWarrant
from servanda.ground.refusal import Refused

LOG = logging.getLogger(__name__)
STEPS_MAX = 30  # acts on one claim in one round; more is a bug, and the claim is left alone


@dataclass(frozen=True, slots=True)
class Worked:
    """What a round did: claims looked at, acts carried out, and claims that failed and stay for the next round."""

    claims: int
    acts: int
    failed: tuple[int, ...]


def follow_new_invoices(company_id: int) -> int:
    """Begin to follow the invoices that were issued since the last time, and return how many those are."""
    last = Claim.objects.filter(company_id=company_id).aggregate(last=Max("invoice_id"))["last"] or 0
    new = invoices(invoice_ids_after(company_id, last))
    rows = [
        Claim(
            invoice_id=invoice.invoice_id,
            company_id=company_id,
            customer_id=invoice.customer_id,
            look_again_on=invoice.issued_on,
        )
        for invoice in new
    ]
    Claim.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def look_again(invoice_ids: Iterable[int], *, today: date) -> None:
    """Ask for a fresh look at claims whose facts have changed: a letter was accepted, a payment came."""
    if ids := list(invoice_ids):
        Claim.objects.filter(invoice_id__in=ids).update(look_again_on=today)


def look_again_at_customers(customer_ids: Iterable[int], *, today: date) -> None:
    """Ask for a fresh look at all that customers have unpaid: they have a service now that they had not."""
    claims = Claim.objects.filter(customer_id__in=list(customer_ids)).exclude(waits_for="paid")
    claims.update(look_again_on=today)


def look_again_at_silence(company_id: int, *, today: date) -> None:
    """Ask for a fresh look at claims that were parked because the bank had not told of their days yet: it has now.

    One that another worker has just now is passed over, so that nobody waits for it: it is looked at tomorrow anyway.
    """
    parked = Claim.objects.filter(company_id=company_id, waits_for=f"parked: {BANK_SILENT}", look_again_on__gt=today)
    free = parked.select_for_update(skip_locked=True).values_list("invoice_id", flat=True)
    look_again(list(free), today=today)


def lock_claims_of(customer_ids: Iterable[int]) -> None:
    """Lock all claims of customers until the transaction ends: nobody acts on them, pauses or settles them meanwhile."""
    claims = Claim.objects.select_for_update().filter(customer_id__in=list(customer_ids)).order_by("invoice_id")
    list(claims.values_list("invoice_id", flat=True))


def work_off(company: CompanyFacts, *, today: date, at: datetime, limit: int = 500) -> Worked:
    """Look at the claims that may be due today and carry out what is; read only those."""
    ids = list(
        Claim.objects.filter(company_id=company.company_id, look_again_on__lte=today)
        .order_by("look_again_on", "invoice_id")
        .values_list("invoice_id", flat=True)[:limit]
    )
    acts = passed_over = 0
    failed = []
    for invoice_id in ids:
        try:
            done = work_off_claim(company, invoice_id, today=today, at=at)
            acts += done or 0
            passed_over += done is None
        except (DatabaseError, Refused, AssertionError, ValueError, TypeError, LookupError):
            # One claim's bug must not keep the others waiting; the transaction was rolled back, and it is reported.
            LOG.exception("claim %s was left as it was", invoice_id)
            failed.append(invoice_id)
    _put_off(failed, today=today)
    return Worked(len(ids) - passed_over, acts, tuple(failed))


@transaction.atomic
def work_off_claim(company: CompanyFacts, invoice_id: int, *, today: date, at: datetime) -> int | None:
    """Carry out what is due on one claim today, and return how many acts that were. Runs in one transaction.

    None: another worker has the claim, or a payment on its invoice is just being booked. The invoice is locked before the
    claim, in the order in which a payment does it, so that neither decides on what the other is about to change.
    """
    if not lock_invoices([invoice_id], waits=False):
        return None
    claim = Claim.objects.select_for_update(skip_locked=True).filter(invoice_id=invoice_id).first()
    if claim is None:
        return None
    for acts in range(STEPS_MAX):
        (arrears,) = arrears_of([invoice_id], today=today)
        step = next_step(arrears, ladder_terms_of(arrears), today=today)
        if isinstance(step, Wait):
            _wait(claim, step, today=today)
            return acts
        try:
            carry_out(step, arrears, company, today=today, at=at)
        except NoWarrant as refusal:
            _park(claim, str(refusal), today=today)
            return acts
    raise AssertionError(f"claim {invoice_id} does not come to rest")


def _wait(claim: Claim, wait: Wait, *, today: date) -> None:
    """Note when to look again. Doubt is looked at every day; what only an event can change, when the event comes."""
    assert wait.until is None or wait.until > today, f"claim {claim.pk} would be looked at for ever today: {wait}"
    tomorrow = today + timedelta(days=1)
    claim.look_again_on = tomorrow if wait.is_doubt else wait.until
    claim.waits_for = f"parked: {wait.reason}" if wait.is_doubt else wait.reason
    claim.save(update_fields=["look_again_on", "waits_for"])


def _park(claim: Claim, reason: str, *, today: date) -> None:
    claim.look_again_on = today + timedelta(days=1)
    claim.waits_for = f"parked: {reason}"
    claim.save(update_fields=["look_again_on", "waits_for"])


def _put_off(invoice_ids: Iterable[int], *, today: date) -> None:
    """A claim that failed is tried again tomorrow, so that it cannot block the head of the queue."""
    Claim.objects.filter(invoice_id__in=list(invoice_ids)).update(
        look_again_on=today + timedelta(days=1), waits_for="parked: it failed; see the log"
    )
