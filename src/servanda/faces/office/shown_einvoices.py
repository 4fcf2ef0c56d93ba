"""What the pages about e-invoices show: frozen values, ready for a template."""

from dataclasses import dataclass
from datetime import date, datetime

from servanda.faces.office.shown import Card, Link, Pager, Stamp, Tab


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemRow:
    """What stands in the way of a document: by which rule, and what to do."""

    code: str
    rule_set: str
    text: str
    remedy: str
    is_warning: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EDocumentRow:
    """An e-document: what it is, how far it has come, by which rules it was judged, and what was answered."""

    document_id: int
    title: str
    format: str
    number: str
    stamp: Stamp
    to: str
    references: tuple[tuple[str, str], ...]
    times: tuple[tuple[str, datetime], ...]
    problems: tuple[ProblemRow, ...]
    checked_with: tuple[str, ...]
    receipt: str
    reply: str
    reasons: tuple[str, ...]
    xml: str  # the address of the file; empty while there is none
    sha256: str
    on: date
    links: tuple[Link, ...]
    may_be_sent_again: bool
    may_be_settled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRow:
    """A file that came in as an answer and that nobody could match or read."""

    answer_id: int
    name: str
    received_at: datetime
    number: str
    problem: str
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EInvoicesShown:
    """The e-documents of a company, by state."""

    rows: tuple[EDocumentRow, ...]
    filters: tuple[Tab, ...]
    answers: tuple[AnswerRow, ...]
    pager: Pager | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoicingShown:
    """How a customer gets invoices, as a form."""

    delivery: str
    deliveries: tuple[tuple[str, str], ...]
    ean: str
    order_number: str
    person_reference: str
    is_public: bool
    hindrances: tuple[ProblemRow, ...]
    contracts: tuple["ContractReferenceRow", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractReferenceRow:
    """What the buyer wants named on the e-invoices of one contract."""

    contract_id: int
    number: str
    order_number: str
    person_reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EDocumentCard(Card):
    """An e-document that waits for a person: it could not be sent, or it was refused."""

    template = "office/cards/einvoice.html"

    text: str
    row: EDocumentRow
    ways: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesCard(Card):
    """E-documents that wait for the official rules to be installed."""

    template = "office/cards/einvoice_rules.html"

    count: int
    text: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerCard(Card):
    """An answer that nobody could match or read."""

    template = "office/cards/einvoice_answer.html"

    row: AnswerRow
