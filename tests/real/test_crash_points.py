"""A crash before and after every statement of the main acts, one by one: done again, the result is as if nothing had been.

The crash leaves standing what its transactions had committed by then. A crash at the statement that commits leaves it unknown
whether it was; both cases are among those tried.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NoReturn

import pytest
from django.db import connection, transaction

from servanda.business.billing.actions.beginning import begin_billing
from servanda.business.billing.actions.issuing import issue_due_invoices
from servanda.business.companies.actions import move_test_clock
from servanda.business.companies.queries import company as company_of
from servanda.business.dunning.actions import work_off_claim
from servanda.business.dunning.decisions.ladder import next_step
from servanda.business.dunning.decisions.orders import Order
from servanda.business.dunning.models import Claim
from servanda.business.dunning.queries import arrears_of, ladder_terms_of
from servanda.business.hosting.models import Hold
from servanda.ground.calendar import moment_of
from tests.business.billing.books import assert_books_agree
from tests.real import lives
from tests.real.outcome import outcome_of

pytestmark = pytest.mark.django_db

STATEMENTS_MAX = 2_000
DAYS_MAX = 120


class PowerIsOut(BaseException):
    """The process ends here. Nothing of ours catches it."""


@dataclass
class Fuse:
    """Counts statements, and blows before or after the one that it was set for."""

    blows_at: int | None = None
    is_after: bool = False
    seen: int = 0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.seen += 1
        is_now = self.seen == self.blows_at
        if is_now and not self.is_after:
            raise PowerIsOut
        result = execute(sql, params, many, context)
        if is_now:
            raise PowerIsOut
        return result


@contextmanager
def undone() -> Iterator[None]:
    """Take everything back that the block does."""

    class Done(Exception):
        pass

    def leave() -> NoReturn:
        raise Done

    try:
        with transaction.atomic():
            yield
            leave()
    except Done:
        pass


def crash_everywhere(company_id: int, act: Callable[[], object], *, is_thorough: bool) -> int:
    """Crash the act at each of its statements, do it again, and compare; return how many crashes that were.

    Before one statement and after the next are the same moment but for what a commit does, so the quick way takes turns.
    """
    fuse = Fuse()
    with undone():
        with connection.execute_wrapper(fuse):
            act()
        expected = outcome_of(company_id)
        with connection.execute_wrapper(Fuse()):
            act()  # and once more, as if nobody knew that it was committed
        assert not expected.differences(outcome_of(company_id))
    assert 0 < fuse.seen < STATEMENTS_MAX
    crashes = 0
    for place in range(1, fuse.seen + 1):
        for is_after in (False, True) if is_thorough else (place % 2 == 0,):
            crashes += 1
            with undone():
                with pytest.raises(PowerIsOut), connection.execute_wrapper(Fuse(place, is_after)):
                    act()
                act()
                found = outcome_of(company_id)
                assert not expected.differences(found), (place, is_after, expected.differences(found))
    return crashes


def due(company_id: int, today: date) -> Sequence[tuple[int, str]]:
    """Return the claims on which something is to be done today, and what comes first."""
    ids = list(
        Claim.objects.filter(company_id=company_id, look_again_on__lte=today).values_list("invoice_id", flat=True)
    )
    steps = [(one, next_step(one, ladder_terms_of(one), today=today)) for one in arrears_of(ids, today=today)]
    return [(arrears.invoice_id, step.what) for arrears, step in steps if isinstance(step, Order)]


def next_day(company_id: int) -> date:
    today = company_of(company_id).clock_on
    assert today is not None
    move_test_clock(company_id, to=today + timedelta(days=1))
    return today + timedelta(days=1)


def test_issuing_is_done_once_wherever_it_crashes() -> None:
    company_id = lives.begin("safe-it", 3)
    company, today = company_of(company_id), lives.BEGINS_ON

    def act() -> None:
        begin_billing(company_id)
        while issue_due_invoices(company, today=today, at=moment_of(today), limit=2):
            pass

    assert crash_everywhere(company_id, act, is_thorough=True) >= 20
    act()
    assert_books_agree(company_id)


def test_reminding_and_suspending_are_done_once_wherever_they_crash() -> None:
    _climb("safe-it", {"reminder.sent", "hold.placed"}, is_thorough=False)


@pytest.mark.slow
def test_every_step_of_a_ladder_is_done_once_wherever_it_crashes() -> None:
    steps = {"invoice.accepted", "payment.late", "reminder.sent", "fee.charged", "hold.placed", "contract.ended"}
    _climb("safe-it", steps, is_thorough=True)


def _climb(slug: str, steps: set[str], *, is_thorough: bool) -> None:
    """Let an invoice stay unpaid until each of the steps was the first thing due in some round, and crash it there."""
    company_id = lives.begin(slug, 1)
    lives.finish_day(company_id)
    untried = set(steps)
    while untried:
        today = next_day(company_id)
        assert (today - lives.BEGINS_ON).days < DAYS_MAX, f"never due: {untried}"
        lives.read_statement(company_of(company_id))
        for _ in range(lives.ROUNDS_MAX):
            for invoice_id, what in due(company_id, today):
                if what in untried:
                    untried.remove(what)
                    assert (
                        crash_everywhere(company_id, _step(company_id, invoice_id, today), is_thorough=is_thorough) > 20
                    )
            lives.round_of_letters(company_id)
        lives.finish_day(company_id)
    assert_books_agree(company_id)


def _step(company_id: int, invoice_id: int, today: date) -> Callable[[], object]:
    return lambda: work_off_claim(company_of(company_id), invoice_id, today=today, at=moment_of(today))


@pytest.mark.parametrize(
    "habit",
    [
        "very late",  # the payment lifts a hold, settles interest and is too much
        pytest.param("bounces", marks=pytest.mark.slow),
        pytest.param("partly", marks=pytest.mark.slow),
    ],
)
def test_a_statement_is_booked_once_wherever_it_crashes(habit: str) -> None:
    """The last payment of the habit, or its being taken back."""
    company_id = lives.begin("safe-it", 1, habits=(habit,))
    wanted = len(lives.HABITS[habit])
    while wanted:
        lives.finish_day(company_id)
        today = next_day(company_id)
        assert (today - lives.BEGINS_ON).days < DAYS_MAX
        wanted -= lives.habits_of(company_of(company_id), today) == {habit}
    if habit == "very late":
        assert Hold.objects.filter(service__company_id=company_id, lifted_at=None).exists()

    def act() -> None:
        lives.read_statement(company_of(company_id))

    assert crash_everywhere(company_id, act, is_thorough=habit == "bounces") > 20
    lives.finish_day(company_id)
    assert_books_agree(company_id)
