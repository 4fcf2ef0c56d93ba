"""What a record, a warrant and the brake are to others."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from servanda.ground.citation import Citation


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened, ready to be recorded. `key` names it for ever; `what` is in the past tense."""

    company_id: int
    key: str
    what: str
    subject: str
    on_day: date
    at: datetime
    because: tuple[Citation, ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)
    customer_id: int | None = None
    by: str = "system"


@dataclass(frozen=True, slots=True)
class Approval:
    """A person's yes: who, when, and why."""

    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WarrantRequest:
    """The premises of one adverse act, as they were read in the transaction that asks for leave."""

    company_id: int
    key: str
    act: str
    subject: str
    fingerprint: str
    because: tuple[Citation, ...]
    parameters: Mapping[str, object]
    evidence_keys: tuple[str, ...]
    not_before: date
    expires_on: date
    customer_id: int | None = None
    approvals: tuple[Approval, ...] = ()
    needs_person: bool = False


def citation_to_json(citation: Citation) -> dict[str, object]:
    """Return a citation as it is stored."""
    return {
        "source": citation.source,
        "clause": citation.clause,
        "version": citation.version,
        "requirements": list(citation.requirements),
    }


def citation_from_json(stored: Mapping[str, object]) -> Citation:
    """Return the citation that was stored."""
    requirements = stored.get("requirements") or []
    assert isinstance(requirements, list)
    return Citation(
        str(stored["source"]), str(stored["clause"]), str(stored.get("version", "")), tuple(map(str, requirements))
    )


def because_to_json(because: tuple[Citation, ...]) -> list[dict[str, object]]:
    return [citation_to_json(citation) for citation in because]


def because_from_json(stored: list[Mapping[str, object]]) -> tuple[Citation, ...]:
    return tuple(citation_from_json(citation) for citation in stored)


@dataclass(frozen=True, slots=True, kw_only=True)
class WarrantFacts:
    """A warrant that was issued, as far as those who carry it out elsewhere must know it."""

    key: str
    act: str
    subject: str
    because: tuple[Citation, ...]
    not_before: date
    expires_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class NormalRange:
    """How many adverse acts are normal on a day: in a company, and on one subject."""

    day: date
    most: int
    most_per_subject: int
    middle: int
    greatest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCount:
    """Where a company stands in its range today; `most` includes what a person released."""

    range: NormalRange
    done: int
    most: int


@dataclass(frozen=True, slots=True)
class Halt:
    """Something that stops all adverse acts of the whole installation: `copy` or `time`, with the figures it rests on."""

    cause: str
    since: datetime
    figures: Mapping[str, object]
