"""What must be known to close a company's books up to a day."""

from datetime import date

from servanda.business.billing.queries import entries_in_suspense
from servanda.business.books.decisions.closing import closing_check
from servanda.business.books.facts import ClosingCheck, ReopeningFacts, Said, SuspenseItem
from servanda.business.books.models import Reopening
from servanda.business.books.queries.accounts import chart_of, used_accounts
from servanda.business.books.queries.chain import check_chain
from servanda.business.books.queries.proving import proofs
from servanda.business.books.queries.vouchers import days_without_voucher
from servanda.business.ledger.queries import closed_until


def check_closing(
    company_id: int, *, until: date, today: date, findings: tuple[Said, ...] = (), is_whole: bool = True
) -> ClosingCheck:
    """Ask whether the books may be closed up to a day. `is_whole` False leaves out what reads every row, for a page."""
    numbered = {line.account for line in chart_of(company_id, on=until)}
    return closing_check(
        until=until,
        today=today,
        closed_until=closed_until(company_id),
        days_without_voucher=days_without_voucher(company_id, until=until),
        proofs=tuple(one for one in proofs(company_id, until=until) if one.series != "entry") if is_whole else (),
        unnumbered=tuple(sorted(used_accounts(company_id, until=until) - numbered)),
        chain_faults=check_chain(company_id).faults_count if is_whole else 0,
        findings=findings,
        suspense=suspense_of(company_id, until=until),
    )


def suspense_of(company_id: int, *, until: date) -> tuple[SuspenseItem, ...]:
    """Return the bank entries up to the day that nobody has explained yet."""
    return tuple(
        SuspenseItem(entry_id=one.entry_id, booked_on=one.booked_on, amount=one.amount, because=one.because)
        for one in entries_in_suspense(company_id)
        if one.booked_on <= until
    )


def open_reopening(company_id: int) -> ReopeningFacts | None:
    """Return the reopening that waits for a second person, if there is one."""
    row = Reopening.objects.filter(company_id=company_id, state="open").first()
    return reopening_facts(row) if row is not None else None


def reopening_facts(row: Reopening) -> ReopeningFacts:
    return ReopeningFacts(
        reopening_id=row.pk,
        after=row.after,
        reason=row.reason,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        state=row.state,
    )
