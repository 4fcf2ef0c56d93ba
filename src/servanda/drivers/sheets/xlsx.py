"""Tables as one Excel workbook: a sheet each, written row by row, with the headings fast on top.

Amounts, percentages and days are numbers with a format, which the program shows in its own country's way. Texts are written
as texts, never tried as formulas, addresses or numbers.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from servanda.drivers.sheets import DoesNotFit
from servanda.ground.money import Money
from servanda.ground.sheets import Cell, Kind, Sheet, refuse_crooked

ROWS_MAX = 1_048_576  # limits of the file format, headings included
_COLUMNS_MAX = 16_384
_CHARACTERS_MAX = 32_767
_NAME_MAX = 31
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_FIRST_DAY = date(1900, 3, 1)  # before it the format counts a leap day that never was
_WIDTH_MAX = 60
_FORMATS: dict[Kind, str] = {
    "text": "@",
    "money": "#,##0.00",
    "date": "yyyy-mm-dd",
    "percent": "0.0%",
    "whole": "#,##0",
    "number": "#,##0.00",
}
_OPTIONS = {
    "in_memory": True,
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


@dataclass(frozen=True, slots=True)
class XlsxMaker:
    """Makes an Excel workbook."""

    @property
    def media_type(self) -> str:
        return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    @property
    def suffix(self) -> str:
        return ".xlsx"

    def render(self, sheets: tuple[Sheet, ...], *, language: str) -> bytes:
        """Return the workbook; refuses what the format cannot hold instead of cutting it off."""
        if not sheets:
            raise DoesNotFit("A workbook needs at least one table. Give one.")
        for sheet in sheets:
            refuse_crooked(sheet)
            _refuse_too_large(sheet)
        file = io.BytesIO()
        with Workbook(file, _OPTIONS) as book:
            for sheet, name in zip(sheets, _names(sheets), strict=True):
                _write(book, book.add_worksheet(name), sheet)
        return file.getvalue()


def _refuse_too_large(sheet: Sheet) -> None:
    if len(sheet.all_rows) + 1 > ROWS_MAX or len(sheet.columns) > _COLUMNS_MAX:
        raise DoesNotFit(
            f"The table {sheet.name!r} has {len(sheet.all_rows):,} rows and {len(sheet.columns):,} columns; a sheet holds "
            f"{ROWS_MAX - 1:,} rows below its headings and {_COLUMNS_MAX:,} columns. Take a shorter stretch, or a CSV file."
        )
    for number, row in enumerate(sheet.all_rows, start=1):
        if any(isinstance(cell, str) and len(cell) > _CHARACTERS_MAX for cell in row):
            raise DoesNotFit(
                f"Row {number} of the table {sheet.name!r} has a text of more than {_CHARACTERS_MAX:,} characters, "
                "which no cell of a spreadsheet holds. Take a CSV file."
            )


def _names(sheets: tuple[Sheet, ...]) -> Iterator[str]:
    """Names as the format wants them: short, without its own signs, no two alike."""
    taken: set[str] = set()
    for number, sheet in enumerate(sheets, start=1):
        name = _NOT_IN_NAMES.sub(" ", sheet.name)[:_NAME_MAX].strip(" '") or f"Sheet {number}"
        if name.lower() in taken or name.lower() == "history":  # a name that Excel keeps for itself
            ending = f" {number}"
            name = name[: _NAME_MAX - len(ending)] + ending
        taken.add(name.lower())
        yield name


def _write(book: Workbook, page: Worksheet, sheet: Sheet) -> None:
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    for index, column in enumerate(sheet.columns):
        page.set_column(index, index, _width(sheet, index))
        page.write_string(0, index, column.label, head)
    plain = _formats(book, sheet, is_total=False)
    strong = _formats(book, sheet, is_total=True)
    for number, row in enumerate(sheet.rows, start=1):
        _write_row(page, number, row, plain)
    if sheet.total is not None:
        _write_row(page, len(sheet.rows) + 1, sheet.total, strong)
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, len(sheet.rows), len(sheet.columns) - 1)
    page.repeat_rows(0)
    page.set_landscape()
    page.fit_to_pages(1, 0)


def _formats(book: Workbook, sheet: Sheet, *, is_total: bool) -> tuple[Format, ...]:
    look = {"bold": True, "top": 1} if is_total else {}
    return tuple(
        book.add_format({**look, "num_format": _number_format(sheet, index, column.kind)})
        for index, column in enumerate(sheet.columns)
    )


def _number_format(sheet: Sheet, index: int, kind: Kind) -> str:
    currency = sheet.currency_of(index)
    return f'#,##0.00 "{currency}"' if kind == "money" and currency != "DKK" else _FORMATS[kind]


def _write_row(page: Worksheet, number: int, row: tuple[Cell, ...], formats: tuple[Format, ...]) -> None:
    for index, (cell, style) in enumerate(zip(row, formats, strict=True)):
        if cell is None or cell == "":
            page.write_blank(number, index, None, style)
        elif isinstance(cell, Money):
            page.write_number(number, index, float(cell.decimal), style)  # 15 digits: exact to 9,999,999,999,999.99
        elif isinstance(cell, Decimal | int):
            page.write_number(number, index, float(cell), style)
        elif isinstance(cell, date) and cell >= _FIRST_DAY:
            page.write_datetime(number, index, cell, style)
        else:
            page.write_string(number, index, cell.isoformat() if isinstance(cell, date) else cell, style)


def _width(sheet: Sheet, index: int) -> int:
    """About as wide as the widest cell; amounts with room for grouping."""
    widest = max((len(_shown(row[index])) for row in sheet.all_rows), default=0)
    return min(max(widest + 2, len(sheet.columns[index].label) // 2 + 4, 10), _WIDTH_MAX)


def _shown(cell: Cell) -> str:
    if isinstance(cell, Money):
        return f"{cell.decimal:,}"
    return "" if cell is None else str(cell)
