"""What the pages of reports show: sentences, pictures, and tables whose figures lead to the rows behind them."""

from dataclasses import dataclass

from servanda.faces.office.chart_picture import ChartPicture
from servanda.faces.office.shown import Link, Pager, Tab
from servanda.ground.sheets import Cell, Kind

NARROW = 3


@dataclass(frozen=True, slots=True)
class ReportColumn:
    label: str
    kind: Kind = "text"

    @property
    def is_figure(self) -> bool:
        return self.kind not in ("text", "date")


@dataclass(frozen=True, slots=True)
class ReportCell:
    """A value, how it is written for the reader, and the rows behind it."""

    value: Cell
    text: str
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTable:
    """A table of a report. `more` says how many rows a page leaves out; a file has them all."""

    name: str
    title: str
    columns: tuple[ReportColumn, ...]
    rows: tuple[tuple[ReportCell, ...], ...]
    total: tuple[ReportCell, ...] | None = None
    note: str = ""
    more: str = ""
    csv: str = ""

    @property
    def is_narrow(self) -> bool:
        """Whether a telephone has room for all columns."""
        return len(self.columns) <= NARROW

    @property
    def headed_rows(self) -> tuple[tuple[ReportCell, tuple["PlacedCell", ...]], ...]:
        """The rows with their first cell apart, which heads the row."""
        return tuple((row[0], self._placed(row)) for row in self.rows)

    @property
    def headed_total(self) -> tuple[ReportCell, tuple["PlacedCell", ...]] | None:
        return (self.total[0], self._placed(self.total)) if self.total is not None else None

    def _placed(self, row: tuple[ReportCell, ...]) -> tuple["PlacedCell", ...]:
        return tuple(PlacedCell(cell, column.is_figure) for cell, column in zip(row[1:], self.columns[1:], strict=True))


@dataclass(frozen=True, slots=True)
class PlacedCell:
    cell: ReportCell
    is_figure: bool


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One figure by itself, what it is, and what it is to be compared with."""

    label: str
    text: str
    note: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """A sum that must agree with another one, and whether it does."""

    text: str
    is_right: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportShown:
    """A whole report. The first sentence says what the figures mean."""

    name: str
    title: str
    sentences: tuple[str, ...]
    figures: tuple[KeyFigure, ...] = ()
    pictures: tuple[ChartPicture, ...] = ()
    tables: tuple[ReportTable, ...] = ()
    checks: tuple[Check, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFrame:
    """The choices above a report: which days, by which day, and the files to take away."""

    stretches: tuple[Tab, ...]
    bases: tuple[Tab, ...]
    has_days: bool
    has_day: bool
    since: str
    until: str
    as_of: str
    basis: str
    xlsx: str
    wrong: str
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportCard:
    """A report on the page of all reports: its small picture and its sentence."""

    link: Link
    sentence: str
    picture: ChartPicture | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsShown:
    """The rows behind a figure."""

    title: str
    sentence: str
    table: ReportTable
    pager: Pager
    csv: str
    xlsx: str
