"""The agent's part: it knows what is due, asks the helper's verbs for it, and tells what came of it. It has no rights."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from servanda.drivers.node import Broken, Known, NotNow, Plain, Privileges
from servanda.drivers.node.backups.decisions import copy_due, proof_due
from servanda.drivers.node.backups.errands import Desk
from servanda.drivers.node.backups.fetching import fetch, is_public
from servanda.drivers.node.backups.keeping import Shelf
from servanda.drivers.node.layout import Layout
from servanda.ground.nodes.kinds.backups import BackupPlan, Export, MoveIn, Restore
from servanda.ground.nodes.wanted import CopyNews, Difference, ErrandNews, Wanted

COPY, PROVE, GIVE, HAND, TAKE = "copy", "prove-copy", "give-back", "hand-out", "take-in"
CLEAR_ERRAND, CLEAR_PLAN = "clear-errand", "clear-plan"
LATE_HOURS = 24  # beyond the period: safeit-171 and compusoft-060 want an alarm when there is no good copy for so long


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class RoundOfCopies:
    """Makes the copies that are due, one after the other, and proves those whose night it is."""

    layout: Layout
    known: Known
    privileges: Privileges
    now: Callable[[], datetime] = _now
    most: int = 20  # plans in one round, so that other work of the agent gets its turn

    def round(self, tell: Callable[[CopyNews], None]) -> None:
        for plan in self._due_copies():
            self._copy(plan, tell)
        for plan in self._due_proofs():
            self._prove(plan, tell)
        for export in self._expired_exports():
            with suppress(NotNow, Broken):  # asked again in the next round
                self.privileges.do(HAND, export.key)

    def _due_copies(self) -> Sequence[BackupPlan]:
        due = [plan for plan in _plans(self.known) if self._is_copy_due(plan)]
        return sorted(due, key=lambda one: self._state(one).copied_at or datetime.min.replace(tzinfo=UTC))[: self.most]

    def _is_copy_due(self, plan: BackupPlan) -> bool:
        state = self._state(plan)
        return copy_due(
            plan=plan.plan,
            every_hours=plan.every_hours,
            copied_at=state.copied_at,
            tried_at=state.tried_at if state.tried_at != state.copied_at else None,
            now=self.now(),
        )

    def _due_proofs(self) -> Sequence[BackupPlan]:
        found = []
        for plan in _plans(self.known):
            state = self._state(plan)
            has_copy = state.copied_at is not None
            tried = state.proof_tried_at if state.proof_tried_at != state.proven_at else None
            if has_copy and proof_due(plan=plan.plan, proven_at=state.proven_at, tried_at=tried, now=self.now()):
                found.append(plan)
        return found[: self.most]

    def _expired_exports(self) -> Iterable[Export]:
        """Return the exports whose archive is to be removed; the verb that made it does so when it is asked again."""
        found = (one for one in self.known.of(Export) if isinstance(one, Export) and self.now() > one.kept_until)
        return [one for one in found if Desk(self.layout, one.errand).told().get("step") == "done"]

    def _copy(self, plan: BackupPlan, tell: Callable[[CopyNews], None]) -> None:
        try:
            told = self.privileges.do(COPY, plan.key)
        except NotNow:
            return  # tried again after a pause; the age of the last copy is what is looked at
        except Broken as error:
            tell(CopyNews(key=plan.key, what="broken", snapshot="", at=self.now(), detail=f"no copy: {error}"[:500]))
            return
        for what in ("files", "databases"):
            if f"{what}_snapshot" in told:
                tell(_made(plan, what, told))
        for snapshot in str(told.get("forgotten", "")).split():
            tell(CopyNews(key=plan.key, what="forgotten", snapshot=snapshot, at=self.now()))

    def _prove(self, plan: BackupPlan, tell: Callable[[CopyNews], None]) -> None:
        try:
            told = self.privileges.do(PROVE, plan.key)
        except NotNow:
            return
        except Broken as error:
            told = {"broken": str(error), "snapshot": ""}
        tell(
            CopyNews(
                key=plan.key,
                what="broken" if "broken" in told else "restored",
                snapshot=str(told.get("snapshot", "")),
                at=self.now(),
                seconds=int(told.get("milliseconds", 0)) / 1000,
                detail=str(told.get("broken") or _compared(told)),
            )
        )

    def _state(self, plan: BackupPlan) -> Any:
        return Shelf(self.layout, plan.plan).state()


@dataclass(frozen=True, slots=True)
class CopiesConverger:
    """Plans need nothing made before their first copy; what differs is that there is none, or that it is too old."""

    layout: Layout
    privileges: Privileges | None = None
    now: Callable[[], datetime] = _now
    kinds: tuple[type[Wanted], ...] = (BackupPlan,)

    def settle(self, wanted: Wanted, before: Wanted | None) -> Mapping[str, Plain]:
        """Return where the copies stand. What lies in the store is the keeper's to erase, also when a plan is purged."""
        assert isinstance(wanted, BackupPlan)
        if wanted.state == "purged" and self.privileges is not None:
            return self.privileges.do(CLEAR_PLAN, wanted.key)
        return {"target": wanted.target, "country": wanted.country}

    def look(self, wanted: Wanted) -> Sequence[Difference]:
        assert isinstance(wanted, BackupPlan)
        state = Shelf(self.layout, wanted.plan).state()
        if wanted.state != "kept":
            return []
        if state.copied_at is None:
            return [Difference(code="copy-missing")]
        age = int((self.now() - state.copied_at).total_seconds() // 3600)
        if age > wanted.every_hours + LATE_HOURS:
            return [Difference(code="copy-too-old", wanted=f"{wanted.every_hours} h", found=f"{age} h")]
        return []


@dataclass(frozen=True, slots=True)
class CopyErrands:
    """Restores, exports and moves: asked of the helper, watched while they run, told as they go."""

    layout: Layout
    privileges: Privileges
    look_seconds: float = 1.0
    may_reach: Callable[[str], bool] = is_public
    kinds: tuple[type[Wanted], ...] = field(default=(Restore, Export, MoveIn))

    def run(self, wanted: Wanted, tell: Callable[[ErrandNews], None]) -> None:
        """Do an errand to its end. Raises NotNow when it shall be tried again; what is broken for good is told as failed."""
        assert isinstance(wanted, Restore | Export | MoveIn)
        try:
            if wanted.state == "purged":
                tell(ErrandNews(key=wanted.key, state="done", step="cleared", percent=100, result=self._clear(wanted)))
                return
            if isinstance(wanted, MoveIn):
                self._fetch(wanted, tell)
            result = self._watched(wanted, tell)
            if isinstance(wanted, MoveIn):
                result = {**result, **self._cleared_inbox(wanted)}
        except Broken as error:
            tell(ErrandNews(key=wanted.key, state="failed", step="failed", result={"reason": str(error)[:500]}))
            return
        tell(ErrandNews(key=wanted.key, state="done", step="done", percent=100, result=result))

    def _clear(self, wanted: Restore | Export | MoveIn) -> Mapping[str, Plain]:
        return self.privileges.do(CLEAR_ERRAND, wanted.key)

    def _watched(self, wanted: Restore | Export | MoveIn, tell: Callable[[ErrandNews], None]) -> Mapping[str, Plain]:
        verb = GIVE if isinstance(wanted, Restore) else HAND if isinstance(wanted, Export) else TAKE
        ended, outcome = threading.Event(), _Outcome()

        def ask() -> None:
            try:
                outcome.result = self.privileges.do(verb, wanted.key)
            except BaseException as error:  # carried over to the thread that waits
                outcome.error = error
            finally:
                ended.set()

        threading.Thread(target=ask, daemon=True).start()
        desk, last = Desk(self.layout, wanted.errand), ""
        while not ended.wait(self.look_seconds):
            news = desk.told()
            if news and str(news) != last:
                last = str(news)
                tell(ErrandNews(key=wanted.key, state="running", step=str(news["step"]), percent=int(news["percent"])))
        if outcome.error is not None:
            raise outcome.error
        return outcome.result

    def _fetch(self, wanted: MoveIn, tell: Callable[[ErrandNews], None]) -> None:
        target = self.layout.inbox / wanted.errand
        if wanted.source is None or target.exists():
            return
        try:
            word = (self.layout.inbox / f"{wanted.errand}.word").read_text().rstrip("\n")
        except FileNotFoundError as error:
            raise NotNow("the password of the other server has not been handed over yet") from error
        last = [time.monotonic()]

        def count(files: int) -> None:
            if time.monotonic() - last[0] > self.look_seconds:
                last[0] = time.monotonic()
                tell(ErrandNews(key=wanted.key, state="running", step="fetching", percent=5, result={"files": files}))

        left_out = fetch(wanted.source, word, target, tell=count, may_reach=self.may_reach)
        if left_out:
            self._note(wanted).write_text(str(left_out))

    def _note(self, wanted: MoveIn) -> Path:
        return self.layout.inbox / f"{wanted.errand}.left"

    def _cleared_inbox(self, wanted: MoveIn) -> Mapping[str, Plain]:
        """Take away what was fetched for a move that is done, and return how many links were left out of it."""
        if wanted.source is None:
            return {}
        note = self._note(wanted)
        told: dict[str, Plain] = {"links_left_out": int(note.read_text())} if note.exists() else {}
        for path in (note, self.layout.inbox / wanted.errand, self.layout.inbox / f"{wanted.errand}.word"):
            path.unlink(missing_ok=True)
        return told


@dataclass
class _Outcome:
    result: Mapping[str, Plain] = field(default_factory=dict)
    error: BaseException | None = None


def _plans(known: Known) -> Sequence[BackupPlan]:
    return [one for one in known.of(BackupPlan) if isinstance(one, BackupPlan) and one.state == "kept"]


def _made(plan: BackupPlan, what: str, told: Mapping[str, Plain]) -> CopyNews:
    return CopyNews(
        key=plan.key,
        what="made",
        snapshot=str(told[f"{what}_snapshot"]),
        at=datetime.fromisoformat(str(told["at"])),
        size_bytes=int(told[f"{what}_bytes"]),
        seconds=int(told["milliseconds"]) / 1000,
        detail=what,
    )


def _compared(told: Mapping[str, Plain]) -> str:
    """Say what was compared, as figures that pages have words for."""
    return " ".join(
        f"{name}={told[name]}" for name in sorted(told) if name.endswith(("_compared", "_changed_meanwhile"))
    )
