"""A person's decision on a proposal: yes, and it is carried out from fresh facts; no, and it is not asked again."""

from datetime import date, datetime

from django.db import transaction

from servanda.business.companies.facts import CompanyFacts
from servanda.business.dunning.actions.following import look_again, work_off_claim
from servanda.business.dunning.actions.refunding import decide_on_unused
from servanda.business.dunning.models import UNUSED_TIME, Proposal
from servanda.business.evidence.actions import record
from servanda.business.evidence.facts import because_from_json
from servanda.ground.refusal import Refused


class NotToDecide(Refused):
    """The proposal has been decided already, is another company's, or lacks a reason."""


def decide_proposal(
    company: CompanyFacts, proposal_id: int, *, is_approved: bool, by: str, reason: str, today: date, at: datetime
) -> None:
    """Decide on a proposal and, on a yes, carry out what is then due on its claim."""
    if not reason.strip():
        raise NotToDecide("Say why. The reason is kept with the decision.")
    with transaction.atomic():
        row = Proposal.objects.select_for_update().filter(pk=proposal_id, company_id=company.company_id).first()
        if row is None or row.state != "open":
            raise NotToDecide("The proposal waits for no answer. Choose one that is open.")
        row.state = "approved" if is_approved else "declined"
        row.decided_by, row.decided_at, row.reason = by, at, reason
        row.save(update_fields=["state", "decided_by", "decided_at", "reason"])
        record(
            company_id=company.company_id,
            key=f"proposal.{row.state}:{row.key}",
            what=f"proposal.{row.state}",
            subject=f"proposal:{row.key}",
            on_day=today,
            at=at,
            because=because_from_json(row.because),
            facts={"act": row.act, "invoice": row.invoice_id, "reason": reason},
            customer_id=row.customer_id,
            by=by,
        )
        if row.act == UNUSED_TIME:
            decide_on_unused(company, row.key, is_approved=is_approved, reason=reason, by=by, today=today, at=at)
            return
        look_again([row.invoice_id], today=today)
    work_off_claim(company, row.invoice_id, today=today, at=at)
