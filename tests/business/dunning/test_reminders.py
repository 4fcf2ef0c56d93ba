"""Which reminder is due, until when does it let the customer pay, and may it cost something?"""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.business.dunning.decisions.orders import SendReminder
from servanda.business.dunning.decisions.reminders import compensation_due, fee_due, reminder_due
from servanda.business.dunning.decisions.terms import LadderTerms
from servanda.business.dunning.facts import Arrears, Done
from servanda.ground.calendar import is_bank_day
from servanda.ground.citation import Citation
from servanda.ground.law.reminders import COLLECTION_NOTICE, REMINDER_FEE, REMINDER_SPACING
from servanda.ground.money import Money
from tests.business.dunning.unpaid import (
    BUSINESS,
    CLAUSE,
    CLOSED,
    COMPENSATION,
    CONSUMER,
    FEE,
    FIRST,
    HELD,
    LADDER,
    LATE,
    ONCE,
    PUBLIC,
    SECOND,
    THIRD,
    december,
    january,
    noticed,
    reminded,
    reminder,
    said,
    terms_of,
    unpaid,
)

DKK_100 = Money(100_00)


def letter(facts: Arrears, terms: LadderTerms = LADDER, *, today: date) -> SendReminder:
    found = reminder_due(facts, terms, today=today)
    assert isinstance(found, SendReminder), said(found)
    return found


@pytest.mark.clause("safeit-045", "safeit-046", "safeit-051")
@pytest.mark.parametrize(
    ("story", "done", "today", "step", "deadline_on"),
    [
        ("seven days from the due day", (noticed(),), LATE, 1, december(21)),
        ("seven days from the deadline before", ONCE, december(22), 2, december(28)),
        ("ten days from the sending", CLOSED, january(6), 3, january(16)),
    ],
)
def test_safe_it_gives_each_reminder_its_worked_deadline(
    story: str, done: tuple[Done, ...], today: date, step: int, deadline_on: date
) -> None:
    found = letter(unpaid(*done), terms_of("safe-it", "webhosting"), today=today)
    assert (found.step, found.deadline_on) == (step, deadline_on), story


@pytest.mark.parametrize(
    ("story", "done", "today", "deadline_on"),
    [
        ("the first letter three days late", (noticed(),), december(18), december(28)),  # 12-24 is closed
        ("the first letter a week late", (noticed(),), december(22), december(28)),
        ("the second letter eight days late", ONCE, december(30), january(5)),
        ("the second letter a month late", ONCE, january(22), january(28)),
    ],
)
def test_a_letter_that_is_late_moves_its_own_deadline_as_far(
    story: str, done: tuple[Done, ...], today: date, deadline_on: date
) -> None:
    assert letter(unpaid(*done), today=today).deadline_on == deadline_on, story


@given(days=st.integers(0, 200), step=st.sampled_from([1, 2]))
def test_however_late_a_letter_is_it_leaves_as_many_days_as_on_its_own_day(days: int, step: int) -> None:
    """On its own day, a Tuesday, each of the two leaves six days."""
    done = (noticed(),) if step == 1 else ONCE
    today = (LATE if step == 1 else december(22)) + timedelta(days=days)
    found = letter(unpaid(*done), today=today)
    assert found.deadline_on - today >= timedelta(days=6)
    assert is_bank_day(found.deadline_on)


@pytest.mark.parametrize(
    ("noticed_on", "sent_from", "deadline_on"),
    [
        (LATE, LATE, december(21)),
        (december(17), december(17), december(23)),
        (december(31), january(4), january(11)),  # noticed on New Year's Eve: counted from the next bank day
        (january(13), january(13), january(19)),
    ],
)
def test_a_delay_that_is_noticed_late_shifts_the_first_letter_and_its_deadline(
    noticed_on: date, sent_from: date, deadline_on: date
) -> None:
    facts = unpaid(noticed(noticed_on))
    before = reminder_due(facts, LADDER, today=sent_from - timedelta(days=1))
    assert said(before) == f"waits for reminder until {sent_from}"
    assert letter(facts, today=sent_from).deadline_on == deadline_on


def test_what_a_reminder_counts_from_must_have_happened() -> None:
    assert reminder_due(unpaid(*HELD), LADDER, today=date(2027, 6, 1)) is None  # the third goes with the closing
    assert reminder_due(unpaid(*CLOSED, reminded(3, january(6), until=january(16))), LADDER, today=january(20)) is None


@pytest.mark.clause("vicevaert-119")
def test_a_reminder_may_count_from_the_sending_of_the_one_before() -> None:
    terms = terms_of("vicevaert", "subscription")
    facts = unpaid(noticed(), reminded(1, LATE, until=december(23)))
    assert said(reminder_due(facts, terms, today=december(24))) == "waits for reminder until 2026-12-28"
    found = letter(facts, terms, today=december(28))
    assert (found.rule_on, found.allowed_on) == (december(25), december(28))
    assert found.deadline_on == january(6)


def test_a_reminder_never_comes_before_the_day_after_the_deadline_of_the_one_before() -> None:
    terms = terms_of("vicevaert", "subscription")
    facts = unpaid(noticed(), reminded(1, LATE, until=december(28)))
    assert said(reminder_due(facts, terms, today=december(28))) == "waits for reminder until 2026-12-29"


@pytest.mark.clause("safeit-051")
@pytest.mark.parametrize(
    ("rule", "deadline_on"),
    [
        (THIRD, january(16)),
        # Terms with a shorter deadline, or one from a day that may lie anywhere, yield to the law.
        (
            reminder(
                3,
                sent_after="closure",
                wait_days=0,
                deadline_days=5,
                deadline_from="reminder deadline",
                is_collection_warning=True,
            ),
            january(16),
        ),
        (
            reminder(
                3,
                sent_after="closure",
                wait_days=0,
                deadline_days=14,
                deadline_from="sending",
                is_collection_warning=True,
            ),
            january(20),
        ),
    ],
)
def test_a_collection_warning_leaves_ten_days_from_its_sending_and_cites_the_law(rule: Any, deadline_on: date) -> None:
    found = letter(unpaid(*CLOSED), replace(LADDER, reminders=(FIRST, SECOND, rule)), today=january(6))
    assert found.deadline_on == found.deadline_rule_on == deadline_on
    assert found.is_collection_warning
    assert COLLECTION_NOTICE in found.because


@pytest.mark.clause("safeit-052")
@pytest.mark.parametrize(("done", "today"), [(ONCE, december(22)), (CLOSED, january(6))])
def test_the_later_reminders_of_safe_it_warn_of_what_may_be_lost(done: tuple[Done, ...], today: date) -> None:
    found = letter(unpaid(*done), terms_of("safe-it", "webhosting"), today=today)
    assert {"hosting", "backups", "critical systems"} <= set(found.warns_of)


TERMS_OF_14_DAYS = replace(FEE, rule=type(FEE.rule)(amount=Decimal(100), fees_max=3, spacing_days=14))
TERMS_OF_ONE_FEE = replace(FEE, rule=type(FEE.rule)(amount=Decimal(100), fees_max=1, spacing_days=10))
TERMS_OF_50 = replace(FEE, rule=type(FEE.rule)(amount=Decimal(50), fees_max=3, spacing_days=10))


@pytest.mark.clause("safeit-007", "safeit-057", "vicevaert-119")
@pytest.mark.parametrize(
    ("story", "changes", "fee_terms", "fee", "refused_by"),
    [
        ("the first letter may cost a fee", {}, FEE, DKK_100, None),
        ("nine days after a letter it may not", {"reminders_on": (december(6),)}, FEE, None, REMINDER_SPACING),
        ("ten days after, it may", {"reminders_on": (december(5),)}, FEE, DKK_100, None),
        (
            "a letter about another invoice counts too",
            {"reminders_on": (december(10),), "fee_letters_on": (december(10),)},
            FEE,
            None,
            REMINDER_SPACING,
        ),
        (
            "three fees are the most in one arrears",
            {"fee_letters_on": (date(2026, 10, 1), date(2026, 10, 20), date(2026, 11, 9))},
            FEE,
            None,
            REMINDER_FEE,
        ),
        ("a longer spacing in the terms is kept", {"reminders_on": (december(2),)}, TERMS_OF_14_DAYS, None, CLAUSE[0]),
        ("and ends on its day", {"reminders_on": (december(1),)}, TERMS_OF_14_DAYS, DKK_100, None),
        (
            "fewer fees in the terms are kept",
            {"fee_letters_on": (date(2026, 10, 1),)},
            TERMS_OF_ONE_FEE,
            None,
            CLAUSE[0],
        ),
        ("the terms' own amount is taken", {}, TERMS_OF_50, Money(50_00), None),
        ("without a clause there is no fee", {}, None, None, None),
    ],
)
def test_a_reminder_costs_what_law_and_terms_allow(
    story: str, changes: dict[str, Any], fee_terms: Any, fee: Money | None, refused_by: Citation | None
) -> None:
    found = letter(unpaid(noticed(), **changes), replace(LADDER, fee=fee_terms), today=LATE)
    assert (found.fee, found.no_fee_because) == (fee, refused_by), story


@given(days=st.lists(st.integers(0, 60), max_size=4), fees=st.integers(0, 4), today_after=st.integers(0, 40))
def test_no_fee_comes_within_ten_days_of_a_letter_nor_a_fourth_time(
    days: list[int], fees: int, today_after: int
) -> None:
    letters = tuple(sorted(date(2026, 10, 1) + timedelta(days=day) for day in days))
    today = max((*letters, LATE)) + timedelta(days=today_after)
    facts = unpaid(noticed(), reminders_on=letters, fee_letters_on=letters[:fees])
    if letter(facts, today=today).fee is not None:
        assert not letters or (today - letters[-1]).days >= 10
        assert len(letters[:fees]) < 3


@pytest.mark.clause("safeit-007")
@pytest.mark.parametrize(
    ("story", "done", "expected"),
    [
        ("nothing was announced yet", (noticed(),), "nothing"),
        ("a letter without a fee", ONCE, "nothing"),
        (
            "an accepted letter with a fee",
            (noticed(), reminded(1, LATE, until=december(21), fee=DKK_100)),
            "fee.charged 1",
        ),
        (
            "it is charged once",
            (
                noticed(),
                reminded(1, LATE, until=december(21), fee=DKK_100),
                Done("fee.charged", LATE, step=1, amount=DKK_100),
            ),
            "nothing",
        ),
    ],
)
def test_a_fee_is_charged_once_its_letter_was_accepted(story: str, done: tuple[Done, ...], expected: str) -> None:
    assert said(fee_due(unpaid(*done), LADDER, today=LATE)) == expected, story


@pytest.mark.clause("vicevaert-121")
@pytest.mark.parametrize(
    ("done", "expected"),
    [
        ((noticed(),), "nothing"),
        (ONCE, "compensation.charged"),
        ((*ONCE, Done("compensation.charged", LATE)), "nothing"),
    ],
)
def test_the_compensation_comes_once_with_its_letter(done: tuple[Done, ...], expected: str) -> None:
    terms = replace(LADDER, compensation=COMPENSATION)
    assert said(compensation_due(unpaid(*done), terms, today=LATE)) == expected


@pytest.mark.clause("vicevaert-121")
@pytest.mark.parametrize(("customer", "amount"), [(BUSINESS, Money(310_00)), (PUBLIC, Money(310_00)), (CONSUMER, None)])
def test_vicevaert_takes_310_from_businesses_and_public_bodies_and_nothing_from_consumers(
    customer: Any, amount: Money | None
) -> None:
    found = compensation_due(unpaid(*ONCE), terms_of("vicevaert", "subscription", customer), today=LATE)
    assert (found.amount if found is not None else None) == amount


@pytest.mark.clause("compusoft-041")
def test_a_consumer_of_compusoft_gets_the_warning_that_the_law_demands() -> None:
    """The terms have no reminder; for a business that stays so."""
    assert reminder_due(unpaid(noticed()), terms_of("compusoft", "hosting"), today=LATE) is None
    found = letter(unpaid(noticed()), terms_of("compusoft", "hosting", CONSUMER), today=LATE)
    assert (found.step, found.fee, found.warns_of) == (1, None, ("suspension",))
    assert found.deadline_on == december(28)  # ten days from the sending are Christmas Day
