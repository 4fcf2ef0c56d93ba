"""A report as tables to be taken away: the same figures as on the page, as values a spreadsheet can reckon with."""

from servanda.faces.office.shown_reports import ReportShown, ReportTable
from servanda.ground.sheets import Sheet, SheetColumn


def sheets_of(report: ReportShown) -> tuple[Sheet, ...]:
    """Return all tables of a report."""
    return tuple(map(sheet_of, report.tables))


def sheet_of(table: ReportTable) -> Sheet:
    """Return one table of a report."""
    return Sheet(
        name=table.title,
        columns=tuple(SheetColumn(column.label, column.kind) for column in table.columns),
        rows=tuple(tuple(cell.value for cell in row) for row in table.rows),
        total=tuple(cell.value for cell in table.total) if table.total is not None and table.rows else None,
    )
