"""Which interest is charged for paying late, when, and for how long is its rate known?"""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.business.dunning.decisions.interest import accrued, interest_due, interest_from, settlement_interest
from servanda.business.dunning.decisions.ladder import next_step
from servanda.business.dunning.decisions.orders import ChargeInterest
from servanda.business.dunning.decisions.terms import LadderTerms
from servanda.business.dunning.facts import Done, Paid
from servanda.ground.calendar import add_months
from servanda.ground.law.interest import (
    CONSUMER_RATE_MAX,
    FROM_AGREED_DUE_DAY,
    FROM_THIRTY_DAYS_AFTER_DEMAND,
    STATUTORY_RATE,
)
from servanda.ground.money import Money, total_of
from servanda.terms.clauses import CustomerKind
from tests.business.dunning.unpaid import (
    BUSINESS,
    CONSUMER,
    DUE,
    LADDER,
    LATE,
    PUBLIC,
    SILENT,
    SIX_PERCENT,
    STATUTORY,
    december,
    january,
    noticed,
    said,
    terms_of,
    unpaid,
)

MONTHLY = replace(SILENT, interest=SIX_PERCENT)
BY_LAW = replace(SILENT, interest=STATUTORY)


A_MONTH = Money(750_00)


def charged(number: int, on: date, amount: Money = A_MONTH) -> Done:
    return Done("interest.charged", on, amount=amount, key=f"interest.charged:7:{number}")


@pytest.mark.clause("compusoft-039")
@pytest.mark.parametrize(
    ("story", "done", "today", "expected"),
    [
        ("on the due day there is none", (), december(14), "waits for interest until 2026-12-15"),
        ("the first month starts the day after", (noticed(),), LATE, "interest.charged"),
        ("within it nothing more", (noticed(), charged(1, LATE)), january(14), "waits for interest until 2027-01-15"),
        ("the second starts on the same date", (noticed(), charged(1, LATE)), january(15), "interest.charged"),
        (
            "a charge that came late moves the next one as far",
            (noticed(), charged(1, LATE), charged(2, january(20))),
            date(2027, 2, 19),
            "waits for interest until 2027-02-20",
        ),
        (
            "a delay that is noticed late moves all",
            (noticed(december(22)),),
            december(21),
            "waits for interest until 2026-12-22",
        ),
    ],
)
def test_a_started_month_is_charged_on_its_first_day(
    story: str, done: tuple[Done, ...], today: date, expected: str
) -> None:
    assert said(interest_due(unpaid(*done), MONTHLY, today=today)) == expected, story


@pytest.mark.clause("compusoft-039")
def test_compusoft_charges_750_a_month_on_12500_with_its_reckoning() -> None:
    facts = unpaid(noticed(date(2026, 12, 9)), due_on=date(2026, 12, 8))
    terms = terms_of("compusoft", "hosting")
    first = interest_due(facts, terms, today=date(2026, 12, 9))
    second = interest_due(facts.with_done(charged(1, date(2026, 12, 9))), terms, today=january(9))
    assert isinstance(first, ChargeInterest)
    assert isinstance(second, ChargeInterest)
    assert (first.amount, first.number, second.amount, second.number) == (Money(750_00), 1, Money(750_00), 2)
    assert first.reckoning == ("6.00 % × DKK 12,500.00 = DKK 750.00",)
    assert first.key != second.key


@pytest.mark.parametrize("due_on", [date(2027, 1, 30), date(2026, 8, 30), date(2025, 12, 30)])
def test_months_are_counted_from_the_first_one_so_that_the_31st_is_not_lost(due_on: date) -> None:
    facts = unpaid(noticed(due_on + timedelta(days=1)), due_on=due_on)
    days = []
    for number in range(1, 8):
        on = next(
            day
            for day in (due_on + timedelta(days=days) for days in range(1, 300))
            if isinstance(interest_due(facts, MONTHLY, today=day), ChargeInterest)
        )
        facts = facts.with_done(charged(number, on))
        days.append(on)
    assert days == [add_months(due_on + timedelta(days=1), number) for number in range(7)]
    assert {day.day for day in days if day.month in (1, 3, 5, 7, 8, 10, 12)} == {31}


def test_a_part_that_was_paid_bears_no_more_interest() -> None:
    facts = unpaid(noticed(), charged(1, LATE), open_principal=Money(2_500_00))
    second = interest_due(facts, MONTHLY, today=january(15))
    assert isinstance(second, ChargeInterest)
    assert second.amount == Money(150_00)


def test_a_clock_that_stood_still_never_charges_two_months_at_once() -> None:
    facts = unpaid(noticed(date(2027, 6, 1)))
    step = interest_due(facts, MONTHLY, today=date(2027, 6, 1))
    assert isinstance(step, ChargeInterest)
    after = interest_due(facts.with_done(charged(1, date(2027, 6, 1))), MONTHLY, today=date(2027, 6, 1))
    assert said(after) == "waits for interest until 2027-07-01"


@pytest.mark.clause("compusoft-039")
@pytest.mark.parametrize(
    ("customer", "method", "provision"),
    [
        (BUSINESS, "percent per started month", None),
        (CONSUMER, "statutory", CONSUMER_RATE_MAX),
        (PUBLIC, "statutory", STATUTORY_RATE),
    ],
)
def test_six_percent_a_month_is_taken_from_businesses_alone(
    customer: CustomerKind, method: str, provision: object
) -> None:
    terms = terms_of("compusoft", "hosting", customer)
    assert terms.interest is not None
    assert terms.interest.rule.method == method
    assert provision is None or provision in terms.interest.because
    for days in range(1, 60):
        step = next_step(unpaid(noticed()), terms, today=DUE + timedelta(days=days))
        assert method != "statutory" or not isinstance(step, ChargeInterest)


@pytest.mark.clause("vicevaert-118")
@pytest.mark.parametrize(
    ("due_on", "paid_on", "amount"),
    [
        # 10 % is the reference rate of 2 % and the surcharge of 8: 12,500 × 10 % × days / 365.
        (date(2026, 8, 3), date(2026, 8, 4), Money(3_42)),
        (date(2026, 8, 3), date(2026, 9, 2), Money(102_74)),
        # 9.75 % in the half-year before: 12,500 × (30 × 9.75 %) / 365.
        (date(2026, 3, 2), date(2026, 4, 1), Money(100_17)),
        # Across 1 July each half-year has its own rate: 15 days at 9.75 and 15 at 10.
        (date(2026, 6, 16), date(2026, 7, 16), Money(101_46)),
    ],
)
def test_a_settled_claim_owes_interest_by_the_day_up_to_the_value_date(
    due_on: date, paid_on: date, amount: Money
) -> None:
    facts = unpaid(issued_on=due_on - timedelta(days=14), received_on=due_on - timedelta(days=14), due_on=due_on)
    step = settlement_interest(facts, BY_LAW, paid_on=paid_on, today=paid_on)
    assert isinstance(step, ChargeInterest)
    assert step.amount == amount
    assert FROM_AGREED_DUE_DAY in step.because
    assert step.reckoning


@pytest.mark.clause("vicevaert-118")
def test_interest_stops_at_the_last_half_year_whose_rate_is_confirmed() -> None:
    facts = unpaid(noticed(), Done("collection.warned", january(6)))
    step = interest_due(facts, BY_LAW, today=january(6))
    assert isinstance(step, ChargeInterest)
    assert step.uncovered_from == january(1)
    assert step.until == january(1)
    assert step.amount == accrued(facts, until=january(1)).amount  # the days of 2027 are left out, not guessed


def test_where_no_day_has_a_known_rate_nothing_is_charged() -> None:
    facts = unpaid(issued_on=january(4), received_on=january(4), due_on=january(18))
    assert settlement_interest(facts, BY_LAW, paid_on=date(2027, 3, 1), today=date(2027, 3, 1)) is None


@pytest.mark.clause("vicevaert-118")
def test_a_collection_warning_states_the_interest_up_to_its_day_once() -> None:
    facts = unpaid(noticed())
    assert interest_due(facts, BY_LAW, today=december(23)) is None
    warned = facts.with_done(Done("collection.warned", december(22)))
    step = interest_due(warned, BY_LAW, today=december(23))
    assert isinstance(step, ChargeInterest)
    assert (step.amount, step.until) == (Money(27_40), december(22))  # eight days at 10 %
    again = warned.with_done(charged(1, december(22), step.amount))
    assert interest_due(again, BY_LAW, today=december(23)) is None


def test_what_has_been_charged_is_taken_off_when_the_claim_is_settled() -> None:
    facts = unpaid(noticed(), charged(1, december(22), Money(27_40)))
    rest = settlement_interest(facts, BY_LAW, paid_on=december(30), today=december(30))
    assert isinstance(rest, ChargeInterest)
    assert (rest.amount, rest.number) == (Money(54_79) - Money(27_40), 2)


@pytest.mark.parametrize(
    ("is_agreed", "received_on", "since", "provision"),
    [
        (True, december(1), LATE, FROM_AGREED_DUE_DAY),
        (False, december(1), january(1), FROM_THIRTY_DAYS_AFTER_DEMAND),
        (False, None, december(31), FROM_THIRTY_DAYS_AFTER_DEMAND),
    ],
)
def test_a_due_day_that_nobody_agreed_to_gives_interest_thirty_days_after_the_demand(
    is_agreed: bool, received_on: date | None, since: date, provision: object
) -> None:
    facts = unpaid(is_term_agreed=is_agreed, received_on=received_on)
    assert interest_from(facts, BY_LAW) == since
    early = settlement_interest(facts, BY_LAW, paid_on=december(30), today=december(30))
    assert (early is not None and provision in early.because) is is_agreed


@pytest.mark.parametrize("terms", [LADDER, SILENT, terms_of("simsoft", "webhotel"), terms_of("safe-it", "webhosting")])
def test_interest_that_no_clause_claims_is_not_charged(terms: LadderTerms) -> None:
    facts = unpaid(noticed(), Done("collection.warned", january(6)))
    assert interest_due(facts, terms, today=january(6)) is None
    assert settlement_interest(facts, terms, paid_on=january(6), today=january(6)) is None
    assert interest_from(facts, terms) is None


def test_an_invoice_without_a_due_day_bears_no_interest() -> None:
    assert interest_due(unpaid(due_on=None), BY_LAW, today=january(6)) is None
    assert interest_from(unpaid(due_on=None), MONTHLY) is None


@given(
    paid=st.lists(st.tuples(st.integers(0, 200), st.integers(1, 4_000_00)), max_size=3),
    earlier=st.integers(0, 60),
)
def test_a_part_that_is_paid_earlier_never_costs_more_interest(paid: list[tuple[int, int]], earlier: int) -> None:
    due_on, until = date(2026, 3, 2), date(2026, 10, 1)

    def interest(shift: int) -> Money:
        parts = tuple(Paid(due_on + timedelta(days=max(day - shift, -30)), Money(minor)) for day, minor in paid)
        return accrued(unpaid(due_on=due_on, payments=parts), until=until).amount

    assert interest(earlier) <= interest(0)
    assert interest(0) <= accrued(unpaid(due_on=due_on), until=until).amount


@given(days=st.lists(st.integers(1, 120), min_size=1, max_size=4, unique=True))
def test_interest_charged_in_parts_comes_to_the_interest_of_the_whole_time(days: list[int]) -> None:
    due_on = date(2026, 3, 2)
    facts = unpaid(due_on=due_on)
    amounts = []
    for number, day in enumerate(sorted(days), start=1):
        on = due_on + timedelta(days=day)
        step = settlement_interest(facts, BY_LAW, paid_on=on, today=on)
        if step is not None:
            amounts.append(step.amount)
            facts = facts.with_done(charged(number, on, step.amount))
    whole = settlement_interest(
        unpaid(due_on=due_on), BY_LAW, paid_on=due_on + timedelta(days=max(days)), today=date(2026, 12, 1)
    )
    assert whole is not None
    assert total_of(amounts) == whole.amount
