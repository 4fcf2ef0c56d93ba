"""What a place keeps outside the database, what the database knows of it, and what the clocks say."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What a place keeps beside the database: which life of it this is, and how far its beats have come."""

    incarnation: str
    place: str
    machine: str  # a digest of the machine's own id; empty where it has none
    number: int
    beat_at: datetime
    newest_record: int  # the number of the newest evidence at that beat


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPlace:
    """What the database knows of the place that a mark names."""

    number: int
    beat_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the database knows: its own life, whether anybody's business is in it, and the place of the mark."""

    incarnation: str  # empty: it never had a beat
    has_companies: bool
    place: KnownPlace | None
    newest_record: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyDoubt:
    """Why this may be a copy. `behind_seconds` and `records_behind` tell how much is missing, where that is known."""

    because: str
    behind_seconds: int = 0
    records_behind: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """What the clocks say at a beat. Evidence is that of companies on the real clock."""

    host: datetime
    database: datetime
    newest_evidence: datetime | None
    last_beat: datetime | None
    accepted_until: datetime | None  # up to which moment a person has acknowledged what the record says


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeDoubt:
    """Why the time is in doubt, and by how much."""

    because: str
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceFacts:
    """A place that works with this database."""

    place: str
    beat_at: datetime
    joined_at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeStep:
    """How far a node says it has come, beside what the database knows of what was signed for it."""

    name: str
    accepted: int
    signed: int
    heard_at: datetime | None
    has_spoken: bool  # since the installation was taken for a copy


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to reconcile before a copy may take over: what was looked at, and by whom."""

    name: str
    by: str
    at: datetime
    figures: dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """What a beat found. `mark` is what the place is to keep now; None: it keeps what it has."""

    mark: Mark | None
    is_copy: bool
    is_time_in_doubt: bool
