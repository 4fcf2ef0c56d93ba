"""Two at once: a closing waits for who is booking, who books after it is refused, and numbers and links have no holes."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from datetime import date
from threading import Event

import psycopg
import pytest
from django.db import connection

from servanda.business.books.actions.closing import close_period
from servanda.business.books.actions.sealing import seal
from servanda.business.books.actions.vouchers import make_vouchers
from servanda.business.books.queries.chain import check_chain
from servanda.business.books.queries.vouchers import newest_vouchers
from servanda.business.companies.actions import add_company
from servanda.business.ledger.queries import closings_of
from servanda.ground.calendar import moment_of
from tests.cast import EVA
from tests.conftest import RealDatabase

TODAY = date(2026, 2, 3)
ENTRY = """
with one as (insert into ledger_entry (company_id, key, what, on_day, at, because)
             values (%s, %s, 'payment', %s, '2026-02-02 08:00+00', '[]') returning id, company_id)
insert into ledger_posting (entry_id, company_id, account, amount_minor, currency)
select id, company_id, account, amount, 'DKK' from one, (values ('bank', 100), ('suspense', -100)) l (account, amount)
"""


@pytest.fixture
def company_id(real_database: RealDatabase) -> int:
    return add_company(
        slug="nordlys",
        name="Nordlys",
        legal_name="Nordlys ApS",
        cvr="13748136",
        address_lines=("Prøvevej 1", "8000 Prøveby"),
        email="post@nordlys.example",
        phone="",
        web="",
        bank_registration="1234",
        bank_account="1234567",
        iban="DK5000400440116243",
        fik_creditor="",
        colour="#1f4f8f",
        language="da",
        fiscal_year_starts_month=1,
        clock_on=TODAY,
    ).company_id


def run(pool: ThreadPoolExecutor, work: Callable[[], object]) -> "Future[object]":
    def in_thread() -> object:
        try:
            return work()
        finally:
            connection.close()  # a thread's own

    return pool.submit(in_thread)


def close(company_id: int) -> int:
    at = moment_of(TODAY)
    return close_period(company_id, until=date(2026, 1, 31), reason="done", by=EVA, today=TODAY, at=at)


def test_a_closing_waits_for_who_is_booking_and_refuses_who_comes_after(
    company_id: int, real_database: RealDatabase
) -> None:
    began = Event()
    with closing(psycopg.connect(real_database.url)) as writer, ThreadPoolExecutor(1) as pool:
        writer.execute(ENTRY, [company_id, "before", "2026-01-20"])  # not committed yet

        def closes() -> int:
            began.set()
            return close(company_id)

        future = run(pool, closes)
        assert began.wait(10)
        with pytest.raises(TimeoutError):
            future.result(timeout=1.0)
        writer.commit()
        future.result(timeout=60)
        assert closings_of(company_id)[0].entries == 1
        with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="closed until 2026-01-31"):
            writer.execute(ENTRY, [company_id, "after", "2026-01-21"])


def test_two_who_make_vouchers_and_seal_at_once_leave_no_hole(company_id: int) -> None:
    with connection.cursor() as cursor:
        for number in range(60):
            cursor.execute(ENTRY, [company_id, f"entry:{number}", date(2026, 1, 1 + number % 30)])
    at = moment_of(TODAY)

    def works() -> int:
        made = make_vouchers(company_id, today=TODAY, at=at)
        seal(company_id)
        return made

    with ThreadPoolExecutor(4) as pool:
        made = [future.result(timeout=60) for future in [run(pool, works) for _ in range(4)]]
    assert sorted(map(int, map(str, made))) == [0, 0, 0, 30]
    assert [one.number for one in newest_vouchers(company_id, limit=50)] == list(range(30, 0, -1))
    report = check_chain(company_id)
    assert report.holds
    assert report.links == 60


def test_a_row_number_that_becomes_visible_late_is_chained_too(company_id: int, real_database: RealDatabase) -> None:
    with closing(psycopg.connect(real_database.url)) as late, connection.cursor() as cursor:
        late.execute(ENTRY, [company_id, "late", "2026-02-01"])
        cursor.execute(ENTRY, [company_id, "early", "2026-02-01"])
        assert seal(company_id) == 1
        late.commit()
    assert seal(company_id) == 1
    report = check_chain(company_id)
    assert (report.holds, report.links, report.waiting) == (True, 2, 0)
