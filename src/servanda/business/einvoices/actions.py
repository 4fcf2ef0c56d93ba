"""E-documents on their way: begun for each letter, made, judged, claimed by one sender, handed over, answered.

Nothing outside is called here. Each step is kept in a short transaction of its own, on a row that is still in the state that
the step began from, so that a second worker, or the same step again, finds it done.
"""

import hashlib
from collections import Counter
from dataclasses import asdict
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from servanda.business.billing.facts import InvoiceFacts
from servanda.business.billing.queries import invoices
from servanda.business.companies.facts import CompanyFacts
from servanda.business.customers.queries import customer, customers
from servanda.business.dunning.actions import look_again, pause_claim
from servanda.business.dunning.queries import pauses_of_invoice
from servanda.business.einvoices.decisions import (
    Step,
    after_answer,
    after_hand_over,
    after_judgement,
    may_be_sent_again,
)
from servanda.business.einvoices.facts import (
    OUTCOMES,
    EDocumentFacts,
    HandedOver,
    Judged,
    Made,
    Problem,
    ReadAnswer,
    State,
)
from servanda.business.einvoices.models import Answer, Content, ContractReference, EDocument
from servanda.business.einvoices.queries import contract_references, facts_of, letters_without_document
from servanda.business.evidence.actions import record
from servanda.business.evidence.queries import events_of_subjects
from servanda.business.letters.actions import carry_by_mail, record_outcomes, send_again
from servanda.business.letters.decisions import carrier_of
from servanda.business.letters.facts import Carrier, LetterFacts, Outcome
from servanda.business.letters.queries import letter, letters
from servanda.ground.refusal import Refused

LEASE = timedelta(minutes=3)
RETRY = timedelta(minutes=15)
REFERENCE_LETTERS_MAX = 60


class NotSentAgain(Refused):
    """Only an e-document that waits for a person can be made and sent anew, with a reason."""


class NotSettled(Refused):
    """Only what waits for a person can be settled, with a reason."""


class NoReference(Refused):
    """The reference cannot be written down as given."""


def begin_documents(company: CompanyFacts, *, today: date) -> int:
    """Begin a document for each letter that one is to carry, and return how many those are."""
    missing = letters(letters_without_document(company.company_id))
    found = {one.invoice_id: one for one in invoices(one.invoice_id for one in missing if one.invoice_id is not None)}
    people = customers({one.customer_id for one in missing})
    replaced = EDocument.objects.filter(letter_id__in=[one.letter_id for one in missing])
    earlier = Counter(replaced.values_list("letter_id", flat=True))
    rows = []
    for one in missing:
        assert one.invoice_id is not None, "an e-document is about an invoice"
        to = people[one.customer_id]
        if carrier_of(one.kind, to) is Carrier.MAIL:
            carry_by_mail(one.letter_id)  # the customer wanted e-invoices when it was written, and wants mails now
            continue
        before = earlier[one.letter_id]
        rows.append(
            EDocument(
                company_id=company.company_id,
                customer_id=one.customer_id,
                letter_id=one.letter_id,
                invoice_id=one.invoice_id,
                key=f"{to.delivery}:{one.key}" + (f":{before + 1}" if before else ""),
                kind=one.kind,
                format=str(to.delivery),
                number=_number(one, found[one.invoice_id]),
                on_day=max(today, one.on_day),
            )
        )
    EDocument.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _number(carried: LetterFacts, about: InvoiceFacts) -> str:
    """Return the number of the document: the invoice's own; a reminder has one of its own, so that an answer tells which."""
    if carried.kind != "reminder":
        return str(about.number)
    step = carried.paper.get("step", "") if carried.paper is not None else ""
    return f"{about.number}-R{step}"


@transaction.atomic
def keep_made(document_id: int, made: Made, *, today: date, at: datetime) -> State | None:
    """Keep a document that was made, or why it could not be. None: somebody else was faster."""
    row = _locked(document_id, State.DUE)
    if row is None:
        return None
    if made.content:
        row.xml_sha256 = hashlib.sha256(made.content).hexdigest()
        Content.objects.bulk_create(
            [Content(sha256=row.xml_sha256, content=made.content, made_at=at)], ignore_conflicts=True
        )
        row.made_at = at
    row.order_number, row.person_reference = made.references.order_number, made.references.person_reference
    row.endpoint = made.endpoint
    _move(row, Step(State.MADE if made.is_sound else State.PARKED, made.problems), today=today, at=at)
    return State(row.state)


@transaction.atomic
def keep_judged(document_id: int, judged: Judged, *, today: date, at: datetime) -> State | None:
    """Keep what the official rules say of a document. None: somebody else was faster."""
    row = _locked(document_id, State.MADE)
    if row is None:
        return None
    row.checked_with, row.checked_at = list(judged.checked_with), at
    _move(row, after_judgement(judged), today=today, at=at)
    return State(row.state)


@transaction.atomic
def claim_documents(company_id: int, *, limit: int, now: datetime) -> tuple[EDocumentFacts, ...]:
    """Claim documents that are ready to be handed over, for one sender; others pass them over."""
    rows = list(
        EDocument.objects.select_for_update(skip_locked=True)
        .filter(company_id=company_id, state__in=[State.CHECKED, State.UNCERTAIN])
        .filter(Q(claimed_until__isnull=True) | Q(claimed_until__lte=now))
        .order_by("id")[:limit]
    )
    EDocument.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=State.SENDING, claimed_until=now + LEASE, attempts=F("attempts") + 1
    )
    for row in rows:
        row.attempts += 1
    return tuple(facts_of(row) for row in rows)


@transaction.atomic
def give_up_expired(company_id: int, *, now: datetime) -> int:
    """Mark as uncertain the documents whose sender died in the middle. They are tried again: the key delivers them once."""
    expired = EDocument.objects.filter(company_id=company_id, state=State.SENDING, claimed_until__lt=now)
    return expired.update(
        state=State.UNCERTAIN, claimed_until=None, reply="The sender stopped before the answer was recorded."
    )


@transaction.atomic
def record_hand_over(document_id: int, handed: HandedOver, *, today: date, at: datetime, now: datetime) -> State | None:
    """Record what the access point did with a document that was claimed. None: it was recorded already."""
    assert handed.outcome in OUTCOMES, handed.outcome
    row = _locked(document_id, State.SENDING)
    if row is None:
        return None
    step = after_hand_over(handed, attempts=row.attempts)
    row.reply = handed.said[:2000]
    row.claimed_until = now + RETRY if step.is_tried_again else None
    if step.state is State.SENT:
        row.sent_at, row.sent_on, row.receipt = at, max(today, row.on_day), handed.said[:2000] or "taken over"
    _move(row, step, today=today, at=at)
    return step.state


def keep_answer(*, name: str, content: bytes, at: datetime, company_id: int | None = None, by: str = "") -> int | None:
    """Keep a file that came in as an answer, before anybody reads it. None: the very same file came in before."""
    sha256 = hashlib.sha256(content).hexdigest()
    if Answer.objects.filter(sha256=sha256).exists():
        return None
    row = Answer(company_id=company_id, sha256=sha256, name=name[:200], content=content, received_at=at, by=by)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:  # another worker was faster
        return None
    return row.pk


@transaction.atomic
def put_aside_answer(answer_id: int, read: ReadAnswer) -> None:
    """Put an answer aside for a person: nobody can read it, or it names no document of ours."""
    row = Answer.objects.select_for_update().filter(pk=answer_id, state="waiting").first()
    if row is not None:
        _note_read(row, read)
        row.state = "unreadable" if read.problem else "unknown"
        row.problem = read.problem or f"No document {read.number} of ours was sent, or the answer fits several."
        row.save()


@transaction.atomic
def take_answer(
    company: CompanyFacts, answer_id: int, document_id: int, read: ReadAnswer, *, today: date, at: datetime
) -> State | None:
    """Take in what a receiver says of a document, with what follows for its letter and its claim. None: nothing new.

    An acceptance proves that the letter arrived, on this day. A refusal stops everything adverse about the invoice.
    """
    answer = Answer.objects.select_for_update().get(pk=answer_id)
    if answer.state not in {"waiting", "unknown"}:
        return None
    row = EDocument.objects.select_for_update().get(pk=document_id, company_id=company.company_id)
    before = State(row.state)
    state = after_answer(before, read.verdict, attempts=row.attempts)
    _note_read(answer, read)
    answer.company_id, answer.document = company.company_id, row
    answer.state, answer.problem = "matched" if state is not None or read.verdict == "none" else "repeated", ""
    answer.save()
    if state is None:
        return None
    row.reply, row.reasons = read.code, list(read.reasons)
    row.claimed_until = None
    if before is not State.SENT and row.sent_on is None:  # its fate was not known: the answer is the receipt
        row.sent_at, row.sent_on, row.receipt = at, max(today, row.on_day), f"answered: {read.answer_id or read.code}"
    row.answered_at, row.answered_on = at, max(today, row.on_day)
    _move(row, Step(state), today=today, at=at, facts={"answer": read.answer_id, "code": read.code})
    _follow(company, row, before, read, today=today, at=at)
    return state


def _follow(
    company: CompanyFacts, row: EDocument, before: State, read: ReadAnswer, *, today: date, at: datetime
) -> None:
    """Let the letter have arrived or not. What is refused after it had arrived is disputed, until a person settles it."""
    said = f"{read.code} {read.answer_id}".strip()
    state = "accepted" if row.state == State.ACCEPTED else "rejected"
    record_outcomes([Outcome(row.letter_id, state, said)], at=at, today=today, retry_at=at)
    if row.state == State.REJECTED and before is State.ACCEPTED and row.kind != "credit note":
        standing = [pause for pause in pauses_of_invoice(row.invoice_id) if pause.ended_on is None]
        if not any(pause.cause == "dispute" and pause.until is None for pause in standing):
            pause_claim(
                company,
                row.invoice_id,
                cause="dispute",
                reason="; ".join(read.reasons) or f"{read.code} ({row.number})",
                until=None,
                by="customer",
                today=today,
                at=at,
            )
    look_again([row.invoice_id], today=today)


@transaction.atomic
def send_document_again(
    company: CompanyFacts, document_id: int, *, reason: str, by: str, today: date, at: datetime
) -> None:
    """Have a document made and sent anew, from what is known of the customer now; the first one stands as replaced.

    A refused one has a letter of its own that is written again. A parked one has not gone out: its letter still waits.
    """
    row = _waiting_for_person(company, document_id)
    if row is None:
        raise NotSentAgain("Only a document that was refused, or that waits for a person, can be sent again.")
    if not reason.strip():
        raise NotSentAgain("Say why it goes out again. The reason is kept with the record.")
    carried = letter(row.letter_id)
    assert carried is not None
    _replace(row, reason=reason, by=by, today=today, at=at)
    if carried.state in {"rejected", "uncertain"}:
        send_again(
            company.company_id,
            row.letter_id,
            recipient=customer(row.customer_id).email,
            reason=reason,
            by=by,
            now=at,
            today=today,
        )
    elif carried.state == "accepted":  # it had arrived and was refused afterwards: the same letter once more
        raise NotSentAgain("The customer has this document. Write a credit note and a new invoice, or settle it.")


@transaction.atomic
def settle_document(
    company: CompanyFacts, document_id: int, *, reason: str, by: str, today: date, at: datetime
) -> None:
    """Note that a person has settled a refused or parked document in another way; its letter stays as undelivered as it is."""
    row = _waiting_for_person(company, document_id)
    if row is None or row.state != State.REJECTED:
        raise NotSettled("Only a document that was refused can be settled. A parked one is mended and sent.")
    if not reason.strip():
        raise NotSettled("Say how it was settled. The reason is kept with the record.")
    _replace(row, reason=reason, by=by, today=today, at=at)


@transaction.atomic
def reopen(document_id: int, *, today: date, at: datetime) -> bool:
    """Have a parked document made anew, because what it waited for is there now. False: it is parked no longer."""
    row = _locked(document_id, State.PARKED)
    if row is None:
        return False
    _replace(row, reason="what it waited for is there", by="system", today=today, at=at)
    return True


@transaction.atomic
def settle_answer(company: CompanyFacts, answer_id: int, *, reason: str, by: str, today: date, at: datetime) -> None:
    """Note that a person has dealt with an answer that nobody could match or read."""
    rows = Answer.objects.select_for_update().filter(Q(company_id=company.company_id) | Q(company_id__isnull=True))
    row = rows.filter(pk=answer_id, state__in=["unknown", "unreadable"]).first()
    if row is None:
        raise NotSettled("The answer does not wait for anybody.")
    if not reason.strip():
        raise NotSettled("Say how it was settled. The reason is kept with the record.")
    row.state, row.by = "settled", by
    row.save(update_fields=["state", "by"])
    record(
        company_id=company.company_id,
        key=f"einvoice.answer_settled:{row.pk}",
        what="einvoice.answer_settled",
        subject=f"einvoice answer:{row.pk}",
        on_day=today,
        at=at,
        because=(),
        facts={"sha256": row.sha256, "reason": reason},
        by=by,
    )


@transaction.atomic
def change_contract_reference(
    company: CompanyFacts,
    contract_id: int,
    customer_id: int,
    *,
    order_number: str,
    person_reference: str,
    today: date,
    at: datetime,
    by: str,
) -> bool:
    """Store what the buyer wants named on the e-invoices of a contract; nothing given: what stands on the customer.

    False: nothing is different.
    """
    for text in (order_number, person_reference):
        if len(text) > REFERENCE_LETTERS_MAX or not text.isprintable():
            raise NoReference(
                "A reference is one line of at most %(most)s characters.", {"most": REFERENCE_LETTERS_MAX}
            )
    before = contract_references([contract_id]).get(contract_id)
    if (before.order_number if before else "", before.person_reference if before else "") == (
        order_number,
        person_reference,
    ):
        return False
    ContractReference.objects.update_or_create(
        contract_id=contract_id, defaults={"order_number": order_number, "person_reference": person_reference}
    )
    subject = f"contract:{contract_id}"
    earlier = [one for one in events_of_subjects([subject]) if one.what == "invoicing.changed"]
    return record(
        company_id=company.company_id,
        key=f"invoicing.changed:{subject}:{len(earlier) + 1}",
        what="invoicing.changed",
        subject=subject,
        on_day=today,
        at=at,
        because=(),
        facts={},
        customer_id=customer_id,
        by=by,
    )


def _locked(document_id: int, state: State) -> EDocument | None:
    """Lock a document if it is still where the caller believes it to be."""
    return EDocument.objects.select_for_update().filter(pk=document_id, state=state).first()


def _waiting_for_person(company: CompanyFacts, document_id: int) -> EDocument | None:
    row = EDocument.objects.select_for_update().filter(pk=document_id, company_id=company.company_id).first()
    return row if row is not None and may_be_sent_again(State(row.state)) else None


def _replace(row: EDocument, *, reason: str, by: str, today: date, at: datetime) -> None:
    facts: dict[str, object] = {"reason": reason, "was": str(row.state)}
    _move(row, Step(State.REPLACED, _problems(row)), today=today, at=at, facts=facts, by=by)


def _problems(row: EDocument) -> tuple[Problem, ...]:
    return facts_of(row).problems


def _move(
    row: EDocument,
    step: Step,
    *,
    today: date,
    at: datetime,
    facts: dict[str, object] | None = None,
    by: str = "system",
) -> None:
    """Write the row in its new state, and keep in evidence what others can count on."""
    row.state = str(step.state)
    if step.problems:
        row.problems = [asdict(problem) for problem in step.problems]
    row.save()
    if step.state in {State.MADE, State.CHECKED, State.UNCERTAIN}:
        return
    what = f"einvoice.{step.state}"
    record(
        company_id=row.company_id,
        key=f"{what}:{row.key}",
        what=what,
        subject=f"einvoice:{row.pk}",
        on_day=today,
        at=at,
        because=(),
        facts={
            "document": row.key,
            "kind": row.kind,
            "format": row.format,
            "invoice": row.invoice_id,
            "sha256": row.xml_sha256,
            "rules": list(row.checked_with),
            "problems": sorted({problem["code"] for problem in row.problems}) if step.problems else [],
            **(facts or {}),
        },
        customer_id=row.customer_id,
        by=by,
    )


def _note_read(row: Answer, read: ReadAnswer) -> None:
    row.answer_id, row.number, row.code = read.answer_id[:200], read.number[:200], read.code
