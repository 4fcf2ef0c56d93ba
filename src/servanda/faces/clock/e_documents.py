"""Makes an e-document of what was issued: what it is made from, what stands against it, and its bytes.

What the law and the format demand of the customer's details is asked first, then our own checks; the official rules come later
(`carriage`). The same frozen facts give the same bytes.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Protocol

from django.conf import settings

from servanda.business.billing.facts import InvoiceFacts
from servanda.business.billing.queries import invoice_numbered, invoices
from servanda.business.companies.facts import CompanyFacts
from servanda.business.customers.facts import CustomerFacts, Delivery
from servanda.business.customers.queries import customer
from servanda.business.einvoices.decisions import (
    endpoint_of,
    hindrances,
    references_for,
)
from servanda.business.einvoices.facts import (
    Code,
    EDocumentFacts,
    Made,
    Problem,
    References,
)
from servanda.business.einvoices.queries import (
    content_of,
    contract_references,
    document_numbered,
)
from servanda.business.letters.facts import Carrier, LetterFacts
from servanda.business.letters.queries import letter, letters_of_invoices
from servanda.drivers.documents import CarriedFile
from servanda.drivers.einvoices import (
    Answer,
    Document,
    EInvoice,
    EReminder,
    Format,
    Gate,
    Inbox,
    Objection,
    Renderer,
    Transport,
    breakdown_of,
)
from servanda.faces.clock.einvoices import e_invoice_of, e_reminder_of
from servanda.ground.refusal import Refused

LOG = logging.getLogger(__name__)
FORMATS: dict[Delivery, Format] = {Delivery.OIOUBL: "oioubl 2.1", Delivery.PEPPOL: "peppol bis 3"}
BUGS = (AssertionError, ValueError, TypeError, LookupError)  # of one document: reported, and no other waits for it


class NoSuchDocument(Refused):
    """The company has issued nothing under that number."""


class Drivers(Protocol):
    """What stands behind the carriage: see `servanda.wiring.drivers`."""

    def e_invoice_renderer(self, format: Format) -> Renderer: ...
    def e_invoice_objections(self, document: Document, *, format: Format) -> tuple[Objection, ...]: ...
    def e_invoice_gate(self) -> Gate: ...
    def e_invoice_transport(self) -> Transport: ...
    def e_invoice_inbox(self) -> Inbox: ...
    def e_invoice_answer(self, content: bytes, *, file: str) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Source:
    """All that an e-document is made from."""

    invoice: InvoiceFacts
    to: CustomerFacts
    references: References


def make(document: EDocumentFacts, company: CompanyFacts, drivers: Drivers) -> Made:
    """Make a document, or say why it cannot be made."""
    source = source_of(document.invoice_id)
    made = Made(content=b"", references=source.references, endpoint=endpoint_of(source.to))
    if found := hindrances(source.to, source.references):
        return replace(made, problems=found)
    try:
        content, problems = b"", _objections(written := _document(document, source, company), document.format, drivers)
        if not any(not problem.is_warning for problem in problems):
            content = drivers.e_invoice_renderer(FORMATS[document.format]).render(written)
        return replace(made, content=content, problems=problems)
    except (Refused, *BUGS) as error:
        LOG.exception("the e-document %s could not be made", document.key)
        return replace(made, problems=(_not_made(error),))


def document_as(company: CompanyFacts, number: str, format: Delivery) -> Made:
    """Return a document in a format: the bytes that were kept if it was made in it, or what would be made now."""
    kept = document_numbered(company.company_id, number)
    content = content_of(kept.xml_sha256) if kept is not None and kept.format is format else None
    if kept is not None and content is not None:
        return Made(content=content, references=kept.references, endpoint=kept.endpoint, problems=kept.problems)
    printed, _r, step = number.partition("-R")
    invoice = invoice_numbered(company.company_id, int(printed)) if printed.isdecimal() else None
    if invoice is None:
        raise NoSuchDocument(f"{company.name} has issued nothing with the number {number}. Look it up in the office.")
    source = source_of(invoice.invoice_id)
    written: Document = _reminder(source, company, number, step) if step else e_invoice(source, company)
    drivers = drivers_now()
    problems = _objections(written, format, drivers)
    is_sound = all(problem.is_warning for problem in problems)
    content = drivers.e_invoice_renderer(FORMATS[format]).render(written) if is_sound else b""
    return Made(content=content, references=source.references, endpoint=endpoint_of(source.to), problems=problems)


def carried_by(letter: LetterFacts, company: CompanyFacts) -> tuple[CarriedFile, ...]:
    """Return the e-invoice that the PDF of a mailed invoice or credit note carries within it, for a buyer's program to find.

    Nothing where the buyer has no number to be named by, as a consumer: the paper goes as it is.
    """
    if letter.carrier is not Carrier.MAIL or letter.kind not in {"invoice", "credit note"} or letter.invoice_id is None:
        return ()
    source = source_of(letter.invoice_id)
    if not endpoint_of(source.to):
        return ()
    drivers, written = drivers_now(), e_invoice(source, company)
    problems = _objections(written, Delivery.PEPPOL, drivers)
    if any(not problem.is_warning for problem in problems):
        return ()
    content = drivers.e_invoice_renderer(FORMATS[Delivery.PEPPOL]).render(written)
    number = source.invoice.number
    is_da = letter.language == "da"
    described = f"E-faktura {number} (Peppol BIS Billing 3)" if is_da else f"E-invoice {number} (Peppol BIS Billing 3)"
    return (
        CarriedFile(
            name=f"{letter.kind.replace(' ', '-')}-{number}.xml",
            media_type="application/xml",
            content=content,
            description=described,
        ),
    )


def source_of(invoice_id: int) -> Source:
    """Return what a document about the invoice is made from, as it is known now."""
    (invoice,) = invoices([invoice_id])
    to = customer(invoice.customer_id)
    named = contract_references([invoice.contract_id] if invoice.contract_id is not None else [])
    of_contract = named.get(invoice.contract_id or 0, References())
    return Source(invoice, to, references_for(to, of_contract))


def e_invoice(source: Source, company: CompanyFacts) -> EInvoice:
    """Return an invoice or a credit note as a program reads it."""
    original = invoices([source.invoice.original_id])[0] if source.invoice.original_id is not None else None
    return e_invoice_of(source.invoice, company, source.to, source.references, original=original)


def problems_of(objections: Iterable[Objection], written: Document) -> tuple[Problem, ...]:
    """Return what our own checks found, for people.

    A partial credit note gives back what is left of the invoice's VAT, which may be an øre from the VAT of its own lines. It says
    what the books say; the official rules leave it that room (BR-CO-17 with its tolerance), so it is no more than a warning.
    """
    has_room = isinstance(written, EInvoice) and written.kind == "credit note" and is_vat_within_an_oere(written)
    return tuple(
        Problem(
            one.term or one.field,
            one.message.da,
            one.message.en,
            one.remedy.da,
            one.remedy.en,
            is_warning=one.severity == "warning" or (has_room and one.term == "BG-23"),
        )
        for one in objections
    )


def is_vat_within_an_oere(written: EInvoice) -> bool:
    """Tell whether each VAT group has exactly its lines' amounts, and VAT at most an øre from that of their sum."""
    computed = {one.vat: one for one in breakdown_of(written.lines, written.adjustments, currency=written.currency)}
    return len(computed) == len(written.breakdown) and all(
        one.vat in computed
        and one.taxable == computed[one.vat].taxable
        and abs((one.tax - computed[one.vat].tax).minor) <= 1
        for one in written.breakdown
    )


def _document(document: EDocumentFacts, source: Source, company: CompanyFacts) -> Document:
    if document.kind != "reminder":
        return e_invoice(source, company)
    carried = letter(document.letter_id)
    assert carried is not None
    return e_reminder_of(carried, source.invoice, company, source.to, source.references, number=document.number)


def _reminder(source: Source, company: CompanyFacts, number: str, step: str) -> EReminder:
    key = f"reminder:{source.invoice.invoice_id}:{step}"
    found = [one for one in letters_of_invoices([source.invoice.invoice_id]) if one.key == key]
    if not found:
        raise NoSuchDocument(f"Reminder {number} was not written. Look at the invoice in the office.")
    return e_reminder_of(found[0], source.invoice, company, source.to, source.references, number=number)


def _objections(written: Document, format: Delivery, drivers: Drivers) -> tuple[Problem, ...]:
    """Return what our own checks have against a document, and that the format has none of this kind."""
    if not drivers.e_invoice_renderer(FORMATS[format]).may_write(written):
        problem = Problem(
            Code.NO_DOCUMENT,
            f"{format} har intet dokument af denne slags.",
            f"{format} has no document of this kind.",
            "Vælg et andet format på kunden.",
            "Choose another format on the customer.",
        )
        return (problem,)
    return problems_of(drivers.e_invoice_objections(written, format=FORMATS[format]), written)


def _not_made(error: BaseException) -> Problem:
    return Problem(
        Code.NOT_MADE,
        f"Dokumentet kunne ikke laves: {error}",
        f"The document could not be made: {error}",
        "Se loggen, ret årsagen, og send det igen.",
        "See the log, mend the cause and send it again.",
    )


def drivers_now() -> Drivers:
    drivers: Drivers = import_module(settings.DRIVERS)
    return drivers
