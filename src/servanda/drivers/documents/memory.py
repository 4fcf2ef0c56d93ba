"""A maker that writes papers and books as plain text: for tests and the simulation, where a PDF only costs time."""

from collections.abc import Iterator, Mapping

from servanda.drivers.documents import Paper, Payment, Sender, Table, refuse_incomplete
from servanda.drivers.documents.books import BookText, ClauseText, plain_text
from servanda.drivers.documents.labels import LABELS


class TextMaker:
    """Renders a paper as UTF-8 text with everything on it that the PDF has."""

    @property
    def media_type(self) -> str:
        return "text/plain; charset=utf-8"

    def render(self, document: Paper) -> bytes:
        """Return the text; refuses a paper that is not whole."""
        refuse_incomplete(document)
        return ("\n".join(_lines_of(document)) + "\n").encode()

    def render_book(self, book: BookText) -> bytes:
        """Return the text of a whole agreement."""
        return ("\n".join(_book_lines(book)) + "\n").encode()


def _lines_of(document: Paper) -> Iterator[str]:
    labels = LABELS[document.language]
    yield from _sender_lines(document.sender, cvr_label=labels["cvr"])
    yield from document.recipient_lines
    yield f"{document.title} {document.number}".strip()
    yield document.issued_on.isoformat()
    if document.refers_to:
        yield f"{labels['refers_to']}: {document.refers_to}"
    yield from (f"{label}: {value}" for label, value in document.facts)
    yield from document.paragraphs
    if document.table is not None:
        yield from _table_lines(document.table)
    yield from (f"{total.label}: {total.amount_text}" for total in document.totals)
    if document.payment is not None:
        yield from _payment_lines(document.payment, labels)
    yield from document.notes
    yield from (f"{labels['basis']}: {label}: {text}" for label, text in document.clauses)
    yield document.footer
    yield from (
        f"[{file.name}: {file.description}; {len(file.content)} bytes, {file.relation}]" for file in document.carried
    )


def _book_lines(book: BookText) -> Iterator[str]:
    yield from (book.name, book.subtitle, book.dated)
    for chapter in book.chapters:
        yield from (text for text in (chapter.title, plain_text(chapter.intro_html)) if text)
        for clause in chapter.clauses:
            yield from _clause_lines(clause)
    yield from (f"{mark.text}: {mark.explanation}" for mark in book.marks)
    yield from (text for text in (book.source_note, *book.imprint) if text)


def _clause_lines(clause: ClauseText) -> Iterator[str]:
    yield f"{clause.number} {plain_text(clause.heading_html)}"
    yield from (f"[{mark.text}]" for mark in clause.marks)
    yield plain_text(clause.html)
    yield from (f"{aside.label}: {plain_text(aside.html)}" for aside in clause.asides)


def _sender_lines(sender: Sender, *, cvr_label: str) -> Iterator[str]:
    yield sender.name
    yield from sender.address_lines
    yield f"{cvr_label} {sender.cvr}"
    yield from (text for text in (sender.email, sender.phone, sender.web) if text)
    yield from (f"{label}: {value}" for label, value in sender.bank_lines)


def _table_lines(table: Table) -> Iterator[str]:
    yield " | ".join(column.label for column in table.columns)
    yield from (" | ".join(row) for row in table.rows)


def _payment_lines(payment: Payment, labels: Mapping[str, str]) -> Iterator[str]:
    yield f"{labels['amount']}: {payment.amount_text}"
    yield f"{labels['due']}: {payment.due_text}"
    yield from (f"{label}: {value}" for label, value in payment.account_lines)
    if payment.reference:
        yield f"{labels['reference']}: {payment.reference}"
    if payment.fik_line:
        yield f"{labels['fik']}: {payment.fik_line}"
    if payment.note:
        yield payment.note
