"""Signing a document, and the reasons for which a node refuses one (SECURITY B4).

On the wire a document is its exact bytes, a line break, and the signature over these bytes in base64. The signature is
checked before a byte of the content is read.
"""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from servanda.ground.nodes.kinds.base import Worsening
from servanda.ground.nodes.wanted import Document, NodeWarrant, Wanted, decode_document, encode, worsenings

# How far the clock of a node may be off before it refuses what comes from the future.
CLOCK_SLACK = timedelta(minutes=5)
# How much one document may make worse: two resources, or this part of what the node has.
WORSE_AT_LEAST = 2
WORSE_SHARE = 0.02


class DocumentRefused(Exception):
    """A node does not take a document. `reason` is one of the codes in this module; nothing of it was carried out."""

    def __init__(self, reason: str, detail: str = "", *, seq: int = 0) -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail
        self.seq = seq


@dataclass(frozen=True, slots=True)
class Trust:
    """Whom a node listens to: keys pinned at enrolment, one installation, its own name and incarnation."""

    install: str
    node: str
    incarnation: int
    keys: tuple[bytes, ...]  # raw Ed25519 public keys of 32 bytes


@dataclass(frozen=True, slots=True)
class Position:
    """How far a node has come: the number and the hash of the last document that it took; 0 and "" before the first."""

    seq: int = 0
    hash: str = ""


def fingerprint(statement: Wanted) -> str:
    """Return the SHA-256 of a statement's one byte string, in hexadecimal."""
    return sha256(encode(statement)).hexdigest()


def hash_of(raw: bytes) -> str:
    """Return the hash by which the next document names this one: that of its content, without the signature."""
    return sha256(raw.rpartition(b"\n")[0]).hexdigest()


def sign(document: Document, key: Ed25519PrivateKey) -> bytes:
    content = encode(document)
    return content + b"\n" + b64encode(key.sign(content))


def verified(raw: bytes, trust: Trust) -> Document:
    """Return the document if one of the pinned keys signed it. Refuses: unsigned, unreadable."""
    content, _, signature = raw.rpartition(b"\n")
    if not content or not any(_is_signed(content, signature, key) for key in trust.keys):
        raise DocumentRefused("unsigned")
    try:
        return decode_document(content)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise DocumentRefused("unreadable", str(error)) from error


def accept(raw: bytes, trust: Trust, position: Position, known: Mapping[str, Wanted], *, now: datetime) -> Document:
    """Return the document if this node may take it now.

    Refuses, by `reason`: unsigned, unreadable, foreign (another installation, node or incarnation), old (its number was
    passed), gap (it does not follow what was taken), future, expired, doubled (two statements on one resource), moved
    (a resource changes its tenant), unwarranted (a quarantine or purge without its leave), too much (more is made worse
    than one document may).
    """
    document = verified(raw, trust)
    _refuse_foreign(document, trust)
    _refuse_out_of_order(document, position, now)
    _refuse_contradictions(document, known)
    _refuse_harm(document, known, now)
    return document


def leave_for(document: Document, key: str, act: str) -> NodeWarrant | None:
    """Return the leave in this document for an act on a resource, if there is one."""
    return next((one for one in document.warrants if (one.key, one.act) == (key, act)), None)


def _is_signed(content: bytes, signature: bytes, key: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(b64decode(signature, validate=True), content)
    except (InvalidSignature, ValueError):
        return False
    return True


def _refuse_foreign(document: Document, trust: Trust) -> None:
    found = (document.install, document.node, document.incarnation)
    if found != (trust.install, trust.node, trust.incarnation):
        raise DocumentRefused("foreign", f"{document.node} {document.incarnation}", seq=document.seq)


def _refuse_out_of_order(document: Document, position: Position, now: datetime) -> None:
    if document.seq <= position.seq:
        raise DocumentRefused("old", f"{document.seq} after {position.seq}", seq=document.seq)
    if document.follows is not None and document.follows != position.hash:
        raise DocumentRefused("gap", f"{document.seq} after {position.seq}", seq=document.seq)
    if document.issued_at > now + CLOCK_SLACK:
        raise DocumentRefused("future", document.issued_at.isoformat(), seq=document.seq)
    if document.not_after < now:
        raise DocumentRefused("expired", document.not_after.isoformat(), seq=document.seq)


def _refuse_contradictions(document: Document, known: Mapping[str, Wanted]) -> None:
    keys = [one.key for one in document.resources]
    if len(set(keys)) != len(keys):
        raise DocumentRefused("doubled", seq=document.seq)
    for one in document.resources:
        before = known.get(one.key)
        if before is not None and getattr(before, "tenant", None) != getattr(one, "tenant", None):
            raise DocumentRefused("moved", one.key, seq=document.seq)


def _refuse_harm(document: Document, known: Mapping[str, Wanted], now: datetime) -> None:
    worse = worsenings(document, known)
    limit = max(WORSE_AT_LEAST, int(WORSE_SHARE * len(known)))
    if len(worse) > limit:
        raise DocumentRefused("too much", f"{len(worse)} of {len(known)} made worse, {limit} allowed", seq=document.seq)
    for key, how in worse.items():
        act = {Worsening.QUARANTINED: "quarantine", Worsening.PURGED: "purge"}.get(how)
        if act is None:
            continue
        if how is Worsening.PURGED and known[key].state != "quarantined":
            raise DocumentRefused("unwarranted", f"{key}: a purge follows a quarantine", seq=document.seq)
        leave = leave_for(document, key, act)
        if leave is None:
            raise DocumentRefused("unwarranted", f"{key}: no leave to {act}", seq=document.seq)
        if leave.fingerprint != fingerprint(known[key]):
            raise DocumentRefused("unwarranted", f"{key}: it has changed since the leave was given", seq=document.seq)
        if not leave.not_before <= now <= leave.not_after:
            raise DocumentRefused("unwarranted", f"{key}: the leave is not for this moment", seq=document.seq)
