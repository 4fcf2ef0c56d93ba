"""What would happen if nobody paid? The whole ladder, walked by the same decisions, with delays of every kind."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servanda.business.dunning.decisions.forecast import Foreseen, foresee
from servanda.business.dunning.decisions.interest import settlement_interest
from servanda.business.dunning.decisions.orders import (
    ChargeCompensation,
    ChargeFee,
    ChargeInterest,
    EndContract,
    Order,
    PlaceHold,
    SendReminder,
)
from servanda.business.dunning.decisions.terms import LadderTerms
from servanda.business.dunning.facts import Arrears, Done, HeldService
from servanda.ground.calendar import is_bank_day
from servanda.ground.money import Money
from servanda.terms.clauses import CustomerKind
from tests.business.dunning.unpaid import (
    BUSINESS,
    CONSUMER,
    DUE,
    FIRST,
    ISSUED,
    LADDER,
    LATE,
    ONCE,
    december,
    january,
    reminder,
    said,
    terms_of,
    unpaid,
)

PRODUCTS = {"safe-it": "webhosting", "compusoft": "hosting", "vicevaert": "subscription"}
LADDERS = [*PRODUCTS.items(), ("made up", "hosting")]
A_YEAR_ON = date(2027, 12, 31)


def terms_for(case: tuple[str, str], customer: CustomerKind = BUSINESS) -> LadderTerms:
    return LADDER if case[0] == "made up" else terms_of(*case, customer)


def facts_for(case: tuple[str, str], customer: CustomerKind = BUSINESS, **changes: object) -> Arrears:
    site = HeldService(1, case[1], "birk.example", is_on_invoice=True, is_held=False)
    return unpaid(services=(site,), customer_kind=customer, **changes)


def walked(facts: Arrears, terms: LadderTerms, *, today: date = ISSUED, until: date = A_YEAR_ON) -> list[Foreseen]:
    return list(foresee(facts, terms, today=today, until=until))


def acts(steps: list[Foreseen]) -> list[tuple[str, str]]:
    return [(step.on.isoformat(), said(step.order)) for step in steps]


def test_the_whole_made_up_ladder() -> None:
    assert acts(walked(unpaid(), LADDER)) == [
        ("2026-12-15", "payment.late"),
        ("2026-12-15", "reminder.sent 1"),
        ("2026-12-15", "fee.charged 1"),
        ("2026-12-22", "reminder.sent 2"),
        ("2026-12-22", "hold.placed"),
        ("2027-01-06", "contract.ended by person"),
        ("2027-01-06", "reminder.sent 3"),
        ("2027-01-06", "fee.charged 3"),
    ]


def test_a_forecast_begins_where_the_claim_stands() -> None:
    facts = unpaid(*ONCE)  # its first letter is not among the customer's reminders, so the second may cost a fee
    assert acts(walked(facts, LADDER, today=december(16), until=december(31))) == [
        ("2026-12-22", "reminder.sent 2"),
        ("2026-12-22", "hold.placed"),
        ("2026-12-22", "fee.charged 2"),
    ]


@pytest.mark.clause("safeit-007")
def test_letters_a_week_apart_cost_a_fee_each_time_that_ten_days_have_passed_without_one() -> None:
    """A letter without a fee counts for the spacing as well, so the second letter keeps the third one free of charge."""
    weekly = (
        FIRST,
        *(
            reminder(step, sent_after="reminder", wait_days=days, deadline_days=5, deadline_from="sending")
            for step, days in ((2, 7), (3, 7), (4, 10))
        ),
    )
    terms = replace(LADDER, reminders=weekly, suspension=None, closure=None)
    steps = walked(unpaid(services=()), terms)
    fees = [(step.on.isoformat(), said(step.order)) for step in steps if isinstance(step.order, ChargeFee)]
    assert fees == [("2026-12-15", "fee.charged 1"), ("2027-01-08", "fee.charged 4")]


@pytest.mark.parametrize("until", [december(14), ISSUED])
def test_a_forecast_ends_on_its_last_day(until: date) -> None:
    assert walked(unpaid(), LADDER, until=until) == []


@pytest.mark.parametrize(
    ("changes"),
    [{"received_on": None}, {"paused_because": "dispute"}, {"open_principal": Money(0)}],
)
def test_nothing_is_foreseen_under_doubt_or_once_paid(changes: dict[str, object]) -> None:
    assert walked(unpaid(**changes), LADDER) == []


@pytest.mark.parametrize("case", LADDERS, ids=[name for name, _ in LADDERS])
@pytest.mark.parametrize("customer", [BUSINESS, CONSUMER])
def test_each_act_has_its_own_name_for_ever(case: tuple[str, str], customer: CustomerKind) -> None:
    keys = [step.order.key for step in walked(facts_for(case, customer), terms_for(case, customer))]
    assert keys
    assert len(keys) == len(set(keys))


def _gaps(steps: list[Foreseen]) -> dict[str, timedelta]:
    """The time from each letter, hold and ending to the one before, by the name of the act."""
    rungs = [step for step in steps if isinstance(step.order, SendReminder | PlaceHold | EndContract)]
    return {said(later.order): later.on - earlier.on for earlier, later in pairwise(rungs)}


@settings(max_examples=60, deadline=None)
@given(case=st.sampled_from(LADDERS), customer=st.sampled_from([BUSINESS, CONSUMER]), lost=st.integers(0, 200))
def test_a_clock_that_stood_still_skips_no_step_and_brings_none_nearer(
    case: tuple[str, str], customer: CustomerKind, lost: int
) -> None:
    """The whole ladder moves to where the delay was noticed. Bank days can part two steps by a few days more or less."""
    terms, facts = terms_for(case, customer), facts_for(case, customer)
    until = A_YEAR_ON + timedelta(days=300)
    undisturbed = walked(facts, terms, until=until)
    woken = walked(facts, terms, today=LATE + timedelta(days=lost), until=until)
    rungs = [said(step.order) for step in undisturbed if not isinstance(step.order, ChargeInterest | ChargeFee)]
    assert [said(step.order) for step in woken if not isinstance(step.order, ChargeInterest | ChargeFee)] == rungs
    first = {said(step.order): step.on for step in reversed(undisturbed)}
    weekend = timedelta(days=5)  # Christmas and New Year close the banks for up to five days in a row
    for step in woken:
        if not isinstance(step.order, ChargeInterest):
            name = said(step.order)
            assert step.on >= LATE + timedelta(days=lost)
            assert name not in first or step.on - first[name] >= timedelta(days=lost) - weekend
    for name, gap in _gaps(woken).items():
        assert gap >= _gaps(undisturbed)[name] - weekend


@settings(max_examples=60, deadline=None)
@given(lost=st.integers(0, 200), stage=st.integers(1, 5))
def test_a_clock_that_stands_still_between_two_steps_brings_no_burst(lost: int, stage: int) -> None:
    terms = terms_of("safe-it", "webhosting")
    facts = facts_for(("safe-it", "webhosting"))
    before = [step for step in walked(facts, terms) if not isinstance(step.order, ChargeFee)][:stage]
    for step in before:
        order = step.order
        deadline = order.deadline_on if isinstance(order, SendReminder) else None
        facts = facts.with_done(Done(order.what, step.on, step=getattr(order, "step", None), deadline_on=deadline))
    woken = walked(facts, terms, today=before[-1].on + timedelta(days=lost), until=A_YEAR_ON + timedelta(days=300))
    letters = [step for step in woken if isinstance(step.order, SendReminder)]
    assert len({step.on for step in letters}) == len(letters)
    deadlines = {step.order.step: step.order.deadline_on for step in letters if isinstance(step.order, SendReminder)}
    for step in letters:
        assert isinstance(step.order, SendReminder)
        moved = step.order.allowed_on - step.order.rule_on
        assert step.order.deadline_on - step.on >= timedelta(days=6) - moved
        if step.order.step == 2 and 1 in deadlines:
            assert step.on > deadlines[1]
    holds = [step.on for step in woken if isinstance(step.order, PlaceHold)]
    ends = [step.on for step in woken if isinstance(step.order, EndContract)]
    assert all(end - held >= timedelta(days=15) for held in holds for end in ends)


@settings(max_examples=60, deadline=None)
@given(case=st.sampled_from(LADDERS), issued=st.dates(date(2025, 1, 1), date(2026, 12, 31)))
def test_letters_and_adverse_acts_are_foreseen_on_bank_days_only(case: tuple[str, str], issued: date) -> None:
    facts = facts_for(case, issued_on=issued, received_on=issued, due_on=issued + timedelta(days=8))
    for step in walked(facts, terms_for(case), today=issued, until=issued + timedelta(days=200)):
        is_free = isinstance(step.order, ChargeInterest) or not step.order.is_adverse
        assert is_free or is_bank_day(step.on), said(step.order)
        assert step.order.rule_on <= step.order.allowed_on <= step.on


def owed_when_paid(facts: Arrears, terms: LadderTerms, *, paid_on: date) -> Money:
    """Return all fees, interest and compensation of an invoice that is paid in full on a day, before that day's round."""
    charges = Money(0)
    for step in walked(facts, terms, until=paid_on - timedelta(days=1)):
        order: Order = step.order
        if isinstance(order, ChargeFee | ChargeInterest | ChargeCompensation):
            charges = charges + order.amount
            facts = facts.with_done(Done(order.what, step.on, amount=order.amount, key=order.key))
    rest = settlement_interest(facts, terms, paid_on=paid_on, today=paid_on)
    return charges + rest.amount if rest is not None else charges


@settings(max_examples=60, deadline=None)
@given(
    case=st.sampled_from(LADDERS),
    customer=st.sampled_from(list(CustomerKind)),
    days=st.integers(1, 200),
    earlier=st.integers(1, 200),
)
def test_who_pays_earlier_never_pays_more(
    case: tuple[str, str], customer: CustomerKind, days: int, earlier: int
) -> None:
    terms, facts = terms_for(case, customer), facts_for(case, customer)
    late, early = ISSUED + timedelta(days=days), ISSUED + timedelta(days=max(days - earlier, 1))
    assert owed_when_paid(facts, terms, paid_on=early) <= owed_when_paid(facts, terms, paid_on=late)
    assert not owed_when_paid(facts, terms, paid_on=min(late, DUE))


def test_paying_between_two_charges_costs_what_was_charged_so_far() -> None:
    facts, terms = facts_for(("compusoft", "hosting")), terms_of("compusoft", "hosting")
    assert owed_when_paid(facts, terms, paid_on=january(15)) == Money(750_00)
    assert owed_when_paid(facts, terms, paid_on=january(16)) == Money(1_500_00)
