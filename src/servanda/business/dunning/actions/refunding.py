"""Giving back what was billed for time that is not used, with all that a credit note ends, and asking a person where the terms do.

It stands here because a credit note may settle a claim: holds are lifted, proposals fall away, in the same transaction.
"""

import logging
from datetime import date, datetime

from django.db import DatabaseError, transaction

from servanda.business.billing.actions.outages import refund_outage
from servanda.business.billing.actions.refunding import Refunded, bill_no_more, decide_unused, settle_billed_time
from servanda.business.billing.decisions.refunds import AskWhatGoesBack
from servanda.business.billing.queries import invoices
from servanda.business.billing.queries.refunds import lines_to_refund
from servanda.business.companies.facts import CompanyFacts
from servanda.business.contracts.actions import withdraw
from servanda.business.contracts.facts import GivenNotice, Said
from servanda.business.customers.queries import customer
from servanda.business.dunning import wording
from servanda.business.dunning.actions.settling import settle
from servanda.business.dunning.models import UNUSED_TIME, Proposal
from servanda.business.evidence.facts import Approval, because_to_json
from servanda.ground.money import Money
from servanda.ground.periods import Period
from servanda.ground.refusal import Refused

LOG = logging.getLogger(__name__)
BATCH = 500


def give_back_unused(company: CompanyFacts, *, today: date, at: datetime) -> int:
    """Give back or bill again what is due on all lines whose end has moved, and return how many documents that took."""
    written = 0
    for line_id in lines_to_refund(company.company_id, limit=BATCH):
        try:
            written += len(give_back_unused_of(company, line_id, today=today, at=at).documents)
        except (DatabaseError, Refused, AssertionError, ValueError, TypeError, LookupError):
            LOG.exception("the billed time of line %s was left as it was", line_id)  # it must not keep others waiting
    return written


@transaction.atomic
def give_back_unused_of(company: CompanyFacts, line_id: int, *, today: date, at: datetime) -> Refunded:
    """Do so for one line."""
    done = settle_billed_time(company, line_id, today=today, at=at)
    settle(company, done.changed, today=today, at=at)
    for line_key in done.decided:  # a question for an end that no longer stands falls away
        former = Proposal.objects.filter(act=UNUSED_TIME, state="open", key__startswith=f"{UNUSED_TIME}:{line_key}:")
        former.update(state="obsolete")
    for step in done.asked:
        _ask(company, step, at=at)
    return done


@transaction.atomic
def withdraw_from_line(
    company: CompanyFacts,
    line_id: int,
    given: GivenNotice,
    *,
    start_request: str,
    by: str,
    today: date,
    at: datetime,
    said: Said | None = None,
) -> Refunded:
    """Take in a consumer's withdrawal, and give back at once what the law gives back."""
    withdraw(company, line_id, given, start_request=start_request, today=today, at=at, by=by, said=said)
    if not start_request.strip():
        bill_no_more(line_id)
    return give_back_unused_of(company, line_id, today=today, at=at)


@transaction.atomic
def refund_for_outage(
    company: CompanyFacts,
    line_id: int,
    fault: Period,
    amount: Money,
    *,
    is_sole_fault: bool,
    approval: Approval,
    today: date,
    at: datetime,
) -> None:
    """Credit days of fault with a person's approval, and carry out at once what that ends."""
    changed = refund_outage(
        company, line_id, fault, amount, is_sole_fault=is_sole_fault, approval=approval, today=today, at=at
    )
    settle(company, changed, today=today, at=at)


def decide_on_unused(
    company: CompanyFacts, key: str, *, is_approved: bool, reason: str, by: str, today: date, at: datetime
) -> None:
    """Carry out a person's answer on prepaid time: give it back, or keep the money."""
    done = decide_unused(company, key, is_given_back=is_approved, reason=reason, by=by, today=today, at=at)
    settle(company, done.changed, today=today, at=at)


def _ask(company: CompanyFacts, step: AskWhatGoesBack, *, at: datetime) -> None:
    """Put it to a person."""
    (invoice,) = invoices([step.time.invoice_id])
    sentence_da, sentence_en = wording.unused_time(step, customer(invoice.customer_id).name)
    Proposal.objects.get_or_create(
        key=step.key,
        defaults={
            "company_id": company.company_id,
            "customer_id": invoice.customer_id,
            "invoice_id": invoice.invoice_id,
            "act": UNUSED_TIME,
            "earliest_on": invoice.issued_on,
            "because": because_to_json(step.because),
            "sentence_da": sentence_da,
            "sentence_en": sentence_en,
            "proposed_at": at,
        },
    )
