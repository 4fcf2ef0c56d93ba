"""Writes workbooks in the format of Excel, row by row, so that a long table does not have to fit in memory."""

import io
import re
from datetime import date
from decimal import Decimal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from servanda.drivers.sheets import Cell, Sheet

TITLE_MAX = 31
WIDTH_MIN, WIDTH_MAX = 10, 60
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")


class XlsxMaker:
    """Makes .xlsx files."""

    ending = "xlsx"
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def make(self, sheets: tuple[Sheet, ...]) -> bytes:
        """Return the workbook. Titles are made unique and short enough for the format."""
        file = io.BytesIO()
        options = {"constant_memory": True, "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(file, options) as book:
            heading = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
            amount = book.add_format({"num_format": "#,##0.00"})
            day = book.add_format({"num_format": "yyyy-mm-dd"})
            titles: set[str] = set()
            for sheet in sheets:
                page = book.add_worksheet(_title(sheet.title, titles))
                _write(page, sheet, heading=heading, amount=amount, day=day)
        return file.getvalue()


def _write(page: Worksheet, sheet: Sheet, *, heading: Format, amount: Format, day: Format) -> None:
    for place, name in enumerate(sheet.headings):
        page.set_column(place, place, min(max(len(name) + 2, WIDTH_MIN), WIDTH_MAX))
    row = 0
    for note in sheet.notes:
        page.write_string(row, 0, note)
        row += 1
    row = row + 1 if sheet.notes else row
    for place, name in enumerate(sheet.headings):
        page.write_string(row, place, name, heading)
    for cells in sheet.rows:
        row += 1
        for place, cell in enumerate(cells):
            _cell(page, row, place, cell, amount=amount, day=day)


def _cell(page: Worksheet, row: int, place: int, cell: Cell, *, amount: Format, day: Format) -> None:
    if cell is None:
        return
    if isinstance(cell, date):
        page.write_datetime(row, place, cell, day)
    elif isinstance(cell, Decimal):
        page.write_number(row, place, float(cell), amount)
    elif isinstance(cell, int):
        page.write_number(row, place, cell)
    else:
        page.write_string(row, place, cell)


def _title(title: str, taken: set[str]) -> str:
    """Return a title that the format takes, and that no other sheet has."""
    clean = _FORBIDDEN.sub(" ", title).strip("' ")[:TITLE_MAX] or "Sheet"
    unique, number = clean, 2
    while unique.lower() in taken:
        unique, number = f"{clean[: TITLE_MAX - 4]} {number}", number + 1
    taken.add(unique.lower())
    return unique
