"""Asking for a change that two persons make: one asks, a second one confirms or declines, and each is kept.

What the change itself is, and whether it may be made, the contracts know; here only stands who wants it and who agreed.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from servanda.business.evidence.actions import record
from servanda.business.library.facts import ChangeProposalFacts, ProposedAct
from servanda.business.library.models import ChangeProposal
from servanda.business.library.queries import NoSuchProposal, proposal
from servanda.ground.calendar import legal_day
from servanda.ground.refusal import Refused


class NotSettled(Refused):
    """A proposal cannot be made, confirmed or declined as asked."""


@transaction.atomic
def propose_change(
    company_id: int,
    act: ProposedAct,
    subject: str,
    *,
    details: Mapping[str, str],
    reason: str,
    by: str,
    at: datetime,
) -> ChangeProposalFacts:
    """Ask for a change; asked for again while it is open, it is the same one. Refuses a change without a reason."""
    if not reason.strip() or not subject.strip():
        raise NotSettled("Say what is to change and why. The customers are told the reason.")
    row, is_new = ChangeProposal.objects.get_or_create(
        company_id=company_id,
        act=act,
        subject=subject,
        state="open",
        defaults={"details": dict(details), "reason": reason, "proposed_by": by, "proposed_at": at},
    )
    if is_new:
        _record(row, "change.proposed", by=by, at=at)
    return proposal(row.pk)


@transaction.atomic
def settle_proposal(
    company_id: int, proposal_id: int, *, is_confirmed: bool, change_id: int | None, by: str, at: datetime
) -> ChangeProposalFacts:
    """Note a second person's yes with the change that came of it, or anybody's no."""
    row = lock_proposal(company_id, proposal_id)
    if is_confirmed and by == row.proposed_by:
        raise NotSettled("You asked for this change yourself. Let a second person confirm it.")
    row.state = "confirmed" if is_confirmed else "declined"
    row.settled_by, row.settled_at, row.change_id = by, at, change_id
    row.save(update_fields=["state", "settled_by", "settled_at", "change_id"])
    _record(row, f"change.{row.state}", by=by, at=at)
    return proposal(proposal_id)


def lock_proposal(company_id: int, proposal_id: int) -> ChangeProposal:
    """Return the open proposal, locked until the transaction ends; refuses one that is settled."""
    row = ChangeProposal.objects.select_for_update().filter(pk=proposal_id, company_id=company_id).first()
    if row is None:
        raise NoSuchProposal("There is no proposal %(proposal_id)s.", {"proposal_id": proposal_id})
    if row.state != "open":
        raise NotSettled("The proposal was confirmed or declined already. Reload the page.")
    return row


def _record(row: ChangeProposal, what: str, *, by: str, at: datetime) -> None:
    record(
        company_id=row.company_id,
        key=f"{what}:{row.pk}",
        what=what,
        subject=f"change-proposal:{row.pk}",
        on_day=legal_day(at),
        at=at,
        because=(),
        facts={"act": row.act, "subject": row.subject, "reason": row.reason},
        by=by,
    )
