"""What contracts decide: endings, renewals, and why something may not be done."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from servanda.ground.citation import Citation


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """When a line ends because of a notice.

    `terms_end_on` is what the terms alone would give; it differs where the law gives an earlier day.
    """

    ends_on: date  # the last day
    because: tuple[Citation, ...]
    last_notice_on: date | None = None  # the last day of the strict count for the running term
    is_late: bool = False  # for the running term
    is_lenient: bool = False  # after the strict day, on one that another count of the same words allows
    terms_end_on: date | None = None

    @property
    def is_by_law(self) -> bool:
        """Tell whether the law, and not the terms, gives the day."""
        return self.terms_end_on != self.ends_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A notice that has no effect before it is confirmed in writing."""

    because: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSpecified:
    """The terms are silent on the question: a person decides."""

    question: str
    because: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewLine:
    """Let a new term follow the one that has passed. Its key names the passed term, so it is done once."""

    what: ClassVar[str] = "line.renewed"

    line_id: int
    passed_until: date  # the first day after the passed term, and the first of the new one
    until: date  # the first day after the new term
    months: int
    because: tuple[Citation, ...]

    @property
    def key(self) -> str:
        return f"{self.what}:{self.line_id}:{self.passed_until}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndLine:
    """Note that a line has run out."""

    what: ClassVar[str] = "line.ended"

    line_id: int
    until: date
    cause: str
    because: tuple[Citation, ...] = ()

    @property
    def key(self) -> str:
        return f"{self.what}:{self.line_id}:{self.until}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Nothing is due now: until when, for what, by which clause. No `until` means until a person has decided."""

    because: tuple[Citation, ...]
    reason: str
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """Why something may not be done: what happened, the rule, and what to do instead."""

    message: str
    because: tuple[Citation, ...] = ()
