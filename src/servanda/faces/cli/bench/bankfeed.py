"""A bank's files as they come in life: payments right, wrong, short, over, twice, taken back, of strangers; files that overlap.

What is in them follows from the seed and the invoices alone. The days' statements tell every movement once; each week is told again as
a whole under a name of its own, and some files are handed in twice.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from servanda.business.billing.facts import BankMovement, OpenItem, StatementDraft
from servanda.ground.calendar import bank_day_on_or_after
from servanda.ground.money import Money, total_of

LINES_A_DAY = 500
FILES_TWICE_ONE_IN = 3

# What a payer does, out of a thousand.
HABITS = (
    ("exact", 640),
    ("in two parts", 60),
    ("an øre short", 40),
    ("an øre over", 40),
    ("twice", 40),
    ("by number", 60),
    ("a wrong digit", 40),
    ("nothing told", 50),
    ("taken back", 30),
)
STRANGERS = 0.05  # of all lines: fees, own money, slips of others


@dataclass(frozen=True, slots=True)
class Feed:
    """The files in the order of their days; `lines` counts each movement once, `told` as often as the files tell it."""

    files: tuple[StatementDraft, ...]
    lines: int

    @property
    def told(self) -> int:
        return sum(len(file.movements) for file in self.files)

    def shuffled(self, seed: int) -> tuple[StatementDraft, ...]:
        """Return the files in another order, some of them twice."""
        chance = random.Random(seed)
        files = [*self.files, *(file for file in self.files if not chance.randrange(FILES_TWICE_ONE_IN))]
        chance.shuffle(files)
        return tuple(files)


def make_feed(
    account: str, items: Sequence[OpenItem], *, since: date, lines: int, seed: int, a_day: int = LINES_A_DAY
) -> Feed:
    """Return files with about so many movements that pay the invoices, or try to."""
    chance = random.Random(seed)
    movements = list(_movements(items, chance))[:lines]
    while len(movements) < lines:
        movements.append(_stranger(chance, len(movements)))
    days = [movements[at : at + a_day] for at in range(0, len(movements), a_day)]
    statements = tuple(_statements(account, days, since=since))
    return Feed((*statements, *_weeks(statements)), lines)


def _movements(items: Sequence[OpenItem], chance: random.Random) -> Iterable[BankMovement]:
    names, weights = zip(*HABITS, strict=True)
    number = 0
    for item in items:
        habit = chance.choices(names, weights)[0]
        for movement in _paid(item, habit, number, chance):
            number += 1
            yield movement
        if chance.random() < STRANGERS:
            number += 1
            yield _stranger(chance, number)


def _paid(item: OpenItem, habit: str, number: int, chance: random.Random) -> Iterable[BankMovement]:
    owed = item.open_principal
    reference = item.reference
    payer = f"DK{item.customer_id:016d}"
    if habit == "in two parts":
        for place, part in enumerate(owed.split((1, 2))):
            yield _movement(part, number + place, by=reference, payer=payer)
    elif habit == "an øre short":
        yield _movement(owed - Money(1), number, by=reference, payer=payer)
    elif habit == "an øre over":
        yield _movement(owed + Money(1), number, by=reference, payer=payer)
    elif habit == "twice":
        for place in range(2):  # both are real: without a reference of the bank's, only their count tells them apart
            yield replace(_movement(owed, number + place, by=reference, payer=payer), reference="")
    elif habit == "by number":
        yield _movement(owed, number, text=f"Faktura {item.number}")
    elif habit == "a wrong digit":
        place = chance.randrange(len(reference))
        wrong = f"{reference[:place]}{(int(reference[place]) + 1) % 10}{reference[place + 1 :]}"
        yield _movement(owed, number, by=wrong)
    elif habit == "nothing told":
        yield _movement(owed, number, text="Overførsel")
    elif habit == "taken back":
        paid = _movement(owed, number, by=reference, payer=payer)
        yield paid
        yield replace(paid, amount=-owed, is_reversal=True)
    else:
        yield _movement(owed, number, by=reference, payer=payer)


def _stranger(chance: random.Random, number: int) -> BankMovement:
    kind = chance.randrange(3)
    amount = Money(chance.randrange(1, 100_000))
    if kind == 0:
        return _movement(-amount, number, text="Gebyr")
    if kind == 1:
        return replace(_movement(amount, number, by="000000000099994"), fik_type="71", fik_creditor="89999999")
    return _movement(amount, number, text="Indbetaling")


def _movement(amount: Money, number: int, *, by: str = "", text: str = "", payer: str = "") -> BankMovement:
    return BankMovement(
        reference=f"R{number}",
        ordinal=1,
        amount=amount,
        booked_on=date.min,
        value_on=date.min,
        text=text,
        creditor_reference=by,
        payer_name="",
        payer_account=payer,
        is_reversal=False,
    )


def _statements(account: str, days: Sequence[Sequence[BankMovement]], *, since: date) -> Iterable[StatementDraft]:
    balance, day = Money(0), since
    for told in days:
        day = bank_day_on_or_after(day)
        movements = _numbered(replace(one, booked_on=day, value_on=day) for one in told)
        closing = balance + total_of(one.amount for one in movements)
        yield _statement(account, f"D{day}", movements, balance, closing, (day, day))
        balance, day = closing, day + timedelta(days=1)


def _weeks(days: Sequence[StatementDraft]) -> Iterable[StatementDraft]:
    """Yield each five days told again as one file."""
    for at in range(0, len(days), 5):
        week = days[at : at + 5]
        movements = tuple(one for day in week for one in day.movements)
        first, last = week[0], week[-1]
        yield _statement(
            first.account,
            f"W{first.opening_on}",
            movements,
            first.opening,
            last.closing,
            (first.opening_on, last.closing_on),
        )


def _statement(
    account: str,
    name: str,
    movements: tuple[BankMovement, ...],
    opening: Money,
    closing: Money,
    days: tuple[date, date],
) -> StatementDraft:
    return StatementDraft(
        account=account,
        statement_id=name,
        opening=opening,
        closing=closing,
        opening_on=days[0],
        closing_on=days[1],
        sha256=name,
        file_name=f"{name}.xml",
        movements=movements,
    )


def _numbered(movements: Iterable[BankMovement]) -> tuple[BankMovement, ...]:
    seen: dict[tuple[int, str], int] = {}
    numbered = []
    for one in movements:
        key = one.amount.minor, one.reference
        seen[key] = seen.get(key, 0) + 1
        numbered.append(replace(one, ordinal=seen[key]))
    return tuple(numbered)
