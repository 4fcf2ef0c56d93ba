"""When a use is near or over what was agreed, and when a load is exceptional. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

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

    @property
    def cores(self) -> float:
        return self.cpu_seconds / self.seconds if self.seconds > 0 else 0.0


@dataclass(frozen=True, slots=True)
class LoadLimit:
    """What counts as exceptional for one tenant: so many cores on average over so long, or so many processes at once."""

    cores: float = 1.0
    minutes: int = 30  # servicepoint-033: over the threshold for half an hour, then the customer is told
    processes: int = 100


def is_exceptional(samples: Sequence[Sample], limit: LoadLimit) -> bool:
    """Tell whether a tenant's load is exceptional now. Without samples for the whole time it is not."""
    if not samples:
        return False
    if samples[-1].processes > limit.processes:
        return True
    since = samples[-1].at - timedelta(minutes=limit.minutes)
    recent = [one for one in samples if one.at - timedelta(seconds=one.seconds) >= since]
    covered = sum(one.seconds for one in recent)
    if covered < limit.minutes * 60 * 0.9:
        return False
    return sum(one.cpu_seconds for one in recent) / covered > limit.cores
