"""When may the data of an ended service be purged?"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from servanda.ground.calendar import add_months, bank_day_on_or_after
from servanda.ground.citation import Citation
from servanda.ground.refusal import Refused
from servanda.terms.clauses import Deletion, Suspension


class PauseWithoutEnd(Refused):
    """A pause for load must say when it ends, and may not last longer than the terms allow."""


def purge_rule_day(rule: Deletion, *, ended_on: date) -> date:
    """Return the day that the rule gives, counted from the closing or from the contract's last day."""
    if rule.months is not None:
        return add_months(ended_on, rule.months)
    assert rule.days is not None
    return ended_on + timedelta(days=rule.days)


def purge_on(rule: Deletion, *, ended_on: date) -> date:
    """Return the first day on which the data may go: on a bank day, the next one if need be."""
    return bank_day_on_or_after(purge_rule_day(rule, ended_on=ended_on))


def checked_pause_end(
    rule: Suspension, *, begins_at: datetime, ends_at: datetime | None, because: Citation
) -> datetime:
    """Return the end of a pause for load; a pause without an end, or a longer one, is refused."""
    if ends_at is None:
        raise PauseWithoutEnd("A pause for load needs the time at which it ends by itself.", because=because)
    if rule.hours_max is not None and ends_at - begins_at > timedelta(hours=rule.hours_max):
        raise PauseWithoutEnd(
            "A pause for load lasts at most %(hours_max)s hours.", {"hours_max": rule.hours_max}, because=because
        )
    return ends_at


def erased_in(told: Iterable[Mapping[str, object]]) -> Mapping[str, int]:
    """Return how much the machines say to have erased, added up by what it was (erased_files, erased_bytes ...)."""
    sums: dict[str, int] = {}
    for facts in told:
        for what, figure in facts.items():
            if what.startswith("erased_") and str(figure).isdecimal():
                sums[what] = sums.get(what, 0) + int(str(figure))
    return sums
