"""When the provider leaves, when a customer may rescind, what is paid back, and how a dispute goes on."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.business.contracts.decisions.disputes import stage_objection
from servanda.business.contracts.decisions.leaving import (
    cancellation_fee,
    ends_by_provider,
    fault_refund_objection,
    outage_exit_right_at,
    refund_ceiling,
    refund_of_unused,
    repayment,
    return_objection,
)
from servanda.business.contracts.facts import Negotiation
from servanda.ground.citation import Citation, requirements_of
from servanda.ground.law.consumers import CONSUMER_PREPAID_REFUND
from servanda.ground.money import Money
from servanda.ground.periods import Period
from servanda.terms.clauses import (
    CancellationFee,
    CustomerKind,
    Dispute,
    OutageExit,
    ProviderExit,
    Refund,
    RefundCeiling,
    Rule,
)
from servanda.terms.document import Agreement
from servanda.terms.resolving import ask
from servanda.terms.ruled import Ruled

BUSINESS, CONSUMER = CustomerKind.BUSINESS, CustomerKind.CONSUMER
AgreementOf = Callable[[str], Agreement]
YEAR = Period(date(2026, 7, 1), date(2027, 7, 1))
DAY = date(2026, 12, 1)


def found(
    agreement: Agreement, kind: type[Rule], product: str, *, cause: str = "", customer: CustomerKind = BUSINESS
) -> Ruled[Rule]:
    selector = (("cause", cause),) if cause else ()
    answer = ask(agreement, kind, on=DAY, product=product, customer=customer, selector=selector)
    assert answer.rule is not None
    return Ruled(answer.rule, answer.because)


@pytest.mark.clause("vicevaert-034")
@pytest.mark.clause("vicevaert-110")
@pytest.mark.clause("vicevaert-103")
@pytest.mark.parametrize(
    ("cause", "sent_on", "ends_on"),
    [
        ("any", date(2026, 12, 1), date(2027, 1, 1)),
        ("any", date(2027, 5, 31), date(2027, 6, 30)),
        ("discontinuation", date(2027, 3, 15), date(2027, 6, 30)),
        ("discontinuation", date(2027, 3, 31), date(2027, 6, 30)),
        ("discontinuation", date(2027, 4, 1), date(2027, 7, 31)),
        ("force majeure", date(2027, 4, 1), date(2027, 4, 1)),
    ],
)
def test_vicevaert_leaves_with_the_notice_of_the_cause(
    agreement_of: AgreementOf, cause: str, sent_on: date, ends_on: date
) -> None:
    rule = found(agreement_of("vicevaert"), ProviderExit, "subscription", cause=cause).rule
    assert ends_by_provider(cast("ProviderExit", rule), sent_on=sent_on) == ends_on


DOWN = datetime(2026, 12, 1, 7, 0, tzinfo=UTC)  # 08:00 in Denmark


@pytest.mark.clause("compusoft-075")
@pytest.mark.parametrize(
    ("up_after", "right_at"),
    [
        (None, datetime(2026, 12, 11, 7, 0, 1, tzinfo=UTC)),
        (timedelta(days=10), None),
        (timedelta(days=10, seconds=1), datetime(2026, 12, 11, 7, 0, 1, tzinfo=UTC)),
        (timedelta(days=9, hours=23), None),
    ],
)
def test_after_ten_unbroken_days_of_outage_the_customer_may_rescind_to_the_second(
    agreement_of: AgreementOf, up_after: timedelta | None, right_at: datetime | None
) -> None:
    rule = cast("OutageExit", found(agreement_of("compusoft"), OutageExit, "hosting").rule)
    up_at = DOWN + up_after if up_after is not None else None
    assert outage_exit_right_at(rule, down_since=DOWN, up_at=up_at) == right_at


@pytest.mark.clause("vicevaert-033")
@pytest.mark.clause("vicevaert-035")
@pytest.mark.parametrize("cause", ["customer exit after change", "provider exit"])
@pytest.mark.parametrize(
    ("ended_on", "amount"),
    [
        (date(2027, 3, 31), 2_991_78),
        (date(2027, 6, 30), 0),
        (date(2027, 6, 29), 32_88),
        (date(2026, 6, 30), 12_000_00),
        (date(2026, 7, 1), 11_967_12),
    ],
)
def test_unused_prepaid_time_goes_back_by_days(
    agreement_of: AgreementOf, cause: str, ended_on: date, amount: int
) -> None:
    rule = cast("Ruled[Refund]", found(agreement_of("vicevaert"), Refund, "subscription", cause=cause))
    due = repayment(rule, paid=Money(12_000_00), period=YEAR, ended_on=ended_on, customer=BUSINESS)
    assert due is not None
    assert due.amount == Money(amount)
    assert requirements_of(due.because) in [("vicevaert-033",), ("vicevaert-035",)]


@given(st.integers(0, 10_000_000), st.dates(date(2026, 1, 1), date(2028, 1, 1)))
def test_what_goes_back_is_never_negative_or_more_than_was_paid(minor: int, ended_on: date) -> None:
    back = refund_of_unused(Money(minor), period=YEAR, ended_on=ended_on)
    assert Money(0) <= back <= Money(minor)


@pytest.mark.clause("servicepoint-008")
def test_a_business_in_default_gets_nothing_back_and_a_consumer_the_unused_time(agreement_of: AgreementOf) -> None:
    for customer, amount, is_by_law in ((BUSINESS, Money(0), False), (CONSUMER, Money(946_85), True)):
        rule = cast(
            "Ruled[Refund]",
            found(agreement_of("servicepoint"), Refund, "cloudserver", cause="customer default", customer=customer),
        )
        due = repayment(rule, paid=Money(1_200_00), period=YEAR, ended_on=date(2026, 9, 15), customer=customer)
        assert due is not None
        assert due.amount == amount
        assert (CONSUMER_PREPAID_REFUND in due.because) is is_by_law


def test_where_terms_are_silent_on_money_back_a_person_decides_and_a_consumer_has_the_law() -> None:
    paid, ended_on = Money(365_00), date(2027, 6, 20)
    assert repayment(None, paid=paid, period=YEAR, ended_on=ended_on, customer=BUSINESS) is None
    by_law = repayment(None, paid=paid, period=YEAR, ended_on=ended_on, customer=CONSUMER)
    assert by_law is not None
    assert (by_law.amount, by_law.because) == (Money(10_00), (CONSUMER_PREPAID_REFUND,))


@pytest.mark.clause("compusoft-073")
@pytest.mark.parametrize(
    ("fee", "days", "ceiling"),
    [(Money(36_500_00), 3, Money(300_00)), (Money(36_500_00), 0, Money(0)), (Money(1_440_00), 1, Money(3_95))],
)
def test_no_more_than_the_fee_of_the_faulty_days_goes_back(
    agreement_of: AgreementOf, fee: Money, days: int, ceiling: Money
) -> None:
    rule = cast("RefundCeiling", found(agreement_of("compusoft"), RefundCeiling, "hosting").rule)
    assert refund_ceiling(rule, yearly_fee=fee, fault_days=days) == ceiling


@pytest.mark.clause("compusoft-073")
@pytest.mark.clause("compusoft-074")
@pytest.mark.parametrize(
    ("story", "amount", "is_sole_fault", "approved_by", "is_refused"),
    [
        ("our fault alone, approved", Money(300_00), True, "eva", False),
        ("shared cause", Money(300_00), False, "eva", True),
        ("nobody approved", Money(300_00), True, " ", True),
        ("above the ceiling", Money(300_01), True, "eva", True),
    ],
)
def test_money_for_a_fault_needs_our_sole_fault_an_approver_and_the_ceiling(
    agreement_of: AgreementOf, story: str, amount: Money, is_sole_fault: bool, approved_by: str, is_refused: bool
) -> None:
    rule = cast("Ruled[RefundCeiling]", found(agreement_of("compusoft"), RefundCeiling, "hosting"))
    objection = fault_refund_objection(
        rule,
        amount=amount,
        yearly_fee=Money(36_500_00),
        fault_days=3,
        is_sole_fault=is_sole_fault,
        approved_by=approved_by,
    )
    assert (objection is not None) is is_refused, story


@pytest.mark.clause("safeit-061")
def test_ending_costs_nothing(agreement_of: AgreementOf) -> None:
    rule = cast("CancellationFee", found(agreement_of("safe-it"), CancellationFee, "webhosting").rule)
    assert cancellation_fee(rule) == Money(0)
    assert cancellation_fee(None) == Money(0)


@pytest.mark.clause("vicevaert-053")
@pytest.mark.parametrize(
    ("story", "fault", "customer", "asked_on", "is_refused"),
    [
        ("a change of mind", "", BUSINESS, date(2026, 12, 2), True),
        ("blank is no fault", "  ", BUSINESS, date(2026, 12, 2), True),
        ("a fault is described", "Crashes on start", BUSINESS, date(2026, 12, 2), False),
        ("a consumer withdraws on the fourteenth day", "", CONSUMER, date(2026, 12, 15), False),
        ("a consumer on the fifteenth", "", CONSUMER, date(2026, 12, 16), True),
    ],
)
def test_software_without_a_fault_cannot_be_returned_but_a_consumer_can_withdraw(
    agreement_of: AgreementOf, story: str, fault: str, customer: CustomerKind, asked_on: date, is_refused: bool
) -> None:
    rule = cast(
        "Ruled[Refund]",
        found(agreement_of("vicevaert"), Refund, "subscription", cause="return", customer=customer),
    )
    objection = return_objection(rule, fault=fault, customer=customer, concluded_on=DAY, asked_on=asked_on)
    assert (objection is not None) is is_refused, story
    assert objection is None or "vicevaert-053" in requirements_of(objection.because)


TALK = Negotiation(on=date(2026, 12, 3), text="Offered half")
AGAIN = Negotiation(on=date(2026, 12, 9), text="Offered two thirds")


@pytest.mark.clause("safeit-062")
@pytest.mark.parametrize(
    ("stage", "wanted", "talks", "is_refused"),
    [
        ("deadlock", "court", (), True),
        ("deadlock", "court", (TALK,), True),
        ("deadlock", "court", (TALK, TALK), True),  # two notes of one day are one talk
        ("deadlock", "court", (TALK, Negotiation(on=date(2026, 12, 9), text=" ")), True),
        ("deadlock", "court", (TALK, AGAIN), False),
        ("negotiation", "court", (TALK, AGAIN), True),
        ("negotiation", "deadlock", (), False),
        ("court", "negotiation", (TALK, AGAIN), True),
        ("negotiation", "duel", (), True),
    ],
)
def test_a_court_comes_after_two_dated_talks_and_a_deadlock(
    agreement_of: AgreementOf, stage: str, wanted: str, talks: tuple[Negotiation, ...], is_refused: bool
) -> None:
    rule = cast("Ruled[Dispute]", found(agreement_of("safe-it"), Dispute, "webhosting"))
    objection = stage_objection(rule, stage=stage, wanted=wanted, negotiations=talks)
    assert (objection is not None) is is_refused
    assert objection is None or isinstance(objection.because[0], Citation)
