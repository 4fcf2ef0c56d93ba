"""What was sent and received: in memory for decisions, in SQLite to survive a restart and for the metering."""

import sqlite3
from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from servanda.ground.calendar import legal_day

HOUR, DAY, WEEK = 3600, 86_400, 7 * 86_400
_GRAIN = 300  # a window moves in steps of five minutes
_UNWRITTEN_MAX = 10_000

SCHEMA = """
CREATE TABLE IF NOT EXISTS sent (
    sender TEXT NOT NULL, since INTEGER NOT NULL, recipients INTEGER NOT NULL, PRIMARY KEY (sender, since)
) STRICT;
CREATE TABLE IF NOT EXISTS daily (
    address TEXT NOT NULL, day TEXT NOT NULL, messages_sent INTEGER NOT NULL DEFAULT 0,
    recipients_sent INTEGER NOT NULL DEFAULT 0, sent_bytes INTEGER NOT NULL DEFAULT 0,
    messages_received INTEGER NOT NULL DEFAULT 0, received_bytes INTEGER NOT NULL DEFAULT 0,
    limited INTEGER NOT NULL DEFAULT 0, refused INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (address, day)
) STRICT;
CREATE INDEX IF NOT EXISTS daily_of_day ON daily (day);
"""
FIGURES = (
    "messages_sent", "recipients_sent", "sent_bytes", "messages_received", "received_bytes", "limited", "refused",
)  # fmt: skip
KEPT_DAYS = 40

_Statement = tuple[str, tuple[str | int, ...]]


@dataclass(slots=True)
class _Step:
    since: int
    recipients: int


class Counts:
    """The counts of one node. Every change is in memory at once, and in the file when the file can be written."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._link: sqlite3.Connection | None = None
        self._steps: defaultdict[str, deque[_Step]] = defaultdict(deque)
        self._unwritten: deque[_Statement] = deque(maxlen=_UNWRITTEN_MAX)

    def open(self, *, now: float) -> None:
        """Read what was sent within the last week. Raises sqlite3.Error when the file cannot be read."""
        link = self._linked()
        rows = link.execute("SELECT sender, since, recipients FROM sent WHERE since>? ORDER BY since", (now - WEEK,))
        for sender, since, recipients in rows.fetchall():
            self._steps[sender].append(_Step(since, recipients))

    def sent_within(self, sender: str, seconds: int, *, now: float) -> int:
        """Return to how many recipients a sender's messages went within the time before now."""
        steps = self._steps.get(sender)
        if not steps:
            return 0
        while steps and steps[0].since <= now - _kept(sender):
            steps.popleft()
        return sum(step.recipients for step in steps if step.since > now - seconds)

    def add_sent(self, sender: str, *, recipients: int, size: int, now: float) -> None:
        since, week = int(now) // _GRAIN * _GRAIN, week_of(sender.rpartition("@")[2])
        for name in (sender, week):
            self._step(name, since, recipients)
        self._write(
            _sent(sender, since, recipients),
            _sent(week, since, recipients),
            _daily(sender, now, messages_sent=1, recipients_sent=recipients, sent_bytes=size),
        )

    def add_received(self, addresses: Iterable[str], *, size: int, now: float) -> None:
        self._write(
            *(_daily(one, now, messages_received=1, received_bytes=size) for one in addresses),
        )

    def add_alike(self, name: str, *, recipients: int, now: float) -> None:
        """Count the recipients of messages with one content, under a name that is no address."""
        since = int(now) // _GRAIN * _GRAIN
        self._step(name, since, recipients)
        self._write(_sent(name, since, recipients))

    def add_limited(self, sender: str, *, now: float) -> None:
        self._write(_daily(sender, now, limited=1))

    def add_refused(self, sender: str, *, now: float) -> None:
        self._write(_daily(sender, now, refused=1))

    def forget(self, *, now: float) -> None:
        """Drop what no window and no report needs any more."""
        oldest = legal_day(datetime.fromtimestamp(now - KEPT_DAYS * DAY, UTC)).isoformat()
        self._write(
            ("DELETE FROM sent WHERE since<=? AND sender NOT LIKE 'week/%'", (int(now) - DAY,)),
            ("DELETE FROM sent WHERE since<=?", (int(now) - WEEK,)),
            ("DELETE FROM daily WHERE day<?", (oldest,)),
        )
        gone = [one for one, steps in self._steps.items() if not steps or steps[-1].since <= now - _kept(one)]
        for sender in gone:
            del self._steps[sender]

    def _step(self, sender: str, since: int, recipients: int) -> None:
        steps = self._steps[sender]
        if steps and steps[-1].since >= since:
            steps[-1].recipients += recipients
        else:
            steps.append(_Step(since, recipients))

    def _write(self, *statements: _Statement) -> None:
        """Write now what can be written; what cannot stays in memory and is written with the next."""
        self._unwritten.extend(statements)
        try:
            link = self._linked()
            link.execute("BEGIN IMMEDIATE")
            try:
                for statement, values in self._unwritten:
                    link.execute(statement, values)
                link.execute("COMMIT")
            except sqlite3.Error:
                if link.in_transaction:
                    link.execute("ROLLBACK")
                raise
        except sqlite3.Error:
            self._drop_link()
            return
        self._unwritten.clear()

    def _linked(self) -> sqlite3.Connection:
        if self._link is None:
            link = sqlite3.connect(self._path, timeout=0.5, isolation_level=None)
            link.execute("PRAGMA journal_mode=WAL")
            link.execute("PRAGMA synchronous=NORMAL")
            link.executescript(SCHEMA)
            self._link = link
        return self._link

    def _drop_link(self) -> None:
        if self._link is not None:
            self._link.close()
            self._link = None


def week_of(domain: str) -> str:
    """Return the name under which a domain's recipients of a week are counted; it is no address."""
    return f"week/{domain}"


def _kept(name: str) -> int:
    """Return for how many seconds a count is needed."""
    return WEEK if name.startswith("week/") else DAY


def _sent(name: str, since: int, recipients: int) -> _Statement:
    return (
        "INSERT INTO sent VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET recipients=recipients+excluded.recipients",
        (name, since, recipients),
    )


def _daily(address: str, now: float, **figures: int) -> _Statement:
    day = legal_day(datetime.fromtimestamp(now, UTC)).isoformat()
    names = ", ".join(figures)
    marks = ", ".join("?" for _ in figures)
    sums = ", ".join(f"{name}={name}+excluded.{name}" for name in figures)
    return (
        f"INSERT INTO daily (address, day, {names}) VALUES (?, ?, {marks}) ON CONFLICT DO UPDATE SET {sums}",
        (address, day, *figures.values()),
    )
