"""Caps on reminder fees, compensation and collection costs, and the limitation of claims."""

from datetime import date, timedelta

import pytest

from servanda.ground.citation import Citation
from servanda.ground.dated import NotCovered
from servanda.ground.law.interest import statutory_interest
from servanda.ground.law.reminders import (
    COLLECTION_FEE_MAX,
    COLLECTION_NOTICE_DAYS,
    COMPENSATION,
    FEE_MAX,
    FEES_MAX,
    REMINDER_FEE,
    REMINDER_SPACING,
    collection_cost_cap,
    fee_refusal,
    limitation_alert_on,
    limitation_on,
)
from servanda.ground.money import Money

FIRST = date(2026, 3, 16)
SECOND = date(2026, 3, 30)
THIRD = date(2026, 4, 13)


@pytest.mark.parametrize(
    ("story", "fees_on", "last_on", "today", "refusal"),
    [
        ("first letter", (), None, FIRST, None),
        ("seven days later", (FIRST,), FIRST, date(2026, 3, 23), REMINDER_SPACING),
        ("nine days later", (FIRST,), FIRST, date(2026, 3, 25), REMINDER_SPACING),
        ("ten days later", (FIRST,), FIRST, date(2026, 3, 26), None),
        ("a free letter between", (FIRST,), date(2026, 3, 23), SECOND, REMINDER_SPACING),
        ("only a free letter before", (), date(2026, 3, 14), FIRST, REMINDER_SPACING),
        ("the last letter is not told apart", (FIRST,), None, date(2026, 3, 23), REMINDER_SPACING),
        ("the third", (FIRST, SECOND), SECOND, THIRD, None),
        ("a fourth, ever so late", (FIRST, SECOND, THIRD), THIRD, date(2027, 4, 13), REMINDER_FEE),
    ],
)
def test_a_reminder_fee_is_lawful_or_the_provision_against_it_is_named(
    story: str, fees_on: tuple[date, ...], last_on: date | None, today: date, refusal: Citation | None
) -> None:
    assert fee_refusal(fee_letters_on=fees_on, last_letter_on=last_on, today=today) == refusal, story


def test_the_worked_consumer_and_business_claims_add_up() -> None:
    due_on, paid_on = date(2026, 3, 2), date(2026, 4, 27)
    sent: tuple[date, ...] = ()
    for day in (FIRST, date(2026, 3, 23), SECOND, THIRD, date(2026, 4, 26)):
        last = max(sent, default=None)
        if fee_refusal(fee_letters_on=sent, last_letter_on=last, today=day) is None:
            sent = (*sent, day)
    claim = Money(1_000_00) + FEE_MAX.on(paid_on).value * len(sent)
    claim += statutory_interest(Money(1_000_00), since=due_on, until=paid_on, due_on=due_on).amount
    assert sent == (FIRST, SECOND, THIRD)
    assert claim == Money(1_314_96)
    assert claim + COMPENSATION.on(due_on).value == Money(1_624_96)


def test_the_amounts_of_today() -> None:
    today = date(2026, 11, 20)
    assert FEE_MAX.on(today).value == Money(100_00)
    assert FEES_MAX.on(today).value == 3
    assert COLLECTION_FEE_MAX.on(today).value == Money(100_00)
    assert COLLECTION_NOTICE_DAYS == 10
    assert str(FEE_MAX.on(today).source) == "Renteloven § 9 b, stk. 2"


def test_there_was_no_compensation_before_march_2013() -> None:
    assert COMPENSATION.on(date(2013, 3, 1)).value == Money(310_00)
    with pytest.raises(NotCovered):
        COMPENSATION.on(date(2013, 2, 28))


@pytest.mark.parametrize(
    ("claim", "cap"),
    [
        (1_00, 400_00),
        (1_000_00, 400_00),
        (1_000_01, 700_00),
        (2_500_00, 700_00),
        (5_000_00, 1_000_00),
        (10_000_00, 1_300_00),
        (25_000_00, 1_700_00),
        (50_000_00, 2_250_00),
        (100_000_00, 2_850_00),
        (250_000_00, 3_850_00),
        (500_000_00, 6_400_00),
        (500_000_50, 6_400_01),
        (600_000_00, 7_400_00),
    ],
)
def test_collection_costs_are_capped_by_the_size_of_the_claim(claim: int, cap: int) -> None:
    assert collection_cost_cap(Money(claim)) == Money(cap)


@pytest.mark.parametrize(
    ("due_on", "alert_on", "lapses_on"),
    [
        (date(2026, 11, 30), date(2029, 5, 30), date(2029, 11, 30)),
        (date(2026, 8, 31), date(2029, 2, 28), date(2029, 8, 31)),
        (date(2024, 2, 29), date(2026, 8, 29), date(2027, 2, 28)),
    ],
)
def test_a_claim_lapses_after_three_years_and_warns_half_a_year_before(
    due_on: date, alert_on: date, lapses_on: date
) -> None:
    assert limitation_alert_on(due_on) == alert_on
    assert limitation_on(due_on) == lapses_on
    assert lapses_on - alert_on > timedelta(days=180)
