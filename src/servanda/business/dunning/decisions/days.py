"""From which day the steps of a claim count, and to which day they move."""

from datetime import date, timedelta

from servanda.business.dunning.facts import Arrears, Done
from servanda.ground.calendar import bank_day_on_or_after


def late_from(due_on: date) -> date:
    """Return the first day on which an unpaid invoice is late."""
    return due_on + timedelta(days=1)


def counting_due_on(arrears: Arrears) -> date | None:
    """Return the due day that the steps count from: later by the days lost at the beginning, and by those of a pause."""
    due_on, noticed = noticed_due_on(arrears), arrears.last("payment.late")
    return due_on + timedelta(days=noticed.paused_days) if due_on is not None and noticed is not None else due_on


def noticed_due_on(arrears: Arrears) -> date | None:
    """Return the due day, later by the days that we were late to notice the delay.

    When we noticed the delay late ourselves (the clock stood still), all steps count from where it was noticed, so that
    a catch-up is never a burst. What is noticed on a day without banks counts from the bank day on which a letter can go.
    """
    if arrears.due_on is None:
        return None
    noticed = arrears.last("payment.late")
    if noticed is None:
        return arrears.due_on
    lost = bank_day_on_or_after(noticed.on) - bank_day_on_or_after(late_from(arrears.due_on))
    return arrears.due_on + max(lost, timedelta(0))


def letter_day(rule_on: date) -> date:
    """Return the day for a letter or an adverse act: a bank day, the next one if need be."""
    return bank_day_on_or_after(rule_on)


def deadline_day(anchor: date, days: int, *, late_days: int = 0) -> date:
    """Return a payment deadline, so many days after the anchor and on a bank day; a late letter moves it as far."""
    return bank_day_on_or_after(anchor + timedelta(days=days + late_days))


def completed_on(done: Done | None) -> date | None:
    """Return the day that what follows a completed step counts from."""
    return done.counts_from if done is not None else None
