"""What is due on a line when its term passes: a new term, its end, or nothing?

A term has passed on the day after its last day. Each term counts from the line's first day, so that a line begun on
31 January ends on the last of February and of March alike.
"""

from datetime import date

from servanda.business.contracts.decisions.ending import renewed_months
from servanda.business.contracts.decisions.orders import EndLine, RenewLine, Wait
from servanda.business.contracts.facts import LineFacts
from servanda.ground.calendar import add_months
from servanda.terms.clauses import Renewal
from servanda.terms.ruled import Ruled


def term_ends_on(*, began_on: date, months: int) -> date:
    """Return the first day after a line's first term."""
    return add_months(began_on, months)


def next_step(line: LineFacts, renewal: Ruled[Renewal] | None, *, today: date) -> EndLine | RenewLine | Wait | None:
    """Return what is due on a line today, or what it waits for; None when nothing can come by itself."""
    if line.is_ended:
        return None
    if line.until is not None and today >= line.until:
        return EndLine(line_id=line.line_id, until=line.until, cause=line.end_cause)
    renewed = renewal_due(line, renewal, today=today)
    if renewed is None and line.until is not None:
        return Wait(because=(), reason="end", until=line.until)
    return renewed


def renewal_due(line: LineFacts, renewal: Ruled[Renewal] | None, *, today: date) -> RenewLine | Wait | None:
    """Return the renewal of a line whose term has passed without an effective notice to end it.

    None for a line without a term, and for one that ends with its term. A line whose notice came late is renewed, and
    ends later.
    """
    term = line.term
    if term is None or (line.until is not None and line.until <= term.until):
        return None
    if today < term.until:
        return Wait(because=renewal.because if renewal else (), reason="renewal", until=term.until)
    if renewal is None or line.has_open_question:
        return Wait(because=renewal.because if renewal else (), reason="a person decides on renewal")
    months = renewed_months(renewal.rule, term_months=term.months)
    return RenewLine(
        line_id=line.line_id,
        passed_until=term.until,
        until=term.followed_by(months).until,
        months=months,
        because=renewal.because,
    )


def look_again_on(*, term_until: date | None, until: date | None) -> date | None:
    """Return the next day on which a line's renewal or end may be due; the hint that rounds read."""
    days = [day for day in (term_until, until) if day is not None]
    return min(days, default=None)
