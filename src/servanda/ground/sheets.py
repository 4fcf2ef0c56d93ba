"""Tables to be taken away: typed columns and rows, before anybody decides whether a spreadsheet or a CSV file is made.

They stand on the lowest floor, because reports and returns fill them and the drivers write them, and these two never meet.
The texts arrive finished, in the reader's language; the figures arrive as values, so that a spreadsheet can reckon with them.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from servanda.ground.money import Money
from servanda.ground.refusal import Refused

# A percent is a fraction of one, as in Decimal("0.25"); a number is exact and has any decimals.
Kind = Literal["text", "money", "date", "percent", "whole", "number"]
Cell = str | Money | date | Decimal | int | None

_TYPES: dict[Kind, tuple[type, ...]] = {
    "text": (str,),
    "money": (Money,),
    "date": (date,),
    "percent": (Decimal,),
    "whole": (int,),
    "number": (Decimal, int),
}


class CrookedSheet(Refused):
    """A table's rows do not fit its columns, so that no file may be made of it; the message names the place."""


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column: what stands on top of it, and of which kind all of its cells are."""

    label: str
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table. A cell that is None stays empty; `total` is a last row, of the same columns, that stands out."""

    name: str
    columns: tuple[SheetColumn, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] | None = None

    @property
    def all_rows(self) -> tuple[tuple[Cell, ...], ...]:
        return self.rows if self.total is None else (*self.rows, self.total)

    def currency_of(self, index: int) -> str:
        """Return the one currency of a column of money; a column without any amount is in kroner."""
        cells = (row[index] for row in self.all_rows)
        return next((cell.currency for cell in cells if isinstance(cell, Money)), "DKK")


def refuse_crooked(sheet: Sheet) -> None:
    """Refuse a table whose rows do not fit its columns, or a column that adds up different currencies."""
    if not sheet.columns:
        raise CrookedSheet(f"The table {sheet.name!r} has no columns. Give it at least one.")
    for number, row in enumerate(sheet.all_rows, start=1):
        if len(row) != len(sheet.columns):
            raise CrookedSheet(
                f"Row {number} of the table {sheet.name!r} has {len(row)} cells, and the table has "
                f"{len(sheet.columns)} columns. Give each row one cell per column."
            )
        for column, cell in zip(sheet.columns, row, strict=True):
            if cell is not None and not _fits(cell, column.kind):
                raise CrookedSheet(
                    f"Row {number} of the table {sheet.name!r} has {cell!r} in the column {column.label!r}, which is "
                    f"of the kind {column.kind}. Give a value of that kind, or None."
                )
    for index, column in enumerate(sheet.columns):
        currencies = {cell.currency for row in sheet.all_rows if isinstance(cell := row[index], Money)}
        if len(currencies) > 1:
            raise CrookedSheet(
                f"The column {column.label!r} of the table {sheet.name!r} has amounts in {', '.join(sorted(currencies))}. "
                "Give each currency a column or a table of its own."
            )


def _fits(cell: Cell, kind: Kind) -> bool:
    return isinstance(cell, _TYPES[kind]) and not isinstance(cell, bool)
