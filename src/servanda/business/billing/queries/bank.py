"""Bank entries and statements, for matching and for the timeline of a customer."""

from collections.abc import Iterable

from django.db import connection

from servanda.business.billing.facts import BankEntryFacts, InvoiceFacts, StatementFacts
from servanda.business.billing.models import BankEntry, Statement
from servanda.business.companies.queries import Tally, tally_of
from servanda.business.customers.queries import customers
from servanda.ground.money import Money

# What nobody has explained, by amount and payer; and what the bank announced of days that no statement covers yet, by reference.
_PENDING = """
select company_id, amount_minor, payer_name, '' from bank_entry
 where company_id = any(%s) and state = 'suspense' and amount_minor = any(%s)
union all
select n.company_id, 0, '', part ->> 'creditor_reference'
  from bank_notice n cross join lateral jsonb_array_elements(n.parts) part
 where n.company_id = any(%s) and n.amount_minor > 0 and part ->> 'creditor_reference' = any(%s)
   and not exists (select 1 from bank_statement s where s.company_id = n.company_id and s.account = n.account
                                                    and s.closing_on >= n.booked_on)
"""


def entries_in_suspense(company_id: int) -> tuple[BankEntryFacts, ...]:
    """Return the bank entries that a person must explain, the oldest first."""
    rows = BankEntry.objects.filter(company_id=company_id, state="suspense").order_by("booked_on", "id")
    return tuple(entry_facts(row) for row in rows)


def suspense_tally(company_ids: Iterable[int]) -> Tally | None:
    """Return how to count the bank entries that a person must explain."""
    return tally_of(BankEntry.objects.filter(company_id__in=list(company_ids), state="suspense"))


def entry(entry_id: int) -> BankEntryFacts | None:
    row = BankEntry.objects.filter(pk=entry_id).first()
    return entry_facts(row) if row is not None else None


def payments_of_customer(customer_id: int) -> tuple[BankEntryFacts, ...]:
    """Return the bank entries that are known to be the customer's, the oldest first."""
    return tuple(
        entry_facts(row) for row in BankEntry.objects.filter(customer_id=customer_id).order_by("booked_on", "id")
    )


def statements_of(company_id: int, *, account: str = "", limit: int = 50) -> tuple[StatementFacts, ...]:
    """Return the newest statements that were read: of one account, or of all, those with payment providers too."""
    found = Statement.objects.filter(company_id=company_id)
    found = found.filter(account=account) if account else found
    rows = found.order_by("-closing_on", "-id")[:limit]
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
    by_reference = {(one.company_id, one.reference): one.invoice_id for one in open_ones if one.reference}
    references = [reference for _, reference in by_reference]
    with connection.cursor() as cursor:
        cursor.execute(_PENDING, [list(companies), list(amounts), list(companies), references])
        rows = cursor.fetchall()
    payers = {
        (company_id, minor, name.strip().casefold()) for company_id, minor, name, reference in rows if not reference
    }
    announced = frozenset(
        by_reference[company_id, reference]
        for company_id, _, _, reference in rows
        if (company_id, reference) in by_reference
    )
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
