"""Bank entries and statements, for matching and for the timeline of a customer."""

from collections.abc import Iterable, Mapping

from django.db.models import Count

from servanda.business.billing.facts import BankEntryFacts, InvoiceFacts, StatementFacts
from servanda.business.billing.models import BankEntry, Statement
from servanda.business.billing.queries.announced import announced_invoices
from servanda.business.customers.queries import customers
from servanda.ground.money import Money


def entries_in_suspense(company_id: int) -> tuple[BankEntryFacts, ...]:
    """Return the bank entries that a person must explain, the oldest first."""
    rows = BankEntry.objects.filter(company_id=company_id, state="suspense").order_by("booked_on", "id")
    return tuple(entry_facts(row) for row in rows)


def suspense_counts(company_ids: Iterable[int]) -> Mapping[int, int]:
    """Return how many bank entries a person must explain, by company; none is left out."""
    rows = BankEntry.objects.filter(company_id__in=list(company_ids), state="suspense").values("company_id")
    return {row["company_id"]: row["count"] for row in rows.annotate(count=Count("id"))}


def entry(entry_id: int) -> BankEntryFacts | None:
    row = BankEntry.objects.filter(pk=entry_id).first()
    return entry_facts(row) if row is not None else None


def payments_of_customer(customer_id: int) -> tuple[BankEntryFacts, ...]:
    """Return the bank entries that are known to be the customer's, the oldest first."""
    return tuple(
        entry_facts(row) for row in BankEntry.objects.filter(customer_id=customer_id).order_by("booked_on", "id")
    )


def statements_of(company_id: int, *, limit: int = 50) -> tuple[StatementFacts, ...]:
    """Return the newest bank statements that were read."""
    rows = Statement.objects.filter(company_id=company_id).order_by("-closing_on", "-id")[:limit]
    return tuple(
        StatementFacts(
            row.pk,
            row.account,
            row.statement_id,
            Money(row.opening_minor),
            Money(row.closing_minor),
            row.opening_on,
            row.closing_on,
            row.file_name,
        )
        for row in rows
    )


def pending_payments(found: Iterable[InvoiceFacts]) -> frozenset[int]:
    """Return the invoices that unexplained money may be for: the right amount, and the customer's name or no name at all.

    Nobody is called late for an invoice while a person has not said what such an entry is.
    """
    open_ones = [invoice for invoice in found if invoice.open_total]
    amounts = {amount.minor for one in open_ones for amount in (one.open_principal, one.open_total)}
    companies = {one.company_id for one in open_ones}
    entries = BankEntry.objects.filter(company_id__in=companies, state="suspense", amount_minor__in=amounts)
    payers = {(row.company_id, row.amount_minor, row.payer_name.strip().casefold()) for row in entries}
    announced = announced_invoices(open_ones)
    if not payers:
        return announced
    names = customers({one.customer_id for one in open_ones})
    return announced | frozenset(
        one.invoice_id
        for one in open_ones
        for amount in (one.open_principal, one.open_total)
        for name in ("", names[one.customer_id].name.strip().casefold())
        if (one.company_id, amount.minor, name) in payers
    )


def entry_facts(row: BankEntry) -> BankEntryFacts:
    return BankEntryFacts(
        entry_id=row.pk,
        company_id=row.company_id,
        account=row.account,
        reference=row.reference,
        amount=Money(row.amount_minor, row.currency),
        unallocated=Money(row.unallocated_minor, row.currency),
        booked_on=row.booked_on,
        value_on=row.value_on,
        text=row.text,
        creditor_reference=row.creditor_reference,
        payer_name=row.payer_name,
        is_reversal=row.is_reversal,
        customer_id=row.customer_id,
        state=row.state,
        because=row.because,
        payer_account=row.payer_account,
        fik_type=row.fik_type,
        fik_creditor=row.fik_creditor,
        original=Money(row.original_minor, row.original_currency) if row.original_minor is not None else None,
        parent_id=row.parent_id,
        category=row.category,
    )
