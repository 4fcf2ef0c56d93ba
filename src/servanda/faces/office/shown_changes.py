"""What the pages of changes show: the log, how far each customer has come, and what waits for a second person."""

from dataclasses import dataclass
from datetime import date, datetime

from servanda.faces.office.shown import LetterCard, Link, Pager, Stamp, Tab
from servanda.faces.office.shown_agreement import WeighedRow
from servanda.ground.citation import Citation
from servanda.ground.refusal import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """A change in the log. `counts` are how far the contracts have come with it, in words."""

    change_id: int
    address: str
    text: str
    about: str
    change: str
    effect_on: date
    recorded_on: date
    by: str
    reason: str
    counts: tuple[Stamp, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalRow:
    """A change that one person asked for."""

    address: str
    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesShown:
    sections: tuple[Tab, ...]
    rows: tuple[ChangeRow, ...]
    proposals: tuple[ProposalRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SuccessionRow:
    """A contract that a change meets, and how far it has come."""

    customer: Link | None
    agreement: str
    contract: str
    from_version: str
    stamp: Stamp
    told_on: date | None
    effect_on: date | None
    leave_until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeShown:
    """One change with everybody it meets."""

    row: ChangeRow
    sections: tuple[Tab, ...]
    because: tuple[Citation, ...]
    compared: str
    contracts: int
    told: int
    filters: tuple[Tab, ...]
    successions: tuple[SuccessionRow, ...]
    pager: Pager
    failed: tuple[LetterCard, ...]
    is_of_terms: bool
    lines: tuple[SuccessionRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineEndRow:
    """A line of a service that is to be discontinued, and its last day if it were told today."""

    customer: Link | None
    contract: str
    name: str
    ends_on: date | None
    because: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscontinueShown:
    sections: tuple[Tab, ...]
    products: tuple[tuple[str, str], ...]
    product: str
    product_name: str
    lines: tuple[LineEndRow, ...]
    lines_more: int
    ends: tuple[tuple[date, int], ...]
    not_allowed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictShown:
    """What an operator's terms mean under one of ours."""

    version: str
    stamp: Stamp
    is_allowed: bool
    worse: tuple[WeighedRow, ...]
    better: tuple[WeighedRow, ...]
    because: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferShown:
    sections: tuple[Tab, ...]
    first_day: date
    problems: tuple[Problem, ...]
    verdicts: tuple[VerdictShown, ...]
    may_propose: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalShown:
    """A proposed change with what it would do, and whether the reader may confirm it."""

    proposal_id: int
    text: str
    reason: str
    by: str
    at: datetime
    state: Stamp
    sections: tuple[Tab, ...]
    facts: tuple[tuple[str, str], ...]
    is_open: bool
    may_confirm: bool
    change: Link | None
    ends: tuple[tuple[date, int], ...]
    verdicts: tuple[VerdictShown, ...]
