"""Dividing one movement among several customers: its parts are explained one by one, and only the whole is the bank's.

A part is an entry of its own with the movement as its parent. It is never in a statement, so no sum of the bank's counts it; all
that can be done with an entry (give it to an invoice, keep it as credit, explain it otherwise, undo that) can be done with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from servanda.business.billing.actions.allocating import (
    Allocated,
    NotThisEntry,
    explain_as_credit,
    explain_as_payments,
    in_suspense,
    lock_invoices,
    record_act,
)
from servanda.business.billing.models import BankEntry
from servanda.business.billing.queries import items_of_invoices
from servanda.business.companies.facts import CompanyFacts
from servanda.ground.money import Money, total_of

PART = "a part of a movement that was divided"
PARTS_MAX = 40


@dataclass(frozen=True, slots=True)
class Share:
    """So much of an entry is for an invoice, or for a customer's credit; for neither, it stays in suspense."""

    amount: Money
    invoice_id: int | None = None
    customer_id: int | None = None


@transaction.atomic
def split_entry(
    company: CompanyFacts, entry_id: int, *, shares: Sequence[Share], by: str, today: date, at: datetime
) -> tuple[Allocated, ...]:
    """Divide an entry in suspense, and give each share to what it is for; what no share names stays in suspense."""
    row = in_suspense(company, entry_id)
    lock_invoices(share.invoice_id for share in shares if share.invoice_id is not None)
    groups = _groups(_whole_of(row, shares))
    if len(groups) == 1:
        (customer_id, own) = groups[0]
        if customer_id is None:
            raise NotThisEntry("Nothing was divided. Name at least one invoice or customer.")
        return _give(company, row.pk, customer_id, own, by=by, today=today, at=at)
    parts = divide(company, row, [total_of((one.amount for one in own), row.currency) for _, own in groups])
    facts: dict[str, object] = {"parts": [part.pk for part in parts], "amount_minor": row.amount_minor}
    record_act(company, row, "payment.split", facts, by=by, today=today, at=at)
    allocated: list[Allocated] = []
    for part, (customer_id, own) in zip(parts, groups, strict=True):
        if customer_id is not None:
            allocated.extend(_give(company, part.pk, customer_id, own, by=by, today=today, at=at))
    return tuple(allocated)


def divide(company: CompanyFacts, row: BankEntry, amounts: Sequence[Money]) -> tuple[BankEntry, ...]:
    """Write the parts of an entry in suspense, all in suspense themselves. Runs in the caller's transaction."""
    assert total_of(amounts, row.currency) == Money(row.amount_minor, row.currency), "parts make the whole"
    first = BankEntry.objects.filter(parent=row).count() + 1
    parts = BankEntry.objects.bulk_create(
        _part(row, amount, ordinal=ordinal) for ordinal, amount in enumerate(amounts, first)
    )
    row.state, row.because, row.unallocated_minor = "split", "divided", 0
    row.save(update_fields=["state", "because", "unallocated_minor"])
    return tuple(parts)


def _part(row: BankEntry, amount: Money, *, ordinal: int) -> BankEntry:
    return BankEntry(
        company_id=row.company_id,
        parent=row,
        statement_id=row.statement_id,
        account=row.account,
        ledger_account=row.ledger_account,
        reference=f"part of {row.pk}",
        ordinal=ordinal,
        amount_minor=amount.minor,
        currency=row.currency,
        booked_on=row.booked_on,
        value_on=row.value_on,
        text=row.text,
        payer_name=row.payer_name,
        payer_account=row.payer_account,
        unallocated_minor=amount.minor,
        state="suspense",
        because=PART,
    )


def _whole_of(row: BankEntry, shares: Sequence[Share]) -> tuple[Share, ...]:
    """Return the shares with what is left over as one more, so that they make the whole."""
    if row.amount_minor <= 0:
        raise NotThisEntry(
            "Bank entry %(entry_id)s is money that went out; it is not divided. Say otherwise what it is.",
            {"entry_id": row.pk},
        )
    if not 0 < len(shares) <= PARTS_MAX:
        raise NotThisEntry(
            "An entry is divided into 1 to %(most)s shares; %(count)s were named.",
            {"most": PARTS_MAX, "count": len(shares)},
        )
    wrong = next((share for share in shares if share.amount.minor <= 0), None)
    if wrong is not None:
        raise NotThisEntry(
            "A share of %(amount)s is none. Each share must be more than nothing.", {"amount": wrong.amount}
        )
    left = Money(row.amount_minor, row.currency) - total_of((share.amount for share in shares), row.currency)
    if left.minor < 0:
        raise NotThisEntry(
            "The shares come to %(left)s more than the entry has. Name at most what came in.", {"left": -left}
        )
    return (*shares, Share(left)) if left else tuple(shares)


def _groups(shares: Sequence[Share]) -> list[tuple[int | None, list[Share]]]:
    """Return the shares by customer, in the order in which they come; what is nobody's is one group."""
    named = [share.invoice_id for share in shares if share.invoice_id is not None]
    if len(named) != len(set(named)):
        raise NotThisEntry("One invoice is named twice. Give it one share.")
    owners = {item.invoice_id: item.customer_id for item in items_of_invoices(named)}
    missing = [invoice_id for invoice_id in named if invoice_id not in owners]
    if missing:
        raise NotThisEntry("There is no invoice with id %(missing)s. Choose another one.", {"missing": missing[0]})
    groups: dict[int | None, list[Share]] = {}
    for share in shares:
        owner = owners[share.invoice_id] if share.invoice_id is not None else share.customer_id
        groups.setdefault(owner, []).append(share)
    return list(groups.items())


def _give(
    company: CompanyFacts, entry_id: int, customer_id: int, own: list[Share], *, by: str, today: date, at: datetime
) -> tuple[Allocated, ...]:
    amounts = [(share.invoice_id, share.amount) for share in own if share.invoice_id is not None]
    if not amounts:
        return explain_as_credit(company, entry_id, customer_id=customer_id, by=by, today=today, at=at)
    return explain_as_payments(company, entry_id, amounts=amounts, by=by, today=today, at=at)
