"""Which letters of a ladder come so close after each other that the law allows them no fee?

The letters are laid out in days after the due day, as the rules count them, and each is put to the law as the decision
does it: may a letter on this day carry a fee (`fee_refusal`)? Letters move to bank days in practice, which this leaves
out: a ladder of ten days is in step with the law, one of seven is not. A ladder without a fee has nothing to refuse.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from servanda.ground.citation import Citation
from servanda.ground.law.reminders import fee_refusal
from servanda.terms.clauses import Closure, CustomerKind, MaterialBreach, Reminder, ReminderFee, Suspension
from servanda.terms.document import Agreement
from servanda.terms.resolving import ask, rules_of


@dataclass(frozen=True, slots=True)
class CloseLetter:
    """A reminder that the law allows no fee, by which provision, and for which customers."""

    reminder: Reminder
    provision: Citation
    against: tuple[CustomerKind, ...]


@dataclass(frozen=True, slots=True)
class _Case:
    """Whose ladder is laid out, for which product."""

    agreement: Agreement
    product: str | None
    customer: CustomerKind
    on: date


def close_letters(agreement: Agreement, *, on: date) -> tuple[CloseLetter, ...]:
    """Return the letters that may carry no fee because of the letters before them, in the order of their steps."""
    found: dict[tuple[Reminder, Citation], dict[CustomerKind, None]] = {}
    for customer in CustomerKind:
        for product in _products(agreement):
            for letter in _refused(_Case(agreement, product, customer, on)):
                found.setdefault(letter, {})[customer] = None
    return tuple(CloseLetter(reminder, provision, tuple(kinds)) for (reminder, provision), kinds in found.items())


def _products(agreement: Agreement) -> tuple[str | None, ...]:
    kinds = (Reminder, ReminderFee, Suspension, Closure)
    rules = (placed.rule for clause in agreement.clauses for placed in clause.rules)
    named = dict.fromkeys(code for rule in rules if isinstance(rule, kinds) for code in rule.products)
    return (None, *named)


def _refused(case: _Case) -> Iterator[tuple[Reminder, Citation]]:
    fee = ask(case.agreement, ReminderFee, on=case.on, product=case.product, customer=case.customer).rule
    if fee is None or not fee.amount:
        return
    due_on, letters_on, fee_letters_on = case.on, list[date](), list[date]()
    for reminder, sent_after in _laid_out(case):
        if len(fee_letters_on) >= fee.fees_max:
            return  # the terms themselves claim no more
        sent_on = due_on + timedelta(days=sent_after)
        refusal = fee_refusal(
            fee_letters_on=tuple(fee_letters_on), last_letter_on=max(letters_on, default=None), today=sent_on
        )
        letters_on.append(sent_on)
        if refusal is not None:
            yield reminder, refusal
        else:
            fee_letters_on.append(sent_on)


def _laid_out(case: _Case) -> Iterator[tuple[Reminder, int]]:
    """Give each reminder with the day it is sent, counted from the due day; it ends where a day cannot be told."""
    sent: dict[int, int] = {}
    deadlines: dict[int, int] = {}
    for answer in rules_of(case.agreement, Reminder, on=case.on, product=case.product, customer=case.customer):
        reminder = answer.written
        assert reminder is not None
        anchors = {
            "due": 0,
            "reminder deadline": deadlines.get(reminder.step - 1),
            "reminder": sent.get(reminder.step - 1),
        }
        anchor = _closed_after(case, deadlines) if reminder.sent_after == "closure" else anchors[reminder.sent_after]
        if anchor is None:
            return
        sent[reminder.step] = anchor + reminder.wait_days
        counted_from = {**anchors, "sending": sent[reminder.step]}[reminder.deadline_from]
        deadlines[reminder.step] = (counted_from or 0) + reminder.deadline_days
        yield reminder, sent[reminder.step]


def _closed_after(case: _Case, deadlines: dict[int, int]) -> int | None:
    """Return how many days after the due day the contract is ended; None where the terms do not tell."""
    closure = ask(
        case.agreement,
        Closure,
        on=case.on,
        product=case.product,
        customer=case.customer,
        selector=(("cause", "non-payment"),),
    ).rule
    if closure is None:
        return None
    if closure.counted_from == "due":
        return closure.wait_days
    if closure.counted_from == "material breach":
        breach = ask(case.agreement, MaterialBreach, on=case.on, product=case.product, customer=case.customer).rule
        return breach.over_days + 1 + closure.wait_days if breach is not None else None
    suspended = _suspended_after(case, deadlines)
    return suspended + closure.wait_days if suspended is not None else None


def _suspended_after(case: _Case, deadlines: dict[int, int]) -> int | None:
    suspension = ask(
        case.agreement,
        Suspension,
        on=case.on,
        product=case.product,
        customer=case.customer,
        selector=(("cause", "non-payment"),),
    ).rule
    if suspension is None:
        return None
    anchor = deadlines.get(suspension.after_step) if suspension.after_step is not None else 0
    return anchor + suspension.wait_days if anchor is not None else None
