"""Pausing a claim: a dispute, a payment plan, a payment on its way, a legal hold. A pause works from the moment it is set."""

from datetime import date, datetime, timedelta

from django.db import transaction

from servanda.business.companies.facts import CompanyFacts
from servanda.business.dunning.actions.following import look_again
from servanda.business.dunning.models import Claim, Pause
from servanda.business.dunning.queries import arrears_of, ladder_terms_of
from servanda.business.evidence.actions import record
from servanda.ground.refusal import Refused

CAUSES = ("dispute", "payment plan", "pending payment", "legal hold")


class NotPaused(Refused):
    """The pause has no reason, no known cause, or an end that lies behind."""


@transaction.atomic
def pause_claim(
    company: CompanyFacts,
    invoice_id: int,
    *,
    cause: str,
    reason: str,
    until: date | None,
    by: str,
    today: date,
    at: datetime,
) -> None:
    """Pause a claim at once. A dispute after the terms' deadline is taken in all the same, and marked late."""
    if cause not in CAUSES or not reason.strip():
        raise NotPaused("A pause needs a reason and one of the causes: %(known)s.", {"known": ", ".join(CAUSES)})
    if until is not None and until <= today:
        raise NotPaused("The pause would have ended on %(until)s. Choose a later day.", {"until": until})
    (arrears,) = arrears_of([invoice_id], today=today)
    question = ladder_terms_of(arrears).question
    deadline = arrears.received_on + timedelta(days=question.rule.days) if question and arrears.received_on else None
    is_late = cause == "dispute" and deadline is not None and today > deadline
    row = Pause.objects.create(
        invoice_id=invoice_id,
        company_id=company.company_id,
        cause=cause,
        reason=reason,
        since=today,
        until=until,
        is_late=is_late,
        by=by,
    )
    record(
        company_id=company.company_id,
        key=f"claim.paused:{row.pk}",
        what="claim.paused",
        subject=f"invoice:{invoice_id}",
        on_day=today,
        at=at,
        because=question.because if question is not None and cause == "dispute" else (),
        facts={"cause": cause, "reason": reason, "until": str(until) if until else None, "is_late": is_late},
        customer_id=arrears.customer_id,
        by=by,
    )
    look_again([invoice_id], today=today)


@transaction.atomic
def end_pause(company: CompanyFacts, pause_id: int, *, invoice_id: int, by: str, today: date, at: datetime) -> None:
    """End a pause of the invoice; the days it lasted do not count towards any deadline."""
    pauses = Pause.objects.select_for_update().filter(company_id=company.company_id, invoice_id=invoice_id)
    row = pauses.filter(pk=pause_id).first()
    if row is None:
        raise NotPaused("The invoice has no such pause. Reload the page and choose one that is there.")
    if row.ended_on is not None:
        return
    row.ended_on = today
    row.save(update_fields=["ended_on"])
    record(
        company_id=company.company_id,
        key=f"claim.resumed:{row.pk}",
        what="claim.resumed",
        subject=f"invoice:{row.invoice_id}",
        on_day=today,
        at=at,
        because=(),
        facts={"cause": row.cause},
        customer_id=Claim.objects.values_list("customer_id", flat=True).filter(invoice_id=row.invoice_id).first(),
        by=by,
    )
    look_again([row.invoice_id], today=today)
