"""Setting a book as a PDF for a page that offers it to be kept.

The faces know no driver. The settings name the module that does (`DRIVERS`); its `document_maker()` sets the book.
"""

from importlib import import_module
from typing import Protocol

from django.conf import settings

from servanda.terms.book import Book


class Printer(Protocol):
    def render_book(self, book: Book) -> bytes:
        """Return the book as a file, the same for the same book."""


def printed(book: Book) -> bytes:
    """Return the book as a PDF."""
    printer: Printer = import_module(settings.DRIVERS).document_maker()
    return printer.render_book(book)
