"""Is the clock to be believed? A day that jumps may make every leave valid or every bill overdue at once.

The wall clock is held against one that only runs forward and that no administrator sets (CLOCK_BOOTTIME). When the
two part by more than an hour, or the wall clock falls behind what was already seen, adverse acts wait. The next
document that the control plane has just signed, read at about its own time, settles the doubt.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

JUMP = timedelta(hours=1)
BACK = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Clocks:
    """The moment, seconds that only grow, and which start of the machine these seconds count from."""

    now: Callable[[], datetime]
    seconds: Callable[[], float]
    boot: str


def real_clocks() -> Clocks:
    boot = Path("/proc/sys/kernel/random/boot_id")
    return Clocks(
        now=lambda: datetime.now(UTC),
        seconds=lambda: time.clock_gettime(time.CLOCK_BOOTTIME),
        boot=boot.read_text(encoding="ascii").strip() if boot.exists() else "",
    )


class Kept(Protocol):
    """Where the last reading survives a restart."""

    def keep(self, name: str, value: str | float) -> None: ...
    def kept(self, name: str, otherwise: str | float) -> str | float: ...


class ClockWatch:
    """Compares both clocks at every look, and with what was kept before a restart."""

    def __init__(self, clocks: Clocks, kept: Kept) -> None:
        self._clocks = clocks
        self._kept = kept
        self._wall = float(kept.kept("clock_wall", 0.0))
        self._seconds = float(kept.kept("clock_seconds", 0.0))
        self._is_same_boot = kept.kept("clock_boot", "") == clocks.boot != ""
        self._doubt = str(kept.kept("clock_doubt", ""))
        self._written = 0.0

    def doubt(self) -> str:
        """Return why the clock is not believed, or an empty text."""
        wall, seconds = self._clocks.now().timestamp(), self._clocks.seconds()
        if self._wall and not self._doubt:
            self._doubt = self._parted(wall, seconds)
            if self._doubt:
                self._kept.keep("clock_doubt", self._doubt)
        self._wall, self._seconds, self._is_same_boot = wall, seconds, True
        if abs(seconds - self._written) > 60:
            self._write(wall, seconds)
        return self._doubt

    def confirm(self, issued_at: datetime) -> None:
        """Believe the clock again if a document that just came was signed at about this time."""
        if self._doubt and abs(self._clocks.now() - issued_at) < JUMP:
            self._doubt = ""
            self._kept.keep("clock_doubt", "")
            self._write(self._clocks.now().timestamp(), self._clocks.seconds())

    def _parted(self, wall: float, seconds: float) -> str:
        if wall < self._wall - BACK.total_seconds():
            return f"the clock went back by {self._wall - wall:.0f} s"
        jump = (wall - self._wall) - (seconds - self._seconds)
        if self._is_same_boot and abs(jump) > JUMP.total_seconds():
            return f"the clock jumped by {jump:.0f} s"
        return ""

    def _write(self, wall: float, seconds: float) -> None:
        self._kept.keep("clock_boot", self._clocks.boot)
        self._kept.keep("clock_wall", wall)
        self._kept.keep("clock_seconds", seconds)
        self._written = seconds
