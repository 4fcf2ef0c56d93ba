"""What goes wrong in a world, and how often: the kinds of RELIABILITY A4 that reach the business, by their numbers there.

Each kind draws from streams of its own, so switching one off leaves the others as they were. What a kind does to a letter, a bank
file, an answer or the clock is asked here, and both simulations ask the same.
"""

from datetime import date, timedelta
from typing import Final

from servanda.simulation.chance import happens, stream, weighed
from servanda.simulation.happenings import Answered, Away, Fate, FileFate

KINDS: Final = {
    "F03": "a bank file is read twice, and a round is made twice",
    "F08": "the scheduler stands still for a day to 45 days",
    "F13": "a mail is refused for now, refused for good, or lost after its content went out",
    "F14": "a bank file comes late, out of order, overlapping, or not for weeks; a payment is taken back",
    "F16": "an answer of staff stays out, or is no",
    "F17": "a price moves, up or down, told of in good time or not",
    "F18": "a dispute, a payment plan, a payment on its way, a legal hold",
    "F19": "a person engages the brake for some days, and releases it",
}
ALWAYS: Final = {  # these are the customers' own ways, and in every world
    "F04": "a payment arrives after a step was decided, or while its letter is on the way",
    "F07": "month ends, leap days, the turn of the year, Easter and weekends fall on the days that count",
    "F15": "an øre too little, an øre too much, in seven parts, twice, on the last day just before midnight, without a reference",
}
ALL: Final = frozenset(KINDS)
NONE: Final[frozenset[str]] = frozenset()
LETTERS_FAIL = 6  # in a hundred
FILES_FAIL = 8
PERSONS_FAIL = 15
AWAY_A_YEAR = 3
SILENT_MONTHS = 15
BRAKED_MONTHS = 10


def mail_fate(seed: int, customer: int, letter: str, attempt: int, *, faults: frozenset[str]) -> Fate:
    """Return what becomes of an attempt to send a letter; it is named by its kind, the customer's invoice and its step.

    Attempts are numbered from 1. What is refused for now is refused for up to five days, and then taken.
    """
    if "F13" not in faults:
        return "accepted"
    chance = stream(seed, "mail", customer, letter)
    if not happens(chance, in_hundred=LETTERS_FAIL):
        return "accepted"
    kind: Fate = weighed(chance, (("refused for now", 5), ("refused", 2), ("uncertain", 3)))
    tries = 1 + chance.randrange(5)
    if kind == "refused for now":
        return kind if attempt <= tries else "accepted"
    return kind if attempt == 1 else "accepted"


def resent_after(seed: int, customer: int, letter: str) -> int:
    """Return so many days after a letter was refused or lost staff send it again, to an address that they have checked."""
    return 1 + stream(seed, "resent", customer, letter).randrange(12)


def explained_after(seed: int, customer: int, invoice: int, part: int) -> int:
    """Return so many days after a movement was read that told too little staff give it to the invoice it was meant for."""
    return 1 + stream(seed, "explained", customer, invoice, part).randrange(10)


def file_fate(seed: int, day: date, *, faults: frozenset[str]) -> FileFate:
    """Return what becomes of the bank's file of a day. Now and then nothing comes for weeks, and then all of it."""
    chance = stream(seed, "file", day.isoformat())
    days, times, overlaps = 0, 1, 0
    if "F14" in faults and happens(chance, in_hundred=FILES_FAIL):
        days = weighed(chance, ((0, 3), (1, 4), (3, 2), (9, 1)))
        overlaps = weighed(chance, ((0, 2), (1, 2), (3, 1)))
    if "F03" in faults and happens(chance, in_hundred=FILES_FAIL):
        times = 2
    silent_until = _silent_until(seed, day) if "F14" in faults else day
    return FileFate(days=max(days, (silent_until - day).days), times=times, overlaps=overlaps)


def _silent_until(seed: int, day: date) -> date:
    """Return when the bank tells of a day again: the twenty-fifth, in a month in which it falls silent on the fifth."""
    is_silent = happens(stream(seed, "silence", day.year, day.month), in_hundred=SILENT_MONTHS)
    return day.replace(day=25) if is_silent and 5 <= day.day < 25 else day


def is_braked(seed: int, day: date, *, faults: frozenset[str]) -> bool:
    """Tell whether a person holds the brake on a day: for the first ten days of a month, now and then."""
    if "F19" not in faults:
        return False
    return day.day <= 10 and happens(stream(seed, "brake", day.year, day.month), in_hundred=BRAKED_MONTHS)


def rounds_of(seed: int, day: date, *, faults: frozenset[str]) -> int:
    """Return how often the house makes its round on a day: twice where a job came twice."""
    if "F03" not in faults:
        return 1
    return 2 if happens(stream(seed, "round", day.isoformat()), in_hundred=5) else 1


def answer_of(seed: int, customer: int, act: str, number: int, *, faults: frozenset[str]) -> Answered:
    """Return how staff answer the customer's so manieth proposal of an act."""
    chance = stream(seed, "answer", customer, act, number)
    days = chance.randrange(3)
    if "F16" not in faults or not happens(chance, in_hundred=PERSONS_FAIL):
        return Answered(days=days, is_yes=True)
    return weighed(
        chance,
        (
            (Answered(days=days + 20, is_yes=True), 3),
            (Answered(days=days, is_yes=False), 3),
            (Answered(days=None, is_yes=False), 1),
        ),
    )


def days_away(seed: int, begins_on: date, until: date, *, faults: frozenset[str]) -> tuple[Away, ...]:
    """Return when the scheduler stands still, in order and apart from each other: some days to 45, now and then."""
    if "F08" not in faults:
        return ()
    found = []
    chance = stream(seed, "away")
    day = begins_on + timedelta(days=20 + chance.randrange(365 // AWAY_A_YEAR))
    while day < until:
        length = weighed(chance, ((1, 4), (2, 3), (5, 2), (20, 1), (45, 1)))
        found.append(Away(since=day, until=day + timedelta(days=length)))
        day += timedelta(days=length + 30 + chance.randrange(2 * 365 // AWAY_A_YEAR))
    return tuple(found)
