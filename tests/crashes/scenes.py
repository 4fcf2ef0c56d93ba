"""Where each action is crashed: in a test of the ordinary suite, at one of its calls, with all that the test has made for it.

`scenes.csv` names them. While such a test runs, the named call is first crashed at every boundary and taken back, and then
carried out as the test wants it. `tests/crashes/choosing.py` chooses scenes for actions that have none.
"""

import csv
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import cache, wraps
from pathlib import Path
from typing import Any

from tests.crashes.actions import actions, replaced
from tests.crashes.enumerating import Act, Enumerated, enumerate_crashes

TABLE = Path(__file__).with_name("scenes.csv")
LEARNT = os.environ.get("SERVANDA_CRASHES_LEARNT", "")  # a file to write into what was found, instead of failing
IS_THOROUGH = os.environ.get("SERVANDA_CRASHES") == "all"
# What chance fills: moments of the database's own clock, and what is drawn so that nobody can guess it.
BY_CHANCE = frozenset(
    {("auth_user", "date_joined"), ("auth_user", "password"), ("hosting_secret", "hash"), ("hosting_secret", "spare")}
)


@dataclass(frozen=True, slots=True)
class Scene:
    """An action, and the call within which it is crashed: its own, or that of an action around it."""

    action: str
    test: str
    outer: str
    call: int
    again: str
    reason: str


@dataclass
class Run:
    """What has been crashed so far, in this process."""

    points: int = 0
    partial: int = 0
    seconds: float = 0.0
    actions: set[str] = field(default_factory=set)


RUN = Run()


@cache
def scenes() -> tuple[Scene, ...]:
    with TABLE.open(newline="", encoding="utf-8") as table:
        return tuple(Scene(**{**row, "call": int(row["call"])}) for row in csv.DictReader(table))


@cache
def _by_test() -> dict[str, tuple[Scene, ...]]:
    found: dict[str, tuple[Scene, ...]] = {}
    for scene in scenes():
        found[scene.test] = (*found.get(scene.test, ()), scene)
    return found


@contextmanager
def crashed(test: str) -> Iterator[None]:
    """Crash what this test is the scene of; fails at the end if something went wrong, or was not reached."""
    here = _by_test().get(test, ())
    if not here:
        yield
        return
    stage = _Stage(here)
    with replaced({actions()[name]: stage.watched(name) for name in stage.names}):
        yield
    problems = stage.problems()
    if LEARNT:
        stage.tell(Path(LEARNT))
        return
    assert not problems, "\n".join(problems)


class _Stage:
    """The scenes of one test."""

    def __init__(self, here: tuple[Scene, ...]) -> None:
        self.here = here
        self.names = {scene.action for scene in here} | {scene.outer for scene in here}
        self.calls: dict[str, int] = {}
        self.depth = 0
        self.crashing = ""
        self.entered: dict[tuple[str, int], set[str]] = {}
        self.found: dict[tuple[str, int], Enumerated] = {}

    def watched(self, name: str) -> Callable[..., Any]:
        action = actions()[name]

        @wraps(action)
        def watched(*args: Any, **kwargs: Any) -> Any:
            if not self.depth:
                self.calls[name] = self.calls.get(name, 0) + 1
                place = name, self.calls[name]
                if any((scene.outer, scene.call) == place for scene in self.here):
                    args, kwargs = self._crash(place, action, args, kwargs)
            else:
                for entered in self.entered.values():
                    entered.add(name)
            self.depth += 1
            try:
                return action(*args, **kwargs)
            finally:
                self.depth -= 1

        return watched

    def _crash(
        self, place: tuple[str, int], action: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        act = Act(action, args, kwargs)
        self.entered[place] = {place[0]}
        self.depth += 1
        try:
            found = self.found[place] = enumerate_crashes(act, is_thorough=IS_THOROUGH)
        finally:
            self.depth -= 1
        RUN.points += found.points
        RUN.partial += found.partial
        RUN.seconds += found.seconds
        return act.args, dict(act.kwargs)

    def tell(self, file: Path) -> None:
        with file.open("a", encoding="utf-8") as told:
            for (action, _), found in self.found.items():
                told.write(json.dumps({"action": action, **asdict(found), "by_chance": sorted(found.by_chance)}) + "\n")

    def problems(self) -> list[str]:
        told = []
        for scene in self.here:
            place = scene.outer, scene.call
            found = self.found.get(place)
            if found is None:
                told.append(f"{scene.outer} was not called {scene.call} times: choose another scene for {scene.action}")
                continue
            if scene.action not in self.entered[place]:
                told.append(f"{scene.action} was not reached in {scene.outer}: choose another scene for it")
            if scene.action == scene.outer:
                told += [f"{scene.action}: {one}" for one in found.wrong]
                if found.again != scene.again:
                    told.append(f"{scene.action}, given once more: {found.again}, not {scene.again}")
                unknown = found.by_chance - BY_CHANCE
                if unknown:
                    told.append(f"{scene.action} writes what differs from run to run: {sorted(unknown)}")
            RUN.actions.add(scene.action)
        return told
