"""Two workers on one line that ends, and a worker that dies at any statement: the money goes back once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import connection, transaction
from pytest_django import Settings

from servanda.business.billing.queries import invoices_of_customer
from servanda.business.billing.queries.refunds import lines_to_refund, refunds_of_customer
from servanda.business.dunning.actions import give_back_unused, give_back_unused_of
from servanda.ground.calendar import moment_of
from servanda.ground.money import Money
from tests.business.billing.books import assert_books_agree
from tests.real.test_crash_points import Fuse, PowerIsOut
from tests.stories.test_refund_stories import exits, notes_of, prepaid

LAST = date(2027, 3, 31)


@pytest.fixture(autouse=True)
def memory_drivers(settings: Settings) -> None:
    settings.DRIVERS = "servanda.simulation.drivers"
    settings.DAILY_LIFE = ""


def test_two_workers_at_once_give_back_once(real_database: object) -> None:
    world, alma, line_id = prepaid()
    exits(world, line_id, LAST)

    def work(_: int) -> int:
        try:
            done = give_back_unused_of(world.company, line_id, today=world.today, at=moment_of(world.today))
            return len(done.documents)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as workers:
        assert sorted(workers.map(work, range(2))) == [0, 1]
    (note,) = notes_of(alma)
    assert note.net == Money(2_991_78)
    assert_books_agree(world.company_id)


@pytest.mark.django_db
def test_a_worker_that_dies_at_any_statement_leaves_all_or_nothing() -> None:
    world, alma, line_id = prepaid()
    exits(world, line_id, LAST)
    count = Fuse()
    with transaction.atomic():
        with connection.execute_wrapper(count):
            give_back_unused_of(world.company, line_id, today=world.today, at=moment_of(world.today))
        transaction.set_rollback(True)
    assert count.seen > 20
    for blows_at in range(1, count.seen + 1, 3):
        with pytest.raises(PowerIsOut), transaction.atomic(), connection.execute_wrapper(Fuse(blows_at)):
            give_back_unused_of(world.company, line_id, today=world.today, at=moment_of(world.today))
        assert lines_to_refund(world.company_id) == (line_id,)
        assert [one.kind for one in invoices_of_customer(alma)] == ["invoice"]
    assert give_back_unused(world.company, today=world.today, at=moment_of(world.today)) == 1
    assert give_back_unused(world.company, today=world.today, at=moment_of(world.today)) == 0
    assert lines_to_refund(world.company_id) == ()
    assert [one.state for one in refunds_of_customer(alma)] == ["given"]
    assert_books_agree(world.company_id)
