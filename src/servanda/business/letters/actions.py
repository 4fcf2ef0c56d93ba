"""Writing letters in the deciding transaction; claiming them for sending; recording what the receiving server said.

A letter is claimed with a lease right before the conversation with the server. When a sender dies in between, nobody knows
whether the letter went out: it becomes uncertain, which gives no power over the customer and is not sent again by itself.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from servanda.business.customers.queries import customer
from servanda.business.evidence.actions import record, record_all
from servanda.business.evidence.facts import Event
from servanda.business.letters.decisions import accepted_day, carrier_of, state_after
from servanda.business.letters.facts import Carrier, LetterDraft, LetterFacts, Outcome
from servanda.business.letters.models import Document, Letter
from servanda.business.letters.queries import facts_of
from servanda.ground.refusal import Refused

LEASE = timedelta(minutes=3)
ADDRESS = re.compile(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+\.[^\s@<>,;\"]+")  # one address; whether it exists, the server says


class NotSentAgain(Refused):
    """Only a letter that was refused or whose fate is uncertain can be sent again, to an address and with a reason."""


def write_letters(drafts: Iterable[LetterDraft]) -> int:
    """Write the letters whose keys are new, and return how many those are. They go out after the transaction."""
    rows = [
        Letter(
            company_id=draft.company_id,
            customer_id=draft.customer_id,
            key=draft.key,
            kind=draft.kind,
            invoice_id=draft.invoice_id,
            language=draft.language,
            recipient=draft.recipient,
            subject=draft.subject,
            text=draft.text,
            paper=dict(draft.paper) if draft.paper is not None else None,
            on_day=draft.on_day,
            queued_at=draft.queued_at,
            carrier=draft.carrier,
        )
        for draft in drafts
    ]
    free = unwritten(row.key for row in rows)
    new = [row for row in rows if row.key in free]
    Letter.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def unwritten(keys: Iterable[str]) -> frozenset[str]:
    """Return the keys under which no letter has been written."""
    asked = frozenset(keys)
    return asked - set(Letter.objects.filter(key__in=asked).values_list("key", flat=True))


def letters_to_render(company_id: int, *, limit: int) -> tuple[LetterFacts, ...]:
    """Return waiting letters that have no document yet."""
    rows = Letter.objects.filter(company_id=company_id, state="waiting", document_sha256="").order_by("id")[:limit]
    return tuple(facts_of(row) for row in rows)


def keep_document(letter_id: int, content: bytes, *, at: datetime) -> str:
    """Keep the bytes of a letter's document under their hash, before it is sent."""
    sha256 = hashlib.sha256(content).hexdigest()
    Document.objects.bulk_create([Document(sha256=sha256, content=content, made_at=at)], ignore_conflicts=True)
    Letter.objects.filter(pk=letter_id, document_sha256="").update(document_sha256=sha256)
    return sha256


@transaction.atomic
def claim_letters(company_id: int, *, limit: int, now: datetime) -> tuple[LetterFacts, ...]:
    """Claim letters that are ready to go out, for one sender; others pass them over."""
    rows = list(
        Letter.objects.select_for_update(skip_locked=True)
        .filter(company_id=company_id, carrier=Carrier.MAIL, state="waiting")
        .exclude(document_sha256="")
        .filter(Q(claimed_until__isnull=True) | Q(claimed_until__lte=now))
        .order_by("id")[:limit]
    )
    Letter.objects.filter(pk__in=[row.pk for row in rows]).update(
        state="sending", claimed_until=now + LEASE, attempts=F("attempts") + 1
    )
    return tuple(facts_of(row) for row in rows)


@transaction.atomic
def give_up_expired(company_id: int, *, now: datetime, today: date, at: datetime) -> tuple[int, ...]:
    """Mark as uncertain the letters whose sender died in the middle, and return the invoices that they concern."""
    expired = Letter.objects.filter(company_id=company_id, carrier=Carrier.MAIL, state="sending", claimed_until__lt=now)
    rows = list(expired.select_for_update(skip_locked=True).order_by("id")[:500])
    for row in rows:
        row.state, row.reply = "uncertain", "The sender stopped before the server's answer was recorded."
        row.save(update_fields=["state", "reply"])
    record_all([_event(row, at=at, today=today) for row in rows])
    return tuple({row.invoice_id for row in rows if row.invoice_id is not None})


@transaction.atomic
def record_outcomes(outcomes: Sequence[Outcome], *, at: datetime, today: date, retry_at: datetime) -> tuple[int, ...]:
    """Record what the server said to letters that were claimed, and return the invoices that they concern."""
    rows = {
        row.pk: row
        for row in Letter.objects.select_for_update().filter(pk__in=[outcome.letter_id for outcome in outcomes])
    }
    events = []
    for outcome in outcomes:
        row = rows[outcome.letter_id]
        if row.state == "accepted":
            continue
        _apply(row, outcome, at=at, today=today, retry_at=retry_at)
        if row.state != "waiting":
            events.append(_event(row, at=at, today=today))
    record_all(events)
    return tuple({row.invoice_id for row in rows.values() if row.invoice_id is not None})


def _apply(row: Letter, outcome: Outcome, *, at: datetime, today: date, retry_at: datetime) -> None:
    row.state, row.reply = state_after(outcome.state, attempts=row.attempts), outcome.reply[:2000]
    row.claimed_until = retry_at if outcome.state == "waiting" else None
    if row.state == "accepted":
        row.accepted_at, row.accepted_on = at, accepted_day(written_on=row.on_day, today=today)
    row.save(update_fields=["state", "reply", "accepted_at", "accepted_on", "claimed_until"])


def _event(row: Letter, *, at: datetime, today: date) -> Event:
    what = f"letter.{row.state}"
    return Event(
        company_id=row.company_id,
        key=f"{what}:{row.key}",
        what=what,
        subject=f"letter:{row.pk}",
        on_day=today,
        at=at,
        facts={"letter": row.key, "kind": row.kind, "answer": _code(row.reply), "document": row.document_sha256},
        customer_id=row.customer_id,
    )


def _code(reply: str) -> str:
    """Return the code of a server's answer. The whole answer may name the recipient, so it stays with the letter."""
    found = re.search(r"\b[245]\d\d\b", reply)
    return found.group() if found else ""


def carry_by_mail(letter_id: int) -> bool:
    """Let a letter that no e-document has carried go out as a mail: its customer wants mails now. False: it is under way."""
    rows = Letter.objects.filter(pk=letter_id, carrier=Carrier.E_INVOICE, state="waiting")
    return rows.update(carrier=Carrier.MAIL) == 1


@transaction.atomic
def send_again(
    company_id: int, letter_id: int, *, recipient: str, reason: str, by: str, now: datetime, today: date
) -> None:
    """Write a refused or uncertain letter once more, to an address that a person has checked."""
    row = Letter.objects.select_for_update().filter(pk=letter_id, company_id=company_id).first()
    if row is None or row.state not in {"rejected", "uncertain"}:
        raise NotSentAgain(
            "The letter is on its way, or has arrived. Only a refused or uncertain letter can be sent again."
        )
    if not reason.strip():
        raise NotSentAgain("Say why the letter goes out again. The reason is kept with the record.")
    if not ADDRESS.fullmatch(recipient):
        raise NotSentAgain(
            "'%(recipient)s' is no e-mail address. Write one address, such as post@firma.example.",
            {"recipient": recipient},
        )
    tries = Letter.objects.filter(key__startswith=f"{row.key}:again:").count()
    Letter.objects.create(
        company_id=row.company_id,
        customer_id=row.customer_id,
        key=f"{row.key}:again:{tries + 1}",
        kind=row.kind,
        invoice_id=row.invoice_id,
        language=row.language,
        recipient=recipient,
        subject=row.subject,
        text=row.text,
        paper=row.paper,
        on_day=today,
        queued_at=now,
        carrier=carrier_of(row.kind, customer(row.customer_id)),
    )
    row.state = "replaced"
    row.save(update_fields=["state"])
    record(
        company_id=company_id,
        key=f"letter.sent_again:{row.key}:{tries + 1}",
        what="letter.sent_again",
        subject=f"letter:{row.pk}",
        on_day=today,
        at=now,
        because=(),
        facts={"letter": row.key, "kind": row.kind, "invoice": row.invoice_id, "reason": reason},
        customer_id=row.customer_id,
        by=by,
    )
