"""When may access be suspended for an unpaid invoice, and when is the delay a material breach?"""

from datetime import date, timedelta

from servanda.business.dunning.decisions.days import counting_due_on, late_from, letter_day
from servanda.business.dunning.decisions.orders import PlaceHold, RecordBreach, Wait
from servanda.business.dunning.decisions.terms import LadderTerms
from servanda.business.dunning.facts import Arrears, HeldService
from servanda.terms.clauses import Suspension


def hold_due(arrears: Arrears, terms: LadderTerms, *, today: date) -> PlaceHold | Wait | None:
    """Return the hold if it is due today, or what it waits for; None where nothing can be held or all is held already."""
    if (
        terms.suspension is None
        or arrears.last("hold.placed") is not None
        or arrears.last("contract.ended") is not None
    ):
        return None
    services = _services(arrears, terms)
    rule_on = _rule_day(terms.suspension.rule, arrears)
    if not services or rule_on is None:
        return None
    allowed_on = letter_day(rule_on)
    if today < allowed_on:
        return Wait(because=terms.suspension.because, reason="hold", until=allowed_on)
    return PlaceHold(
        invoice_id=arrears.invoice_id,
        because=terms.suspension.because,
        allowed_on=allowed_on,
        rule_on=rule_on,
        decided_by=terms.suspension.decided_by,
        service_ids=tuple(service.service_id for service in services),
    )


def breach_due(arrears: Arrears, terms: LadderTerms, *, today: date) -> RecordBreach | Wait | None:
    """Return the note that the delay is a material breach from today on."""
    due_on = counting_due_on(arrears)
    if terms.breach is None or due_on is None or arrears.last("breach.material") is not None:
        return None
    on = late_from(due_on + timedelta(days=terms.breach.rule.over_days))
    if today < on:
        return Wait(because=terms.breach.because, reason="breach", until=on)
    return RecordBreach(invoice_id=arrears.invoice_id, because=terms.breach.because, allowed_on=on, rule_on=on)


def _rule_day(rule: Suspension, arrears: Arrears) -> date | None:
    """Return the day that the rule gives; None while a letter it needs has not been accepted.

    Where the rule places the hold together with a reminder, the hold never comes before that letter.
    """
    anchor = _anchor(rule, arrears)
    if anchor is None:
        return None
    on = anchor + timedelta(days=rule.wait_days)
    if rule.with_step is None:
        return on
    sent = arrears.last("reminder.sent", rule.with_step)
    return max(on, sent.on) if sent is not None else None


def _anchor(rule: Suspension, arrears: Arrears) -> date | None:
    if rule.counted_from == "due":
        return counting_due_on(arrears)
    assert rule.counted_from == "reminder deadline" and rule.after_step is not None
    reminder = arrears.last("reminder.sent", rule.after_step)
    return reminder.deadline_on if reminder is not None else None


def _services(arrears: Arrears, terms: LadderTerms) -> tuple[HeldService, ...]:
    """Return the services to hold: what can be held of the unpaid ones, or of all where the clause reaches that far.

    "Chosen services" proposes the unpaid ones; the person who decides may take more by a proposal of their own.
    """
    assert terms.suspension is not None
    reaches_all = terms.suspension.rule.scope == "all services"
    return tuple(
        service
        for service in arrears.services
        if not service.is_held and service.product in terms.suspendable and (reaches_all or service.is_on_invoice)
    )
