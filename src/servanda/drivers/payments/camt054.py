"""What does a CAMT.054 file announce? ISO 20022 debit and credit notifications, versions 001.02 and 001.08.

A notification has no balances, so nothing tells whether it is whole, and nothing is booked by it. It names movements as a statement
will name them later, and often tells more: who paid, with which reference, and of which payments a sum on the statement consists.
"""

import hashlib
from collections import Counter
from dataclasses import replace

from servanda.drivers.payments.camt053 import account_of, check_pages, currency_of
from servanda.drivers.payments.camt_entries import booked_elements, entries_of, reference_of_entry
from servanda.drivers.payments.camt_values import ASK_BANK, moment_of
from servanda.drivers.payments.elements import Element, Findings
from servanda.drivers.payments.safe_xml import open_xml
from servanda.drivers.payments.statements import AnnouncedMovement, BankNotification, WrongBankFile
from servanda.ground.message import Message
from servanda.ground.money import Money, total_of

NAMESPACES = {
    "001.02": "urn:iso:std:iso:20022:tech:xsd:camt.054.001.02",
    "001.08": "urn:iso:std:iso:20022:tech:xsd:camt.054.001.08",
}


def read_camt054(content: bytes, *, file: str) -> tuple[BankNotification, ...]:
    """Return the notifications of the file, or refuse it with all of its problems at once."""
    root = open_xml(content, file=file)
    findings = Findings(file)
    document = Element(root, "Document", findings)
    sha256 = hashlib.sha256(content).hexdigest()
    read = _notifications(document, sha256) if _is_read(document) else []
    if findings.found:
        raise WrongBankFile(findings.problems)
    return tuple(one for one in read if one is not None)


def is_camt054(content: bytes) -> bool:
    """Tell whether a file looks like a notification, so that it is read as one; the reader decides whether it is."""
    return b"camt.054.001." in content[:4096]


def _is_read(document: Element) -> bool:
    if document.xml.tag in {f"{{{namespace}}}Document" for namespace in NAMESPACES.values()}:
        return True
    document.wrong(
        Message(
            "The document is %(tag)s; only %(known)s are read.",
            {"tag": str(document.xml.tag)[:120], "known": " and ".join(NAMESPACES.values())},
        ),
        "Ask the bank for notifications as CAMT.054, version 001.02 or 001.08.",
    )
    return False


def _notifications(document: Element, sha256: str) -> list[BankNotification | None]:
    message = document.first("BkToCstmrDbtCdtNtfctn")
    found = message.all("Ntfctn") if message else ()
    if not found:
        document.wrong("The document has no notification (BkToCstmrDbtCdtNtfctn/Ntfctn).", ASK_BANK)
    if message:
        check_pages(message, "GrpHdr/MsgPgntn")
    return [_notification(Element(one.xml, f"Ntfctn {n}", one.findings), sha256) for n, one in enumerate(found, 1)]


def _notification(one: Element, sha256: str) -> BankNotification | None:
    before = len(one.findings.found)
    account = account_of(one)
    first = one.first("Ntry/Amt")
    currency = currency_of(one, otherwise=first)
    check_pages(one, "NtfctnPgntn")
    name = one.text("Id")
    if not name:
        one.wrong("The notification has no identification (Id).", ASK_BANK)
    created_at = moment_of(one, "CreDtTm")
    notes: list[str] = []
    movements = [
        movement
        for entry in booked_elements(one, notes)
        if (movement := _movement(entry, account=account, currency=currency)) is not None
    ]
    if len(one.findings.found) > before or created_at is None:
        return None
    return BankNotification(account, name, created_at, currency, _numbered(movements), sha256, tuple(notes))


def _movement(entry: Element, *, account: str, currency: str) -> AnnouncedMovement | None:
    payments = entries_of(entry, account=account, currency=currency)
    if not payments:
        return None
    whole = total_of((payment.amount for payment in payments), currency)
    # A batch on a statement is named by the entry's own reference; a single payment may have its transaction's.
    reference = payments[0].reference if len(payments) == 1 else reference_of_entry(entry)
    return AnnouncedMovement(reference, 1, whole, payments[0].booked_on, payments)


def _numbered(movements: list[AnnouncedMovement]) -> tuple[AnnouncedMovement, ...]:
    """Return the movements numbered among those that look alike, as a statement numbers its entries."""
    seen: Counter[tuple[str, Money, object]] = Counter()
    numbered = []
    for one in movements:
        alike = (one.reference, one.amount, one.booked_on)
        seen[alike] += 1
        numbered.append(replace(one, ordinal=seen[alike]))
    return tuple(numbered)
