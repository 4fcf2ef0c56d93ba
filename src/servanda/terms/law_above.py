"""What does the law say to a rule of the terms, for this kind of customer on this day?

A layer of its own above the terms: the text stays as it is written, and the answer says where the law overrides it.
One function per kind; figures come from `ground.law`. Where the law cannot be expressed in the rule's own fields it
stands beside it (`law_beside`), and the decision takes what is better for the customer.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from servanda.ground.citation import Citation
from servanda.ground.law.consumers import (
    CONSUMER_PREPAID_REFUND,
    CONSUMER_TERMINATION,
    CONSUMER_TERMINATION_CHANNEL,
    CONSUMER_WITHDRAWAL,
)
from servanda.ground.law.interest import CONSUMER_RATE_MAX, STATUTORY_RATE
from servanda.ground.law.reminders import (
    COLLECTION_FEE_MAX,
    COLLECTION_NOTICE,
    COLLECTION_NOTICE_DAYS,
    COMPENSATION,
    FEE_MAX,
    FEE_SPACING_DAYS,
    FEES_MAX,
    LATE_PAYMENT_COMPENSATION,
    REMINDER_SPACING,
)
from servanda.terms.clauses import (
    Closure,
    CollectionFee,
    Compensation,
    CustomerKind,
    Deletion,
    Interest,
    InvoiceQuestion,
    Notice,
    PriceChange,
    Refund,
    Reminder,
    ReminderFee,
    Rescission,
    Rule,
    Suspension,
    TermsChange,
    amount_minor,
)

UNFAIR_TERM = Citation("Aftaleloven", "§ 36")
UNFAIR_CONSUMER_TERM = Citation("Aftaleloven", "§§ 36 og 38 c")
DATA_RETRIEVAL = Citation("Dataforordningen (EU) 2023/2854", "art. 25, stk. 2, litra g")
DATA_RETRIEVAL_SINCE = date(2025, 9, 12)
DATA_RETRIEVAL_DAYS = 30
SWITCHING_NOTICE = Citation("Dataforordningen (EU) 2023/2854", "art. 25, stk. 2, litra d")
SWITCHING_NOTICE_MONTHS = 2
CHANGE_NOTICE_DAYS = 30
# More than two percent a month is open to challenge also between businesses; a person is shown the provision.
_MONTHLY_PERCENT_UNCHALLENGED = Decimal(2)


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the law makes of a rule.

    `rule` replaces the written one, None if it stands. `said` names the change for people. `needs_warning` cites why a
    written warning with a deadline must have been delivered first. `law_beside` does not change the rule.
    """

    rule: Rule | None = None
    because: tuple[Citation, ...] = ()
    said: str = ""
    forbidden_by: Citation | None = None
    needs_warning: Citation | None = None
    law_beside: tuple[Citation, ...] = ()


STANDS = Ruling()


def ruling_on(rule: Rule, *, customer: CustomerKind | None, on: date) -> Ruling:
    """Return what the law makes of the rule; of an unknown customer only what holds for everybody is said."""
    judge = _JUDGES.get(type(rule))
    return judge(rule, customer, on) if judge is not None else STANDS


def _replaced(rule: Rule, changes: dict[str, tuple[object, Citation, str]]) -> Ruling:
    """Return the ruling that puts other values into the rule's fields, each by its own provision."""
    if not changes:
        return STANDS
    replaced = msgspec.structs.replace(rule, **{name: value for name, (value, _, _) in changes.items()})
    because = tuple(dict.fromkeys(citation for _, citation, _ in changes.values()))
    return Ruling(replaced, because, "; ".join(said for _, _, said in changes.values()))


def _reminder_fee(rule: ReminderFee, _: CustomerKind | None, on: date) -> Ruling:
    fee_max, fees_max = FEE_MAX.on(on), FEES_MAX.on(on)
    changes: dict[str, tuple[object, Citation, str]] = {}
    if amount_minor(rule.amount) > fee_max.value.minor:
        changes["amount"] = (fee_max.value.decimal, fee_max.source, f"the fee is at most {fee_max.value}")
    if rule.fees_max > fees_max.value:
        changes["fees_max"] = (fees_max.value, fees_max.source, f"at most {fees_max.value} fees")
    if rule.spacing_days < FEE_SPACING_DAYS:
        said = f"letters with a fee lie at least {FEE_SPACING_DAYS} days apart"
        changes["spacing_days"] = (FEE_SPACING_DAYS, REMINDER_SPACING, said)
    return _replaced(rule, changes)


def _interest(rule: Interest, customer: CustomerKind | None, _: date) -> Ruling:
    if rule.method == "statutory":
        return STANDS
    if customer in (CustomerKind.CONSUMER, CustomerKind.PUBLIC):
        provision = CONSUMER_RATE_MAX if customer is CustomerKind.CONSUMER else STATUTORY_RATE
        statutory = msgspec.structs.replace(rule, method="statutory", percent=None, is_approved=False)
        return Ruling(statutory, (provision,), "interest is the statutory one, day by day")
    assert rule.percent is not None, "a percentage per month has its percent"
    if rule.percent <= _MONTHLY_PERCENT_UNCHALLENGED:
        return STANDS
    if rule.is_approved:
        return Ruling(law_beside=(UNFAIR_TERM,))
    statutory = msgspec.structs.replace(rule, method="statutory", percent=None, is_approved=False)
    return Ruling(statutory, (UNFAIR_TERM,), "a rate this high is not used before a lawyer has approved it")


def _compensation(rule: Compensation, customer: CustomerKind | None, on: date) -> Ruling:
    if customer is CustomerKind.CONSUMER:
        said = "compensation is for claims on businesses and public bodies only"
        return Ruling(because=(LATE_PAYMENT_COMPENSATION,), said=said, forbidden_by=LATE_PAYMENT_COMPENSATION)
    cap = COMPENSATION.on(on)
    if amount_minor(rule.amount) <= cap.value.minor:
        return STANDS
    return _replaced(rule, {"amount": (cap.value.decimal, cap.source, f"the compensation is at most {cap.value}")})


def _collection_fee(rule: CollectionFee, _: CustomerKind | None, on: date) -> Ruling:
    cap = COLLECTION_FEE_MAX.on(on)
    if amount_minor(rule.amount) <= cap.value.minor:
        return STANDS
    return _replaced(rule, {"amount": (cap.value.decimal, cap.source, f"the fee is at most {cap.value}")})


def _invoice_question(rule: InvoiceQuestion, customer: CustomerKind | None, _: date) -> Ruling:
    if not rule.silence_accepts:
        return STANDS
    if customer is not CustomerKind.CONSUMER:
        return Ruling(law_beside=(UNFAIR_TERM,))
    said = "a consumer's silence accepts no invoice"
    return _replaced(rule, {"silence_accepts": (False, UNFAIR_CONSUMER_TERM, said)})


def _suspension(rule: Suspension, customer: CustomerKind | None, _: date) -> Ruling:
    is_warned_first = rule.cause == "non-payment" and customer is CustomerKind.CONSUMER
    return Ruling(needs_warning=UNFAIR_TERM) if is_warned_first else STANDS


def _closure(rule: Closure, customer: CustomerKind | None, _: date) -> Ruling:
    if customer is not CustomerKind.CONSUMER:
        return STANDS
    needs_warning = UNFAIR_TERM if rule.cause == "non-payment" else None
    if not rule.may_bill_after:
        return Ruling(needs_warning=needs_warning)
    free = msgspec.structs.replace(rule, may_bill_after=False)
    said = "a consumer does not pay for the time after the end"
    return Ruling(free, (CONSUMER_PREPAID_REFUND,), said, needs_warning=needs_warning)


def _refund(rule: Refund, customer: CustomerKind | None, _: date) -> Ruling:
    if customer is not CustomerKind.CONSUMER:
        return STANDS
    if rule.cause == "return":
        return Ruling(law_beside=(CONSUMER_WITHDRAWAL,))
    if rule.share == "unused time":
        return STANDS
    said = "a consumer gets back what was prepaid for the time after the end"
    return _replaced(rule, {"share": ("unused time", CONSUMER_PREPAID_REFUND, said)})


def _terms_change(rule: TermsChange, customer: CustomerKind | None, _: date) -> Ruling:
    if customer is not CustomerKind.CONSUMER or rule.change == "favourable" or _is_long_notice(rule.days, rule.months):
        return STANDS
    changes: dict[str, tuple[object, Citation, str]] = {
        "days": (CHANGE_NOTICE_DAYS, UNFAIR_CONSUMER_TERM, f"{CHANGE_NOTICE_DAYS} days' notice to a consumer"),
        "exit_days_before": (1, UNFAIR_CONSUMER_TERM, "who may leave until the day before"),
    }
    if not rule.is_announced:
        changes["is_announced"] = (True, UNFAIR_CONSUMER_TERM, "announced to each consumer")
    return _replaced(rule, changes)


def _price_change(rule: PriceChange, customer: CustomerKind | None, _: date) -> Ruling:
    if customer is not CustomerKind.CONSUMER or rule.needs_approval or _is_long_notice(rule.days, None):
        return STANDS
    said = f"{CHANGE_NOTICE_DAYS} days' notice to a consumer, who may leave before"
    return _replaced(rule, {"days": (CHANGE_NOTICE_DAYS, UNFAIR_CONSUMER_TERM, said)})


def _is_long_notice(days: int | None, months: int | None) -> bool:
    return months is not None or (days is not None and days >= CHANGE_NOTICE_DAYS)


def _reminder(rule: Reminder, _: CustomerKind | None, __: date) -> Ruling:
    if not rule.is_collection_warning:
        return STANDS
    if rule.deadline_from != "sending":
        # How far the deadline lies from the sending is known on the day only; the decision takes the later one.
        return Ruling(law_beside=(COLLECTION_NOTICE,))
    if rule.deadline_days >= COLLECTION_NOTICE_DAYS:
        return STANDS
    said = f"a collection warning gives at least {COLLECTION_NOTICE_DAYS} days"
    return _replaced(rule, {"deadline_days": (COLLECTION_NOTICE_DAYS, COLLECTION_NOTICE, said)})


def _deletion(rule: Deletion, _: CustomerKind | None, on: date) -> Ruling:
    if on < DATA_RETRIEVAL_SINCE:
        return STANDS
    if rule.days is None:
        # One month is 28 to 31 days; the decision takes the later of the two.
        return Ruling(law_beside=(DATA_RETRIEVAL,)) if rule.months == 1 else STANDS
    if rule.days >= DATA_RETRIEVAL_DAYS:
        return STANDS
    said = f"data can be fetched for at least {DATA_RETRIEVAL_DAYS} days"
    return _replaced(rule, {"days": (DATA_RETRIEVAL_DAYS, DATA_RETRIEVAL, said)})


def _notice(rule: Notice, customer: CustomerKind | None, on: date) -> Ruling:
    switching = _switching_beside(rule, on)
    if customer is not CustomerKind.CONSUMER:
        return Ruling(law_beside=switching)
    channel = (CONSUMER_TERMINATION_CHANNEL,) if rule.in_writing else ()
    return Ruling(law_beside=(CONSUMER_TERMINATION, *channel, *switching))


def _switching_beside(rule: Notice, on: date) -> tuple[Citation, ...]:
    """Cite the right to switch a cloud service with at most two months' notice, where the terms want more."""
    is_longer = (rule.months or 0) > SWITCHING_NOTICE_MONTHS or (rule.days or 0) > 31 * SWITCHING_NOTICE_MONTHS
    return (SWITCHING_NOTICE,) if is_longer and on >= DATA_RETRIEVAL_SINCE else ()


def _rescission(_: Rescission, customer: CustomerKind | None, __: date) -> Ruling:
    return Ruling(law_beside=(CONSUMER_TERMINATION,)) if customer is CustomerKind.CONSUMER else STANDS


_JUDGES: dict[type[Rule], Callable[[Any, CustomerKind | None, date], Ruling]] = {
    ReminderFee: _reminder_fee,
    Interest: _interest,
    Compensation: _compensation,
    CollectionFee: _collection_fee,
    InvoiceQuestion: _invoice_question,
    Suspension: _suspension,
    Closure: _closure,
    Refund: _refund,
    TermsChange: _terms_change,
    PriceChange: _price_change,
    Reminder: _reminder,
    Deletion: _deletion,
    Notice: _notice,
    Rescission: _rescission,
}
