"""Sends documents as mails with the XML attached, for receivers without an access point.

How a mail is carried is not known here: whoever wires the program gives the function that does. A mail whose fate is unknown
is not sent once more under the same key; a person looks.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from servanda.drivers.einvoices.ports import FateUnknown, HandOver, Parcel, TakenOver, TurnedAway
from servanda.drivers.einvoices.receipts import Receipts

_SUBJECTS = {
    "da": {"invoice": "Faktura", "credit note": "Kreditnota", "reminder": "Rykker"},
    "en": {"invoice": "Invoice", "credit note": "Credit note", "reminder": "Reminder"},
}
_TEXTS = {
    "da": "Vedhæftet er {what} {number} som e-dokument ({format}). Filen læses af jeres bogholderisystem.",
    "en": "Attached is {what} {number} as an e-document ({format}). Your bookkeeping system reads the file.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentMail:
    """A mail with one document, in plain values. `name` is the same for the same key, always."""

    name: str
    recipient: str
    sender_name: str
    sender_email: str
    subject: str
    text: str
    language: Literal["da", "en"]
    file_name: str
    media_type: str
    content: bytes


Carry = Callable[[DocumentMail], HandOver]


class MailedDocuments:
    """A carrier by mail; `receipts` remembers what was sent."""

    def __init__(self, carry: Carry, *, receipts: Receipts) -> None:
        self._carry = carry
        self._receipts = receipts

    def send(self, parcel: Parcel) -> HandOver:
        """Send the mail, unless it was sent, or may have been sent, under this key before."""
        if not parcel.email.strip():
            return TurnedAway("The customer has no mail address for e-invoices. Add one to the customer.", True)
        if not self._receipts.claim(parcel.key, parcel.content):
            return self._known(parcel)
        outcome = self._carry(_mail_of(parcel))
        if isinstance(outcome, TakenOver):
            self._receipts.settle(parcel.key, parcel.content, outcome.receipt)
        elif isinstance(outcome, TurnedAway):
            self._receipts.release(parcel.key)
        return outcome

    def _known(self, parcel: Parcel) -> HandOver:
        known = self._receipts.remembered(parcel.key)
        if known is not None and known.sha256 not in {"", hashlib.sha256(parcel.content).hexdigest()}:
            return TurnedAway(
                f"Another document was handed over as {parcel.key}. Give this one a key of its own.", True
            )
        if known is not None and known.receipt:
            return TakenOver(known.receipt)
        return FateUnknown(
            "An earlier attempt was cut off: the mail may have arrived. Ask the receiver before sending anew."
        )


def _mail_of(parcel: Parcel) -> DocumentMail:
    what = _SUBJECTS[parcel.language].get(parcel.kind, parcel.kind)
    return DocumentMail(
        name=f"edocument-{hashlib.sha256(parcel.key.encode()).hexdigest()[:40]}",
        recipient=parcel.email.strip(),
        sender_name=parcel.sender_name,
        sender_email=parcel.sender_email,
        subject=f"{what} {parcel.number}",
        text=_TEXTS[parcel.language].format(what=what.lower(), number=parcel.number, format=parcel.format.upper()),
        language=parcel.language,
        file_name=f"{''.join(sign if sign.isalnum() or sign in '-_' else '-' for sign in parcel.number)}.xml",
        media_type="application/xml",
        content=parcel.content,
    )
