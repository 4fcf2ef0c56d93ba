"""Reads the mails that the sink has stored, for an office page and for tests.

What lies in the directory was written by anybody: names are checked before a path is made of them, only
plain text is taken from a mail, and a file that is no mail shows as an empty one instead of hiding the
others.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

from servanda.drivers.letters import Attachment

FILE_NAME = re.compile(r"([0-9]{8})-([0-9A-F]{20})\.eml\Z")

_READ_MAX = 40_000_000

# What the standard library's parser is known to raise on mails that were written to break it.
_UNREADABLE = (MessageError, ValueError, LookupError, AttributeError, TypeError, RecursionError)


@dataclass(frozen=True, slots=True)
class StoredMail:
    """A mail in the sink: `name` is its file, `queue_id` what the sender was told; recipients as in RCPT TO."""

    name: str
    queue_id: str
    sender: str
    recipients: tuple[str, ...]
    subject: str
    written_at: datetime | None
    text: str
    attachment_names: tuple[str, ...]


def mails_in(directory: Path, *, newest: int = 200) -> tuple[StoredMail, ...]:
    """Return the newest stored mails, the last one first; a missing directory holds none."""
    files = sorted(_mail_files(directory), key=lambda file: file.name, reverse=True)
    return tuple(_stored(file.name, _read(file)) for file in files[:newest])


def mail_in(directory: Path, name: str) -> StoredMail | None:
    """Return the mail of that file name, if the sink stored one."""
    file = _mail_file(directory, name)
    return None if file is None else _stored(file.name, _read(file))


def attachments_in(directory: Path, name: str) -> tuple[Attachment, ...]:
    """Return a stored mail's attachments with their bytes; a mail that is not there has none."""
    file = _mail_file(directory, name)
    if file is None:
        return ()
    return tuple(Attachment(_file_name(part), _media_type(part), _bytes_in(part)) for part in _attached(_read(file)))


def _mail_files(directory: Path) -> Iterator[Path]:
    if directory.is_dir():
        yield from (file for file in directory.iterdir() if FILE_NAME.match(file.name) and _is_plain(file))


def _mail_file(directory: Path, name: str) -> Path | None:
    file = directory / name if FILE_NAME.match(name) else None
    return file if file is not None and _is_plain(file) else None


def _is_plain(file: Path) -> bool:
    return file.is_file() and not file.is_symlink()


def _read(file: Path) -> EmailMessage:
    try:
        with file.open("rb") as opened:
            content = opened.read(_READ_MAX)
        return BytesParser(policy=policy.default).parsebytes(content)
    except (OSError, *_UNREADABLE):  # removed meanwhile, or not a mail
        return EmailMessage()


def _stored(name: str, message: EmailMessage) -> StoredMail:
    return StoredMail(
        name=name,
        queue_id=name[9:29],
        sender=_header(message, "From"),
        recipients=_recipients(message),
        subject=_header(message, "Subject"),
        written_at=_written_at(message),
        text=_text(message),
        attachment_names=tuple(_file_name(part) for part in _attached(message)),
    )


def _header(message: EmailMessage, name: str) -> str:
    """Return a header as a person reads it; the library's newer reader doubles spaces between encoded words."""
    try:
        source = next((value for key, value in message.raw_items() if key.lower() == name.lower()), "")
        return " ".join(str(make_header(decode_header(source))).splitlines())
    except _UNREADABLE:
        return ""


def _recipients(message: EmailMessage) -> tuple[str, ...]:
    try:
        return tuple(str(value) for value in message.get_all("Delivered-To", []))
    except _UNREADABLE:
        return ()


def _written_at(message: EmailMessage) -> datetime | None:
    try:
        moment = getattr(message.get("Date"), "datetime", None)
    except _UNREADABLE:
        return None
    return moment if isinstance(moment, datetime) and moment.tzinfo is not None else None


def _text(message: EmailMessage) -> str:
    try:
        part = message.get_body(preferencelist=("plain",))
        return "" if part is None else str(part.get_content()).replace("\r\n", "\n")
    except _UNREADABLE:
        return ""


def _attached(message: EmailMessage) -> tuple[EmailMessage, ...]:
    try:
        return tuple(message.iter_attachments())
    except _UNREADABLE:
        return ()


def _file_name(part: EmailMessage) -> str:
    try:
        return part.get_filename("") or "attachment"
    except _UNREADABLE:
        return "attachment"


def _media_type(part: EmailMessage) -> str:
    try:
        return part.get_content_type()
    except _UNREADABLE:
        return "application/octet-stream"


def _bytes_in(part: EmailMessage) -> bytes:
    try:
        content = part.get_payload(decode=True)
    except _UNREADABLE:
        return b""
    return content if isinstance(content, bytes) else b""
