"""Was each adverse act allowed on its day? The days are counted here anew, from the letters that were really accepted.

The counts are lower bounds: a pause or a late look of ours moves a step away from the customer, never towards them.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from servanda.business.audit.facts import Row
from servanda.business.audit.queries.cases import Act, Case, cases, rules_of
from servanda.business.audit.queries.scope import Scope
from servanda.business.dunning.decisions.ladder import next_step
from servanda.business.dunning.decisions.orders import Wait
from servanda.business.dunning.queries import arrears_of
from servanda.ground.calendar import is_bank_day
from servanda.terms.clauses import Closure, Reminder, Suspension

_CLAIMS_AT_A_TIME = 200
_CLAIMS = """
select c.company_id, c.invoice_id, c.look_again_on
  from dunning_claim c join audited a on a.company_id = c.company_id join invoice i on i.id = c.invoice_id
 where i.open_minor > 0 or exists (select 1 from charge h where h.invoice_id = i.id and h.open_minor > 0)
 order by c.company_id, c.invoice_id
"""


def reminders_too_early(scope: Scope) -> Iterator[Row]:
    """Yield the reminders that came before the days of their clause had passed since the accepted letter before."""
    for case in cases(scope):
        rules = {ruled.rule.step: ruled.rule for ruled in case.terms.reminders}
        for act in case.of("reminder.written"):
            rule = rules.get(act.step or 0)
            problem = _reminder_problem(case, act, rule) if rule is not None else "no clause gives this reminder"
            if problem:
                yield case.shown(act, problem)


def holds_too_early(scope: Scope) -> Iterator[Row]:
    """Yield the holds and closures before their clause's day, without its notices, or on a day the banks are closed."""
    for case in cases(scope):
        for act in (*case.of("hold"), *case.of("contract.ended")):
            problem = _hold_problem(case, act) if act.act == "hold" else _closure_problem(case, act)
            if not is_bank_day(act.on_day):
                problem = "not a bank day"
            if problem:
                yield case.shown(act, problem)


def holds_too_wide(scope: Scope) -> Iterator[Row]:
    """Yield the holds on services that the clause does not let us suspend for this debt."""
    for case in cases(scope):
        if case.terms.suspension is None:
            continue  # a hold without any clause is found by invariant 25
        reaches_all = case.terms.suspension.rule.scope != "unpaid services"
        services = {service.service_id: service for service in case.arrears.services}
        for act in case.of("hold"):
            service = services.get(act.service_id or 0)
            if service is None:
                continue  # no longer running; whose it is, the other query sees
            if service.product not in case.terms.suspendable:
                yield case.shown(act, f"{service.product} cannot be suspended")
            elif not service.is_on_invoice and not reaches_all:
                yield case.shown(act, f"service {service.service_id} is not on the invoice")


def claims_off_course(scope: Scope) -> Iterator[Row]:
    """Yield the open claims whose hint would let a step be missed that the facts give.

    The step is derived again from the facts. A look too early does no harm, and while there is doubt no step is due.
    """
    waiting: list[Row] = []
    for row in scope.rows(_CLAIMS):
        if waiting and (len(waiting) == _CLAIMS_AT_A_TIME or waiting[0]["company_id"] != row["company_id"]):
            yield from _off_course(waiting, scope)
            waiting = []
        waiting.append(row)
    yield from _off_course(waiting, scope)


def _off_course(claims: list[Row], scope: Scope) -> Iterator[Row]:
    if not claims:
        return
    company_id = claims[0]["company_id"]
    assert isinstance(company_id, int)
    today = scope.days[company_id]
    hints = {claim["invoice_id"]: claim["look_again_on"] for claim in claims}
    for arrears in arrears_of([_id(claim["invoice_id"]) for claim in claims], today=today):
        hint, terms = hints[arrears.invoice_id], rules_of(arrears)
        if terms is None:
            continue
        step = next_step(arrears, terms, today=today)
        due_on = _wanted_look(step, today=today)
        if due_on is not None and (not isinstance(hint, date) or hint > max(due_on, today + timedelta(days=1))):
            said = step.reason if isinstance(step, Wait) else step.key
            yield {"invoice": arrears.invoice_id, "look_again_on": hint, "due_on": due_on, "step": said}


def _wanted_look(step: object, *, today: date) -> date | None:
    return step.until if isinstance(step, Wait) else today


def _reminder_problem(case: Case, act: Act, rule: Reminder) -> str:
    if rule.step > 1:
        before = case.reminder(rule.step - 1)
        if before is None or before.accepted_on is None:
            return f"reminder {rule.step - 1} was not accepted"
        if act.on_day < before.accepted_on:
            return f"reminder {rule.step - 1} was accepted on {before.accepted_on}"
    anchor = _reminder_anchor(case, rule)
    if anchor is None:
        return f"what it counts from ({rule.sent_after}) has not happened"
    return _before(act, anchor + timedelta(days=rule.wait_days))


def _reminder_anchor(case: Case, rule: Reminder) -> date | None:
    match rule.sent_after:
        case "due":
            return case.arrears.due_on
        case "reminder deadline":
            return _deadline(case.reminder(rule.step - 1))
        case "reminder":
            before = case.reminder(rule.step - 1)
            return before.accepted_on if before is not None else None
        case "closure":
            return next((act.on_day for act in case.of("contract.ended")), None)


def _hold_problem(case: Case, act: Act) -> str:
    terms = case.terms
    if terms.suspension is None:
        return "no clause gives this hold"
    rule = terms.suspension.rule
    if terms.suspension.decided_by == "person" and not act.approvals:
        return "the clause leaves it to a person, and nobody approved"
    if rule.with_step is not None:
        letter = case.reminder(rule.with_step)
        if letter is None or letter.accepted_on is None or act.on_day < letter.accepted_on:
            return f"reminder {rule.with_step} was not accepted by then"
    anchor = _hold_anchor(case, rule)
    if anchor is None:
        return f"what it counts from ({rule.counted_from}) has not happened"
    return _before(act, anchor + timedelta(days=rule.wait_days))


def _hold_anchor(case: Case, rule: Suspension) -> date | None:
    if rule.counted_from == "due":
        return case.arrears.due_on
    return _deadline(case.reminder(rule.after_step or 0))


def _closure_problem(case: Case, act: Act) -> str:
    terms = case.terms
    if terms.closure is None:
        return "no clause gives this closure"
    if terms.closure.decided_by == "person" and not act.approvals:
        return "the clause leaves it to a person, and nobody approved"
    anchor = _closure_anchor(case, terms.closure.rule)
    if anchor is None:
        return f"what it counts from ({terms.closure.rule.counted_from}) has not happened"
    return _before(act, anchor + timedelta(days=terms.closure.rule.wait_days))


def _closure_anchor(case: Case, rule: Closure) -> date | None:
    match rule.counted_from:
        case "due":
            return case.arrears.due_on
        case "suspension":
            return next((act.on_day for act in case.of("hold")), None)
        case "material breach":
            breach = case.arrears.last("breach.material")
            return breach.on if breach is not None else None
        case "second misuse":
            return None


def _deadline(reminder: Act | None) -> date | None:
    """Return the deadline that was printed, moved by as many days as the letter was late; None while it is unproven."""
    if reminder is None or reminder.accepted_on is None or reminder.deadline_on is None:
        return None
    return reminder.deadline_on + (reminder.accepted_on - reminder.on_day)


def _before(act: Act, allowed_on: date) -> str:
    return f"allowed from {allowed_on}" if act.on_day < allowed_on else ""


def _id(value: object) -> int:
    assert isinstance(value, int)
    return value
