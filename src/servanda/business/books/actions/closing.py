"""Closing the books up to a day, and opening them again, which takes two persons."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from servanda.business.books.actions.charting import open_chart
from servanda.business.books.actions.vouchers import make_vouchers
from servanda.business.books.decisions.closing import CORRECT, NotReopened, refuse_closing, refuse_reopening
from servanda.business.books.facts import Said
from servanda.business.books.models import Reopening
from servanda.business.books.queries.closing import check_closing
from servanda.business.evidence.actions import record
from servanda.business.ledger.actions import close_books, hold_entries
from servanda.business.ledger.facts import ClosingDraft
from servanda.business.ledger.queries import closed_until


@transaction.atomic
def close_period(
    company_id: int, *, until: date, reason: str, by: str, today: date, at: datetime, findings: tuple[Said, ...] = ()
) -> int:
    """Close the books up to a day and return the closing's id; refuses while anything is missing, and says what.

    `findings` are what the caller's audit found. No entry can come between the checks and the closing: writers wait.
    """
    hold_entries(company_id)
    open_chart(company_id, at=at)
    make_vouchers(company_id, today=today, at=at)
    check = check_closing(company_id, until=until, today=today, findings=findings)
    refuse_closing(check, reason=reason)
    draft = ClosingDraft(until=until, reason=reason.strip(), by=by)
    closing_id = close_books(company_id, draft, today=today, at=at)
    facts = {
        "until": until.isoformat(),
        "reason": draft.reason,
        "suspense": [item.entry_id for item in check.suspense],
        "suspense_minor": sum(item.amount.minor for item in check.suspense),
    }
    _record(company_id, "books.closed", f"books.closed:{closing_id}", facts, by=by, today=today, at=at)
    return closing_id


@transaction.atomic
def ask_reopening(company_id: int, *, after: date | None, reason: str, by: str, today: date, at: datetime) -> int:
    """Ask for the days after one to be opened again, and return the question's id; a second person must confirm it."""
    refuse_reopening(after=after, closed_until=closed_until(company_id), reason=reason)
    if Reopening.objects.filter(company_id=company_id, state="open").exists():
        raise NotReopened("A reopening waits for an answer already. Confirm or decline it first.", because=CORRECT)
    row = Reopening.objects.create(company_id=company_id, after=after, reason=reason.strip(), asked_by=by, asked_at=at)
    facts = {"after": after.isoformat() if after else None, "reason": row.reason}
    _record(company_id, "reopening.asked", f"reopening.asked:{row.pk}", facts, by=by, today=today, at=at)
    return row.pk


@transaction.atomic
def answer_reopening(
    company_id: int, reopening_id: int, *, is_confirmed: bool, by: str, today: date, at: datetime
) -> None:
    """Confirm or decline a reopening; refuses a yes from who asked for it."""
    row = Reopening.objects.select_for_update().filter(pk=reopening_id, company_id=company_id).first()
    if row is None or row.state != "open":
        raise NotReopened("That reopening waits for no answer. Look at the page of the books.", because=CORRECT)
    if is_confirmed and by == row.asked_by:
        raise NotReopened("A reopening takes two persons. Let somebody else confirm it.", because=CORRECT)
    if is_confirmed:
        hold_entries(company_id)
        refuse_reopening(after=row.after, closed_until=closed_until(company_id), reason=row.reason)
        draft = ClosingDraft(until=row.after, reason=row.reason, by=row.asked_by, seconded_by=by)
        close_books(company_id, draft, today=today, at=at)
    row.state = "confirmed" if is_confirmed else "declined"
    row.answered_by, row.answered_at = by, at
    row.save(update_fields=["state", "answered_by", "answered_at"])
    what = "books.reopened" if is_confirmed else "reopening.declined"
    facts = {"after": row.after.isoformat() if row.after else None, "reason": row.reason, "asked_by": row.asked_by}
    _record(company_id, what, f"{what}:{row.pk}", facts, by=by, today=today, at=at)


def _record(
    company_id: int, what: str, key: str, facts: Mapping[str, object], *, by: str, today: date, at: datetime
) -> None:
    record(
        company_id=company_id,
        key=key,
        what=what,
        subject=f"company:{company_id}",
        on_day=today,
        at=at,
        because=(CORRECT,),
        facts=facts,
        by=by,
    )
