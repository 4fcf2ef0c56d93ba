"""Crashing one act before every step and after every commit, and giving the same order again.

What must hold, wherever it crashed: nothing that the audit forbids stands in between, and the order given again leads to where it
would have led without the crash. An order that a person may give twice leads there twice, if the first was committed whole.
"""

import copy
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Literal

from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, connection

from servanda.business.audit.queries import run_audit
from servanda.ground.refusal import Refused
from tests.crashes import states
from tests.crashes.fuse import Fuse, PowerIsOut, lit

Again = Literal["same", "refused", "anew", "fails"]
STEPS_MAX = 1500
_NUMBERS = count(1)


@dataclass
class Enumerated:
    """What came of it. `again`: what the order does when it is given once more after it was carried out."""

    points: int = 0
    partial: int = 0  # states between nothing and all that a crash left standing
    again: Again = "same"
    by_chance: frozenset[tuple[str, str]] = frozenset()
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0.0


@dataclass
class Act:
    """An order that can be given again and again with the same words."""

    action: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]

    def __post_init__(self) -> None:
        self.args = tuple(_kept(one) for one in self.args)
        self.kwargs = {name: _kept(one) for name, one in self.kwargs.items()}

    def __call__(self) -> Again:
        """Give the order, as a process would that knows nothing of an earlier one."""
        mark = _marked()
        try:
            self.begun()
        except Refused:
            return "refused"
        except (DatabaseError, ObjectDoesNotExist, AssertionError, LookupError, ValueError, TypeError, AttributeError):
            _go_back(mark)
            return "fails"
        return "same"

    def begun(self) -> None:
        self.action(*_copied(self.args), **_copied(dict(self.kwargs)))


def _marked() -> str:
    """Mark where the transaction is, past all wrappers."""
    name = f"before_{next(_NUMBERS)}"
    with connection.cursor() as cursor:
        cursor.cursor.execute(f"savepoint {name}")
    return name


def _go_back(mark: str) -> None:
    connection.needs_rollback = False
    with connection.cursor() as cursor:
        cursor.cursor.execute(f"rollback to savepoint {mark}")


def _kept(value: Any) -> Any:
    return tuple(value) if hasattr(value, "__next__") else value


def _copied(value: Any) -> Any:
    try:
        return copy.deepcopy(value)
    except TypeError:
        return value


def enumerate_crashes(act: Act, *, is_thorough: bool = False) -> Enumerated:
    """Crash the act at every boundary; all is taken back in the end."""
    began, found = time.perf_counter(), Enumerated()
    with states.undone():
        compared, steps = _learnt(act, found)
        _crash_all(act, compared, steps, found, is_thorough=is_thorough)
    found.seconds = time.perf_counter() - began
    return found


def _learnt(act: Act, found: Enumerated) -> tuple[states.Compared, list[str]]:
    """Give the order quietly twice from the same state, to know which tables it changes and what in them is chance."""
    before = states.changes()
    with states.undone():
        act()
        act()  # what only a second order writes belongs to it too
    compared = states.Compared(tuple(sorted(states.changed_since(before))))
    rows, fuse = [], Fuse()
    for one in (Fuse(), fuse):
        states.number_on(compared.tables)
        with states.undone(), lit(one):
            act()
            rows.append(compared.rows())
    found.by_chance = states.differing_columns(*rows)
    return states.Compared(compared.tables, found.by_chance), fuse.steps


def _crash_all(act: Act, compared: states.Compared, steps: list[str], found: Enumerated, *, is_thorough: bool) -> None:
    assert 0 < len(steps) < STEPS_MAX, len(steps)
    nothing = compared.digest()
    expected, after = _quietly(act, compared, found)
    audited: dict[tuple[str, ...], frozenset[str]] = {}
    known = violated() if len(_commits(steps)) > 1 else frozenset()  # what the test had made before is not the act's
    before_counts = states.changes()
    commits = _commits(steps)
    for place, step in enumerate(steps, 1):
        for is_after in (False, True) if is_thorough or place in commits else (False,):
            found.points += 1
            states.number_on(compared.tables)
            with states.undone():
                with lit(Fuse(place, is_after)):
                    try:
                        act.begun()
                    except PowerIsOut:
                        connection.needs_rollback = (
                            False  # of a block without a savepoint, whose one statement was not done
                        )
                    else:
                        found.wrong.append(
                            f"no crash {_place(place, is_after, step)}: the act is not the same each time"
                        )
                left = compared.digest()
                if left not in (nothing, expected[0], after[0]) and left not in audited:
                    found.partial += 1
                    audited[left] = violated() - known
                    if audited[left]:
                        found.wrong.append(f"{_place(place, is_after, step)} leaves {sorted(audited[left])}")
                states.number_on(compared.tables)
                act()
                ended = compared.digest()
                if ended != expected[0] and not (ended == after[0] and left == expected[0]):
                    told = states.told(expected[1], compared.rows())
                    found.wrong.append(f"{_place(place, is_after, step)} and then again leads elsewhere:\n{told}")
    elsewhere = states.changed_since(before_counts) - set(compared.tables)
    if elsewhere:
        found.wrong.append(f"after a crash other tables were written: {sorted(elsewhere)}")


def _commits(steps: list[str]) -> frozenset[int]:
    """Return the steps after which something is committed: the outermost releases, and the last step in any case."""
    depth, found = 0, {len(steps)}
    for place, step in enumerate(steps, 1):
        depth += step.startswith("SAVEPOINT") - step.startswith("RELEASE")
        if not depth and step.lstrip()[:6].upper() not in ("SELECT", "SAVEPO"):
            found.add(place)
    return frozenset(found)


def _quietly(
    act: Act, compared: states.Compared, found: Enumerated
) -> tuple[tuple[tuple[str, ...], states.Rows], tuple[tuple[str, ...], states.Rows]]:
    """Return where the order leads when nothing happens, and where when it is then given once more."""
    states.number_on(compared.tables)
    with states.undone():
        act()
        expected = compared.digest(), compared.rows()
        connection.cursor().execute("set constraints all immediate")
        connection.cursor().execute("set constraints all deferred")
        states.number_on(compared.tables)
        with states.undone():
            again = act()
            after = compared.digest(), compared.rows()
    found.again = "anew" if after[0] != expected[0] and again == "same" else again
    if again != "same" and after[0] != expected[0]:
        found.wrong.append(f"given once more it {again}, and yet changes something")
    return expected, after


def violated() -> frozenset[str]:
    """Return what the audit finds in the state as it is now."""
    with states.undone():
        return frozenset(f"{one.number}: {one.name} {row}" for one in run_audit().violated for row in one.rows)


def _place(place: int, is_after: bool, step: str) -> str:
    return f"a crash {'after' if is_after else 'before'} step {place} ({' '.join(step.split())[:90]})"
