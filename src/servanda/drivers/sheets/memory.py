"""Workbooks as plain text, for stories: one line for each row, with the kinds of the cells kept."""

import json
from datetime import date
from decimal import Decimal

from servanda.drivers.sheets import Cell, Sheet


class TextSheets:
    """Makes JSON of sheets: titles, headings, rows."""

    ending = "json"
    media_type = "application/json"

    def make(self, sheets: tuple[Sheet, ...]) -> bytes:
        """Return the sheets as a JSON list."""
        return json.dumps(
            [
                {
                    "title": sheet.title,
                    "notes": list(sheet.notes),
                    "headings": list(sheet.headings),
                    "rows": [[_plain(cell) for cell in row] for row in sheet.rows],
                }
                for sheet in sheets
            ],
            ensure_ascii=False,
        ).encode()


def _plain(cell: Cell) -> str | int | float | None:
    if isinstance(cell, date):
        return cell.isoformat()
    return float(cell) if isinstance(cell, Decimal) else cell
