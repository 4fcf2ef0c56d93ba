"""Drivers in memory, for stories and simulations: the second implementation of each port. Named by the setting DRIVERS."""

from datetime import date
from functools import cache

from servanda.business.collecting.facts import CreditorFacts
from servanda.business.companies.facts import CompanyFacts
from servanda.drivers.documents.memory import TextMaker
from servanda.drivers.letters.memory import MemoryPost


@cache
def post() -> MemoryPost:
    """Return the one post of this process; a test tells it whom to refuse and whose mail to lose."""
    return MemoryPost()


def document_maker() -> TextMaker:
    return TextMaker()


def collection_provider(company: CompanyFacts, creditor: CreditorFacts, *, today: date) -> None:
    """Return no provider: a story tells of collections itself."""
