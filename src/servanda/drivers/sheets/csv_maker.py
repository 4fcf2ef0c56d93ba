"""A table as CSV, as a spreadsheet program of the reader's country opens it with a double click.

Danish: `;` between cells and `,` before decimals; English: `,` and `.`. Days are ISO 8601 in both, amounts without grouping and
unit (a currency other than DKK stands in the column's label), a percentage as 25.0. A byte order mark tells Excel that it is
UTF-8. A text that a spreadsheet would take for a formula gets an apostrophe before it.
"""

import csv
import io
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from servanda.drivers.sheets import FORMULA_SIGNS, DoesNotFit
from servanda.ground.money import Money
from servanda.ground.sheets import Cell, Sheet, SheetColumn, refuse_crooked

_PERCENT_STEP = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class CsvMaker:
    """Makes a CSV file of one table."""

    @property
    def media_type(self) -> str:
        return "text/csv; charset=utf-8"

    @property
    def suffix(self) -> str:
        return ".csv"

    def render(self, sheets: tuple[Sheet, ...], *, language: str) -> bytes:
        """Return the file of the one table; a CSV file has no place for a second one."""
        if len(sheets) != 1:
            raise DoesNotFit(
                f"A CSV file holds one table, and {len(sheets)} were given. Ask for a spreadsheet instead."
            )
        sheet = sheets[0]
        refuse_crooked(sheet)
        file = io.StringIO(newline="")
        writer = csv.writer(file, delimiter=";" if language == "da" else ",", lineterminator="\r\n")
        writer.writerow(_text(_label(sheet, index, column)) for index, column in enumerate(sheet.columns))
        for row in sheet.all_rows:
            writer.writerow(_written(cell, column, language) for cell, column in zip(row, sheet.columns, strict=True))
        return file.getvalue().encode("utf-8-sig")


def _label(sheet: Sheet, index: int, column: SheetColumn) -> str:
    currency = sheet.currency_of(index)
    return column.label if currency == "DKK" else f"{column.label} ({currency})"


def _written(cell: Cell, column: SheetColumn, language: str) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Money):
        return _decimal(cell.decimal, language)
    if isinstance(cell, Decimal):
        exact = (cell * 100).quantize(_PERCENT_STEP) if column.kind == "percent" else cell
        return _decimal(exact, language)
    if isinstance(cell, date):
        return cell.isoformat()
    return _text(cell) if isinstance(cell, str) else str(cell)


def _decimal(value: Decimal, language: str) -> str:
    text = f"{value:f}"
    return text.replace(".", ",") if language == "da" else text


def _text(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text
