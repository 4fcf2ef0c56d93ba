"""From when does a new version bind a contract, who may leave until when, and who is never bound?"""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.business.contracts.decisions.changing import CONSUMER_CHANGES
from servanda.business.contracts.decisions.succeeding import Bound, Plan, Told, change_rules, next_step, plan_for
from servanda.business.contracts.facts import RunningTerm
from servanda.ground.citation import requirements_of
from servanda.terms.clauses import CustomerKind
from servanda.terms.document import Agreement

BUSINESS, CONSUMER = CustomerKind.BUSINESS, CustomerKind.CONSUMER
AgreementOf = Callable[[str], Agreement]
YEAR = RunningTerm(anchored_on=date(2024, 7, 1), until=date(2027, 7, 1), months=12)


def bound(customer: CustomerKind, product: str, *terms: RunningTerm) -> Bound:
    return Bound(
        contract_id=1,
        customer_id=2,
        customer=customer,
        concluded_on=date(2024, 7, 1),
        products=frozenset({product}),
        terms=terms,
    )


def planned(agreement: Agreement, change: str, one: Bound, *, sent_on: date, wanted_on: date) -> Plan:
    rules = change_rules(agreement, change=change, customer=one.customer, products=one.products, on=sent_on)
    return plan_for(one, rules, sent_on=sent_on, wanted_on=wanted_on)


@pytest.mark.parametrize(
    ("provider", "product", "change", "customer", "sent", "wanted", "effect", "leave"),
    [
        # safeit-042: from 31 January it must be sent by 1 January; a day later moves the effect by a day.
        ("safe-it", "pc-security", "material", BUSINESS, "2027-01-01", "2027-01-31", "2027-01-31", None),
        ("safe-it", "pc-security", "material", BUSINESS, "2027-01-02", "2027-01-31", "2027-02-01", None),
        # A consumer could end the contract to 31 January, so nothing binds before February, and they may leave till then.
        ("safe-it", "pc-security", "material", CONSUMER, "2026-12-01", "2027-01-01", "2027-02-01", "2027-01-31"),
        # vicevaert-003 wants 30 days and vicevaert-106 a month: the longer notice binds us.
        ("vicevaert", "subscription", "worsening", BUSINESS, "2026-12-01", "2026-12-15", "2027-01-01", "2026-12-31"),
        # vicevaert-106..108: one month; the last day to leave is fourteen days before.
        ("vicevaert", "subscription", "ordinary", BUSINESS, "2027-06-01", "2027-07-01", "2027-07-01", "2027-06-17"),
        ("vicevaert", "subscription", "ordinary", BUSINESS, "2027-06-02", "2027-07-01", "2027-07-02", "2027-06-18"),
        ("vicevaert", "subscription", "favourable", BUSINESS, "2026-12-01", "2026-12-01", "2026-12-01", None),
        # compusoft-088 and 092: three months beat forty days, and a larger change waits for the renewal.
        ("compusoft", "hosting", "larger", BUSINESS, "2027-04-01", "2027-05-01", "2027-07-01", None),
        ("compusoft", "hosting", "larger", BUSINESS, "2027-04-02", "2027-05-01", "2028-07-01", None),
        ("compusoft", "hosting", "ordinary", BUSINESS, "2026-12-01", "2026-12-01", "2026-12-01", None),
    ],
)
def test_the_old_terms_and_the_law_give_the_day(
    agreement_of: AgreementOf,
    provider: str,
    product: str,
    change: str,
    customer: CustomerKind,
    sent: str,
    wanted: str,
    effect: str,
    leave: str | None,
) -> None:
    plan = planned(
        agreement_of(provider),
        change,
        bound(customer, product, YEAR),
        sent_on=date.fromisoformat(sent),
        wanted_on=date.fromisoformat(wanted),
    )
    assert plan.effect_on == date.fromisoformat(effect)
    assert plan.leave_until == (date.fromisoformat(leave) if leave else None)


@pytest.mark.parametrize(
    ("provider", "change", "customer", "is_told"),
    [
        ("compusoft", "ordinary", BUSINESS, False),
        ("compusoft", "ordinary", CONSUMER, True),
        ("vicevaert", "favourable", CONSUMER, False),
        ("vicevaert", "worsening", BUSINESS, True),
    ],
)
def test_who_is_told(
    agreement_of: AgreementOf, provider: str, change: str, customer: CustomerKind, is_told: bool
) -> None:
    day = date(2026, 12, 1)
    product = "hosting" if provider == "compusoft" else "subscription"
    plan = planned(agreement_of(provider), change, bound(customer, product), sent_on=day, wanted_on=day)
    assert plan.is_told is is_told


def test_terms_that_know_no_change_bind_nobody_without_a_yes(agreement_of: AgreementOf) -> None:
    day = date(2026, 12, 1)
    plan = planned(agreement_of("simsoft"), "worsening", bound(BUSINESS, "webhotel"), sent_on=day, wanted_on=day)
    assert plan == Plan(effect_on=None, leave_until=None, is_told=True, because=(CONSUMER_CHANGES,))


def test_the_plan_cites_the_old_terms_and_the_law(agreement_of: AgreementOf) -> None:
    day = date(2026, 12, 1)
    plan = planned(agreement_of("safe-it"), "material", bound(CONSUMER, "pc-security"), sent_on=day, wanted_on=day)
    assert CONSUMER_CHANGES in plan.because
    assert set(requirements_of(plan.because)) & {"safeit-042", "safeit-135", "safeit-136"}


EFFECT = date(2027, 1, 1)
PLAN = Plan(effect_on=EFFECT, leave_until=None, is_told=True, because=())


@pytest.mark.parametrize(
    ("told", "plan", "today", "act"),
    [
        (Told(effect_on=EFFECT), None, EFFECT + timedelta(days=90), "wait"),
        (Told(effect_on=EFFECT, told_on=date(2026, 12, 1)), PLAN, date(2026, 12, 31), "wait"),
        (Told(effect_on=EFFECT, told_on=date(2026, 12, 1)), PLAN, EFFECT, "bind"),
        (Told(effect_on=date(2026, 12, 30), told_on=date(2026, 12, 1)), PLAN, EFFECT, "move"),
        (Told(effect_on=EFFECT, told_on=date(2026, 12, 1), left_on=date(2026, 12, 5)), PLAN, EFFECT, "end"),
        (Told(effect_on=EFFECT, told_on=date(2026, 12, 1), runs_until=EFFECT), PLAN, EFFECT, "end"),
        (Told(effect_on=EFFECT, told_on=date(2026, 12, 1), runs_until=date(2027, 1, 2)), PLAN, EFFECT, "bind"),
        (Told(effect_on=None), None, EFFECT, "wait"),
        (Told(effect_on=None, told_on=date(2026, 12, 1)), None, EFFECT, "wait"),
        (Told(effect_on=None, accepted_on=date(2026, 12, 5)), None, date(2026, 12, 5), "bind"),
        (Told(effect_on=EFFECT, accepted_on=date(2026, 12, 5)), None, date(2026, 12, 5), "wait"),
    ],
)
def test_what_is_due_on_a_succession(told: Told, plan: Plan | None, today: date, act: str) -> None:
    assert next_step(told, plan=plan, today=today).act == act


DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
MAYBE = st.none() | DAYS


@given(effect=MAYBE, told=MAYBE, accepted=MAYBE, left=MAYBE, ends=MAYBE, earliest=MAYBE, today=DAYS)
def test_nobody_is_bound_untold_too_early_or_after_leaving(
    effect: date | None,
    told: date | None,
    accepted: date | None,
    left: date | None,
    ends: date | None,
    earliest: date | None,
    today: date,
) -> None:
    facts = Told(effect_on=effect, told_on=told, accepted_on=accepted, left_on=left, runs_until=ends)
    plan = Plan(effect_on=earliest, leave_until=None, is_told=True, because=()) if earliest else None
    step = next_step(facts, plan=plan, today=today)
    if step.act != "bind":
        return
    assert left is None
    assert told is not None or accepted is not None
    assert step.on is not None
    assert step.on <= today
    if accepted is None:
        assert earliest is not None
        assert step.on >= earliest
