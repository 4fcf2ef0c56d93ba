"""What the pages of one line and of what goes back show: frozen values, ready to be read."""

from dataclasses import dataclass
from datetime import date

from servanda.faces.office.shown import Link, Stamp
from servanda.ground.citation import Citation
from servanda.ground.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """A consequence before the act: what would be credited or billed, how it is reckoned, and by which clause."""

    sentence: str
    reckoning: str
    because: tuple[Citation, ...]
    stamp: Stamp | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRow:
    """A decision on money back that was made."""

    text: str
    on: date
    amount: Money | None
    reckoning: str
    because: tuple[Citation, ...]
    document: Link | None
    stamp: Stamp | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    value: str
    text: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LineShown:
    """One contract line: what it is, what may be done with it, and what each act would bring."""

    line_id: int
    title: str
    customer: Link
    facts: tuple[tuple[str, str], ...]
    today: date
    is_running: bool
    asked: str  # which act is previewed
    end_on: date | None
    end_causes: tuple[Option, ...]
    end_steps: tuple[StepRow, ...]
    withdraw_until: date | None  # the last day on which this consumer may withdraw; empty: no such right
    withdraw_steps: tuple[StepRow, ...]
    plans: tuple[Option, ...]
    quantity: int
    change_steps: tuple[StepRow, ...]
    fault_since: date | None
    fault_last: date | None
    outage: StepRow | None
    highest: str  # the most that may go back, as it is typed
    refunds: tuple[RefundRow, ...]
    given: tuple[tuple[str, str], ...] = ()  # what was asked, for the form that does it


@dataclass(frozen=True, slots=True, kw_only=True)
class InterestShown:
    """Interest that has grown and was not charged: until today, stretch by stretch."""

    amount: Money
    lines: tuple[str, ...]
    note: str
    because: tuple[Citation, ...]
