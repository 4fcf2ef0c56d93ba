"""What is handed over ties to the ledger to the øre, is the same each time, and can be read back."""

import csv
import io
import json
import zipfile
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from lxml import etree

from servanda.business.books.actions.charting import number_account
from servanda.business.books.decisions.chart import STANDARD, NotInChart
from servanda.business.books.decisions.journals import balances_of_journal, journal_iso_csv
from servanda.business.books.decisions.saft import NAMESPACE, NOTE
from servanda.business.books.facts import NumberDraft, PeriodBooks
from servanda.business.books.queries.exporting import NotExported, export_archive, export_file, period_books
from servanda.ground.calendar import moment_of
from servanda.ground.money import Money, total_of
from tests.business.books.conftest import END, Lived
from tests.cast import EVA

SINCE, UNTIL = date(2026, 1, 1), date(2026, 2, 19)


def period(books: Lived, *, since: date = SINCE, until: date = UNTIL) -> PeriodBooks:
    return period_books(books.world.company, since=since, until=until, today=books.world.today)


def test_the_journal_read_back_gives_the_same_balances(books: Lived) -> None:
    found = period(books)
    read = balances_of_journal(journal_iso_csv(found))
    moved = {one.line.number: one.debit - one.credit for one in found.balances if one.debit - one.credit}
    assert {number: amount for number, amount in read.items() if amount} == moved
    assert moved
    assert total_of(read.values()) == Money(0)


def test_the_danish_journal_says_the_same(books: Lived) -> None:
    found = period(books)
    content = export_file(found, "journal-da").content
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert sum(Decimal(row["Beløb"].replace(",", ".")) for row in rows) == 0
    assert rows[0]["Dato"].count("-") == 2
    assert {row["Momskode"] for row in rows} == {""}


def test_two_accounts_on_one_number_are_added_up(books: Lived) -> None:
    world = books.world
    draft = NumberDraft(account="vat-out", number="1010", name="Salg", standard_number="7680", since=world.today)
    number_account(world.company_id, draft, by=EVA, today=world.today, at=moment_of(world.today))
    world.live_until(END + timedelta(days=1))
    found = period(books, until=END)
    read = balances_of_journal(journal_iso_csv(found))
    sales = total_of(one.debit - one.credit for one in found.balances if one.line.number == "1010")
    assert sales
    assert read["1010"] == sales


def test_an_export_of_the_same_period_is_the_same_to_the_byte_and_its_manifest_holds(books: Lived) -> None:
    first = export_archive(books.world.company, period(books), has_documents=True)
    again = export_archive(books.world.company, period(books), has_documents=True)
    assert first == again
    with zipfile.ZipFile(io.BytesIO(first.content)) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        assert set(archive.namelist()) == {*manifest["files"], "manifest.json"}
        assert any(name.startswith("documents/") for name in archive.namelist())
        assert archive.testzip() is None
        for name, said in manifest["files"].items():
            assert len(archive.read(name)) == said["bytes"]
    assert manifest["debit_minor"] == manifest["credit_minor"] > 0
    assert manifest["chain_head"]["day"] == "2026-02-19"
    assert manifest["is_closed"] is False


def test_saft_ties_to_the_ledger(books: Lived) -> None:
    found = period(books)
    root = etree.fromstring(export_file(found, "saft").content)
    ns = {"s": NAMESPACE}

    def amounts(path: str) -> Decimal:
        return sum((Decimal(node.text) for node in root.findall(path, ns)), Decimal(0))

    debit = total_of(one.debit for one in found.balances).decimal
    assert amounts(".//s:Line/s:DebitAmount/s:Amount") == amounts(".//s:Line/s:CreditAmount/s:Amount") == debit
    assert root.findtext("s:GeneralLedgerEntries/s:TotalDebit", namespaces=ns) == f"{debit:.2f}"
    assert root.findtext("s:Header/s:HeaderComment", namespaces=ns) == NOTE
    closing = amounts(".//s:Account/s:ClosingDebitBalance") - amounts(".//s:Account/s:ClosingCreditBalance")
    assert closing == 0
    accounts = {node.text for node in root.findall(".//s:Account/s:AccountID", ns)}
    assert {node.text for node in root.findall(".//s:Line/s:AccountID", ns)} <= accounts
    assert {node.text for node in root.findall(".//s:Account/s:StandardAccountID", ns)} <= set(STANDARD)
    net = amounts(".//s:Invoice/s:DocumentTotals/s:NetTotal")
    sales = next(one for one in found.balances if one.line.account == "sales")
    assert net == (sales.credit - sales.debit).decimal > 0
    codes = {node.text for node in root.findall(".//s:TaxCodeDetails/s:StandardTaxCode", ns)}
    assert codes == {"S01"}


@pytest.mark.clause("simsoft-057")
def test_the_entries_of_a_period_carry_their_voucher_and_add_up(books: Lived) -> None:
    rows = list(csv.DictReader(io.StringIO(export_file(period(books), "entries").content.decode(), newline="")))
    assert sum(Decimal(row["amount"]) for row in rows) == 0
    assert all(row["voucher"] for row in rows)


def test_a_later_period_opens_with_what_the_earlier_one_closed_with(books: Lived) -> None:
    first, second = period(books, until=date(2026, 1, 31)), period(books, since=date(2026, 2, 1))
    closing = {one.line.account: one.closing for one in first.balances if one.closing}
    assert {one.line.account: one.opening for one in second.balances if one.opening} == closing


@pytest.mark.parametrize(
    ("since", "until", "said"),
    [(SINCE, END, "not over yet"), (UNTIL, SINCE, "before it begins")],
)
def test_a_period_that_cannot_be_handed_over_is_refused(books: Lived, since: date, until: date, said: str) -> None:
    with pytest.raises(NotExported, match=said):
        period(books, since=since, until=until)


def test_an_account_without_a_number_is_refused_with_what_to_do(books: Lived) -> None:
    with connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        cursor.execute("delete from books_account where account = 'receivable'")
        cursor.execute("set local session_replication_role = origin")
    with pytest.raises(NotInChart, match=r"'receivable' has no number .*servanda books number"):
        period(books)


def test_an_unknown_format_is_refused(books: Lived) -> None:
    with pytest.raises(NotExported, match="Choose one of accounts"):
        export_file(period(books), "xbrl")
