"""What node and control plane hand each other besides documents: where, in which form, and how a report is signed.

    POST /node/v1/enrol                        Enrol -> Enrolled
    GET  /node/v1/documents?after=SEQ&wait=S   -> a JSON list of signed documents in base64, in order; it may be empty
    POST /node/v1/reports                      a report's bytes, a line break, the node's signature over them in base64
    GET  /node/v1/words?errand=ID              -> the sealed password of an errand of this node (words.py); it may be empty

All but the first carry the headers of `ground/nodes/requests.py`.
"""

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from typing import Annotated

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec import Meta, Struct

from servanda.ground.nodes.documents import Trust
from servanda.ground.nodes.grammar import InstallId, NodeName
from servanda.ground.nodes.wanted import Report, decode_report, encode

ENROL_PATH = "/node/v1/enrol"
DOCUMENTS_PATH = "/node/v1/documents"
REPORTS_PATH = "/node/v1/reports"
WORDS_PATH = "/node/v1/words"

# A raw public key (Ed25519, or X25519 where it says so) of 32 bytes in base64.
PublicKey = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9+/]{43}=\Z")]
Token = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_-]{16,200}\Z")]


class ReportRefused(Exception):
    """A report is unsigned or unreadable. The message is for the log, never for the one who sent it."""


class Enrol(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A node introduces itself once, with a token that a person was given for this name."""

    token: Token
    node: NodeName
    public_key: PublicKey
    sealing_key: PublicKey  # X25519: what is secret to the node is sealed for it
    facts: Mapping[str, str | int | bool] = {}


class Enrolled(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Whom the node listens to from now on: it pins these keys of the signer."""

    install: InstallId
    node: NodeName
    incarnation: Annotated[int, Meta(ge=1)]
    keys: Annotated[tuple[PublicKey, ...], Meta(min_length=1, max_length=10)]

    def trust(self) -> Trust:
        keys = tuple(b64decode(key, validate=True) for key in self.keys)
        return Trust(install=self.install, node=self.node, incarnation=self.incarnation, keys=keys)


_ENROL = msgspec.json.Decoder(Enrol)
_ENROLLED = msgspec.json.Decoder(Enrolled)
_LIST = msgspec.json.Decoder(tuple[str, ...])


def decode_enrol(raw: bytes) -> Enrol:
    return _ENROL.decode(raw)


def decode_enrolled(raw: bytes) -> Enrolled:
    return _ENROLLED.decode(raw)


def encode_message(message: Enrol | Enrolled) -> bytes:
    return msgspec.json.encode(message, order="sorted")


def encode_documents(documents: Sequence[bytes]) -> bytes:
    return msgspec.json.encode([b64encode(one).decode() for one in documents])


def decode_documents(raw: bytes) -> tuple[bytes, ...]:
    """Return the signed documents of an answer. What is no list of base64 raises ValueError."""
    return tuple(b64decode(one, validate=True) for one in _LIST.decode(raw))


def public_bytes(key: Ed25519PrivateKey | Ed25519PublicKey) -> str:
    """Return the public half of a key as it stands in messages."""
    public = key.public_key() if isinstance(key, Ed25519PrivateKey) else key
    return b64encode(public.public_bytes_raw()).decode()


def sign_report(report: Report, key: Ed25519PrivateKey) -> bytes:
    content = encode(report)
    return content + b"\n" + b64encode(key.sign(content))


def read_report(raw: bytes, public_key: bytes) -> Report:
    """Return a report that the node with this raw public key signed. Refuses all else before reading it."""
    content, _, signature = raw.rpartition(b"\n")
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(b64decode(signature, validate=True), content)
        return decode_report(content)
    except (InvalidSignature, ValueError, msgspec.MsgspecError) as error:
        raise ReportRefused(f"not a report of the node: {type(error).__name__}") from error
