"""The agent: takes what the control plane has signed, settles it, looks again, and tells what it found.

It has no privileges. It never removes anything because a document is missing, late or silent: what it knows stays until
a newer statement on the same resource comes. When the control plane is away it goes on looking and mending.
"""

import logging
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from servanda.drivers.node import Broken, Metering, NotNow, VerbRefused, Watching
from servanda.drivers.nodelink import Link, LinkAway, LinkRefused
from servanda.faces.node.clockwatch import Clocks, ClockWatch
from servanda.faces.node.errands import COPIES, COPIES_EVERY, Children
from servanda.faces.node.installed import Installation
from servanda.faces.node.order import ERRANDS, in_order
from servanda.faces.node.privileges import HelperLine
from servanda.faces.node.reporting import Reporter, facts_of_node
from servanda.faces.node.settling import LOOK_EVERY, Settler
from servanda.faces.node.state import State
from servanda.faces.node.words import Words
from servanda.ground.nodes.documents import DocumentRefused, Trust, accept, verified
from servanda.ground.nodes.wanted import Measurement, RefusalNews

log = logging.getLogger(__name__)

POLL_SECONDS = 25.0
AWAY_SECONDS_MAX = 60.0
REFUSED_SECONDS = 15.0
# How long one kind of work may go on before the others get their turn.
BUDGET_SECONDS = 2.0
LOOKS_A_ROUND = 20
MEASURES_A_ROUND = 5
WATCH_EVERY = timedelta(minutes=1)


@dataclass(slots=True)
class Agent:
    """One round after the other; nothing in it waits for the control plane, which a thread of its own asks."""

    installation: Installation
    trust: Trust
    state: State
    helper: HelperLine
    settler: Settler
    reporter: Reporter
    children: Children
    watch: ClockWatch
    clocks: Clocks
    meterings: Sequence[Metering] = ()
    watchings: Sequence[Watching] = ()
    has_copies: bool = False
    words: Words | None = None
    waiting: list[bytes] = field(default_factory=list)  # documents that the helper could not take yet
    helper_seq: int | None = None
    copied_at: datetime | None = None
    watched_at: datetime | None = None
    trouble: str = ""

    @property
    def after(self) -> int:
        """Return the number after which documents are asked for: agent and helper must both have come so far."""
        seq = self.state.position.seq
        return seq if self.helper_seq is None else min(seq, self.helper_seq)

    def take(self, documents: Sequence[bytes]) -> None:
        """Take documents in order. Those that cannot be handed over now wait; a refused one is reported."""
        self.waiting.extend(raw for raw in documents if raw not in self.waiting)
        while self.waiting:
            try:
                self._take_one(self.waiting[0])
            except DocumentRefused as error:
                self._note_refusal(error)
            self.waiting.pop(0)

    def round(self) -> bool:
        """Do a part of everything that is due; tell whether more waits. A full disk ends the round, not the agent."""
        self.trouble = ""
        more = False
        for step in (
            self._catch_up,
            self._settle,
            self._errands,
            self._look,
            self._measure,
            self._watch,
            self._copies,
            self._report,
        ):
            try:
                more = bool(step()) or more
            except NotNow as error:
                self.trouble = str(error)
                log.warning("%s", error)
        return more

    def _take_one(self, raw: bytes) -> None:
        now = self.clocks.now()
        self.watch.doubt()
        try:
            document = accept(raw, self.trust, self.state.position, self.state.known, now=now)
        except DocumentRefused as error:
            if error.reason == "old" and self.helper_seq is not None and error.seq > self.helper_seq:
                self.helper_seq = self.helper.accept(raw)
            elif error.reason != "old":
                raise
            return
        self.helper_seq = self.helper.accept(raw)
        self.state.take(document, raw)
        self.watch.confirm(document.issued_at)
        log.info("took document %s with %s statements", document.seq, len(document.resources))

    def _note_refusal(self, error: DocumentRefused) -> None:
        log.warning("refused document %s: %s", error.seq, error)
        if error.detail.startswith("helper:"):
            self.helper_seq = None  # it may have been put back to an older copy: ask where it is
        news = RefusalNews(seq=error.seq, reason=error.reason, detail=error.detail[:500])
        self.state.tell("refusal", f"{error.seq} {error.reason}", msgspec.json.encode(news))

    def _catch_up(self) -> bool:
        if self.helper_seq is None:
            self.helper_seq = self.helper.seq()
        if self.waiting:
            self.take(())
        return False

    def _settle(self) -> bool:
        """Settle what is due, in order, for a while."""
        until = self.clocks.seconds() + BUDGET_SECONDS
        due = in_order(self.state.known[key] for key in self.state.due(self.clocks.now()))
        for done, wanted in enumerate(one for one in due if not isinstance(one, ERRANDS)):
            if self.clocks.seconds() > until and done:
                return True
            self.settler.settle(wanted.key)
        return False

    def _errands(self) -> bool:
        has_heard = self.children.collect()
        if has_heard and self.words is not None:
            self.words.forget(self._has_ended)
        now = self.clocks.now()
        for key in self.state.due(now):
            wanted = self.state.known[key]
            if not isinstance(wanted, ERRANDS) or self._refuse_errand(key):
                continue
            if self.words is None or self.words.is_ready(wanted, now=now):
                self.children.start(key)
        return has_heard

    def _has_ended(self, errand: str) -> bool:
        """Tell whether nothing is to be done any more for an errand that this node knows."""
        keys = [f"{kind}/{errand}" for kind in ("move-in", "mail-import")]
        outcomes = [one for key in keys if (one := self.state.outcome(key)) is not None]
        return bool(outcomes) and all(one.outcome in ("as wanted", "parked") for one in outcomes)

    def _refuse_errand(self, key: str) -> bool:
        """An errand that was taken back is not begun; one already done is not done again."""
        wanted = self.state.known[key]
        if wanted.is_served:
            return False
        self.state.settled(wanted, {}, now=self.clocks.now())
        return True

    def _look(self) -> bool:
        until = self.clocks.seconds() + BUDGET_SECONDS / 4
        keys = self.state.to_look_at(self.clocks.now(), every=LOOK_EVERY, limit=LOOKS_A_ROUND)
        for key in keys:
            if isinstance(self.state.known[key], ERRANDS):
                continue
            self.settler.look(key)
            if self.clocks.seconds() > until:
                break
        return len(keys) == LOOKS_A_ROUND

    def _measure(self) -> bool:
        """Measure a few resources that were not measured today (UTC); the control plane knows which day counts."""
        day = self.clocks.now().date().isoformat()
        keys = self.state.to_measure(day, limit=MEASURES_A_ROUND) if self.meterings else ()
        for key in keys:
            for metering in self.meterings:
                try:
                    for one in metering.measure(self.state.known[key], day=day):
                        self._tell(one)
                except (NotNow, Broken, VerbRefused) as error:
                    log.warning("measuring %s: %s", key, error)
            self.state.measured(key, day)
        return len(keys) == MEASURES_A_ROUND

    def _watch(self) -> bool:
        """Let what watches all the time take a sample each minute, and tell what stands out."""
        now = self.clocks.now()
        if self.watched_at is not None and timedelta() <= now - self.watched_at < WATCH_EVERY:
            return False
        self.watched_at = now
        for watching in self.watchings:
            try:
                for one in watching.watch(self.state.known, now=now):
                    self._tell(one)
            except (NotNow, Broken) as error:
                log.warning("watching: %s", error)
        return False

    def _tell(self, one: Measurement) -> None:
        """Keep a measurement until it was reported; a newer one of the same figures takes its place, no other."""
        about = f"{one.key} {one.day} {min(one.figures, default='')}"
        self.state.tell("measurement", about, msgspec.json.encode(one))

    def _copies(self) -> bool:
        now = self.clocks.now()
        is_due = self.copied_at is None or not timedelta() <= now - self.copied_at < COPIES_EVERY
        if self.has_copies and is_due and self.children.start(COPIES):
            self.copied_at = now
        return False

    def _report(self) -> bool:
        now = self.clocks.now()
        if not self.reporter.is_due(now):
            return False
        facts = facts_of_node(self.installation)
        if doubt := self.watch.doubt():
            facts["clock"] = doubt
        if self.helper_seq is None:
            facts["helper"] = "away"
        return self.reporter.send(accepted=self.after, facts=facts, now=now)


def run(agent: Agent, link: Link, *, is_over: Callable[[], bool] = lambda: False) -> None:
    """Go on until told. One thread asks for documents; rounds follow each other while there is work, else each second."""
    documents: queue.Queue[Sequence[bytes]] = queue.Queue(maxsize=1)
    threading.Thread(target=_ask, args=(agent, link, documents, is_over), daemon=True).start()
    has_more = False
    while not is_over():
        try:
            news = documents.get(timeout=0.01 if has_more else 1.0)
            agent.take(news)
        except queue.Empty:
            pass
        except NotNow as error:
            agent.helper_seq = None
            log.warning("%s", error)
        has_more = agent.round()
    agent.children.stop()


def _ask(agent: Agent, link: Link, documents: "queue.Queue[Sequence[bytes]]", is_over: Callable[[], bool]) -> None:
    pause = threading.Event()
    away = 0
    while not is_over():
        try:
            found = link.documents(after=agent.after, wait_seconds=POLL_SECONDS)
            away = 0
        except NotNow as error:  # our own disk is full
            log.warning("not asked: %s", error)
            pause.wait(2.0)
            continue
        except (LinkAway, LinkRefused) as error:
            away += 1
            log.warning("the control plane is away: %s", error)
            pause.wait(min(2.0 ** min(away, 6), AWAY_SECONDS_MAX))
            continue
        if found:
            documents.put(found)
            _wait_until_taken(agent, found, pause)


def _wait_until_taken(agent: Agent, found: Sequence[bytes], pause: threading.Event) -> None:
    """Do not ask for the same again while it is being taken; what is refused is asked for again after a while."""
    last = max(verified_seq(raw, agent.trust) for raw in found)
    until = agent.clocks.seconds() + REFUSED_SECONDS
    while agent.after < last and agent.clocks.seconds() < until:
        pause.wait(0.05)


def verified_seq(raw: bytes, trust: Trust) -> int:
    try:
        return verified(raw, trust).seq
    except DocumentRefused:
        return 0
