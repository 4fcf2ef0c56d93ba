"""Balances and postings, for pages and checks."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, Sum

from servanda.business.ledger.facts import Account
from servanda.business.ledger.models import Entry, Posting
from servanda.ground.money import Money


@dataclass(frozen=True, slots=True)
class PostedLine:
    """One posting as it stands in the books."""

    on_day: date
    what: str
    account: str
    amount: Money
    key: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How a customer stands: the balance (above zero they owe us), and what of it is their credit."""

    balance: Money
    credit: Money


def balance_of_customer(customer_id: int) -> Money:
    """Return what the customer owes by the books: above zero they owe us."""
    found = Posting.objects.filter(
        customer_id=customer_id, account__in=[Account.RECEIVABLE, Account.CUSTOMER_CREDIT]
    ).aggregate(total=Sum("amount_minor"))
    return Money(found["total"] or 0)


def standing_of_customer(customer_id: int) -> Standing:
    """Return what the customer owes by the books after their credit, and that credit, in one question."""
    found = Posting.objects.filter(
        customer_id=customer_id, account__in=[Account.RECEIVABLE, Account.CUSTOMER_CREDIT]
    ).aggregate(total=Sum("amount_minor"), credit=Sum("amount_minor", filter=Q(account=Account.CUSTOMER_CREDIT)))
    return Standing(Money(found["total"] or 0), Money(-(found["credit"] or 0)))


def balances_of_accounts(company_id: int) -> dict[str, Money]:
    """Return the balance of each account of the company."""
    rows = Posting.objects.filter(company_id=company_id).values("account").annotate(total=Sum("amount_minor"))
    return {row["account"]: Money(row["total"]) for row in rows.order_by("account")}


def postings_of_invoice(invoice_id: int) -> tuple[PostedLine, ...]:
    """Return the postings that name the invoice, in the order in which they were made."""
    entries = Entry.objects.filter(invoice_id=invoice_id)
    rows = Posting.objects.filter(entry__in=entries).select_related("entry").order_by("id")
    return tuple(
        PostedLine(row.entry.on_day, row.entry.what, row.account, Money(row.amount_minor, row.currency), row.entry.key)
        for row in rows
    )
