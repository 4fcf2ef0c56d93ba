"""What is due on an unpaid invoice today? One question, one answer: an order, or what we wait for and by which clause.

Doubt parks every adverse act: an invoice whose delivery is not proven, a letter whose fate is uncertain, a dispute, a payment
plan, a payment on its way, bank entries that are not known yet. Nothing here restores or credits; that never waits.
"""

from datetime import date, timedelta

from servanda.business.dunning.decisions.closing import closable, closure_due
from servanda.business.dunning.decisions.days import late_from, letter_day
from servanda.business.dunning.decisions.interest import interest_due
from servanda.business.dunning.decisions.orders import (
    AcceptBySilence,
    AskPerson,
    ChargeInterest,
    Order,
    RecordLate,
    Wait,
    WaiveCharges,
)
from servanda.business.dunning.decisions.reminders import compensation_due, fee_due, reminder_due
from servanda.business.dunning.decisions.suspension import breach_due, hold_due
from servanda.business.dunning.decisions.terms import LadderTerms
from servanda.business.dunning.facts import TRIFLE, Arrears
from servanda.ground.calendar import bank_days_after
from servanda.ground.law.interest import DEMAND_DAYS, FROM_THIRTY_DAYS_AFTER_DEMAND

BANK_SILENT = "bank entries are not known"
BANK_FILE_AGE_DAYS = 4  # bank days without news from the bank, after which nobody can be called late with certainty


def next_step(arrears: Arrears, terms: LadderTerms, *, today: date) -> Order | Wait:
    """Return the first act that is due on the invoice today, or the nearest thing it waits for.

    Called again after each act until it answers with a Wait. An order that only a person may decide comes back with
    `decided_by` "person" until its key is approved; a declined one is passed over.
    """
    if arrears.open_total.minor <= 0:
        return Wait(because=(), reason="paid")
    if arrears.open_principal.minor <= 0:
        return _only_charges(arrears, today=today)
    if arrears.payments and arrears.open_principal < TRIFLE:
        return Wait(because=(), reason="only a trifle is open")
    answers = _answers(arrears, terms, today=today)
    orders = [answer for answer in answers if isinstance(answer, Order)]
    for order in orders:
        if order.key not in arrears.declined and not _is_asked(order, arrears):
            return order
    asked = [order for order in orders if _is_asked(order, arrears) and order.key not in arrears.declined]
    if asked:
        return _nearest([Wait(because=asked[0].because, reason="a person decides"), *_waits(answers)])
    return _nearest(_waits(answers))


def _only_charges(arrears: Arrears, *, today: date) -> Order | Wait:
    """Nothing adverse follows from a charge alone; where it keeps a service suspended, a person is asked to waive it."""
    order = WaiveCharges(
        invoice_id=arrears.invoice_id,
        because=(),
        allowed_on=today,
        rule_on=today,
        decided_by="person",
        amount=arrears.open_charges,
    )
    is_held = any(service.is_held for service in arrears.services)
    is_answered = order.key in arrears.declined or _is_asked(order, arrears)
    if is_held and not is_answered and arrears.last(order.what) is None:
        return order
    return Wait(because=(), reason="only charges are open")


def doubt(arrears: Arrears, *, today: date) -> str:
    """Return why nothing adverse may happen on this invoice today, or an empty text."""
    if arrears.received_on is None:
        return "delivery of the invoice is not proven"
    if arrears.paused_because:
        return arrears.paused_because
    if arrears.failed_letters:
        return "a letter was not delivered"
    return BANK_SILENT if is_bank_silent(arrears.bank_known_until, today=today) else ""


def is_bank_silent(known_until: date | None, *, today: date) -> bool:
    """Tell whether the bank has been silent for so long that nobody can be called late with certainty."""
    return known_until is not None and bank_days_after(known_until, count=BANK_FILE_AGE_DAYS) < today


def _answers(arrears: Arrears, terms: LadderTerms, *, today: date) -> list[Order | Wait]:
    """Return what each rung says, in the order in which acts of one day are carried out."""
    early = _accepted_by_silence(arrears, terms, today=today)
    if arrears.due_on is None:
        ask = _without_due_day(arrears, terms, today=today)
        return [answer for answer in (early, ask) if answer is not None]
    reason = doubt(arrears, today=today)
    if reason:
        return [answer for answer in (early, Wait(because=(), reason=reason, is_doubt=True)) if answer is not None]
    if today < late_from(arrears.due_on) or not arrears.open_total:
        wait = Wait(because=terms.payment_because, reason="due", until=late_from(arrears.due_on))
        return [answer for answer in (early, wait) if answer is not None]
    rungs: tuple[Order | Wait | None, ...] = (
        early,
        _late(arrears, terms, today=today),
        hold_due(arrears, terms, today=today),
        closure_due(arrears, terms, today=today),
        reminder_due(arrears, terms, today=today) if not arrears.waiting_letters else _letter_wait(arrears),
        fee_due(arrears, terms, today=today),
        compensation_due(arrears, terms, today=today),
        interest_due(arrears, terms, today=today),
        breach_due(arrears, terms, today=today),
        _dead_end(arrears, terms, today=today),
    )
    answers = (_on_known_entries(answer, arrears) for answer in rungs if answer is not None)
    return [_on_bank_day(answer, arrears, today=today) for answer in answers]


def _on_known_entries(answer: Order | Wait, arrears: Arrears) -> Order | Wait:
    """Park what rests on a day having passed unpaid while the bank has not told of all days before it.

    Who pays on the last day is seen on the bank's statement of that day, which comes in the night or the morning after.
    """
    known_until = arrears.bank_known_until
    if known_until is None or isinstance(answer, Wait | AcceptBySilence):
        return answer
    if bank_days_after(known_until, count=1) >= answer.allowed_on:
        return answer
    return Wait(because=answer.because, reason=BANK_SILENT, is_doubt=True)


def _on_bank_day(answer: Order | Wait, arrears: Arrears, *, today: date) -> Order | Wait:
    """Let a letter or an adverse act wait for a bank day, however late it has become: after a pause, or a person's yes.

    Interest is not moved: it grows by the calendar, and charging it on its day says no more than what is owed.
    """
    if isinstance(answer, Wait | ChargeInterest) or not answer.is_adverse or letter_day(today) == today:
        return answer
    if _is_asked(answer, arrears) or answer.key in arrears.declined:
        return answer  # it waits for a person, and not for the day
    return Wait(because=answer.because, reason="bank day", until=letter_day(today))


def _without_due_day(arrears: Arrears, terms: LadderTerms, *, today: date) -> AskPerson | Wait | None:
    """Where the terms name no payment term, a person is asked when the law would first give interest on the demand."""
    on = arrears.issued_on + timedelta(days=DEMAND_DAYS)
    if today < on:
        return Wait(because=(FROM_THIRTY_DAYS_AFTER_DEMAND,), reason="demand", until=on)
    return _ask(arrears, terms, on=on, questions=("payment-term", "reminder", "suspension", "closure"))


def _late(arrears: Arrears, terms: LadderTerms, *, today: date) -> RecordLate | None:
    if arrears.last("payment.late") is not None:
        return None
    assert arrears.due_on is not None
    on = late_from(arrears.due_on)
    return RecordLate(invoice_id=arrears.invoice_id, because=terms.payment_because, allowed_on=on, rule_on=on)


def _accepted_by_silence(arrears: Arrears, terms: LadderTerms, *, today: date) -> AcceptBySilence | Wait | None:
    question = terms.question
    if question is None or not question.rule.silence_accepts or arrears.received_on is None:
        return None
    if arrears.last("invoice.accepted") is not None or arrears.paused_because == "dispute":
        return None
    on = late_from(arrears.received_on + timedelta(days=question.rule.days))
    if today < on:
        return Wait(because=question.because, reason="question", until=on)
    return AcceptBySilence(invoice_id=arrears.invoice_id, because=question.because, allowed_on=on, rule_on=on)


def _dead_end(arrears: Arrears, terms: LadderTerms, *, today: date) -> AskPerson | Wait | None:
    """Where the rules give no further step and the claim still stands, a person is asked."""
    assert arrears.due_on is not None
    if terms.is_silent:
        questions = ("reminder", "interest", "suspension", "closure")
        return _ask(arrears, terms, on=late_from(arrears.due_on), questions=questions)
    sent = [arrears.last("reminder.sent", ruled.rule.step) for ruled in terms.reminders]
    following = next((ruled.rule for ruled, done in zip(terms.reminders, sent, strict=True) if done is None), None)
    if following is None or following.sent_after != "closure" or _can_close(arrears, terms):
        return None
    last = max((done.deadline_on for done in sent if done is not None and done.deadline_on), default=None)
    if last is None:
        return None
    on = late_from(last)
    if today < on:
        return Wait(because=(), reason="reminder deadline", until=on)
    return _ask(arrears, terms, on=on, questions=("collection",))


def _can_close(arrears: Arrears, terms: LadderTerms) -> bool:
    if arrears.last("contract.ended") is not None:
        return True
    if terms.closure is None or not closable(arrears, terms.closure.rule):
        return False
    if terms.closure.rule.counted_from != "suspension":
        return True
    has_service = any(service.product in terms.suspendable for service in arrears.services)
    return has_service or arrears.last("hold.placed") is not None


def _ask(arrears: Arrears, terms: LadderTerms, *, on: date, questions: tuple[str, ...]) -> AskPerson | None:
    if arrears.last("not_specified") is not None:
        return None
    return AskPerson(
        invoice_id=arrears.invoice_id,
        because=(),
        allowed_on=on,
        rule_on=on,
        decided_by="system",
        questions=questions,
    )


def _letter_wait(arrears: Arrears) -> Wait:
    return Wait(because=(), reason="delivery of " + ", ".join(sorted(arrears.waiting_letters)))


def _is_asked(order: Order, arrears: Arrears) -> bool:
    """A person's order that has been proposed stays with the person; the approval makes it due."""
    return order.decided_by == "person" and order.key in arrears.asked


def _waits(answers: list[Order | Wait]) -> list[Wait]:
    return [answer for answer in answers if isinstance(answer, Wait)]


def _nearest(waits: list[Wait]) -> Wait:
    """Return the wait that ends first; one without an end only if there is no other.

    Doubt comes before all: it is shown as such, and looked at daily.
    """
    doubts = [wait for wait in waits if wait.is_doubt]
    if doubts:
        return doubts[0]
    dated = [wait for wait in waits if wait.until is not None]
    if dated:
        return min(dated, key=lambda wait: wait.until or date.max)
    return waits[0] if waits else Wait(because=(), reason="nothing more by these rules")
