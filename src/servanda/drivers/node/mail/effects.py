"""What a hold or a block stops in mail, per cause, and how that is told in an SMTP answer.

Mail that comes in is never refused for good because of a hold: a bounce cannot be taken back, a release must be an
identity. Why each cause stops what it stops: docs/why/mail-holds.md.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from servanda.ground.nodes.kinds.base import Cause, Hold
from servanda.ground.nodes.kinds.mail import OutboundBlock

# Whether each goes on under a hold: new mail is taken, the mailbox can be read, mail can be sent.
_GOES_ON: dict[Cause, tuple[bool, bool, bool]] = {
    "payment": (True, False, False),
    "abuse": (True, False, False),
    "breach": (True, False, False),
    "customer": (True, False, False),
    "load": (False, True, False),
    "capacity": (False, True, True),
}
# These pass by themselves, so that a sender is asked to try again.
_PASSING: frozenset[Cause] = frozenset({"load", "capacity"})
_ANSWER_MAX = 380  # an SMTP answer has at most 512 bytes with its code (RFC 5321 § 4.5.3.1.5)
_SPELT = str.maketrans(
    {"§": "s.", "æ": "ae", "ø": "oe", "å": "aa", "Æ": "Ae", "Ø": "Oe", "Å": "Aa", "–": "-", "ß": "ss"}
)


@dataclass(frozen=True, slots=True)
class Stops:
    """What is stopped, as actions of Postfix's access(5); empty when it goes on. `unread` is told to who logs in."""

    receiving: str = ""
    sending: str = ""
    unread: str = ""


def stops_of(holds: Iterable[Hold]) -> Stops:
    """Return what the holds together stop: what one of them stops is stopped."""
    receiving = sending = unread = ""
    for hold in sorted(holds, key=lambda one: (one.cause in _PASSING, one.cause, one.clause)):
        receives, reads, sends = _GOES_ON[hold.cause]
        reason = plain(f"{hold.provider}, {hold.clause}: {hold.way_out}")
        if not receives and not receiving:
            receiving = _cut(f"DEFER 4.2.1 Mail for this address is put off for now ({plain(hold.clause)})")
        if not sends and not sending:
            action = "DEFER 4.7.1" if hold.cause in _PASSING else "REJECT 5.7.1"
            sending = _cut(f"{action} Sending is held: {reason}")
        if not reads and not unread:
            unread = _cut(f"The mailbox is held: {reason}")
    return Stops(receiving=receiving, sending=sending, unread=unread)


def block_answer(block: OutboundBlock) -> str:
    """Return the answer to who tries to send in spite of a block; it names the clause, and the end when there is one."""
    ends = f" until {block.until:%Y-%m-%dT%H:%M:%SZ}" if block.until is not None else ""
    return _cut(f"REJECT 5.7.1 Outgoing mail is blocked{ends} ({plain(block.clause)}); incoming mail is not affected")


def plain(text: str) -> str:
    """Spell a text in printable ASCII, as an SMTP answer must be (RFC 5321 § 4.2)."""
    parts = unicodedata.normalize("NFKD", text.translate(_SPELT))
    kept = "".join(sign for sign in parts if not unicodedata.combining(sign))
    return "".join(sign if " " <= sign <= "~" else "?" for sign in kept)


def _cut(text: str) -> str:
    return text if len(text) <= _ANSWER_MAX else text[: _ANSWER_MAX - 3] + "..."
