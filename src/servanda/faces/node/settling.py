"""Making the node agree with one statement at a time, and looking whether it still does.

A statement that cannot be settled stands in nobody's way. What needs something that is away is tried again, later and
later; what cannot be done as told is parked, reported, and tried again a few times a day in case a person has mended
what was in the way. Before anything is done the statement is noted as one that may have left traces, so that the one
after it knows of all that was begun.
"""

import logging
from collections.abc import Sequence
from datetime import timedelta

import msgspec

from servanda.drivers.node import Broken, Converger, NotNow, VerbRefused
from servanda.faces.node.clockwatch import Clocks, ClockWatch
from servanda.faces.node.order import is_worse
from servanda.faces.node.state import State
from servanda.ground.nodes.documents import fingerprint
from servanda.ground.nodes.wanted import Difference, Wanted

log = logging.getLogger(__name__)

FIRST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(minutes=5)
PARKED_WAIT = timedelta(hours=6)
LOOK_EVERY = timedelta(minutes=10)
# A difference that comes back this often within a day is no accident: a person must look.
MENDS_MAX = 5
MENDS_FORGOTTEN = timedelta(days=1)


class Settler:
    """Settles and looks; `convergers` are asked for by kind."""

    def __init__(self, state: State, convergers: Sequence[Converger], clocks: Clocks, watch: ClockWatch) -> None:
        self._state, self._clocks, self._watch = state, clocks, watch
        self._by_kind = {kind: one for one in convergers for kind in one.kinds}

    def settle(self, key: str) -> None:
        """Try to settle the latest statement on a resource, and record how that went. Raises NotNow on a full disk."""
        wanted = self._state.known[key]
        traces = self._state.traces(key)
        if (doubt := self._watch.doubt()) and is_worse(wanted, traces):
            self._state.parked(wanted, f"clock: {doubt}", again_at=self._clocks.now() + FIRST_WAIT)
            return
        converger = self._by_kind.get(type(wanted))
        if converger is None:
            self._state.parked(wanted, f"this node has nothing that serves a {key.partition('/')[0]}")
            return
        self._state.begin(wanted)
        try:
            facts = _settled_by(converger, self._state.served(wanted, self._clocks.now()), traces)
        except (NotNow, VerbRefused, Broken) as error:
            self._note(wanted, error)
        except Exception as error:  # one subject's fault keeps no other waiting
            log.exception("settling %s", key)
            self._note(wanted, Broken(f"fault: {type(error).__name__}: {error}"))
        else:
            self._state.settled(wanted, facts, now=self._clocks.now())

    def look(self, key: str) -> None:
        """Compare one settled resource with its statement; mend it when it differs, unless that never lasts."""
        wanted = self._state.known[key]
        outcome = self._state.outcome(key)
        converger = self._by_kind.get(type(wanted))
        if outcome is None or converger is None:
            return
        try:
            found = converger.look(self._state.served(wanted, self._clocks.now()))
        except (NotNow, VerbRefused, Broken) as error:
            found = (Difference(code="not-looked", found=str(error)[:200]),)
        except Exception as error:
            log.exception("looking at %s", key)
            found = (Difference(code="not-looked", found=f"fault: {type(error).__name__}"),)
        now = self._clocks.now()
        is_calm = now.timestamp() - outcome.mended > MENDS_FORGOTTEN.total_seconds()
        mends = 0 if is_calm else outcome.mends
        if not found:
            self._state.looked(wanted, b"[]", outcome="as wanted", mends=mends, now=now)
            return
        may_mend = mends < MENDS_MAX and wanted.state == "kept" and found[0].code != "not-looked"
        raw = msgspec.json.encode(found)
        self._state.looked(wanted, raw, outcome="differs", mends=mends + may_mend, now=now)
        if may_mend:
            self.mend(wanted, found)

    def mend(self, wanted: Wanted, found: Sequence[Difference]) -> None:
        """Settle again what was found different, and keep what that was for the report."""
        log.info("mending %s: %s", wanted.key, ", ".join(one.code for one in found))
        self.settle(wanted.key)
        after = self._state.outcome(wanted.key)
        if after is not None and after.outcome == "as wanted":
            self._state.looked(
                wanted, msgspec.json.encode(found), outcome="as wanted", mends=after.mends, now=self._clocks.now()
            )

    def _note(self, wanted: Wanted, error: NotNow | VerbRefused | Broken) -> None:
        outcome = self._state.outcome(wanted.key)
        tries = outcome.tries if outcome else 0
        now = self._clocks.now()
        if isinstance(error, NotNow):
            wait = min(FIRST_WAIT * 2 ** min(tries, 20), LONGEST_WAIT)
            self._state.failed(wanted, str(error), again_at=now + wait)
        else:
            self._state.parked(wanted, str(error), again_at=now + PARKED_WAIT)


def _settled_by(converger: Converger, wanted: Wanted, traces: Sequence[Wanted]) -> dict[str, str | int | bool]:
    """Settle against each statement that may have left something; the last answer has the facts."""
    others = [one for one in traces if fingerprint(one) != fingerprint(wanted)]
    befores: Sequence[Wanted | None] = others or ([wanted] if traces else [None])
    facts: dict[str, str | int | bool] = {}
    for before in befores:
        facts = dict(converger.settle(wanted, before))
    return facts
