"""Each day's entries are in one voucher without holes; what is closed stays as it was told, whatever code writes."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from servanda.business.billing.facts import BankMovement, StatementDraft
from servanda.business.billing.queries.numbers import given_numbers
from servanda.business.books.actions.charting import number_account
from servanda.business.books.actions.closing import answer_reopening, ask_reopening, close_period
from servanda.business.books.actions.voiding import NotMissing, void_number
from servanda.business.books.actions.vouchers import make_vouchers
from servanda.business.books.decisions.chart import NotInChart
from servanda.business.books.decisions.closing import NotClosed, NotReopened, last_days
from servanda.business.books.facts import NumberDraft, Said
from servanda.business.books.queries.accounts import balances_until, chart_of
from servanda.business.books.queries.proving import proofs
from servanda.business.books.queries.vouchers import entries_of_voucher, newest_vouchers, voucher_numbered, vouchers
from servanda.business.dunning.actions import receive_statement
from servanda.business.evidence.queries import is_recorded
from servanda.business.ledger.decisions import booking_day
from servanda.business.ledger.facts import Account
from servanda.business.ledger.queries import balances_of_accounts, closed_until, closings_of
from servanda.ground.calendar import moment_of
from servanda.ground.money import Money, total_of
from tests.business.books.conftest import END, Lived
from tests.cast import EVA

OLE = "staff:2"
JANUARY = date(2026, 1, 31)


def close(
    books: Lived, *, until: date = JANUARY, reason: str = "January is done", findings: tuple[Said, ...] = ()
) -> int:
    return close_period(
        books.world.company_id,
        until=until,
        reason=reason,
        by=EVA,
        today=books.world.today,
        at=moment_of(books.world.today),
        findings=findings,
    )


def late_statement(books: Lived) -> StatementDraft:
    """A statement of today in which the bank tells of a day in January."""
    world = books.world
    movement = BankMovement(
        reference="LATE",
        ordinal=1,
        amount=Money(500_00),
        booked_on=date(2026, 1, 29),
        value_on=date(2026, 1, 29),
        text="sent",
        creditor_reference="",
        payer_name="",
        payer_account="",
        is_reversal=False,
    )
    return StatementDraft(
        account=world.company.iban,
        statement_id="LATE",
        opening=world.balance,
        closing=world.balance + movement.amount,
        opening_on=world.today,
        closing_on=world.today,
        sha256="late",
        file_name="late.xml",
        movements=(movement,),
    )


def test_every_day_has_one_voucher_and_a_late_entry_makes_a_supplement(books: Lived) -> None:
    found = vouchers(books.world.company_id, since=date(2026, 1, 1), until=END)
    assert [one.number for one in found] == list(range(1, len(found) + 1))
    assert all(one.made_on > one.day for one in found)
    days = [one.day for one in found if one.kind == "day"]
    assert len(days) == len(set(days))
    # The bank told on the 12th of the 10th, whose voucher may have been made before.
    late = [one for one in found if one.day == date(2026, 2, 10)]
    assert late
    assert late[-1].made_on == date(2026, 2, 13)
    assert any(entry.what == "payment reversed" for entry in entries_of_voucher(late[-1].voucher_id))


def test_vouchers_add_up_to_the_ledger_of_the_days_that_are_over(books: Lived) -> None:
    company_id = books.world.company_id
    booked: dict[str, Money] = {}
    for voucher in vouchers(company_id, since=date(2026, 1, 1), until=END):
        assert total_of(line.debit for line in voucher.lines) == total_of(line.credit for line in voucher.lines)
        for line in voucher.lines:
            booked[line.account] = booked.get(line.account, Money(0)) + line.debit - line.credit
    before_today = {
        one.line.account: one.closing for one in balances_until(company_id, until=date(2026, 2, 19)) if one.closing
    }
    assert {account: amount for account, amount in booked.items() if amount} == before_today


def test_the_second_run_makes_no_voucher(books: Lived) -> None:
    company_id, today = books.world.company_id, books.world.today
    make_vouchers(company_id, today=today, at=moment_of(today))
    newest = newest_vouchers(company_id, limit=1)
    assert make_vouchers(company_id, today=today, at=moment_of(today)) == 0
    assert newest_vouchers(company_id, limit=1) == newest


def test_the_series_are_proven_whole(books: Lived) -> None:
    assert all(proof.is_whole for proof in proofs(books.world.company_id, until=date(2026, 2, 19)))


def test_a_lost_number_is_a_hole_until_somebody_says_why(books: Lived) -> None:
    world = books.world
    with connection.cursor() as cursor:
        cursor.execute("update billing_number_series set next_number = next_number + 1")
    (missing,) = given_numbers(world.company_id).missing
    (invoices, *_) = proofs(world.company_id, until=JANUARY)
    assert not invoices.is_whole
    today, at = world.today, moment_of(world.today)
    void_number(world.company_id, missing, reason="The printer of numbers ran on", by=EVA, today=today, at=at)
    (invoices, *_) = proofs(world.company_id, until=JANUARY)
    assert invoices.is_whole
    assert invoices.gaps[0].void == "The printer of numbers ran on"
    with pytest.raises(NotMissing, match="void already"):
        void_number(world.company_id, missing, reason="again", by=EVA, today=today, at=at)
    with pytest.raises(NotMissing, match="not missing"):
        void_number(world.company_id, 1001, reason="why not", by=EVA, today=today, at=at)


def test_closing_keeps_reason_figures_and_the_unexplained_in_evidence(books: Lived) -> None:
    closing_id = close(books, until=date(2026, 2, 10))
    (closed, *_) = closings_of(books.world.company_id)
    assert closed.until == closed_until(books.world.company_id) == date(2026, 2, 10)
    assert closed.entries > 2
    assert is_recorded(f"books.closed:{closing_id}")
    with connection.cursor() as cursor:
        cursor.execute("select facts from evidence_record where key = %s", [f"books.closed:{closing_id}"])
        assert '"suspense_minor": 12345' in cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("until", "reason", "findings", "said"),
    [
        (END, "today", (), "not over yet"),
        (JANUARY, "  ", (), "Say what is closed"),
        (JANUARY, "all good", (Said("galt", "Invariant 3 is broken"),), "Invariant 3 is broken"),
    ],
)
def test_closing_says_what_is_missing(
    books: Lived, until: date, reason: str, findings: tuple[Said, ...], said: str
) -> None:
    with pytest.raises(NotClosed, match=said):
        close(books, until=until, reason=reason, findings=findings)
    assert closed_until(books.world.company_id) is None


def test_what_is_closed_already_is_not_closed_again(books: Lived) -> None:
    close(books)
    with pytest.raises(NotClosed, match="closed until Saturday 31 January 2026 already"):
        close(books)


def test_an_account_without_a_number_holds_closing_up(books: Lived) -> None:
    with connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        cursor.execute("update ledger_posting set account = 'petty-cash' where account = 'suspense'")
        cursor.execute("set local session_replication_role = origin")
    with pytest.raises(NotClosed, match="petty-cash has no number"):
        close(books, until=date(2026, 2, 10))


def test_the_database_refuses_an_entry_on_a_closed_day_whatever_code_writes_it(books: Lived) -> None:
    close(books)
    insert = """insert into ledger_entry (company_id, key, what, on_day, at, because)
                values (%s, 'by hand', 'payment', %s, now(), '[]')"""
    with (
        pytest.raises(IntegrityError, match="closed until 2026-01-31"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(insert, [books.world.company_id, "2026-01-31"])
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(insert, [books.world.company_id, "2026-02-01"])


def test_what_the_bank_tells_late_is_booked_on_the_first_open_day_and_keeps_its_own(books: Lived) -> None:
    world = books.world
    close(books)
    receive_statement(world.company, late_statement(books), today=world.today, at=moment_of(world.today))
    world.live_until(date(2026, 2, 21))
    voucher = next(one for one in newest_vouchers(world.company_id, limit=5) if one.day == date(2026, 2, 1))
    (entry,) = [one for one in entries_of_voucher(voucher.voucher_id) if one.of_day]
    assert (entry.on_day, entry.of_day) == (date(2026, 2, 1), date(2026, 1, 29))
    assert closings_of(world.company_id)[0].entries == len(
        [
            one
            for v in vouchers(world.company_id, since=date(2026, 1, 1), until=JANUARY)
            for one in entries_of_voucher(v.voucher_id)
        ]
    )


def test_opening_again_takes_two_persons(books: Lived) -> None:
    world = books.world
    close(books)
    today, at = world.today, moment_of(world.today)
    with pytest.raises(NotReopened, match="Name an earlier day"):
        ask_reopening(world.company_id, after=JANUARY, reason="an error", by=EVA, today=today, at=at)
    number = ask_reopening(world.company_id, after=date(2026, 1, 15), reason="an error", by=EVA, today=today, at=at)
    with pytest.raises(NotReopened, match="waits for an answer already"):
        ask_reopening(world.company_id, after=None, reason="an error", by=OLE, today=today, at=at)
    with pytest.raises(NotReopened, match="two persons"):
        answer_reopening(world.company_id, number, is_confirmed=True, by=EVA, today=today, at=at)
    answer_reopening(world.company_id, number, is_confirmed=True, by=OLE, today=today, at=at)
    assert closed_until(world.company_id) == date(2026, 1, 15)
    assert is_recorded(f"books.reopened:{number}")
    newest = closings_of(world.company_id)[0]
    assert (newest.by, newest.seconded_by, newest.is_reopening) == (EVA, OLE, True)
    close(books)
    assert closed_until(world.company_id) == JANUARY


def test_a_number_of_an_account_changes_from_a_day_on_and_never_backwards(books: Lived) -> None:
    world = books.world
    today, at = world.today, moment_of(world.today)
    draft = NumberDraft(account="sales", number="1000", name="Omsætning", standard_number="1010", since=today)
    number_account(world.company_id, draft, by=EVA, today=today, at=at)
    assert {one.account: one.number for one in chart_of(world.company_id, on=today)}["sales"] == "1000"
    assert {one.account: one.number for one in chart_of(world.company_id, on=date(2026, 2, 1))}["sales"] == "1010"
    for wrong, said in (
        (NumberDraft(account="sales", number="1", name="x", standard_number="1010", since=date(2026, 1, 1)), "is past"),
        (NumberDraft(account="sales", number="1", name="x", standard_number="9", since=today), "public standard chart"),
        (NumberDraft(account="till", number="1", name="x", standard_number="1010", since=today), "no account 'till'"),
    ):
        with pytest.raises(NotInChart, match=said):
            number_account(world.company_id, wrong, by=EVA, today=today, at=at)


def test_every_account_of_the_ledger_is_in_the_chart(books: Lived) -> None:
    chart = chart_of(books.world.company_id, on=books.world.today)
    assert {line.account for line in chart} == set(Account)
    assert len({line.number for line in chart}) == len(chart)
    assert all(line.standard.name for line in chart)
    assert set(balances_of_accounts(books.world.company_id)) <= {line.account for line in chart}


def test_a_voucher_of_another_company_is_not_there(books: Lived) -> None:
    with pytest.raises(Exception, match="no voucher 1"):
        voucher_numbered(books.world.company_id + 1, 1)


@pytest.mark.parametrize(
    ("story", "day", "closed", "expected"),
    [
        ("all is open", date(2026, 3, 5), None, date(2026, 3, 5)),
        ("the day is closed", date(2026, 3, 5), date(2026, 3, 31), date(2026, 4, 1)),
        ("the last closed day", date(2026, 3, 31), date(2026, 3, 31), date(2026, 4, 1)),
        ("the first open day", date(2026, 4, 1), date(2026, 3, 31), date(2026, 4, 1)),
    ],
)
def test_the_booking_day(story: str, day: date, closed: date | None, expected: date) -> None:
    assert booking_day(day, closed_until=closed) == expected, story


@pytest.mark.parametrize(
    ("today", "starts", "closed", "expected"),
    [
        (date(2026, 5, 14), 1, None, (date(2026, 4, 30), date(2026, 3, 31), date(2025, 12, 31))),
        (date(2026, 1, 1), 1, None, (date(2025, 12, 31),)),
        (date(2026, 8, 2), 7, None, (date(2026, 7, 31), date(2026, 6, 30))),
        (date(2026, 5, 14), 1, date(2026, 3, 31), (date(2026, 4, 30),)),
    ],
)
def test_the_periods_to_close(today: date, starts: int, closed: date | None, expected: tuple[date, ...]) -> None:
    assert last_days(today=today, fiscal_year_starts_month=starts, closed_until=closed) == expected
