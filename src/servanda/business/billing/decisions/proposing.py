"""What could money in suspense be for? Every likeness gives a proposal with a score and a reason; a person chooses.

Only proposals of 85 and more may be accepted many at once, and only where no other one comes near. A sum of several invoices is looked
for among one customer's open ones alone, at most twelve of them, and proposed only where there is one way and no other.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from servanda.business.billing.decisions.matching import (
    Part,
    falls_short,
    invoice_numbers_in,
    is_wrong_reference,
    part_of,
)
from servanda.business.billing.facts import IncomingEntry, OpenItem, SmallDifference
from servanda.ground.law.fik import near_payment_ids
from servanda.ground.money import Money

ITEMS_MAX = 12  # of which sums are looked for: 4,095 of them
PROPOSALS_MAX = 9  # a digit chooses one
SURE = 85  # from this score on many may be accepted at once
APART = 10  # and only if the next one is so much less likely
WORD_LETTERS_MIN = 4
ALIKE_MAX = 25  # customers whose names resemble: more is no likeness
# Why something is proposed, by code; `wording.reason_text` says it.
NEAR_REFERENCE = "near reference"
NUMBER_AND_AMOUNT = "number and amount"
NUMBER = "number"
PAYER_AND_AMOUNT = "payer and amount"
PAYER_SUM = "payer and sum"
PAYER = "payer"
NAME_AND_AMOUNT = "name and amount"
NAME_SUM = "name and sum"
NAME = "name"
AMOUNT = "amount"
SMALL = "small difference"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an entry could be for. `rest` would be the customer's credit; `written_off` what it falls short by."""

    reason: str
    score: int
    customer_id: int
    parts: tuple[Part, ...]
    rest: Money
    written_off: Money | None = None


@dataclass(frozen=True, slots=True)
class Candidates:
    """All that is open in a company, by what an entry may have in common with it."""

    items: Mapping[int, OpenItem]
    by_reference: Mapping[str, tuple[int, ...]]
    by_number: Mapping[int, tuple[int, ...]]
    by_amount: Mapping[int, tuple[int, ...]]
    by_customer: Mapping[int, tuple[int, ...]]
    by_word: Mapping[str, frozenset[int]] = field(
        default_factory=dict
    )  # customers by the beginnings of their names' words


def candidates_of(items: Iterable[OpenItem], names: Mapping[int, str]) -> Candidates:
    """Return the open invoices sorted by what entries may have in common with them; `names` are the customers'."""
    by_reference: defaultdict[str, list[int]] = defaultdict(list)
    by_number: defaultdict[int, list[int]] = defaultdict(list)
    by_amount: defaultdict[int, list[int]] = defaultdict(list)
    by_customer: defaultdict[int, list[int]] = defaultdict(list)
    known = {item.invoice_id: item for item in items}
    for item in known.values():
        by_reference[item.reference].append(item.invoice_id)
        by_number[item.number].append(item.invoice_id)
        for amount in {item.open_principal.minor, item.open_total.minor}:
            by_amount[amount].append(item.invoice_id)
        by_customer[item.customer_id].append(item.invoice_id)
    by_word: defaultdict[str, set[int]] = defaultdict(set)
    for customer_id, name in names.items():
        for word in _words(name):
            by_word[word].add(customer_id)
    return Candidates(
        known,
        {key: tuple(found) for key, found in by_reference.items()},
        {key: tuple(found) for key, found in by_number.items()},
        {key: tuple(found) for key, found in by_amount.items()},
        {key: tuple(found) for key, found in by_customer.items()},
        {key: frozenset(found) for key, found in by_word.items()},
    )


def proposals_for(entry: IncomingEntry, known: Candidates, *, small: SmallDifference) -> tuple[Proposal, ...]:
    """Return what an entry could be for, the likeliest first; each set of invoices is proposed once, by its best reason."""
    if entry.amount.minor <= 0:
        return ()
    best: dict[tuple[object, ...], Proposal] = {}
    for proposal in _all(entry, known, small):
        key = (proposal.customer_id, *sorted(part.invoice_id for part in proposal.parts))
        if key not in best or proposal.score > best[key].score:
            best[key] = proposal
    ordered = sorted(best.values(), key=lambda one: (-one.score, [part.invoice_id for part in one.parts]))
    return tuple(ordered[:PROPOSALS_MAX])


def sure_one(proposals: Sequence[Proposal]) -> Proposal | None:
    """Return the proposal that may be accepted among many at once, if it is likely enough and no other comes near."""
    if not proposals or proposals[0].score < SURE:
        return None
    second = proposals[1].score if len(proposals) > 1 else 0
    return proposals[0] if proposals[0].score - second >= APART else None


def only_sum(items: Sequence[OpenItem], amount: Money) -> tuple[OpenItem, ...] | None:
    """Return the open invoices that together come to exactly the amount, if there is one way and no other.

    Looked for among twelve at most; with more nothing is proposed, since then some sum nearly always fits.
    """
    open_ones = [item for item in items if item.open_total]
    if not 1 < len(open_ones) <= ITEMS_MAX:
        return None
    found: tuple[OpenItem, ...] | None = None
    for size in range(2, len(open_ones) + 1):
        for chosen in combinations(open_ones, size):
            if sum(item.open_total.minor for item in chosen) == amount.minor:
                if found is not None:
                    return None
                found = chosen
    return found


def _all(entry: IncomingEntry, known: Candidates, small: SmallDifference) -> Iterable[Proposal]:
    yield from _by_near_reference(entry, known, small)
    yield from _by_number(entry, known, small)
    yield from _by_customer(
        entry, known, entry.paid_before_for, small, (PAYER_AND_AMOUNT, PAYER_SUM, PAYER), (80, 70, 45)
    )
    alike = _customers_alike(entry, known)
    yield from _by_customer(entry, known, alike, small, (NAME_AND_AMOUNT, NAME_SUM, NAME), (65, 55, 25))
    equal = known.by_amount.get(entry.amount.minor, ())
    for invoice_id in equal[:PROPOSALS_MAX]:
        yield _one(entry, known.items[invoice_id], AMOUNT, 40 if len(equal) == 1 else 20, small)


def _by_near_reference(entry: IncomingEntry, known: Candidates, small: SmallDifference) -> Iterable[Proposal]:
    """A reference that fails its check digit: the invoices whose reference one wrong digit would make into it."""
    if not is_wrong_reference(entry.reference):
        return
    for reference in near_payment_ids(entry.reference) & known.by_reference.keys():
        for invoice_id in known.by_reference[reference]:
            item = known.items[invoice_id]
            is_exact = entry.amount in {item.open_principal, item.open_total}
            yield _one(entry, item, NEAR_REFERENCE, 85 if is_exact else 60, small)


def _by_number(entry: IncomingEntry, known: Candidates, small: SmallDifference) -> Iterable[Proposal]:
    for number in invoice_numbers_in(entry):
        for invoice_id in known.by_number.get(number, ()):
            item = known.items[invoice_id]
            if entry.amount in {item.open_principal, item.open_total}:
                yield _one(entry, item, NUMBER_AND_AMOUNT, 75, small)
            else:
                proposal = _one(entry, item, NUMBER, 50, small)
                yield proposal if not proposal.written_off else _one(entry, item, SMALL, 85, small)


def _by_customer(
    entry: IncomingEntry,
    known: Candidates,
    customer_ids: Iterable[int],
    small: SmallDifference,
    reasons: tuple[str, str, str],
    scores: tuple[int, int, int],
) -> Iterable[Proposal]:
    for customer_id in sorted(customer_ids):
        items = [known.items[invoice_id] for invoice_id in known.by_customer.get(customer_id, ())]
        exact = [item for item in items if entry.amount in {item.open_principal, item.open_total}]
        for item in exact:
            yield _one(entry, item, reasons[0], scores[0] if len(exact) == 1 else scores[0] - 15, small)
        summed = only_sum(items, entry.amount)
        if summed is not None:
            parts = tuple(part_of(item, item.open_total) for item in summed)
            yield Proposal(reasons[1], scores[1], customer_id, parts, Money(0, entry.amount.currency))
        if not exact and summed is None:
            yield _oldest_first(entry, items, customer_id, reasons[2], scores[2])


def _oldest_first(
    entry: IncomingEntry, items: Sequence[OpenItem], customer_id: int, reason: str, score: int
) -> Proposal:
    """The debtor who says nothing pays what fell due first; what is over stays to their credit."""
    left = entry.amount
    parts = []
    for item in sorted(items, key=lambda item: (item.due_on is None, item.due_on, item.number)):
        part = part_of(item, min(left, item.open_total))
        if part.amount:
            parts.append(part)
            left = left - part.amount
    return Proposal(reason, score, customer_id, tuple(parts), left)


def _one(entry: IncomingEntry, item: OpenItem, reason: str, score: int, small: SmallDifference) -> Proposal:
    part = part_of(item, entry.amount)
    return Proposal(
        reason, score, item.customer_id, (part,), entry.amount - part.amount, falls_short(item, part, small)
    )


def _customers_alike(entry: IncomingEntry, known: Candidates) -> frozenset[int]:
    """Return the customers of whose name a word begins as a word of the payer or the text does, if they are few."""
    found = frozenset(
        customer_id
        for word in _words(f"{entry.payer_name} {entry.text}")
        for customer_id in known.by_word.get(word, ())
    )
    return found - entry.paid_before_for if len(found) <= ALIKE_MAX else frozenset()


def _words(text: str) -> frozenset[str]:
    return frozenset(word[:WORD_LETTERS_MIN] for word in text.casefold().split() if len(word) >= WORD_LETTERS_MIN)
