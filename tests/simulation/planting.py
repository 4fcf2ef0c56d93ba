"""Planted bugs: small changes for the worse, kept as data, put into a copy of the program and looked for by the simulation.

A simulator that never fails proves nothing. A patch says what it replaces by what, why that is wrong, and who shall see it.
"""

import os
import shutil
import subprocess
import sys
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent / "planted"
SOURCE = Path(__file__).parents[2] / "src" / "servanda"
# Worlds in which bugs are looked for per commit: few customers, all faults; the provider with most rules first.
QUICK = ("--providers", "safe-it,compusoft,vicevaert,servicepoint", "--customers", "30", "--years", "2")
# And for longer, by night.
SLOW = ("--providers", "safe-it,vicevaert,compusoft,servicepoint", "--customers", "150", "--years", "3")
TIMEOUT = 900


@dataclass(frozen=True)
class Bug:
    """A patch: in this file, this text by that one."""

    name: str
    path: str
    before: str
    after: str
    why: str
    found_by: str


@dataclass(frozen=True)
class Found:
    """Whether a bug was found, by which invariant first, and in how many seconds."""

    bug: Bug
    by: tuple[str, ...]
    seconds: float

    @property
    def is_found(self) -> bool:
        return bool(self.by)


def bugs() -> tuple[Bug, ...]:
    """Return all planted bugs by name."""
    return tuple(
        Bug(name=path.stem, **tomllib.loads(path.read_text(encoding="utf-8"))) for path in sorted(HERE.glob("*.toml"))
    )


class Copy:
    """A copy of the program in a folder, in which one bug at a time is planted."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "src"
        ignored = shutil.ignore_patterns("migrations", "static", "locale", "templates")
        shutil.copytree(SOURCE, self.root / "servanda", ignore=ignored)

    def look_for(self, bug: Bug | None, worlds: tuple[str, ...], *, seeds: int) -> Found:
        """Plant a bug, live the worlds until something does not hold, and take it out again."""
        path = self.root / "servanda" / bug.path if bug is not None else None
        sound = path.read_text(encoding="utf-8") if path is not None else ""
        if path is not None and bug is not None:
            assert sound.count(bug.before) == 1, f"{bug.name} does not fit {bug.path} any more: mend the patch"
            path.write_text(sound.replace(bug.before, bug.after), encoding="utf-8")
        try:
            return self._lived(bug, worlds, seeds)
        finally:
            if path is not None:
                path.write_text(sound, encoding="utf-8")

    def _lived(self, bug: Bug | None, worlds: tuple[str, ...], seeds: int) -> Found:
        command = [sys.executable, "-m", "servanda.simulation.command", "--first", "--seeds", str(seeds), *worlds]
        environment = {**os.environ, "PYTHONPATH": str(self.root)}
        began = time.perf_counter()
        done = subprocess.run(
            command, env=environment, cwd=self.root, capture_output=True, text=True, timeout=TIMEOUT, check=False
        )
        seconds = time.perf_counter() - began
        told = [line.split(" | ")[0] for line in done.stdout.splitlines() if " | " in line]
        if done.returncode not in (0, 1) or (done.returncode == 1 and not told):
            told = [f"it stopped: {done.stderr.strip().splitlines()[-1:]}"]
        return Found(bug or Bug("none", "", "", "", "", ""), tuple(dict.fromkeys(told)), seconds)


def row_of(found: Found) -> str:
    """Return a row of the table."""
    by = ", ".join(found.by[:3]) or "**not found**"
    return f"| {found.bug.name} | {found.bug.why} | {by} | {found.seconds:.0f} |"
