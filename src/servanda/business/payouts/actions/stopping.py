"""The stop on outgoing money, and seeing to what went wrong."""

from datetime import date, datetime

from django.db import transaction

from servanda.business.companies.facts import CompanyFacts
from servanda.business.evidence.actions import record
from servanda.business.payouts.actions.recording import NotPaidOut, keep, lock_payout
from servanda.business.payouts.models import PayoutStop


def refuse_if_stopped(company: CompanyFacts) -> None:
    """Refuse to let money out while the company's stop is engaged."""
    row = PayoutStop.objects.filter(company_id=company.company_id, is_engaged=True).first()
    if row is not None:
        raise NotPaidOut(
            "Payouts are stopped: %(reason)s Release the stop when that is settled.", {"reason": row.reason}
        )


@transaction.atomic
def set_stop(company: CompanyFacts, *, is_engaged: bool, reason: str, by: str, today: date, at: datetime) -> None:
    """Stop all payouts, or let them go on; who did it and why is kept. What stands in a file already is with the bank."""
    if not reason.strip():
        raise NotPaidOut("Say why. The reason is kept with the record.")
    PayoutStop.objects.update_or_create(
        company_id=company.company_id,
        defaults={"is_engaged": is_engaged, "reason": reason.strip(), "by": by, "at": at},
    )
    what = "payouts.stopped" if is_engaged else "payouts.released"
    record(
        company_id=company.company_id,
        key=f"{what}:{company.company_id}:{at.isoformat()}",
        what=what,
        subject=f"company:{company.company_id}",
        on_day=today,
        at=at,
        because=(),
        facts={"reason": reason.strip()},
        by=by,
    )


@transaction.atomic
def see_problem(company: CompanyFacts, payout_id: int, *, by: str, today: date, at: datetime) -> None:
    """Keep that a person has seen to what went wrong with a payout."""
    row = lock_payout(company.company_id, payout_id)
    if not row.problem or row.problem_seen_by:
        return
    row.problem_seen_by = by
    row.save(update_fields=["problem_seen_by"])
    keep(row, "payout.seen_to", by=by, today=today, at=at, suffix=f":{row.problem}:{at.isoformat()}", act=row.problem)
