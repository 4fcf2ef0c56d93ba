"""Charges for late payment: a fee, interest or compensation on one invoice, booked when it is charged. Outside VAT."""

from dataclasses import dataclass
from datetime import date, datetime

from servanda.business.billing.models import Allocation, BankEntry, Charge, Invoice
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


def lower_interest(
    invoice_id: int, excess: Money, *, because: tuple[Citation, ...], key: str, today: date, at: datetime
) -> Money:
    """Take back so much interest that ran too far, the latest first, and return how much that was.

    What is open of it is waived. What was paid goes to the principal of the invoice first, and then to the customer's credit.
    Runs in the caller's transaction, which holds the invoice.
    """
    left = excess
    rows = Charge.objects.select_for_update().filter(invoice_id=invoice_id, kind="interest").order_by("-id")
    for row in rows:
        paid = _freed(row, max(left - Money(row.open_minor), Money(0)), today=today, at=at, key=key)
        taken = min(left, Money(row.open_minor))
        if not taken:
            continue
        assert paid <= taken
        lines = (PostingLine(ACCOUNTS[row.kind], taken), PostingLine(Account.RECEIVABLE, -taken))
        entry = JournalEntry(
            key=f"waived:{key}:{row.pk}",
            what="waived",
            on_day=today,
            lines=lines,
            because=because,
            customer_id=row.customer_id,
            invoice_id=invoice_id,
        )
        post(row.company_id, entry, at=at)
        row.open_minor -= taken.minor
        row.save(update_fields=["open_minor"])
        left = left - taken
    return excess - left


def _freed(row: Charge, wanted: Money, *, today: date, at: datetime, key: str) -> Money:
    """Take payments off a charge, so that it is open again by so much, and give them to the principal or the customer."""
    freed = Money(0)
    for part, standing in _paid_on(row):
        amount = min(wanted - freed, standing)
        if not amount:
            continue
        _give(part, row, None, -amount, today=today)
        row.open_minor += amount.minor
        row.save(update_fields=["open_minor"])
        _use(part, row, amount, today=today, at=at, key=f"{key}:{part.pk}")
        freed = freed + amount
    return freed


def _paid_on(row: Charge) -> list[tuple[Allocation, Money]]:
    """Return what payments have given to a charge and what of it stands, the latest first; one may come, go and come again."""
    standing: dict[tuple[int | None, date], int] = {}
    latest: dict[tuple[int | None, date], Allocation] = {}
    for one in Allocation.objects.filter(charge=row, entry__isnull=False).order_by("id"):
        where = one.entry_id, one.value_on
        standing[where] = standing.get(where, 0) + one.amount_minor
        if one.amount_minor > 0:
            latest[where] = one
    newest_first = sorted(latest.items(), key=lambda item: item[1].pk, reverse=True)
    return [(part, Money(standing[where])) for where, part in newest_first if standing[where] > 0]


def _use(part: Allocation, row: Charge, amount: Money, *, today: date, at: datetime, key: str) -> None:
    invoice = Invoice.objects.select_for_update().get(pk=row.invoice_id)
    to_principal = min(amount, Money(invoice.open_minor))
    if to_principal:
        _give(part, row, invoice, to_principal, today=today)
        invoice.open_minor -= to_principal.minor
        invoice.save(update_fields=["open_minor"])
    to_credit = amount - to_principal
    if not to_credit:
        return
    assert part.entry_id is not None, "it was a payment"
    entry_row = BankEntry.objects.select_for_update().get(pk=part.entry_id)
    entry_row.unallocated_minor += to_credit.minor
    entry_row.save(update_fields=["unallocated_minor"])
    entry = JournalEntry(
        key=f"interest freed:{part.entry_id}:{key}",
        what="explained",
        on_day=today,
        lines=(PostingLine(Account.RECEIVABLE, to_credit), PostingLine(Account.CUSTOMER_CREDIT, -to_credit)),
        because=because_from_json(row.because),
        customer_id=row.customer_id,
        invoice_id=row.invoice_id,
    )
    post(row.company_id, entry, at=at)


def _give(part: Allocation, row: Charge, invoice: Invoice | None, amount: Money, *, today: date) -> None:
    Allocation.objects.create(
        company_id=row.company_id,
        entry_id=part.entry_id,
        invoice_id=row.invoice_id,
        charge=None if invoice is not None else row,
        amount_minor=amount.minor,
        value_on=part.value_on,
        on_day=today,
        because="interest stopped on the day of the payment",
    )
