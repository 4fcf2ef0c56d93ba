"""Saying what a bank entry is that is no customer's payment: a fee, own money, what a payment provider pays out."""

from datetime import date, datetime

from django.db import transaction

from servanda.business.billing.actions.allocating import VOUCHER, NotThisEntry, in_suspense, record_act, times_moved
from servanda.business.billing.decisions.categories import category_of
from servanda.business.companies.facts import CompanyFacts
from servanda.business.ledger.actions import post
from servanda.business.ledger.facts import Account, JournalEntry, PostingLine
from servanda.ground.money import Money


@transaction.atomic
def explain_otherwise(
    company: CompanyFacts,
    entry_id: int,
    *,
    reason: str,
    by: str,
    today: date,
    at: datetime,
    category: str = "",
) -> None:
    """Take an entry out of suspense that is no customer's payment (a bank fee, own money), with the reason."""
    if not reason.strip():
        raise NotThisEntry("Say what the entry is. The reason goes into the books.")
    kind = category_of(category)
    row = in_suspense(company, entry_id)
    amount = Money(row.amount_minor, row.currency)
    before = times_moved(row, "payment.explained")
    entry = JournalEntry(
        key=f"bank entry explained:{row.pk}" + (f":{before + 1}" if before else ""),
        what="explained",
        on_day=today,
        lines=(PostingLine(Account.SUSPENSE, amount), PostingLine(kind.account, -amount)),
        because=(VOUCHER,),
    )
    is_new = post(company.company_id, entry, at=at)
    assert is_new, f"{entry.key} was booked before"
    row.state, row.because, row.category = "explained", reason.strip(), kind.code
    row.unallocated_minor = 0 if row.amount_minor > 0 else row.unallocated_minor
    row.save(update_fields=["state", "because", "category", "unallocated_minor"])
    facts: dict[str, object] = {"reason": reason, "amount_minor": row.amount_minor, "category": kind.code}
    record_act(company, row, "payment.explained", facts, by=by, today=today, at=at)
