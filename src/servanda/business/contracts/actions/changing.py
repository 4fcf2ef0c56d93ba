"""Recording a change, noting who was told of it, and letting it hold for the customers it meets."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from servanda.business.contracts.actions.refusals import ContractRefused, refuse_on
from servanda.business.contracts.decisions.changing import (
    Approval,
    ChangeRule,
    activation_objection,
    approval_objection,
)
from servanda.business.contracts.decisions.terms import because_of
from servanda.business.contracts.facts import ChangeDraft
from servanda.business.contracts.models import Announcement, Change
from servanda.business.contracts.queries import affected_customers
from servanda.business.evidence.actions import record
from servanda.business.evidence.facts import because_to_json
from servanda.ground.citation import Citation
from servanda.terms.clauses import CustomerKind

Rules = Mapping[CustomerKind, tuple[ChangeRule, ...]]


@transaction.atomic
def record_change(
    company_id: int,
    draft: ChangeDraft,
    rules: tuple[ChangeRule, ...],
    *,
    approval: Approval | None,
    today: date,
    at: datetime,
    by: str,
) -> int:
    """Record a change in the log and return its id; refuses one that the terms leave to a person without their yes."""
    if not draft.after.strip() or not draft.products:
        raise ContractRefused("A change names its products and says what will be. Write both.")
    refuse_on(approval_objection(rules, approval))
    because = because_of(*rules)
    row = Change.objects.create(
        company_id=company_id,
        about=draft.about,
        change=draft.change,
        products=list(draft.products),
        before=draft.before,
        after=draft.after,
        effect_on=draft.effect_on,
        reason=approval.reason if approval is not None else "",
        approved_by=approval.by if approval is not None else "",
        because=because_to_json(because),
        recorded_on=today,
        plan_code=draft.plan_code,
    )
    _record(row, "change.recorded", because=because, today=today, at=at, by=by)
    return row.pk


@transaction.atomic
def note_announcement(change_id: int, *, customer_id: int, letter_key: str, accepted_on: date) -> bool:
    """Note that the customer's own notice of a change was delivered. False: noted before; the first delivery counts."""
    row, is_new = Announcement.objects.select_for_update().get_or_create(
        change_id=change_id,
        customer_id=customer_id,
        defaults={"letter_key": letter_key, "accepted_on": accepted_on},
    )
    if row.accepted_on is not None:
        return is_new
    row.accepted_on = accepted_on
    row.save(update_fields=["accepted_on"])
    return True


@transaction.atomic
def activate_change(change_id: int, rules: Rules, *, today: date, at: datetime, by: str) -> bool:
    """Let a recorded change hold from today. False: it holds already.

    Refuses while its day has not come, and while any customer it meets was not told as the terms and the law demand.
    """
    row = Change.objects.select_for_update().get(pk=change_id)
    if row.activated_on is not None:
        return False
    if today < row.effect_on:
        raise ContractRefused(
            "The change holds from %(effect_on)s; today is %(today)s. Wait for the day.",
            {"effect_on": row.effect_on, "today": today},
        )
    approval = Approval(by=row.approved_by, reason=row.reason)
    objections = [
        activation_objection(
            rules[customer.kind],
            effect_on=row.effect_on,
            announced_on=customer.announced_on,
            customer=customer.kind,
            concluded_on=customer.concluded_on,
            approval=approval,
        )
        for customer in affected_customers(change_id)
    ]
    hindered = [objection for objection in objections if objection is not None]
    if hindered:
        refuse_on(*dict.fromkeys(hindered))
    row.activated_on = today
    row.save(update_fields=["activated_on"])
    because = tuple(dict.fromkeys(citation for kind in rules.values() for citation in because_of(*kind)))
    return _record(row, "change.activated", because=because, today=today, at=at, by=by)


def _record(row: Change, what: str, *, because: tuple[Citation, ...], today: date, at: datetime, by: str) -> bool:
    return record(
        company_id=row.company_id,
        key=f"{what}:{row.pk}",
        what=what,
        subject=f"change:{row.pk}",
        on_day=today,
        at=at,
        because=because,
        facts={"about": row.about, "change": row.change, "effect_on": str(row.effect_on), "products": row.products},
        by=by,
    )
