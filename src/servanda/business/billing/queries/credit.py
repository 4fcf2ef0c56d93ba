"""What customers have to their credit, where it came from, and the accounts that they have paid from."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.db.models import Max, Sum

from servanda.business.billing.facts import CreditSource, PayerAccount
from servanda.business.billing.models import Allocation, BankEntry, CreditUse, Invoice
from servanda.ground.money import Money, total_of


def credit_sources(customer_id: int) -> tuple[CreditSource, ...]:
    """Return what a customer has to their credit, the oldest first."""
    return credit_of_customers([customer_id]).get(customer_id, ())


def credit_of_customers(customer_ids: Iterable[int]) -> Mapping[int, tuple[CreditSource, ...]]:
    """Return what each of the customers has to their credit; who has nothing is left out."""
    ids = list(customer_ids)
    entries = BankEntry.objects.filter(
        customer_id__in=ids, state="matched", amount_minor__gt=0, unallocated_minor__gt=0
    )
    notes = Invoice.objects.filter(customer_id__in=ids, kind="credit note").order_by("id")
    return _by_customer(entries, notes)


def customers_with_credit(company_id: int) -> Mapping[int, tuple[CreditSource, ...]]:
    """Return all customers of a company who have something to their credit."""
    entries = BankEntry.objects.filter(
        company_id=company_id, state="matched", amount_minor__gt=0, unallocated_minor__gt=0
    )
    notes = Invoice.objects.filter(company_id=company_id, kind="credit note").order_by("id")
    return _by_customer(entries, notes)


def credit_total(sources: Iterable[CreditSource]) -> Money:
    """Return what the sources come to."""
    return total_of(source.left for source in sources)


def payer_accounts(customer_id: int) -> tuple[PayerAccount, ...]:
    """Return the accounts that a customer's money came from, the one used last first. What was taken back does not count."""
    rows = BankEntry.objects.filter(customer_id=customer_id, state="matched", amount_minor__gt=0)
    grouped = rows.exclude(payer_account="").values("payer_account")
    found = grouped.annotate(received=Sum("amount_minor"), last_on=Max("booked_on"), newest=Max("id"))
    names = dict(rows.filter(pk__in=[row["newest"] for row in found]).values_list("id", "payer_name"))
    accounts = (
        PayerAccount(
            account=row["payer_account"],
            name=names[row["newest"]],
            entry_id=row["newest"],
            received=Money(row["received"]),
            last_on=row["last_on"],
        )
        for row in found
    )
    return tuple(sorted(accounts, key=lambda one: (one.last_on, one.entry_id), reverse=True))


def received_from(customer_id: int) -> Money:
    """Return all that a customer has paid and that stands."""
    rows = BankEntry.objects.filter(customer_id=customer_id, state="matched", amount_minor__gt=0)
    return Money(rows.aggregate(total=Sum("amount_minor"))["total"] or 0)


def sources_taken_back(key: str) -> bool:
    """Tell whether the bank has taken back a payment whose rest was used under this key."""
    return CreditUse.objects.filter(key=key, entry__state="reversed").exists()


def _by_customer(entries: Iterable[BankEntry], notes: Iterable[Invoice]) -> dict[int, tuple[CreditSource, ...]]:
    found: dict[int, list[CreditSource]] = defaultdict(list)
    for row in entries:
        assert row.customer_id is not None, "what is matched has a customer"
        left = Money(row.unallocated_minor, row.currency)
        found[row.customer_id].append(CreditSource(row.pk, None, left, row.booked_on, row.payer_account))
    written = list(notes)
    used = _used([note.pk for note in written])
    for note in written:
        rest = note.total_minor - used[note.pk]
        if rest > 0:
            source = CreditSource(None, note.pk, Money(rest, note.currency), note.issued_on)
            found[note.customer_id].append(source)
    return {
        customer_id: tuple(sorted(sources, key=lambda one: (one.since, one.entry_id or 0, one.credit_note_id or 0)))
        for customer_id, sources in found.items()
    }


def _used(note_ids: list[int]) -> Mapping[int, int]:
    """Return how much of each credit note has gone to invoices or out of the house."""
    used: dict[int, int] = defaultdict(int)
    for rows in (Allocation.objects, CreditUse.objects):
        found = rows.filter(credit_note_id__in=note_ids).values("credit_note_id").annotate(total=Sum("amount_minor"))
        for row in found:
            used[row["credit_note_id"]] += row["total"]
    return used
