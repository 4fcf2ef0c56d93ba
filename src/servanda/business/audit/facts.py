"""What an invariant is, and what an audit found."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Generic, TypeVar

S = TypeVar("S")
Row = dict[str, object]

ROWS_MAX = 20  # of the offending rows, so many are shown; all are counted


class Enforced(StrEnum):
    """What keeps an invariant true before an audit looks at it."""

    CONSTRAINT = "database constraint"
    DECISION = "decision"
    ACTION = "action"
    AUDIT = "audit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invariant(Generic[S]):
    """Something that must be true of the rows, and how to see where it is not.

    `guards` are what the database must have for it: `trigger NAME on TABLE`, `constraint NAME on TABLE`, or
    `unique TABLE(COLUMN)`. Each of `queries` is one SELECT that returns the offending rows; each of `checks` yields
    them. `not_yet` says which part of the promise has no rows to be checked on, and why.
    """

    number: int
    name: str
    explanation_da: str
    explanation_en: str
    enforced: tuple[Enforced, ...]
    guards: tuple[str, ...] = ()
    queries: tuple[str, ...] = ()
    checks: tuple[Callable[[S], Iterator[Row]], ...] = ()
    not_yet: str = ""

    def explanation(self, language: str) -> str:
        return self.explanation_da if language == "da" else self.explanation_en


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What the audit of one invariant found: how many violations, and the first of the rows."""

    number: int
    name: str
    violations: int
    rows: tuple[Row, ...]
    explanation: str
    seconds: float


@dataclass(frozen=True, slots=True)
class AuditReport:
    """An audit that was carried out, in the order of the numbers."""

    ran: tuple[Finding, ...]

    @property
    def is_clean(self) -> bool:
        return not self.violated

    @property
    def violated(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.ran if finding.violations)


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenInvariant:
    """An invariant that a kept audit found broken, with the first of the rows."""

    number: int
    violations: int
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRun:
    """An audit that was kept. `clean_since` is the real day of the last violation, or of the first audit."""

    run_id: int
    began_at: datetime
    seconds: float
    checked: int
    violations: int
    findings: tuple[BrokenInvariant, ...]
    clean_since: date
    was_ever_violated: bool
    by: str

    @property
    def broken(self) -> dict[int, int]:
        return {one.number: one.violations for one in self.findings}
