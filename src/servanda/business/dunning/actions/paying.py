"""What a payment ends: in the transaction that books it, holds are lifted, proposals fall away and the interest is settled."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from servanda.business.billing.actions.allocating import Allocated, explain_as_payment
from servanda.business.billing.actions.charging import lower_interest
from servanda.business.billing.actions.crediting import credit_invoice, credit_whole_invoice
from servanda.business.billing.actions.receiving import Received
from servanda.business.billing.actions.receiving import receive_statement as book_statement
from servanda.business.billing.facts import StatementDraft
from servanda.business.billing.queries import invoices
from servanda.business.companies.facts import CompanyFacts
from servanda.business.dunning.actions.carrying import charge
from servanda.business.dunning.actions.following import lock_claims_of, look_again, look_again_at_silence
from servanda.business.dunning.actions.releasing import release
from servanda.business.dunning.decisions.interest import interest_too_much, settlement_interest
from servanda.business.dunning.decisions.ladder import doubt
from servanda.business.dunning.models import UNUSED_TIME, Claim, Pause, Proposal
from servanda.business.dunning.queries import arrears_of, ladder_terms_of
from servanda.business.evidence.actions import NoWarrant, record
from servanda.ground.citation import Citation
from servanda.ground.law.interest import STATUTORY_RATE
from servanda.ground.money import Money

TAKEN_BACK = "payment taken back"
LOWERED_MAX = 6
NO_INTEREST_AFTER = STATUTORY_RATE  # interest of the claim that was unpaid, day by day


@dataclass(frozen=True, slots=True)
class Settlement:
    """What reading a statement did: what was booked, and the services that run again because of it."""

    received: Received
    reopened: tuple[int, ...]


@transaction.atomic
def receive_statement(company: CompanyFacts, draft: StatementDraft, *, today: date, at: datetime) -> Settlement:
    """Book a bank statement, and carry out at once all that its payments end."""
    received = book_statement(company, draft, today=today, at=at)
    reopened = settle(company, received.changed, today=today, at=at)
    look_again_at_silence(company.company_id, today=today)
    return Settlement(received, reopened)


@transaction.atomic
def explain_payment(
    company: CompanyFacts, entry_id: int, *, invoice_id: int, by: str, today: date, at: datetime
) -> None:
    """Give an entry in suspense to the invoice that a person names, with all that it ends."""
    changed = explain_as_payment(company, entry_id, invoice_id=invoice_id, by=by, today=today, at=at)
    settle(company, changed, today=today, at=at)


@transaction.atomic
def credit_note_for(
    company: CompanyFacts,
    invoice_id: int,
    *,
    net_by_position: Mapping[int, Money] | None,
    reason: str,
    because: tuple[Citation, ...],
    by: str,
    today: date,
    at: datetime,
) -> int:
    """Credit an invoice, or all that its lines have left, and carry out at once what that ends. Returns the credit note."""
    if net_by_position is None:
        note_id = credit_whole_invoice(company, invoice_id, reason=reason, because=because, by=by, today=today, at=at)
    else:
        note_id = credit_invoice(
            company,
            invoice_id,
            net_by_position=net_by_position,
            reason=reason,
            because=because,
            by=by,
            today=today,
            at=at,
        )
    (invoice,) = invoices([invoice_id])
    settle(company, [Allocated(invoice_id, invoice.customer_id, today, Money(0))], today=today, at=at)
    return note_id


def settle(company: CompanyFacts, changed: Iterable[Allocated], *, today: date, at: datetime) -> tuple[int, ...]:
    """Carry out what follows from payments, first what helps the customer, and return the services that run again.

    Runs in the transaction that booked them. The claims are locked first: a hold that another worker is just placing is
    waited for, and lifted.
    """
    changes = tuple(changed)
    customer_ids = sorted({change.customer_id for change in changes})
    lock_claims_of(customer_ids)
    reopened = [
        service_id for customer_id in customer_ids for service_id in release(company, customer_id, today=today, at=at)
    ]
    for change in changes:
        if change.amount.minor < 0:
            _doubt(company, change, today=today, at=at)
        else:
            _settle_invoice(company, change, today=today, at=at)
    look_again({change.invoice_id for change in changes}, today=today)
    return tuple(reopened)


def _lower_interest(company: CompanyFacts, invoice_id: int, *, today: date, at: datetime) -> bool:
    """Take back interest that ran beyond the day of a payment that became known late. It helps the customer, and never waits."""
    (arrears,) = arrears_of([invoice_id], today=today)
    excess = interest_too_much(arrears, ladder_terms_of(arrears))
    if not excess:
        return False
    number = sum(done.what == "interest.lowered" for done in arrears.done) + 1
    key = f"interest.lowered:{invoice_id}:{number}"
    lowered = lower_interest(invoice_id, excess, because=(NO_INTEREST_AFTER,), key=key, today=today, at=at)
    if not lowered:
        return False
    return record(
        company_id=company.company_id,
        key=key,
        what="interest.lowered",
        subject=f"invoice:{invoice_id}",
        on_day=today,
        at=at,
        because=(NO_INTEREST_AFTER,),
        facts={"amount_minor": lowered.minor},
        customer_id=arrears.customer_id,
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
        defaults={"reason": f"The bank took {-change.amount} back.", "since": today, "by": "system"},
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


def _settle_invoice(company: CompanyFacts, change: Allocated, *, today: date, at: datetime) -> None:
    for _ in range(LOWERED_MAX):  # what was paid on interest goes to the principal, on which less interest grew then
        if not _lower_interest(company, change.invoice_id, today=today, at=at):
            break
    (arrears,) = arrears_of([change.invoice_id], today=today)
    if arrears.open_principal:
        return
    asked = Proposal.objects.filter(invoice_id=change.invoice_id, state="open").exclude(act=UNUSED_TIME)
    asked.update(state="obsolete")
    if not Claim.objects.filter(invoice_id=change.invoice_id).exists() or doubt(arrears, today=today):
        return
    last_value_on = max((paid.value_on for paid in arrears.payments), default=change.value_on)
    order = settlement_interest(arrears, ladder_terms_of(arrears), paid_on=last_value_on, today=today)
    if order is None:
        return
    try:
        charge(order, arrears, company, today=today, at=at)
    except NoWarrant:
        return  # under doubt no interest is added; the payment itself stands
