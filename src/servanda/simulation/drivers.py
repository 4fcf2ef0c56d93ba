"""Drivers in memory, for stories and simulations: the second implementation of each port. Named by the setting DRIVERS."""

from functools import cache

from servanda.drivers.documents.memory import TextMaker
from servanda.drivers.einvoices import Answer, Document, Format, Objection, Renderer
from servanda.drivers.einvoices.checks import objections_to
from servanda.drivers.einvoices.oioubl import OioublRenderer
from servanda.drivers.einvoices.peppol import PeppolRenderer
from servanda.drivers.letters.memory import MemoryPost
from servanda.simulation.access_point import MemoryAccessPoint, SchemaGate, read_answer


@cache
def post() -> MemoryPost:
    """Return the one post of this process; a test tells it whom to refuse and whose mail to lose."""
    return MemoryPost()


def document_maker() -> TextMaker:
    return TextMaker()


def e_invoice_renderer(format: Format) -> Renderer:
    return OioublRenderer() if format == "oioubl 2.1" else PeppolRenderer()


def e_invoice_objections(document: Document, *, format: Format) -> tuple[Objection, ...]:
    return objections_to(document, format=format)


@cache
def e_invoice_gate() -> SchemaGate:
    """Return the one gate of this process; a test takes its rules away."""
    return SchemaGate()


@cache
def e_invoice_transport() -> MemoryAccessPoint:
    """Return the one access point of this process; a test tells it whom to turn away, and puts answers into its inbox."""
    return MemoryAccessPoint()


def e_invoice_inbox() -> MemoryAccessPoint:
    return e_invoice_transport()


def e_invoice_answer(content: bytes, *, file: str) -> Answer:
    return read_answer(content, file=file)
