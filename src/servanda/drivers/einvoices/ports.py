"""What e-invoicing asks of the outside: writing a document, judging one, carrying one, and reading the answer.

Nothing here raises for what a receiver, a rule or an access point does: outcomes say that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

from servanda.drivers.einvoices.model import Document
from servanda.drivers.einvoices.parties import Identifier
from servanda.ground.law.sentences import Sentence

Format = Literal["peppol bis 3", "oioubl 2.1"]
Severity = Literal["fatal", "warning"]
DocumentKind = Literal["invoice", "credit note", "reminder", "application response", "statement"]
ResponseCode = Literal[
    "business accept",
    "business reject",
    "technical accept",
    "technical reject",
    "profile accept",
    "profile reject",
    "in process",
    "under query",
    "conditionally accepted",
    "paid",
    "unknown",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """What our own checks have against a document: the field, what is wrong, and what to do.

    `term` is the business term or group of EN 16931, as in "BT-49"; empty where it has none.
    """

    field: str
    message: Sentence
    remedy: Sentence
    term: str = ""
    severity: Severity = "fatal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What an official schema or rule has against a file; `rule_set` says which one."""

    rule_set: str
    rule_id: str
    severity: Severity
    message: str
    location: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of a file at the official gate.

    `checked` and `not_checked` name the rule sets that were and were not run. A file is valid only when everything that
    belongs to it was run and nothing fatal was found; one that nobody could check is never called valid.
    """

    kind: DocumentKind | None
    format: Format | None
    checked: tuple[str, ...]
    not_checked: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    refusal: Sentence | None = None  # why the file is nothing that can be checked
    remedy: Sentence | None = None

    @property
    def has_errors(self) -> bool:
        return self.refusal is not None or any(one.severity == "fatal" for one in self.findings)

    @property
    def is_valid(self) -> bool:
        return not self.has_errors and bool(self.checked) and not self.not_checked


class Renderer(Protocol):
    """Writes documents in one format: the same document gives the same bytes, always."""

    @property
    def format(self) -> Format: ...

    def may_write(self, document: Document) -> bool:
        """Tell whether the format has a document of this kind at all; Peppol BIS 3 has no reminder."""

    def render(self, document: Document) -> bytes:
        """Return the XML. What cannot be in XML is left out of texts; the checks tell of it beforehand."""


class Gate(Protocol):
    """Judges files by the official schemas and rules."""

    def judge(self, content: bytes) -> Verdict:
        """Return what the official rules say of the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A document on its way. `key` names it for ever: handed over twice with the same key, it is delivered once."""

    key: str
    content: bytes
    kind: DocumentKind
    format: Format
    number: str
    sender: Identifier
    recipient: Identifier | None = None  # where an access point delivers
    email: str = ""  # where a mail delivers
    sender_name: str = ""
    sender_email: str = ""
    language: Literal["da", "en"] = "da"


@dataclass(frozen=True, slots=True)
class TakenOver:
    """The carrier took the document over; its receipt is the proof."""

    receipt: str


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """The document was certainly not taken over. Permanent: something must change first. Else: try again later."""

    reason: str
    is_permanent: bool


@dataclass(frozen=True, slots=True)
class FateUnknown:
    """Nobody knows whether the document was taken over. Sending it again under the same key is safe."""

    reason: str


HandOver = TakenOver | TurnedAway | FateUnknown


class Transport(Protocol):
    """Carries documents. Once taken over under a key, the same document is not delivered again, after a restart neither.

    Another document under a key that was used is turned away for good.
    """

    def send(self, parcel: Parcel) -> HandOver:
        """Hand a document over and return what became of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a receiver, or the network, says of a document that it got: an ApplicationResponse, read."""

    answer_id: str
    code: ResponseCode
    document_number: str
    issued_on: date | None
    raw_code: str
    document_type: str = ""
    reasons: tuple[str, ...] = ()
    sender: Identifier | None = None
    recipient: Identifier | None = None
    key: str = ""  # of the parcel, where the carrier itself answers

    @property
    def is_rejection(self) -> bool:
        return self.code in {"business reject", "technical reject", "profile reject"}


@dataclass(frozen=True, slots=True)
class InboxFile:
    """A file that an access point left for us; `name` is what to call it by when it has been dealt with."""

    name: str
    content: bytes


class Inbox(Protocol):
    """Where answers come in. What is not marked as done is there again the next time."""

    def waiting(self) -> Sequence[InboxFile]:
        """Return the files that nobody has dealt with, the oldest first."""

    def done(self, name: str) -> None:
        """Mark a file as dealt with; a second time does nothing."""
