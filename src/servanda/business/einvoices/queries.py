"""E-documents by letter, by invoice, by state, and those that need a person; what the buyer of a contract wants named."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from django.db.models import Count, Q

from servanda.business.companies.queries import Tally
from servanda.business.customers.facts import Delivery
from servanda.business.einvoices.facts import (
    AnswerFacts,
    Code,
    Counts,
    EDocumentFacts,
    Problem,
    ReadAnswer,
    References,
    State,
)
from servanda.business.einvoices.models import Answer, Content, ContractReference, EDocument
from servanda.business.letters.queries import letter_ids_by_e_invoice

OUT = (State.SENDING, State.UNCERTAIN, State.SENT, State.ACCEPTED, State.REJECTED, State.PARKED)
TO_WORK_ON = (State.DUE, State.MADE, State.CHECKED, State.SENDING, State.UNCERTAIN)
UNMATCHED = ("unknown", "unreadable")
_DOCUMENTS = """
select company_id, count(*) filter (where not for_rules) + max(for_rules::int)
  from (select company_id, problems @> %s::jsonb as for_rules from einvoice where company_id = any(%s) and state = any(%s)) d
 group by 1
"""
_ANSWERS = """
select asked.company_id, count(*) from unnest(%s::bigint[]) as asked (company_id)
  join einvoice_answer a on a.company_id = asked.company_id or a.company_id is null
 where a.state = any(%s) group by 1
"""


def may_go_on(company_id: int) -> bool:
    """Tell whether an e-document, or a letter that is to have one, may be taken a step further: else there is nothing to carry."""
    documents = EDocument.objects.filter(company_id=company_id)  # asked in two, as the indexes are
    return (
        documents.filter(state__in=TO_WORK_ON).exists()
        or documents.filter(state=State.PARKED).exists()
        or bool(letter_ids_by_e_invoice(company_id))
    )


def letters_without_document(company_id: int) -> tuple[int, ...]:
    """Return the letters that an e-document is to carry and that have none: what is due is read from what is there."""
    waiting = letter_ids_by_e_invoice(company_id)
    carried = EDocument.objects.filter(letter_id__in=waiting).exclude(state=State.REPLACED)
    found = set(carried.values_list("letter_id", flat=True))
    return tuple(letter_id for letter_id in waiting if letter_id not in found)


def documents_in(
    company_id: int, *states: State, limit: int = 100, without: Iterable[int] = ()
) -> tuple[EDocumentFacts, ...]:
    """Return the company's e-documents in the states, the oldest first."""
    rows = EDocument.objects.filter(company_id=company_id, state__in=states).exclude(pk__in=list(without))
    return tuple(facts_of(row) for row in rows.order_by("id")[:limit])


def newest_documents(
    company_id: int, *, state: str = "", limit: int = 100, offset: int = 0
) -> tuple[EDocumentFacts, ...]:
    """Return the company's e-documents, the newest first; all of them, or those in a state."""
    rows = EDocument.objects.filter(company_id=company_id)
    if state:
        rows = rows.filter(state=state)
    return tuple(facts_of(row) for row in rows.order_by("-id")[offset : offset + limit])


def documents_of_invoices(invoice_ids: Iterable[int]) -> tuple[EDocumentFacts, ...]:
    """Return the e-documents of invoices and credit notes, reminders too, in the order in which they became due."""
    rows = EDocument.objects.filter(invoice_id__in=list(invoice_ids)).order_by("id")
    return tuple(facts_of(row) for row in rows)


def document_of(company_id: int, document_id: int) -> EDocumentFacts | None:
    row = EDocument.objects.filter(company_id=company_id, pk=document_id).first()
    return facts_of(row) if row is not None else None


def document_numbered(company_id: int, number: str) -> EDocumentFacts | None:
    """Return the document that carries the number now; of one that was sent again, the last."""
    row = EDocument.objects.filter(company_id=company_id, number=number).order_by("-id").first()
    return facts_of(row) if row is not None else None


def content_of(sha256: str) -> bytes | None:
    """Return the bytes of a document as they were kept."""
    row = Content.objects.filter(pk=sha256).first()
    return bytes(row.content) if row is not None else None


def documents_to_look_at(company_id: int) -> tuple[EDocumentFacts, ...]:
    """Return the e-documents that a person must look at: parked, or refused by the receiver."""
    return documents_in(company_id, State.PARKED, State.REJECTED, limit=500)


def counts_of(company_ids: Iterable[int]) -> Mapping[int, Counts]:
    """Return how many e-documents and open answers the companies have; one without any is left out.

    An answer that nobody could match belongs to no company: it is counted for each, because somebody must look.
    """
    ids = list(company_ids)
    states: dict[int, dict[str, int]] = defaultdict(dict)
    rows = EDocument.objects.filter(company_id__in=ids).values("company_id", "state").annotate(count=Count("id"))
    for row in rows:
        states[row["company_id"]][row["state"]] = row["count"]
    answers: Counter[int | None] = Counter(
        Answer.objects.filter(state__in=UNMATCHED).values_list("company_id", flat=True)
    )
    return {
        company_id: Counts(by_state=MappingProxyType(states[company_id]), answers=answers[company_id] + answers[None])
        for company_id in ids
        if company_id in states or answers[company_id] or answers[None]
    }


def need_tallies(company_ids: Iterable[int]) -> Mapping[str, Tally]:
    """Return how to count what a person must look at. All that waits for the official rules is one thing.

    An answer that nobody could match belongs to no company: it is counted for each, because somebody must look.
    """
    ids, for_rules = list(company_ids), json.dumps([{"code": Code.NO_RULES}])
    return {
        "documents": Tally(_DOCUMENTS, (for_rules, ids, [State.PARKED, State.REJECTED])),
        "answers": Tally(_ANSWERS, (ids, list(UNMATCHED))),
    }


def open_answers(company_id: int) -> tuple[AnswerFacts, ...]:
    """Return the files that nobody could match or read: those of the company, and those of nobody knows whom."""
    rows = Answer.objects.filter(Q(company_id=company_id) | Q(company_id__isnull=True), state__in=UNMATCHED)
    return tuple(answer_facts(row) for row in rows.order_by("id"))


def answers_waiting(*, limit: int = 100, without: Iterable[int] = ()) -> tuple[tuple[AnswerFacts, bytes], ...]:
    """Return the answers that have been kept and not read yet, with their bytes."""
    rows = Answer.objects.filter(state="waiting").exclude(pk__in=list(without)).order_by("id")[:limit]
    return tuple((answer_facts(row), bytes(row.content)) for row in rows)


def answers_of_documents(document_ids: Iterable[int]) -> tuple[AnswerFacts, ...]:
    rows = Answer.objects.filter(document_id__in=list(document_ids)).order_by("id")
    return tuple(answer_facts(row) for row in rows)


def answer_content(answer_id: int) -> bytes | None:
    """Return the file of an answer as it came in."""
    row = Answer.objects.filter(pk=answer_id).first()
    return bytes(row.content) if row is not None else None


def document_answered(read: ReadAnswer, *, company_ids: Iterable[int] = ()) -> EDocumentFacts | None:
    """Return the document that an answer is about; None where none fits, or documents of several companies do.

    The number is the document's own. The kind, the companies that the answer is addressed to, and the sender narrow it
    down; of one that was sent again, the last one counts.
    """
    rows = EDocument.objects.filter(number=read.number, state__in=OUT, attempts__gt=0)
    if read.key:
        rows = rows.filter(key=read.key)
    if read.document_type:
        rows = rows.filter(kind=read.document_type)
    if addressed := list(company_ids):
        rows = rows.filter(company_id__in=addressed)
    found = list(rows.order_by("id"))
    from_endpoint = [row for row in found if read.sender and row.endpoint == read.sender]
    fitting = from_endpoint or found
    if len({row.company_id for row in fitting}) != 1:
        return None
    return facts_of(fitting[-1])


def contract_references(contract_ids: Iterable[int]) -> Mapping[int, References]:
    """Return what the buyers of contracts want named, where that was agreed on the contract."""
    rows = ContractReference.objects.filter(pk__in=list(contract_ids))
    return {row.pk: References(order_number=row.order_number, person_reference=row.person_reference) for row in rows}


def problems_from_json(written: Iterable[Mapping[str, object]]) -> tuple[Problem, ...]:
    return tuple(Problem(**problem) for problem in written)  # type: ignore[arg-type]


def facts_of(row: EDocument) -> EDocumentFacts:
    return EDocumentFacts(
        document_id=row.pk,
        company_id=row.company_id,
        customer_id=row.customer_id,
        letter_id=row.letter_id,
        key=row.key,
        invoice_id=row.invoice_id,
        kind=row.kind,
        format=Delivery(row.format),
        number=row.number,
        state=State(row.state),
        on_day=row.on_day,
        references=References(order_number=row.order_number, person_reference=row.person_reference),
        endpoint=row.endpoint,
        problems=problems_from_json(row.problems),
        xml_sha256=row.xml_sha256,
        checked_with=tuple(row.checked_with),
        attempts=row.attempts,
        receipt=row.receipt,
        reply=row.reply,
        reasons=tuple(row.reasons),
        made_at=row.made_at,
        checked_at=row.checked_at,
        sent_at=row.sent_at,
        sent_on=row.sent_on,
        answered_at=row.answered_at,
        answered_on=row.answered_on,
    )


def answer_facts(row: Answer) -> AnswerFacts:
    return AnswerFacts(
        answer_id=row.pk,
        company_id=row.company_id,
        document_id=row.document_id,
        name=row.name,
        state=row.state,
        received_at=row.received_at,
        number=row.number,
        code=row.code,
        problem=row.problem,
        sha256=row.sha256,
    )
