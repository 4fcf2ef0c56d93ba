"""A period as text for bookkeeping programs: vouchers, entries, accounts and two journals, the same bytes each time.

The journals are generic: most programs import a file with a date, a voucher number, an account, a text and an amount, and let
a person say which column is which. They are made for no program in particular. VAT stands on its own account here, so the
column for a VAT code is empty unless the company has given an account one: a program would compute the VAT a second time.
"""

import csv
import io
from collections.abc import Iterable, Sequence

from servanda.business.books.facts import AccountBalance, PeriodBooks, VoucherFacts
from servanda.ground.money import Money

# Spreadsheets read a cell that begins so as a formula; a text of ours that does is led by an apostrophe.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def accounts_csv(books: PeriodBooks) -> bytes:
    """Return the chart with opening, movements and closing of each account."""
    head = (
        "account",
        "name",
        "standard_account",
        "standard_name",
        "ledger_account",
        "opening",
        "debit",
        "credit",
        "closing",
    )
    return _csv(head, map(_account_row, books.balances))


def vouchers_csv(books: PeriodBooks) -> bytes:
    """Return the lines of all vouchers, debit and credit apart."""
    head = (
        "voucher",
        "kind",
        "day",
        "made_on",
        "account",
        "name",
        "ledger_account",
        "debit",
        "credit",
        "entries",
        "sha256",
    )
    rows = (
        (
            voucher.number,
            voucher.kind,
            voucher.day.isoformat(),
            voucher.made_on.isoformat(),
            books.chart[line.account].number,
            books.chart[line.account].name,
            line.account,
            _plain(line.debit),
            _plain(line.credit),
            voucher.entries,
            voucher.sha256,
        )
        for voucher in books.vouchers
        for line in voucher.lines
    )
    return _csv(head, rows)


def entries_csv(books: PeriodBooks) -> bytes:
    """Return every posting of every entry: the ledger itself, with the voucher it is in."""
    head = (
        *("entry", "voucher", "day", "of_day", "what", "key", "customer", "invoice", "account", "ledger_account"),
        *("amount", "currency"),
    )
    customers = {one.customer_id: one.number for one in books.customers}
    rows = (
        (
            entry.entry_id,
            entry.voucher_number or "",
            entry.on_day.isoformat(),
            entry.of_day.isoformat() if entry.of_day else "",
            entry.what,
            entry.key,
            customers.get(entry.customer_id or 0, ""),
            entry.invoice_id or "",
            books.chart[posting.account].number,
            posting.account,
            _plain(posting.amount),
            posting.amount.currency,
        )
        for entry in books.entries
        for posting in entry.postings
    )
    return _csv(head, rows)


def journal_iso_csv(books: PeriodBooks) -> bytes:
    """Return a generic journal: comma between fields, full stop before decimals, days as 2026-11-30."""
    head = ("date", "voucher", "account", "text", "amount", "vat_code", "counter_account")
    rows = (
        (voucher.day.isoformat(), voucher.number, number, _text(voucher), _plain(amount), vat_code, "")
        for voucher in books.vouchers
        for number, amount, vat_code in _moves(books, voucher)
    )
    return _csv(head, rows)


def journal_da_csv(books: PeriodBooks) -> bytes:
    """Return a generic journal as Danish programs and spreadsheets read it: semicolons, 1234,50 and 30-11-2026."""
    head = ("Dato", "Bilagsnr.", "Konto", "Tekst", "Beløb", "Momskode", "Modkonto")
    rows = (
        (
            f"{voucher.day:%d-%m-%Y}",
            voucher.number,
            number,
            _text(voucher),
            _plain(amount).replace(".", ","),
            vat_code,
            "",
        )
        for voucher in books.vouchers
        for number, amount, vat_code in _moves(books, voucher)
    )
    return b"\xef\xbb\xbf" + _csv(head, rows, separator=";")  # the mark by which spreadsheets know UTF-8


def balances_of_journal(content: bytes) -> dict[str, Money]:
    """Return what a journal of `journal_iso_csv` moves on each account: to check a file against the books."""
    found: dict[str, Money] = {}
    for row in csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")):
        whole, _, cents = row["amount"].lstrip("-").partition(".")
        minor = int(whole) * 100 + int(cents)
        amount = Money(-minor if row["amount"].startswith("-") else minor)
        found[row["account"]] = found.get(row["account"], Money(0)) + amount
    return found


def _account_row(one: AccountBalance) -> tuple[object, ...]:
    line = one.line
    amounts = (one.opening, one.debit, one.credit, one.closing)
    return (line.number, line.name, line.standard.number, line.standard.name, line.account, *map(_plain, amounts))


def _moves(books: PeriodBooks, voucher: VoucherFacts) -> Iterable[tuple[str, Money, str]]:
    """Yield what the voucher moves on each of the company's numbers: debit above zero; two accounts may share a number."""
    moved: dict[tuple[str, str], Money] = {}
    for line in voucher.lines:
        chart = books.chart[line.account]
        key = (chart.number, chart.vat_code)
        moved[key] = moved.get(key, Money(0)) + line.debit - line.credit
    return tuple((number, amount, code) for (number, code), amount in sorted(moved.items()) if amount)


def _text(voucher: VoucherFacts) -> str:
    return f"Dagsbilag {voucher.day.isoformat()}" + (" (tillæg)" if voucher.kind == "supplement" else "")


def _plain(amount: Money) -> str:
    return f"{amount.decimal:.2f}"


def _csv(head: Sequence[str], rows: Iterable[Sequence[object]], *, separator: str = ",") -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8")


def _cell(value: object) -> object:
    if isinstance(value, str) and value.startswith(_FORMULA) and not _is_amount(value):
        return f"'{value}"
    return value


def _is_amount(text: str) -> bool:
    return text.lstrip("-").replace(".", "", 1).replace(",", "", 1).isdigit()
