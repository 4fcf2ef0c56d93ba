"""Storing a special agreement: a value or a rule of its own for one customer, with its reason and who approved it.

A rule has an end and holds wherever the terms are asked. What it may say is checked as in a document, and the law stands
above it as above the terms.
"""

from datetime import date, datetime

from django.db import transaction

from servanda.business.contracts.actions.refusals import ContractRefused, refuse_on
from servanda.business.contracts.decisions.concluding import deviation_objection
from servanda.business.contracts.decisions.deviating import (
    citation_of,
    deviation_objections,
    end_objection,
    name_of,
    rule_of,
    with_the_persons_say,
    written_of,
)
from servanda.business.contracts.facts import AgreedRule, Deviation, DeviationDraft
from servanda.business.contracts.models import Contract, Line
from servanda.business.contracts.models import Deviation as DeviationRow
from servanda.business.contracts.queries import agreed_rule, agreed_rules
from servanda.business.evidence.actions import record
from servanda.business.evidence.facts import because_to_json
from servanda.business.library.queries import version_of
from servanda.terms.clauses import CustomerKind, InvoiceRun, SpecialAgreement
from servanda.terms.document import Agreement
from servanda.terms.resolving import said_by
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
        raise ContractRefused(
            "%(name)s is agreed from %(since)s already. Choose a later day.",
            {"name": deviation.name, "since": deviation.since},
        )
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


@transaction.atomic
def agree_rule_deviation(contract_id: int, draft: DeviationDraft, *, today: date, at: datetime, by: str) -> AgreedRule:
    """Let a rule hold for one contract instead of the terms' own, for some days, and return it as it is stored.

    Refuses an unknown kind, a figure out of bounds, a missing reason or approver, days that have passed, an end before the
    beginning or more than three years away, and what is agreed already.
    """
    contract = _locked(contract_id)
    objections = deviation_objections(
        draft, others=agreed_rules([contract_id]), products=_products(contract), today=today
    )
    refuse_on(*objections)
    agreement, customer = _terms(contract), CustomerKind(contract.customer_kind)
    rule = with_the_persons_say(rule_of(draft.kind, dict(draft.written)), agreement, customer=customer, on=draft.since)
    name = name_of(rule)
    if DeviationRow.objects.filter(contract=contract, name=name, since=draft.since).exists():
        raise ContractRefused(
            "%(name)s was agreed from %(since)s before. Choose a later day.", {"name": name, "since": draft.since}
        )
    citation = citation_of(number=contract.number, since=draft.since, language=contract.terms_language)
    row = DeviationRow.objects.create(
        contract=contract,
        about="terms",
        name=name,
        value=said_by(rule),
        since=draft.since,
        until=draft.until,
        reason=draft.reason.strip(),
        approved_by=" + ".join(person.strip() for person in draft.approved_by),
        because=because_to_json((citation,)),
        kind=rule.kind,
        rule=written_of(rule),
        agreed_on=today,
        is_taken_up=not isinstance(rule, InvoiceRun),
    )
    _record(row, contract, "deviation.agreed", key=f"{row.pk}", today=today, at=at, by=by)
    return agreed_rule(row.pk)


@transaction.atomic
def end_deviation(
    deviation_id: int, *, on: date, reason: str, is_customers_wish: bool, today: date, at: datetime, by: str
) -> bool:
    """Let an agreed rule end before its time: `on` is the first day it no longer holds. False: it ended by then.

    Refuses a missing reason, a day that has passed, and, unless the customer wishes it, what would leave them worse off.
    """
    contract = _locked(agreed_rule(deviation_id).contract_id)
    agreed = agreed_rule(deviation_id)  # as it is now that the contract is locked
    if not reason.strip():
        raise ContractRefused("Say why the special agreement ends before its time. The reason is kept with it.")
    if on < today:
        raise ContractRefused(
            "%(on)s has passed, and what was done then stands. Let it end %(today)s or later.",
            {"on": on, "today": today},
        )
    if agreed.until <= max(on, agreed.since):
        return False
    if not is_customers_wish:
        customer = CustomerKind(contract.customer_kind)
        refuse_on(end_objection(agreed, _terms(contract), customer=customer, products=_products(contract), on=on))
    row = DeviationRow.objects.get(pk=deviation_id)
    row.until = max(on, agreed.since)
    row.end_reason = reason.strip()
    row.is_taken_up = row.is_taken_up and not isinstance(agreed.rule, InvoiceRun)
    row.save(update_fields=["until", "end_reason", "is_taken_up"])
    return _record(row, contract, "deviation.ended", key=f"{row.pk}:{row.until}", today=today, at=at, by=by)


def take_up_deviations(company_id: int) -> tuple[int, ...]:
    """Return the contracts whose day of invoicing was agreed or freed since the last call; each is named once."""
    rows = DeviationRow.objects.select_for_update(of=["self"]).filter(
        is_taken_up=False, contract__company_id=company_id
    )
    found = dict(rows.order_by("id").values_list("pk", "contract_id"))
    if found:
        DeviationRow.objects.filter(pk__in=found).update(is_taken_up=True)
    return tuple(sorted(set(found.values())))


def _locked(contract_id: int) -> Contract:
    found = Contract.objects.select_for_update(of=["self"]).select_related("company").filter(pk=contract_id).first()
    if found is None:
        raise ContractRefused("There is no contract with id %(contract_id)s.", {"contract_id": contract_id})
    return found


def _terms(contract: Contract) -> Agreement:
    return version_of(contract.company.slug, contract.terms_version)


def _products(contract: Contract) -> frozenset[str]:
    return frozenset(Line.objects.filter(contract=contract).values_list("product_code", flat=True))


def _record(row: DeviationRow, contract: Contract, what: str, *, key: str, today: date, at: datetime, by: str) -> bool:
    """Record the days and the figures; the reason names people, and stays on the agreement itself."""
    citation = citation_of(number=contract.number, since=row.since, language=contract.terms_language)
    return record(
        company_id=contract.company_id,
        key=f"{what}:{key}",
        what=what,
        subject=f"contract:{contract.pk}",
        on_day=today,
        at=at,
        because=(citation,),
        facts={
            "name": row.name,
            "value": row.value,
            "since": str(row.since),
            "until": str(row.until),
            "approved_by": row.approved_by,
        },
        customer_id=contract.customer_id,
        by=by,
    )
