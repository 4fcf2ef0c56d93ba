"""May the books be closed up to a day, and may they be opened again? What stands in the way is said in sentences."""

from datetime import date

from servanda.business.books.facts import ClosingCheck, Gap, Said, SeriesProof, SuspenseItem
from servanda.ground.calendar import add_months, day_text
from servanda.ground.citation import Citation
from servanda.ground.money import money_text, total_of
from servanda.ground.refusal import Refused

CORRECT = Citation("Bogføringsloven", "§ 7", "700/2022")
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
    findings: tuple[Said, ...],
    suspense: tuple[SuspenseItem, ...],
) -> ClosingCheck:
    """Say what is missing before the books can be closed up to a day, and what is only to be known.

    `findings` are what an audit of the books found. Bank entries that nobody has explained are listed and kept with the
    closing: the law asks for the difference to be known, not for it to be gone.
    """
    missing = []
    if until >= today:
        missing.append(
            Said(
                f"{_da(until)} er ikke forbi endnu. Luk højst til dagen før {_da(today)}.",
                f"{_en(until)} is not over yet. Close up to the day before {_en(today)} at the latest.",
            )
        )
    if closed_until is not None and until <= closed_until:
        missing.append(
            Said(
                f"Bogføringen er allerede lukket til og med {_da(closed_until)}. Vælg en senere dag.",
                f"The books are closed until {_en(closed_until)} already. Choose a later day.",
            )
        )
    missing += [
        Said(
            f"{_da(day)} har posteringer uden bilag. Bilagene dannes ved næste runde.",
            f"{_en(day)} has entries in no voucher. The next round makes them.",
        )
        for day in days_without_voucher[:PROBLEMS_SHOWN]
    ]
    missing += [_hole(gap) for proof in proofs for gap in proof.gaps if not gap.is_documented][:PROBLEMS_SHOWN]
    missing += [
        Said(f"Kontoen {account} står ikke i kontoplanen.", f"The account {account} has no number in the chart.")
        for account in unnumbered
    ]
    if chain_faults:
        missing.append(
            Said(
                f"Kæden holder ikke {chain_faults} steder. Se `servanda books chain verify`.",
                f"The chain does not hold at {chain_faults} places. Look at `servanda books chain verify`.",
            )
        )
    return ClosingCheck(until=until, missing=(*missing, *findings), noted=_noted(suspense), suspense=suspense)


def _da(day: date) -> str:
    return day_text(day, "da")


def _en(day: date) -> str:
    return day_text(day, "en")


def _hole(gap: Gap) -> Said:
    series = {"invoice": "Faktura", "voucher": "Bilag"}.get(gap.series, gap.series)
    return Said(
        f"{series} nr. {gap.number} mangler eller passer ikke. Forklar et manglende fakturanummer med `servanda books void`.",
        f"{gap.series} {gap.number}: {gap.problem}. Document a missing invoice number with `servanda books void`.",
    )


def _noted(suspense: tuple[SuspenseItem, ...]) -> tuple[Said, ...]:
    if not suspense:
        return ()
    total = total_of(item.amount for item in suspense)
    oldest = min(item.booked_on for item in suspense)
    return (
        Said(
            f"{len(suspense)} bankposter på {money_text(total, 'da')} er uafklarede, den ældste fra {_da(oldest)}. "
            "De gemmes som en liste med lukningen.",
            f"{len(suspense)} bank entries over {money_text(total, 'en')} are unexplained, the oldest of {_en(oldest)}. They are "
            "kept as a list with the closing.",
        ),
    )


def refuse_closing(check: ClosingCheck, *, reason: str) -> None:
    """Refuse a closing that something stands in the way of, or that nobody gives a reason for."""
    if not reason.strip():
        raise NotClosed("Say what is closed and on what grounds. The reason is kept with the closing.", because=CORRECT)
    if check.missing:
        raise NotClosed(
            "The closing until %(day)s is refused. %(missing)s",
            {"day": check.until, "missing": check.missing},
            because=CORRECT,
        )


def refuse_reopening(*, after: date | None, closed_until: date | None, reason: str) -> None:
    """Refuse to open what is not closed, and to open without a reason."""
    if not reason.strip():
        raise NotReopened("Say why closed books must be changed. The reason is kept.", because=CORRECT)
    if closed_until is None:
        raise NotReopened("The books are open: there is nothing to reopen.", because=CORRECT)
    if after is not None and after >= closed_until:
        raise NotReopened(
            "The books are closed until %(day)s. Name an earlier day, after which they are to be open.",
            {"day": closed_until},
            because=CORRECT,
        )


def last_days(*, today: date, fiscal_year_starts_month: int, closed_until: date | None) -> tuple[date, ...]:
    """Return the last days of the month, the quarter and the financial year that ended last, as far as they are open."""
    first = today.replace(day=1)
    quarters = (today.month - fiscal_year_starts_month) % 12
    starts = (first, add_months(first, -(quarters % 3)), add_months(first, -quarters))
    days = sorted({date.fromordinal(start.toordinal() - 1) for start in starts}, reverse=True)
    return tuple(day for day in days if closed_until is None or day > closed_until)
