"""The scheduler stands still for an hour, a day, twenty days, forty-five days: nothing falls together, and no data go unannounced.

Each life is laid beside the timeline that the terms give for a house that never slept. Steps may come later than there, and
never nearer to the one before them; what was paid meanwhile is seen before anything else is done.
"""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations
from typing import Any

import pytest

from servanda.business.audit.queries import run_audit
from servanda.business.companies.queries import company as company_of
from servanda.business.companies.queries import moment_for, today_of
from servanda.business.customers.queries import customer_numbered
from servanda.business.dunning.actions import decide_proposal
from servanda.business.dunning.queries import open_proposals
from servanda.business.hosting.queries import services_of_customer
from servanda.business.letters.queries import letters_of_customer
from servanda.faces.clock.post import deliver_of
from servanda.faces.clock.rounds import run_round
from servanda.faces.demo.companies import open_company
from servanda.faces.demo.customers import new_line, sign
from servanda.ground.calendar import moment_of
from servanda.ground.money import Money
from servanda.terms.clauses import CustomerKind
from tests.cast import BIRK, EVA
from tests.stories.test_unpaid_stories import ADVERSE, NOVEMBER_30, expected, lived
from tests.stories.world import World

pytestmark = pytest.mark.django_db

# The eves of what the terms of Safe-IT have in store for an invoice of 30 November that nobody pays.
REMINDER_EVE, HOLD_EVE, ENDING_EVE, PURGE_EVE = (
    date(2026, 12, 14),
    date(2026, 12, 21),
    date(2027, 1, 5),
    date(2027, 2, 4),
)
ENDED_TO_PURGED = timedelta(days=30)
BANK_DAYS_APART = timedelta(days=4)  # a day that is no bank day moves a step to the next one, so two may move unequally
EVES_AND_DAYS = [
    (REMINDER_EVE, 1),
    (HOLD_EVE, 20),
    (PURGE_EVE, 45),
    *(
        pytest.param(eve, days, marks=pytest.mark.slow)
        for eve in (REMINDER_EVE, HOLD_EVE, ENDING_EVE, PURGE_EVE)
        for days in (1, 20, 45)
        if (eve, days) not in ((REMINDER_EVE, 1), (HOLD_EVE, 20), (PURGE_EVE, 45))
    ),
]


def a_world() -> tuple[World, int]:
    world = World("safe-it", NOVEMBER_30)
    return world, world.customer(BIRK, "hosting-yearly", began_on=NOVEMBER_30, price=Money(10_000_00))


def undisturbed(world: Any) -> list[tuple[date, str]]:
    plan = expected(world, "webhosting", CustomerKind.BUSINESS, until=date(2027, 2, 5))
    return [(date.fromisoformat(on), what) for on, what in plan]


def steps_of(world: Any, customer_id: int) -> list[tuple[date, str]]:
    return [(date.fromisoformat(on), what) for on, what in lived(world, customer_id)]


def named(steps: list[tuple[date, str]]) -> dict[tuple[str, int], date]:
    """Return the day of each step by what it is and how manieth of its like."""
    counts: Counter[str] = Counter()
    found = {}
    for on, what in sorted(steps):
        counts[what] += 1
        found[what, counts[what]] = on
    return found


def days_of(steps: list[tuple[date, str]]) -> list[date]:
    return sorted({on for on, _ in steps})


@pytest.mark.parametrize(("eve", "days"), EVES_AND_DAYS)
def test_a_scheduler_that_was_away_never_brings_two_steps_nearer_to_each_other(eve: date, days: int) -> None:
    world, birk = a_world()
    world.live_until(eve)
    before = steps_of(world, birk)
    wakes_on = eve + timedelta(days=days + 1)
    world.sleep_until(wakes_on)
    assert steps_of(world, birk) == before
    world.round()
    woken = steps_of(world, birk)
    planned = undisturbed(world)
    assert {on for on, _ in woken[len(before) :]} <= {wakes_on}
    assert len(days_of(woken)) <= len(days_of(before)) + 1, "what the terms part by days was done on one"

    world.live_until(date(2027, 2, 5) + timedelta(days=days + 14))
    told = steps_of(world, birk)
    late, on_paper = named(told), named(planned)
    # A fee that the law forbids within ten days of the one before is due after all once its reminder comes later.
    assert set(on_paper) <= set(late) <= {*on_paper, ("fee.charged", 3)}, "the same steps, later"
    if len(late) > len(on_paper):
        on_paper = {step: on for step, on in on_paper.items() if step[0] != "fee.charged"}
    for first, then in combinations(sorted(on_paper, key=lambda one: (on_paper[one], one)), 2):
        apart = on_paper[then] - on_paper[first]
        assert late[then] - late[first] >= apart - BANK_DAYS_APART or not apart, (first, then, told)
    assert all(late[step] >= on_paper[step] for step in on_paper)
    assert_no_data_went_unannounced(world, birk)
    assert run_audit(company_id=world.company_id).is_clean


def assert_no_data_went_unannounced(world: World, customer_id: int) -> None:
    """The purge has its warrant, and came so long after the end as the terms say, counted from an accepted letter."""
    steps = steps_of(world, customer_id)
    (ended_on,) = (on for on, what in steps if what == "contract.ended")
    (purged_on,) = (on for on, what in steps if what == "data.purged")
    told_on = [
        letter.accepted_on
        for letter in letters_of_customer(customer_id)
        if letter.accepted_on is not None and ended_on <= letter.accepted_on <= purged_on
    ]
    assert told_on, "nobody was told"
    assert purged_on >= ended_on + ENDED_TO_PURGED
    assert purged_on >= min(told_on) + ENDED_TO_PURGED - BANK_DAYS_APART


@pytest.mark.parametrize(
    "days", [20, pytest.param(1, marks=pytest.mark.slow), pytest.param(45, marks=pytest.mark.slow)]
)
def test_who_paid_while_the_scheduler_was_away_suffers_nothing_when_it_wakes(days: int) -> None:
    world, birk = a_world()
    world.live_until(HOLD_EVE)
    before = steps_of(world, birk)
    invoice = world.invoice_of(birk)
    paid_on = HOLD_EVE + timedelta(days=1)
    world.sleep_until(HOLD_EVE + timedelta(days=days + 1))
    world.bank(invoice.open_total, reference=invoice.reference, on=paid_on)
    world.round()
    world.live_until(world.today + timedelta(days=20))
    adverse = [step for step in steps_of(world, birk)[len(before) :] if step[1] in (*ADVERSE, "reminder.sent")]
    assert adverse == []
    assert all(service.is_served for service in services_of_customer(birk))
    assert run_audit(company_id=world.company_id).is_clean


def test_an_hour_away_over_each_midnight_changes_no_day() -> None:
    """On the clock of the world: no round between half past eleven and half past twelve at night, in Danish time or UTC."""
    company = open_company("safe-it", clock_on=None, at=moment_of(NOVEMBER_30), today=NOVEMBER_30)
    world = _Awake(company.company_id)
    birk = world.sign()
    for eve in (NOVEMBER_30, REMINDER_EVE, HOLD_EVE, ENDING_EVE):
        for day in (eve, eve + timedelta(days=1)):
            for hour, minute in ((9, 0), (22, 25), (23, 35)):  # UTC: 23:25 and 00:35 in Denmark
                world.round(datetime.combine(day, time(hour, minute), UTC))
    until = date(2027, 1, 7)
    planned = [step for step in undisturbed(world) if step[0] < until]
    told = steps_of(world, birk)
    assert told == planned


class _Awake:
    """A company on the clock of the world."""

    slug = "safe-it"

    def __init__(self, company_id: int) -> None:
        self.company_id = company_id

    def sign(self) -> int:
        line = new_line(self.slug, "hosting-yearly", began_on=NOVEMBER_30, description="birk.example")
        at = moment_of(NOVEMBER_30)
        lines = (replace(line, own_price=Money(10_000_00)),)
        sign(company_of(self.company_id), BIRK, contract="K-1002", lines=lines, today=NOVEMBER_30, at=at)
        return customer_numbered(self.company_id, BIRK.number).customer_id

    def round(self, now: datetime) -> None:
        for _ in range(4):
            company = company_of(self.company_id)
            run_round(company, now=now)
            sent = deliver_of(company, now=now)
            asked = [one for one in open_proposals(self.company_id) if one.act not in ("not_specified", "time.asked")]
            for one in asked:
                decide_proposal(
                    company,
                    one.proposal_id,
                    is_approved=True,
                    by=EVA,
                    reason="the terms allow it",
                    today=today_of(company, now=now),
                    at=moment_for(company, now=now),
                )
            if not sent and not asked:
                return
