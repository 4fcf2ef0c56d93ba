"""How does a customer pay? As late as with their last invoices, one after the other: the assumption for invoices to come."""

from collections.abc import Sequence
from datetime import date, timedelta
from statistics import median_low

from servanda.business.billing.facts import PastInvoice
from servanda.ground.calendar import bank_day_on_or_after

NEVER_AFTER_DAYS = 60  # an invoice that is open so long after its due day counts as never paid

Habit = tuple[int | None, ...]  # by how many days each invoice was paid late, in the order of issue; None: never


def habit_of(invoices: Sequence[PastInvoice], *, today: date) -> Habit:
    """Return how late a customer's invoices were paid; one that may still be paid tells nothing yet."""
    return tuple(
        None if invoice.paid_on is None else max((invoice.paid_on - invoice.due_on).days, 0)
        for invoice in invoices
        if invoice.due_on is not None and (invoice.paid_on is not None or _is_never_paid(invoice, today=today))
    )


def paid_on_by_habit(habit: Habit, place: int, *, due_on: date) -> date | None:
    """Return when an invoice to come is paid, moved to a bank day; its place among those to come picks the one it repeats."""
    late_days = habit[place % len(habit)] if habit else 0
    return bank_day_on_or_after(due_on + timedelta(days=late_days)) if late_days is not None else None


def expected_payment(invoice: PastInvoice, habit: Habit, *, today: date) -> date | None:
    """Return when an open invoice is paid: as late as is usual for the customer, or not at all once that day has passed."""
    if invoice.due_on is None or _is_never_paid(invoice, today=today):
        return None
    late_days = usual_lateness(habit)
    if late_days is None:
        return None
    expected_on = bank_day_on_or_after(invoice.due_on + timedelta(days=late_days))
    return expected_on if expected_on > today else None


def usual_lateness(habit: Habit) -> int | None:
    """Return the middle lateness; None for somebody who leaves most invoices unpaid."""
    paid = [days for days in habit if days is not None]
    if len(paid) * 2 < len(habit):
        return None
    return median_low(paid) if paid else 0


def _is_never_paid(invoice: PastInvoice, *, today: date) -> bool:
    return invoice.due_on is not None and (today - invoice.due_on).days > NEVER_AFTER_DAYS
