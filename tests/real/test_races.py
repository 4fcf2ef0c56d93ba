"""Two transactions at the same rows: whichever comes first, the customer is where the facts put them."""

import threading
from collections.abc import Callable
from contextlib import closing
from datetime import date
from typing import Any

import psycopg
import pytest
from django.db import connection

from servanda.business.billing.models import BankEntry
from servanda.business.companies.queries import company as company_of
from servanda.business.dunning.actions import work_off_claim
from servanda.business.dunning.models import Claim
from servanda.business.hosting.models import Hold
from servanda.ground.calendar import moment_of
from tests.business.billing.books import assert_books_agree
from tests.conftest import RealDatabase
from tests.real import lives
from tests.real.healing import next_day
from tests.real.test_crash_points import due

SECONDS_MAX = 10.0


class Pause:
    """Holds a transaction up right after its first statement of a kind, until it is let go on."""

    def __init__(self, after: str) -> None:
        self.after = after
        self.reached, self.let_go = threading.Event(), threading.Event()

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        if sql.startswith(self.after) and not self.reached.is_set():
            self.reached.set()
            assert self.let_go.wait(SECONDS_MAX)
        return result


def in_thread(act: Callable[[], object], failed: list[BaseException]) -> threading.Thread:
    """Begin an act on a connection of its own."""

    def run() -> None:
        try:
            act()
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def wait_until_blocked(database: RealDatabase, other: threading.Thread) -> None:
    """Wait until the other thread waits for a lock, or has come to its end without one."""
    with closing(psycopg.connect(database.url, autocommit=True)) as plain:
        for _ in range(int(SECONDS_MAX / 0.02)):
            waiting = plain.execute(
                "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
            ).fetchone()
            if (waiting and waiting[0]) or not other.is_alive():
                return
            other.join(0.02)
    raise AssertionError("the other thread neither waits nor ends")


def suspension_is_due() -> tuple[int, int, date]:
    """Live until a suspension for a late payment is due today and the payment comes today; return company, invoice, day."""
    company_id = lives.begin("safe-it", 1, habits=("never",))
    lives.finish_day(company_id)
    while True:
        today = next_day(company_id)
        assert (today - lives.BEGINS_ON).days < 60
        lives.read_statement(company_of(company_id))
        for _ in range(lives.ROUNDS_MAX):
            for invoice_id, what in due(company_id, today):
                if what == "hold.placed":
                    return company_id, invoice_id, today
            lives.round_of_letters(company_id)


@pytest.mark.parametrize("first", ["the suspension", "the payment"])
def test_a_payment_while_the_suspension_is_in_flight_leaves_nothing_suspended(
    real_database: RealDatabase, first: str
) -> None:
    company_id, invoice_id, today = suspension_is_due()
    company = company_of(company_id)

    def suspend() -> None:
        work_off_claim(company, invoice_id, today=today, at=moment_of(today))

    def pay() -> None:
        lives.pay_all(company, today=today)

    pause = Pause('INSERT INTO "service_hold"' if first == "the suspension" else 'INSERT INTO "allocation"')
    acts = (suspend, pay) if first == "the suspension" else (pay, suspend)

    def slowly() -> None:
        with connection.execute_wrapper(pause):
            acts[0]()

    failed: list[BaseException] = []
    slow = in_thread(slowly, failed)
    assert pause.reached.wait(SECONDS_MAX), failed
    quick = in_thread(acts[1], failed)
    wait_until_blocked(real_database, quick)
    pause.let_go.set()
    slow.join(SECONDS_MAX)
    quick.join(SECONDS_MAX)
    assert failed == []
    assert not Hold.objects.filter(service__company_id=company_id, lifted_at=None).exists()
    if first == "the payment":  # the round passed the claim over, and comes back to find it paid
        assert not Hold.objects.filter(service__company_id=company_id).exists()
        suspend()
        assert Claim.objects.get(invoice_id=invoice_id).waits_for == "paid"
    assert_books_agree(company_id)


def test_two_readers_of_one_statement_book_it_once(real_database: RealDatabase) -> None:
    company_id = lives.begin("safe-it", 1, habits=("in time",))
    lives.finish_day(company_id)
    company = company_of(company_id)
    pause = Pause('INSERT INTO "bank_entry"')
    failed: list[BaseException] = []

    def read() -> None:
        lives.pay_all(company, today=lives.BEGINS_ON)

    def read_slowly() -> None:
        with connection.execute_wrapper(pause):
            read()

    slow = in_thread(read_slowly, failed)
    assert pause.reached.wait(SECONDS_MAX), failed
    quick = in_thread(read, failed)
    wait_until_blocked(real_database, quick)
    pause.let_go.set()
    slow.join(SECONDS_MAX)
    quick.join(SECONDS_MAX)
    assert failed == []
    assert BankEntry.objects.filter(company_id=company_id).count() == 1
    assert_books_agree(company_id)
