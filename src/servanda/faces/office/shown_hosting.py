"""What the pages of services and servers show."""

from dataclasses import dataclass
from datetime import date, datetime

from servanda.faces.office.shown import Link, Pager, Stamp, Tab
from servanda.faces.office.shown_tasks import TaskRow


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLine:
    name: str
    address: str
    product: str
    customer: Link
    node: str
    began_on: date
    stamp: Stamp
    clauses: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceList:
    rows: tuple[ServiceLine, ...]
    filters: tuple[Tab, ...]
    show: str
    search: str
    pager: Pager


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePanel:
    """Where a service lies, and under which numbers; zeros and empty text: it is not laid out on a server of ours."""

    customer: Link
    line: Link
    stamp: Stamp
    node: str
    number: int
    tenant: int
    plan: str
    plans: tuple[tuple[str, str], ...]  # to which it can be changed
    quantity: int
    may_act: bool  # it runs
    has_mail: bool
    bulk_asked: int  # messages a week that wait for an answer; 0: nobody asked
    domain: str
    is_domain_proven: bool
    waits_because: str
    may_be_laid_out: bool  # it lies nowhere, for it began before there was a server
    tasks: tuple[TaskRow, ...] = ()
    abouts: tuple[tuple[str, str], ...] = ()  # what a complaint can be about, and how it comes
    sources: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeRow:
    name: str
    country: str
    services: int
    services_max: int
    accepted: int
    last_report_at: datetime | None
    stamp: Stamp
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRow:
    name: str
    address: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedRow:
    node: str
    key: str
    reason: str
    detail: str
    since: datetime
    who: str
    refusal_id: int | None
    service: Link | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LateRow:
    name: str
    address: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NodesShown:
    nodes: tuple[NodeRow, ...]
    waiting: tuple[WaitingRow, ...]
    parked: tuple[ParkedRow, ...]
    late: tuple[LateRow, ...]  # services whose copies are not as promised
    bulk: tuple[WaitingRow, ...]  # wishes for much mail
    beyond: tuple[WaitingRow, ...]  # use beyond what was agreed
    tasks: tuple[TaskRow, ...]  # what waits for a person about services
