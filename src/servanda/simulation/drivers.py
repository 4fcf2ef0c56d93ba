"""Drivers in memory, for stories and simulations: the second implementation of each port. Named by the setting DRIVERS."""

from datetime import date
from functools import cache

from servanda.business.collecting.facts import CreditorFacts
from servanda.business.companies.facts import CompanyFacts
from servanda.drivers.documents.memory import TextMaker
from servanda.drivers.letters.memory import MemoryPost
from servanda.drivers.sheets.csv_maker import CsvMaker
from servanda.drivers.vatnumbers.memory import MemoryAsker


@cache
def post() -> MemoryPost:
    """Return the one post of this process; a test tells it whom to refuse and whose mail to lose."""
    return MemoryPost()


@cache
def number_asker(*, is_practice: bool) -> MemoryAsker:
    """Return the one authority of this process; every number is in use, unless a test says otherwise."""
    return MemoryAsker(is_trusting=True)


def document_maker() -> TextMaker:
    return TextMaker()


def sheet_maker(form: str = "csv") -> CsvMaker:
    """Return a maker of plain CSV, whatever form is asked for: quick to make and to read back."""
    return CsvMaker()


def collection_provider(company: CompanyFacts, creditor: CreditorFacts, *, today: date) -> None:
    """Return no provider: a story tells of collections itself."""
