"""What of the wishes is signed now, in which documents, and what waits for what reason? Pure.

What restores or changes nothing for the worse goes first and in documents of its own, so nothing adverse can delay it.
What makes a resource worse needs its ground, the brake off, a day that is within the normal range, and goes in
documents no larger than what a node takes at once. A quarantine needs a warrant; a purge needs a second one, the
signer's own record of a quarantine that is old enough, and a copy that was made after it had been decided.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from servanda.business.nodes.facts import Ground, Leave, Signed, StoredWish
from servanda.ground.nodes.documents import WORSE_AT_LEAST, WORSE_SHARE
from servanda.ground.nodes.kinds.base import Worsening
from servanda.ground.nodes.wanted import NodeWarrant, Wanted

STATEMENTS_AT_ONCE = 1000
# The shortest time that any of the terms or the law leaves between a quarantine and the end of the data, made shorter by
# nobody: the signer counts it from its own record.
QUARANTINE_DAYS_MIN = 14
# So much may get worse on one node in a day before a person is asked: this many, or this part of what it has.
WORSE_A_DAY_AT_LEAST = 20
WORSE_A_DAY_SHARE = 0.05
WARRANTED_CAUSES = frozenset({"payment", "abuse", "load", "breach"})
# A final copy may be so much older than the quarantine: it is the last one that was made while the service ran.
FINAL_COPY_AGE = timedelta(days=2)
_HAS_DATA = frozenset({"site", "database", "mail-domain", "mailbox"})
# What a node builds first, so that what leans on it finds it.
_ORDER = ("site", "login", "database", "mail-domain", "mailbox", "mail-alias", "zone", "certificate", "backup")
LIFE = timedelta(days=7)
LIFE_ADVERSE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A copy that is known to lie in the store."""

    snapshot: str
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """All that the signer knows of one node when it decides."""

    today: date  # of the company
    now: datetime
    is_braked: bool
    known: Mapping[str, Signed]  # of the resources that are wished for
    known_count: int  # of all resources of the node
    leaves: Mapping[str, Leave]  # by the warrant's key
    snapshots: Mapping[str, Snapshot]  # by subject: the newest copy that lies in the store
    alone: frozenset[str] = frozenset()  # keys that go in a document of their own, after a node refused a batch
    refused: Mapping[str, str] = field(default_factory=dict)  # by fingerprint: why the node will not take it
    worse_today: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One statement of a document to be signed, and its leave where it needs one."""

    wish: StoredWish
    worse: Worsening
    warrant: NodeWarrant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """A wish that is not signed now. `reason` is a code that the pages have words for."""

    wish: StoredWish
    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batches:
    """What to sign, in this order, and what waits."""

    documents: tuple[tuple[Part, ...], ...]
    parked: tuple[Parked, ...]


def batches(wishes: Sequence[StoredWish], standing: Standing) -> Batches:
    """Return the documents to sign for one node. Statements that are signed already take no part."""
    good: list[Part] = []
    worse: list[Part] = []
    parked: list[Parked] = []
    for wish in wishes:
        known = standing.known.get(wish.wish.key)
        if known is not None and known.fingerprint == wish.fingerprint:
            continue
        part = _judged(wish, known, standing)
        if isinstance(part, Parked):
            parked.append(part)
        elif part is not None:
            (worse if part.worse else good).append(part)
    good.sort(key=lambda part: _rank(part.wish.wish.key))
    room = max(0, worse_a_day(standing.known_count) - standing.worse_today)
    parked += [Parked(wish=part.wish, reason="too much today") for part in worse[room:]]
    limit = max(WORSE_AT_LEAST, int(WORSE_SHARE * standing.known_count))
    documents = (*_cut(good, STATEMENTS_AT_ONCE, standing.alone), *_cut(worse[:room], limit, standing.alone))
    return Batches(documents=documents, parked=tuple(parked))


def worse_a_day(known: int) -> int:
    """Return how much may get worse on a node in one day before a person is asked."""
    return max(WORSE_A_DAY_AT_LEAST, int(WORSE_A_DAY_SHARE * known))


def _cut(parts: list[Part], size: int, alone: frozenset[str]) -> tuple[tuple[Part, ...], ...]:
    single = [(part,) for part in parts if part.wish.wish.key in alone]
    rest = [part for part in parts if part.wish.wish.key not in alone]
    return (*(tuple(rest[at : at + size]) for at in range(0, len(rest), size)), *single)


def _judged(wish: StoredWish, known: Signed | None, standing: Standing) -> Part | Parked | None:
    if wish.fingerprint in standing.refused:
        return Parked(wish=wish, reason="refused by node", detail=standing.refused[wish.fingerprint])
    before = known.statement if known is not None else None
    statement = wish.wish.statement
    if before is not None and getattr(before, "tenant", None) != getattr(statement, "tenant", None):
        return Parked(wish=wish, reason="moved")
    worse = statement.worsening(before)
    if worse is Worsening.NOT:
        if before is None and statement.state != "kept":
            return None  # the node never had it, so there is nothing to remove
        return Part(wish=wish, worse=worse)
    if standing.is_braked:
        return Parked(wish=wish, reason="braked")
    assert before is not None
    assert known is not None
    if worse is Worsening.HELD:
        return _held(wish, before, standing)
    return _removed(wish, known, worse, standing)


def _held(wish: StoredWish, before: Wanted, standing: Standing) -> Part | Parked:
    """A hold needs the warrant that placed it; taking something away needs somebody who ordered it."""
    new = {hold.cause for hold in wish.wish.statement.holds} - {hold.cause for hold in before.holds}
    for cause in sorted(new & WARRANTED_CAUSES):
        ground = _ground(wish, "hold", cause=cause)
        if ground is None or ground.warrant not in standing.leaves:
            return Parked(wish=wish, reason="no warrant", detail=f"hold {cause}")
    has_order = _ground(wish, "change") is not None or any(
        ground.act == "hold" and ground.warrant in standing.leaves for ground in wish.wish.grounds
    )
    if wish.wish.statement.takes_from(before) and not has_order:
        return Parked(wish=wish, reason="no order")
    return Part(wish=wish, worse=Worsening.HELD)


def _removed(wish: StoredWish, known: Signed, worse: Worsening, standing: Standing) -> Part | Parked:
    act = "purge" if worse is Worsening.PURGED else "quarantine"
    ground = _ground(wish, act)
    leave = standing.leaves.get(ground.warrant) if ground is not None else None
    if leave is None or leave.subject != wish.wish.subject or not leave.act.endswith(_ACTS[act]):
        return Parked(wish=wish, reason="no warrant", detail=act)
    if not leave.not_before <= standing.today < leave.expires_on:
        return Parked(wish=wish, reason="warrant not of today", detail=leave.key)
    snapshot = None
    if act == "purge":
        if known.statement.state != "quarantined":
            return Parked(wish=wish, reason="no quarantine")
        days = (standing.today - known.signed_on).days
        if days < QUARANTINE_DAYS_MIN:
            return Parked(wish=wish, reason="quarantine too young", detail=str(days))
        copy = standing.snapshots.get(wish.wish.subject)
        if kind_of(wish.wish.key) in _HAS_DATA:
            if copy is None or copy.made_at < known.signed_at - FINAL_COPY_AGE:
                return Parked(wish=wish, reason="no final copy")
            snapshot = copy.snapshot
    warrant = NodeWarrant(
        warrant=leave.key.lower().replace(".", "-"),
        act="purge" if act == "purge" else "quarantine",
        key=wish.wish.key,
        fingerprint=known.fingerprint,
        clause=leave.clause,
        not_before=standing.now - LIFE_ADVERSE,
        not_after=standing.now + LIFE_ADVERSE,
        final_snapshot=snapshot,
    )
    return Part(wish=wish, worse=worse, warrant=warrant)


# How the evidence of an act that a warrant allows ends (data.purged, service.quarantined, part.removed).
_ACTS = {"purge": (".purged",), "quarantine": (".quarantined", ".removed")}


def _rank(key: str) -> int:
    kind = kind_of(key)
    return _ORDER.index(kind) if kind in _ORDER else len(_ORDER)


def kind_of(key: str) -> str:
    """Return the kind of statement that a key is of."""
    return key.partition("/")[0]


def _ground(wish: StoredWish, act: str, *, cause: str = "") -> Ground | None:
    grounds = (ground for ground in wish.wish.grounds if ground.act == act)
    return next((ground for ground in grounds if not cause or ground.cause == cause), None)
