"""What does the law say to a rule of the terms, for this kind of customer on this day?

A layer of its own above the terms: the text stays as it is written, and the answer says where the law overrides it.
One function per kind; figures come from `ground.law`. Where the law cannot be expressed in the rule's own fields it
stands beside it (`law_beside`), and the decision takes what is better for the customer. Payment, change and ending stand
here; liability and data have modules of their own.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from servanda.ground.law.consumers import (
    CONSUMER_PREPAID_REFUND,
    CONSUMER_TERMINATION,
    CONSUMER_TERMINATION_CHANNEL,
    CONSUMER_WITHDRAWAL,
    NOTICE_MONTHS,
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
    REMINDER_FEE,
    REMINDER_SPACING,
)
from servanda.terms.clauses import (
    CancellationFee,
    Closure,
    CollectionFee,
    Compensation,
    ContentRemoval,
    CustomerKind,
    DataLocation,
    DefectRemedy,
    DelayRemedy,
    Deletion,
    Exclusion,
    ExitCopy,
    FixedPrice,
    GoverningLaw,
    Inspection,
    Interest,
    InvoiceQuestion,
    LiabilityCap,
    Newsletter,
    Notice,
    NoticeChannel,
    OutboundBlock,
    PriceChange,
    Refund,
    RefundCeiling,
    Reminder,
    ReminderFee,
    Reopening,
    Rescission,
    Rule,
    Suspension,
    TermsChange,
    Warranty,
    amount_minor,
)
from servanda.terms.law_of_data import (
    of_deletion,
    of_exit_copy,
    of_exit_copy_price,
    of_location,
    of_newsletter,
    of_restriction,
    reasons_beside,
    switching_beside,
)
from servanda.terms.law_of_liability import (
    of_cap,
    of_court,
    of_exclusion,
    of_inspection,
    of_refund_ceiling,
    of_remedy,
    of_warranty,
)
from servanda.terms.rulings import STANDS, UNFAIR_CONSUMER_TERM, UNFAIR_TERM, Change, Ruling, beside, replaced

__all__ = [
    "MONTHLY_PERCENT_UNCHALLENGED",
    "STANDS",
    "UNFAIR_CONSUMER_TERM",
    "UNFAIR_TERM",
    "Ruling",
    "ruling_on",
]

# What a consumer is told beforehand, and how long leaving takes at most: a month, to the end of a month.
CHANGE_NOTICE_DAYS = 30
LEAVING_DAYS_MAX = 62
LEAVING_MONTHS_MAX = 2
# More than two percent a month is open to challenge also between businesses; a person is shown the provision.
MONTHLY_PERCENT_UNCHALLENGED = Decimal(2)


def ruling_on(rule: Rule, *, customer: CustomerKind | None, on: date) -> Ruling:
    """Return what the law makes of the rule; of an unknown customer only what holds for everybody is said."""
    judge = _JUDGES.get(type(rule))
    return judge(rule, customer, on) if judge is not None else STANDS


def _reminder_fee(rule: ReminderFee, _: CustomerKind | None, on: date) -> Ruling:
    fee_max, fees_max = FEE_MAX.on(on), FEES_MAX.on(on)
    changes: dict[str, Change] = {}
    if amount_minor(rule.amount) > fee_max.value.minor:
        changes["amount"] = (fee_max.value.decimal, fee_max.source, f"the fee is at most {fee_max.value}")
    if rule.fees_max > fees_max.value:
        changes["fees_max"] = (fees_max.value, fees_max.source, f"at most {fees_max.value} fees")
    if rule.spacing_days < FEE_SPACING_DAYS:
        said = f"letters with a fee lie at least {FEE_SPACING_DAYS} days apart"
        changes["spacing_days"] = (FEE_SPACING_DAYS, REMINDER_SPACING, said)
    return replaced(rule, changes)


def _interest(rule: Interest, customer: CustomerKind | None, _: date) -> Ruling:
    if rule.method == "statutory":
        return STANDS
    if customer in (CustomerKind.CONSUMER, CustomerKind.PUBLIC):
        provision = CONSUMER_RATE_MAX if customer is CustomerKind.CONSUMER else STATUTORY_RATE
        statutory = msgspec.structs.replace(rule, method="statutory", percent=None, is_approved=False)
        return Ruling(statutory, (provision,), "interest is the statutory one, day by day")
    assert rule.percent is not None, "a percentage per month has its percent"
    if rule.percent <= MONTHLY_PERCENT_UNCHALLENGED:
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
    return replaced(rule, {"amount": (cap.value.decimal, cap.source, f"the compensation is at most {cap.value}")})


def _collection_fee(rule: CollectionFee, _: CustomerKind | None, on: date) -> Ruling:
    cap = COLLECTION_FEE_MAX.on(on)
    if amount_minor(rule.amount) <= cap.value.minor:
        return STANDS
    return replaced(rule, {"amount": (cap.value.decimal, cap.source, f"the fee is at most {cap.value}")})


def _invoice_question(rule: InvoiceQuestion, customer: CustomerKind | None, _: date) -> Ruling:
    if not rule.silence_accepts:
        return STANDS
    if customer is not CustomerKind.CONSUMER:
        return Ruling(law_beside=(UNFAIR_TERM,))
    said = "a consumer's silence accepts no invoice"
    return replaced(rule, {"silence_accepts": (False, UNFAIR_CONSUMER_TERM, said)})


def _suspension(rule: Suspension, customer: CustomerKind | None, on: date) -> Ruling:
    if rule.cause in ("abuse", "breach"):
        return beside(*reasons_beside(on))
    is_warned = rule.cause != "non-payment" or rule.counted_from == "reminder deadline"
    return STANDS if is_warned or customer is not CustomerKind.CONSUMER else Ruling(needs_warning=UNFAIR_TERM)


def _closure(rule: Closure, customer: CustomerKind | None, on: date) -> Ruling:
    reasons = reasons_beside(on) if rule.cause == "misuse" else ()
    if customer is not CustomerKind.CONSUMER:
        return beside(*reasons, *((UNFAIR_TERM,) if rule.may_bill_after else ()))
    # What was suspended first was warned of then.
    needs_warning = UNFAIR_TERM if rule.cause == "non-payment" and rule.counted_from != "suspension" else None
    if not rule.may_bill_after:
        return Ruling(needs_warning=needs_warning, law_beside=reasons)
    free = msgspec.structs.replace(rule, may_bill_after=False)
    said = "a consumer does not pay for the time after the end"
    return Ruling(free, (CONSUMER_PREPAID_REFUND,), said, needs_warning=needs_warning, law_beside=reasons)


def _refund(rule: Refund, customer: CustomerKind | None, _: date) -> Ruling:
    if rule.share == "unused time":
        return STANDS
    if rule.cause == "return":
        return beside(CONSUMER_WITHDRAWAL) if customer is CustomerKind.CONSUMER else STANDS
    if customer is not CustomerKind.CONSUMER:
        return beside(UNFAIR_TERM)
    said = "a consumer gets back what was prepaid for the time after the end"
    return replaced(rule, {"share": ("unused time", CONSUMER_PREPAID_REFUND, said)})


def _reopening(rule: Reopening, customer: CustomerKind | None, _: date) -> Ruling:
    if not rule.may_charge_fee or customer is not CustomerKind.CONSUMER:
        return STANDS
    return beside(REMINDER_FEE if rule.cause == "payment" else UNFAIR_CONSUMER_TERM)


def _cancellation_fee(rule: CancellationFee, customer: CustomerKind | None, _: date) -> Ruling:
    return beside(UNFAIR_CONSUMER_TERM) if rule.amount and customer is CustomerKind.CONSUMER else STANDS


def _terms_change(rule: TermsChange, customer: CustomerKind | None, _: date) -> Ruling:
    if customer is not CustomerKind.CONSUMER or rule.change == "favourable":
        return STANDS
    if _is_long_notice(rule.days, rule.months):
        return _leaving_beside(rule.days, rule.months)
    changes: dict[str, Change] = {
        "days": (CHANGE_NOTICE_DAYS, UNFAIR_CONSUMER_TERM, f"{CHANGE_NOTICE_DAYS} days' notice to a consumer"),
        "exit_days_before": (1, UNFAIR_CONSUMER_TERM, "who may leave until the day before"),
    }
    if not rule.is_announced:
        changes["is_announced"] = (True, UNFAIR_CONSUMER_TERM, "announced to each consumer")
    return replaced(rule, changes)


def _price_change(rule: PriceChange, customer: CustomerKind | None, _: date) -> Ruling:
    if customer is not CustomerKind.CONSUMER or rule.needs_approval:
        return STANDS
    if _is_long_notice(rule.days, None):
        return _leaving_beside(rule.days, None)
    said = f"{CHANGE_NOTICE_DAYS} days' notice to a consumer, who may leave before"
    return replaced(rule, {"days": (CHANGE_NOTICE_DAYS, UNFAIR_CONSUMER_TERM, said)})


def _is_long_notice(days: int | None, months: int | None) -> bool:
    return months is not None or (days is not None and days >= CHANGE_NOTICE_DAYS)


def _leaving_beside(days: int | None, months: int | None) -> Ruling:
    """A consumer can leave before the change holds, which may take longer than a notice of a month or forty days."""
    is_time_to_leave = (months or 0) >= LEAVING_MONTHS_MAX or (days or 0) >= LEAVING_DAYS_MAX
    return STANDS if is_time_to_leave else beside(CONSUMER_TERMINATION)


def _reminder(rule: Reminder, _: CustomerKind | None, __: date) -> Ruling:
    if not rule.is_collection_warning:
        return STANDS
    if rule.deadline_from != "sending":
        # How far the deadline lies from the sending is known on the day only; the decision takes the later one.
        return Ruling(law_beside=(COLLECTION_NOTICE,))
    if rule.deadline_days >= COLLECTION_NOTICE_DAYS:
        return STANDS
    said = f"a collection warning gives at least {COLLECTION_NOTICE_DAYS} days"
    return replaced(rule, {"deadline_days": (COLLECTION_NOTICE_DAYS, COLLECTION_NOTICE, said)})


def _notice(rule: Notice, customer: CustomerKind | None, on: date) -> Ruling:
    switching = switching_beside(rule, on)
    if customer is not CustomerKind.CONSUMER:
        return beside(*switching)
    term = (CONSUMER_TERMINATION,) if _may_hold_longer(rule) else ()
    channel = (CONSUMER_TERMINATION_CHANNEL,) if rule.in_writing else ()
    return beside(*term, *channel, *switching)


def _notice_channel(rule: NoticeChannel, customer: CustomerKind | None, _: date) -> Ruling:
    # Contracts are concluded in the portal or on the website; where neither is a channel, leaving is harder than joining.
    is_closed = rule.party != "provider" and not {"portal", "website"} & set(rule.channels)
    return beside(CONSUMER_TERMINATION_CHANNEL) if is_closed and customer is CustomerKind.CONSUMER else STANDS


def _may_hold_longer(rule: Notice) -> bool:
    """Tell whether the notice can keep a consumer longer than the law's month: to the end of a period, or by its length.

    A month that ends a day or two later than the law's is told by the decision, which takes the earlier day.
    """
    is_to_an_end = rule.counted_to in ("period end", "agreed end")
    return is_to_an_end or (rule.months or 0) > NOTICE_MONTHS or (rule.days or 0) > 31 * NOTICE_MONTHS


def _rescission(rule: Rescission, customer: CustomerKind | None, on: date) -> Ruling:
    term = (CONSUMER_TERMINATION,) if customer is CustomerKind.CONSUMER else ()
    return beside(*term, *switching_beside(rule, on))


_JUDGES: dict[type[Rule], Callable[[Any, CustomerKind | None, date], Ruling]] = {
    ReminderFee: _reminder_fee,
    Interest: _interest,
    Compensation: _compensation,
    CollectionFee: _collection_fee,
    InvoiceQuestion: _invoice_question,
    Suspension: _suspension,
    Closure: _closure,
    Reopening: _reopening,
    Refund: _refund,
    RefundCeiling: of_refund_ceiling,
    CancellationFee: _cancellation_fee,
    TermsChange: _terms_change,
    PriceChange: _price_change,
    Reminder: _reminder,
    Deletion: of_deletion,
    Notice: _notice,
    NoticeChannel: _notice_channel,
    Rescission: _rescission,
    ContentRemoval: of_restriction,
    OutboundBlock: of_restriction,
    ExitCopy: of_exit_copy,
    FixedPrice: of_exit_copy_price,
    DataLocation: of_location,
    Newsletter: of_newsletter,
    Exclusion: of_exclusion,
    LiabilityCap: of_cap,
    DelayRemedy: of_remedy,
    DefectRemedy: of_remedy,
    Inspection: of_inspection,
    Warranty: of_warranty,
    GoverningLaw: of_court,
}
