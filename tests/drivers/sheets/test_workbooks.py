"""Workbooks hold what they were given: texts as texts, amounts as numbers, days as days, whoever makes the file."""

import io
import json
from datetime import date
from decimal import Decimal

import openpyxl

from servanda.drivers.sheets import Sheet
from servanda.drivers.sheets.memory import TextSheets
from servanda.drivers.sheets.xlsx import XlsxMaker

SHEETS = (
    Sheet(
        "Moms: 2026/Q4",
        ("Land", "Beløb", "Antal", "Dag"),
        (
            ("Grækenland", Decimal("1234.50"), 3, date(2026, 11, 30)),
            ("=1+1", Decimal("-0.01"), 0, None),
            ("http://alma.example", Decimal(0), -7, date(2027, 1, 1)),
        ),
        notes=("1 EUR = 7,46 kr.",),
    ),
    Sheet("Moms: 2026/Q4", ("Land",), ()),
)


def test_a_workbook_has_every_cell_in_its_kind() -> None:
    book = openpyxl.load_workbook(io.BytesIO(XlsxMaker().make(SHEETS)))
    first, second = book.worksheets
    rows = [tuple(cell.value for cell in row) for row in first.iter_rows()]
    assert rows[0][0] == "1 EUR = 7,46 kr."
    assert rows[2] == SHEETS[0].headings
    assert rows[3][:3] == ("Grækenland", 1234.5, 3)
    assert rows[3][3].date() == date(2026, 11, 30)
    assert rows[4] == ("=1+1", -0.01, 0, None)
    assert first.cell(5, 1).data_type == "s"  # a text, never a formula
    assert [tuple(cell.value for cell in row) for row in second.iter_rows()] == [("Land",)]


def test_titles_are_made_fit_and_unique() -> None:
    book = openpyxl.load_workbook(io.BytesIO(XlsxMaker().make((*SHEETS, Sheet("x" * 40, ("a",), ())))))
    assert book.sheetnames == ["Moms  2026 Q4", "Moms  2026 Q4 2", "x" * 31]


def test_the_memory_maker_keeps_titles_headings_and_rows() -> None:
    (first, _second) = json.loads(TextSheets().make(SHEETS))
    assert first["headings"] == list(SHEETS[0].headings)
    assert first["rows"][0] == ["Grækenland", 1234.5, 3, "2026-11-30"]
