"""Which figures of the law must a person look up and confirm?

The reference rate is new with each half-year. It is never guessed: where a half-year has no figure of its own, interest
is reckoned up to that day and no further. So a person is told some days before it begins, and goes on being told while
a figure rests on one source only.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from servanda.ground.calendar import day_text
from servanda.ground.citation import Citation
from servanda.ground.dated import Dated
from servanda.ground.law.interest import REFERENCE_RATE, UNCONFIRMED, half_year_of
from servanda.ground.law.sentences import Sentence

LOOKED_UP_DAYS_BEFORE = 14


@dataclass(frozen=True, slots=True)
class FigureToConfirm:
    """A figure that waits for a person, with what to do in `sentence`.

    `key` names it for ever, so that one task is made of it. `value` is the figure in use, and None where the half-year
    from `since` has none of its own.
    """

    key: str
    since: date
    value: Decimal | None
    source: Citation
    sentence: Sentence


def figures_to_confirm(
    on: date, *, rates: Dated[Decimal] = REFERENCE_RATE, unconfirmed: frozenset[date] = UNCONFIRMED
) -> tuple[FigureToConfirm, ...]:
    """Return what must be confirmed on the day: figures of one source, and half-years without a figure of their own.

    A half-year counts from fourteen days before it begins. The oldest comes first.
    """
    values = {entry.since: entry.value for entry in rates.entries}
    source = rates.entries[-1].source
    return tuple(
        _figure(since, values.get(since), on=on, source=source)
        for since in _half_years(rates.entries[0].since, on + timedelta(days=LOOKED_UP_DAYS_BEFORE))
        if since not in values or since in unconfirmed
    )


def _half_years(first: date, last: date) -> Iterator[date]:
    since = half_year_of(first)
    while since <= last:
        yield since
        since = half_year_of(since + timedelta(days=184))  # the longer half has 184 days, the shorter at least 181


def _figure(since: date, value: Decimal | None, *, on: date, source: Citation) -> FigureToConfirm:
    key = f"reference-rate:{since.isoformat()}"
    if value is not None:
        return FigureToConfirm(key, since, value, source, _of_one_source(since, value))
    return FigureToConfirm(key, since, None, source, _missing(since, has_begun=since <= on))


def _of_one_source(since: date, value: Decimal) -> Sentence:
    da, en = day_text(since, "da"), day_text(since, "en")
    return Sentence(
        f"Referencesatsen fra {da}, {str(value).replace('.', ',')} %, står kun i én kilde. "
        "Sammenlign den med Nationalbankens officielle udlånsrente den dag, og bekræft eller ret den.",
        f"The reference rate from {en}, {value} %, stands in one source only. "
        "Compare it with Danmarks Nationalbank's official lending rate of that day, and confirm or correct it.",
    )


def _missing(since: date, *, has_begun: bool) -> Sentence:
    da, en = day_text(since, "da"), day_text(since, "en")
    until_then = (
        Sentence(
            f"Referencesatsen fra {da} er ikke kendt, så renter beregnes kun til og med dagen før.",
            f"The reference rate from {en} is not known, so interest is reckoned up to the day before only.",
        )
        if has_begun
        else Sentence(
            f"Fra {da} gælder en ny referencesats, som ikke er kendt endnu.",
            f"From {en} a new reference rate holds, which is not known yet.",
        )
    )
    return Sentence(
        f"{until_then.da} Slå Nationalbankens officielle udlånsrente den dag op, og tilføj den med to kilder.",
        f"{until_then.en} Look up Danmarks Nationalbank's official lending rate of that day, "
        "and add it with two sources.",
    )
