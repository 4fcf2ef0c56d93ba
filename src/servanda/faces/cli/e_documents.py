"""`servanda invoice show|send`: an issued invoice, credit note or reminder as XML, and the wish to have it sent again.

Code 0: done. 1: the document cannot be written, or it does not wait to be sent. 2: wrong usage.
"""

import argparse
import sys
from datetime import UTC, datetime
from typing import Any

from servanda.faces.cli.database import database

FORMATS = {"bis3": "peppol", "oioubl": "oioubl"}


def add_documents(nested: Any) -> None:
    """Add `show` and `send` to the actions of `servanda invoice`."""
    show = nested.add_parser("show", help="print an invoice, credit note or reminder as XML")
    show.add_argument("company", metavar="COMPANY", help="whose it is, as in safe-it")
    show.add_argument("number", metavar="NUMBER", help="its number; 1042-R1 is the first reminder of invoice 1042")
    show.add_argument("--format", choices=tuple(FORMATS), default="oioubl", help="the format; OIOUBL if not given")
    show.add_argument("--lang", choices=("da", "en"), default="en", help="the language of what is wrong")
    show.set_defaults(run=_show)
    send = nested.add_parser("send", help="have an e-document that was refused or is parked sent again")
    send.add_argument("company", metavar="COMPANY", help="whose it is, as in safe-it")
    send.add_argument("number", metavar="NUMBER", help="its number; 1042-R1 is the first reminder of invoice 1042")
    send.add_argument("--reason", required=True, help="what was mended; it is kept with the record")
    send.add_argument("--by", required=True, metavar="NAME", help="who asks for it")
    send.set_defaults(run=_send)


def _show(parsed: argparse.Namespace) -> int:
    """Print the bytes that were kept for the document in this format, or else those that would be made now."""
    with database():
        from servanda.business.companies.queries import company_named
        from servanda.business.customers.facts import Delivery
        from servanda.faces.clock.e_documents import document_as

        made = document_as(company_named(parsed.company), parsed.number, Delivery(FORMATS[parsed.format]))
    for problem in made.problems:
        print(f"{problem.code}: {problem.message(parsed.lang)} {problem.remedy(parsed.lang)}".rstrip(), file=sys.stderr)
    if not made.content:
        return 1
    sys.stdout.buffer.write(made.content)
    sys.stdout.buffer.flush()
    return 0


def _send(parsed: argparse.Namespace) -> int:
    with database():
        from servanda.business.companies.queries import company_named, moment_for, today_of
        from servanda.business.einvoices.actions import NotSentAgain, send_document_again
        from servanda.business.einvoices.queries import document_numbered

        company, now = company_named(parsed.company), datetime.now(UTC)
        found = document_numbered(company.company_id, parsed.number)
        if found is None:
            raise NotSentAgain(f"{company.name} has no e-document {parsed.number}. Look on the page of e-invoices.")
        send_document_again(
            company,
            found.document_id,
            reason=parsed.reason,
            by=parsed.by,
            today=today_of(company, now=now),
            at=moment_for(company, now=now),
        )
    print(f"{parsed.number} is made anew and goes out within a minute.")
    return 0
