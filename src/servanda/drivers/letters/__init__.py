"""Letters on their way: a mail that may be sent, and the port of whoever carries it to a mail server.

What comes back is proof or its absence. `Accepted` holds the receiving server's own words. `Uncertain`
means that the line was lost after the content had gone out: nobody knows whether the letter arrived, so it
gives no power over the customer, and it is not sent once more by itself either.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from servanda.ground.refusal import Refused

SUBJECT_MAX = 300
SIZE_MAX = 20_000_000  # many receiving servers refuse more than 25 MB after base64

_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*\Z")
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\Z")
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9._+=-]{1,200}@[A-Za-z0-9.-]{1,200}>\Z")
_MEDIA_TYPE = re.compile(r"(?!multipart/|message/)[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,60}\Z")
_LANGUAGE = re.compile(r"[a-z]{2}\Z")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_HALF_SIGN = re.compile(r"[\ud800-\udfff]")


class NotSendable(Refused):
    """A mail cannot be written so that every server understands it; the message names all that is wrong."""


class NotAnAddress(Refused):
    """A text is not an e-mail address that can be reached over plain SMTP."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a mail."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMail:
    """One mail to one recipient. `message_id` names it for ever, so that a receiver can drop a copy."""

    message_id: str
    sender: str
    sender_name: str
    recipient: str
    subject: str
    text: str
    language: str
    written_at: datetime
    attachments: tuple[Attachment, ...] = ()
    reply_to: str = ""

    def __post_init__(self) -> None:
        wrong = tuple(_wrong_in(self))
        if wrong:
            raise NotSendable(f"The mail {self.message_id!r} was not sent: {'; '.join(wrong)}. Mend it or the address.")


@dataclass(frozen=True, slots=True)
class Accepted:
    """The receiving server took the mail over; its answer (`250 2.0.0 queued as …`) is the proof."""

    reply: str
    server: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """The mail was certainly not taken. Permanent: another address is needed. Else: try again later."""

    reply: str
    is_permanent: bool


@dataclass(frozen=True, slots=True)
class Uncertain:
    """The line was lost after the content had gone out: not given as notice, but sent so as not to bother."""

    reply: str


Outcome = Accepted | Rejected | Uncertain


class Post(Protocol):
    """Carries mails. It never raises for what a mail server does or fails to do: outcomes say that."""

    def send(self, message: OutgoingMail) -> Outcome:
        """Hand one mail over and return what became of it."""

    def send_all(self, messages: Iterable[OutgoingMail]) -> Iterator[Outcome]:
        """Hand the mails over one after the other; yield one outcome each, in their order."""


def wire_address(address: str) -> str:
    """Return the address as it goes over the wire, the domain in ASCII; refuses what is no address."""
    local, _, domain = address.rpartition("@")
    wired = _ascii_domain(domain)
    if not _LOCAL_PART.match(local) or len(local) > 64 or not wired or len(local) + len(wired) > 253:
        raise NotAnAddress(f"{address!r} is not an e-mail address. Write it as name@domain.example.")
    return f"{local}@{wired}"


def _ascii_domain(domain: str) -> str:
    try:
        wired = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""
    labels = wired.split(".")
    return wired if len(labels) > 1 and all(_LABEL.match(label) for label in labels) else ""


def _wrong_in(mail: OutgoingMail) -> Iterator[str]:
    if not _MESSAGE_ID.match(mail.message_id):
        yield "its message id is not <name@domain>"
    if mail.written_at.tzinfo is None:
        yield "the moment it was written has no time zone"
    if not _LANGUAGE.match(mail.language):
        yield "its language is not two small letters"
    yield from _wrong_addresses(mail)
    yield from _wrong_texts(mail)
    yield from _wrong_attachments(mail.attachments)


def _wrong_addresses(mail: OutgoingMail) -> Iterator[str]:
    for address in (mail.sender, mail.recipient, *((mail.reply_to,) if mail.reply_to else ())):
        try:
            wire_address(address)
        except NotAnAddress:
            yield f"{address!r} is not an e-mail address"


def _wrong_texts(mail: OutgoingMail) -> Iterator[str]:
    if not mail.subject.strip() or len(mail.subject) > SUBJECT_MAX:
        yield f"the subject must have 1 to {SUBJECT_MAX} signs"
    if len(mail.sender_name) > 100:
        yield "the sender's name must have at most 100 signs"
    if not mail.text.strip():
        yield "it has no text"
    for name, text in (("subject", mail.subject), ("sender's name", mail.sender_name)):
        if _CONTROL.search(text):
            yield f"the {name} holds a line end or another control sign"
    for text in (mail.subject, mail.sender_name, mail.text):
        if _HALF_SIGN.search(text):
            yield "a text holds half a sign (a lone surrogate)"


def _wrong_attachments(attachments: tuple[Attachment, ...]) -> Iterator[str]:
    if sum(len(attachment.content) for attachment in attachments) > SIZE_MAX:
        yield f"the attachments are larger than {SIZE_MAX} bytes"
    for attachment in attachments:
        if not _is_file_name(attachment.name):
            yield f"{attachment.name!r} is not a name for an attachment"
        if not _MEDIA_TYPE.match(attachment.media_type):
            yield f"{attachment.media_type!r} is not a media type of one file"
        if not attachment.content:
            yield f"the attachment {attachment.name!r} is empty"


def _is_file_name(name: str) -> bool:
    return 0 < len(name) <= 150 and not (_CONTROL.search(name) or _HALF_SIGN.search(name) or "/" in name)
