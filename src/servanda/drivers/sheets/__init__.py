"""Files of tables: the port that makes a spreadsheet or a CSV file of tables that are ready.

What every maker promises: figures and days are values that a program can reckon with; a text is a text, whatever it begins
with, so that no program takes `=…` in a customer's name for a formula; a table whose rows do not fit is refused.
"""

from typing import Protocol

from servanda.ground.refusal import Refused
from servanda.ground.sheets import Sheet

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")  # what makes a spreadsheet program take a text for a formula


class DoesNotFit(Refused):
    """The tables are more than one file of this technology can hold."""


class SheetMaker(Protocol):
    """Makes one file of tables."""

    @property
    def media_type(self) -> str:
        """What the bytes are, as in `text/csv; charset=utf-8`."""

    @property
    def suffix(self) -> str:
        """How the file's name ends, as in `.csv`."""

    def render(self, sheets: tuple[Sheet, ...], *, language: str) -> bytes:
        """Return the file, written as a reader of the language expects it; refuses with `CrookedSheet` or `DoesNotFit`."""
