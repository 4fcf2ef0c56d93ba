"""What does a bank's CSV file say, read by a layout? All of its movements, or every problem with its line and column.

A CSV file has no numbers for its statements, and often no references and no balances. So a movement is named by a fingerprint of
its line, and by its place among lines of the day that are the same to the letter: two equal payments of one day are two, and a file
that overlaps another tells the same ones. Where there is a balance on each line, it must follow from the line before.
"""

import csv
import hashlib
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from itertools import pairwise

from servanda.drivers.payments.statements import BankEntry, BankStatement, WrongBankFile, with_ordinals
from servanda.ground.bank_layout import COLUMNS, BankLayout, check_layout
from servanda.ground.law.fik import read_fik_line
from servanda.ground.message import Message
from servanda.ground.money import Money, total_of
from servanda.ground.refusal import Problem

SIZE_MAX = 20 * 1024 * 1024
LINES_MAX = 200_000
PROBLEMS_MAX = 200
CURRENCY = "DKK"
_MEND = Message("Compare the layout with the file, or fetch the file from the bank again.")
_DAYS = {
    "dd-mm-yyyy": (re.compile(r"(?P<d>\d{1,2})-(?P<m>\d{1,2})-(?P<y>\d{4})\Z")),
    "dd.mm.yyyy": (re.compile(r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})\Z")),
    "dd/mm/yyyy": (re.compile(r"(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>\d{4})\Z")),
    "yyyy-mm-dd": (re.compile(r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})\Z")),
    "yyyymmdd": (re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})\Z")),
    "dd-mm-yy": (re.compile(r"(?P<d>\d{1,2})-(?P<m>\d{1,2})-(?P<y>\d{2})\Z")),
    "mm/dd/yyyy": (re.compile(r"(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4})\Z")),
}


@dataclass(frozen=True, slots=True)
class CsvLine:
    """One line of the file as it was understood; `balance` is empty where the layout names none."""

    number: int
    booked_on: date
    value_on: date
    amount: Money
    text: str
    payer_name: str
    payer_account: str
    reference: str
    payment_reference: str
    balance: Money | None


@dataclass(frozen=True, slots=True)
class CsvReading:
    """What a layout makes of a file: the lines that were understood, and every problem of the others."""

    header: tuple[str, ...]
    lines: tuple[CsvLine, ...]  # in the order of time
    problems: tuple[Problem, ...]


@dataclass(slots=True)
class _Findings:
    file: str
    found: list[Problem] = field(default_factory=list)

    def wrong(self, line: int, column: str, message: str, remedy: str = _MEND) -> None:
        self.found.append(Problem(self.file, line, message, remedy, field=column))


def read_csv(content: bytes, layout: BankLayout, *, file: str) -> tuple[BankStatement, ...]:
    """Return the file as one statement, or refuse it with all of its problems at once; an empty file has none."""
    reading = look_at_csv(content, layout, file=file)
    if reading.problems:
        raise WrongBankFile(reading.problems)
    if not reading.lines:
        return ()
    return (_statement(reading.lines, layout, content),)


def look_at_csv(content: bytes, layout: BankLayout, *, file: str) -> CsvReading:
    """Return what a layout makes of a file, right or wrong: a person who makes a layout sees both."""
    check_layout(layout)
    findings = _Findings(file)
    rows = _rows(content, layout, findings)
    header = (
        tuple(cell.strip() for cell in rows[layout.header_lines - 1][1]) if layout.header_lines <= len(rows) else ()
    )
    if not layout.header_lines:
        header = ()
    places = _places(header, layout, findings)
    lines = [] if findings.found else list(_lines(rows[layout.header_lines :], places, layout, findings))
    if layout.is_newest_first:
        lines.reverse()
    if not findings.found:
        _check_order(lines, findings)
        _check_balances(lines, findings)
    return CsvReading(header, tuple(lines), _told(findings))


def _told(findings: _Findings) -> tuple[Problem, ...]:
    ordered = sorted(findings.found, key=lambda problem: problem.line)
    left = len(ordered) - PROBLEMS_MAX
    if left <= 0:
        return tuple(ordered)
    last = Problem(
        findings.file,
        ordered[PROBLEMS_MAX].line,
        Message("%(left)s more problems follow.", {"left": f"{left:,}"}),
        "Mend these first.",
    )
    return (*ordered[:PROBLEMS_MAX], last)


def _rows(content: bytes, layout: BankLayout, findings: _Findings) -> list[tuple[int, list[str]]]:
    """Return the rows that are not empty, each with the number of its line in the file."""
    if len(content) > SIZE_MAX:
        findings.wrong(
            1,
            "",
            Message(
                "The file has %(count)s bytes; at most %(most)s are read.",
                {"count": f"{len(content):,}", "most": f"{SIZE_MAX:,}"},
            ),
            "Ask for shorter periods.",
        )
        return []
    try:
        text = content.decode("utf-8-sig" if layout.encoding == "utf-8" else layout.encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        findings.wrong(
            line,
            "",
            Message("The file is not written in %(encoding)s.", {"encoding": layout.encoding}),
            "Choose another encoding in the layout.",
        )
        return []
    if "\0" in text:
        findings.wrong(1, "", "The file has characters that no text has.", "Hand in the CSV file as the bank gives it.")
        return []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=layout.delimiter, strict=True)
    rows: list[tuple[int, list[str]]] = []
    began = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row) or len(rows) < layout.header_lines:
                rows.append((began, row))
            began = reader.line_num + 1
            if len(rows) > LINES_MAX:
                findings.wrong(
                    began,
                    "",
                    Message("The file has more than %(most)s lines.", {"most": f"{LINES_MAX:,}"}),
                    "Ask for shorter periods.",
                )
                return []
    except csv.Error as error:
        findings.wrong(began, "", Message("The line cannot be read as CSV: %(error)s.", {"error": error}))
        return []
    return rows


def _places(header: Sequence[str], layout: BankLayout, findings: _Findings) -> dict[str, tuple[int, ...]]:
    """Return, for each column of the layout, where it stands in a row; names that the header lacks are problems."""
    by_name = {name.casefold(): place for place, name in reversed(list(enumerate(header)))}
    places: dict[str, tuple[int, ...]] = {}
    for name in COLUMNS:
        wanted = [part.strip() for part in str(getattr(layout, name)).split("+") if part.strip()]
        found = []
        for column in wanted:
            place = by_name.get(column.casefold())
            if place is None and column.isdecimal() and int(column) > 0:
                place = int(column) - 1
            if place is None:
                known = ", ".join(one for one in header if one)[:200] or "nothing"
                findings.wrong(
                    max(layout.header_lines, 1),
                    name,
                    Message(
                        "There is no column '%(column)s'; the header has: %(known)s.",
                        {"column": column[:40], "known": known},
                    ),
                    "Name the column as the file does, or by its number.",
                )
            else:
                found.append(place)
        places[name] = tuple(found)
    return places


def _lines(
    rows: Sequence[tuple[int, list[str]]], places: dict[str, tuple[int, ...]], layout: BankLayout, findings: _Findings
) -> Iterator[CsvLine]:
    for number, row in rows:
        line = _line(number, row, places, layout, findings)
        if line is not None:
            yield line


def _line(
    number: int, row: list[str], places: dict[str, tuple[int, ...]], layout: BankLayout, findings: _Findings
) -> CsvLine | None:
    before = len(findings.found)
    longest = max((place for found in places.values() for place in found), default=0)
    if len(row) <= longest:
        findings.wrong(
            number,
            "",
            Message(
                "The line has %(count)s columns; the layout asks for column %(longest)s.",
                {"count": len(row), "longest": longest + 1},
            ),
        )
        return None

    def cell(name: str) -> str:
        return "\n".join(text for place in places[name] if (text := row[place].strip()))

    currency = cell("currency").upper()
    if currency not in {"", CURRENCY, "KR", "KR."}:
        findings.wrong(
            number,
            layout.currency,
            Message(
                "The line is in %(currency)s; the account is in %(account_currency)s.",
                {"currency": currency[:10], "account_currency": CURRENCY},
            ),
            "Hand in the file in DKK.",
        )
    booked_on = _day(cell("booked_on"), number, layout.booked_on, layout, findings)
    value_on = _day(cell("value_on"), number, layout.value_on, layout, findings) if cell("value_on") else booked_on
    amount = _amount(cell, number, layout, findings)
    balance = _money(cell("balance"), number, layout.balance, layout, findings) if layout.balance else None
    if len(findings.found) > before or booked_on is None or value_on is None or amount is None:
        return None
    return CsvLine(
        number=number,
        booked_on=booked_on,
        value_on=value_on,
        amount=amount,
        text=cell("text"),
        payer_name=cell("payer_name"),
        payer_account="".join(cell("payer_account").split()).upper(),
        reference=cell("reference"),
        payment_reference=cell("payment_reference"),
        balance=balance,
    )


def _amount(cell: Callable[[str], str], number: int, layout: BankLayout, findings: _Findings) -> Money | None:
    if layout.amount:
        money = _money(cell("amount"), number, layout.amount, layout, findings)
        if money is None or not layout.sign:
            return money
        is_out = cell("sign").casefold() == layout.sign_out.casefold()
        return Money(-abs(money.minor) if is_out else abs(money.minor), money.currency)
    came, went = cell("money_in"), cell("money_out")
    if bool(came) == bool(went):
        findings.wrong(number, layout.money_in, "The line must have money in or money out, and not both.")
        return None
    name, text = (layout.money_in, came) if came else (layout.money_out, went)
    money = _money(text, number, name, layout, findings)
    return None if money is None else Money(abs(money.minor) * (1 if came else -1), money.currency)


def _money(text: str, number: int, column: str, layout: BankLayout, findings: _Findings) -> Money | None:
    plain = text.replace("\u00a0", " ").replace("\u2212", "-").strip().removesuffix("kr.").removesuffix("DKK").strip()
    sign = -1 if plain.startswith("-") or plain.endswith("-") else 1
    digits = plain.strip("+-").strip()
    whole, found, part = digits.partition(layout.decimal)
    groups = whole.split(layout.thousands) if layout.thousands else [whole]
    are_groups = len(groups) == 1 or (1 <= len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:]))
    is_right = are_groups and all(group.isascii() and group.isdecimal() for group in groups)
    if not is_right or len("".join(groups)) > 13 or (found and not re.fullmatch("[0-9]{1,2}", part, re.ASCII)):
        thousands = layout.thousands or ""
        findings.wrong(
            number,
            column,
            Message(
                "'%(text)s' is no amount such as 1%(thousands)s250%(decimal)s00.",
                {"text": text[:40], "thousands": thousands, "decimal": layout.decimal},
            ),
        )
        return None
    return Money(sign * (int("".join(groups)) * 100 + int(part.ljust(2, "0") or 0)), CURRENCY)


def _day(text: str, number: int, column: str, layout: BankLayout, findings: _Findings) -> date | None:
    found = _DAYS[layout.day_form].match(text.strip())
    if found is not None:
        year = int(found["y"]) + (2000 if len(found["y"]) == 2 else 0)
        try:
            return date(year, int(found["m"]), int(found["d"]))
        except ValueError:
            pass
    findings.wrong(
        number,
        column,
        Message(
            "'%(text)s' is no day that exists, written as %(day_form)s.",
            {"text": text[:40], "day_form": layout.day_form},
        ),
    )
    return None


def _check_order(lines: Sequence[CsvLine], findings: _Findings) -> None:
    for before, line in pairwise(lines):
        if line.booked_on < before.booked_on:
            findings.wrong(
                line.number,
                "",
                Message(
                    "%(booked_on)s follows %(before)s: the lines are not in the order of their days.",
                    {"booked_on": line.booked_on, "before": before.booked_on},
                ),
                "Say in the layout whether the newest line comes first.",
            )
            return


def _check_balances(lines: Sequence[CsvLine], findings: _Findings) -> None:
    """Each balance must be the one before and this line's amount: a line that is missing or changed is found."""
    for before, line in pairwise(lines):
        if before.balance is None or line.balance is None:
            return
        expected = before.balance + line.amount
        if line.balance != expected:
            findings.wrong(
                line.number,
                "balance",
                Message(
                    "The balance is %(balance)s; by line %(number)s and this amount it is %(expected)s.",
                    {"balance": line.balance, "number": before.number, "expected": expected},
                ),
                "A line is missing, changed or doubled. Fetch the file from the bank again.",
            )


def _statement(lines: Sequence[CsvLine], layout: BankLayout, content: bytes) -> BankStatement:
    sha256 = hashlib.sha256(content).hexdigest()
    first, last = lines[0], lines[-1]
    moved = total_of(line.amount for line in lines)
    closing = last.balance if last.balance is not None else Money(0, CURRENCY)
    return BankStatement(
        account=layout.account,
        statement_id=f"csv:{sha256[:24]}",
        sequence=None,
        created_at=datetime.combine(last.booked_on, time(0), UTC),
        opening=closing - moved,
        opening_on=first.booked_on,
        closing=closing,
        closing_on=last.booked_on,
        currency=CURRENCY,
        entries=with_ordinals(_entry(line, layout) for line in lines),
        sha256=sha256,
        notes=() if layout.balance else (Message("The file has no balances; they are reckoned from what is known."),),
        has_balances=bool(layout.balance),
    )


def _entry(line: CsvLine, layout: BankLayout) -> BankEntry:
    slip = read_fik_line(line.payment_reference)
    digits = line.payment_reference.replace(" ", "")
    reference = slip.payment_id if slip is not None else digits if digits.isdecimal() else line.payment_reference
    return BankEntry(
        account=layout.account,
        reference=line.reference or _fingerprint(line),
        ordinal=1,
        amount=line.amount,
        booked_on=line.booked_on,
        value_on=line.value_on,
        text=line.text,
        creditor_reference=reference,
        end_to_end_id="",
        payer_name=line.payer_name,
        payer_account=line.payer_account,
        is_reversal=False,
        fik_type=slip.type if slip is not None else "",
        fik_creditor=slip.creditor if slip is not None else "",
    )


def _fingerprint(line: CsvLine) -> str:
    """Return what names a line without a reference: all that it says, but not its balance, which depends on the file."""
    told = (line.booked_on, line.value_on, line.amount.minor, line.text, line.payer_name, line.payer_account)
    return f"csv:{hashlib.sha256(repr((*told, line.payment_reference)).encode()).hexdigest()[:16]}"
