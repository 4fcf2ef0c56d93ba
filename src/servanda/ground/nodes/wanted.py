"""The document that a node is given: numbered, chained, dated, for one node of one installation."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from servanda.ground.nodes.grammar import ClauseText, InstallId, Moment, NodeName, Sha256, SnapshotId
from servanda.ground.nodes.kinds.access import Login
from servanda.ground.nodes.kinds.backups import BackupPlan, Export, MoveIn, Restore, Retention
from servanda.ground.nodes.kinds.base import Statement, Worsening
from servanda.ground.nodes.kinds.certificates import Certificate
from servanda.ground.nodes.kinds.databases import Database
from servanda.ground.nodes.kinds.dns import Zone
from servanda.ground.nodes.kinds.mail import MailAlias, Mailbox, MailDomain, MailImport
from servanda.ground.nodes.kinds.web import Site

Wanted = (
    Site
    | Login
    | Database
    | MailDomain
    | Mailbox
    | MailAlias
    | MailImport
    | Zone
    | Certificate
    | BackupPlan
    | Retention
    | Restore
    | Export
    | MoveIn
)


class NodeWarrant(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Leave to quarantine or purge one resource as it stood when the leave was given. Its fingerprint says how."""

    warrant: Annotated[str, Meta(pattern=r"\A[a-z0-9/:_-]{1,200}\Z")]
    act: Literal["quarantine", "purge"]
    key: str
    fingerprint: Sha256  # of the statement that stood before
    clause: ClauseText
    not_before: Moment
    not_after: Moment
    final_snapshot: SnapshotId | None = None  # must lie in the repository before a purge


class Document(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A batch of statements. `follows` is the hash of the document before; None begins anew and says so aloud."""

    version: Literal[1] = 1
    install: InstallId
    node: NodeName
    incarnation: Annotated[int, Meta(ge=1)]
    seq: Annotated[int, Meta(ge=1)]
    follows: Sha256 | None
    issued_at: Moment
    not_after: Moment
    resources: Annotated[tuple[Wanted, ...], Meta(max_length=20_000)]
    warrants: Annotated[tuple[NodeWarrant, ...], Meta(max_length=200)] = ()


class Report(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a node found, numbered by itself. `accepted` is the number of the last document that it took."""

    node: NodeName
    incarnation: int
    number: int
    accepted: int
    accepted_hash: str
    at: datetime
    findings: "tuple[Finding, ...]" = ()
    measurements: "tuple[Measurement, ...]" = ()
    errands: "tuple[ErrandNews, ...]" = ()
    copies: "tuple[CopyNews, ...]" = ()
    refusals: "tuple[RefusalNews, ...]" = ()
    facts: Mapping[str, str | int | bool] = {}


class Difference(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One thing that is not as wanted, as a code that the pages have words for, and both values as short texts."""

    code: str
    wanted: str = ""
    found: str = ""


class Finding(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How one resource stands against its latest statement, which `fingerprint` names."""

    key: str
    fingerprint: str
    state: Literal["as wanted", "differs", "failed", "parked"]
    differences: tuple[Difference, ...] = ()
    facts: Mapping[
        str, str | int | bool
    ] = {}  # what only the node knows: DKIM and DNSSEC keys, certificate's end, erasure


class Measurement(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a resource used by one day, in the unit of its name: disk_bytes, inodes, sent_bytes, messages_sent …"""

    key: str
    day: str
    figures: Mapping[str, int]


class ErrandNews(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How far an errand is: the step's name as a code, and a percentage; a result when it is done."""

    key: str
    state: Literal["running", "done", "failed"]
    step: str = ""
    percent: int = 0
    result: Mapping[str, str | int | bool] = {}


class CopyNews(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A copy that was made (`made`), read back and compared (`restored`), or found broken (`broken`)."""

    key: str
    what: Literal["made", "restored", "broken", "forgotten"]
    snapshot: str
    at: datetime
    size_bytes: int = 0
    seconds: float = 0.0
    detail: str = ""


class RefusalNews(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A document, or one statement of it, that the node would not take, and why."""

    seq: int
    key: str = ""
    reason: str
    detail: str = ""


_ENCODER = msgspec.json.Encoder(order="sorted")
_DOCUMENT = msgspec.json.Decoder(Document)
_REPORT = msgspec.json.Decoder(Report)


def encode(value: Document | Report | Wanted) -> bytes:
    """Return the one byte string of a value: keys in order, no blanks, UTF-8 (as RFC 8785 for what we use of JSON)."""
    return _ENCODER.encode(value)


def decode_document(raw: bytes) -> Document:
    """Read a document; unknown kinds, unknown fields and values outside their grammar raise msgspec.ValidationError."""
    return _DOCUMENT.decode(raw)


def decode_report(raw: bytes) -> Report:
    return _REPORT.decode(raw)


_STATEMENT = msgspec.json.Decoder(Wanted)


def decode_statement(raw: bytes) -> Wanted:
    statement: Wanted = _STATEMENT.decode(raw)
    return statement


def worsenings(document: Document, known: Mapping[str, Wanted]) -> Mapping[str, Worsening]:
    """Return what the document makes worse, by key, against what the node knows."""
    found = {one.key: one.worsening(known.get(one.key)) for one in document.resources}
    return {key: how for key, how in found.items() if how is not Worsening.NOT}


__all__ = [
    "CopyNews", "Difference", "Document", "ErrandNews", "Finding", "Measurement", "NodeWarrant", "RefusalNews", "Report",
    "Statement", "Wanted", "decode_document", "decode_report", "decode_statement", "encode", "worsenings",
]  # fmt: skip
