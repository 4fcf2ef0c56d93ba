"""Handing a claim to a collector: a person decides, the warning has been received and its deadline has passed.

From then on dunning stands still, and the collector has what § 10 of the Collection Act asks for: the whole claim, stated once.
"""

from datetime import date, datetime, timedelta

from django.db import transaction

from servanda.business.billing.actions.allocating import lock_invoices
from servanda.business.billing.actions.charging import ChargeDraft, add_charge
from servanda.business.companies.facts import CompanyFacts
from servanda.business.customers.queries import customer
from servanda.business.dunning import wording
from servanda.business.dunning.actions.carrying import charge, write
from servanda.business.dunning.decisions.handing_over import HandOver, LawfulFee, hand_over_objection, hand_over_of
from servanda.business.dunning.decisions.interest import settlement_interest
from servanda.business.dunning.decisions.warrants import WARRANT_DAYS, rests_on
from servanda.business.dunning.facts import Arrears
from servanda.business.dunning.models import Claim, Pause
from servanda.business.dunning.queries import arrears_of, ladder_terms_of
from servanda.business.dunning.queries.handing_over import collection_fee_of
from servanda.business.evidence.actions import issue_warrant, record
from servanda.business.evidence.facts import Approval, WarrantRequest
from servanda.business.evidence.queries import is_recorded
from servanda.ground.citation import Citation
from servanda.ground.law.reminders import COLLECTION_NOTICE
from servanda.ground.message import Message
from servanda.ground.refusal import Refused

COLLECTION = "collection"  # why dunning stands still: the collector writes now


class NotHandedOver(Refused):
    """The claim cannot go to a collector now."""


@transaction.atomic
def hand_over_to_collector(
    company: CompanyFacts, invoice_id: int, *, collector: str, approval: Approval, today: date, at: datetime
) -> HandOver:
    """Hand a claim to a collector and return what is handed over; the fee of the terms is charged once for the claim.

    Refuses under any doubt, without a warning whose deadline has passed, while a collector has it, and what nobody approved.
    """
    lock_invoices([invoice_id])
    Claim.objects.select_for_update().get(invoice_id=invoice_id)
    (arrears,) = arrears_of([invoice_id], today=today)
    terms = ladder_terms_of(arrears)
    objection = hand_over_objection(arrears, collector=collector, today=today)
    if objection is None and not approval.reason.strip():
        objection = Message("Only a person hands a claim over. Say why; the reason is kept with the record.")
    if objection is not None:
        raise NotHandedOver(objection, because=COLLECTION_NOTICE)
    fee = collection_fee_of(arrears, today=today)
    number = Pause.objects.filter(invoice_id=invoice_id, cause=COLLECTION).count() + 1
    key = f"collection.handed_over:{invoice_id}:{number}"
    because = (COLLECTION_NOTICE, *(fee.because if fee is not None else ()))
    _warrant(
        company, arrears, key=key, act="collection.handed_over", because=because, approval=approval, today=today, at=at
    )
    interest = settlement_interest(arrears, terms, paid_on=today, today=today)
    if interest is not None:
        charge(interest, arrears, company, today=today, at=at)
    if fee is not None and fee.amount:
        _charge_fee(company, arrears, fee, approval=approval, today=today, at=at)
    Pause.objects.create(
        invoice_id=invoice_id,
        company_id=company.company_id,
        cause=COLLECTION,
        reason=f"{collector}: {approval.reason.strip()}",
        since=today,
        by=approval.by,
    )
    (arrears,) = arrears_of([invoice_id], today=today)
    handed = hand_over_of(arrears, collector=collector, on=today)
    to = customer(arrears.customer_id)
    words = wording.handed_over(handed, arrears, company, to.language)
    write(f"collection:{invoice_id}:{number}", "collection", words, to, arrears, company, because, today=today, at=at)
    record(
        company_id=company.company_id,
        key=key,
        what="collection.handed_over",
        subject=f"invoice:{invoice_id}",
        on_day=today,
        at=at,
        because=because,
        facts={
            "collector": collector,
            "claim_minor": handed.total.minor,
            "costs_at_most_minor": handed.costs_at_most.minor,
            "reason": approval.reason.strip(),
        },
        customer_id=arrears.customer_id,
        by=approval.by,
    )
    return handed


def _charge_fee(
    company: CompanyFacts, arrears: Arrears, fee: LawfulFee, *, approval: Approval, today: date, at: datetime
) -> None:
    """Charge the fee for the hand-over, once for the claim, however often it is handed over."""
    key = f"collection_fee.charged:{arrears.invoice_id}"
    if is_recorded(key):
        return
    _warrant(
        company,
        arrears,
        key=key,
        act="collection_fee.charged",
        because=fee.because,
        approval=approval,
        today=today,
        at=at,
    )
    draft = ChargeDraft(
        key=key, kind="collection fee", invoice_id=arrears.invoice_id, amount=fee.amount, because=fee.because
    )
    add_charge(draft, today=today, at=at)
    record(
        company_id=company.company_id,
        key=key,
        what="collection_fee.charged",
        subject=f"invoice:{arrears.invoice_id}",
        on_day=today,
        at=at,
        because=fee.because,
        facts={"invoice": arrears.invoice_number, "amount_minor": fee.amount.minor},
        customer_id=arrears.customer_id,
        by=approval.by,
    )


def _warrant(
    company: CompanyFacts,
    arrears: Arrears,
    *,
    key: str,
    act: str,
    because: tuple[Citation, ...],
    approval: Approval,
    today: date,
    at: datetime,
) -> None:
    issue_warrant(
        WarrantRequest(
            company_id=company.company_id,
            key=key,
            act=act,
            subject=f"invoice:{arrears.invoice_id}",
            fingerprint=f"invoice:{arrears.invoice_number}:open:{arrears.open_total.minor}",
            because=because,
            parameters={"approved_because": approval.reason.strip()},
            evidence_keys=rests_on(arrears),
            not_before=today,
            expires_on=today + timedelta(days=WARRANT_DAYS),
            customer_id=arrears.customer_id,
            approvals=(approval,),
            needs_person=True,
        ),
        today=today,
        at=at,
    )
