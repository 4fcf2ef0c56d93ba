"""Which late interest is due: by the Interest Act, or so much for each started month where that was lawfully agreed."""

from dataclasses import replace
from datetime import date

from servanda.business.dunning.decisions.days import late_from, noticed_due_on
from servanda.business.dunning.decisions.orders import ChargeInterest, Wait
from servanda.business.dunning.decisions.terms import LadderTerms
from servanda.business.dunning.facts import Arrears, Done
from servanda.ground.calendar import add_months
from servanda.ground.citation import Citation
from servanda.ground.law.interest import DayCount, Interest, interest_starts_on, statutory_interest
from servanda.ground.money import Money, money_text


def interest_due(arrears: Arrears, terms: LadderTerms, *, today: date) -> ChargeInterest | Wait | None:
    """Return the interest to charge today, or the day of the next charge; None when the terms claim none."""
    if terms.interest is None or arrears.due_on is None:
        return None
    if terms.interest.rule.method == "statutory":
        return _with_collection_warning(arrears, terms, today=today)
    return _for_started_month(arrears, terms, today=today)


def settlement_interest(arrears: Arrears, terms: LadderTerms, *, paid_on: date, today: date) -> ChargeInterest | None:
    """Return the rest of the statutory interest when the principal is paid: up to the value day, rounded once."""
    if terms.interest is None or terms.interest.rule.method != "statutory" or arrears.due_on is None:
        return None
    return _statutory(arrears, terms, until=paid_on, today=today)


def interest_from(arrears: Arrears, terms: LadderTerms) -> date | None:
    """Return the first day on which the customer owes interest for being late, if the terms claim any."""
    if terms.interest is None or arrears.due_on is None:
        return None
    starts_on, _ = _start(arrears)
    return late_from(starts_on)


def _for_started_month(arrears: Arrears, terms: LadderTerms, *, today: date) -> ChargeInterest | Wait | None:
    """Charge the percentage for each month that has started, one month at a time.

    A month counts from the charge before when that came late, so a catch-up never charges two months at once.
    """
    assert terms.interest is not None and terms.interest.rule.percent is not None
    charged = [done for done in arrears.done if done.what == "interest.charged"]
    due_on = noticed_due_on(arrears)  # interest grows while dunning stands still
    assert due_on is not None
    number = len(charged) + 1
    first_on = late_from(due_on)
    on = add_months(first_on, number - 1)
    if charged:
        before = max(charged, key=lambda done: done.on)
        lost = before.on - add_months(first_on, number - 2)
        on = on + lost
    if today < on:
        return Wait(because=terms.interest.because, reason="interest", until=on)
    percent = terms.interest.rule.percent
    amount = arrears.open_principal.times(percent / 100)
    if not amount:
        return None
    return ChargeInterest(
        invoice_id=arrears.invoice_id,
        because=terms.interest.because,
        allowed_on=on,
        rule_on=on,
        amount=amount,
        reckoning=(f"{percent} % × {money_text(arrears.open_principal, 'en')} = {money_text(amount, 'en')}",),
        number=number,
    )


def _with_collection_warning(arrears: Arrears, terms: LadderTerms, *, today: date) -> ChargeInterest | None:
    """A collection warning states the whole claim, so the interest up to its day is charged with it."""
    warned = next((done for done in arrears.done if done.what == "collection.warned"), None)
    if warned is None:
        return None
    return _statutory(arrears, terms, until=warned.on, today=today)


def _statutory(arrears: Arrears, terms: LadderTerms, *, until: date, today: date) -> ChargeInterest | None:
    assert terms.interest is not None and arrears.due_on is not None
    charged = [done for done in arrears.done if done.what == "interest.charged"]
    whole = accrued(arrears, until=until, day_count=terms.interest.rule.day_count)
    amount = whole.amount - _charged(arrears)
    if amount.minor <= 0:
        return None
    _, starts_because = _start(arrears)
    return ChargeInterest(
        invoice_id=arrears.invoice_id,
        because=(*terms.interest.because, starts_because),
        allowed_on=until,
        rule_on=until,
        amount=amount,
        reckoning=_reckoning(whole),
        number=len(charged) + 1,
        until=whole.covered_until or until,
        uncovered_from=whole.covered_until,
    )


def interest_so_far(arrears: Arrears, terms: LadderTerms, *, today: date) -> Interest | None:
    """Return the statutory interest that has grown until today and was not charged; None where the terms claim another.

    Its segments are those of the whole claim; the amount is what is left after what was charged.
    """
    if terms.interest is None or terms.interest.rule.method != "statutory" or arrears.due_on is None:
        return None
    whole = accrued(arrears, until=today, day_count=terms.interest.rule.day_count)
    return replace(whole, amount=max(whole.amount - _charged(arrears), Money(0, arrears.total.currency)))


def interest_too_much(arrears: Arrears, terms: LadderTerms) -> Money:
    """Return how much more statutory interest was charged than the payments that are known now give.

    A bank file that comes late tells of a payment by an earlier day, and interest stopped on that.
    """
    nothing = Money(0, arrears.total.currency)
    charged = [done for done in arrears.done if done.what == "interest.charged"]
    if not charged or terms.interest is None or terms.interest.rule.method != "statutory" or arrears.due_on is None:
        return nothing
    paid_on = max((paid.value_on for paid in arrears.payments), default=None)
    until = max(done.on for done in charged)
    if not arrears.open_principal and paid_on is not None:
        until = min(until, paid_on)
    whole = accrued(arrears, until=until, day_count=terms.interest.rule.day_count)
    return max(_charged(arrears) - whole.amount, nothing)


def accrued(arrears: Arrears, *, until: date, day_count: DayCount = "act/365") -> Interest:
    """Return all the statutory interest of the claim up to a day, charged or not; the last confirmed rate ends it."""
    assert arrears.due_on is not None
    since, _ = _start(arrears)
    payments = tuple((paid.value_on, paid.amount) for paid in arrears.payments)
    return statutory_interest(
        arrears.total, since=since, until=until, due_on=arrears.due_on, payments=payments, day_count=day_count
    )


def _start(arrears: Arrears) -> tuple[date, Citation]:
    assert arrears.due_on is not None
    sent_on = arrears.received_on or arrears.issued_on
    return interest_starts_on(due_on=arrears.due_on, sent_on=sent_on, is_term_agreed=arrears.is_term_agreed)


def _charged(arrears: Arrears) -> Money:
    """Return the interest that was charged and stands: less what was taken back because it ran too far."""
    currency = arrears.total.currency
    charged = _sum([done for done in arrears.done if done.what == "interest.charged"], currency)
    return charged - _sum([done for done in arrears.done if done.what == "interest.lowered"], currency)


def _sum(charged: list[Done], currency: str) -> Money:
    total = Money(0, currency)
    for done in charged:
        total = total + (done.amount or Money(0, currency))
    return total


def _reckoning(interest: Interest) -> tuple[str, ...]:
    return tuple(
        f"{segment.since} – {segment.until}: {segment.days} d × {segment.rate} % / {segment.days_of_year} × "
        f"{money_text(segment.principal, 'en')}"
        for segment in interest.segments
    )
