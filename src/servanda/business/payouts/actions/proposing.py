"""Proposing to pay a customer back: checked against what they have to their credit and the accounts they have paid from."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Max

from servanda.business.billing.actions.crediting_locks import lock_credit_of
from servanda.business.companies.facts import CompanyFacts
from servanda.business.customers.facts import CustomerFacts
from servanda.business.evidence.facts import because_to_json
from servanda.business.payouts.actions.recording import NotPaidOut, keep, lock_numbers_of
from servanda.business.payouts.decisions import (
    account_known,
    approvals_needed,
    because_of,
    objection,
    reference_of,
)
from servanda.business.payouts.facts import PayoutAsk, PayoutFacts, Person
from servanda.business.payouts.models import Payout
from servanda.business.payouts.queries import payout, room_of


@transaction.atomic
def propose_payout(
    company: CompanyFacts, customer: CustomerFacts, ask: PayoutAsk, *, person: Person, today: date, at: datetime
) -> PayoutFacts:
    """Propose a payout; the same one asked for again while it is open is that one.

    Refuses more than the customer has to their credit, more than came from the account, and an account that is not known.
    """
    lock_numbers_of(company.company_id)
    lock_credit_of(customer.customer_id)
    same = Payout.objects.filter(
        customer_id=customer.customer_id, account=ask.account, amount_minor=ask.amount.minor, state="proposed"
    ).first()
    if same is not None:
        return payout(company.company_id, same.pk)
    room = room_of(customer.customer_id)
    why_not = objection(ask, room)
    if why_not:
        raise NotPaidOut(why_not)
    row = _write(company, customer, ask, person=person, at=at)
    keep(row, "payout.proposed", by=person.by, today=today, at=at, reason=ask.reason)
    return payout(company.company_id, row.pk)


def _write(company: CompanyFacts, customer: CustomerFacts, ask: PayoutAsk, *, person: Person, at: datetime) -> Payout:
    known = account_known(ask.account, room_of(customer.customer_id))
    last = Payout.objects.filter(company_id=company.company_id).aggregate(last=Max("number"))["last"] or 0
    return Payout.objects.create(
        company_id=company.company_id,
        customer_id=customer.customer_id,
        number=last + 1,
        amount_minor=ask.amount.minor,
        currency=ask.amount.currency,
        account=ask.account,
        holder=ask.holder.strip(),
        source=str(ask.source),
        entry_id=known.entry_id if known is not None else None,
        evidence=ask.evidence.strip(),
        reason=ask.reason.strip(),
        because=because_to_json(because_of(customer.kind)),
        end_to_end_id=reference_of(company.slug, "P", company_id=company.company_id, number=last + 1),
        approvals_needed=approvals_needed(is_known=known is not None),
        proposed_by=person.by,
        proposed_at=at,
    )
