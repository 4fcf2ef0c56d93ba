"""Which reminder is due, with which deadline, and whether it may carry a fee."""

from datetime import date, timedelta

from servanda.business.dunning.decisions.days import completed_on, counting_due_on, deadline_day, late_from, letter_day
from servanda.business.dunning.decisions.orders import ChargeCompensation, ChargeFee, SendReminder, Wait
from servanda.business.dunning.decisions.terms import LadderTerms
from servanda.business.dunning.facts import Arrears, Done
from servanda.ground.citation import Citation
from servanda.ground.law.reminders import COLLECTION_NOTICE, COLLECTION_NOTICE_DAYS, fee_refusal
from servanda.ground.money import Money
from servanda.terms.clauses import Reminder, amount_minor
from servanda.terms.ruled import Ruled


def reminder_due(arrears: Arrears, terms: LadderTerms, *, today: date) -> SendReminder | Wait | None:
    """Return the next reminder if it is due today, or what it waits for; None when no reminder is next."""
    ruled = _next_reminder(arrears, terms)
    if ruled is None:
        return None
    rule_on = _rule_day(ruled.rule, arrears)
    if rule_on is None:
        return None  # what it counts from has not happened; another step's turn
    allowed_on = letter_day(rule_on)
    if today < allowed_on:
        return Wait(because=ruled.because, reason="reminder", until=allowed_on, step=ruled.rule.step)
    return _reminder(arrears, terms, ruled, rule_on=rule_on, today=today)


def fee_due(arrears: Arrears, terms: LadderTerms, *, today: date) -> ChargeFee | None:
    """Return the fee that an accepted reminder announced, if it has not been charged."""
    for sent in arrears.done:
        if sent.what != "reminder.sent" or not sent.fee or sent.step is None:
            continue
        if arrears.last("fee.charged", sent.step) is None and terms.fee is not None:
            return ChargeFee(
                invoice_id=arrears.invoice_id,
                because=terms.fee.because,
                allowed_on=letter_day(sent.on),
                rule_on=sent.on,
                step=sent.step,
                amount=sent.fee,
            )
    return None


def compensation_due(arrears: Arrears, terms: LadderTerms, *, today: date) -> ChargeCompensation | None:
    """Return the fixed compensation once the reminder it goes with has been accepted; once per claim."""
    if terms.compensation is None or arrears.last("compensation.charged") is not None:
        return None
    rule = terms.compensation.rule
    sent = arrears.last("reminder.sent", rule.with_step)
    if sent is None:
        return None
    return ChargeCompensation(
        invoice_id=arrears.invoice_id,
        because=terms.compensation.because,
        allowed_on=letter_day(sent.on),
        rule_on=sent.on,
        amount=Money(amount_minor(rule.amount), arrears.total.currency),
    )


def _next_reminder(arrears: Arrears, terms: LadderTerms) -> Ruled[Reminder] | None:
    for ruled in terms.reminders:
        if arrears.last("reminder.sent", ruled.rule.step) is None:
            return ruled
    return None


def _rule_day(rule: Reminder, arrears: Arrears) -> date | None:
    """Return the day that the rule gives, before it moves to a bank day; None while its anchor has not happened."""
    anchor = _anchor(rule, arrears)
    if anchor is None:
        return None
    on = anchor + timedelta(days=rule.wait_days)
    before = arrears.last("reminder.sent", rule.step - 1)
    # Who pays on the last day of the reminder before has paid in time, also where that day moved to a bank day.
    return max(on, late_from(before.deadline_on)) if before is not None and before.deadline_on is not None else on


def _anchor(rule: Reminder, arrears: Arrears) -> date | None:
    before = arrears.last("reminder.sent", rule.step - 1) if rule.step > 1 else None
    match rule.sent_after:
        case "due":
            return counting_due_on(arrears)
        case "reminder deadline":
            return before.deadline_on if before is not None else None
        case "reminder":
            return completed_on(before)
        case "closure":
            return completed_on(arrears.last("contract.ended"))


def _reminder(
    arrears: Arrears, terms: LadderTerms, ruled: Ruled[Reminder], *, rule_on: date, today: date
) -> SendReminder:
    rule = ruled.rule
    allowed_on = letter_day(rule_on)
    deadline_rule_on, deadline_on = _deadline(arrears, rule, today=today, late_days=(today - allowed_on).days)
    fee, no_fee_because = _fee(arrears, terms, today=today)
    fee_clauses = terms.fee.because if terms.fee is not None and fee is not None else ()
    law = (COLLECTION_NOTICE,) if rule.is_collection_warning else ()
    return SendReminder(
        invoice_id=arrears.invoice_id,
        because=tuple(dict.fromkeys((*ruled.because, *law))),
        allowed_on=allowed_on,
        rule_on=rule_on,
        decided_by=rule.decided_by,
        step=rule.step,
        deadline_on=deadline_on,
        deadline_rule_on=deadline_rule_on,
        fee=fee,
        fee_because=fee_clauses,
        no_fee_because=no_fee_because if not fee_clauses else None,
        is_collection_warning=rule.is_collection_warning,
        warns_of=rule.warns_of,
    )


def _deadline(arrears: Arrears, rule: Reminder, *, today: date, late_days: int) -> tuple[date, date]:
    """Return the deadline by the rule, and as it is printed.

    A collection warning runs at least ten full days from its sending (inkassoloven § 10). That day is a floor set by law
    and is printed as it is; the hand-over waits for the bank day after it anyway.
    """
    if rule.is_collection_warning:
        floor = today + timedelta(days=max(rule.deadline_days, COLLECTION_NOTICE_DAYS))
        return floor, floor
    anchor = _deadline_anchor(arrears, rule, today=today)
    late = 0 if rule.deadline_from == "sending" else late_days
    return (
        anchor + timedelta(days=rule.deadline_days + late),
        deadline_day(anchor, rule.deadline_days, late_days=late),
    )


def _deadline_anchor(arrears: Arrears, rule: Reminder, *, today: date) -> date:
    before: Done | None = arrears.last("reminder.sent", rule.step - 1)
    if rule.deadline_from == "reminder deadline" and before is not None and before.deadline_on is not None:
        return before.deadline_on
    if rule.deadline_from == "due":
        return counting_due_on(arrears) or today
    return today


def _fee(arrears: Arrears, terms: LadderTerms, *, today: date) -> tuple[Money | None, Citation | None]:
    """Return the fee that a letter today may carry, or the provision of the law or the terms that forbids it."""
    if terms.fee is None:
        return None, None
    last = max(arrears.reminders_on, default=None)
    forbidden_by = fee_refusal(fee_letters_on=arrears.fee_letters_on, last_letter_on=last, today=today)
    if forbidden_by is not None:
        return None, forbidden_by
    promised = terms.fee.rule
    is_too_soon = last is not None and (today - last).days < promised.spacing_days
    if is_too_soon or len(arrears.fee_letters_on) >= promised.fees_max:
        return None, terms.fee.because[0]
    return Money(amount_minor(promised.amount), arrears.total.currency), None
