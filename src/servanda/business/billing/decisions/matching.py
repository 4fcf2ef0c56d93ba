"""What is a bank entry for? By payment reference, or by the numbers of invoices in the text; the rest goes to a person.

A payment reference carries a check digit and is ours alone, so it decides even where the amount differs. A number in a text is
weak: the payer may mean their customer number, a day or an amount, and customers on one plan owe the same amount. So it counts
only where the amount is exactly what is open, and where the account that paid has not paid for other customers before.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from servanda.business.billing.facts import IncomingEntry, OpenItem
from servanda.ground.money import Money, total_of

NUMBERS_MAX = 20  # in one text; more is a list of something else
# Digits that are part of an amount or a day (12.500,00, 2026-11-30) are no number of an invoice.
_NUMBER = re.compile(r"(?<!\d)(?<!\d[-./,:])0*([1-9]\d{2,11})(?!\d)(?![-./,:]\d)")
# A customer's number, a company's, a bank's or a telephone's, as the payer calls it.
_OTHER_NUMBER = re.compile(
    r"\b(?:(?:kunde|customer|cvr|konto|account|tlf|telefon|phone)\w*|reg|se-?nr)\b[\s.:#-]*"
    r"(?:(?:nr|no|nummer|number|id)\b)?[\s.:#-]*\d[\d -]*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Part:
    """So much of an entry goes to one invoice: to its charges, and to the invoice itself."""

    invoice_id: int
    to_charges: Money
    to_principal: Money


@dataclass(frozen=True, slots=True)
class Match:
    """Where an entry goes and by which rule. `rest` is what nothing was found for.

    Without a customer it is in suspense, and `rule` says why.
    """

    rule: str
    parts: tuple[Part, ...]
    rest: Money
    customer_id: int | None


def match(entry: IncomingEntry, items: tuple[OpenItem, ...]) -> Match:
    """Return what an incoming entry is for. `items` are the invoices that its reference or its text could mean."""
    usable = tuple(item for item in items if item.open_principal.currency == entry.amount.currency)
    by_reference = [item for item in usable if item.reference and item.reference == entry.reference]
    if len(by_reference) == 1:
        return _to(by_reference[0], entry.amount, rule="payment reference")
    named = invoice_numbers_in(entry)
    by_number = [item for item in usable if item.number in named]
    return _by_number(entry, by_number)


def invoice_numbers_in(entry: IncomingEntry) -> tuple[int, ...]:
    """Return the numbers that the payer wrote and that could be those of invoices."""
    written = _OTHER_NUMBER.sub(" ", f"{entry.text}\n{entry.reference}")
    found = dict.fromkeys(int(number) for number in _NUMBER.findall(written))
    return tuple(found)[:NUMBERS_MAX]


def part_of(item: OpenItem, amount: Money) -> Part:
    """Return how an amount that is meant for an invoice is divided between its charges and its principal.

    Exactly the principal pays the principal, which stops the interest; otherwise costs and interest come first, as is
    the custom where the debtor does not say.
    """
    if amount == item.open_principal:
        return Part(item.invoice_id, Money(0, amount.currency), amount)
    to_charges = min(amount, item.open_charges)
    return Part(item.invoice_id, to_charges, min(amount - to_charges, item.open_principal))


def _by_number(entry: IncomingEntry, items: list[OpenItem]) -> Match:
    if not items:
        return _unknown(entry, "no payment reference and no number of an open invoice")
    customers = {item.customer_id for item in items}
    if len(customers) > 1:
        return _unknown(entry, "it names invoices of several customers")
    if entry.paid_before_for and not customers <= entry.paid_before_for:
        return _unknown(entry, "it names an invoice of another customer than this account has paid for before")
    for open_of in (_principal, _total):
        if entry.amount == total_of(map(open_of, items), entry.amount.currency):
            return _whole(entry, items, open_of)
    return _unknown(entry, "the amount is not what is open on the invoice that it names")


def _whole(entry: IncomingEntry, items: list[OpenItem], open_of: Callable[[OpenItem], Money]) -> Match:
    """A number in a text is weak, so the amount must agree with what is open on all that it names."""
    parts = tuple(part_of(item, open_of(item)) for item in items if open_of(item))
    rule = "invoice number and amount" if len(parts) == 1 else "invoice numbers and amount"
    return Match(rule, parts, Money(0, entry.amount.currency), items[0].customer_id)


def _to(item: OpenItem, amount: Money, *, rule: str) -> Match:
    part = part_of(item, amount)
    rest = amount - part.to_charges - part.to_principal
    parts = (part,) if part.to_charges or part.to_principal else ()
    return Match(rule, parts, rest, item.customer_id)


def _unknown(entry: IncomingEntry, why: str) -> Match:
    return Match(why, (), entry.amount, None)


def _principal(item: OpenItem) -> Money:
    return item.open_principal


def _total(item: OpenItem) -> Money:
    return item.open_principal + item.open_charges
