"""The rules that a claim is followed by: all that the agreement and the law say on late payment, asked once per case."""

from dataclasses import dataclass
from typing import TypeVar

from servanda.ground.citation import Citation
from servanda.ground.law.reminders import COLLECTION_NOTICE_DAYS
from servanda.terms.clauses import (
    Closure,
    Compensation,
    CustomerKind,
    Deletion,
    Interest,
    InvoiceQuestion,
    MaterialBreach,
    Reminder,
    ReminderFee,
    Rule,
    Suspension,
)
from servanda.terms.ruled import Ruled

R = TypeVar("R", bound=Rule, covariant=True)


@dataclass(frozen=True, slots=True)
class LadderTerms:
    """The rules on late payment for one invoice. What is None is not specified: a person decides."""

    reminders: tuple[Ruled[Reminder], ...] = ()
    fee: Ruled[ReminderFee] | None = None
    interest: Ruled[Interest] | None = None
    compensation: Ruled[Compensation] | None = None
    suspension: Ruled[Suspension] | None = None
    suspendable: frozenset[str] = frozenset()  # the products whose services can be held
    breach: Ruled[MaterialBreach] | None = None
    closure: Ruled[Closure] | None = None
    warning_step: int | None = None  # the letter whose deadline the law lets pass before anything is closed
    deletions: tuple[tuple[str, Ruled[Deletion]], ...] = ()  # by product
    question: Ruled[InvoiceQuestion] | None = None
    payment_because: tuple[Citation, ...] = ()  # where the due day comes from

    @property
    def is_silent(self) -> bool:
        """Tell whether nothing at all follows from a late payment by these terms."""
        return not (self.reminders or self.suspension or self.closure or self.interest)


def warning_by_law(customer: CustomerKind, because: tuple[Citation, ...]) -> Ruled[Reminder]:
    """Return the warning that the law demands before a hold where the terms give none: a letter with a deadline, no fee."""
    warning = Reminder(
        step=1,
        sent_after="due",
        wait_days=1,
        deadline_days=COLLECTION_NOTICE_DAYS,
        deadline_from="sending",
        warns_of=("suspension",),
        customers=(customer,),
    )
    return Ruled(warning, because)
