"""What the node tells: findings that changed, measurements, news of errands and copies, and what it refused.

Everything waits in the state until a report that carried it was taken. A report that may have arrived is sent again
under a new number; its findings are the same or newer.
"""

import os
import shutil
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec

from servanda.drivers.node import Plain
from servanda.drivers.nodelink import Link, LinkAway, LinkRefused
from servanda.faces.node.installed import Installation, OwnIdentity
from servanda.faces.node.state import Outcome, State
from servanda.ground.nodes.messages import sign_report
from servanda.ground.nodes.wanted import (
    CopyNews,
    Difference,
    ErrandNews,
    Finding,
    Measurement,
    RefusalNews,
    Report,
)

AT_ONCE = 500
HEARTBEAT = timedelta(seconds=60)

_KINDS: Mapping[str, Any] = {
    "measurement": Measurement, "errand": ErrandNews, "copy": CopyNews, "refusal": RefusalNews,
}  # fmt: skip


class Reporter:
    """Makes, signs and sends reports; remembers only when the last one was taken."""

    def __init__(self, installation: Installation, identity: OwnIdentity, state: State, link: Link) -> None:
        self._installation, self._identity, self._state, self._link = installation, identity, state, link
        self._last_at: datetime | None = None
        self._wait_until: datetime | None = None
        self._waits = 0
        self.trouble = ""

    def is_due(self, now: datetime) -> bool:
        """Tell whether there is something to say, or nothing was said for a while. Waits after a failure."""
        if self._wait_until is not None and now < self._wait_until and self._wait_until - now < HEARTBEAT:
            return False
        if self._last_at is None or not timedelta() <= now - self._last_at < HEARTBEAT:
            return True
        return bool(self._state.unreported(limit=1) or self._state.news(limit=1))

    def send(self, *, accepted: int, facts: Mapping[str, Plain], now: datetime) -> bool:
        """Send what is new; tell whether it was taken. Raises NotNow when the state cannot be written."""
        outcomes = tuple(
            one for key in self._state.unreported(limit=AT_ONCE) if (one := self._state.outcome(key)) is not None
        )
        news = self._state.news(limit=AT_ONCE)
        report = self._report(outcomes, news, accepted=accepted, facts=facts, now=now)
        try:
            self._link.report(sign_report(report, self._identity.key))
        except (LinkAway, LinkRefused) as error:
            self._waits += 1
            self._wait_until = now + min(timedelta(seconds=2 ** min(self._waits, 6)), HEARTBEAT)
            self.trouble = f"{type(error).__name__}: {error}"
            return False
        self._state.told(outcomes, news)
        self._last_at, self._wait_until, self._waits, self.trouble = now, None, 0, ""
        return True

    def _report(
        self,
        outcomes: tuple[Outcome, ...],
        news: tuple[tuple[str, str, bytes], ...],
        *,
        accepted: int,
        facts: Mapping[str, Plain],
        now: datetime,
    ) -> Report:
        said: dict[str, list[Any]] = {kind: [] for kind in _KINDS}
        for _, kind, raw in news:
            said[kind].append(msgspec.json.decode(raw, type=_KINDS[kind]))
        position = self._state.position
        enrolled = self._installation.enrolled
        assert enrolled is not None
        return Report(
            node=enrolled.node,
            incarnation=enrolled.incarnation,
            number=self._state.next_number("report", now),
            accepted=min(accepted, position.seq),
            accepted_hash=position.hash if accepted >= position.seq else "",
            at=now,
            findings=tuple(finding(one) for one in outcomes),
            measurements=tuple(said["measurement"]),
            errands=tuple(said["errand"]),
            copies=tuple(said["copy"]),
            refusals=tuple(said["refusal"]),
            facts=facts,
        )


def finding(one: Outcome) -> Finding:
    """Return how a resource stands, in the words of a report. An error is a difference with the code of its outcome."""
    state: Literal["as wanted", "differs", "failed", "parked"] = (
        one.outcome if one.outcome in ("as wanted", "differs", "failed", "parked") else "failed"  # type: ignore[assignment]
    )
    differences = msgspec.json.decode(one.differences, type=tuple[Difference, ...])
    if one.error:
        differences = (*differences, Difference(code=one.outcome, found=one.error[:500]))
    return Finding(key=one.key, fingerprint=one.fingerprint, state=state, differences=differences, facts=one.facts)


def facts_of_node(installation: Installation) -> dict[str, Plain]:
    """Return what a control plane must know of the machine: space and load."""
    space = shutil.disk_usage(installation.layout.root)
    inodes = os.statvfs(installation.layout.root)
    return {
        "disk_free_bytes": space.free,
        "disk_bytes": space.total,
        "inodes_free": inodes.f_favail,
        "load_percent": int(os.getloadavg()[0] * 100 / (os.cpu_count() or 1)),
    }
