"""Money back for days of fault within the terms' ceiling, leaving after a long outage, and more or less of a line."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from servanda.business.billing.actions.changing_lines import CannotChange, change_billed_line, preview_change
from servanda.business.billing.actions.refunding import NothingToGiveBack
from servanda.business.billing.queries import invoices_of_customer
from servanda.business.billing.queries.lines import NotTakenUp
from servanda.business.contracts.actions import ContractRefused, rescind_after_outage
from servanda.business.contracts.facts import GivenNotice
from servanda.business.contracts.queries import line as line_of
from servanda.business.contracts.queries import lines_of_customer
from servanda.business.dunning.actions import refund_for_outage
from servanda.business.evidence.facts import Approval
from servanda.business.library.queries import version_of
from servanda.ground.calendar import moment_of
from servanda.ground.money import Money, total_of
from servanda.ground.periods import Period
from servanda.terms.clauses import CustomerKind, OutageExit
from servanda.terms.resolving import ask
from servanda.terms.ruled import Ruled
from tests.business.billing.books import assert_books_agree
from tests.cast import ALMA, EVA
from tests.stories.test_refund_stories import audit_is_clean, notes_of
from tests.stories.world import World

pytestmark = pytest.mark.django_db

JULY = date(2026, 7, 1)
FAULT = Period(date(2026, 8, 3), date(2026, 8, 6))


def hosted(fee: Money) -> tuple[World, int, int]:
    world = World("compusoft", JULY)
    alma = world.customer(ALMA, "hosting-web", began_on=JULY, price=fee)
    world.round()
    world.pay(world.invoice_of(alma), world.invoice_of(alma).total)
    world.sleep_until(date(2026, 8, 20))
    (line,) = lines_of_customer(alma)
    return world, alma, line.line_id


def refund(
    world: World, line_id: int, amount: Money, *, fault: Period = FAULT, is_sole_fault: bool = True, by: str = EVA
) -> None:
    approval = Approval(by, moment_of(world.today), "our switch, seen in the log" if by else "")
    refund_for_outage(
        world.company,
        line_id,
        fault,
        amount,
        is_sole_fault=is_sole_fault,
        approval=approval,
        today=world.today,
        at=moment_of(world.today),
    )


@pytest.mark.clause("compusoft-073")
def test_three_days_of_fault_give_back_300_of_36500_at_most_and_only_once() -> None:
    world, alma, line_id = hosted(Money(36_500_00))
    with pytest.raises(NothingToGiveBack, match=r"more than the fee of those days, 300\.00"):
        refund(world, line_id, Money(300_01))
    refund(world, line_id, Money(300_00))
    (note,) = notes_of(alma)
    assert note.net == Money(300_00)
    assert "36.500,00 kr. om året × 3/365 dage = 300,00 kr." in note.lines[0].description
    assert "compusoft 7.2" in [str(one) for one in note.because]
    with pytest.raises(NothingToGiveBack, match="refunded before"):
        refund(world, line_id, Money(1_00), fault=Period(date(2026, 8, 5), date(2026, 8, 7)))
    refund(world, line_id, Money(100_00), fault=Period(date(2026, 8, 6), date(2026, 8, 7)))
    assert_books_agree(world.company_id)
    audit_is_clean(world)


@pytest.mark.clause("compusoft-074")
def test_a_shared_cause_or_no_approval_gives_nothing_back() -> None:
    world, alma, line_id = hosted(Money(36_500_00))
    with pytest.raises(NothingToGiveBack, match="not proven to be ours alone"):
        refund(world, line_id, Money(300_00), is_sole_fault=False)
    with pytest.raises(NothingToGiveBack, match="approve"):
        refund(world, line_id, Money(300_00), by="")
    assert notes_of(alma) == []


@pytest.mark.clause("compusoft-075")
def test_more_than_ten_days_down_let_the_customer_go_with_the_unused_time_back() -> None:
    world, alma, line_id = hosted(Money(36_500_00))
    answer = ask(
        version_of("compusoft", line_of(line_id).terms_version),
        OutageExit,
        on=world.today,
        product="hosting",
        customer=CustomerKind.BUSINESS,
    )
    assert answer.rule is not None
    rule = Ruled(answer.rule, answer.because)
    given = GivenNotice(given_on=world.today, channel="e-mail")

    def leave(days: int) -> None:
        rescind_after_outage(
            line_id,
            rule,
            given,
            down_since=moment_of(world.today - timedelta(days=days)),
            up_at=None,
            today=world.today,
            at=moment_of(world.today) + timedelta(minutes=1),
            by=EVA,
        )

    with pytest.raises(ContractRefused, match="10 days"):
        leave(9)
    leave(10)
    world.round()
    (note,) = notes_of(alma)
    assert note.net == Money(31_400_00)  # 20 August is paid for; 314 of 365 days are left, 100 a day
    assert "compusoft 7.1" in [str(one) for one in note.because]
    audit_is_clean(world)


def change(world: World, line_id: int, *, quantity: int, plan: str = "") -> int | None:
    return change_billed_line(
        world.company,
        line_id,
        plan_code=plan or line_of(line_id).plan_code,
        quantity=quantity,
        reason="two more people",
        because=(),
        by=EVA,
        today=world.today,
        at=moment_of(world.today),
    )


def test_more_of_a_prepaid_line_is_billed_for_the_rest_of_the_period_and_less_from_the_next_one() -> None:
    world, alma, line_id = hosted(Money(36_500_00))
    preview = preview_change(world.company, line_id, plan_code="hosting-web", quantity=3, today=world.today)
    assert preview.to_bill == Money(63_000_00)  # two more for 315 days at 100 a day
    assert change(world, line_id, quantity=3) is not None
    assert change(world, line_id, quantity=3) is None  # twice is once
    extra = world.invoice_of(alma)
    assert extra.net == preview.to_bill
    assert (extra.lines[0].since, extra.lines[0].until) == (world.today, date(2027, 7, 1))
    world.sleep_until(date(2026, 9, 1))
    assert change(world, line_id, quantity=1) is None  # less: nothing now
    assert change(world, line_id, quantity=3) is None  # it was paid for already
    world.live_until(date(2026, 9, 2))
    assert [one for one in invoices_of_customer(alma) if one.kind == "credit note"] == []
    assert_books_agree(world.company_id)
    audit_is_clean(world)


def test_what_was_added_goes_back_too_when_the_line_ends() -> None:
    world, alma, line_id = hosted(Money(36_500_00))
    change(world, line_id, quantity=2)
    answer = Ruled(OutageExit(days=10), ())
    rescind_after_outage(
        line_id,
        replace(answer, because=(world.invoice_of(alma).because[0],)),
        GivenNotice(given_on=world.today, channel="e-mail"),
        down_since=moment_of(date(2026, 8, 1)),
        up_at=None,
        today=world.today,
        at=moment_of(world.today),
        by=EVA,
    )
    world.round()
    assert total_of(note.net for note in notes_of(alma)) == Money(62_800_00)  # 314 days at 200 a day
    audit_is_clean(world)


def test_another_plan_costs_the_difference_and_old_periods_keep_the_price_they_had() -> None:
    world = World("compusoft", JULY)
    alma = world.customer(ALMA, "hosting-web", began_on=JULY)
    world.round()
    (line,) = lines_of_customer(alma)
    preview = preview_change(world.company, line.line_id, plan_code="hosting-total", quantity=1, today=world.today)
    change(world, line.line_id, quantity=1, plan="hosting-total")
    assert world.invoice_of(alma).net == preview.to_bill > Money(0)
    audit_is_clean(world)
    world.live_until(date(2026, 7, 3))
    audit_is_clean(world)


def test_of_a_line_that_is_billed_at_the_end_the_used_days_are_billed_first_as_they_were() -> None:
    world = World("safe-it", date(2026, 8, 2))
    alma = world.customer(ALMA, "hosting-monthly", began_on=date(2026, 8, 2), price=Money(310_00))
    world.round()
    world.sleep_until(date(2026, 8, 12))
    (line,) = lines_of_customer(alma)
    change(world, line.line_id, quantity=2)
    assert world.invoice_of(alma).net == Money(100_00)  # ten days of one
    world.sleep_until(date(2026, 8, 31))
    world.round()
    assert world.invoice_of(alma).net == Money(420_00)  # 21 days of two
    audit_is_clean(world)
    world.sleep_until(date(2026, 12, 12))
    with pytest.raises(CannotChange, match="not billed since"):
        change(world, line.line_id, quantity=3)


def test_a_line_that_no_round_has_taken_up_yet_is_refused_with_the_remedy() -> None:
    world = World("compusoft", JULY)
    alma = world.customer(ALMA, "hosting-web", began_on=JULY)
    (line,) = lines_of_customer(alma)
    with pytest.raises(NotTakenUp, match="next round"):
        preview_change(world.company, line.line_id, plan_code="hosting-web", quantity=2, today=world.today)
