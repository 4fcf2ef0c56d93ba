"""Opening a dispute, noting what was talked about, and moving it on."""

from datetime import date, datetime

from django.db import transaction

from servanda.business.contracts.actions.refusals import ContractRefused, refuse_on
from servanda.business.contracts.decisions.disputes import stage_objection
from servanda.business.contracts.models import Contract, Dispute, NegotiationEntry
from servanda.business.contracts.queries import dispute as facts_of
from servanda.business.evidence.actions import record
from servanda.ground.citation import Citation
from servanda.terms.clauses import Dispute as DisputeRule
from servanda.terms.ruled import Ruled


@transaction.atomic
def open_dispute(contract_id: int, rule: Ruled[DisputeRule], *, about: str, today: date, at: datetime, by: str) -> int:
    """Open a dispute in its first stage and return its id."""
    contract = Contract.objects.get(pk=contract_id)
    if not about.strip():
        raise ContractRefused("Say what the dispute is about.")
    row = Dispute.objects.create(contract=contract, about=about, stage=rule.rule.stages[0], opened_on=today)
    _record(row, "dispute.opened", str(row.pk), {"stage": row.stage}, rule.because, today, at, by)
    return row.pk


@transaction.atomic
def note_negotiation(dispute_id: int, *, on: date, text: str, today: date, at: datetime, by: str) -> None:
    """Note what was talked about on a day; a talk lies in the past and has content."""
    row = Dispute.objects.select_for_update().get(pk=dispute_id)
    if on > today or on < row.opened_on:
        raise ContractRefused(
            "A talk on %(on)s does not lie between %(opened_on)s and today. Give the day it was held.",
            {"on": on, "opened_on": row.opened_on},
        )
    if not text.strip():
        raise ContractRefused("Write what was talked about.")
    entry = NegotiationEntry.objects.create(dispute=row, on_day=on, text=text, by=by)
    _record(row, "dispute.negotiated", str(entry.pk), {"on": str(on)}, (), today, at, by)


@transaction.atomic
def move_dispute(dispute_id: int, rule: Ruled[DisputeRule], *, to: str, today: date, at: datetime, by: str) -> None:
    """Move a dispute to its next stage; a court only after the talks that the terms demand."""
    row = Dispute.objects.select_for_update().get(pk=dispute_id)
    known = facts_of(dispute_id)
    refuse_on(stage_objection(rule, stage=row.stage, wanted=to, negotiations=known.negotiations))
    row.stage = to
    row.save(update_fields=["stage"])
    _record(row, "dispute.moved", f"{row.pk}:{to}", {"stage": to}, rule.because, today, at, by)


def _record(
    row: Dispute,
    what: str,
    name: str,
    facts: dict[str, object],
    because: tuple[Citation, ...],
    today: date,
    at: datetime,
    by: str,
) -> None:
    record(
        company_id=row.contract.company_id,
        key=f"{what}:{name}",
        what=what,
        subject=f"dispute:{row.pk}",
        on_day=today,
        at=at,
        because=because,
        facts=facts,
        customer_id=row.contract.customer_id,
        by=by,
    )
