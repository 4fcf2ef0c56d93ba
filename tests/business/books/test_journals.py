"""A journal is text that a stranger's program reads: amounts survive to the øre, and no text becomes a formula."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from servanda.business.books.decisions.chart import TYPE_OF, default_number, standard_account
from servanda.business.books.decisions.journals import (
    accounts_csv,
    balances_of_journal,
    journal_da_csv,
    journal_iso_csv,
)
from servanda.business.books.facts import (
    AccountBalance,
    ChartLine,
    CompanyParty,
    PeriodBooks,
    VoucherFacts,
    VoucherLineFacts,
)
from servanda.business.ledger.facts import Account
from servanda.ground.money import Money

DAY = date(2026, 11, 30)
PARTY = CompanyParty(
    slug="nordlys",
    legal_name="Nordlys ApS",
    cvr="13748136",
    street="",
    postal_code="",
    city="",
    email="",
    phone="",
    iban="",
)
AMOUNTS = st.integers(min_value=0, max_value=10**11)


def chart_line(account: str) -> ChartLine:
    draft = default_number(account)
    assert draft is not None
    return ChartLine(
        account=account,
        number=draft.number,
        name=draft.name,
        standard=standard_account(account, draft.standard_number),
        type=TYPE_OF[account],
        vat_code="",
        since=draft.since,
    )


def books_of(vouchers: list[dict[str, tuple[int, int]]]) -> PeriodBooks:
    made = tuple(
        VoucherFacts(
            voucher_id=number,
            number=number,
            kind="day",
            day=DAY,
            made_on=DAY,
            entries=1,
            debit=Money(sum(debit for debit, _ in lines.values())),
            sha256="0" * 64,
            lines=tuple(
                VoucherLineFacts(account=account, debit=Money(debit), credit=Money(credit))
                for account, (debit, credit) in lines.items()
            ),
        )
        for number, lines in enumerate(vouchers, start=1)
    )
    balances = tuple(
        AccountBalance(
            line=chart_line(account),
            opening=Money(0),
            debit=Money(sum(lines[account][0] for lines in vouchers if account in lines)),
            credit=Money(sum(lines[account][1] for lines in vouchers if account in lines)),
        )
        for account in Account
    )
    return PeriodBooks(
        company=PARTY,
        since=DAY,
        until=DAY,
        is_closed=False,
        balances=balances,
        vouchers=made,
        entries=(),
        customers=(),
        invoices=(),
    )


@given(st.lists(st.dictionaries(st.sampled_from(list(Account)), st.tuples(AMOUNTS, AMOUNTS), max_size=6), max_size=5))
def test_what_is_read_back_is_what_the_accounts_moved(vouchers: list[dict[str, tuple[int, int]]]) -> None:
    books = books_of(vouchers)
    moved = {one.line.number: one.closing for one in books.balances if one.closing}
    read = {number: amount for number, amount in balances_of_journal(journal_iso_csv(books)).items() if amount}
    assert read == moved
    assert journal_iso_csv(books) == journal_iso_csv(books)
    assert journal_da_csv(books).count(b"\r\n") == journal_iso_csv(books).count(b"\r\n")


def test_a_name_that_a_spreadsheet_would_run_is_led_by_an_apostrophe() -> None:
    books = books_of([{}])
    evil = replace(books.balances[0], line=replace(books.balances[0].line, name="=HYPERLINK(1)", number="-1+1"))
    content = accounts_csv(replace(books, balances=(evil,))).decode()
    assert "'=HYPERLINK(1)" in content
    assert "'-1+1" in content
    assert ",0.00,0.00,0.00,0.00" in content
