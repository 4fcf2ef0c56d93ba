"""Opening services, holding and releasing them, and the two acts of removal: quarantine and purge."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from servanda.business.companies.facts import CompanyFacts
from servanda.business.evidence.actions import NoWarrant, issue_warrant, record, refuse_unwarranted
from servanda.business.evidence.facts import (
    Approval,
    WarrantRequest,
    because_from_json,
    because_to_json,
)
from servanda.business.evidence.queries import events_among
from servanda.business.hosting.actions.setting_up import hand_over, set_up
from servanda.business.hosting.actions.touching import touch
from servanda.business.hosting.models import Hold, Service
from servanda.ground.citation import Citation
from servanda.ground.refusal import Refused

# Reads lines that began lately and lines newer than the newest that has a service, each by an index; not all that exist.
_OPEN = """
insert into service (company_id, customer_id, line_id, product_code, name, state, began_on, purge_because,
                     purge_decided_by)
select l.company_id, l.customer_id, l.id, l.product_code, coalesce(nullif(l.description, ''), p.name_da), 'running',
       l.began_on, '[]', 'person'
  from (select id from contract_line
         where company_id = %(company)s and began_on > %(today)s - 60 and began_on <= %(today)s
         union
        select id from contract_line
         where company_id = %(company)s
           and id > coalesce((select max(line_id) from service where company_id = %(company)s), 0) - 20000) candidate
  join contract_line l on l.id = candidate.id
  join catalogue_product p on p.company_id = l.company_id and p.code = l.product_code and p.is_service
 where l.began_on <= %(today)s and (l.until is null or l.until > %(today)s) and l.ended_on is null
   and not exists (select 1 from service s where s.line_id = l.id)
 order by l.id
on conflict (line_id) do nothing
returning id, customer_id
"""


WARRANT_DAYS = 7  # a purge that is not carried out within a week is decided again


class NotInQuarantine(Refused):
    """Only a quarantined service can be purged or taken back."""


def open_services(company: CompanyFacts, *, today: date, at: datetime) -> frozenset[int]:
    """Open the services of lines that have begun and have none yet, and return whose they are.

    What each consists of on a node is set up in the same transaction, which is the caller's; a worker wishes for it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, {"company": company.company_id, "today": today})
        opened = cursor.fetchall()
    if opened:
        set_up(company, [service_id for service_id, _ in opened], today=today, at=at)
    return frozenset(customer_id for _, customer_id in opened)


def place_holds(
    service_ids: Iterable[int],
    *,
    cause: str,
    invoice_id: int | None,
    warrant_key: str,
    because: tuple[Citation, ...],
    today: date,
    at: datetime,
    ends_at: datetime | None = None,
) -> tuple[int, ...]:
    """Hold running services under a warrant, and return those newly held. Runs in the caller's transaction."""
    running = Service.objects.select_for_update().filter(pk__in=list(service_ids), state="running").order_by("id")
    held = []
    for service in running:
        _, is_new = Hold.objects.get_or_create(
            service=service,
            cause=cause,
            invoice_id=invoice_id,
            lifted_at=None,
            defaults={
                "warrant_key": warrant_key,
                "because": because_to_json(because),
                "placed_on": today,
                "placed_at": at,
                "ends_at": ends_at,
            },
        )
        if is_new:
            held.append(service.pk)
    touch(held)
    return tuple(held)


def lift_holds(
    *, customer_id: int, cause: str, because: tuple[Citation, ...], today: date, at: datetime, by: str = "system"
) -> tuple[int, ...]:
    """Lift all open holds of a cause from a customer's services; holds of other causes stay. Returns the services.

    Without a ground of its own a lifting cites the hold's: it is gone.
    """
    rows = list(
        Hold.objects.select_for_update()
        .filter(service__customer_id=customer_id, cause=cause, lifted_at__isnull=True)
        .select_related("service")
        .order_by("id")
    )
    for row in rows:
        _lift(row, because=because or because_from_json(row.because), today=today, at=at, by=by)
    return tuple(row.service_id for row in rows)


def lift_one_hold(
    hold_id: int, *, because: tuple[Citation, ...], reason: str, today: date, at: datetime, by: str
) -> None:
    """Lift one open hold on a person's word. Runs in the caller's transaction, which has looked at it."""
    row = Hold.objects.select_for_update(of=("self",)).select_related("service").get(pk=hold_id, lifted_at__isnull=True)
    _lift(row, because=because, today=today, at=at, by=by, reason=reason)


def lift_expired_holds(company_id: int, *, today: date, at: datetime) -> int:
    """Lift the holds that end by themselves and whose end has come."""
    ended = Hold.objects.filter(service__company_id=company_id, lifted_at__isnull=True, ends_at__lte=at)
    if not ended.exists():
        return 0
    with transaction.atomic():
        rows = list(ended.select_for_update().select_related("service"))
        for row in rows:
            _lift(row, because=because_from_json(row.because), today=today, at=at, by="system")
    return len(rows)


def _lift(row: Hold, *, because: tuple[Citation, ...], today: date, at: datetime, by: str, reason: str = "") -> None:
    row.lifted_at, row.lifted_because = at, because_to_json(because)
    row.save(update_fields=["lifted_at", "lifted_because"])
    touch([row.service_id])
    record(
        company_id=row.service.company_id,
        key=f"hold.lifted:{row.pk}",
        what="hold.lifted",
        subject=f"service:{row.service_id}",
        on_day=today,
        at=at,
        because=because,
        facts={
            "cause": row.cause,
            "invoice": row.invoice_id,
            "name": row.service.name,
            **({"reason": reason} if reason else {}),
        },
        customer_id=row.service.customer_id,
        by=by,
    )


def quarantine_services(
    service_ids: Iterable[int],
    *,
    purge_on: date | None,
    purge_because: tuple[Citation, ...],
    decided_by: str,
    because: tuple[Citation, ...],
    today: date,
    at: datetime,
) -> tuple[int, ...]:
    """Take services out of operation so that they can be put back in seconds; nothing is deleted.

    Without a day for the purge the data stay until a person decides. Runs in the caller's transaction.
    """
    rows = list(Service.objects.select_for_update().filter(pk__in=list(service_ids), state="running").order_by("id"))
    for row in rows:
        row.state, row.quarantined_on = "quarantined", today
        row.purge_on, row.purge_decided_by = purge_on, decided_by
        row.purge_because = because_to_json(purge_because)
        row.save(update_fields=["state", "quarantined_on", "purge_on", "purge_decided_by", "purge_because"])
        record(
            company_id=row.company_id,
            key=f"service.quarantined:{row.pk}:{today}",
            what="service.quarantined",
            subject=f"service:{row.pk}",
            on_day=today,
            at=at,
            because=because,
            facts={"name": row.name, "purge_on": purge_on.isoformat() if purge_on else None},
            customer_id=row.customer_id,
        )
    heirs = [heir for row in rows for heir in hand_over(row.pk)]
    touch([*heirs, *(row.pk for row in rows)])
    return tuple(row.pk for row in rows)


@transaction.atomic
def put_back_service(service_id: int, *, by: str, reason: str, today: date, at: datetime) -> None:
    """Take a service out of quarantine, whole. Refused once it is purged."""
    row = Service.objects.select_for_update().get(pk=service_id)
    if row.state != "quarantined":
        raise NotInQuarantine(
            "%(name)s is not in quarantine. Only a quarantined service can be put back.", {"name": row.name}
        )
    row.state, row.quarantined_on, row.purge_on = "running", None, None
    row.save(update_fields=["state", "quarantined_on", "purge_on"])
    touch([row.pk])
    record(
        company_id=row.company_id,
        key=f"service.put_back:{row.pk}:{at.isoformat()}",
        what="service.put_back",
        subject=f"service:{row.pk}",
        on_day=today,
        at=at,
        because=(),
        facts={"name": row.name, "reason": reason},
        customer_id=row.customer_id,
        by=by,
    )


@transaction.atomic
def leave_purge_to_person(service_id: int, *, reason: str, today: date, at: datetime) -> None:
    """Leave the purge of a quarantined service to a person, because something has happened since; the data stay."""
    row = Service.objects.select_for_update().get(pk=service_id)
    row.purge_decided_by = "person"
    row.save(update_fields=["purge_decided_by"])
    record(
        company_id=row.company_id,
        key=f"purge.parked:{row.pk}:{row.quarantined_on}",
        what="purge.parked",
        subject=f"service:{row.pk}",
        on_day=today,
        at=at,
        because=because_from_json(row.purge_because),
        facts={"name": row.name, "reason": reason},
        customer_id=row.customer_id,
    )


@transaction.atomic
def order_purge(service_id: int, *, approval: Approval, today: date, at: datetime) -> None:
    """Order that the worker purges a service: a page may not do it. Refuses what would have no warrant today."""
    row = Service.objects.select_for_update().get(pk=service_id)
    request = _purge_request(row, approvals=(approval,), today=today)
    refuse_unwarranted(request, today=today)
    record(
        company_id=row.company_id,
        key=_order_key(row.pk, row.quarantined_on),
        what="purge.ordered",
        subject=request.subject,
        on_day=today,
        at=at,
        because=request.because,
        facts={"name": row.name, "reason": approval.reason},
        customer_id=row.customer_id,
        by=approval.by,
    )


def carry_out_ordered_purges(company: CompanyFacts, *, today: date, at: datetime) -> int:
    """Purge what a person has ordered, if that still has its premises, and return how many services that were."""
    rows = Service.objects.filter(company_id=company.company_id, state="quarantined", purge_on__lte=today)
    waiting = {_order_key(row.pk, row.quarantined_on): row for row in rows}
    purged = 0
    for order in events_among(waiting) if waiting else ():
        row = waiting[order.key]
        assert row.purge_on is not None, "only a service with a day for its purge was asked for"
        if order.on_day < row.purge_on:  # of an earlier quarantine on the same day
            continue
        approval = Approval(order.by, order.at, str(order.facts["reason"]))
        try:
            purge_service(row.pk, approval=approval, today=today, at=at)
        except (NoWarrant, NotInQuarantine):
            continue  # the brake is engaged, or it was put back: it is looked at again in the next round
        purged += 1
    return purged


def _order_key(service_id: int, quarantined_on: date | None) -> str:
    return f"purge.ordered:{service_id}:{quarantined_on}"


@transaction.atomic
def purge_service(service_id: int, *, approval: Approval | None, today: date, at: datetime) -> None:
    """Purge the data of a quarantined service under a second warrant. Where a person must decide, an approval is needed.

    For the worker alone: the database refuses it to pages.
    """
    row = Service.objects.select_for_update().get(pk=service_id)
    request = _purge_request(row, approvals=(approval,) if approval is not None else (), today=today)
    issue_warrant(request, today=today, at=at)
    row.state, row.purged_on = "purged", today
    row.save(update_fields=["state", "purged_on"])
    touch([row.pk])
    record(
        company_id=row.company_id,
        key=request.key,
        what="data.purged",
        subject=request.subject,
        on_day=today,
        at=at,
        because=request.because,
        facts={"name": row.name, "warrant": request.key, "quarantined_on": str(row.quarantined_on)},
        customer_id=row.customer_id,
        by=approval.by if approval is not None else "system",
    )


def _purge_request(row: Service, *, approvals: tuple[Approval, ...], today: date) -> WarrantRequest:
    if row.state != "quarantined" or row.purge_on is None:
        raise NotInQuarantine(
            "%(name)s has no day for its purge. Quarantine comes first.",
            {"name": row.name},
        )
    return WarrantRequest(
        company_id=row.company_id,
        key=f"data.purged:{row.pk}",
        act="data.purged",
        subject=f"service:{row.pk}",
        fingerprint=f"service:{row.pk}:line:{row.line_id}:began:{row.began_on}:quarantined:{row.quarantined_on}",
        because=because_from_json(row.purge_because),
        parameters={"purge_on": row.purge_on.isoformat()},
        evidence_keys=(f"service.quarantined:{row.pk}:{row.quarantined_on}",),
        not_before=row.purge_on,
        expires_on=today + timedelta(days=WARRANT_DAYS),
        customer_id=row.customer_id,
        approvals=approvals,
        needs_person=row.purge_decided_by == "person",
    )


@transaction.atomic
def renew_purge(service_id: int, *, approval: Approval, today: date, at: datetime) -> None:
    """Issue leave anew for a purge whose warrant ran out before the node carried it out: a person looks each time."""
    row = Service.objects.select_for_update().get(pk=service_id)
    if row.state != "purged":
        raise NotInQuarantine(
            "No purge of %(name)s was decided. Only a purge that was decided can be renewed.", {"name": row.name}
        )
    issue_warrant(
        WarrantRequest(
            company_id=row.company_id,
            key=f"data.purged:{row.pk}:{today}",
            act="data.purged",
            subject=f"service:{row.pk}",
            fingerprint=f"service:{row.pk}:line:{row.line_id}:purged:{row.purged_on}",
            because=because_from_json(row.purge_because),
            parameters={"purged_on": str(row.purged_on)},
            evidence_keys=(f"data.purged:{row.pk}",),
            not_before=today,
            expires_on=today + timedelta(days=WARRANT_DAYS),
            customer_id=row.customer_id,
            approvals=(approval,),
            needs_person=True,
        ),
        today=today,
        at=at,
    )
    touch([row.pk])
