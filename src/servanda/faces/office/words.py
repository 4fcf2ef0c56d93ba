"""The words of the office for states and kinds. Each is written out once, so that the catalogue finds it."""

from collections.abc import Mapping
from datetime import date
from typing import Literal

from django.utils.translation import get_language, gettext, gettext_noop

from servanda.business.billing.facts import InvoiceFacts
from servanda.business.hosting.facts import ServiceFacts
from servanda.business.letters.facts import LetterFacts
from servanda.faces.office.shown import Stamp

CUSTOMER_KINDS: Mapping[str, str] = {
    "business": gettext_noop("Business"),
    "consumer": gettext_noop("Consumer"),
    "public": gettext_noop("Public body"),
    "association": gettext_noop("Association"),
}
LETTER_STATES: Mapping[str, tuple[str, str]] = {
    "waiting": (gettext_noop("Waits to be sent"), "note"),
    "sending": (gettext_noop("Is being sent"), "note"),
    "accepted": (gettext_noop("Received"), "calm"),
    "rejected": (gettext_noop("Refused"), "stop"),
    "uncertain": (gettext_noop("Uncertain"), "warn"),
    "replaced": (gettext_noop("Sent again"), "note"),
}
E_DOCUMENT_STATES: Mapping[str, tuple[str, str]] = {
    "due": (gettext_noop("Is being made"), "note"),
    "made": (gettext_noop("Is being judged"), "note"),
    "checked": (gettext_noop("Waits to be handed over"), "note"),
    "sending": (gettext_noop("Is being handed over"), "note"),
    "uncertain": (gettext_noop("Uncertain; tried again"), "warn"),
    "sent": (gettext_noop("Handed over"), "note"),
    "accepted": (gettext_noop("Received"), "calm"),
    "rejected": (gettext_noop("Refused"), "stop"),
    "parked": (gettext_noop("Waits for a person"), "warn"),
    "replaced": (gettext_noop("Replaced"), "note"),
}
E_FORMATS: Mapping[str, str] = {
    "e-mail": gettext_noop("E-mail with a PDF"),
    "oioubl": gettext_noop("OIOUBL 2.1 (NemHandel)"),
    "peppol": gettext_noop("Peppol BIS Billing 3"),
}
ACCOUNTS: Mapping[str, str] = {
    "receivable": gettext_noop("Receivables"),
    "sales": gettext_noop("Sales"),
    "vat-out": gettext_noop("VAT to pay"),
    "bank": gettext_noop("Bank"),
    "suspense": gettext_noop("Suspense"),
    "customer-credit": gettext_noop("Customer's credit"),
    "fees": gettext_noop("Fees"),
    "interest": gettext_noop("Interest"),
    "compensation": gettext_noop("Compensation"),
    "rounding": gettext_noop("Rounding"),
    "other": gettext_noop("Other"),
    "clearing": gettext_noop("Payment providers"),
    "payouts": gettext_noop("Payouts on their way"),
    "write-off": gettext_noop("Bad debts"),
    "vat-oss": gettext_noop("VAT of the One Stop Shop"),
}
BOOKINGS: Mapping[str, str] = {
    "invoice": gettext_noop("Invoice"),
    "credit note": gettext_noop("Credit note"),
    "payment": gettext_noop("Payment"),
    "payment reversed": gettext_noop("Payment taken back"),
    "explained": gettext_noop("Explained"),
    "fee": gettext_noop("Reminder fee"),
    "interest": gettext_noop("Interest"),
    "compensation": gettext_noop("Compensation"),
    "collection fee": gettext_noop("Collection fee"),
    "write-off": gettext_noop("Written off"),
    "credit used": gettext_noop("Credit used"),
    "credit applied": gettext_noop("Credit note applied"),
    "explanation undone": gettext_noop("Explanation undone"),
    "waived": gettext_noop("Waived"),
}
LETTER_KINDS: Mapping[str, str] = {
    "invoice": gettext_noop("Invoice"),
    "credit note": gettext_noop("Credit note"),
    "reminder": gettext_noop("Reminder"),
    "hold": gettext_noop("Letter of suspension"),
    "closing": gettext_noop("Letter of closure"),
    "ending": gettext_noop("Letter of ending"),
    "export": gettext_noop("Reminder to take data out"),
    "erasure": gettext_noop("Certificate of erasure"),
    "bulk mail": gettext_noop("Answer on bulk mail"),
    "storage": gettext_noop("Warning of space"),
    "load": gettext_noop("Letter on high load"),
    "use": gettext_noop("Offer of a larger subscription"),
    "restore": gettext_noop("Answer on data back from a copy"),
    "notice": gettext_noop("Notice"),
    "terms": gettext_noop("Notice of new terms"),
    "withdrawal": gettext_noop("Receipt of a withdrawal"),
    "receipt": gettext_noop("Receipt of a notice"),
    "collection": gettext_noop("Letter of hand-over to a collector"),
    "collection announced": gettext_noop("News of what will be collected"),
    "collected": gettext_noop("Receipt for what was collected"),
    "not collected": gettext_noop("News that nothing was collected"),
    "paid back": gettext_noop("News of money paid back"),
}
CHANNELS: Mapping[str, str] = {
    "e-mail": gettext_noop("by e-mail"),
    "letter": gettext_noop("by letter"),
    "portal": gettext_noop("in the portal"),
    "telephone": gettext_noop("by telephone"),
}
PAUSES: Mapping[str, str] = {
    "dispute": gettext_noop("The invoice is disputed"),
    "payment plan": gettext_noop("A payment plan is agreed"),
    "pending payment": gettext_noop("A payment is on its way"),
    "legal hold": gettext_noop("A legal hold stands"),
    "collection": gettext_noop("The claim lies with a collector"),
}
CAUSES: Mapping[str, str] = {
    **PAUSES,
    "delivery of the invoice is not proven": gettext_noop("It is not proven that the invoice arrived"),
    "a letter was not delivered": gettext_noop("A letter did not arrive"),
    "bank entries are not known": gettext_noop("The bank's entries are not known far enough"),
    "a person decides": gettext_noop("A person decides"),
}
REFUSED_FOR: Mapping[str, str] = {
    "the brake is engaged": gettext_noop("The brake is on"),
    "this installation may be a copy": gettext_noop("This installation may be a copy"),
    "what time it is is in doubt": gettext_noop("What time it is is in doubt"),
    "the test clock has gone back": gettext_noop("The test clock has gone back"),
    "have met it today already": gettext_noop("Enough has happened to it today"),
    "are normal": gettext_noop("More than is normal has happened today"),
}


def word(table: Mapping[str, str], name: str) -> str:
    """Return the word in the reader's language; a name without one is shown as it is."""
    found = table.get(name)
    return gettext(found) if found is not None else name


def language() -> Literal["da", "en"]:
    return "en" if (get_language() or "da").startswith("en") else "da"


def letter_stamp(letter: LetterFacts) -> Stamp:
    text, tone = LETTER_STATES[letter.state]
    return Stamp(gettext(text), tone)


def invoice_stamp(invoice: InvoiceFacts, *, today: date) -> Stamp:
    """Say how an invoice stands: paid, open, due today, or late by so many days."""
    if invoice.kind == "credit note":
        return Stamp(gettext("Credit note"), "note")
    if not invoice.open_total:
        is_credited = any(part.credit_note_id is not None for part in invoice.allocations)
        return Stamp(gettext("Settled") if is_credited else gettext("Paid"), "calm")
    if not invoice.open_principal:
        return Stamp(gettext("Only charges are open"), "warn")
    if invoice.due_on is None:
        return Stamp(gettext("Open, no due day"), "note")
    if invoice.due_on == today:
        return Stamp(gettext("Due today"), "note")
    if invoice.due_on > today:
        return Stamp(gettext("Open"), "note")
    days = (today - invoice.due_on).days
    return Stamp(gettext("%(days)s days late") % {"days": days} if days > 1 else gettext("1 day late"), "warn")


def service_stamp(service: ServiceFacts) -> Stamp:
    if service.state == "purged":
        return Stamp(gettext("Deleted"), "stop")
    if service.state == "quarantined":
        return Stamp(gettext("Closed, data kept"), "stop")
    if service.open_holds:
        return Stamp(gettext("Suspended"), "warn")
    return Stamp(gettext("Running"), "calm")
