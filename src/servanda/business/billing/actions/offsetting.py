"""Using customers' credit for what they owe, in the round before dunning looks: nobody is reminded of money that we have."""

from collections.abc import Callable, Collection, Iterator
from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from servanda.business.billing.actions.allocating import Allocated, lock_invoices
from servanda.business.billing.actions.crediting_locks import lock_credit_of
from servanda.business.billing.decisions.offsetting import UseCredit, credit_to_use
from servanda.business.billing.models import Allocation, BankEntry, Charge, Invoice
from servanda.business.billing.queries import open_items_of_customers
from servanda.business.billing.queries.credit import credits_of
from servanda.business.companies.facts import CompanyFacts
from servanda.business.evidence.actions import record
from servanda.business.ledger.actions import post
from servanda.business.ledger.facts import Account, JournalEntry, PostingLine
from servanda.ground.money import Money

REASON = "the customer's credit"


def nothing_kept(customer_id: int) -> Money:
    """Keep nothing of a customer's credit back."""
    return Money(0)


@transaction.atomic
def use_credit(
    company: CompanyFacts,
    customer_id: int,
    *,
    but: Collection[int],
    kept_of: Callable[[int], Money] = nothing_kept,
    today: date,
    at: datetime,
) -> tuple[Allocated, ...]:
    """Let a customer's credit pay what they have open, apart from the named invoices. Without either nothing happens.

    What `kept_of` says is kept for them, because it is to be paid back, stays: asked once nobody else can change the credit.
    """
    lock_credit_of(customer_id)
    kept = kept_of(customer_id)
    credits = credits_of([customer_id], is_locked=True)  # entries before invoices, in the order of all who change both
    lock_invoices(item.invoice_id for item in open_items_of_customers([customer_id]))
    items = [item for item in open_items_of_customers([customer_id]) if item.invoice_id not in but]
    uses = credit_to_use(credits, items, kept=kept)
    for use in uses:
        _carry_out(company, customer_id, use, today=today, at=at)
    return tuple(Allocated(use.part.invoice_id, customer_id, use.value_on, use.part.amount) for use in uses)


def _carry_out(company: CompanyFacts, customer_id: int, use: UseCredit, *, today: date, at: datetime) -> None:
    rows = Allocation.objects.bulk_create(
        _allocation(company, use, charge_id, amount, today=today) for charge_id, amount in _given(use)
    )
    Invoice.objects.filter(pk=use.part.invoice_id).update(open_minor=F("open_minor") - use.part.to_principal.minor)
    if use.credit.entry_id is not None:
        left = F("unallocated_minor") - use.part.amount.minor
        BankEntry.objects.filter(pk=use.credit.entry_id).update(unallocated_minor=left)
    key = f"credit used:{rows[0].pk}"
    entry = JournalEntry(
        key=key,
        what="credit used",
        on_day=today,
        lines=(
            PostingLine(Account.CUSTOMER_CREDIT, use.part.amount),
            PostingLine(Account.RECEIVABLE, -use.part.amount),
        ),
        because=use.because,
        customer_id=customer_id,
        invoice_id=use.part.invoice_id,
    )
    post(company.company_id, entry, at=at)
    record(
        company_id=company.company_id,
        key=key.replace(" ", "."),
        what="credit.used",
        subject=f"invoice:{use.part.invoice_id}",
        on_day=today,
        at=at,
        because=use.because,
        facts={
            "amount_minor": use.part.amount.minor,
            "entry": use.credit.entry_id,
            "credit_note": use.credit.credit_note_id,
        },
        customer_id=customer_id,
    )


def _given(use: UseCredit) -> Iterator[tuple[int | None, int]]:
    """Take the use off the charges it reaches, and yield each with its amount; then the principal's, without a charge."""
    left = use.part.to_charges.minor
    for charge in (
        Charge.objects.select_for_update().filter(invoice_id=use.part.invoice_id, open_minor__gt=0).order_by("id")
    ):
        amount = min(left, charge.open_minor)
        if not amount:
            break
        charge.open_minor -= amount
        charge.save(update_fields=["open_minor"])
        left -= amount
        yield charge.pk, amount
    if use.part.to_principal:
        yield None, use.part.to_principal.minor


def _allocation(
    company: CompanyFacts, use: UseCredit, charge_id: int | None, amount: int, *, today: date
) -> Allocation:
    return Allocation(
        company_id=company.company_id,
        entry_id=use.credit.entry_id,
        credit_note_id=use.credit.credit_note_id,
        invoice_id=use.part.invoice_id,
        charge_id=charge_id,
        amount_minor=amount,
        value_on=use.value_on,
        on_day=today,
        because=REASON,
    )
