"""Carrying e-documents: made from what was issued, judged by the official rules, handed to the access point, and answered.

Nothing outside is called within a transaction, and each step is kept before the next begins: a worker that dies leaves every
document where another one finds it. A document is handed over under a key that the access point delivers once.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from servanda.business.companies.facts import CompanyFacts
from servanda.business.companies.queries import companies, moment_for, today_of
from servanda.business.companies.queries import company as company_of
from servanda.business.customers.queries import customer, customers
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
    hindrances,
    is_parked_for_rules,
    waits_for_details,
)
from servanda.business.einvoices.facts import (
    EDocumentFacts,
    HandedOver,
    Judged,
    Problem,
    ReadAnswer,
    State,
)
from servanda.business.einvoices.queries import (
    answers_waiting,
    content_of,
    document_answered,
    documents_in,
    may_go_on,
)
from servanda.business.installation.queries import is_copy
from servanda.business.letters.decisions import carrier_of
from servanda.business.letters.facts import Carrier
from servanda.drivers.einvoices import (
    CVR,
    GLN,
    Gate,
    HandOver,
    Identifier,
    Parcel,
    TakenOver,
    Transport,
    TurnedAway,
    Verdict,
)
from servanda.faces.clock.e_documents import BUGS, FORMATS, Drivers, drivers_now, make, source_of
from servanda.ground.refusal import Refused, WrongDocument

LOG = logging.getLogger(__name__)
AT_ONCE = 50
GLN_DIGITS = 13
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
    if not may_go_on(company_id) or is_copy():
        return 0
    company, now = company_of(company_id), clock()
    today = today_of(company, now=now)
    give_up_expired(company_id, now=now)
    drivers = drivers_now()
    steps = _heal(company, drivers, clock)
    steps += begin_documents(company, today=today)
    steps += _make_all(company, drivers, clock)
    steps += _judge_all(company, drivers.e_invoice_gate, clock)
    return steps + _hand_over_all(company, drivers.e_invoice_transport, clock)


def take_in_answers(clock: Clock) -> int:
    """Take in what receivers answered, and return how many answers changed something.

    A file is kept before it is marked as done and before anybody reads it, so that none is lost.
    """
    drivers = drivers_now()
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
    parked = [
        document
        for document in documents_in(company.company_id, State.PARKED, limit=1000)
        if is_parked_for_rules(document.problems) or waits_for_details(document.problems)
    ]
    people = customers({document.customer_id for document in parked})
    healed, has_rules = 0, None
    for document in parked:
        to = people[document.customer_id]
        goes_elsewhere = carrier_of(document.kind, to) is Carrier.MAIL or to.delivery is not document.format
        if is_parked_for_rules(document.problems) and not goes_elsewhere:
            has_rules = _has_rules(document, drivers) if has_rules is None else has_rules
            is_mended = has_rules
        else:
            is_mended = goes_elsewhere or not _lacks(document)
        healed += is_mended and reopen(document.document_id, today=today, at=at)
    return healed


def _lacks(document: EDocumentFacts) -> bool:
    source = source_of(document.invoice_id)
    return bool(hindrances(source.to, source.references))


def _has_rules(document: EDocumentFacts, drivers: Drivers) -> bool:
    content = content_of(document.xml_sha256)
    verdict = drivers.e_invoice_gate().judge(content) if content is not None else None
    return verdict is not None and bool(verdict.checked) and not verdict.not_checked


def _make_all(company: CompanyFacts, drivers: Drivers, clock: Clock) -> int:
    count = 0
    while due := documents_in(company.company_id, State.DUE, limit=AT_ONCE):
        for document in due:
            made, now = make(document, company, drivers), clock()
            today, at = today_of(company, now=now), moment_for(company, now=now)
            keep_made(document.document_id, made, today=today, at=at)
            count += 1
    return count


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
