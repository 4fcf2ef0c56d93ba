"""May an adverse act happen now? Only where each of its premises holds. Pure."""

from datetime import date

from servanda.business.evidence.facts import WarrantRequest
from servanda.ground.refusal import Refused


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
