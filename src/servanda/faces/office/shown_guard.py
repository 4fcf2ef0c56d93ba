"""What the pages of the brake, the audit and the installation show."""

from dataclasses import dataclass
from datetime import date, datetime

from servanda.faces.office.shown import BrakeShown, Sentence, Stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedAct:
    """Something adverse that does not happen now, with its cause."""

    sentence: Sentence
    again_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardShown:
    """The brake of a company: what is normal on a day, what was done, what is parked, who pulled and released it."""

    brake: BrakeShown | None
    stamp: Stamp
    done: int
    most: int
    middle: int
    greatest: int
    is_watched: bool
    parked: tuple[ParkedAct, ...]
    parked_count: int
    waiting_servers: int
    history: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InvariantRow:
    number: int
    name: str
    explanation: str
    stamp: Stamp
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditShown:
    """The last audit of a company, and how long nothing has been broken."""

    began_at: datetime | None
    seconds: str
    checked: int
    days: int
    was_ever_violated: bool
    broken: tuple[InvariantRow, ...]
    others: tuple[InvariantRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepShown:
    """One thing to reconcile: what was found, and who has looked at it."""

    name: str
    text: str
    what: str
    figures: tuple[str, ...]
    by: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HaltShown:
    cause: str
    text: str
    since: datetime
    figures: tuple[Pair, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupShown:
    """The last backup and the last drill."""

    made_at: datetime | None
    made: str
    is_elsewhere: bool
    drilled_at: datetime | None
    drilled: str
    stamp: Stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallationShown:
    incarnation: str
    copy: HaltShown | None
    time: HaltShown | None
    steps: tuple[StepShown, ...]
    may_confirm: bool
    places: tuple[Pair, ...]
    backup: BackupShown
    history: tuple[Sentence, ...]
