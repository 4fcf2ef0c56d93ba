"""May the books be closed up to a day, and may they be opened again? What stands in the way is said in sentences."""

from datetime import date

from servanda.business.books.facts import ClosingCheck, SeriesProof, SuspenseItem
from servanda.ground.calendar import add_months
from servanda.ground.citation import Citation
from servanda.ground.money import total_of
from servanda.ground.refusal import Refused

CORRECT = Citation("Bogføringsloven", "§ 7 og § 12", "700/2022")
PROBLEMS_SHOWN = 5


class NotClosed(Refused):
    """The books are not closed: something is missing."""


class NotReopened(Refused):
    """The books stay closed."""


def closing_check(
    *,
    until: date,
    today: date,
    closed_until: date | None,
    days_without_voucher: tuple[date, ...],
    proofs: tuple[SeriesProof, ...],
    unnumbered: tuple[str, ...],
    chain_faults: int,
    findings: tuple[str, ...],
    suspense: tuple[SuspenseItem, ...],
) -> ClosingCheck:
    """Say what is missing before the books can be closed up to a day, and what is only to be known.

    `findings` are what an audit of the books found. Bank entries that nobody has explained are listed and kept with the
    closing: the law asks for the difference to be known, not for it to be gone.
    """
    missing = []
    if until >= today:
        missing.append(f"{until} is not over yet. Close up to the day before {today} at the latest.")
    if closed_until is not None and until <= closed_until:
        missing.append(f"The books are closed until {closed_until} already. Choose a later day.")
    missing += [
        f"{day} has entries in no voucher. Make the vouchers first." for day in days_without_voucher[:PROBLEMS_SHOWN]
    ]
    missing += [
        f"{gap.series} {gap.number}: {gap.problem}."
        for proof in proofs
        for gap in [one for one in proof.gaps if not one.is_documented][:PROBLEMS_SHOWN]
    ]
    missing += [f"The account {account!r} has no number in the chart." for account in unnumbered]
    if chain_faults:
        missing.append(
            f"The chain does not hold at {chain_faults} places. Look at `servanda books chain verify` first."
        )
    missing += list(findings)
    return ClosingCheck(until=until, missing=tuple(missing), noted=_noted(suspense), suspense=suspense)


def _noted(suspense: tuple[SuspenseItem, ...]) -> tuple[str, ...]:
    if not suspense:
        return ()
    total = total_of(item.amount for item in suspense)
    oldest = min(item.booked_on for item in suspense)
    return (
        f"{len(suspense)} bank entries over {total} are unexplained, the oldest of {oldest}; they are kept as a list.",
    )


def refuse_closing(check: ClosingCheck, *, reason: str) -> None:
    """Refuse a closing that something stands in the way of, or that nobody gives a reason for."""
    if not reason.strip():
        raise NotClosed("Say what is closed and on what grounds. The reason is kept with the closing.", because=CORRECT)
    if check.missing:
        raise NotClosed(f"The books are not closed until {check.until}: " + " ".join(check.missing), because=CORRECT)


def refuse_reopening(*, after: date | None, closed_until: date | None, reason: str) -> None:
    """Refuse to open what is not closed, and to open without a reason."""
    if not reason.strip():
        raise NotReopened("Say why closed books must be changed. The reason is kept.", because=CORRECT)
    if closed_until is None:
        raise NotReopened("The books are open: there is nothing to reopen.", because=CORRECT)
    if after is not None and after >= closed_until:
        raise NotReopened(
            f"The books are closed until {closed_until}. Name an earlier day, after which they are to be open.",
            because=CORRECT,
        )


def last_days(*, today: date, fiscal_year_starts_month: int, closed_until: date | None) -> tuple[date, ...]:
    """Return the last days of the month, the quarter and the financial year that ended last, as far as they are open."""
    first = today.replace(day=1)
    quarters = (today.month - fiscal_year_starts_month) % 12
    starts = (first, add_months(first, -(quarters % 3)), add_months(first, -quarters))
    days = sorted({date.fromordinal(start.toordinal() - 1) for start in starts}, reverse=True)
    return tuple(day for day in days if closed_until is None or day > closed_until)
