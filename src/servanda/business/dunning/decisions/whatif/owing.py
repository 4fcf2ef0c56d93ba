"""What does a late invoice cost, on a ladder that many share? Interest follows the amount, and fees the customer's other letters.

A ladder is walked with a stand-in's amount, so its interest is asked for again with the real one. Statutory interest is a sum of
days times rates, the same for all invoices of a pattern: it is found once, and each amount is multiplied and rounded once, just
as the law's own module does. A fee depends on the letters that the customer had on other invoices in the same unbroken arrears,
so those letters are decided once more, in the order of their days.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from servanda.business.dunning.decisions.interest import interest_due
from servanda.business.dunning.decisions.orders import ChargeInterest, SendReminder
from servanda.business.dunning.decisions.reminders import reminder_due
from servanda.business.dunning.decisions.terms import LadderTerms
from servanda.business.dunning.decisions.whatif.ladders import Charged, Ladder, Step, Walked
from servanda.ground.law.interest import DAYS_OF_YEAR, statutory_interest
from servanda.ground.law.reminders import FEES_MAX
from servanda.ground.money import Money


class LateInvoice(NamedTuple):
    """One late invoice of a customer under one agreement, as the fees see it."""

    due_on: date
    paid_on: date  # or the end of what is looked at
    letters: tuple[Step, ...]
    terms: LadderTerms


def interest_of(ladder: Ladder, walked: Walked, *, minor: int, paid_on: date | None) -> Iterator[Charged]:
    """Yield the interest on an amount: what the ladder charges on its way, and the rest when it is paid."""
    rule = ladder.followed.terms.interest
    if rule is None or ladder.followed.due_on is None:
        return
    if rule.rule.method != "statutory":
        amount = _of_a_month(walked.interest[0], ladder.followed.terms, minor) if walked.interest else 0
        yield from (Charged("interest", step.on, amount) for step in walked.interest if amount)
        return
    charged = 0
    charges = [(step.on, step.order.allowed_on) for step in walked.interest]
    for on, until in [*charges, *([(paid_on, paid_on)] if paid_on is not None else [])]:
        whole = _statutory(ladder, minor, until=until)
        if whole > charged:
            yield Charged("interest", on, whole - charged)
            charged = whole


class Fees:
    """What letters may cost, decided once for all customers whose letters lie alike.

    Of the customer's other letters a fee looks at the last one, at the last that had a fee, and at how many had one.
    """

    __slots__ = ("_decided",)

    def __init__(self) -> None:
        self._decided: dict[tuple[object, ...], tuple[Step, int]] = {}  # with the letter, so that no other gets its id

    def in_chains(self, late: Sequence[LateInvoice]) -> dict[int, tuple[Charged, ...]]:
        """Return the fees of invoices whose letters share an arrears with another's, by their place; the rest stand.

        An arrears ends on the day on which nothing overdue is left, and the next letter begins anew.
        """
        found: dict[int, tuple[Charged, ...]] = {}
        for chain in _chains(late):
            if sum(bool(late[place].letters) for place in chain) > 1:
                found |= self._in_chain(late, chain)
        return found

    def _in_chain(self, late: Sequence[LateInvoice], chain: list[int]) -> dict[int, tuple[Charged, ...]]:
        fees: dict[int, list[Charged]] = {place: [] for place in chain}
        letters_on: tuple[date, ...] = ()
        with_fee_on: tuple[date, ...] = ()
        letters = [(step.on, place, step) for place in chain for step in late[place].letters]
        for on, place, step in sorted(letters, key=itemgetter(0, 1)):
            if len(with_fee_on) >= FEES_MAX.on(on).value:
                break  # whoever is this far behind gets many more letters, and none of them may cost anything
            minor = self._of_letter(step, late[place].terms, letters_on, with_fee_on)
            letters_on = (*letters_on, on)
            if minor:
                with_fee_on = (*with_fee_on, on)
                fees[place].append(Charged("fee", on, minor))
        return {place: tuple(charged) for place, charged in fees.items()}

    def _of_letter(
        self, step: Step, terms: LadderTerms, letters_on: tuple[date, ...], with_fee_on: tuple[date, ...]
    ) -> int:
        key = (id(step), letters_on[-1:], with_fee_on[-1:], len(with_fee_on))
        known = self._decided.get(key)
        if known is not None:
            return known[1]
        arrears = replace(step.arrears, reminders_on=letters_on, fee_letters_on=with_fee_on)
        letter = reminder_due(arrears, terms, today=step.on)
        assert isinstance(letter, SendReminder), "whether a letter is due does not depend on other letters' fees"
        minor = letter.fee.minor if letter.fee else 0
        self._decided[key] = (step, minor)
        return minor


def _chains(late: Sequence[LateInvoice]) -> Iterator[list[int]]:
    chain: list[int] = []
    ends_on = date.min
    for place in sorted(range(len(late)), key=lambda place: late[place].due_on):
        if chain and late[place].due_on >= ends_on:
            yield chain
            chain, ends_on = [], date.min
        chain.append(place)
        ends_on = max(ends_on, late[place].paid_on)
    if chain:
        yield chain


def _of_a_month(step: Step, terms: LadderTerms, minor: int) -> int:
    """Return what a started month costs, by the decision itself."""
    amount = Money(minor)
    order = interest_due(replace(step.arrears, total=amount, open_principal=amount), terms, today=step.on)
    return order.amount.minor if isinstance(order, ChargeInterest) else 0


def _statutory(ladder: Ladder, minor: int, *, until: date) -> int:
    due_on = ladder.followed.due_on
    assert due_on is not None
    weight = _weight(ladder.bears_interest_from, until, due_on)
    return Money(1).times(minor * weight / (100 * DAYS_OF_YEAR)).minor


@lru_cache(maxsize=65_536)
def _weight(since: date, until: date, due_on: date) -> Decimal:
    """Return days times percent of one øre: the law's own sum, which any principal can be multiplied with."""
    segments = statutory_interest(Money(1), since=since, until=until, due_on=due_on).segments
    return sum((segment.exact_weight for segment in segments), Decimal(0))
