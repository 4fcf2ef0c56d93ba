"""What is a bank entry for? By payment reference, or by an invoice number in the text; the rest goes to a person."""

import re
from dataclasses import dataclass

from servanda.business.billing.facts import IncomingEntry, OpenItem
from servanda.ground.money import Money


@dataclass(frozen=True, slots=True)
class Part:
    """So much of an entry goes to one invoice: to its charges, and to the invoice itself."""

    invoice_id: int
    to_charges: Money
    to_principal: Money


@dataclass(frozen=True, slots=True)
class Match:
    """Where an entry goes and by which rule. `rest` is what nothing was found for; without a customer it is in suspense."""

    rule: str
    parts: tuple[Part, ...]
    rest: Money
    customer_id: int | None


def match(entry: IncomingEntry, items: tuple[OpenItem, ...]) -> Match:
    """Return what an incoming entry is for. `items` are the invoices that its reference or its text could mean."""
    by_reference = [item for item in items if item.reference and item.reference == entry.reference]
    if len(by_reference) == 1:
        return _to(by_reference[0], entry.amount, rule="payment reference")
    by_number = [item for item in items if _names(entry.text, item.number)]
    if len(by_number) == 1 and _settles(entry.amount, by_number[0]):
        return _to(by_number[0], entry.amount, rule="invoice number and amount")
    return Match("no match", (), entry.amount, None)


def part_of(item: OpenItem, amount: Money) -> Part:
    """Return how an amount that is meant for an invoice is divided between its charges and its principal.

    Exactly the principal pays the principal, which stops the interest; otherwise costs and interest come first, as is
    the custom where the debtor does not say.
    """
    if amount == item.open_principal:
        return Part(item.invoice_id, Money(0, amount.currency), amount)
    to_charges = min(amount, item.open_charges)
    return Part(item.invoice_id, to_charges, min(amount - to_charges, item.open_principal))


def _to(item: OpenItem, amount: Money, *, rule: str) -> Match:
    part = part_of(item, amount)
    rest = amount - part.to_charges - part.to_principal
    parts = (part,) if part.to_charges or part.to_principal else ()
    return Match(rule, parts, rest, item.customer_id)


def _names(text: str, number: int) -> bool:
    return re.search(rf"(?<!\d)0*{number}(?!\d)", text) is not None


def _settles(amount: Money, item: OpenItem) -> bool:
    """A number in a text is weak, so the amount must agree with what is open."""
    return amount in {item.open_principal, item.open_principal + item.open_charges}
