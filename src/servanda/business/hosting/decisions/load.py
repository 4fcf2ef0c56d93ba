"""When is the owner of a service written to about its load, and how long may it pause for it? Pure.

The node tells what is exceptional; a special agreement sets other limits (servicepoint-036). Only the terms say whether the
customer is contacted at once or a person looks first, and a person decides every pause.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from servanda.business.hosting.decisions.deletion import PauseWithoutEnd
from servanda.business.hosting.facts import HoldFacts, LoadFound
from servanda.ground.citation import Citation
from servanda.ground.nodes.load import USUAL_MILLICORES, USUAL_PROCESSES
from servanda.terms.clauses import Suspension, UsageLimit
from servanda.terms.resolving import Answer

LIMITS = "resource limits"  # of which a special agreement is (terms/kinds/contract.py::SpecialAgreement)
OF_CORES, OF_PROCESSES = "cpu-percent", "processes"  # its names; 100 is one core
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAtLoad:
    """A person shall look at a load; `tells_customer`: its owner is written to at once, by the clause."""

    key: str
    because: tuple[Citation, ...]
    tells_customer: bool


def is_beyond(load: LoadFound) -> bool:
    """Tell whether a load is more than was agreed, or than is usual where nothing was."""
    cores = load.millicores_agreed if load.millicores_agreed is not None else USUAL_MILLICORES
    processes = load.processes_agreed if load.processes_agreed is not None else USUAL_PROCESSES
    return load.millicores > cores or load.processes > processes


def look_at_load(load: LoadFound, answer: Answer[UsageLimit], *, service_id: int, today: date) -> LookAtLoad | None:
    """Return that a load is to be looked at; None while somebody does, and for the rest of a day on which it was told."""
    if not is_beyond(load) or load.is_looked_at or (load.last_told_on is not None and load.last_told_on >= today):
        return None
    rule = answer.rule
    is_told = (
        rule is not None
        and rule.on_excess == "the customer is contacted"
        and not rule.needs_person
        and answer.may_act_alone
    )
    return LookAtLoad(key=f"load:{service_id}:{today}", because=answer.because, tells_customer=is_told)


def pause_hours_left(
    rule: Suspension, pauses: Iterable[HoldFacts], *, load_seen_at: datetime | None, at: datetime
) -> float | None:
    """Return how many hours a pause that begins now may last; None where the terms set no end.

    Pauses of the last day count together: one that follows upon another would be one that lasts longer than the terms allow.
    Only a load that was found after a pause had ended is a new one.
    """
    if rule.hours_max is None:
        return None
    since = max(at - ONE_DAY, load_seen_at) if load_seen_at is not None else at - ONE_DAY
    used = sum(
        (_ended_at(one, at) - one.placed_at for one in pauses if one.cause == "load" and _ended_at(one, at) > since),
        timedelta(),
    )
    return max(rule.hours_max - used / timedelta(hours=1), 0.0)


def refuse_pause_upon_pause(
    rule: Suspension,
    pauses: Iterable[HoldFacts],
    *,
    load_seen_at: datetime | None,
    begins_at: datetime,
    ends_at: datetime,
    because: Citation,
) -> None:
    """Refuse a pause that with those before it would last longer than the terms allow one."""
    left = pause_hours_left(rule, pauses, load_seen_at=load_seen_at, at=begins_at)
    if left is not None and ends_at - begins_at > timedelta(hours=left):
        raise PauseWithoutEnd(
            "With the pauses of the last day this would be more than the %(hours_max)s hours that the terms allow. Talk with the"
            " customer, or wait until a load is measured after the last pause.",
            {"hours_max": rule.hours_max},
            because=because,
        )


def _ended_at(hold: HoldFacts, at: datetime) -> datetime:
    return min(one for one in (hold.ends_at, hold.lifted_at, at) if one is not None)
