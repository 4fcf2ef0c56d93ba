"""May an adverse act happen now? Only where each of its premises holds, and the day stays within what is normal. Pure.

How many are normal, and why so: `docs/why/brake.md`.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from statistics import median

from servanda.business.evidence.facts import NormalRange, WarrantRequest
from servanda.ground.refusal import Refused

AT_LEAST = 3
TIMES = 3
MEDIAN_DAYS = 30
LOOK_BACK_DAYS = 35  # a month and its weekends: what comes once a month is seen once
# These have a warrant too, but take nothing from anybody.
MILD = frozenset({"reminder.sent", "collection.warned"})


class NoWarrant(Refused):
    """An adverse act was asked for whose premises do not hold. It is parked, and a person is asked."""


def check_premises(request: WarrantRequest, *, is_braked: bool, missing: tuple[str, ...], today: date) -> None:
    """Refuse an adverse act of which a premise does not hold today.

    Checked here: the brake is off, the day has come and has not passed, the act rests on a clause or the law, what it
    counts from is in evidence (`missing` is what is not), and a person has approved where the terms leave it to a person.
    """
    if is_braked:
        raise NoWarrant(
            "%(act)s on %(subject)s is parked: the brake is engaged.", {"act": request.act, "subject": request.subject}
        )
    if not request.because:
        raise NoWarrant(
            "%(act)s on %(subject)s cites no clause. Name the clause or the law it rests on.",
            {"act": request.act, "subject": request.subject},
        )
    if not request.not_before <= today < request.expires_on:
        raise NoWarrant(
            "%(act)s on %(subject)s is allowed from %(not_before)s and before %(expires_on)s; today is %(today)s. "
            "Decide again from today's facts.",
            {
                "act": request.act,
                "subject": request.subject,
                "not_before": request.not_before,
                "expires_on": request.expires_on,
                "today": today,
            },
        )
    if request.needs_person and not request.approvals:
        raise NoWarrant(
            "%(act)s on %(subject)s needs a person's approval.", {"act": request.act, "subject": request.subject}
        )
    if missing:
        raise NoWarrant(
            "%(act)s on %(subject)s rests on %(missing)s, which is not in evidence.",
            {"act": request.act, "subject": request.subject, "missing": missing[0]},
        )


def normal_range(past: Mapping[date, int], *, today: date) -> NormalRange:
    """Return how many adverse acts a company may do today before a person is asked, from the days before today.

    `past` counts what the company did on each day; a day that it does not name had nothing. A day that was stopped
    counts with what was done on it, so a person's release of many is normal the next month, and what was refused is not.
    """
    counts = [past.get(today - timedelta(days=days), 0) for days in range(1, LOOK_BACK_DAYS + 1)]
    middle = median(counts[:MEDIAN_DAYS])
    greatest = max(counts)
    return NormalRange(
        day=today,
        most=max(AT_LEAST, int(TIMES * middle), greatest),
        most_per_subject=AT_LEAST,
        middle=int(middle),
        greatest=greatest,
    )


def is_out_of_range(done: int, most: int) -> bool:
    """Tell whether one more act would leave the normal range."""
    return done >= most
