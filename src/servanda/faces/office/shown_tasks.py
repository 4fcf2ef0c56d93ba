"""What pages of staff show of tasks about services."""

from dataclasses import dataclass
from datetime import date

from servanda.faces.office.shown import Link, Stamp
from servanda.ground.citation import Citation


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow:
    """Something about a service that a person must see to: the figures, the clauses, and what may be done about it."""

    task_id: int
    service: Link
    title: str
    opened_on: date
    stamp: Stamp
    notes: tuple[str, ...]
    words: str
    because: tuple[Citation, ...]
    outcome: str
    is_done: bool
    hold_cause: str = ""  # for which the terms let a person hold the service
    hold_hours: int = 0
    hold_note: str = ""
    hold_because: tuple[Citation, ...] = ()
    may_offer: bool = False
    offer_plan: str = ""  # the cheapest that covers the use
    offer_quantity: int = 1
    offer_note: str = ""
    may_agree: bool = False  # the customer's yes can be noted
    may_answer: bool = False  # a restore was asked for and has no price yet
    may_begin: bool = False
