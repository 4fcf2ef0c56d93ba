"""What a service and its holds are to others."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, NamedTuple

from servanda.ground.citation import Citation
from servanda.ground.nodes.kinds.dns import Zone
from servanda.ground.nodes.wanted import Wanted
from servanda.ground.nodes.zone_checks import ZoneProblem, refuses
from servanda.terms.packages import HostingPackage

Plain = str | int | bool


# A hold of this cause stops what a service sends by mail, and nothing else: it runs, and receives (simsoft-017).
SENDING = "sending"


@dataclass(frozen=True, slots=True)
class HoldFacts:
    """A reason why a service does not run, or may not send. An open hold has no `lifted_at`."""

    hold_id: int
    service_id: int
    cause: str
    invoice_id: int | None
    placed_on: date
    placed_at: datetime
    because: tuple[Citation, ...]
    ends_at: datetime | None
    lifted_at: datetime | None
    warrant_key: str = ""


@dataclass(frozen=True, slots=True)
class ServiceFacts:
    """A service as it stands: it is served while it runs and nobody holds it."""

    service_id: int
    customer_id: int
    line_id: int
    product: str
    name: str
    state: str
    began_on: date
    quarantined_on: date | None
    purge_on: date | None
    purged_on: date | None
    purge_decided_by: str
    purge_because: tuple[Citation, ...] = ()
    holds: tuple[HoldFacts, ...] = ()

    @property
    def open_holds(self) -> tuple[HoldFacts, ...]:
        """The holds for which it does not run."""
        return tuple(hold for hold in self.holds if hold.lifted_at is None and hold.cause != SENDING)

    @property
    def sending_stop(self) -> HoldFacts | None:
        """The hold that stops its mail going out and nothing else, if there is one."""
        return next((hold for hold in self.holds if hold.lifted_at is None and hold.cause == SENDING), None)

    @property
    def is_served(self) -> bool:
        """Tell whether the service may run: it may while nobody holds it."""
        return self.state == "running" and not self.open_holds


class ServiceSpan(NamedTuple):
    """A service and the days on which it ran or could be held; `until` is the day on which it was closed."""

    customer_id: int
    contract_id: int
    product: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupFacts:
    """Where a service lies, under which numbers, and what its plan gives. `waits_because` is a code: it lies nowhere yet."""

    service_id: int
    number: int  # of the site; its tenant is counted from it
    node_id: int | None
    node: str
    domain: str
    is_domain_proven: bool
    plan_code: str
    package: HostingPackage
    quantity: int
    waits_because: str
    laid_out_at: datetime | None  # in real time
    erased_at: datetime | None

    @property
    def tenant(self) -> int:
        return TENANTS_FROM + self.number


# Numeric users of tenants begin here: Debian hands out none of these by itself.
TENANTS_FROM = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PartFacts:
    """One thing that a service consists of, as it is to be when nothing holds it. Pages see it without passwords."""

    part_id: int
    service_id: int
    key: str
    statement: Wanted
    state: str
    removed_on: date | None
    ordered_by: str
    facts: Mapping[str, Plain] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        return self.key.partition("/")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovalFacts:
    """The warrant under which a service or a part of it goes from its node."""

    warrant: str
    state: str  # quarantined, purged


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePicture:
    """All that must be known to say what a node shall do for a service."""

    service: ServiceFacts
    node_id: int
    provider: str
    way_out: str
    parts: tuple[PartFacts, ...]
    removal: RemovalFacts | None = None  # of the whole service
    bulk: "BulkMailFacts | None" = None  # leave to send much mail
    is_real_time: bool = True  # False: its company lives on a test clock, which a node does not know
    removed_parts: Mapping[int, RemovalFacts] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkMailFacts:
    """A wish to send much mail: asked, granted until a day, refused, or ended. `way` is bulk or dedicated."""

    bulk_id: int
    service_id: int
    messages_a_week: int
    asked_on: date
    state: str
    way: str
    until: date | None
    decided_by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrandFacts:
    """How far a piece of work is that was ordered once."""

    errand: str
    service_id: int
    kind: str
    statement: Wanted
    state: str
    step: str
    percent: int
    result: Mapping[str, Plain]
    by: str
    ordered_at: datetime
    not_after: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageFacts:
    """What a part of a service used by one day."""

    service_id: int
    key: str
    day: date
    figures: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """How many of a thing the plans of a service give, and how many are there."""

    what: str  # mailboxes, databases, logins, disk_bytes
    given: int
    used: int

    @property
    def is_used_up(self) -> bool:
        return self.used >= self.given


@dataclass(frozen=True, slots=True, kw_only=True)
class Excess:
    """A part that uses more bytes than were agreed, as it was measured on a day."""

    service_id: int
    name: str
    key: str
    day: date
    used: int
    agreed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SetChange:
    """The records of one name and type, before and after: time to live and content. Nothing before: they are new."""

    name: str
    type: str
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def what(self) -> Literal["added", "removed", "changed"]:
        if not self.before:
            return "added"
        return "changed" if self.after else "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneChange:
    """What a zone file would make of a zone. `seen` names exactly this change."""

    before: Zone
    after: Zone
    sets: tuple[SetChange, ...]
    left_out: tuple[ZoneProblem, ...]
    wrong: tuple[ZoneProblem, ...]  # of the records together: problems, and warnings
    is_empty: bool  # the file holds no record of this zone
    seen: str

    @property
    def may_be_done(self) -> bool:
        return bool(self.sets) and not self.is_empty and not refuses(self.wrong)


TaskKind = Literal["load", "use", "complaint", "restore"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFacts:
    """What a person must see to about a service. `words` is what somebody wrote, and may name people; `facts` never do."""

    task_id: int
    service_id: int
    customer_id: int
    name: str
    kind: TaskKind
    state: str
    opened_on: date
    because: tuple[Citation, ...]
    facts: Mapping[str, Plain]
    words: str
    offer: Mapping[str, Plain]
    agreed_from: date | None
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadFound:
    """How much a site's processes have taken, as its node told while it was exceptional, and what was agreed with its owner."""

    millicores: int  # on average over the time that counts
    processes: int
    millicores_agreed: int | None = None
    processes_agreed: int | None = None
    last_told_on: date | None = None  # the day on which its owner was last written to about it
    is_looked_at: bool = False  # a task about it is open


@dataclass(frozen=True, slots=True, kw_only=True)
class Over:
    """What a service uses of one thing and what was agreed: bytes of its largest site or database, or a number of things."""

    what: str  # disk, database, mailboxes, databases
    used: int
    agreed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UseFound:
    """All that a service uses by its newest measurements; `days`: on how many of the last thirty it was beyond its space."""

    service_id: int
    uses: tuple[Over, ...]
    day: date | None  # of the newest measurement
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DataAfterwards:
    """What becomes of the data of a service that ends. `kept_until` empty: the terms do not say, and a person decides."""

    kept_until: date | None
    because: tuple[Citation, ...]
