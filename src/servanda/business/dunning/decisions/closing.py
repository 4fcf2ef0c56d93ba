"""When may the contract be ended for non-payment, and when may the data of what was closed go?"""

from datetime import date, timedelta

from servanda.business.dunning.decisions.days import completed_on, counting_due_on, late_from, letter_day
from servanda.business.dunning.decisions.orders import EndContract, Wait
from servanda.business.dunning.decisions.terms import LadderTerms
from servanda.business.dunning.facts import Arrears
from servanda.terms.clauses import Closure


def closure_due(arrears: Arrears, terms: LadderTerms, *, today: date) -> EndContract | Wait | None:
    """Return the ending if it is allowed today, or what it waits for; None while its premise has not happened."""
    if terms.closure is None or arrears.last("contract.ended") is not None:
        return None
    service_ids = closable(arrears, terms.closure.rule)
    if not service_ids:
        return None  # a thing sold once, or all is closed already
    rule_on = _after_warning(_rule_day(terms.closure.rule, arrears), arrears, terms)
    if rule_on is None:
        return None
    allowed_on = letter_day(rule_on)
    if today < allowed_on:
        return Wait(because=terms.closure.because, reason="closure", until=allowed_on)
    return EndContract(
        invoice_id=arrears.invoice_id,
        because=terms.closure.because,
        allowed_on=allowed_on,
        rule_on=rule_on,
        decided_by=terms.closure.decided_by,
        scope=terms.closure.rule.scope,
        service_ids=service_ids,
    )


def purge_hindrance(*, is_paused: bool, was_closed_unpaid: bool, owes_overdue: bool) -> str:
    """Return why data must not go by themselves, or an empty text: who has paid since, or disputes, keeps them."""
    if is_paused:
        return "a claim of the customer stands still"
    if was_closed_unpaid and not owes_overdue:
        return "the customer has paid since the closing"
    return ""


def closable(arrears: Arrears, rule: Closure) -> tuple[int, ...]:
    """Return the services that the closing would reach: the unpaid ones, or all of the contract where that ends."""
    reaches_contract = rule.scope == "contract"
    return tuple(
        service.service_id
        for service in arrears.services
        if service.is_on_invoice or (reaches_contract and service.is_in_contract)
    )


def _rule_day(rule: Closure, arrears: Arrears) -> date | None:
    anchor = _anchor(rule, arrears)
    return anchor + timedelta(days=rule.wait_days) if anchor is not None else None


def _after_warning(rule_on: date | None, arrears: Arrears, terms: LadderTerms) -> date | None:
    """Where the law demands a warning, nothing is closed before its deadline has passed."""
    if rule_on is None or terms.warning_step is None:
        return rule_on
    warning = arrears.last("reminder.sent", terms.warning_step)
    if warning is None or warning.deadline_on is None:
        return None
    return max(rule_on, late_from(warning.deadline_on))


def _anchor(rule: Closure, arrears: Arrears) -> date | None:
    match rule.counted_from:
        case "due":
            return counting_due_on(arrears)
        case "suspension":
            return completed_on(arrears.last("hold.placed"))
        case "material breach":
            return completed_on(arrears.last("breach.material"))
        case "second misuse":
            return None  # not a matter of payment
