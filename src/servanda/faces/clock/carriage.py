"""Carrying e-documents: made from what was issued, judged by the official rules, handed to the access point, and answered.

Nothing outside is called within a transaction, and each step is kept before the next begins: a worker that dies leaves every
document where another one finds it. A document is handed over under a key that the access point delivers once.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from importlib import import_module
from typing import Protocol

from django.conf import settings

from servanda.business.billing.facts import InvoiceFacts
from servanda.business.billing.queries import invoices
from servanda.business.companies.facts import CompanyFacts
from servanda.business.companies.queries import companies, moment_for, today_of
from servanda.business.companies.queries import company as company_of
from servanda.business.customers.facts import CustomerFacts, Delivery
from servanda.business.customers.queries import customer
from servanda.business.einvoices.actions import (
    begin_documents,
    claim_documents,
    give_up_expired,
    keep_answer,
    keep_judged,
    keep_made,
    put_aside_answer,
    record_hand_over,
    reopen,
    take_answer,
)
from servanda.business.einvoices.decisions import (
    endpoint_of,
    hindrances,
    is_parked_for_rules,
    references_for,
    waits_for_details,
)
from servanda.business.einvoices.facts import (
    Code,
    EDocumentFacts,
    HandedOver,
    Judged,
    Made,
    Problem,
    ReadAnswer,
    References,
    State,
)
from servanda.business.einvoices.queries import (
    answers_waiting,
    content_of,
    contract_references,
    document_answered,
    documents_in,
)
from servanda.business.letters.decisions import carrier_of
from servanda.business.letters.facts import Carrier
from servanda.business.letters.queries import letter
from servanda.drivers.einvoices import (
    CVR,
    GLN,
    Answer,
    Document,
    EInvoice,
    Format,
    Gate,
    HandOver,
    Identifier,
    Inbox,
    Objection,
    Parcel,
    Renderer,
    TakenOver,
    Transport,
    TurnedAway,
    Verdict,
    breakdown_of,
)
from servanda.faces.clock.einvoices import e_invoice_of, e_reminder_of
from servanda.ground.refusal import Refused, WrongDocument

LOG = logging.getLogger(__name__)
AT_ONCE = 50
GLN_DIGITS = 13
FORMATS: dict[Delivery, Format] = {Delivery.OIOUBL: "oioubl 2.1", Delivery.PEPPOL: "peppol bis 3"}
BUGS = (AssertionError, ValueError, TypeError, LookupError)  # of one document: reported, and no other waits for it
# A receiver who says any of these has the document, whatever comes of it.
HAS_ARRIVED = frozenset(
    {
        "business accept",
        "technical accept",
        "profile accept",
        "in process",
        "under query",
        "conditionally accepted",
        "paid",
    }
)
KINDS = frozenset({"invoice", "credit note", "reminder"})

Clock = Callable[[], datetime]


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


def carry_waiting(clock: Clock) -> None:
    """Carry the e-documents of all companies, and take in what was answered. One failure keeps nobody else waiting."""
    for one in companies():
        try:
            carry(one.company_id, clock)
        except Exception:  # the clock's own loop: reported, and tried again next time
            LOG.exception("the e-documents of %s were not all carried", one.slug)
    take_in_answers(clock)


def carry(company_id: int, clock: Clock) -> int:
    """Make, judge and hand over what waits in a company, and return how many documents were taken a step further."""
    company, now = company_of(company_id), clock()
    today = today_of(company, now=now)
    give_up_expired(company_id, now=now)
    drivers = _drivers()
    steps = _heal(company, drivers, clock)
    steps += begin_documents(company, today=today)
    steps += _make_all(company, drivers, clock)
    steps += _judge_all(company, drivers.e_invoice_gate, clock)
    return steps + _hand_over_all(company, drivers.e_invoice_transport, clock)


def take_in_answers(clock: Clock) -> int:
    """Take in what receivers answered, and return how many answers changed something.

    A file is kept before it is marked as done and before anybody reads it, so that none is lost.
    """
    drivers = _drivers()
    inbox = drivers.e_invoice_inbox()
    for file in inbox.waiting():
        keep_answer(name=file.name, content=file.content, at=clock())
        inbox.done(file.name)
    taken, failed = 0, set[int]()
    while waiting := answers_waiting(limit=AT_ONCE, without=failed):
        for facts, content in waiting:
            failed.add(facts.answer_id)  # whatever happens, it is looked at once in this run
            try:
                taken += _take_in(facts.answer_id, content, facts.name, drivers, clock)
            except BUGS as error:
                LOG.exception("the answer %s was put aside", facts.name)
                put_aside_answer(facts.answer_id, ReadAnswer(problem=str(error) or type(error).__name__))
    return taken


def read_answer(content: bytes, *, file: str, drivers: Drivers) -> ReadAnswer:
    """Return what a file says, or why it says nothing."""
    try:
        answer = drivers.e_invoice_answer(content, file=file)
    except WrongDocument as refusal:
        return ReadAnswer(problem="\n".join(str(problem) for problem in refusal.problems))
    except Refused as refusal:
        return ReadAnswer(problem=str(refusal))
    verdict = "rejected" if answer.is_rejection else "accepted" if answer.code in HAS_ARRIVED else "none"
    return ReadAnswer(
        answer_id=answer.answer_id,
        verdict=verdict,
        number=answer.document_number,
        document_type=answer.document_type if answer.document_type in KINDS else "",
        code=answer.code,
        reasons=answer.reasons,
        sender=_digits(answer.sender),
        recipient=_digits(answer.recipient),
        key=answer.key,
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


def _take_in(answer_id: int, content: bytes, name: str, drivers: Drivers, clock: Clock) -> bool:
    read = read_answer(content, file=name, drivers=drivers)
    ours = [one.company_id for one in companies() if read.recipient and one.cvr == read.recipient.removeprefix("DK")]
    found = document_answered(read, company_ids=ours) if not read.problem else None
    if found is None:
        put_aside_answer(answer_id, read)
        return False
    company, now = company_of(found.company_id), clock()
    today, at = today_of(company, now=now), moment_for(company, now=now)
    return take_answer(company, answer_id, found.document_id, read, today=today, at=at) is not None


def _heal(company: CompanyFacts, drivers: Drivers, clock: Clock) -> int:
    """Take up what was parked for something that is there now: the customer's details, another way, the official rules."""
    now = clock()
    today, at = today_of(company, now=now), moment_for(company, now=now)
    healed, has_rules = 0, None
    for document in documents_in(company.company_id, State.PARKED, limit=1000):
        waits_for_rules = is_parked_for_rules(document.problems)
        if not waits_for_rules and not waits_for_details(document.problems):
            continue
        source = source_of(document.invoice_id)
        is_mended = carrier_of(document.kind, source.to) is Carrier.MAIL or source.to.delivery is not document.format
        if waits_for_rules and not is_mended:
            has_rules = _has_rules(document, drivers) if has_rules is None else has_rules
            is_mended = has_rules
        elif not is_mended:
            is_mended = not hindrances(source.to, source.references)
        healed += is_mended and reopen(document.document_id, today=today, at=at)
    return healed


def _has_rules(document: EDocumentFacts, drivers: Drivers) -> bool:
    content = content_of(document.xml_sha256)
    verdict = drivers.e_invoice_gate().judge(content) if content is not None else None
    return verdict is not None and bool(verdict.checked) and not verdict.not_checked


def _make_all(company: CompanyFacts, drivers: Drivers, clock: Clock) -> int:
    count = 0
    while due := documents_in(company.company_id, State.DUE, limit=AT_ONCE):
        for document in due:
            made, now = _make(document, company, drivers), clock()
            today, at = today_of(company, now=now), moment_for(company, now=now)
            keep_made(document.document_id, made, today=today, at=at)
            count += 1
    return count


def _make(document: EDocumentFacts, company: CompanyFacts, drivers: Drivers) -> Made:
    """Make a document, or say why it cannot be made."""
    source = source_of(document.invoice_id)
    made = Made(content=b"", references=source.references, endpoint=endpoint_of(source.to))
    if found := hindrances(source.to, source.references):
        return replace(made, problems=found)
    try:
        content, problems = b"", _problems_of(written := _document(document, source, company), document, drivers)
        if not any(not problem.is_warning for problem in problems):
            content = drivers.e_invoice_renderer(FORMATS[document.format]).render(written)
        return replace(made, content=content, problems=problems)
    except (Refused, *BUGS) as error:
        LOG.exception("the e-document %s could not be made", document.key)
        return replace(made, problems=(_not_made(error),))


def _document(document: EDocumentFacts, source: Source, company: CompanyFacts) -> Document:
    if document.kind != "reminder":
        return e_invoice(source, company)
    carried = letter(document.letter_id)
    assert carried is not None
    return e_reminder_of(carried, source.invoice, company, source.to, source.references, number=document.number)


def _problems_of(written: Document, document: EDocumentFacts, drivers: Drivers) -> tuple[Problem, ...]:
    """Return what our own checks have against a document, and that the format has none of this kind."""
    if not drivers.e_invoice_renderer(FORMATS[document.format]).may_write(written):
        problem = Problem(
            Code.NO_DOCUMENT,
            f"{document.format} har intet dokument af denne slags.",
            f"{document.format} has no document of this kind.",
            "Vælg et andet format på kunden.",
            "Choose another format on the customer.",
        )
        return (problem,)
    return problems_of(drivers.e_invoice_objections(written, format=FORMATS[document.format]), written)


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


def _not_made(error: BaseException) -> Problem:
    return Problem(
        Code.NOT_MADE,
        f"Dokumentet kunne ikke laves: {error}",
        f"The document could not be made: {error}",
        "Se loggen, ret årsagen, og send det igen.",
        "See the log, mend the cause and send it again.",
    )


def _judge_all(company: CompanyFacts, gate_of: Callable[[], Gate], clock: Clock) -> int:
    count = 0
    while made := documents_in(company.company_id, State.MADE, limit=AT_ONCE):
        gate = gate_of()
        for document in made:
            content = content_of(document.xml_sha256)
            assert content is not None, "a document is only judged when its bytes are kept"
            verdict, now = gate.judge(content), clock()
            today, at = today_of(company, now=now), moment_for(company, now=now)
            keep_judged(document.document_id, judged_of(verdict), today=today, at=at)
            count += 1
    return count


def judged_of(verdict: Verdict) -> Judged:
    """Return what the official gate says, for people."""
    found = [
        Problem(
            one.rule_id,
            one.message,
            one.message,
            rule_set=one.rule_set,
            is_warning=one.severity == "warning",
        )
        for one in verdict.findings
    ]
    if verdict.refusal is not None:
        remedy = verdict.remedy
        found.append(
            Problem(
                "file",
                verdict.refusal.da,
                verdict.refusal.en,
                remedy.da if remedy is not None else "",
                remedy.en if remedy is not None else "",
            )
        )
    return Judged(checked_with=verdict.checked, not_checked=verdict.not_checked, problems=tuple(found))


def _hand_over_all(company: CompanyFacts, transport_of: Callable[[], Transport], clock: Clock) -> int:
    """Hand documents over one by one: each is claimed right before, so that a sender that dies holds up no other."""
    count = 0
    while claimed := claim_documents(company.company_id, limit=1, now=clock()):
        for document in claimed:
            handed = _handed(transport_of().send(_parcel(document, company)))
            now = clock()
            today, at = today_of(company, now=now), moment_for(company, now=now)
            record_hand_over(document.document_id, handed, today=today, at=at, now=now)
            count += 1
    return count


def _parcel(document: EDocumentFacts, company: CompanyFacts) -> Parcel:
    content = content_of(document.xml_sha256)
    assert content is not None, "a document is only claimed when its bytes are kept"
    to = customer(document.customer_id)
    scheme = GLN if len(document.endpoint) == GLN_DIGITS else CVR
    return Parcel(
        key=document.key,
        content=content,
        kind="credit note"
        if document.kind == "credit note"
        else "reminder"
        if document.kind == "reminder"
        else "invoice",
        format=FORMATS[document.format],
        number=document.number,
        sender=Identifier(company.cvr, CVR),
        recipient=Identifier(document.endpoint, scheme),
        email=to.email,
        sender_name=company.name,
        sender_email=company.email,
        language="da" if to.language == "da" else "en",
    )


def _handed(answer: HandOver) -> HandedOver:
    if isinstance(answer, TakenOver):
        return HandedOver("taken", answer.receipt)
    if isinstance(answer, TurnedAway):
        return HandedOver("refused" if answer.is_permanent else "later", answer.reason)
    return HandedOver("unknown", answer.reason)


def _digits(identifier: Identifier | None) -> str:
    return identifier.value.removeprefix("DK") if identifier is not None else ""


def _drivers() -> Drivers:
    drivers: Drivers = import_module(settings.DRIVERS)
    return drivers
