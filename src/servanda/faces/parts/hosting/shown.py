"""What the page of a service shows: frozen values, ready to be written down."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from servanda.business.hosting.facts import Allowance
from servanda.ground.citation import Citation


@dataclass(frozen=True, slots=True)
class Stamp:
    text: str
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRow:
    """One part: its name, what is said of it, and how it was found."""

    key: str
    name: str
    notes: tuple[str, ...]
    stamp: Stamp | None
    drift: tuple[str, ...]
    is_removed: bool
    items: tuple[tuple[str, str], ...] = ()  # what it holds, each with the value that a form names it by


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRow:
    name: str
    type: str
    ttl: int
    content: str
    value: str  # by which a form names it


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyRow:
    snapshot: str
    made_at: datetime
    country: str
    size: str
    stamp: Stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarDay:
    """A day of the calendar of copies: its newest whole copy, or empty; `tone` is how it stands."""

    day: date
    snapshot: str
    made_at: datetime | None
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarMonth:
    """A month of copies in weeks from Monday; None is a day of another month."""

    first: date
    weeks: tuple[tuple[CalendarDay | None, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferRow:
    """What the customer is offered and can say yes to: the figures, and under which clauses."""

    task_id: int
    text: str
    notes: tuple[str, ...]
    because: tuple[Citation, ...]
    may_agree: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrandRow:
    """Work that takes a while: its name, how far it is, and what came out. `fields` give back what a preview told of."""

    errand: str
    name: str
    step: str
    percent: int
    ordered_at: datetime
    stamp: Stamp
    result: tuple[str, ...]
    may_undo: bool
    is_at_work: bool
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageRow:
    day: date
    figures: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldRow:
    """Why something does not run or is not sent, under which clauses, until when, and whom to write to."""

    text: str
    because: tuple[Citation, ...]
    ends_at: datetime | None
    contact: str
    hold_id: int
    may_lift: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HostingPage:
    """A service with its parts by kind. `sentence` says in one line how it stands; `tone` is its colour."""

    service_id: int
    name: str
    domain: str
    node: str
    address: str  # of the site, when there is one
    sentence: str
    tone: str
    holds: tuple[HoldRow, ...]
    is_laid_out: bool
    may_change: bool
    sites: tuple[PartRow, ...]
    databases: tuple[PartRow, ...]
    mail: tuple[PartRow, ...]
    mailboxes: tuple[PartRow, ...]
    aliases: tuple[PartRow, ...]
    zones: tuple[PartRow, ...]
    records: tuple[RecordRow, ...]
    certificates: tuple[PartRow, ...]
    logins: tuple[PartRow, ...]
    copies: tuple[CopyRow, ...]
    copy_promise: str
    copy_tone: str
    copy_clauses: tuple[Citation, ...]
    errands: tuple[ErrandRow, ...]
    usage_names: tuple[str, ...]
    usage: tuple[UsageRow, ...]
    allowances: Mapping[str, Allowance]
    is_at_work: bool
    may_open_databases: bool = False
    bulk: str = ""  # what became of the wish to send much mail
    may_ask_for_bulk: bool = False
    proof: tuple[str, str] | None = None  # the name and text that show control of the domain
    contact: str = ""
    own_risks: tuple[Citation, ...] = ()  # by which the customer answers for what they build and open
    calendar: tuple[CalendarMonth, ...] = ()
    offers: tuple[OfferRow, ...] = ()
    restore_is_asked: bool = False  # by the terms staff give back on a written request
    restore_may_cost: bool = False
    restore_clauses: tuple[Citation, ...] = ()
    is_moved_in: bool = False  # a move was done: the way in is folded away

    @property
    def php(self) -> str:
        return self.sites[0].items[0][1] if self.sites and self.sites[0].items else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRow:
    """The records of one name and type, before and after."""

    name: str
    type: str
    stamp: Stamp
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneFilePage:
    """What a zone file would change; without a text none was given yet."""

    domain: str
    text: str = ""
    key: str = ""
    seen: str = ""
    sentence: str = ""
    may_be_done: bool = False
    sets: tuple[SetRow, ...] = ()
    left_out: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    wrong: str = ""
