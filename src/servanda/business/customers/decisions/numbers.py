"""Which VAT numbers must be asked about today, and what does an answer change?"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from servanda.business.customers.facts import CheckOutcome, NumberToAsk
from servanda.ground.law.vat_numbers import must_ask_again

TRIED_AGAIN_AFTER = timedelta(hours=1)  # a country's service that is closed stays so for a while


@dataclass(frozen=True, slots=True)
class CheckedOn:
    """From which day the customer's number counts as checked; None: it does not."""

    day: date | None


def must_ask(number: NumberToAsk, *, today: date, at: datetime) -> bool:
    """Tell whether to ask about a number now: somebody wants to know, it was never asked, or some months ago.

    An attempt without an answer is made again after an hour if a person waits for it, else on the next day.
    """
    if number.is_wished:
        return number.tried_at is None or at >= number.tried_at + TRIED_AGAIN_AFTER
    if number.tried_on is not None and number.tried_on >= today:
        return False
    return must_ask_again(number.checked_on, today=today)


def checked_on_after(outcome: CheckOutcome, before: date | None, *, today: date) -> CheckedOn:
    """Return what an answer makes of the day of the check. No answer changes nothing."""
    if outcome is CheckOutcome.UNAVAILABLE:
        return CheckedOn(before)
    return CheckedOn(today if outcome is CheckOutcome.VALID else None)
