"""The quick way of comparing terms gives what the slow one gives: a clock that asks each day what is due on each invoice.

The slow way knows nothing of patterns, shared ladders or weights of interest. It keeps the customer's letters as the house does:
on each day each unpaid invoice is asked in turn, and the letters count together until nothing overdue is left.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from servanda.business.billing.decisions.payment import due_on, term_for
from servanda.business.billing.decisions.reading import billing_terms_of
from servanda.business.billing.facts import PastInvoice
from servanda.business.dunning.decisions.forecast import after
from servanda.business.dunning.decisions.interest import settlement_interest
from servanda.business.dunning.decisions.ladder import next_step
from servanda.business.dunning.decisions.orders import ChargeCompensation, ChargeFee, ChargeInterest, SendReminder, Wait
from servanda.business.dunning.decisions.reading import ladder_terms
from servanda.business.dunning.decisions.whatif.cases import CompanyCase
from servanda.business.dunning.decisions.whatif.company import FOLLOWED_ON, who_is_hit
from servanda.business.dunning.decisions.whatif.customers import Span, difference_for
from servanda.business.dunning.decisions.whatif.gathering import gathered
from servanda.business.dunning.decisions.whatif.ladders import Followed, unpaid
from servanda.business.dunning.decisions.whatif.owing import Fees
from servanda.business.dunning.facts import Arrears, Paid
from servanda.ground.money import Money
from servanda.terms.clauses import (
    Closure,
    Compensation,
    CustomerKind,
    Interest,
    PaymentTerm,
    Reminder,
    ReminderFee,
    Rule,
    Suspension,
)
from servanda.terms.document import Agreement
from tests.business.dunning.whatif_world import TODAY, agreement, changed, company, contract, invoice, same, without

KINDS = {ChargeFee: "fee", ChargeInterest: "interest", ChargeCompensation: "compensation"}
ACTS = {"reminder.sent": "reminded", "hold.placed": "suspended", "contract.ended": "ended"}


@dataclass(slots=True)
class Claim:
    """An invoice that the slow clock follows, and what has come of it."""

    followed: Followed
    arrears: Arrears
    payments: dict[date, Money]
    look_on: date
    acts: dict[tuple[str, int | None], date] = field(default_factory=dict)
    charges: list[tuple[str, date, int]] = field(default_factory=list)

    @property
    def is_paid(self) -> bool:
        return not self.arrears.open_principal

    def is_overdue(self, day: date) -> bool:
        return not self.is_paid and self.followed.due_on is not None and self.followed.due_on < day


@dataclass(slots=True)
class Letters:
    """A customer's reminders since nothing was overdue."""

    sent: tuple[date, ...] = ()
    with_fee: tuple[date, ...] = ()


def run_slowly(claims: Sequence[Claim], *, far: date) -> None:
    """Let the days pass: payments first, then each claim in turn."""
    letters = Letters()
    day = min(claim.followed.issued_on for claim in claims)
    while day <= far:
        paying = [claim for claim in claims if day in claim.payments]
        for claim in paying:
            receive(claim, day)
        if paying and not any(claim.is_overdue(day) for claim in claims):
            letters = Letters()
        for claim in claims:
            if day >= claim.look_on and not claim.is_paid:
                ask(claim, letters, day)
        day += timedelta(days=1)


def receive(claim: Claim, day: date) -> None:
    amount = claim.payments[day]
    claim.arrears = replace(
        claim.arrears,
        open_principal=claim.arrears.open_principal - amount,
        payments=(*claim.arrears.payments, Paid(day, amount)),
    )
    if claim.is_paid:
        rest = settlement_interest(claim.arrears, claim.followed.terms, paid_on=day, today=day)
        if rest is not None:
            claim.charges.append(("interest", day, rest.amount.minor))
    claim.look_on = max(claim.followed.received_on, min(claim.look_on, day))


def ask(claim: Claim, letters: Letters, day: date) -> None:
    while True:
        claim.arrears = replace(claim.arrears, reminders_on=letters.sent, fee_letters_on=letters.with_fee)
        step = next_step(claim.arrears, claim.followed.terms, today=day)
        if isinstance(step, Wait):
            claim.look_on = step.until or date.max
            return
        if step.what in ACTS:
            claim.acts.setdefault((ACTS[step.what], getattr(step, "step", None)), day)
        if isinstance(step, SendReminder):
            letters.sent = (*letters.sent, day)
            letters.with_fee = (*letters.with_fee, day) if step.fee else letters.with_fee
        if isinstance(step, ChargeFee | ChargeInterest | ChargeCompensation):
            claim.charges.append((KINDS[type(step)], day, step.amount.minor))
        claim.arrears = after(step, claim.arrears, on=day)


def slow_difference(case: CompanyCase, draft: Agreement, span: Span) -> tuple[Counter[object], Counter[object]]:
    """What differs by the slow way: the acts with both days, and øre by part and kind."""
    sides = []
    for is_draft in (False, True):
        claims = [claim_of(one, case, draft, span, is_draft=is_draft) for one in case.invoices]
        run_slowly(claims, far=span.far)
        sides.append(claims)
    acts: Counter[object] = Counter()
    money: Counter[object] = Counter()
    for old, new in zip(*sides, strict=True):
        for act in {*old.acts, *new.acts}:
            days = (old.acts.get(act), new.acts.get(act))
            if days[0] != days[1] and span.part_of(min(filter(None, days))) is not None:
                acts[act, days] += 1
        for sign, claim in ((-1, old), (1, new)):
            for kind, on, minor in claim.charges:
                if (part := span.part_of(on)) is not None:
                    money[part, kind] += sign * minor
    return acts, Counter({key: minor for key, minor in money.items() if minor})


def claim_of(one: PastInvoice, case: CompanyCase, draft: Agreement, span: Span, *, is_draft: bool) -> Claim:
    """An invoice under one agreement, put together without any of the quick way's tables."""
    terms = draft if is_draft else case.versions[one.terms_version]
    before, after_draft = (
        term_for(sorted(one.products), billing_terms_of(asked, one.customer_kind, one.products, asked.effective_on))
        for asked in (case.versions[one.terms_version], draft)
    )
    assert one.received_on is not None
    due, is_agreed = one.due_on, one.is_term_agreed
    if is_draft and after_draft is None:
        due, is_agreed = None, False
    elif is_draft and after_draft is not None and before is not None and before.rule.days != after_draft.rule.days:
        due = due_on(after_draft, issued_on=one.issued_on, received_on=one.received_on)
        is_agreed = not after_draft.is_house
    followed = Followed(
        ladder_terms(terms, one.customer_kind, one.products, one.products, one.issued_on),
        one.customer_kind,
        frozenset((code, True, True) for code in one.products),
        one.issued_on,
        one.received_on,
        due,
        is_agreed,
    )
    payments: Counter[date] = Counter()
    for on, minor in one.payments or ([(one.paid_on, one.total_minor)] if one.paid_on else []):
        payments[on] += minor
    total = Money(one.total_minor)
    return Claim(
        followed, unpaid(followed, total), {on: Money(minor) for on, minor in payments.items()}, one.received_on
    )


def quick_difference(case: CompanyCase, draft: Agreement, span: Span) -> tuple[Counter[object], Counter[object]]:
    acts: Counter[object] = Counter()
    money: Counter[object] = Counter()
    fees = Fees()
    for one in gathered(case, draft, span):
        found = difference_for(one.cases, span, fees)
        acts.update(((shift.act, shift.step), (shift.before, shift.after)) for each in found.shifts for shift in each)
        money.update(found.money)
    return acts, money


def first(rule: Reminder) -> bool:
    return rule.step == 1


def following(rule: Reminder) -> bool:
    return rule.step > 1


def for_non_payment(rule: Closure) -> bool:
    return rule.cause == "non-payment"


def two_percent(terms: Agreement) -> Agreement:
    return changed(terms, Interest, method="percent per started month", percent=Decimal(2))


# What a draft changes, and of which kind of rule the terms must have one.
DRAFTS: dict[str, tuple[type[Rule], Callable[[Agreement], Agreement]]] = {
    "the same": (Rule, same),
    "a longer term": (PaymentTerm, lambda terms: changed(terms, PaymentTerm, days=21)),
    "a shorter term": (PaymentTerm, lambda terms: changed(terms, PaymentTerm, days=5)),
    "no term": (PaymentTerm, lambda terms: without(terms, PaymentTerm)),
    "a late first reminder": (Reminder, lambda terms: changed(terms, Reminder, where=first, wait_days=9)),
    "quick reminders": (Reminder, lambda terms: changed(terms, Reminder, where=following, wait_days=0)),
    "cheap reminders": (ReminderFee, lambda terms: changed(terms, ReminderFee, amount=Decimal(40), spacing_days=30)),
    "few fees": (ReminderFee, lambda terms: changed(terms, ReminderFee, fees_max=1)),
    "free reminders": (ReminderFee, lambda terms: without(terms, ReminderFee)),
    "no reminders": (Reminder, lambda terms: without(terms, Reminder)),
    "no suspension": (Suspension, lambda terms: without(terms, Suspension)),
    "a later ending": (Closure, lambda terms: changed(terms, Closure, where=for_non_payment, wait_days=40)),
    "no compensation": (Compensation, lambda terms: without(terms, Compensation)),
    "no interest": (Interest, lambda terms: without(terms, Interest)),
    "two percent": (Interest, two_percent),
    "by the law": (Interest, lambda terms: changed(terms, Interest, method="statutory", percent=None)),
}


def drafts_of(terms: Agreement) -> list[str]:
    """The names of the drafts that can be made of these terms."""
    rules = [placed.rule for clause in terms.clauses for placed in clause.rules]
    return [name for name, (kind, _) in DRAFTS.items() if any(isinstance(rule, kind) for rule in rules)]


@st.composite
def invoices(draw: st.DrawFn, terms: Agreement, number: int, kind: CustomerKind) -> PastInvoice:
    issued_on = draw(st.dates(TODAY - timedelta(days=360), TODAY - timedelta(days=100)))
    one = invoice(
        terms,
        issued_on,
        number=number,
        kind=kind,
        late_days=draw(st.one_of(st.none(), st.integers(-7, 3), st.integers(0, 120))),
        received_on=issued_on + timedelta(days=draw(st.integers(0, 3))),
        amount=Money(draw(st.integers(1, 30_000_00))),
    )
    return paid_in_parts(draw, one) if draw(st.integers(0, 4)) == 0 else one


def paid_in_parts(draw: st.DrawFn, one: PastInvoice) -> PastInvoice:
    """The same invoice with a first part paid some day; the rest as before, or never."""
    assert one.received_on is not None
    if one.total_minor < 2:
        return one
    first = draw(st.integers(1, one.total_minor - 1))
    rest_on = one.paid_on
    earliest, latest = one.received_on, rest_on or one.received_on + timedelta(days=90)
    first_on = draw(st.dates(min(earliest, latest), latest))
    rest = [(rest_on, one.total_minor - first)] if rest_on else []
    return one._replace(payments=((first_on, first), *rest))


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_the_quick_way_finds_what_a_clock_would_have_done(data: st.DataObject) -> None:
    terms = agreement(data.draw(st.sampled_from(["safe-it", "compusoft", "vicevaert"])))
    _, make = DRAFTS[data.draw(st.sampled_from(drafts_of(terms)))]
    kind = data.draw(st.sampled_from([CustomerKind.BUSINESS, CustomerKind.CONSUMER]))
    draft = make(terms)
    found = [data.draw(invoices(terms, number, kind)) for number in range(data.draw(st.integers(1, 4)))]
    case = company(terms, found)
    span = Span(case.today, case.until, case.until + FOLLOWED_ON)
    assert quick_difference(case, draft, span) == slow_difference(case, draft, span)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_terms_that_say_the_same_hit_nobody(data: st.DataObject) -> None:
    terms = agreement(data.draw(st.sampled_from(["safe-it", "compusoft", "vicevaert"])))
    found = [data.draw(invoices(terms, number, CustomerKind.BUSINESS)) for number in range(4)]
    said = who_is_hit(company(terms, found, contracts=[contract(terms)]), same(terms))
    assert said.is_empty
    assert said.most_hit == ()
