"""The line to the database breaks around each commit, or a transaction must end a deadlock: done again, all is as it should be.

A line that breaks after COMMIT was sent leaves the program not knowing whether it was carried out. It was, here; the program is
told that it failed, and does the same again.
"""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import psycopg
import pytest
from django.db import OperationalError, connection

from servanda.business.billing.models import BankEntry
from servanda.business.companies.queries import company as company_of
from servanda.business.dunning.actions import work_off_claim
from servanda.ground.calendar import moment_of
from tests.business.billing.books import assert_books_agree
from tests.conftest import RealDatabase, Server
from tests.real import lives
from tests.real.healing import next_day, quiet_run
from tests.real.outcome import assert_promises_kept, outcome_of
from tests.real.test_races import SECONDS_MAX, Pause, in_thread, suspension_is_due, wait_until_blocked

CUSTOMERS, DAYS = 2, 2


@dataclass
class Cut:
    """Breaks the line before or after the commit of this number."""

    database: RealDatabase
    at: int
    is_after: bool
    seen: int = 0

    def commit(self) -> None:
        self.seen += 1
        if self.seen == self.at and not self.is_after:
            self._break()
        connection.connection.commit()
        if self.seen == self.at:
            self._break()
            connection.connection.execute(
                "select 1"
            )  # the answer to the COMMIT does not come: this is what is heard instead

    def _break(self) -> None:
        with closing(psycopg.connect(self.database.url, autocommit=True)) as other:
            other.execute("select pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid])


@contextmanager
def cut(database: RealDatabase, at: int, *, is_after: bool) -> Iterator[Cut]:
    """Let the line break once within the block."""
    cut = Cut(database, at, is_after)

    def commit() -> None:
        with connection.wrap_database_errors:
            cut.commit()

    connection._commit = commit  # type: ignore[attr-defined]
    try:
        yield cut
    finally:
        del connection._commit  # type: ignore[attr-defined]
        connection.close()


def test_a_line_that_breaks_around_any_commit_of_a_day_changes_nothing(
    real_database: RealDatabase, database_server: Server, template_database: str
) -> None:
    expected = quiet_run("safe-it", customers=CUSTOMERS, days=DAYS)
    connection.close()
    database_server.drop(real_database.name)
    database_server.create(real_database.name, template=template_database)
    company_id = lives.begin("safe-it", CUSTOMERS)
    cuts = 0
    for day in range(DAYS + 1):
        number, is_after, is_cut = 1, False, True
        while is_cut:
            is_cut = live_until_cut(real_database, company_id, number, is_after=is_after)
            cuts += is_cut
            number, is_after = number + is_after, not is_after
        lives.finish_day(company_id)
        if day < DAYS:
            next_day(company_id)
    assert cuts >= 10
    today = company_of(company_id).clock_on
    assert today is not None
    assert_promises_kept(company_id, today=today)
    assert outcome_of(company_id).differences(expected) == {}


def live_until_cut(database: RealDatabase, company_id: int, number: int, *, is_after: bool) -> bool:
    """Live the day, and tell whether the line broke before its end."""
    with cut(database, number, is_after=is_after) as line:
        try:
            lives.live(company_id)
        except OperationalError:
            assert line.seen >= number
            return True
        return False


def test_a_suspension_that_is_chosen_to_end_a_deadlock_is_as_if_it_had_not_begun(real_database: RealDatabase) -> None:
    """Another transaction holds what the suspension needs next, and wants what it has: the database ends the suspension's."""
    company_id, invoice_id, today = suspension_is_due()
    company, before = company_of(company_id), outcome_of(company_id)
    pause = Pause('INSERT INTO "service_hold"')
    failed: list[BaseException] = []

    def suspend() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "set deadlock_timeout = '50ms'"
            )  # it finds the deadlock first, and so it is the one that ends
        with connection.execute_wrapper(pause):
            work_off_claim(company, invoice_id, today=today, at=moment_of(today))

    slow = in_thread(suspend, failed)
    assert pause.reached.wait(SECONDS_MAX), failed
    with closing(psycopg.connect(real_database.url)) as other:
        other.execute("set deadlock_timeout = '60s'")
        other.execute("lock table letter in share row exclusive mode")
        wanting = threading.Thread(target=lambda: other.execute("lock table service_hold in share row exclusive mode"))
        wanting.start()
        wait_until_blocked(real_database, wanting)
        pause.let_go.set()
        slow.join(SECONDS_MAX)
        wanting.join(SECONDS_MAX)
        assert not slow.is_alive()
        assert not wanting.is_alive()
        other.rollback()
    (error,) = failed
    assert isinstance(error, OperationalError)
    assert "deadlock" in str(error)
    assert outcome_of(company_id).differences(before) == {}
    work_off_claim(company, invoice_id, today=today, at=moment_of(today))
    assert outcome_of(company_id).holds
    assert_books_agree(company_id)


@pytest.mark.parametrize("workers", [2, 3])
def test_workers_who_read_the_same_file_at_once_book_it_once(real_database: RealDatabase, workers: int) -> None:
    company_id = lives.begin("safe-it", 2, habits=("in time",))
    lives.finish_day(company_id)
    company, failed = company_of(company_id), list[BaseException]()
    together = threading.Barrier(workers)

    def read() -> None:
        together.wait(SECONDS_MAX)
        lives.pay_all(company, today=lives.BEGINS_ON)

    threads = [in_thread(read, failed) for _ in range(workers)]
    for thread in threads:
        thread.join(SECONDS_MAX * 3)
    assert failed == []
    assert BankEntry.objects.filter(company_id=company_id).count() == 2
    assert_books_agree(company_id)
