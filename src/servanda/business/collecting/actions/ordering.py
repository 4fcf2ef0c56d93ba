"""Making orders for the invoices of customers who have an agreement, and handing them over in deliveries.

An order is written when its invoice is there, and joins a delivery in the transaction that numbers it. The delivery is handed
over outside any transaction, as often as it takes: its number and the orders' keys make the second time the same as the first.
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Max

from servanda.business.billing.facts import InvoiceFacts
from servanda.business.billing.queries import invoices, invoices_of_customer
from servanda.business.collecting.actions.telling import announce
from servanda.business.collecting.decisions import collection_due, key_of
from servanda.business.collecting.facts import Collectible, MandateFacts, MandateKind, OrderCollection
from servanda.business.collecting.models import Collection, CollectionDelivery, HeardNews, Mandate
from servanda.business.collecting.queries import mandates_of
from servanda.business.companies.facts import CompanyFacts
from servanda.business.evidence.actions import record
from servanda.business.evidence.facts import because_from_json, because_to_json

SILENT = "no outcome came in its time"
_TURN = 0x5E42_C011  # of the advisory locks that let one company's orders be made one after the other


@transaction.atomic
def order_due_collections(company: CompanyFacts, *, today: date, at: datetime) -> int:
    """Make the orders that are due, and return how many; one for each invoice at most."""
    _take_turn(company.company_id)
    made = 0
    for mandate in mandates_of(company.company_id):
        if mandate.is_active_on(today):
            made += sum(_order(company, mandate, one, today=today, at=at) for one in _collectibles(mandate.customer_id))
    return made


@transaction.atomic
def make_delivery(company: CompanyFacts, kind: MandateKind, *, today: date) -> int | None:
    """Put the orders that wait into a delivery, and return its number; None where none waits.

    An order whose invoice was paid in another way meanwhile is dropped, and one over another amount asks for what is open.
    """
    _take_turn(company.company_id)
    rows = Collection.objects.select_for_update().filter(
        company_id=company.company_id, mandate__kind=str(kind), state="due"
    )
    waiting = [row for row in rows.order_by("id") if _still_stands(row)]
    if not waiting:
        return None
    past = CollectionDelivery.objects.filter(company_id=company.company_id, kind=str(kind))
    number = (past.aggregate(last=Max("number"))["last"] or 0) + 1
    delivery = CollectionDelivery.objects.create(
        company_id=company.company_id, kind=str(kind), number=number, made_on=today
    )
    Collection.objects.filter(pk__in=[row.pk for row in waiting]).update(state="ordered", delivery=delivery)
    return number


def note_handed_over(delivery_id: int, *, at: datetime) -> None:
    """Keep that the provider has a delivery."""
    CollectionDelivery.objects.filter(pk=delivery_id, handed_over_at__isnull=True).update(handed_over_at=at)


@transaction.atomic
def give_up_silent(company: CompanyFacts, *, today: date, at: datetime) -> tuple[int, ...]:
    """Let go of the orders of which nothing was heard in their time, tell a person, and return their invoices."""
    rows = Collection.objects.select_for_update().filter(
        company_id=company.company_id, state__in=["due", "ordered"], window_ends_on__lt=today
    )
    found = list(rows)
    for row in found:
        row.state, row.problem = "silent", SILENT
        row.save(update_fields=["state", "problem"])
        _record(row, "collection.silent", today=today, at=at)
    return tuple(row.invoice_id for row in found)


@transaction.atomic
def see_collection(company: CompanyFacts, *, collection_id: int | None, news_id: int | None, by: str) -> None:
    """Keep that a person has seen to what went wrong."""
    if news_id is not None:
        HeardNews.objects.filter(company_id=company.company_id, pk=news_id, seen_by="").update(seen_by=by)
    if collection_id is not None:
        Collection.objects.filter(company_id=company.company_id, pk=collection_id).update(problem="")


def _take_turn(company_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [_TURN, company_id])


def _collectibles(customer_id: int) -> Iterable[Collectible]:
    found = [one for one in invoices_of_customer(customer_id) if _is_open(one)]
    before: dict[int, list[str]] = {}
    rows = Collection.objects.filter(invoice_id__in=[one.invoice_id for one in found])
    for invoice_id, state in rows.values_list("invoice_id", "state"):
        before.setdefault(invoice_id, []).append(state)
    for one in found:
        assert one.due_on is not None, "only what has a due day is collected"
        states = before.get(one.invoice_id, [])
        asked = [state for state in states if state != "dropped"]
        has_waiting = any(state in {"due", "ordered"} for state in states)
        yield Collectible(one.invoice_id, one.number, one.due_on, one.open_principal, len(asked), has_waiting)


def _is_open(invoice: InvoiceFacts) -> bool:
    return invoice.kind == "invoice" and invoice.due_on is not None and invoice.open_principal.minor > 0


def _order(company: CompanyFacts, mandate: MandateFacts, invoice: Collectible, *, today: date, at: datetime) -> bool:
    due = collection_due(invoice, mandate, today=today)
    if due is None:
        return False
    attempt = Collection.objects.filter(invoice_id=invoice.invoice_id).count() + 1
    row = _write(company, mandate, due, key_of(invoice.number, company_id=company.company_id, attempt=attempt))
    _record(row, "collection.ordered", today=today, at=at)
    announce(row, today=today, at=at)
    return True


def _write(company: CompanyFacts, mandate: MandateFacts, due: OrderCollection, key: str) -> Collection:
    return Collection.objects.create(
        company_id=company.company_id,
        customer_id=mandate.customer_id,
        mandate_id=mandate.mandate_id,
        invoice_id=due.invoice_id,
        key=key,
        amount_minor=due.amount.minor,
        collect_on=due.collect_on,
        hand_over_by=due.hand_over_by,
        window_ends_on=due.window_ends_on,
        because=because_to_json(due.because),
    )


def _still_stands(row: Collection) -> bool:
    (invoice,) = invoices([row.invoice_id])
    is_active = Mandate.objects.filter(pk=row.mandate_id, until__isnull=True).exists()
    if not invoice.open_principal or not is_active:
        row.state = "dropped"
        row.reason = "nothing is open any more" if is_active else "the agreement ended"
        row.save(update_fields=["state", "reason"])
        return False
    if row.amount_minor != invoice.open_principal.minor:
        row.amount_minor = invoice.open_principal.minor
        row.save(update_fields=["amount_minor"])
    return True


def _record(row: Collection, what: str, *, today: date, at: datetime) -> None:
    record(
        company_id=row.company_id,
        key=f"{what}:{row.pk}",
        what=what,
        subject=f"invoice:{row.invoice_id}",
        on_day=today,
        at=at,
        because=because_from_json(row.because),
        facts={"amount_minor": row.amount_minor, "collect_on": row.collect_on.isoformat()},
        customer_id=row.customer_id,
    )
