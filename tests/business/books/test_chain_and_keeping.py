"""The chain finds each kind of meddling, a head kept outside finds a chain that was made anew; each table has its years."""

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.db import connection

from servanda.business.books.actions.sealing import note_head, seal
from servanda.business.books.decisions.retention import RULES, TABLES, RetentionClass, kept_until
from servanda.business.books.facts import HeadFacts
from servanda.business.books.queries.chain import check_chain, head_of, heads_of
from servanda.business.books.queries.keeping import KeptRows, kept_rows
from servanda.ground.calendar import moment_of
from tests.business.books.conftest import END, Lived


def meddle(*statements: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("set local session_replication_role = origin")


def test_the_chain_of_an_untouched_company_holds_and_each_day_has_its_head(books: Lived) -> None:
    report = check_chain(books.world.company_id)
    assert report.holds, report.faults
    assert report.links > 20
    days = [head.day for head in heads_of(books.world.company_id)]
    assert days[0] == END - timedelta(days=1)
    assert len(days) == len(set(days))


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("update ledger_posting set amount_minor = amount_minor * 2", "the row was changed"),
        ("update ledger_entry set of_day = '2026-01-01'", "the row was changed"),
        ("""update evidence_record set facts = '{"amount_minor": 1}'""", "the row was changed"),
        ("delete from evidence_record where what = 'payment.received'", "the row is gone"),
        ("delete from ledger_posting where account = 'bank'", "the row was changed"),
        ("delete from books_link where sequence = 9", "links are missing before this one"),
        ("delete from books_link where sequence > 9", "the head of"),
        ("update books_link set sha256 = sha256('mine') where sequence = 9", "the link was made by hand"),
        (
            "update books_link set previous_sha256 = sha256('mine'), sha256 = sha256(sha256('mine') || row_sha256) "
            "where sequence = 9",
            "it is not tied to the link before it",
        ),
    ],
)
def test_meddling_is_found_and_named(books: Lived, statement: str, problem: str) -> None:
    meddle(statement)
    report = check_chain(books.world.company_id)
    assert not report.holds
    assert any(fault.problem.startswith(problem) for fault in report.faults), report.faults


def test_a_row_that_is_slipped_in_and_then_sealed_is_told_by_its_moment(books: Lived) -> None:
    company_id = books.world.company_id
    meddle(
        f"""insert into evidence_record (company_id, key, what, subject, on_day, at, because, facts, by)
            values ({company_id}, 'mine', 'letter.accepted', 'letter:1', '2026-01-10', '2026-01-10 08:00+00',
                    '[]', '{{}}', 'system')"""
    )
    assert [fault.problem for fault in check_chain(company_id).faults] == ["a row was slipped in"]
    seal(company_id, is_whole=True)
    (fault,) = check_chain(company_id).faults
    assert fault.problem == "a row claims a moment long before it was chained"


def test_a_chain_that_was_made_anew_is_told_by_a_head_that_was_kept_outside(books: Lived) -> None:
    company_id = books.world.company_id
    kept = heads_of(company_id)
    meddle(
        "update evidence_record set facts = '{}' where what = 'invoice.issued'",
        "delete from books_link",
        "delete from books_head",
    )
    seal(company_id, is_whole=True)
    note_head(company_id, day=kept[0].day, at=kept[0].at)
    assert check_chain(company_id).holds
    report = check_chain(company_id, known=kept)
    assert not report.holds
    assert {fault.kind for fault in report.faults} == {"head"}
    future = HeadFacts(day=END, sequence=10**9, sha256="0" * 64, at=moment_of(END))
    assert not check_chain(company_id, known=(future,)).holds


def test_sealing_and_noting_a_second_time_changes_nothing(books: Lived) -> None:
    company_id = books.world.company_id
    seal(company_id, is_whole=True)
    assert seal(company_id) == seal(company_id, is_whole=True) == 0
    head = head_of(company_id)
    assert head is not None
    assert not note_head(company_id, day=head.day, at=head.at)


def test_every_table_has_a_class_of_retention() -> None:
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    named = [one.table for one in TABLES]
    assert len(named) == len(set(named))
    assert set(named) == tables, "name a new table in business/books/decisions/retention.py"
    for one in TABLES:
        fields = {
            field.column
            for model in apps.get_models()
            if model._meta.db_table == one.table
            for field in model._meta.concrete_fields
        }
        assert not one.day or one.day in fields, one
        assert not one.has_company or "company_id" in fields, one


@pytest.mark.clause("simsoft-055")
@pytest.mark.parametrize(
    ("story", "name", "day", "starts", "expected"),
    [
        # The worked example of the law: the financial year 2026 is kept until 31 December 2031.
        ("the calendar year", RetentionClass.ACCOUNTING, date(2026, 3, 1), 1, date(2031, 12, 31)),
        ("a financial year from July", RetentionClass.ACCOUNTING, date(2026, 8, 1), 7, date(2032, 6, 30)),
        ("the audit trail like the books", RetentionClass.PROOF, date(2026, 3, 1), 1, date(2031, 12, 31)),
        ("One Stop Shop: ten years", RetentionClass.OSS, date(2026, 3, 1), 7, date(2036, 12, 31)),
        ("a contract: three years and one", RetentionClass.CONTRACT, date(2026, 3, 1), 1, date(2030, 2, 28)),
        ("a customer: as long as what names them", RetentionClass.CUSTOMER, date(2026, 3, 1), 1, None),
    ],
)
def test_how_long_a_record_is_kept(
    story: str, name: RetentionClass, day: date, starts: int, expected: date | None
) -> None:
    assert kept_until(name, day, fiscal_year_starts_month=starts) == expected, story


def test_every_class_cites_a_law() -> None:
    assert set(RULES) == set(RetentionClass)
    assert all(rule.because.source for rule in RULES.values())


def test_what_may_go_is_counted(books: Lived) -> None:
    now = {one.table: one for one in kept_rows(books.world.company, today=books.world.today)}
    later = {one.table: one for one in kept_rows(books.world.company, today=date(2032, 1, 1))}
    assert now["invoice"].rows == later["invoice"].may_go > 0
    assert now["invoice"].may_go == 0
    assert now["invoice"].first_until == date(2031, 12, 31)


def test_what_still_runs_is_counted_without_a_day(books: Lived) -> None:
    def kept() -> KeptRows:
        return next(one for one in kept_rows(books.world.company, today=books.world.today) if one.table == "contract")

    before = kept()
    assert (before.rows, before.running) == (2, 0)
    with connection.cursor() as cursor:
        cursor.execute("update contract set ended_on = null where company_id = %s", [books.world.company_id])
    assert (kept().rows, kept().running, kept().may_go, kept().first_until) == (2, 2, 0, None)
