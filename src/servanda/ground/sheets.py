"""Tables as values: named sheets of typed cells, which a report hands to whoever makes a file of them.

A cell is a text, a whole number, an amount or a rate, a date or nothing, and stays of that kind in the file: amounts can be
added up, dates sorted.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

Cell = str | int | Decimal | date | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: a title, a heading for each column, and the rows in their order."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()  # sentences above the table
