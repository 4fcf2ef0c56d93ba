"""May a person hold a service, or stop its sending, and until when? From the terms and the wish to one order. Pure.

The terms say whether; a person says when, with a reason. What the terms do not allow is refused, and nothing happens.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from servanda.business.hosting.decisions.deletion import checked_pause_end
from servanda.ground.citation import Citation
from servanda.ground.refusal import Refused
from servanda.terms.clauses import BulkMail, OutboundBlock, Suspension
from servanda.terms.resolving import Answer

StaffCause = Literal["abuse", "load", "breach"]
STAFF_CAUSES: tuple[StaffCause, ...] = ("abuse", "load", "breach")
# The terms' names of the ways, and the node's.
WAYS = {"bulk": "permit on the shared relay", "dedicated": "dedicated relay"}
BULK_A_WEEK_MAX = 10_000_000


class HoldRefused(Refused):
    """A hold cannot be placed or lifted like this; the message says why, and what can."""


class BulkRefused(Refused):
    """Leave for much mail cannot be asked for or given like this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldOrder:
    """A hold that a person placed: under which clauses, and when it ends by itself."""

    cause: str
    because: tuple[Citation, ...]
    ends_at: datetime | None


def hold_ordered(
    answer: Answer[Suspension], *, cause: StaffCause, hours: int | None, warned_on: date | None, at: datetime
) -> HoldOrder:
    """Return the hold, or refuse it: no clause, no warning where the law wants one, a pause for load without its end."""
    rule = answer.rule
    if rule is None:
        if answer.forbidden_by is not None:
            raise HoldRefused(
                "%(law)s forbids this hold. Write to the customer, or agree on it with them first.",
                {"law": answer.forbidden_by},
            )
        raise HoldRefused("These terms allow no such hold. Write to the customer, or agree on it with them first.")
    if answer.needs_warning is not None and cause != "load" and warned_on is None:
        raise HoldRefused(
            "%(law)s wants a written warning with a deadline first. Send it, and give the day of it here.",
            {"law": answer.needs_warning},
            because=answer.needs_warning,
        )
    ends_at = at + timedelta(hours=hours) if hours else None
    if cause == "load":
        ends_at = checked_pause_end(rule, begins_at=at, ends_at=ends_at, because=answer.because[0])
    return HoldOrder(cause=cause, because=answer.because, ends_at=ends_at)


def stop_of_sending(answer: Answer[OutboundBlock], *, hours: int | None, at: datetime) -> HoldOrder:
    """Return the stop of what goes out by mail: for so many hours, or without hours until it is lifted (simsoft-018)."""
    rule = answer.rule
    if rule is None:
        raise HoldRefused("These terms do not allow to stop the mail of a customer alone. Hold the service, or write.")
    length = "temporary" if hours else "permanent"
    if length not in rule.lengths:
        raise HoldRefused(
            "These terms do not stop mail for so long, or for so short a time. Give hours for a stop that ends by itself, none for"
            " one that a person lifts."
        )
    if hours and rule.hours_max is not None and hours > rule.hours_max:
        raise HoldRefused("These terms stop mail for at most %(hours)s hours. Choose less.", {"hours": rule.hours_max})
    return HoldOrder(cause="sending", because=answer.because, ends_at=at + timedelta(hours=hours) if hours else None)


def checked_number(messages_a_week: int) -> int:
    """Return how many messages a week were asked for; without the number there is nothing to answer (servicepoint-019)."""
    if not 1 <= messages_a_week <= BULK_A_WEEK_MAX:
        raise BulkRefused("Say how many messages you expect to send in a week, as a whole number.")
    return messages_a_week


def checked_leave(answer: Answer[BulkMail], *, way: str, until: date | None, today: date) -> date:
    """Return the day on which a leave for bulk mail is over; refuses a way that the terms do not have, and one without end."""
    if way not in WAYS:
        raise BulkRefused("Choose the way: the shared addresses for bulk, or a relay of the customer's own.")
    if answer.rule is not None and WAYS[way] not in answer.rule.ways:
        raise BulkRefused("The terms do not have this way for the product. Choose the other one.")
    if until is None or until <= today:
        raise BulkRefused("Say until which day the leave goes. It must be a day to come.")
    return until
