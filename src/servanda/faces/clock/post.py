"""Sending the letters that wait: made into documents, claimed, sent, and the receiving server's answer recorded.

Nothing outside is called within a transaction. A letter is claimed right before it is sent, so that a sender that dies
leaves as few as possible of uncertain fate; what the answer changes for the claim is asked for in the transaction that records it.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from importlib import import_module
from typing import Protocol

from django.conf import settings
from django.db import transaction

from servanda.business.companies.facts import CompanyFacts
from servanda.business.companies.queries import companies, moment_for, today_of
from servanda.business.companies.queries import company as company_of
from servanda.business.dunning.actions import look_again
from servanda.business.installation.queries import has_taken_over, incarnation, is_copy
from servanda.business.letters.actions import (
    claim_letters,
    give_up_expired,
    keep_document,
    letters_to_render,
    record_outcomes,
)
from servanda.business.letters.facts import LetterFacts, Outcome
from servanda.business.letters.queries import document, is_any_under_way
from servanda.drivers.documents import DocumentMaker
from servanda.drivers.letters import Accepted, Attachment, OutgoingMail, Post, Rejected, Uncertain
from servanda.faces.clock.e_documents import carried_by
from servanda.faces.clock.outside import Sent, is_same, note_sent, sent_of
from servanda.faces.clock.papers import paper_of
from servanda.ground.refusal import Refused

LOG = logging.getLogger(__name__)
RENDERED_AT_ONCE = 50
CLAIMED_AT_ONCE = 10
RETRY = timedelta(minutes=15)

Clock = Callable[[], datetime]


class Drivers(Protocol):
    """What stands behind the clock: see `servanda.wiring.drivers`."""

    def post(self) -> Post: ...
    def document_maker(self) -> DocumentMaker: ...


def deliver_waiting(clock: Clock) -> int:
    """Send all letters that wait, in all companies, and return how many were taken up.

    One company's failure does not keep the others waiting.
    """
    taken = 0
    for one in companies():
        try:
            taken += _deliver(one.company_id, clock)
        except Exception:  # the clock's own loop: reported, and tried again next time
            LOG.exception("the letters of %s were not all sent", one.slug)
    return taken


def deliver_of(company: CompanyFacts, *, now: datetime) -> int:
    """Send the letters of one company that wait, all at one moment: a day of a test clock."""
    return _deliver(company.company_id, lambda: now)


def _deliver(company_id: int, clock: Clock) -> int:
    """Send what waits. The clock is read anew for each claim and each answer: sending may take hours, and pass midnight."""
    if not is_any_under_way(company_id) or is_copy():
        return 0
    company = company_of(company_id)
    now = clock()
    today, at = today_of(company, now=now), moment_for(company, now=now)
    with transaction.atomic():
        look_again(give_up_expired(company_id, now=now, today=today, at=at), today=today)
    drivers: Drivers = import_module(settings.DRIVERS)
    _render(company, drivers.document_maker(), now=now)
    post = drivers.post()
    went = sent_of(company.slug) if has_taken_over() else {}
    taken = 0
    while claimed := claim_letters(company_id, limit=CLAIMED_AT_ONCE, now=clock()):
        _send(company_of(company_id), _unsent(claimed, went, now=clock()), post, clock)
        taken += len(claimed)
    return taken


def _unsent(letters: Sequence[LetterFacts], went: Mapping[str, Sent], *, now: datetime) -> tuple[LetterFacts, ...]:
    """Record as accepted the letters that went before this database was restored, and return the others."""
    again = {one.letter_id: went[one.key] for one in letters if one.key in went and is_same(one, went[one.key])}
    for letter_id, sent in again.items():
        with transaction.atomic():
            outcome = Outcome(letter_id, "accepted", sent.reply)
            look_again(record_outcomes([outcome], at=sent.at, today=sent.on, retry_at=now), today=sent.on)
    return tuple(one for one in letters if one.letter_id not in again)


def _render(company: CompanyFacts, maker: DocumentMaker, *, now: datetime) -> None:
    """Make the documents of waiting letters. One that cannot be made stays, is reported, and holds nobody up."""
    failed: set[int] = set()
    while letters := [
        letter
        for letter in letters_to_render(company.company_id, limit=RENDERED_AT_ONCE + len(failed))
        if letter.letter_id not in failed
    ]:
        for letter in letters:
            try:
                paper = replace(paper_of(letter, company), carried=carried_by(letter, company))
                keep_document(letter.letter_id, maker.render(paper), at=now)
            except (Refused, AssertionError, ValueError, TypeError, LookupError):
                LOG.exception("the document of letter %s could not be made", letter.key)
                failed.add(letter.letter_id)


def _send(company: CompanyFacts, letters: Sequence[LetterFacts], post: Post, clock: Clock) -> None:
    """Send claimed letters over one connection, and record each answer, on its own day, with what it changes."""
    written_at, is_kept = moment_for(company, now=clock()), bool(incarnation())
    messages = [_message(letter, company, at=written_at) for letter in letters]
    for letter, answer in zip(letters, post.send_all(messages), strict=True):
        outcome, now = _outcome(letter, answer), clock()
        today, at = today_of(company, now=now), moment_for(company, now=now)
        if is_kept and outcome.state == "accepted":
            note_sent(company.slug, letter, at=at, on=today, reply=outcome.reply)
        with transaction.atomic():
            invoices = record_outcomes([outcome], at=at, today=today, retry_at=now + RETRY)
            look_again(invoices, today=today)


def _outcome(letter: LetterFacts, answer: Accepted | Rejected | Uncertain) -> Outcome:
    match answer:
        case Accepted():
            return Outcome(letter.letter_id, "accepted", f"{answer.server}: {answer.reply}")
        case Rejected():
            return Outcome(letter.letter_id, "rejected" if answer.is_permanent else "waiting", answer.reply)
        case Uncertain():
            return Outcome(letter.letter_id, "uncertain", answer.reply)


def _message(letter: LetterFacts, company: CompanyFacts, *, at: datetime) -> OutgoingMail:
    content = document(letter.document_sha256)
    assert content is not None, "a letter is only claimed when its document is kept"
    domain = company.email.rpartition("@")[2]
    name = letter.key.replace(":", "-")
    return OutgoingMail(
        message_id=f"<{company.slug}.{name}@{domain}>",
        sender=company.email,
        sender_name=company.name,
        recipient=letter.recipient,
        subject=letter.subject,
        text=letter.text,
        language=letter.language,
        written_at=at,
        attachments=(Attachment(f"{name}.pdf", "application/pdf", content),),
    )
