"""What carries a letter, how far has it come after an answer, and from which day does it count? Pure.

An invoice, a credit note or a reminder goes to a customer as an e-document where the customer asked for that, or is a public
body; its delivery is then proven by the access point and not by a mail server. It goes one way only, so that no deadline can
count from two days.
"""

from datetime import date

from servanda.business.customers.facts import CustomerFacts, Delivery
from servanda.business.letters.facts import Carrier

ATTEMPTS_MAX = 20  # after so many refusals for now a person must look
# Peppol has no reminder: to those who get Peppol it goes by mail, as all other letters do to everybody.
BY_E_INVOICE = {
    Delivery.E_MAIL: frozenset[str](),
    Delivery.OIOUBL: frozenset({"invoice", "credit note", "reminder"}),
    Delivery.PEPPOL: frozenset({"invoice", "credit note"}),
}


def carrier_of(kind: str, to: CustomerFacts) -> Carrier:
    """Return what carries a letter of this kind to the customer."""
    return Carrier.E_INVOICE if kind in BY_E_INVOICE[to.delivery] else Carrier.MAIL


def state_after(answer: str, *, attempts: int) -> str:
    """Return the state of a letter after the receiving server's answer: what is refused for now waits, but not for ever."""
    return "rejected" if answer == "waiting" and attempts >= ATTEMPTS_MAX else answer


def accepted_day(*, written_on: date, today: date) -> date:
    """Return the day on which an accepted letter counts: never before it was written, whatever a clock set back says."""
    return max(today, written_on)
