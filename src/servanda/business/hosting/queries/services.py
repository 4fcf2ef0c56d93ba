"""The services of a customer or of contract lines, with their holds, and what is ready to be purged."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum

from django.db.models import Q, QuerySet

from servanda.business.companies.queries import Tally, tally_of
from servanda.business.evidence.facts import because_from_json
from servanda.business.hosting.facts import SENDING, HoldFacts, ServiceFacts, ServiceSpan
from servanda.business.hosting.models import Hold, Service


def services_of_customer(customer_id: int) -> tuple[ServiceFacts, ...]:
    return _whole(Service.objects.filter(customer_id=customer_id))


def services_of_customers(customer_ids: Iterable[int]) -> tuple[ServiceFacts, ...]:
    return _whole(Service.objects.filter(customer_id__in=list(customer_ids)))


class ServiceFilter(StrEnum):
    """Which of a company's services a list shows."""

    ALL = "all"
    HELD = "held"
    CLOSED = "closed"


def services(service_ids: Iterable[int], *, company_id: int | None = None) -> tuple[ServiceFacts, ...]:
    """Return these services, of this company only where one is named."""
    rows = Service.objects.filter(pk__in=list(service_ids))
    return _whole(rows if company_id is None else rows.filter(company_id=company_id))


def company_id_of(service_id: int) -> int:
    """Return whose a service is: the company that runs it."""
    return Service.objects.values_list("company_id", flat=True).get(pk=service_id)


def services_of_company(
    company_id: int, *, show: ServiceFilter, search: str, skip: int, limit: int
) -> tuple[ServiceFacts, ...]:
    """Return some of a company's services, the newest first; `search` is part of a name."""
    rows = Service.objects.filter(company_id=company_id)
    if show is ServiceFilter.HELD:
        rows = rows.filter(
            pk__in=Hold.objects.filter(lifted_at__isnull=True).exclude(cause=SENDING).values("service_id")
        )
    elif show is ServiceFilter.CLOSED:
        rows = rows.exclude(state="running")
    if search.strip():
        rows = rows.filter(name__icontains=search.strip())
    ids = list(rows.order_by("-id").values_list("pk", flat=True)[skip : skip + limit])
    found = {one.service_id: one for one in _whole(Service.objects.filter(pk__in=ids))}
    return tuple(found[number] for number in ids)


def service_spans(company_id: int, *, since: date) -> tuple[ServiceSpan, ...]:
    """Return the days on which each service of a company ran, without those that were closed by the first day."""
    rows = Service.objects.filter(company_id=company_id).exclude(quarantined_on__lte=since).order_by("id")
    columns = ("customer_id", "line__contract_id", "product_code", "began_on", "quarantined_on")
    return tuple(ServiceSpan(*row) for row in rows.values_list(*columns))


def services_to_purge(company_id: int, *, today: date) -> tuple[ServiceFacts, ...]:
    """Return the quarantined services whose data may go today; reads only those."""
    return _whole(Service.objects.filter(company_id=company_id, state="quarantined", purge_on__lte=today))


def purges_to_decide(company_id: int, *, today: date) -> tuple[ServiceFacts, ...]:
    """Return the quarantined services whose data may go today if a person says so; reads only those."""
    ready = Service.objects.filter(company_id=company_id, state="quarantined", purge_on__lte=today)
    return _whole(ready.filter(purge_decided_by="person"))


def purge_tally(today_by_company: Mapping[int, date]) -> Tally | None:
    """Return how to count the services that wait for a person's purge, each company's on its own day."""
    ready = Q()
    for company_id, today in today_by_company.items():
        ready |= Q(company_id=company_id, purge_on__lte=today)
    return tally_of(Service.objects.filter(ready, state="quarantined", purge_decided_by="person")) if ready else None


def quarantined_service(company_id: int, service_id: int) -> ServiceFacts | None:
    """Return a service of the company that is in quarantine, if it is one."""
    found = _whole(Service.objects.filter(company_id=company_id, pk=service_id, state="quarantined"))
    return found[0] if found else None


def held_customers(company_id: int) -> frozenset[int]:
    """Return the customers who have a service that is held now."""
    rows = Hold.objects.filter(service__company_id=company_id, lifted_at__isnull=True)
    return frozenset(rows.exclude(cause=SENDING).values_list("service__customer_id", flat=True))


def _whole(rows: QuerySet[Service]) -> tuple[ServiceFacts, ...]:
    found = list(rows.order_by("id"))
    holds: dict[int, list[HoldFacts]] = defaultdict(list)
    for hold in Hold.objects.filter(service__in=[row.pk for row in found]).order_by("id"):
        holds[hold.service_id].append(_hold(hold))
    return tuple(_facts(row, tuple(holds[row.pk])) for row in found)


def _hold(row: Hold) -> HoldFacts:
    return HoldFacts(
        hold_id=row.pk,
        service_id=row.service_id,
        cause=row.cause,
        invoice_id=row.invoice_id,
        placed_on=row.placed_on,
        placed_at=row.placed_at,
        because=because_from_json(row.because),
        ends_at=row.ends_at,
        lifted_at=row.lifted_at,
        warrant_key=row.warrant_key,
    )


def _facts(row: Service, holds: tuple[HoldFacts, ...]) -> ServiceFacts:
    return ServiceFacts(
        service_id=row.pk,
        customer_id=row.customer_id,
        line_id=row.line_id,
        product=row.product_code,
        name=row.name,
        state=row.state,
        began_on=row.began_on,
        quarantined_on=row.quarantined_on,
        purge_on=row.purge_on,
        purged_on=row.purged_on,
        purge_decided_by=row.purge_decided_by,
        purge_because=because_from_json(row.purge_because),
        holds=holds,
    )
