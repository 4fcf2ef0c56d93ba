"""Charges for late payment: a fee, interest or compensation on one invoice, booked when it is charged. Outside VAT."""

from dataclasses import dataclass
from datetime import date, datetime

from servanda.business.billing.models import Charge, Invoice
from servanda.business.evidence.facts import because_from_json, because_to_json
from servanda.business.ledger.actions import post
from servanda.business.ledger.facts import Account, JournalEntry, PostingLine
from servanda.ground.citation import Citation
from servanda.ground.money import Money

ACCOUNTS = {
    "fee": Account.FEES,
    "collection fee": Account.FEES,
    "interest": Account.INTEREST,
    "compensation": Account.COMPENSATION,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeDraft:
    """A charge that was decided. Its key is the order's."""

    key: str
    kind: str
    invoice_id: int
    amount: Money
    because: tuple[Citation, ...]
    step: int | None = None
    reckoning: tuple[str, ...] = ()


def add_charge(draft: ChargeDraft, *, today: date, at: datetime) -> bool:
    """Add a charge to an invoice and book it. False: its key is there already. Runs in the caller's transaction."""
    invoice = Invoice.objects.select_for_update().get(pk=draft.invoice_id)
    _, is_new = Charge.objects.get_or_create(
        key=draft.key,
        defaults={
            "company_id": invoice.company_id,
            "customer_id": invoice.customer_id,
            "invoice": invoice,
            "kind": draft.kind,
            "step": draft.step,
            "on_day": today,
            "amount_minor": draft.amount.minor,
            "open_minor": draft.amount.minor,
            "reckoning": list(draft.reckoning),
            "because": because_to_json(draft.because),
        },
    )
    if not is_new:
        return False
    lines = (PostingLine(Account.RECEIVABLE, draft.amount), PostingLine(ACCOUNTS[draft.kind], -draft.amount))
    entry = JournalEntry(
        key=f"charge:{draft.key}",
        what=draft.kind,
        on_day=today,
        lines=lines,
        because=draft.because,
        customer_id=invoice.customer_id,
        invoice_id=invoice.pk,
    )
    return post(invoice.company_id, entry, at=at)


def waive_charges(invoice_id: int, *, because: tuple[Citation, ...], key: str, today: date, at: datetime) -> Money:
    """Waive what is open of an invoice's charges, and book it back. Returns how much that was.

    Without a ground of its own a waiver cites the charge's. Runs in the caller's transaction.
    """
    rows = Charge.objects.select_for_update().filter(invoice_id=invoice_id, open_minor__gt=0).order_by("id")
    waived = Money(0)
    for row in rows:
        amount = Money(row.open_minor)
        lines = (PostingLine(ACCOUNTS[row.kind], amount), PostingLine(Account.RECEIVABLE, -amount))
        entry = JournalEntry(
            key=f"waived:{key}:{row.pk}",
            what="waived",
            on_day=today,
            lines=lines,
            because=because or because_from_json(row.because),
            customer_id=row.customer_id,
            invoice_id=invoice_id,
        )
        post(row.company_id, entry, at=at)
        row.open_minor = 0
        row.save(update_fields=["open_minor"])
        waived = waived + amount
    return waived
