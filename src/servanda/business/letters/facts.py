"""A letter as others see it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Carrier(StrEnum):
    """What brings a letter to its reader: a mail with the PDF, or an e-document, of which the PDF is the picture."""

    MAIL = "mail"
    E_INVOICE = "e-invoice"


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterDraft:
    """A letter to be written in the deciding transaction. `paper` is what its document is made of, if it has its own."""

    company_id: int
    customer_id: int
    key: str
    kind: str
    language: str
    recipient: str
    subject: str
    text: str
    on_day: date
    queued_at: datetime
    invoice_id: int | None = None
    paper: Mapping[str, object] | None = None
    carrier: Carrier = Carrier.MAIL


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFacts:
    """A letter and how far it has come. `accepted_on` is the legal day on which the receiving server took it."""

    letter_id: int
    company_id: int
    customer_id: int
    key: str
    kind: str
    language: str
    recipient: str
    subject: str
    text: str
    paper: Mapping[str, object] | None
    on_day: date
    state: str
    accepted_on: date | None
    accepted_at: datetime | None
    reply: str
    attempts: int
    invoice_id: int | None
    document_sha256: str
    carrier: Carrier = Carrier.MAIL


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the receiving server did with a letter: accepted, rejected (for good or for now), or uncertain."""

    letter_id: int
    state: str
    reply: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """The proof that a letter reached the customer's server: which letter was taken in the end, and on which day."""

    key: str
    on: date

    @property
    def evidence_key(self) -> str:
        """The key of the record that holds the receiving server's answer."""
        return f"letter.accepted:{self.key}"
