"""Balances and postings, for pages and checks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, Sum

from servanda.business.ledger.facts import Account, ClosingFacts
from servanda.business.ledger.models import Closing, Entry, Posting
from servanda.ground.money import Money
from servanda.ground.periods import Period


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


def turnover_of_accounts(company_id: int, period: Period, accounts: Iterable[str]) -> dict[str, Money]:
    """Return what was posted on accounts on the days of a period; an account without postings is left out."""
    rows = Posting.objects.filter(
        company_id=company_id,
        account__in=list(accounts),
        entry__on_day__gte=period.since,
        entry__on_day__lt=period.until,
    )
    totals = rows.values("account").annotate(total=Sum("amount_minor"))
    return {row["account"]: Money(row["total"]) for row in totals.order_by("account")}


def postings_of_invoice(invoice_id: int) -> tuple[PostedLine, ...]:
    """Return the postings that name the invoice, in the order in which they were made."""
    entries = Entry.objects.filter(invoice_id=invoice_id)
    rows = Posting.objects.filter(entry__in=entries).select_related("entry").order_by("id")
    return tuple(
        PostedLine(row.entry.on_day, row.entry.what, row.account, Money(row.amount_minor, row.currency), row.entry.key)
        for row in rows
    )


def closed_until(company_id: int) -> date | None:
    """Return the last day whose books are closed; None where all are open."""
    rows = Closing.objects.filter(company_id=company_id).order_by("-id")
    return rows.values_list("closed_until", flat=True).first()


def first_booked_on(company_id: int) -> date | None:
    """Return the first day on which anything is booked, if there is one."""
    rows = Entry.objects.filter(company_id=company_id).order_by("on_day")
    return rows.values_list("on_day", flat=True).first()


def closings_of(company_id: int) -> tuple[ClosingFacts, ...]:
    """Return all closings and reopenings of the company, the newest first."""
    return tuple(
        ClosingFacts(
            until=row.closed_until,
            is_reopening=row.is_reopening,
            entries=row.entries,
            debit=Money(row.debit_minor),
            reason=row.reason,
            by=row.by,
            seconded_by=row.seconded_by,
            on_day=row.on_day,
            at=row.at,
        )
        for row in Closing.objects.filter(company_id=company_id).order_by("-id")
    )
