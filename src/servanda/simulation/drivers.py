"""Drivers in memory, for stories and simulations: the second implementation of each port. Named by the setting DRIVERS."""

from datetime import date
from functools import cache

from servanda.business.collecting.facts import CreditorFacts
from servanda.business.companies.facts import CompanyFacts
from servanda.drivers.documents.memory import TextMaker
from servanda.drivers.einvoices import Answer, Document, Format, Objection, Renderer
from servanda.drivers.einvoices.answers import read_answer
from servanda.drivers.einvoices.checks import objections_to
from servanda.drivers.einvoices.memory import MemoryTransport
from servanda.drivers.einvoices.oioubl import OioublRenderer
from servanda.drivers.einvoices.peppol import PeppolRenderer
from servanda.drivers.einvoices.safe_xml import NotSafeXml
from servanda.drivers.einvoices.schema_gate import SchemaGate
from servanda.drivers.letters.memory import MemoryPost
from servanda.drivers.names import NamesUnavailable
from servanda.drivers.names.memory import MemoryNames
from servanda.drivers.sheets.csv_maker import CsvMaker
from servanda.drivers.vatnumbers.memory import MemoryAsker
from servanda.ground.refusal import Problem, WrongDocument


@cache
def names() -> MemoryNames:
    """Return the one DNS of this process; a test writes into it."""
    return MemoryNames()


def texts_at(name: str) -> tuple[str, ...] | None:
    try:
        return names().texts(name)
    except NamesUnavailable:
        return None


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


def e_invoice_renderer(format: Format) -> Renderer:
    return OioublRenderer() if format == "oioubl 2.1" else PeppolRenderer()


def e_invoice_objections(document: Document, *, format: Format) -> tuple[Objection, ...]:
    return objections_to(document, format=format)


@cache
def e_invoice_gate() -> SchemaGate:
    """Return the one gate of this process; a test takes its rules away."""
    return SchemaGate()


@cache
def e_invoice_transport() -> MemoryTransport:
    """Return the one access point of this process; a test tells it whom to turn away, and puts answers into its inbox."""
    return MemoryTransport()


def e_invoice_inbox() -> MemoryTransport:
    return e_invoice_transport()


def e_invoice_answer(content: bytes, *, file: str) -> Answer:
    try:
        return read_answer(content)
    except NotSafeXml as refusal:
        raise WrongDocument((Problem(file, refusal.line, refusal.said.en, refusal.remedy.en),)) from refusal
