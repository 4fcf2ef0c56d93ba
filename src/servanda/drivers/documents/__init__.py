"""Papers for customers: what an invoice, a credit note or a letter says, and the port that makes files of them.

The texts arrive finished, in the reader's language: a maker knows no prices, no terms and no law. What
every maker does check is that a paper is whole, because an invoice without an account is worse than none.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

from servanda.drivers.documents.books import BookText
from servanda.ground.refusal import Refused

Language = Literal["da", "en"]
PaperKind = Literal["invoice", "credit note", "letter"]
Relation = Literal["alternative", "data", "source", "supplement"]

_FILE_NAME = re.compile(r"[^/\\\x00-\x1f\x7f]{1,150}\Z")
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,60}\Z")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}\Z")


class IncompletePaper(Refused):
    """A paper lacks what it must have before a customer sees it; the message names all that is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """The provider as the paper shows it. `bank_lines` are labels and values; the logo is SVG, or empty."""

    name: str
    address_lines: tuple[str, ...]
    cvr: str
    email: str = ""
    phone: str = ""
    web: str = ""
    bank_lines: tuple[tuple[str, str], ...] = ()
    logo_svg: str = ""
    accent_colour: str = "#1f4e79"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. Figures stand to the right; wide columns share the room that the others leave."""

    label: str
    alignment: Literal["left", "right"] = "left"
    is_wide: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of texts, one text per column. Further lines of a text are set smaller below its first line."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Total:
    """One line of the block of totals; the strong one is what the reader looks for."""

    label: str
    amount_text: str
    is_strong: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """How much is to be paid, by when and where to; `fik_line` or `reference` says what it is for."""

    amount_text: str
    due_text: str
    account_lines: tuple[tuple[str, str], ...]
    reference: str = ""
    fik_line: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedFile:
    """A file within the paper's file, as the e-invoice within a hybrid invoice, which is its "alternative"."""

    name: str
    media_type: str
    content: bytes
    description: str
    relation: Relation = "alternative"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """Everything that one paper says. `refers_to` is the number of the invoice that a credit note changes."""

    kind: PaperKind
    language: Language
    title: str
    number: str
    issued_on: date
    sender: Sender
    recipient_lines: tuple[str, ...]
    refers_to: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    paragraphs: tuple[str, ...] = ()
    table: Table | None = None
    totals: tuple[Total, ...] = ()
    payment: Payment | None = None
    notes: tuple[str, ...] = ()
    clauses: tuple[tuple[str, str], ...] = ()
    footer: str = ""
    carried: tuple[CarriedFile, ...] = ()


class DocumentMaker(Protocol):
    """Makes a file of a paper; one version of a maker gives the same bytes for the same paper, always."""

    @property
    def media_type(self) -> str:
        """What the bytes are, as in `application/pdf`."""

    def render(self, document: Paper) -> bytes:
        """Return the file; refuses a paper that is not whole with `IncompletePaper`."""

    def render_book(self, book: BookText) -> bytes:
        """Return the file of a whole agreement."""


def refuse_incomplete(document: Paper) -> None:
    """Refuse a paper that must not reach a customer, and name everything that is missing at once."""
    missing = tuple(_missing_in(document))
    if missing:
        name = f"{document.kind.capitalize()} {document.number or '(no number)'}"
        raise IncompletePaper(
            f"{name} was not rendered, because it lacks: {', '.join(missing)}. "
            "Complete the provider's profile or the paper, and render it again."
        )


def _missing_in(document: Paper) -> Iterator[str]:
    yield from _missing_in_every_paper(document)
    if document.kind != "letter":
        yield from _missing_in_a_voucher(document)
    if document.kind == "invoice" and document.payment is None:
        yield "payment details"
    if document.payment is not None:
        yield from _missing_in_payment(document.payment)
    if document.table is not None:
        yield from _missing_in_table(document.table)
    yield from _missing_in_carried(document.carried)


def _missing_in_every_paper(document: Paper) -> Iterator[str]:
    sender = document.sender
    if not document.title.strip():
        yield "title"
    if not sender.name.strip():
        yield "sender's name"
    if not _has_text(sender.address_lines):
        yield "sender's address"
    if not _has_text(document.recipient_lines):
        yield "recipient"
    if not _COLOUR.match(sender.accent_colour):
        yield "accent colour as #rrggbb"


def _missing_in_a_voucher(document: Paper) -> Iterator[str]:
    if not document.number.strip():
        yield "number"
    if not document.sender.cvr.strip():
        yield "sender's CVR number"
    if document.table is None or not document.table.rows:
        yield "lines"
    if not document.totals:
        yield "totals"
    if document.kind == "credit note" and not document.refers_to.strip():
        yield "number of the invoice that is credited"


def _missing_in_payment(payment: Payment) -> Iterator[str]:
    if not payment.amount_text.strip():
        yield "amount to pay"
    if not payment.due_text.strip():
        yield "day of payment"
    if not payment.account_lines:
        yield "payment account"
    yield from (
        f"payment account ({label or 'without a label'})"
        for label, value in payment.account_lines
        if not label.strip() or not value.strip()
    )
    if not payment.reference.strip() and not payment.fik_line.strip():
        yield "payment reference"


def _missing_in_table(table: Table) -> Iterator[str]:
    if not table.columns:
        yield "columns of the table"
    yield from (
        f"row {number} with {len(table.columns)} texts, one per column (it has {len(row)})"
        for number, row in enumerate(table.rows, start=1)
        if len(row) != len(table.columns)
    )


def _missing_in_carried(carried: tuple[CarriedFile, ...]) -> Iterator[str]:
    if len({file.name for file in carried}) < len(carried):
        yield "a name of its own for each carried file"
    for file in carried:
        if not _FILE_NAME.match(file.name):
            yield f"a file name for the carried file ({file.name!r})"
        if not _MEDIA_TYPE.match(file.media_type):
            yield f"the media type of the carried file {file.name} ({file.media_type!r})"
        if not file.content:
            yield f"content of the carried file {file.name}"
        if not file.description.strip():
            yield f"a description of the carried file {file.name}"


def _has_text(lines: tuple[str, ...]) -> bool:
    return any(line.strip() for line in lines)
