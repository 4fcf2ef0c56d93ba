"""What the agent, or the helper, remembers: statements by key, how far it has come, and how each one stands.

Each of the two has a file of its own, under its own account. Every change is one transaction that is on the disk
before it counts (WAL, synchronous FULL), so that a kill at any point leaves what was before or what came after. When
the disk is full a change is refused as `NotNow`, reading goes on, and the next try may succeed.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import RLock
from types import MappingProxyType
from typing import Literal

import msgspec

from servanda.drivers.node import NotNow, Plain
from servanda.faces.node.knowledge import Knowledge
from servanda.ground.nodes.documents import Position, fingerprint, hash_of
from servanda.ground.nodes.pauses import is_paused, without_ended_pauses
from servanda.ground.nodes.wanted import Document, NodeWarrant, Wanted, decode_statement, encode

# No wait for a next try is longer than this.
FURTHEST = timedelta(hours=12)

_TABLES = """
create table if not exists mark (name text primary key, value) without rowid;
create table if not exists statement (
    key text primary key, raw blob not null, fingerprint text not null, seq integer not null,
    settled text not null default '', outcome text not null default 'due', error text not null default '',
    tries integer not null default 0, not_before real not null default 0, facts blob not null default x'7b7d',
    looked real not null default 0, differences blob not null default x'5b5d', mends integer not null default 0,
    mended real not null default 0,     measured text not null default '', is_reported integer not null default 0
) without rowid;
create index if not exists statement_due on statement (outcome, not_before);
create index if not exists statement_looked on statement (looked);
create index if not exists statement_measured on statement (measured);
create index if not exists statement_reported on statement (is_reported);
create table if not exists trace (key text, fingerprint text, raw blob not null, primary key (key, fingerprint)) without rowid;
create table if not exists leave (
    key text, act text, raw blob not null, statement text not null, begun_at text not null default '',
    primary key (key, act)
) without rowid;
create table if not exists news (about text primary key, kind text not null, raw blob not null) without rowid;
"""

# Which act, under a leave of its own, brings a resource into a state.
ACTS: Mapping[str, Literal["quarantine", "purge"]] = {"quarantined": "quarantine", "purged": "purge"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one statement stands. `settled` is the fingerprint that was last settled, "" for none."""

    key: str
    fingerprint: str
    settled: str
    outcome: str  # due, as wanted, differs, failed (tried again at `not_before`), parked (a person must look)
    error: str
    tries: int
    not_before: float
    facts: Mapping[str, Plain]
    differences: bytes
    mends: int
    mended: float


@dataclass(frozen=True, slots=True)
class Leave:
    """A kept leave, the fingerprint of the statement that it came with, and whether its act has begun."""

    warrant: NodeWarrant
    statement: str
    begun_at: str


class State:
    """One file. `incarnation` is that of the node now; after another one the positions begin anew, all else stays."""

    def __init__(self, path: Path, *, incarnation: int = 0, may_write: bool = True) -> None:
        self._alone = RLock()
        mode = "rwc" if may_write else "ro"
        try:
            self._lines = sqlite3.connect(
                f"file:{path}?mode={mode}", uri=True, timeout=10, isolation_level=None, check_same_thread=False
            )
            if may_write:
                self._lines.execute("pragma journal_mode=wal")
                self._lines.execute("pragma synchronous=full")
                self._lines.executescript(_TABLES)
            rows = self._lines.execute("select raw from statement")
            self._known = Knowledge(decode_statement(raw) for (raw,) in rows)
        except sqlite3.OperationalError as error:
            raise NotNow(f"the state in {path} cannot be opened: {error}") from error
        if incarnation and self._mark("incarnation", 0) != incarnation:
            with self._writing():
                self._put("incarnation", incarnation)
                self._put("seq", 0)
                self._put("hash", "")

    def close(self) -> None:
        self._lines.close()

    @property
    def known(self) -> Knowledge:
        """Return the latest statements; the value follows every `take`."""
        return self._known

    @property
    def position(self) -> Position:
        return Position(seq=int(self._mark("seq", 0)), hash=str(self._mark("hash", "")))

    def take(self, document: Document, raw: bytes) -> tuple[str, ...]:
        """Keep an accepted document in one step and return the keys whose statement changed."""
        changed = tuple(one for one in document.resources if self._known.get(one.key) != one)
        with self._writing():
            for one in changed:
                content = encode(one)
                self._lines.execute(
                    "insert into statement (key, raw, fingerprint, seq) values (?1, ?2, ?3, ?4) on conflict (key) do update"
                    " set raw = ?2, fingerprint = ?3, seq = ?4, outcome = 'due', error = '', tries = 0, not_before = 0,"
                    " mends = 0, is_reported = 0",
                    (one.key, content, fingerprint(one), document.seq),
                )
            for one in document.resources:
                self._keep_leaves(one, document.warrants)
                self._note_pause(one, document.issued_at)
            self._put("seq", document.seq)
            self._put("hash", hash_of(raw))
        self._known.learn(changed)
        return tuple(one.key for one in changed)

    # What is settled, and what may have left traces.

    def due(self, now: datetime, *, limit: int = 20_000) -> tuple[str, ...]:
        """Return the keys that wait to be settled and may be tried now.

        A moment too far ahead was noted while the clock was wrong, and counts as passed.
        """
        rows = self._lines.execute(
            "select key from statement where outcome in ('due', 'failed', 'parked')"
            " and (not_before <= ?1 or not_before > ?1 + ?2) and (outcome <> 'parked' or not_before > 0) limit ?3",
            (now.timestamp(), FURTHEST.total_seconds(), limit),
        )
        return tuple(key for (key,) in rows)

    def outcome(self, key: str) -> Outcome | None:
        row = self._lines.execute(
            "select key, fingerprint, settled, outcome, error, tries, not_before, facts, differences, mends, mended"
            " from statement where key = ?",
            (key,),
        ).fetchone()
        if row is None:
            return None
        key, mark, settled, outcome, error, tries, not_before, facts, differences, mends, mended = row
        return Outcome(
            key=key,
            fingerprint=mark,
            settled=settled,
            outcome=outcome,
            error=error,
            tries=tries,
            not_before=not_before,
            facts=msgspec.json.decode(facts),
            differences=differences,
            mends=mends,
            mended=mended,
        )

    def counts(self) -> Mapping[str, int]:
        """Return how many statements stand in each outcome."""
        rows = self._lines.execute("select outcome, count(*) from statement group by outcome")
        return MappingProxyType(dict(rows.fetchall()))

    def keys(self, outcome: str) -> tuple[str, ...]:
        rows = self._lines.execute("select key from statement where outcome = ? order by key", (outcome,))
        return tuple(key for (key,) in rows)

    def traces(self, key: str) -> tuple[Wanted, ...]:
        """Return every statement on a resource that may have left something: the settled one, and each tried since."""
        rows = self._lines.execute("select raw from trace where key = ?", (key,))
        return tuple(decode_statement(raw) for (raw,) in rows)

    def begin(self, wanted: Wanted) -> None:
        """Remember, before anything is done, that this statement may leave traces."""
        mark = fingerprint(wanted)
        if self._lines.execute("select 1 from trace where key = ? and fingerprint = ?", (wanted.key, mark)).fetchone():
            return
        with self._writing():
            self._lines.execute("insert into trace values (?, ?, ?)", (wanted.key, mark, encode(wanted)))

    def settled(self, wanted: Wanted, facts: Mapping[str, Plain], *, now: datetime) -> None:
        """Record that a statement holds; the traces of those before it are gone."""
        mark = fingerprint(wanted)
        with self._writing():
            self._lines.execute("delete from trace where key = ? and fingerprint <> ?", (wanted.key, mark))
            self._lines.execute(
                "update statement set settled = ?2, outcome = 'as wanted', error = '', tries = 0, not_before = 0,"
                " facts = ?3, looked = ?4, differences = x'5b5d', is_reported = 0 where key = ?1 and fingerprint = ?2",
                (wanted.key, mark, msgspec.json.encode(facts), now.timestamp()),
            )

    def failed(self, wanted: Wanted, error: str, *, again_at: datetime) -> None:
        """Record that it did not work now, and when it is tried again."""
        self._not_settled(wanted, "failed", error, again_at.timestamp())

    def parked(self, wanted: Wanted, error: str, *, again_at: datetime | None = None) -> None:
        """Record that a person must look; without a moment it waits for the next statement."""
        self._not_settled(wanted, "parked", error, again_at.timestamp() if again_at else 0)

    def looked(self, wanted: Wanted, differences: bytes, *, outcome: str, mends: int, now: datetime) -> None:
        """Record what a look found: a list of differences as JSON. Only what is new is reported."""
        with self._writing():
            self._lines.execute(
                "update statement set looked = ?3, is_reported = is_reported and differences = ?4 and outcome = ?5,"
                " differences = ?4, outcome = ?5, mended = case when mends < ?6 then ?3 else mended end, mends = ?6"
                " where key = ?1 and fingerprint = ?2",
                (wanted.key, fingerprint(wanted), now.timestamp(), differences, outcome, mends),
            )

    def to_look_at(self, now: datetime, *, every: timedelta, limit: int) -> tuple[str, ...]:
        """Return settled resources that nobody has looked at for so long, the longest unseen first."""
        rows = self._lines.execute(
            "select key from statement where (looked < ?1 or looked > ?2) and outcome in ('as wanted', 'differs')"
            " order by looked limit ?3",
            ((now - every).timestamp(), now.timestamp(), limit),
        )
        return tuple(key for (key,) in rows)

    def to_measure(self, day: str, *, limit: int) -> tuple[str, ...]:
        rows = self._lines.execute("select key from statement where measured <> ? limit ?", (day, limit))
        return tuple(key for (key,) in rows)

    def measured(self, key: str, day: str) -> None:
        with self._writing():
            self._lines.execute("update statement set measured = ? where key = ?", (day, key))

    def unpark(self) -> None:
        """Let everything that is parked be tried once more: what stood in the way may be gone."""
        with self._writing():
            self._lines.execute("update statement set outcome = 'due', not_before = 0 where outcome = 'parked'")

    # Leaves for adverse acts.

    def leave(self, key: str, act: str) -> Leave | None:
        row = self._lines.execute(
            "select raw, statement, begun_at from leave where key = ? and act = ?", (key, act)
        ).fetchone()
        return Leave(msgspec.json.decode(row[0], type=NodeWarrant), row[1], row[2]) if row else None

    def warrant_of(self, key: str, act: str) -> str:
        """Return the warrant of the leave for an act that a signed statement asked for; empty when there is none."""
        found = self.leave(key, act)
        return found.warrant.warrant if found is not None else ""

    def begin_act(self, key: str, act: str, *, now: datetime) -> None:
        """Remember that an act under a leave has begun; from then on it may be ended however long that takes."""
        with self._writing():
            self._lines.execute(
                "update leave set begun_at = ? where key = ? and act = ? and begun_at = ''", (now.isoformat(), key, act)
            )

    # What is to be told.

    def tell(self, kind: str, about: str, raw: bytes) -> None:
        """Keep a piece of news until it was reported; a newer one on the same thing takes its place."""
        with self._writing():
            self._lines.execute("insert or replace into news values (?, ?, ?)", (f"{kind} {about}", kind, raw))

    def news(self, *, limit: int) -> tuple[tuple[str, str, bytes], ...]:
        rows = self._lines.execute("select about, kind, raw from news limit ?", (limit,))
        return tuple(rows.fetchall())

    def unreported(self, *, limit: int) -> tuple[str, ...]:
        rows = self._lines.execute(
            "select key from statement where is_reported = 0 and outcome <> 'due' order by key limit ?", (limit,)
        )
        return tuple(key for (key,) in rows)

    def told(self, outcomes: tuple[Outcome, ...], news: tuple[tuple[str, str, bytes], ...]) -> None:
        """Forget what a report has carried; what has changed since is told again."""
        with self._writing():
            self._lines.executemany(
                "update statement set is_reported = 1 where key = ? and fingerprint = ? and outcome = ? and differences = ?"
                " and error = ?",
                [(one.key, one.fingerprint, one.outcome, one.differences, one.error) for one in outcomes],
            )
            self._lines.executemany(
                "delete from news where about = ? and raw = ?", [(about, raw) for about, _, raw in news]
            )

    def next_number(self, name: str, now: datetime) -> int:
        """Return a number that was never given before: also not by a later state of which this is an older copy.

        It is at least the count of microseconds, so that a node put back to yesterday's copy goes on above today's.
        """
        with self._writing():
            number = max(int(self._mark(name, 0)) + 1, int(now.astimezone(UTC).timestamp() * 1_000_000))
            self._put(name, number)
        return number

    def keep(self, name: str, value: str | float) -> None:
        with self._writing():
            self._put(name, value)

    def kept(self, name: str, otherwise: str | float) -> str | float:
        return self._mark(name, otherwise)

    def served(self, wanted: Wanted, now: datetime) -> Wanted:
        """Return a statement as the node serves it now: without a pause for load that has lasted its time."""
        began = float(self._mark(f"paused {wanted.key}", 0))
        held_at = datetime.fromtimestamp(began, UTC) if began else None
        return without_ended_pauses(wanted, held_at=held_at, now=now)

    def _note_pause(self, wanted: Wanted, at: datetime) -> None:
        """Keep the moment of the document that first paused a resource for load, until one does not."""
        name = f"paused {wanted.key}"
        if is_paused(wanted):
            self._lines.execute("insert or ignore into mark values (?, ?)", (name, at.timestamp()))
        else:
            self._lines.execute("delete from mark where name = ?", (name,))

    def _keep_leaves(self, wanted: Wanted, leaves: tuple[NodeWarrant, ...]) -> None:
        """Keep the leave that this statement needs, and none for what it no longer asks for.

        What was purged keeps the leave of its quarantine beside: the keeper of copies acts under both.
        """
        act = ACTS.get(wanted.state)
        before = "quarantine" if act == "purge" else ""
        self._lines.execute("delete from leave where key = ? and act not in (?, ?)", (wanted.key, act or "", before))
        for leave in leaves:
            if (leave.key, leave.act) == (wanted.key, act):
                self._lines.execute(
                    "insert into leave (key, act, raw, statement) values (?1, ?2, ?3, ?4) on conflict (key, act) do update"
                    " set begun_at = case when raw = ?3 then begun_at else '' end, raw = ?3, statement = ?4",
                    (leave.key, leave.act, msgspec.json.encode(leave), fingerprint(wanted)),
                )

    def _not_settled(self, wanted: Wanted, outcome: str, error: str, not_before: float) -> None:
        with self._writing():
            self._lines.execute(
                "update statement set is_reported = is_reported and outcome = ?3 and error = ?4, outcome = ?3, error = ?4,"
                " tries = tries + 1, not_before = ?5 where key = ?1 and fingerprint = ?2",
                (wanted.key, fingerprint(wanted), outcome, error[:2000], not_before),
            )

    def _mark(self, name: str, otherwise: str | float) -> str | float:
        row = self._lines.execute("select value from mark where name = ?", (name,)).fetchone()
        return otherwise if row is None else row[0]

    def _put(self, name: str, value: str | float) -> None:
        self._lines.execute("insert or replace into mark values (?, ?)", (name, value))

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One transaction, one thread at a time. What the disk or a lock refuses is undone and told as `NotNow`."""
        with self._alone:
            try:
                self._lines.execute("begin immediate")
                yield
                self._lines.execute("commit")
            except sqlite3.OperationalError as error:
                self._undo()
                raise NotNow(f"the state was not written: {error}") from error
            except BaseException:
                self._undo()
                raise

    def _undo(self) -> None:
        if self._lines.in_transaction:
            self._lines.execute("rollback")
