"""Agreements, orders and outcomes; and the invoices that wait for an outcome, on which nobody is called late."""

from collections.abc import Iterable
from datetime import date

from servanda.business.billing.queries import invoice_heads
from servanda.business.collecting.facts import (
    CollectionFacts,
    CollectionState,
    CreditorFacts,
    DeliveryFacts,
    DeliveryOrder,
    MandateFacts,
    MandateKind,
    UnexplainedNews,
)
from servanda.business.collecting.models import Collection, CollectionDelivery, Creditor, HeardNews, Mandate
from servanda.business.companies.queries import Tally, tally_of
from servanda.business.customers.queries import customers
from servanda.ground.money import Money


def pending_collections(invoice_ids: Iterable[int], *, today: date) -> frozenset[int]:
    """Return the invoices that are about to be collected, or whose outcome may still come: nobody is late for those."""
    rows = Collection.objects.filter(
        invoice_id__in=list(invoice_ids), state__in=["due", "ordered"], window_ends_on__gte=today
    )
    return frozenset(rows.values_list("invoice_id", flat=True))


def creditors_of(company_id: int) -> tuple[CreditorFacts, ...]:
    """Return who the company is to each provider that it collects by."""
    rows = Creditor.objects.filter(company_id=company_id).order_by("kind")
    return tuple(CreditorFacts(row.company_id, MandateKind(row.kind), row.number, dict(row.details)) for row in rows)


def mandates_of(company_id: int) -> tuple[MandateFacts, ...]:
    """Return all agreements of a company's customers, the active ones first."""
    rows = Mandate.objects.filter(company_id=company_id).order_by("-until", "id")
    return tuple(sorted((_mandate(row) for row in rows), key=lambda one: (one.until is not None, one.mandate_id)))


def mandates_of_customer(customer_id: int) -> tuple[MandateFacts, ...]:
    """Return a customer's agreements, the newest first."""
    return tuple(_mandate(row) for row in Mandate.objects.filter(customer_id=customer_id).order_by("-id"))


def collections_of(company_id: int, *, limit: int = 200) -> tuple[CollectionFacts, ...]:
    """Return the newest orders of a company."""
    rows = Collection.objects.filter(company_id=company_id).select_related("mandate")
    return _collections(rows.order_by("-collect_on", "-id")[:limit])


def collections_of_invoice(invoice_id: int) -> tuple[CollectionFacts, ...]:
    """Return the orders of an invoice, the newest first."""
    return _collections(Collection.objects.filter(invoice_id=invoice_id).select_related("mandate").order_by("-id"))


def waiting_orders(company_id: int, kind: MandateKind) -> tuple[DeliveryOrder, ...]:
    """Return the orders whose outcome may still come, or may still be taken back."""
    rows = Collection.objects.filter(company_id=company_id, mandate__kind=str(kind), delivery__isnull=False)
    rows = rows.filter(state__in=["ordered", "silent", "paid"]).select_related("mandate").order_by("id")
    return _orders(rows)


def deliveries_to_hand_over(company_id: int, kind: MandateKind) -> tuple[DeliveryFacts, ...]:
    """Return the deliveries that were made and of which it is not known that the provider has them."""
    rows = CollectionDelivery.objects.filter(company_id=company_id, kind=str(kind), handed_over_at__isnull=True)
    return tuple(
        DeliveryFacts(
            row.pk,
            kind,
            row.number,
            row.made_on,
            _orders(Collection.objects.filter(delivery=row).select_related("mandate").order_by("id")),
        )
        for row in rows.order_by("number")
    )


def unexplained_news(company_id: int) -> tuple[UnexplainedNews, ...]:
    """Return what a provider told that fits nothing of ours, and that no person has seen to."""
    rows = HeardNews.objects.filter(company_id=company_id, seen_by="").exclude(problem="").order_by("id")
    return tuple(
        UnexplainedNews(
            news_id=row.pk,
            kind=MandateKind(row.kind),
            what=row.what,
            reference=row.reference,
            key=row.key,
            amount=Money(row.amount_minor),
            on=row.on_day,
            told_at=row.told_at,
            problem=row.problem,
        )
        for row in rows
    )


def collection_tallies(company_ids: Iterable[int]) -> tuple[Tally | None, ...]:
    """Return how to count what of collecting waits for a person."""
    ids = list(company_ids)
    wrong = HeardNews.objects.filter(company_id__in=ids, seen_by="").exclude(problem="")
    silent = Collection.objects.filter(company_id__in=ids).exclude(problem="")
    return tally_of(wrong), tally_of(silent)


def _orders(rows: Iterable[Collection]) -> tuple[DeliveryOrder, ...]:
    found = list(rows)
    people = customers({row.customer_id for row in found})
    numbers = {one.invoice_id: one.number for one in invoice_heads({row.invoice_id for row in found})}
    return tuple(
        DeliveryOrder(
            key=row.key,
            mandate_number=row.mandate.number,
            customer_number=people[row.customer_id].number,
            amount=Money(row.amount_minor),
            collect_on=row.collect_on,
            text=f"Faktura {numbers[row.invoice_id]}",
        )
        for row in found
    )


def _collections(rows: Iterable[Collection]) -> tuple[CollectionFacts, ...]:
    found = list(rows)
    numbers = {one.invoice_id: one.number for one in invoice_heads({row.invoice_id for row in found})}
    return tuple(
        CollectionFacts(
            collection_id=row.pk,
            company_id=row.company_id,
            customer_id=row.customer_id,
            invoice_id=row.invoice_id,
            invoice_number=numbers[row.invoice_id],
            kind=MandateKind(row.mandate.kind),
            mandate_number=row.mandate.number,
            key=row.key,
            amount=Money(row.amount_minor),
            collect_on=row.collect_on,
            hand_over_by=row.hand_over_by,
            window_ends_on=row.window_ends_on,
            state=CollectionState(row.state),
            outcome_on=row.outcome_on,
            reason=row.reason,
            problem=row.problem,
        )
        for row in found
    )


def _mandate(row: Mandate) -> MandateFacts:
    return MandateFacts(
        mandate_id=row.pk,
        company_id=row.company_id,
        customer_id=row.customer_id,
        kind=MandateKind(row.kind),
        number=row.number,
        since=row.since,
        until=row.until,
        ended_by=row.ended_by,
    )
