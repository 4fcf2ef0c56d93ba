"""The worked debts of the law: a consumer's and a business's on 27 April, and what a letter after seven days may cost."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from servanda.business.dunning.decisions.interest import interest_so_far
from servanda.business.dunning.decisions.orders import SendReminder
from servanda.business.dunning.decisions.reminders import compensation_due, fee_due, reminder_due
from servanda.business.dunning.decisions.terms import LadderTerms
from servanda.business.dunning.facts import Arrears, Done
from servanda.ground.law.interest import DayCount
from servanda.ground.law.reminders import REMINDER_SPACING
from servanda.ground.money import Money
from servanda.terms.clauses import Compensation, CustomerKind, Interest
from servanda.terms.ruled import Ruled
from tests.business.dunning.unpaid import BUSINESS, CLAUSE, CONSUMER, FEE, reminder, unpaid

DUE = date(2026, 3, 2)
SENT = (date(2026, 3, 16), date(2026, 3, 30), date(2026, 4, 13))
APRIL = date(2026, 4, 27)


def terms(kind: CustomerKind, day_count: DayCount = "act/365") -> LadderTerms:
    """A reminder each fortnight with the law's fee, statutory interest, and 310 from businesses with the first one."""
    letters = tuple(
        reminder(
            step,
            sent_after="due" if step == 1 else "reminder",
            wait_days=14 if step == 1 else 13,
            deadline_days=10,
            deadline_from="sending",
        )
        for step in (1, 2, 3)
    )

    compensation = Ruled(Compensation(amount=Decimal(310), with_step=1), CLAUSE) if kind is BUSINESS else None
    interest = Ruled(Interest(method="statutory", day_count=day_count), CLAUSE)
    return LadderTerms(reminders=letters, fee=FEE, interest=interest, compensation=compensation)


def debt(kind: CustomerKind) -> Money:
    """Walk through the letters as the decisions order them, and return what is owed on 27 April."""
    rules = terms(kind)
    arrears = replace(
        unpaid(due_on=DUE),
        customer_kind=kind,
        total=Money(1_000_00),
        open_principal=Money(1_000_00),
        issued_on=date(2026, 2, 16),
        received_on=date(2026, 2, 16),
        done=(Done("payment.late", date(2026, 3, 3)),),
    )
    owed = arrears.open_principal
    for step, on in enumerate(SENT, start=1):
        order = reminder_due(arrears, rules, today=on)
        assert isinstance(order, SendReminder)
        assert (order.step, order.fee) == (step, Money(100_00))
        arrears = replace(
            arrears.with_done(Done("reminder.sent", on, step=step, deadline_on=order.deadline_on, fee=order.fee)),
            fee_letters_on=SENT[:step],
            reminders_on=SENT[:step],
        )
        fee = fee_due(arrears, rules, today=on)
        assert fee is not None
        arrears = arrears.with_done(Done("fee.charged", on, step=step, amount=fee.amount))
        owed = owed + fee.amount
        compensation = compensation_due(arrears, rules, today=on)
        if compensation is not None:
            arrears = arrears.with_done(Done("compensation.charged", on, amount=compensation.amount))
            owed = owed + compensation.amount
    grown = interest_so_far(arrears, rules, today=APRIL)
    assert grown is not None
    return owed + grown.amount


@pytest.mark.parametrize(("kind", "owed"), [(CONSUMER, Money(1_314_96)), (BUSINESS, Money(1_624_96))])
def test_a_thousand_kroner_due_on_2_march_come_to_this_on_27_april(kind: CustomerKind, owed: Money) -> None:
    assert debt(kind) == owed


def test_a_letter_seven_days_after_another_goes_without_a_fee_and_says_by_which_law() -> None:
    weekly = replace(
        terms(CONSUMER),
        reminders=tuple(
            reminder(
                step,
                sent_after="due" if step == 1 else "reminder",
                wait_days=7 if step == 1 else 6,
                deadline_days=6,
                deadline_from="sending",
            )
            for step in (1, 2)
        ),
    )
    arrears = replace(
        unpaid(due_on=DUE),
        done=(
            Done("payment.late", date(2026, 3, 3)),
            Done("reminder.sent", SENT[0], step=1, deadline_on=date(2026, 3, 22)),
        ),
        fee_letters_on=SENT[:1],
        reminders_on=SENT[:1],
    )
    order = reminder_due(arrears, weekly, today=date(2026, 3, 23))
    assert isinstance(order, SendReminder)
    assert (order.step, order.fee, order.no_fee_because) == (2, None, REMINDER_SPACING)


def test_the_terms_say_how_days_are_counted() -> None:
    arrears: Arrears = replace(
        unpaid(due_on=date(2026, 1, 15)), total=Money(10_000_00), open_principal=Money(10_000_00)
    )
    found = {
        basis: interest_so_far(arrears, terms(CONSUMER, basis), today=date(2026, 3, 16))
        for basis in ("act/365", "30/360")
    }
    assert [one.amount for one in found.values() if one is not None] == [Money(160_27), Money(165_21)]
