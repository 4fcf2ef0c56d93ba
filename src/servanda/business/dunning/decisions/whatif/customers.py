"""What would other terms do to one customer? All the late invoices together, because a fee looks at the letters on the others."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from servanda.business.dunning.decisions.whatif.comparing import Pair, Shift, shifts_between
from servanda.business.dunning.decisions.whatif.ladders import (
    Charged,
    ChargeKind,
    Ladder,
    Walked,
    walk_paid_in_parts,
)
from servanda.business.dunning.decisions.whatif.owing import Fees, LateInvoice, interest_of
from servanda.ground.money import Money

Part = Literal["past", "coming"]
PARTS: tuple[Part, ...] = ("past", "coming")


class LateCase(NamedTuple):
    """An invoice that is paid after its due day under one agreement at least. None: not paid at all."""

    pair: Pair
    minor: int
    paid_on: date | None
    paid_on_by_draft: date | None
    contract_id: int | None
    is_coming: bool
    payments: tuple[tuple[date, int], ...] = ()


class Span(NamedTuple):
    """The days that are looked at. Ladders are followed a little further, to find what only moved past the end."""

    today: date
    until: date
    far: date

    def part_of(self, day: date) -> Part | None:
        """Return the months that a day belongs to; None after the last."""
        if day <= self.today:
            return "past"
        return "coming" if day <= self.until else None


@dataclass(frozen=True, slots=True)
class CustomerDifference:
    """What the draft changes for one customer: shifts by invoice, and øre by months and kind of charge."""

    shifts: tuple[tuple[Shift, ...], ...]
    money: dict[tuple[Part, ChargeKind], int]
    not_issued: int  # invoices to come that one of the agreements would have ended the contract before

    @property
    def is_hit(self) -> bool:
        return bool(self.shifts or self.money)


NO_DIFFERENCE = CustomerDifference((), {}, 0)


def difference_for(cases: Sequence[LateCase], span: Span, fees: Fees) -> CustomerDifference:
    """Return what the draft changes for a customer; `cases` stand in the order in which they were issued."""
    if not cases:
        return NO_DIFFERENCE
    kept, not_issued = _before_the_end(cases, span)
    old = [_walked(case, case.pair.old, case.paid_on, span) for case in kept]
    new = [_walked(case, case.pair.new, case.paid_on_by_draft, span) for case in kept]
    return CustomerDifference(
        shifts=tuple(filter(None, (_shifts(*both, span) for both in zip(kept, old, new, strict=True)))),
        money=_money(
            _charges([(case, case.pair.old, case.paid_on) for case in kept], old, span, fees),
            _charges([(case, case.pair.new, case.paid_on_by_draft) for case in kept], new, span, fees),
            span,
        ),
        not_issued=not_issued,
    )


def _before_the_end(cases: Sequence[LateCase], span: Span) -> tuple[list[LateCase], int]:
    """Leave out the invoices to come of a contract that has ended by then, under either agreement.

    What ended before today did not end in life, or there would be nothing to come: the person who decides said no.
    """
    ended: dict[int | None, date] = {}
    kept = []
    for case in cases:
        if case.is_coming and case.pair.old.followed.issued_on >= ended.get(case.contract_id, date.max):
            continue
        kept.append(case)
        walked = (case.pair.old.until_paid(case.paid_on), case.pair.new.until_paid(case.paid_on_by_draft))
        for ended_on in (one.ended_on for one in walked):
            if ended_on is not None and ended_on > span.today:
                ended[case.contract_id] = min(ended_on, ended.get(case.contract_id, date.max))
    return kept, len(cases) - len(kept)


def _walked(case: LateCase, ladder: Ladder, paid_on: date | None, span: Span) -> Walked:
    if not case.payments or ladder.followed.due_on is None:
        return ladder.until_paid(paid_on)
    return walk_paid_in_parts(
        ladder.followed, total=Money(case.minor), payments=case.payments, until=paid_on or span.far
    )


def _shifts(case: LateCase, old: Walked, new: Walked, span: Span) -> tuple[Shift, ...]:
    if case.payments:
        found: Sequence[Shift] = tuple(shifts_between(old, new))
    else:
        found = case.pair.shifts(case.paid_on, case.paid_on_by_draft)
    return tuple(shift for shift in found if span.part_of(shift.on) is not None) if found else ()


def _charges(
    sides: Sequence[tuple[LateCase, Ladder, date | None]], walked: Sequence[Walked], span: Span, fees: Fees
) -> Iterator[Charged]:
    """Yield all that the customer is charged under one agreement."""
    chained = _chained_fees(sides, walked, span, fees) if sum(bool(one.letters) for one in walked) > 1 else {}
    for place, (one, (case, ladder, paid_on)) in enumerate(zip(walked, sides, strict=True)):
        if place in chained:
            yield from chained[place]
            yield from (charged for charged in one.charges if charged.kind != "fee")
        else:
            yield from one.charges
        if not case.payments:
            yield from interest_of(ladder, one, minor=case.minor, paid_on=paid_on)


def _chained_fees(
    sides: Sequence[tuple[LateCase, Ladder, date | None]], walked: Sequence[Walked], span: Span, fees: Fees
) -> dict[int, tuple[Charged, ...]]:
    late, places = [], []
    for place, (one, (_, ladder, paid_on)) in enumerate(zip(walked, sides, strict=True)):
        due_on = ladder.followed.due_on
        if due_on is not None and (paid_on is None or paid_on > due_on):
            late.append(LateInvoice(due_on, paid_on or span.far, one.letters, ladder.followed.terms))
            places.append(place)
    return {places[number]: charged for number, charged in fees.in_chains(late).items()}


def _money(before: Iterator[Charged], after: Iterator[Charged], span: Span) -> dict[tuple[Part, ChargeKind], int]:
    """Return how much more is charged by the draft; less is below 0, and what is the same is left out."""
    found: dict[tuple[Part, ChargeKind], int] = {}
    for sign, charges in ((-1, before), (1, after)):
        for kind, on, minor in charges:
            part = span.part_of(on)
            if part is not None:
                found[part, kind] = found.get((part, kind), 0) + sign * minor
    return {key: minor for key, minor in found.items() if minor}
