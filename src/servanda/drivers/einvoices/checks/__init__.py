"""What is wrong with a document, in words for people, before the official rules are asked?

These checks are quick, name the field and the remedy in Danish and English, and see what the official rules do not: a wrong
check digit of a FIK slip, a public customer without a person reference. What passes here passes the official rules too; the
tests try that on random documents.
"""

from servanda.drivers.einvoices.checks.amounts import wrong_amounts
from servanda.drivers.einvoices.checks.header import wrong_in_header, wrong_in_reminder
from servanda.drivers.einvoices.checks.lines import wrong_lines
from servanda.drivers.einvoices.checks.parties import wrong_parties
from servanda.drivers.einvoices.checks.payment import wrong_payment
from servanda.drivers.einvoices.checks.taxes import wrong_taxes
from servanda.drivers.einvoices.checks.texts import altered_texts
from servanda.drivers.einvoices.model import Document, EReminder
from servanda.drivers.einvoices.ports import Format, Objection


def objections_to(document: Document, *, format: Format) -> tuple[Objection, ...]:
    """Return everything that is wrong with the document for the format; without a fatal objection it may be rendered."""
    if isinstance(document, EReminder):
        found = (
            *wrong_in_reminder(document, document_format=format),
            *wrong_parties(document, document_format=format),
            *wrong_payment(document, document_format=format),
            *altered_texts(document),
        )
    else:
        found = (
            *wrong_in_header(document, document_format=format),
            *wrong_parties(document, document_format=format),
            *wrong_lines(document, document_format=format),
            *wrong_amounts(document, document_format=format),
            *wrong_taxes(document, document_format=format),
            *wrong_payment(document, document_format=format),
            *altered_texts(document),
        )
    return found


def is_sendable(objections: tuple[Objection, ...]) -> bool:
    """Tell whether nothing fatal stands against a document."""
    return all(one.severity != "fatal" for one in objections)


__all__ = ["is_sendable", "objections_to"]
