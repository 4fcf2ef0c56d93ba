"""When a use is near or over what was agreed, and when a load is exceptional. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from servanda.ground.nodes.load import MINUTES, USUAL_MILLICORES, USUAL_PROCESSES

Level = Literal["within", "near", "nearer", "over"]
_STEPS: tuple[tuple[int, Level], ...] = ((100, "over"), (90, "nearer"), (80, "near"))  # compusoft-051: 80/90/100 %


def level_of(used: int, agreed: int) -> Level:
    """Tell how near a use is to what was agreed. Nothing agreed (0) is never over."""
    if agreed <= 0:
        return "within"
    percent = used * 100 / agreed
    if percent > 100:
        return "over"
    return next((level for step, level in _STEPS[1:] if percent >= step), "within")


@dataclass(frozen=True, slots=True)
class Sample:
    """What one tenant's processes did in a span of time."""

    at: datetime
    seconds: float
    cpu_seconds: float
    processes: int


@dataclass(frozen=True, slots=True)
class LoadLimit:
    """What counts as exceptional for one tenant: so many cores on average over so long, or so many processes at once."""

    cores: float = USUAL_MILLICORES / 1000
    minutes: int = MINUTES  # servicepoint-033: over the threshold for half an hour, then the customer is told
    processes: int = USUAL_PROCESSES


def is_exceptional(samples: Sequence[Sample], limit: LoadLimit) -> bool:
    """Tell whether a tenant's load is exceptional now. Without samples for the whole time it is not."""
    if not samples:
        return False
    if samples[-1].processes > limit.processes:
        return True
    recent = _recent(samples, limit.minutes)
    if sum(one.seconds for one in recent) < limit.minutes * 60 * 0.9:
        return False
    return average_cores(samples, minutes=limit.minutes) > limit.cores


def average_cores(samples: Sequence[Sample], *, minutes: int) -> float:
    """Return how many cores a tenant had on average in the last minutes, or for as long as it was watched."""
    recent = _recent(samples, minutes)
    covered = sum(one.seconds for one in recent)
    return sum(one.cpu_seconds for one in recent) / covered if covered else 0.0


def _recent(samples: Sequence[Sample], minutes: int) -> Sequence[Sample]:
    since = samples[-1].at - timedelta(minutes=minutes) if samples else None
    return [one for one in samples if since is not None and one.at - timedelta(seconds=one.seconds) >= since]
