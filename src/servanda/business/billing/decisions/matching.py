"""What is a bank entry for? By payment reference, by the numbers of invoices in the text, or by the payer and the amount.

A payment reference carries a check digit and is ours alone, so it decides even where the amount differs. A number in a text is
weak: the payer may mean their customer number, a day or an amount, and customers on one plan owe the same amount. So it counts
only where the amount is exactly what is open, and where the account that paid has not paid for other customers before. An account
that has paid for one customer alone decides where that customer has one thing open of exactly this amount, and nothing else is
told. All else goes to a person, with what it could be (`proposing`).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from servanda.business.billing.facts import IncomingEntry, OpenItem, SmallDifference
from servanda.ground.law.fik import has_right_digit
from servanda.ground.money import Money, total_of

NUMBERS_MAX = 20  # in one text; more is a list of something else
REFERENCE_DIGITS = frozenset({15, 16})  # of payment ids that have a check digit
# What decided, or why nothing did. These words are kept with the entry; `wording.rule_text` says them to a reader.
BY_REFERENCE = "payment reference"
BY_NUMBER = "invoice number and amount"
BY_NUMBERS = "invoice numbers and amount"
BY_PAYER = "payer and amount"
WRONG_DIGIT = "the reference fails its check digit"
FOR_ANOTHER = "the slip is made out to another creditor number"
SEVERAL_CUSTOMERS = "it names invoices of several customers"
ANOTHER_PAYER = "it names an invoice of another customer than this account has paid for before"
OTHER_AMOUNT = "the amount is not what is open on the invoice that it names"
UNKNOWN = "no payment reference and no number of an open invoice"
SCORES = {BY_REFERENCE: 100, BY_NUMBER: 90, BY_NUMBERS: 90, BY_PAYER: 80}
OTHER_AMOUNT_LESS = 5  # a reference with another amount is as good as certain
# Digits that are part of an amount or a day (12.500,00, 2026-11-30) are no number of an invoice.
_NUMBER = re.compile(r"(?<!\d)(?<!\d[-./,:])0*([1-9]\d{2,11})(?!\d)(?![-./,:]\d)")
# A customer's number, a company's, a bank's or a telephone's, as the payer calls it.
_OTHER_NUMBER = re.compile(
    r"\b(?:(?:kunde|customer|cvr|konto|account|tlf|telefon|phone)\w*|reg|se-?nr)\b[\s.:#-]*"
    r"(?:(?:nr|no|nummer|number|id)\b)?[\s.:#-]*\d[\d -]*",
    re.IGNORECASE,
)
NOTHING_WRITTEN_OFF = SmallDifference(Money(0))


@dataclass(frozen=True, slots=True)
class Part:
    """So much of an entry goes to one invoice: to its charges, and to the invoice itself."""

    invoice_id: int
    to_charges: Money
    to_principal: Money

    @property
    def amount(self) -> Money:
        return self.to_charges + self.to_principal


@dataclass(frozen=True, slots=True)
class Match:
    """Where an entry goes, by which rule, and how sure that is (of 100). `rest` is what nothing was found for.

    Without a customer it is in suspense, and `rule` says why. `written_off` is the øre that it falls short by, where the company
    gives those up.
    """

    rule: str
    parts: tuple[Part, ...]
    rest: Money
    customer_id: int | None
    score: int = 0
    written_off: Money | None = None


def match(entry: IncomingEntry, items: tuple[OpenItem, ...], *, small: SmallDifference = NOTHING_WRITTEN_OFF) -> Match:
    """Return what an incoming entry is for. `items` are what its reference, its text or its payer could mean."""
    usable = tuple(item for item in items if item.open_principal.currency == entry.amount.currency)
    if entry.is_for_another:
        return _unknown(entry, FOR_ANOTHER)
    by_reference = [item for item in usable if item.reference and item.reference == entry.reference]
    if len(by_reference) == 1:
        return _by_reference(by_reference[0], entry.amount, small)
    named = invoice_numbers_in(entry)
    by_number = [item for item in usable if item.number in named and item.open_principal]
    if by_number:
        return _by_number(entry, by_number)
    if is_wrong_reference(entry.reference):
        return _unknown(entry, WRONG_DIGIT)
    return _by_payer(entry, usable) or _unknown(entry, UNKNOWN)


def is_wrong_reference(reference: str) -> bool:
    """Tell whether a reference has the length of a payment id and fails its check digit."""
    return reference.isdecimal() and len(reference) in REFERENCE_DIGITS and not has_right_digit(reference)


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


def falls_short(item: OpenItem, part: Part, small: SmallDifference) -> Money | None:
    """Return what is missing on an invoice's principal after a payment, where it is so little that the company gives it up.

    Only what we are owed is given up. What a customer pays too much is theirs to the last øre.
    """
    missing = item.open_principal - part.to_principal
    paid_something = bool(part.to_principal) and part.to_charges == item.open_charges
    return missing if paid_something and Money(0, missing.currency) < missing <= small.most else None


def _by_reference(item: OpenItem, amount: Money, small: SmallDifference) -> Match:
    part = part_of(item, amount)
    rest = amount - part.amount
    parts = (part,) if part.amount else ()
    is_exact = amount in {item.open_principal, item.open_total}
    score = SCORES[BY_REFERENCE] - (0 if is_exact else OTHER_AMOUNT_LESS)
    return Match(BY_REFERENCE, parts, rest, item.customer_id, score, falls_short(item, part, small))


def _by_number(entry: IncomingEntry, items: list[OpenItem]) -> Match:
    customers = {item.customer_id for item in items}
    if len(customers) > 1:
        return _unknown(entry, SEVERAL_CUSTOMERS)
    if entry.paid_before_for and not customers <= entry.paid_before_for:
        return _unknown(entry, ANOTHER_PAYER)
    for open_of in (_principal, _total):
        if entry.amount == total_of(map(open_of, items), entry.amount.currency):
            return _whole(entry, items, open_of)
    return _unknown(entry, OTHER_AMOUNT)


def _whole(entry: IncomingEntry, items: list[OpenItem], open_of: Callable[[OpenItem], Money]) -> Match:
    """A number in a text is weak, so the amount must agree with what is open on all that it names."""
    parts = tuple(part_of(item, open_of(item)) for item in items if open_of(item))
    rule = BY_NUMBER if len(parts) == 1 else BY_NUMBERS
    return Match(rule, parts, Money(0, entry.amount.currency), items[0].customer_id, SCORES[rule])


def _by_payer(entry: IncomingEntry, items: tuple[OpenItem, ...]) -> Match | None:
    """Return the one thing of exactly this amount that the payer's only customer has open, where nothing else is told."""
    if len(entry.paid_before_for) != 1 or entry.reference:
        return None
    own = [item for item in items if item.customer_id in entry.paid_before_for]
    exact = [item for item in own if entry.amount in {item.open_principal, item.open_total}]
    if len(exact) != 1:
        return None
    part = part_of(exact[0], entry.amount)
    return Match(BY_PAYER, (part,), entry.amount - part.amount, exact[0].customer_id, SCORES[BY_PAYER])


def _unknown(entry: IncomingEntry, why: str) -> Match:
    return Match(why, (), entry.amount, None)


def _principal(item: OpenItem) -> Money:
    return item.open_principal


def _total(item: OpenItem) -> Money:
    return item.open_total


def after(item: OpenItem, part: Part, written_off: Money | None) -> OpenItem:
    """Return what is open on an invoice once a part of a payment has reached it."""
    given_up = written_off or Money(0, item.open_principal.currency)
    return replace(
        item,
        open_charges=item.open_charges - part.to_charges,
        open_principal=item.open_principal - part.to_principal - given_up,
    )
