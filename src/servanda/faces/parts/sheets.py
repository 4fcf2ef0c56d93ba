"""Tables to take away: as a workbook, by whichever driver the settings name, or as CSV."""

import csv
import io
from collections.abc import Iterable
from decimal import Decimal
from importlib import import_module
from typing import Protocol

from django.conf import settings

from servanda.ground.sheets import Cell, Sheet

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would take for a formula


class _Maker(Protocol):
    @property
    def media_type(self) -> str: ...
    @property
    def ending(self) -> str: ...
    def make(self, sheets: tuple[Sheet, ...]) -> bytes: ...


class _Drivers(Protocol):
    def sheet_maker(self) -> _Maker: ...


def sheet_maker() -> _Maker:
    """Return what makes workbooks."""
    drivers: _Drivers = import_module(settings.DRIVERS)
    return drivers.sheet_maker()


def csv_of(sheet: Sheet) -> str:
    """Return a sheet as CSV: its headings and rows, with semicolons, for programs and for spreadsheets."""
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow(sheet.headings)
    writer.writerows(_plain(row) for row in sheet.rows)
    return file.getvalue()


def _plain(row: Iterable[Cell]) -> list[str]:
    return [_text(cell) for cell in row]


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    text = str(cell)
    return f"'{text}" if isinstance(cell, str) and text.startswith(FORMULA_SIGNS) else text
