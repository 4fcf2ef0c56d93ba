"""Taking a bank entry out of suspense when another part of the house knows what it is: a payout, a provider's lump sum."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from servanda.business.billing.actions.allocating import VOUCHER, NotThisEntry
from servanda.business.billing.models import BankEntry
from servanda.business.companies.facts import CompanyFacts
from servanda.business.evidence.actions import record
from servanda.business.ledger.actions import post
from servanda.business.ledger.facts import Account, JournalEntry, PostingLine
from servanda.ground.money import Money, total_of


@transaction.atomic
def explain_by_accounts(
    company: CompanyFacts,
    entry_id: int,
    amounts: Mapping[Account, Money],
    *,
    reason: str,
    customer_id: int | None = None,
    by: str = "system",
    today: date,
    at: datetime,
) -> None:
    """Book an entry in suspense to the accounts that it belongs to; `amounts` are what each is credited, and make up the entry.

    Refuses an entry that is explained already. The customer, where there is one, goes into the record and not on the entry:
    it is not a payment of theirs.
    """
    row = BankEntry.objects.select_for_update().filter(pk=entry_id, company_id=company.company_id).first()
    if row is None or row.state != "suspense":
        state = row.state if row is not None else "not there"
        raise NotThisEntry(f"Bank entry {entry_id} is {state}. Choose one that is waiting for an explanation.")
    amount = Money(row.amount_minor, row.currency)
    assert total_of(amounts.values(), row.currency) == amount, f"entry {entry_id} would be explained in part"
    lines = (PostingLine(Account.SUSPENSE, amount), *(PostingLine(to, -part) for to, part in amounts.items()))
    entry = JournalEntry(
        key=f"bank entry explained:{row.pk}",
        what="explained",
        on_day=today,
        lines=tuple(line for line in lines if line.amount),
        because=(VOUCHER,),
        customer_id=customer_id,
    )
    post(company.company_id, entry, at=at)
    row.state, row.because = "explained", reason
    row.unallocated_minor = 0 if row.amount_minor > 0 else row.unallocated_minor
    row.save(update_fields=["state", "because", "unallocated_minor"])
    record(
        company_id=company.company_id,
        key=f"payment.explained:{row.pk}",
        what="payment.explained",
        subject=f"entry:{row.pk}",
        on_day=today,
        at=at,
        because=(VOUCHER,),
        facts={"reason": reason, "amount_minor": row.amount_minor},
        customer_id=customer_id,
        by=by,
    )
