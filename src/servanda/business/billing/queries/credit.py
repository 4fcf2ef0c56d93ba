"""What do customers have to their credit: overpaid money, and credit notes on what was paid already?"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db.models import BigIntegerField, Exists, F, Manager, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from servanda.business.billing.facts import CustomerCredit
from servanda.business.billing.models import Allocation, BankEntry, Charge, CreditUse, Invoice
from servanda.ground.money import Money, total_of


def customers_with_credit(company_id: int) -> tuple[int, ...]:
    """Return the customers of a company who have something to their credit and owe something, so that it can be used."""
    found = set(_left_of_notes(_owing_with_notes(company_id)))
    paid = BankEntry.objects.filter(company_id=company_id, state="matched", unallocated_minor__gt=0)
    ids = {one for one in paid.values_list("customer_id", flat=True) if one is not None}
    if ids:
        owing = Invoice.objects.filter(company_id=company_id, kind="invoice", customer_id__in=ids, open_minor__gt=0)
        charged = Invoice.objects.filter(company_id=company_id, customer_id__in=ids, charge__open_minor__gt=0)
        found |= set(owing.values_list("customer_id", flat=True)) | set(charged.values_list("customer_id", flat=True))
    return tuple(sorted(found))


def credits_of(customer_ids: Iterable[int], *, is_locked: bool = False) -> tuple[CustomerCredit, ...]:
    """Return the customers' credits one by one. Locked, nobody else uses them before the transaction ends."""
    ids = list(customer_ids)
    rows = BankEntry.objects.filter(customer_id__in=ids, state="matched", unallocated_minor__gt=0).order_by("id")
    if is_locked:
        rows = rows.select_for_update()
        list(
            Invoice.objects.select_for_update(no_key=True)
            .filter(customer_id__in=ids, kind="credit note")
            .order_by("pk")
        )
    paid = tuple(
        CustomerCredit(row.customer_id or 0, row.pk, None, Money(row.unallocated_minor, row.currency), row.value_on)
        for row in rows
    )
    return (*paid, *(one for found in _left_of_notes(ids).values() for one in found))


def credit_totals(customer_ids: Iterable[int]) -> Mapping[int, Money]:
    """Return what customers have to their credit altogether; one who has nothing is left out."""
    by_customer: defaultdict[int, list[Money]] = defaultdict(list)
    for credit in credits_of(customer_ids):
        by_customer[credit.customer_id].append(credit.amount)
    return {customer_id: total_of(amounts) for customer_id, amounts in by_customer.items()}


def credited_customers(company_id: int) -> Mapping[int, tuple[CustomerCredit, ...]]:
    """Return all customers of a company who have something to their credit, with what it is."""
    paid = BankEntry.objects.filter(company_id=company_id, state="matched", unallocated_minor__gt=0)
    noted = Invoice.objects.filter(company_id=company_id, kind="credit note")
    ids = {one for one in paid.values_list("customer_id", flat=True) if one is not None}
    ids |= set(noted.values_list("customer_id", flat=True))
    found: defaultdict[int, list[CustomerCredit]] = defaultdict(list)
    for credit in credits_of(ids):
        found[credit.customer_id].append(credit)
    return {customer_id: tuple(credits) for customer_id, credits in found.items()}


def _owing_with_notes(company_id: int) -> tuple[int, ...]:
    """Begin at the notes, which have an index of their own: they are few beside the invoices."""
    mine = OuterRef("customer_id")
    owing = Invoice.objects.filter(customer_id=mine, kind="invoice", open_minor__gt=0)
    charged = Charge.objects.filter(customer_id=mine, open_minor__gt=0)
    notes = Invoice.objects.filter(Exists(owing) | Exists(charged), company_id=company_id, kind="credit note")
    return tuple(notes.values_list("customer_id", flat=True).distinct())


def _left_of_notes(customer_ids: Collection[int]) -> dict[int, list[CustomerCredit]]:
    if not customer_ids:
        return {}
    notes = Invoice.objects.filter(customer_id__in=customer_ids, kind="credit note")
    unused = F("total_minor") - _used(Allocation.objects) - _used(CreditUse.objects)
    columns = ("customer_id", "pk", "left", "currency", "issued_on")
    left: dict[int, list[CustomerCredit]] = defaultdict(list)
    rows = notes.annotate(left=unused).filter(left__gt=0).order_by("id").values_list(*columns)
    for customer_id, note_id, minor, currency, issued_on in rows:
        left[customer_id].append(CustomerCredit(customer_id, None, note_id, Money(minor, currency), issued_on))
    return left


def _used(rows: Manager[Any]) -> Coalesce:
    """Return what of a credit note these rows have used, to be asked with the note."""
    used = rows.filter(credit_note=OuterRef("pk")).values("credit_note").annotate(used=Sum("amount_minor"))
    return Coalesce(Subquery(used.values("used")), 0, output_field=BigIntegerField())
