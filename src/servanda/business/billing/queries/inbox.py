"""The inbox of bank entries: what waits for a person, how old it is, and what was explained last."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Min, Q, QuerySet, Sum

from servanda.business.billing.facts import BankEntryFacts
from servanda.business.billing.models import BankEntry
from servanda.business.billing.queries.bank import entry_facts
from servanda.ground.calendar import bank_days_since
from servanda.ground.money import Money

SHOWN = ("waiting", "in", "out", "done")


@dataclass(frozen=True, slots=True)
class Suspense:
    """How much waits unexplained in a company, and since when."""

    count: int
    count_in: int
    count_out: int
    came_in: Money
    went_out: Money
    oldest_on: date | None
    bank_days: int  # since the oldest was booked


def suspense_of(company_id: int, *, today: date) -> Suspense:
    """Return how much waits unexplained, and how many bank days the oldest øre has waited."""
    waiting = BankEntry.objects.filter(company_id=company_id, state="suspense")
    found = waiting.aggregate(
        count_in=Count("id", filter=Q(amount_minor__gt=0)),
        count_out=Count("id", filter=Q(amount_minor__lt=0)),
        came_in=Sum("amount_minor", filter=Q(amount_minor__gt=0)),
        went_out=Sum("amount_minor", filter=Q(amount_minor__lt=0)),
        oldest_on=Min("booked_on"),
    )
    oldest_on = found["oldest_on"]
    days = bank_days_since(oldest_on, today=today) if oldest_on is not None else 0
    count_in, count_out = found["count_in"], found["count_out"]
    came_in, went_out = Money(found["came_in"] or 0), Money(-(found["went_out"] or 0))
    return Suspense(count_in + count_out, count_in, count_out, came_in, went_out, oldest_on, days)


def inbox(company_id: int, *, show: str, search: str, since: int, limit: int) -> tuple[BankEntryFacts, ...]:
    """Return the entries of a filter that a search finds, from a place on: waiting ones the oldest first, done ones the newest."""
    rows = _of(company_id, show, search)
    ordered = rows.order_by("-id") if show == "done" else rows.order_by("booked_on", "id")
    return tuple(entry_facts(row) for row in ordered[since : since + limit])


def parts_of(entry_id: int) -> tuple[BankEntryFacts, ...]:
    """Return the parts that an entry was divided into, in their order."""
    rows = BankEntry.objects.filter(parent_id=entry_id).exclude(state="joined").order_by("id")
    return tuple(entry_facts(row) for row in rows)


def _of(company_id: int, show: str, search: str) -> QuerySet[BankEntry]:
    rows = BankEntry.objects.filter(company_id=company_id)
    if show == "done":
        rows = rows.filter(Q(state__in=["explained", "split"]) | Q(state="matched", amount_minor__gt=0))
    else:
        rows = rows.filter(state="suspense")
    if show == "in":
        rows = rows.filter(amount_minor__gt=0)
    if show == "out":
        rows = rows.filter(amount_minor__lt=0)
    if search:
        rows = rows.filter(_said(search))
    return rows


def _said(search: str) -> Q:
    found = Q(text__icontains=search) | Q(payer_name__icontains=search) | Q(creditor_reference__icontains=search)
    amount = search.replace(".", "").replace(",", ".").removesuffix("kr").strip()
    whole, dot, part = amount.partition(".")
    if whole.isascii() and whole.isdecimal() and len(whole) < 13 and (not dot or (part.isdecimal() and len(part) <= 2)):
        minor = int(whole) * 100 + int(part.ljust(2, "0") or 0)
        found |= Q(amount_minor__in=[minor, -minor])
    return found
