"""Writes an outgoing mail as bytes: the same mail gives the same bytes, so that a copy can be told.

The two headers with words of people in them are encoded here and not by `EmailMessage`: that one doubles spaces
where it folds between plain and encoded words, and lets a subject that looks like an encoded word be decoded.
"""

import hashlib
from email import policy
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, formataddr

from servanda.drivers.letters import OutgoingMail, wire_address

# Seven bits only, so that no server on the way has to recode the mail.
_POLICY = policy.SMTP.clone(cte_type="7bit")
_PLAIN_MAX = 60


def bytes_of(mail: OutgoingMail) -> bytes:
    """Return the mail as RFC 5322 bytes with CRLF line ends."""
    message = EmailMessage(policy=_POLICY)
    message["To"] = Address(addr_spec=wire_address(mail.recipient))
    if mail.reply_to:
        message["Reply-To"] = Address(addr_spec=wire_address(mail.reply_to))
    message["Date"] = format_datetime(mail.written_at)
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no absence notice in return
    message["Content-Language"] = mail.language
    message.set_content(mail.text)
    _attach(message, mail)
    return _headers_with_words(mail) + message.as_bytes()


def _headers_with_words(mail: OutgoingMail) -> bytes:
    sender = wire_address(mail.sender)
    if _is_plain(mail.sender_name):
        shown = formataddr((mail.sender_name, sender))
    else:
        shown = f"{_encoded(mail.sender_name, 'From')}\r\n <{sender}>"
    subject = mail.subject if _is_plain(mail.subject) else _encoded(mail.subject, "Subject")
    return f"From: {shown}\r\nSubject: {subject}\r\n".encode("ascii")


def _is_plain(text: str) -> bool:
    return text.isascii() and len(text) <= _PLAIN_MAX and "=?" not in text


def _encoded(text: str, header: str) -> str:
    """Return the text as encoded words of at most 75 signs each (RFC 2047), over as many lines as needed."""
    return Header(text, "utf-8", header_name=header, maxlinelen=76).encode(linesep="\r\n")


def _attach(message: EmailMessage, mail: OutgoingMail) -> None:
    for attachment in mail.attachments:
        main, _, sub = attachment.media_type.partition("/")
        message.add_attachment(attachment.content, maintype=main, subtype=sub, filename=attachment.name)
    if mail.attachments:
        # The library would draw a random boundary; a hash of the name is as unlikely to be in the text.
        message.set_boundary("=_" + hashlib.sha256(mail.message_id.encode()).hexdigest()[:40])
