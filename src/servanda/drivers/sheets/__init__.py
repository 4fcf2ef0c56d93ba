"""Sheets of typed cells as a file that people open in a spreadsheet. A text that begins like a formula stays a text."""

from typing import Protocol

from servanda.ground.sheets import Cell as Cell
from servanda.ground.sheets import Sheet as Sheet


class SheetMaker(Protocol):
    """Makes a workbook of sheets."""

    @property
    def media_type(self) -> str: ...

    @property
    def ending(self) -> str:
        """How the names of such files end, without the full stop."""

    def make(self, sheets: tuple[Sheet, ...]) -> bytes:
        """Return the file with all sheets in their order."""
