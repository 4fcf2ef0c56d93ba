"""A round costs what is due: where nothing is, it asks few questions and writes nothing."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from servanda.faces.clock.carriage import carry
from servanda.faces.clock.post import deliver_of
from servanda.faces.clock.rounds import run_round
from servanda.ground.calendar import moment_of
from servanda.ground.money import Money
from tests.cast import ALMA
from tests.stories.world import World

pytestmark = pytest.mark.django_db
BEGINS_ON = date(2026, 9, 1)
QUESTIONS_MAX = 46


def asked_in_a_round(world: World) -> list[str]:
    """Make one more round of today, with its letters and e-documents, and return what the database was asked."""
    now = moment_of(world.today)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        run_round(world.company, now=now)
        assert deliver_of(world.company, now=now) == 0
        assert carry(world.company_id, lambda: now) == 0
    return [one["sql"] for one in asked.captured_queries if "SAVEPOINT" not in one["sql"]]


def a_world() -> tuple[World, int]:
    world = World("safe-it", BEGINS_ON)
    alma = world.customer(ALMA, "hosting-monthly", began_on=BEGINS_ON - timedelta(days=12))
    world.live_until(BEGINS_ON + timedelta(days=2))
    return world, alma


def test_a_round_in_which_nothing_is_due_asks_little_and_writes_nothing() -> None:
    world, _ = a_world()
    asked = asked_in_a_round(world)
    assert len(asked) <= QUESTIONS_MAX, "\n".join(asked)
    written = [sql for sql in asked if sql.startswith(("INSERT", "DELETE", "UPDATE"))]
    assert [sql for sql in written if not sql.startswith('UPDATE "company"')] == []


def test_money_that_a_customer_has_over_is_still_used_by_the_next_round() -> None:
    world, alma = a_world()
    paid = world.invoice_of(alma)
    world.pay(paid, paid.total + Money(50_00))
    world.live_until(date(2026, 10, 2))
    newest = world.invoice_of(alma)
    assert newest.number != paid.number
    assert newest.open_principal == newest.total - Money(50_00)
