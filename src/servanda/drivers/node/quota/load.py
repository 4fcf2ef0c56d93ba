"""Watches how much processor time and how many processes each tenant has, and tells when that is exceptional.

It stops nothing: whether a customer is told, or a site pauses for a while, is decided by the terms.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import psutil

from servanda.drivers.node import Known
from servanda.drivers.node.quota.decisions import LoadLimit, Sample, average_cores, is_exceptional
from servanda.ground.nodes.kinds.web import Site
from servanda.ground.nodes.wanted import Measurement

FIRST_TENANT, LAST_TENANT = 200_000, 9_999_999
KEPT = 240  # samples of a tenant


class LoadGuard:
    """Samples all tenants at each call. Processor time of processes that came and went between two calls is not seen."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now
        self._last: dict[tuple[int, float], float] = {}
        self._last_at: datetime | None = None
        self._samples: dict[int, deque[Sample]] = {}

    def sample(self) -> None:
        at, found, spent, counts = self._now(), dict[tuple[int, float], float](), dict[int, float](), dict[int, int]()
        for uid, key, seconds in _tenants_processes():
            found[key] = seconds
            counts[uid] = counts.get(uid, 0) + 1
            spent[uid] = spent.get(uid, 0.0) + max(
                0.0, seconds - self._last.get(key, 0.0 if self._last_at else seconds)
            )
        if self._last_at is not None:
            passed = (at - self._last_at).total_seconds()
            for uid in {*counts, *self._samples}:
                row = self._samples.setdefault(uid, deque(maxlen=KEPT))
                row.append(Sample(at, passed, spent.get(uid, 0.0), counts.get(uid, 0)))
        self._last, self._last_at = found, at

    def exceptional(self, limits: Mapping[int, LoadLimit]) -> Iterable[int]:
        """Return the tenants whose load is exceptional now; who has no limit of their own has the usual one."""
        usual = LoadLimit()
        return [uid for uid, row in self._samples.items() if is_exceptional(tuple(row), limits.get(uid, usual))]

    def measurement(self, key: str, tenant: int, *, day: str) -> Measurement:
        """Return a tenant's cores on average over the time that counts, and its processes now, under a key of its resources."""
        row = tuple(self._samples.get(tenant, ()))
        cores = average_cores(row, minutes=LoadLimit().minutes)
        figures = {"cpu_millicores": int(cores * 1000), "processes": row[-1].processes if row else 0}
        return Measurement(key=key, day=day, figures=figures)


@dataclass(frozen=True, slots=True)
class LoadWatch:
    """Watches all tenants for the agent, and tells of the sites of those whose load is exceptional, as long as it is."""

    guard: LoadGuard

    def watch(self, known: Known, *, now: datetime) -> Sequence[Measurement]:
        self.guard.sample()
        busy = frozenset(self.guard.exceptional({}))
        if not busy:
            return ()
        day = now.date().isoformat()
        sites = (one for one in known.of(Site) if isinstance(one, Site) and one.tenant in busy and one.is_served)
        return [self.guard.measurement(one.key, one.tenant, day=day) for one in sites]


def _tenants_processes() -> Iterable[tuple[int, tuple[int, float], float]]:
    for process in psutil.process_iter(["uids", "cpu_times", "create_time"]):
        uids, times = process.info["uids"], process.info["cpu_times"]
        if uids and times and FIRST_TENANT <= uids.real <= LAST_TENANT:
            yield uids.real, (process.pid, process.info["create_time"]), times.user + times.system
