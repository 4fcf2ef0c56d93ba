"""What the workbench of a draft shows: its figures, its text, what is new in it, who is hit, and how far it has come."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from servanda.faces.office.shown import Link, Stamp, Tab
from servanda.faces.office.shown_agreement import RedlineShown, WeighedRow
from servanda.ground.citation import Citation
from servanda.ground.money import Money
from servanda.ground.refusal import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Refilled:
    """A form that was sent back: what stood in its fields, and by field what is wrong with it."""

    wrong: Mapping[str, str] = field(default_factory=dict)
    given: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRow:
    version: str
    address: str
    base: str
    effective_on: date | None
    change: str
    by: str
    at: datetime
    stamp: Stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftsShown:
    """The drafts of a company, and what a new one may be begun with."""

    sections: tuple[Tab, ...]
    open: tuple[DraftRow, ...]
    closed: tuple[DraftRow, ...]
    bases: tuple[str, ...]
    changes: tuple[tuple[str, str], ...]
    first_day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureForm:
    """A live figure of a rule with the form that changes it. `key` names it on the page."""

    key: str
    clause: str
    rule: int
    field: str
    label: str
    shown: str
    written: str
    before: str
    bounds: str
    also: tuple[Link, ...]
    wrong: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftClause:
    """A clause of the draft as it reads, with its figures."""

    number: str
    heading: str
    html: str
    figures: tuple[FigureForm, ...]
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictRow:
    """Something that the law says to a clause of the draft. `stamp` tells that the version before had it not."""

    clause: str
    against: str
    why: str
    instead: str
    provision: str
    stamp: Stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class CountRow:
    """A kind of step, and of how many customers and invoices it would come otherwise, by how."""

    text: str
    counts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseRow:
    text: str
    before: str
    after: str
    products: str
    customers: int
    stamp: Stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class HitRow:
    customer: Link | None
    number: str
    kind: str
    deviates: bool
    money: Money
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastShown:
    """Who is hit, as it was computed for the texts as they stand."""

    computed_at: datetime | None
    computed_by: str
    on: date
    since: date
    until: date
    sha256: str
    customers: int
    hit: int
    is_empty: bool
    kinds: tuple[tuple[str, int], ...]
    deviating: int
    invoices: tuple[int, int]
    turns: tuple[str, ...]
    past: tuple[CountRow, ...]
    coming: tuple[CountRow, ...]
    money: tuple[tuple[str, Money, Money], ...]
    due: tuple[str, ...]
    promises: tuple[PromiseRow, ...]
    promised_better: int
    promised_worse: int
    most_hit: tuple[HitRow, ...]
    most_hit_more: int
    how: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectGroup:
    """Contracts for which the draft can hold from the same day at the earliest, if the notices go out today."""

    kind: str
    contracts: int
    customers: int
    effect_on: date | None
    leave_until: date | None
    is_told: bool
    is_later: bool
    because: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MailPreview:
    """The letter that the largest group of customers would get, in one language."""

    language: str
    subject: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What must be done before a draft can be published."""

    text: str
    is_done: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftShown:
    """The frame of the workbench, which stands around each of its views."""

    draft_id: int
    version: str
    base: str
    effective_on: date | None
    change: str
    change_text: str
    changes: tuple[tuple[str, str], ...]
    reason: str
    state: str
    written: str
    written_at: datetime
    fingerprint: str
    problems: tuple[Problem, ...]
    views: tuple[Tab, ...]
    steps: tuple[Step, ...]
    stamp: Stamp
    came_of_it: tuple[Link, ...]
    said_yes: tuple[str, ...]
    may_say_yes: bool
    may_publish: bool
    why_not: str
    is_open: bool
    has_forecast: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftFigures:
    """The view in which the draft is read and its figures are changed."""

    language: str
    languages: tuple[Tab, ...]
    chapters: tuple[tuple[str, tuple[DraftClause, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftText:
    danish: str
    english: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftNews:
    """What is new in the draft: words, figures, and what the law says to it."""

    language: str
    languages: tuple[Tab, ...]
    clauses: tuple[RedlineShown, ...]
    counted: str
    weighed: tuple[WeighedRow, ...]
    conflicts: tuple[ConflictRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftHit:
    forecast: ForecastShown | None
    groups: tuple[EffectGroup, ...]
    mails: tuple[MailPreview, ...]
