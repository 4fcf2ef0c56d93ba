"""What the gate says to a message that goes out: is it from whom it says, is it bulk without a permit, its signature."""

import asyncio
import hashlib
import re
import sqlite3
from collections.abc import Callable
from email import policy as mail_policy
from email.errors import MessageError
from email.parser import BytesParser
from email.utils import getaddresses
from pathlib import Path

import dkim

from servanda.drivers.node.mail.gate.counts import DAY, Counts
from servanda.drivers.node.mail.gate.milter import Letter, Verdict
from servanda.drivers.node.mail.gate.rows import Rows

_COMPARED_BYTES = 65_536
_DOMAIN = re.compile(r"[a-z0-9.-]{1,253}\Z")
_SIGNED = (
    b"from", b"to", b"cc", b"subject", b"date", b"message-id", b"reply-to", b"in-reply-to", b"references",
    b"mime-version", b"content-type", b"content-transfer-encoding", b"list-unsubscribe", b"list-unsubscribe-post",
)  # fmt: skip
# Named once more than they stand there, so that nobody can add a second one to a signed message (RFC 6376 § 5.4.2).
_SEALED = (b"from", b"to", b"subject")
_AWAY = "451 4.3.0 The sender cannot be checked now, try again"


class Judging:
    """Judges outgoing messages. Whatever cannot be read puts the message off; it is never let out unchecked."""

    def __init__(self, rows: Rows, counts: Counts, keys: Path, clock: Callable[[], float]) -> None:
        self._rows, self._counts, self._keys, self._clock = rows, counts, keys, clock

    async def judge(self, letter: Letter) -> Verdict:
        try:
            author, refusal = self._author(letter)
            refusal = refusal or self._bulk(letter)
        except (sqlite3.Error, OSError):
            return Verdict(refusal=_AWAY)
        if refusal:
            self._counts.add_refused(letter.login, now=self._clock())
            return Verdict(refusal=refusal)
        return await self._signed(letter, author.rpartition("@")[2])

    def _author(self, letter: Letter) -> tuple[str, str]:
        """Return the author's address, and the answer that refuses a message which is not from its sender."""
        lines = [value.decode("utf-8", "replace") for name, value in letter.headers if name.lower() == b"from"]
        if not letter.login:
            return "", "550 5.7.1 Mail goes out for logins only"
        if len(lines) != 1:
            return "", "550 5.6.0 A message needs exactly one From line (RFC 5322 s. 3.6)"
        addresses = [address.lower() for _, address in getaddresses([lines[0].replace("\r\n", "")]) if address]
        if not addresses:
            return "", "550 5.6.0 The From line has no address (RFC 5322 s. 3.6.2)"
        for address in addresses:
            if not self._rows.may_send_as(letter.login, address):
                return "", "550 5.7.1 The From line names an address that this login may not send as"
        return addresses[0], ""

    def _bulk(self, letter: Letter) -> str:
        """Return the answer that refuses messages alike to more recipients in a day than go without a permit."""
        limits = self._rows.limits(letter.login)
        if limits is None:
            return "550 5.7.1 This login may not send"
        if limits.has_permit:
            return ""
        now, domain = self._clock(), letter.login.rpartition("@")[2]
        name = f"{likeness(letter.whole())}/{domain}"
        if self._counts.sent_within(name, DAY, now=now) + letter.recipients > limits.alike:
            return (
                f"550 5.7.1 The same message to more than {limits.alike} recipients a day needs a permit for bulk mail"
            )
        self._counts.add_alike(name, recipients=letter.recipients, now=now)
        return ""

    async def _signed(self, letter: Letter, domain: str) -> Verdict:
        selector = self._rows.selector(domain)
        if selector is None or not _DOMAIN.match(domain):
            return Verdict()
        try:
            key = (self._keys / f"{domain}.{selector}.pem").read_bytes()
        except FileNotFoundError:
            return Verdict()  # a domain whose key is not made yet sends as if it had no DKIM
        except OSError:
            return Verdict(refusal=_AWAY)
        try:
            value = await asyncio.to_thread(signature, letter, domain, selector, key)
        except dkim.DKIMException:
            return Verdict(refusal="550 5.6.0 The message has a form that cannot be signed")
        return Verdict(headers=(("DKIM-Signature", value),))


def signature(letter: Letter, domain: str, selector: str, key: bytes) -> str:
    """Return the value of the header that signs a message for a domain (RFC 6376), relaxed and with SHA-256."""
    there = [name.lower() for name, _ in letter.headers]
    names = [name for name in there if name in _SIGNED] + list(_SEALED)
    line: bytes = dkim.sign(
        letter.whole(),
        selector.encode(),
        domain.encode(),
        key,
        canonicalize=(b"relaxed", b"relaxed"),
        include_headers=names,
    )
    return line.decode("ascii").partition(":")[2].strip().replace("\r\n", "\n")


def likeness(message: bytes) -> str:
    """Return the same text for messages that say the same: the letters of their texts, without what varies per reader.

    Digits, links' tails, blanks, boundaries and encodings do not count. Messages of pictures alone compare by their bytes.
    """
    try:
        parsed = BytesParser(policy=mail_policy.compat32).parsebytes(message)
        parts = [part for part in parsed.walk() if not part.is_multipart()]
        texts = [_content(part) for part in parts if part.get_content_maintype() == "text"]
        told = b" ".join(texts) if any(texts) else b"".join(_content(part) for part in parts)
    except (MessageError, ValueError, LookupError):
        told = message.partition(b"\r\n\r\n")[2]
    letters = re.sub(rb"[^a-z\x80-\xff]+", b" ", told[:_COMPARED_BYTES].lower())
    return hashlib.sha256(letters.strip() or told[:_COMPARED_BYTES]).hexdigest()[:32]


def _content(part: object) -> bytes:
    content = part.get_payload(decode=True)  # type: ignore[attr-defined]
    return content if isinstance(content, bytes) else b""
