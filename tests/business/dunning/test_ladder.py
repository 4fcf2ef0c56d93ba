"""What is due on an unpaid invoice today, or what is it waiting for? Doubt parks every adverse act."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.business.dunning.decisions.ladder import doubt, next_step
from servanda.business.dunning.decisions.orders import AskPerson, ChargeInterest, Order, Wait
from servanda.business.dunning.decisions.terms import LadderTerms
from servanda.business.dunning.facts import Arrears, Done
from servanda.ground.calendar import is_bank_day
from servanda.ground.money import Money
from tests.business.dunning.unpaid import (
    CLOSED,
    CONSUMER,
    HELD,
    ISSUED,
    LADDER,
    LATE,
    ONCE,
    SERVER,
    SILENT,
    SIX_PERCENT,
    TWICE,
    december,
    january,
    noticed,
    reminded,
    said,
    terms_of,
    unpaid,
)

DKK_100 = Money(100_00)
TOLD_A_FEE = (noticed(), reminded(1, LATE, until=december(21), fee=DKK_100))


@pytest.mark.clause("safeit-043")
@pytest.mark.parametrize(
    ("story", "facts", "day", "expected"),
    [
        ("on the due day nothing is late", unpaid(), december(14), "waits for due until 2026-12-15"),
        ("the day after, the delay is noted", unpaid(), LATE, "payment.late"),
        ("then the first reminder goes out", unpaid(noticed()), LATE, "reminder.sent 1"),
        (
            "a letter that is under way is waited for",
            unpaid(noticed(), waiting_letters=frozenset({"reminder:7:1"})),
            december(16),
            "waits for delivery of reminder:7:1",
        ),
        ("an accepted letter's fee is charged", unpaid(*TOLD_A_FEE), LATE, "fee.charged 1"),
        ("then its deadline runs", unpaid(*ONCE), december(16), "waits for reminder until 2026-12-22"),
        ("the day after it the second goes out", unpaid(*ONCE), december(22), "reminder.sent 2"),
        ("and with it the hold", unpaid(*TWICE), december(22), "hold.placed"),
        ("after the hold fourteen days pass", unpaid(*HELD), january(5), "waits for closure until 2027-01-06"),
        ("then a person decides on closing", unpaid(*HELD), january(6), "contract.ended by person"),
        ("with it goes the collection warning", unpaid(*CLOSED), january(6), "reminder.sent 3"),
        (
            "after which nothing is left to do",
            unpaid(*CLOSED, reminded(3, january(6), until=january(16))),
            january(20),
            "waits for nothing more by these rules",
        ),
        (
            "what is paid is at rest",
            unpaid(*ONCE, open_principal=Money(0)),
            january(20),
            "waits for paid",
        ),
        (
            "from a fee that alone is open nothing follows",
            unpaid(*ONCE, open_principal=Money(0), open_charges=DKK_100),
            january(20),
            "waits for only charges are open",
        ),
        (
            "an invoice paid after the first reminder never comes to the second",
            unpaid(*ONCE, open_principal=Money(0)),
            december(22),
            "waits for paid",
        ),
    ],
)
def test_the_next_step_of_an_unpaid_invoice(story: str, facts: Arrears, day: date, expected: str) -> None:
    assert said(next_step(facts, LADDER, today=day)) == expected, story


DOUBTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("delivery of the invoice is not proven", {"received_on": None}),
    ("dispute", {"paused_because": "dispute"}),
    ("payment plan", {"paused_because": "payment plan"}),
    ("pending payment", {"paused_because": "pending payment"}),
    ("legal hold", {"paused_because": "legal hold"}),
    ("a letter was not delivered", {"failed_letters": frozenset({"reminder:7:1"})}),
    ("bank entries are not known", {"bank_known_until": december(1)}),
)
STAGES: tuple[tuple[tuple[Done, ...], date], ...] = (
    ((), LATE),
    (TOLD_A_FEE, LATE),
    (ONCE, december(22)),
    (TWICE, december(22)),
    (HELD, january(6)),
    (CLOSED, january(6)),
)


@pytest.mark.parametrize(("done", "day"), STAGES)
@pytest.mark.parametrize(("reason", "changes"), DOUBTS)
def test_any_doubt_parks_the_ladder_at_every_stage(
    reason: str, changes: dict[str, Any], done: tuple[Done, ...], day: date
) -> None:
    facts = unpaid(*done, bank_known_until=day)
    assert isinstance(next_step(facts, LADDER, today=day), Order)
    parked = next_step(replace(facts, **changes), LADDER, today=day)
    assert said(parked) == f"parked: {reason}"
    assert isinstance(parked, Wait)
    assert parked.until is None


@pytest.mark.parametrize(
    ("today", "is_in_doubt"),
    # Four bank days after Monday 21 December are the 22nd, the 23rd, the 28th and the 29th.
    [(december(21), False), (december(28), False), (december(29), False), (december(30), True), (january(20), True)],
)
def test_without_news_from_the_bank_nobody_is_called_late(today: date, is_in_doubt: bool) -> None:
    found = doubt(unpaid(bank_known_until=december(21)), today=today)
    assert found == ("bank entries are not known" if is_in_doubt else "")


def test_payments_that_come_by_hand_need_no_news_from_the_bank() -> None:
    assert doubt(unpaid(), today=date(2027, 12, 31)) == ""


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (unpaid(*HELD), "contract.ended by person"),
        (unpaid(*HELD, asked=frozenset({"contract.ended:7"})), "waits for a person decides"),
        (unpaid(*HELD, approved=frozenset({"contract.ended:7"})), "contract.ended by person"),
        (unpaid(*HELD, declined=frozenset({"contract.ended:7"})), "waits for nothing more by these rules"),
    ],
)
def test_what_a_person_decides_waits_for_them_and_a_no_is_passed_over(facts: Arrears, expected: str) -> None:
    assert said(next_step(facts, LADDER, today=january(6))) == expected


def test_the_other_rungs_go_on_while_a_person_decides() -> None:
    """CompuSoft: the hold waits for a yes, the interest of the started month does not."""
    terms = terms_of("compusoft", "hosting")
    facts = unpaid(noticed(), asked=frozenset({"hold.placed:7"}))
    assert said(next_step(facts, terms, today=LATE)) == "interest.charged"


@pytest.mark.parametrize(
    ("done", "day", "expected"),
    [
        ((noticed(),), december(19), "waits for bank day until 2026-12-21"),  # a Saturday
        (TOLD_A_FEE, december(19), "waits for bank day until 2026-12-21"),  # the fee of a letter accepted that day
        (ONCE, december(25), "waits for bank day until 2026-12-28"),
        (TWICE, december(26), "waits for bank day until 2026-12-28"),
        (HELD, january(9), "waits for bank day until 2027-01-11"),
        (CLOSED, january(10), "waits for bank day until 2027-01-11"),
        ((), december(19), "payment.late"),  # noting it harms nobody
    ],
)
def test_what_is_overdue_on_a_day_without_banks_waits_for_the_next_bank_day(
    done: tuple[Done, ...], day: date, expected: str
) -> None:
    """After a pause, a late yes or a clock that stood still, the day on which a step is overdue can be any day."""
    assert said(next_step(unpaid(*done), LADDER, today=day)) == expected


def test_the_interest_of_a_started_month_is_not_moved() -> None:
    terms = LadderTerms(interest=SIX_PERCENT, payment_because=LADDER.payment_because)
    saturday = january(16)
    answer = next_step(unpaid(noticed(), Done("interest.charged", LATE, amount=Money(750_00))), terms, today=saturday)
    assert isinstance(answer, ChargeInterest)
    assert answer.allowed_on == january(15)


@given(
    days=st.integers(1, 400),
    stage=st.sampled_from([done for done, _ in STAGES]),
    approved=st.booleans(),
)
def test_no_letter_and_nothing_adverse_is_ordered_on_a_day_without_banks(
    days: int, stage: tuple[Done, ...], approved: bool
) -> None:
    today = max((done.on for done in stage), default=ISSUED) + timedelta(days=days)
    yes = frozenset({"contract.ended:7"}) if approved else frozenset()
    answer = next_step(unpaid(*stage, approved=yes), LADDER, today=today)
    assert isinstance(answer, Wait) or not answer.is_adverse or is_bank_day(today)


@pytest.mark.clause("simsoft-041")
@pytest.mark.parametrize("terms", [SILENT, terms_of("simsoft", "webhotel")], ids=["made up", "simsoft"])
def test_where_the_terms_are_silent_on_late_payment_a_person_is_asked_once(terms: LadderTerms) -> None:
    assert said(next_step(unpaid(), terms, today=december(14))) == "waits for due until 2026-12-15"
    assert said(next_step(unpaid(), terms, today=LATE)) == "payment.late"
    asked = next_step(unpaid(noticed()), terms, today=LATE)
    assert isinstance(asked, AskPerson)
    assert not asked.is_adverse
    assert asked.questions == ("reminder", "interest", "suspension", "closure")
    at_rest = next_step(unpaid(noticed(), Done("not_specified", LATE)), terms, today=date(2027, 6, 1))
    assert said(at_rest) == "waits for nothing more by these rules"


@pytest.mark.clause("servicepoint-001")
def test_without_a_payment_term_nothing_is_ever_late_and_a_person_is_asked() -> None:
    terms = terms_of("servicepoint", "cloudnet")
    steps = [next_step(unpaid(due_on=None), terms, today=ISSUED + timedelta(days=days)) for days in range(0, 400, 5)]
    asked = [step for step in steps if isinstance(step, AskPerson)]
    assert asked
    assert all("payment-term" in step.questions for step in asked)
    assert not [step for step in steps if isinstance(step, Order) and step.is_adverse]
    again = unpaid(Done("not_specified", ISSUED), due_on=None)
    assert isinstance(next_step(again, terms, today=date(2027, 6, 1)), Wait)


@pytest.mark.clause("safeit-050", "safeit-051")
@pytest.mark.parametrize(
    ("services", "done", "day", "expected"),
    [
        ((), TWICE, december(28), "waits for reminder deadline until 2026-12-29"),
        ((), TWICE, december(29), "not_specified"),
        ((SERVER,), TWICE, december(29), "not_specified"),
        ((), (*TWICE, Done("not_specified", december(29))), january(20), "waits for nothing more by these rules"),
        ((), HELD, december(29), "not_specified"),  # what was held is closed already, for another invoice
        ((), CLOSED, january(6), "reminder.sent 3"),
    ],
)
def test_where_nothing_can_be_closed_a_person_is_asked_about_collection(
    services: tuple[Any, ...], done: tuple[Done, ...], day: date, expected: str
) -> None:
    answer = next_step(unpaid(*done, services=services), LADDER, today=day)
    assert said(answer) == expected
    if isinstance(answer, AskPerson):
        assert answer.questions == ("collection",)


def test_once_all_is_closed_the_last_letter_is_waited_for_and_nobody_is_asked() -> None:
    under_way = unpaid(*CLOSED, services=(), waiting_letters=frozenset({"reminder:7:3"}))
    assert said(next_step(under_way, LADDER, today=january(20))) == "waits for delivery of reminder:7:3"


@pytest.mark.clause("safeit-009")
@pytest.mark.parametrize(
    ("facts", "day", "expected"),
    [
        (unpaid(), december(5), "waits for question until 2026-12-06"),
        (unpaid(), december(6), "invoice.accepted"),
        (unpaid(received_on=december(3)), december(8), "waits for question until 2026-12-09"),
        (unpaid(received_on=None), december(6), "parked: delivery of the invoice is not proven"),
        (unpaid(paused_because="dispute"), december(6), "parked: dispute"),
        (unpaid(paused_because="payment plan"), december(6), "invoice.accepted"),
        (unpaid(Done("invoice.accepted", december(6))), december(6), "waits for due until 2026-12-15"),
    ],
)
def test_silence_accepts_an_invoice_after_its_five_days(facts: Arrears, day: date, expected: str) -> None:
    assert said(next_step(facts, terms_of("safe-it", "webhosting"), today=day)) == expected


@pytest.mark.clause("safeit-009")
def test_a_consumers_silence_accepts_nothing() -> None:
    terms = terms_of("safe-it", "webhosting", CONSUMER)
    assert said(next_step(unpaid(), terms, today=december(6))) == "waits for due until 2026-12-15"


@pytest.mark.parametrize(
    "change",
    [
        lambda terms: replace(terms, reminders=()),
        lambda terms: replace(terms, suspension=None),
        lambda terms: replace(terms, fee=None),
        lambda terms: replace(terms, closure=None),
    ],
)
def test_before_the_due_day_nothing_happens_whatever_the_terms(change: Callable[[LadderTerms], LadderTerms]) -> None:
    terms = change(LADDER)
    assert all(isinstance(next_step(unpaid(), terms, today=ISSUED + timedelta(days=day)), Wait) for day in range(15))


@pytest.mark.parametrize(("done", "day"), STAGES)
def test_every_order_rests_on_a_clause_and_comes_no_sooner_than_allowed(done: tuple[Done, ...], day: date) -> None:
    answer = next_step(unpaid(*done), LADDER, today=day)
    assert isinstance(answer, Order)
    assert answer.because
    assert answer.rule_on <= answer.allowed_on <= day


@pytest.mark.parametrize(
    ("story", "facts", "day", "expected"),
    [
        ("the bank has told of the due day", {"bank_known_until": december(14)}, LATE, "payment.late"),
        ("it has not: who paid on it is not seen", {"bank_known_until": december(11)}, LATE, "parked"),
        ("nor has it told of the deadline", {"done": ONCE, "bank_known_until": december(18)}, december(22), "parked"),
        (
            "it has told of the deadline",
            {"done": ONCE, "bank_known_until": december(21)},
            december(22),
            "reminder.sent 2",
        ),
        ("payments come by hand", {}, LATE, "payment.late"),
    ],
)
def test_a_day_has_passed_unpaid_only_when_the_bank_has_told_of_it(
    story: str, facts: dict[str, Any], day: date, expected: str
) -> None:
    assert said(next_step(unpaid(**facts), LADDER, today=day)).startswith(expected), story


def test_doubt_is_shown_also_while_the_time_for_questions_runs() -> None:
    terms = terms_of("safe-it", "webhosting")
    waiting = next_step(unpaid(paused_because="payment plan"), terms, today=december(1))
    assert said(waiting) == "parked: payment plan"
