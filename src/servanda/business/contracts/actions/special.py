"""Storing a special agreement: a value of its own for one customer, with its reason and who approved it."""

from datetime import date, datetime

from django.db import transaction

from servanda.business.contracts.actions.refusals import ContractRefused, refuse_on
from servanda.business.contracts.decisions.concluding import deviation_objection
from servanda.business.contracts.facts import Deviation
from servanda.business.contracts.models import Contract
from servanda.business.contracts.models import Deviation as DeviationRow
from servanda.business.evidence.actions import record
from servanda.business.evidence.facts import because_to_json
from servanda.terms.clauses import SpecialAgreement
from servanda.terms.ruled import Ruled


@transaction.atomic
def agree_deviation(
    contract_id: int,
    deviation: Deviation,
    special: Ruled[SpecialAgreement] | None,
    *,
    today: date,
    at: datetime,
    by: str,
) -> None:
    """Store a special agreement; refuses one that the terms do not offer, or that has no reason or approver."""
    refuse_on(deviation_objection(special, deviation))
    assert special is not None
    contract = Contract.objects.select_for_update().get(pk=contract_id)
    if DeviationRow.objects.filter(contract=contract, name=deviation.name, since=deviation.since).exists():
        raise ContractRefused(f"{deviation.name} is agreed from {deviation.since} already. Choose a later day.")
    row = DeviationRow.objects.create(
        contract=contract,
        about=deviation.about,
        name=deviation.name,
        value=deviation.value,
        since=deviation.since,
        until=deviation.until,
        reason=deviation.reason,
        approved_by=deviation.approved_by,
        because=because_to_json(special.because),
    )
    record(
        company_id=contract.company_id,
        key=f"deviation.agreed:{row.pk}",
        what="deviation.agreed",
        subject=f"contract:{contract_id}",
        on_day=today,
        at=at,
        because=special.because,
        facts={"name": deviation.name, "value": deviation.value, "since": str(deviation.since)},
        customer_id=contract.customer_id,
        by=by,
    )
