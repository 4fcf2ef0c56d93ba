"""What payments end: in the transaction that books them, holds are lifted, proposals fall away and the interest is settled.

A statement may pay a thousand invoices. What is asked of all of them is asked once; only where something is to be done (a hold to
lift, interest to charge) is it done one by one.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from servanda.business.billing.actions.allocating import Allocated
from servanda.business.billing.queries import overdue_customers
from servanda.business.companies.facts import CompanyFacts
from servanda.business.dunning.actions.carrying import charge
from servanda.business.dunning.actions.following import lock_claims_of, look_again
from servanda.business.dunning.actions.releasing import release
from servanda.business.dunning.decisions.interest import settlement_interest
from servanda.business.dunning.decisions.ladder import doubt
from servanda.business.dunning.facts import Arrears
from servanda.business.dunning.models import Claim, Pause, Proposal
from servanda.business.dunning.queries import arrears_of, ladder_terms_of
from servanda.business.dunning.queries.lists import disputed_invoices_of
from servanda.business.evidence.actions import NoWarrant, record, record_all
from servanda.business.evidence.facts import Event
from servanda.business.hosting.queries import services_of_customers

TAKEN_BACK = "payment taken back"


def settle(company: CompanyFacts, changed: Iterable[Allocated], *, today: date, at: datetime) -> tuple[int, ...]:
    """Carry out what follows from payments, first what helps the customer, and return the services that run again.

    Runs in the transaction that booked them. The claims are locked first: a hold that another worker is just placing is
    waited for, and lifted.
    """
    changes = tuple(changed)
    if not changes:
        return ()
    customer_ids = sorted({change.customer_id for change in changes})
    lock_claims_of(customer_ids)
    reopened = _release_all(company, customer_ids, today=today, at=at)
    for change in changes:
        if change.amount.minor < 0:
            _doubt(company, change, today=today, at=at)
    _settle_invoices(company, [one for one in changes if one.amount.minor >= 0], today=today, at=at)
    look_again({change.invoice_id for change in changes}, today=today)
    return reopened


def _release_all(company: CompanyFacts, customer_ids: Sequence[int], *, today: date, at: datetime) -> tuple[int, ...]:
    """Lift the holds of those who owe nothing overdue any more; of those whom nothing holds, only that is recorded."""
    disputed = disputed_invoices_of(customer_ids, today=today)
    late = overdue_customers(customer_ids, today=today, apart_from=disputed)
    held = {
        service.customer_id
        for service in services_of_customers(customer_ids)
        if any(hold.cause == "payment" for hold in service.open_holds)
    }
    cleared = [customer_id for customer_id in customer_ids if customer_id not in late]
    record_all(
        Event(
            company_id=company.company_id,
            key=f"arrears.cleared:{customer_id}:{today}",
            what="arrears.cleared",
            subject=f"customer:{customer_id}",
            on_day=today,
            at=at,
            facts={"services_reopened": []},
            customer_id=customer_id,
        )
        for customer_id in cleared
        if customer_id not in held
    )
    return tuple(
        service_id
        for customer_id in cleared
        if customer_id in held
        for service_id in release(company, customer_id, today=today, at=at)
    )


def _doubt(company: CompanyFacts, change: Allocated, *, today: date, at: datetime) -> None:
    """Hold everything back on a claim that was paid and is open again, until a person has looked.

    Its letters and days are those of before the payment, so the next step would come without a new warning.
    """
    row, is_new = Pause.objects.get_or_create(
        invoice_id=change.invoice_id,
        company_id=company.company_id,
        cause=TAKEN_BACK,
        ended_on=None,
        defaults={
            "reason": change.why or f"The bank took {-change.amount} back.",
            "since": today,
            "by": "system",
        },
    )
    if is_new:
        record(
            company_id=company.company_id,
            key=f"claim.paused:{row.pk}",
            what="claim.paused",
            subject=f"invoice:{change.invoice_id}",
            on_day=today,
            at=at,
            because=(),
            facts={"cause": TAKEN_BACK, "reason": row.reason, "until": None, "is_late": False},
            customer_id=change.customer_id,
        )


def _settle_invoices(company: CompanyFacts, changes: Sequence[Allocated], *, today: date, at: datetime) -> None:
    if not changes:
        return
    value_on: dict[int, date] = {}
    for change in changes:
        value_on[change.invoice_id] = max(change.value_on, value_on.get(change.invoice_id, date.min))
    settled = [one for one in arrears_of(value_on, today=today) if not one.open_principal]
    ids = [one.invoice_id for one in settled]
    Proposal.objects.filter(invoice_id__in=ids, state="open").update(state="obsolete")
    followed = set(Claim.objects.filter(invoice_id__in=ids).values_list("invoice_id", flat=True))
    for arrears in settled:
        if arrears.invoice_id in followed:
            _settle_interest(company, arrears, value_on[arrears.invoice_id], today=today, at=at)


def _settle_interest(company: CompanyFacts, arrears: Arrears, value_on: date, *, today: date, at: datetime) -> None:
    if doubt(arrears, today=today):
        return
    last_value_on = max((paid.value_on for paid in arrears.payments), default=value_on)
    order = settlement_interest(arrears, ladder_terms_of(arrears), paid_on=last_value_on, today=today)
    if order is None:
        return
    try:
        charge(order, arrears, company, today=today, at=at)
    except NoWarrant:
        return  # under doubt no interest is added; the payment itself stands
