"""Sends the mails about logins and sign-ups: claimed, sent, and their text forgotten. Nothing outside is called in a transaction."""

from collections.abc import Callable
from datetime import datetime, timedelta
from importlib import import_module
from typing import Protocol

from django.conf import settings

from servanda.business.access.actions.mailing import claim_mails, record_fates
from servanda.business.access.facts import MailFacts
from servanda.business.companies.queries import company
from servanda.drivers.letters import Accepted, OutgoingMail, Post, Rejected, Uncertain

CLAIMED_AT_ONCE = 10
RETRY = timedelta(minutes=5)


class Drivers(Protocol):
    """What stands behind the clock: see `servanda.wiring.drivers`."""

    def post(self) -> Post: ...


def deliver_access_mails(clock: Callable[[], datetime]) -> int:
    """Send the mails that wait, and return how many were taken up."""
    taken = 0
    while claimed := claim_mails(limit=CLAIMED_AT_ONCE, now=clock()):
        drivers: Drivers = import_module(settings.DRIVERS)
        answers = drivers.post().send_all([_message(mail, at=clock()) for mail in claimed])
        for mail, answer in zip(claimed, answers, strict=True):
            record_fates([_fate(mail, answer)], retry_at=clock() + RETRY)
        taken += len(claimed)
    return taken


def _message(mail: MailFacts, *, at: datetime) -> OutgoingMail:
    sender = company(mail.company_id)
    domain = sender.email.rpartition("@")[2]
    return OutgoingMail(
        message_id=f"<{sender.slug}.access-{mail.mail_id}@{domain}>",
        sender=sender.email,
        sender_name=sender.name,
        recipient=mail.recipient,
        subject=mail.subject,
        text=mail.text,
        language=mail.language,
        written_at=at,
    )


def _fate(mail: MailFacts, answer: Accepted | Rejected | Uncertain) -> tuple[int, str, str]:
    match answer:
        case Accepted():
            return mail.mail_id, "accepted", answer.reply
        case Rejected():
            return mail.mail_id, "rejected" if answer.is_permanent else "waiting", answer.reply
        case Uncertain():
            return mail.mail_id, "uncertain", answer.reply
