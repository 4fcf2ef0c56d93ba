"""What every maker of sheets promises, read back from its file; then what one technology alone can do or must refuse."""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from servanda.drivers.sheets import DoesNotFit, SheetMaker
from servanda.drivers.sheets.csv_maker import CsvMaker
from servanda.drivers.sheets.xlsx import ROWS_MAX, XlsxMaker
from servanda.ground.money import Money
from servanda.ground.sheets import Cell, CrookedSheet, Kind, Sheet, SheetColumn

COLUMNS = (
    SheetColumn("Kunde"),
    SheetColumn("Beløb", "money"),
    SheetColumn("Dag", "date"),
    SheetColumn("Andel", "percent"),
    SheetColumn("Antal", "whole"),
)
ROW = ('Alma Ågesen ApS; "Æ"', Money(-123456789_01), date(2028, 2, 29), Decimal("0.125"), 1234567)
FORMULAS = ("=1+1", "+45 70 00 00 00", "-2", "@SUM(A1)", '=HYPERLINK("http://x.example")', "\t=1", "\r=1")


@dataclass(frozen=True, slots=True)
class Arrangement:
    """A maker, and how its file is read back: the texts and the values of the cells, headings first."""

    maker: SheetMaker
    read: Callable[[bytes], list[list[object]]]


def read_csv(file: bytes) -> list[list[object]]:
    rows = list(csv.reader(io.StringIO(file.decode("utf-8-sig"), newline=""), delimiter=";"))
    return [list(rows[0]), *([_csv_value(*pair) for pair in zip(row, rows[0], strict=True)] for row in rows[1:])]


def _csv_value(text: str, label: str) -> object:
    if text == "":
        return None
    if label == "Dag":
        return date.fromisoformat(text)
    if label == "Andel":
        return float(text.replace(",", ".")) / 100
    if label.startswith("Beløb") or label == "Antal":
        return float(text.replace(",", "."))
    return text.removeprefix("'") if text[1:2] in "=+-@\t\r" else text


def read_xlsx(file: bytes) -> list[list[object]]:
    page = load_workbook(io.BytesIO(file)).worksheets[0]
    assert all(cell.data_type != "f" for row in page.iter_rows() for cell in row)
    return [[_xlsx_value(cell.value) for cell in row] for row in page.iter_rows()]


def _xlsx_value(value: object) -> object:
    if isinstance(value, datetime):
        return value.date()
    return float(value) if isinstance(value, int) else value


@pytest.fixture(params=["csv", "xlsx"])
def arranged(request: pytest.FixtureRequest) -> Arrangement:
    return Arrangement(CsvMaker(), read_csv) if request.param == "csv" else Arrangement(XlsxMaker(), read_xlsx)


def read_back(arranged: Arrangement, sheet: Sheet) -> list[list[object]]:
    return arranged.read(arranged.maker.render((sheet,), language="da"))


def test_figures_and_days_are_values(arranged: Arrangement) -> None:
    rows = read_back(arranged, Sheet("Omsætning", COLUMNS, (ROW,)))
    assert rows[0] == ["Kunde", "Beløb", "Dag", "Andel", "Antal"]
    assert rows[1] == [ROW[0], -123456789.01, date(2028, 2, 29), 0.125, 1234567.0]


def test_the_total_comes_last(arranged: Arrangement) -> None:
    rows = read_back(arranged, Sheet("x", COLUMNS[:2], (("Alma", Money(100)),), total=("I alt", Money(100))))
    assert rows[1:] == [["Alma", 1.0], ["I alt", 1.0]]


def test_an_empty_table_has_its_headings(arranged: Arrangement) -> None:
    assert read_back(arranged, Sheet("x", COLUMNS, ())) == [[column.label for column in COLUMNS]]


def test_an_empty_cell_stays_empty(arranged: Arrangement) -> None:
    assert read_back(arranged, Sheet("x", COLUMNS, ((None,) * 5,)))[1] == [None] * 5


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_that_looks_like_a_formula_stays_a_text(arranged: Arrangement, text: str) -> None:
    rows = read_back(arranged, Sheet("x", (SheetColumn("Kunde"),), ((text,),)))
    assert str(rows[1][0]).replace("_x000D_", "\r") == text


def test_a_heading_that_looks_like_a_formula_stays_a_text(arranged: Arrangement) -> None:
    file = arranged.maker.render((Sheet("x", (SheetColumn("=1"),), ()),), language="da")
    assert str(arranged.read(file)[0][0]).removeprefix("'") == "=1"


@pytest.mark.parametrize(
    ("kind", "cell"),
    [("money", 12), ("money", "12"), ("date", "2026-01-01"), ("whole", Decimal(1)), ("whole", True), ("text", 1)],
)
def test_a_cell_of_another_kind_is_refused(arranged: Arrangement, kind: Kind, cell: Cell) -> None:
    with pytest.raises(CrookedSheet, match="Row 1"):
        read_back(arranged, Sheet("x", (SheetColumn("A", kind),), ((cell,),)))


@pytest.mark.parametrize(
    ("sheet", "reason"),
    [
        (Sheet("x", (), ()), "no columns"),
        (Sheet("x", COLUMNS, (ROW, ROW[:4])), "Row 2 .* has 4 cells"),
        (Sheet("x", COLUMNS, (), total=ROW[:1]), "has 1 cells"),
        (Sheet("x", (SheetColumn("A", "money"),), ((Money(1),), (Money(1, "EUR"),))), "DKK, EUR"),
    ],
)
def test_a_crooked_table_is_refused(arranged: Arrangement, sheet: Sheet, reason: str) -> None:
    with pytest.raises(CrookedSheet, match=reason):
        read_back(arranged, sheet)


def test_a_file_says_what_it_is(arranged: Arrangement) -> None:
    assert arranged.maker.suffix in {".csv", ".xlsx"}
    assert "/" in arranged.maker.media_type


def test_csv_is_written_as_the_reader_expects() -> None:
    sheet = Sheet(
        "x", (SheetColumn("A", "money"), SheetColumn("B", "percent")), ((Money(1250, "EUR"), Decimal("0.25")),)
    )
    assert CsvMaker().render((sheet,), language="en").decode("utf-8-sig") == "A (EUR),B\r\n12.50,25.0\r\n"
    assert CsvMaker().render((sheet,), language="da").decode("utf-8-sig") == "A (EUR);B\r\n12,50;25,0\r\n"


def test_csv_puts_an_apostrophe_before_what_looks_like_a_formula() -> None:
    file = CsvMaker().render((Sheet("x", (SheetColumn("A"),), (("=1+1",),)),), language="en")
    assert file.decode("utf-8-sig").splitlines()[1] == "'=1+1"


def test_csv_holds_one_table() -> None:
    sheet = Sheet("x", COLUMNS, ())
    with pytest.raises(DoesNotFit, match="one table"):
        CsvMaker().render((sheet, sheet), language="da")


def test_a_workbook_has_a_sheet_for_each_table_with_a_lawful_name_of_its_own() -> None:
    names = ("Omsætning/pr. [måned]: " + "x" * 40, "history", "A", "a", "")
    file = XlsxMaker().render(tuple(Sheet(name, COLUMNS, ()) for name in names), language="da")
    book = load_workbook(io.BytesIO(file))
    assert len(set(map(str.lower, book.sheetnames))) == 5
    assert all(0 < len(name) <= 31 for name in book.sheetnames)


def test_a_workbook_keeps_its_headings_in_sight_and_formats_its_figures() -> None:
    file = XlsxMaker().render((Sheet("x", COLUMNS, (ROW,)),), language="da")
    page = load_workbook(io.BytesIO(file)).worksheets[0]
    assert page.freeze_panes == "A2"
    assert page.auto_filter.ref == "A1:E2"
    assert [page.cell(2, column).number_format for column in (2, 3, 4)] == ["#,##0.00", "yyyy-mm-dd", "0.0%"]


def test_a_day_that_the_format_does_not_know_is_written_out() -> None:
    file = XlsxMaker().render((Sheet("x", (SheetColumn("Dag", "date"),), ((date(1899, 1, 1),),)),), language="da")
    assert load_workbook(io.BytesIO(file)).worksheets[0].cell(2, 1).value == "1899-01-01"


def test_a_workbook_refuses_what_it_cannot_hold() -> None:
    rows: tuple[tuple[Cell, ...], ...] = ((None,),) * ROWS_MAX
    with pytest.raises(DoesNotFit, match="1,048,575 rows"):
        XlsxMaker().render((Sheet("x", (SheetColumn("A"),), rows),), language="da")
    with pytest.raises(DoesNotFit, match=r"Row 1 .* 32,767 characters"):
        XlsxMaker().render((Sheet("x", (SheetColumn("A"),), (("x" * 32_768,),)),), language="da")


def test_a_workbook_needs_a_table() -> None:
    with pytest.raises(DoesNotFit, match="at least one"):
        XlsxMaker().render((), language="da")
