"""What is known of an e-document: which letter it carries, how far it has come, what stands in its way, and what was answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

from servanda.business.customers.facts import Delivery

NOTHING: Mapping[str, object] = MappingProxyType({})


class State(StrEnum):
    """How far an e-document has come."""

    DUE = "due"  # to be made
    MADE = "made"  # its bytes are kept; the official rules have not been asked
    CHECKED = "checked"  # ready to be handed over
    SENDING = "sending"  # one sender has it
    UNCERTAIN = "uncertain"  # it may have been handed over: tried again under the same key, which delivers it once
    SENT = "sent"  # the access point has it; whether it arrived is not proven yet
    ACCEPTED = "accepted"  # it has arrived
    REJECTED = "rejected"
    PARKED = "parked"  # a person must look at it
    REPLACED = "replaced"  # another document, or a mail, goes in its place


class Code(StrEnum):
    """Kinds of problems that the house itself finds. All others carry the number of the rule that they break."""

    NO_ENDPOINT = "no endpoint"
    NO_GLN = "no EAN number"
    NO_REFERENCE = "no reference"
    NO_RULES = "no official rules"
    NOT_MADE = "not made"
    NO_DOCUMENT = "no such document in the format"
    TURNED_AWAY = "turned away"
    TOO_OFTEN = "tried too often"


@dataclass(frozen=True, slots=True)
class Problem:
    """What stands in the way of an e-document: by which rule, what is wrong, and what to do, in both languages."""

    code: str
    message_da: str
    message_en: str
    remedy_da: str = ""
    remedy_en: str = ""
    rule_set: str = ""
    is_warning: bool = False

    def message(self, language: str) -> str:
        return self.message_da if language == "da" else self.message_en

    def remedy(self, language: str) -> str:
        return self.remedy_da if language == "da" else self.remedy_en


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """What the buyer wants named: an order number, and whom the invoice is for. Empty text: not given."""

    order_number: str = ""
    person_reference: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.order_number or self.person_reference)


@dataclass(frozen=True, slots=True, kw_only=True)
class EDocumentFacts:
    """An e-document. `format` is the customer's; `number` is the one it carries, which answers name."""

    document_id: int
    company_id: int
    customer_id: int
    letter_id: int
    key: str
    invoice_id: int
    kind: str  # invoice, credit note, reminder
    format: Delivery
    number: str
    state: State
    on_day: date
    references: References
    endpoint: str
    problems: tuple[Problem, ...]
    xml_sha256: str
    checked_with: tuple[str, ...]
    attempts: int
    receipt: str
    reply: str
    reasons: tuple[str, ...]
    made_at: datetime | None
    checked_at: datetime | None
    sent_at: datetime | None
    sent_on: date | None
    answered_at: datetime | None
    answered_on: date | None

    @property
    def needs_person(self) -> bool:
        return self.state in {State.PARKED, State.REJECTED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A document as it was made: its bytes, what it names, and what our own checks have against it."""

    content: bytes
    references: References
    endpoint: str
    problems: tuple[Problem, ...] = ()

    @property
    def is_sound(self) -> bool:
        return bool(self.content) and not any(not problem.is_warning for problem in self.problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the official rules say of a document: which were asked, which could not be, and what they found."""

    checked_with: tuple[str, ...]
    not_checked: tuple[str, ...]
    problems: tuple[Problem, ...] = ()


OUTCOMES = frozenset({"taken", "refused", "later", "unknown"})


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What became of a document that was handed to the access point: taken, refused, refused for now, or nobody knows."""

    outcome: str  # one of OUTCOMES
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadAnswer:
    """An answer as it was read: what it says of which document. `problem` tells why a file is no answer at all."""

    answer_id: str = ""
    verdict: str = "none"  # accepted, rejected, or none: it neither takes nor refuses
    number: str = ""
    document_type: str = ""
    code: str = ""
    reasons: tuple[str, ...] = ()
    sender: str = ""
    recipient: str = ""
    problem: str = ""
    key: str = ""  # of the document, where the carrier itself answers


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerFacts:
    """A file that came in as an answer, and what became of it. `state`: waiting, matched, repeated, unknown, unreadable, settled."""

    answer_id: int
    company_id: int | None
    document_id: int | None
    name: str
    state: str
    received_at: datetime
    number: str
    code: str
    problem: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many e-documents of a company stand where."""

    by_state: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    answers: int = 0  # files that nobody could match or read

    @property
    def needs(self) -> int:
        return self.by_state.get(State.PARKED, 0) + self.by_state.get(State.REJECTED, 0) + self.answers
