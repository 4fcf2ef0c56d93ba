"""What billing knows: invoices and payments, the lines that may be due, and the rules that invoices are made by."""

from servanda.business.billing.queries.bank import (
    entries_in_suspense,
    entry,
    payments_of_customer,
    pending_payments,
    statements_of,
    suspense_tally,
)
from servanda.business.billing.queries.history import past_invoices
from servanda.business.billing.queries.invoices import (
    invoice_heads,
    invoice_ids_after,
    invoice_numbered,
    invoices,
    invoices_of_customer,
    items_of_invoices,
    newest_invoices,
    open_items,
    open_items_of_company,
    open_items_of_customers,
    open_totals_by_company,
    open_totals_by_customer,
    overdue_customers,
    overdue_of_customer,
)
from servanda.business.billing.queries.lines import due_contracts, running_contracts
from servanda.business.billing.queries.terms import billing_terms

__all__ = [
    "billing_terms",
    "due_contracts",
    "entries_in_suspense",
    "entry",
    "invoice_heads",
    "invoice_ids_after",
    "invoice_numbered",
    "invoices",
    "invoices_of_customer",
    "items_of_invoices",
    "newest_invoices",
    "open_items",
    "open_items_of_company",
    "open_items_of_customers",
    "open_totals_by_company",
    "open_totals_by_customer",
    "overdue_customers",
    "overdue_of_customer",
    "past_invoices",
    "payments_of_customer",
    "pending_payments",
    "running_contracts",
    "statements_of",
    "suspense_tally",
]
