"""A use beyond what was agreed: put to a person with its figures, offered to the customer, and agreed from a day on.

What the change costs, and the change of the line, are billing's (business/billing/actions/true_up.py).
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import transaction

from servanda.business.companies.facts import CompanyFacts
from servanda.business.companies.queries import company as company_of
from servanda.business.evidence.actions import record
from servanda.business.evidence.facts import because_from_json
from servanda.business.hosting.actions.changing import Order
from servanda.business.hosting.actions.tasks import end, locked_task, open_task
from servanda.business.hosting.decisions.true_up import (
    UseRefused,
    over_of,
)
from servanda.business.hosting.facts import Over, Plain, ServiceFacts, UseFound
from servanda.business.hosting.models import Task
from servanda.business.hosting.queries.services import company_id_of, services
from servanda.business.hosting.queries.true_up import limit_on_use
from servanda.business.hosting.queries.usage import use_of

WITHIN = "within what was agreed again"


def look_at_uses(company: CompanyFacts, service_ids: Iterable[int], *, today: date, at: datetime) -> int:
    """Open a task for each service that uses more than was agreed, one a month; end those that are within it again.

    Returns how many were opened. Runs in the caller's transaction.
    """
    opened = 0
    for service in services(service_ids, company_id=company.company_id):
        if service.state == "running":
            opened += _look(company, service, use_of(service.service_id, today=today), today=today, at=at)
    return opened


def with_open_tasks(service_ids: Iterable[int]) -> frozenset[int]:
    """Return those of the services of which a use beyond what was agreed waits for somebody."""
    rows = Task.objects.filter(service__in=list(service_ids), kind="use").exclude(state="done")
    return frozenset(rows.values_list("service_id", flat=True))


@transaction.atomic
def note_offer(
    company: CompanyFacts, task_id: int, offer: Mapping[str, Plain], *, agreed_from: date | None, order: Order
) -> Task:
    """Keep what the customer is offered, in the transaction that writes to them; with `agreed_from` it needs no yes."""
    row = locked_task(company, task_id)
    if row.kind != "use":
        raise UseRefused("Only a use beyond what was agreed leads to a change of the line. Look at what waits.")
    row.offer, row.agreed_from = dict(offer), agreed_from
    row.state = "offered" if agreed_from is None else "agreed"
    row.save(update_fields=["offer", "agreed_from", "state"])
    _record(row, "use.offered", order=order, key=f"use.offered:{row.pk}:{order.at.isoformat()}")
    return row


@transaction.atomic
def agree_on_use(service_id: int, task_id: int, *, order: Order, how: str = "") -> None:
    """Take the customer's yes to what was offered; the line changes from the offered day, or today when that has come."""
    row = locked_task(company_of(company_id_of(service_id)), task_id)
    if row.service_id != service_id or row.state != "offered":
        raise UseRefused("Nothing is offered that could be agreed to. Look at the service as it is now.")
    row.agreed_from = max(date.fromisoformat(str(row.offer["from_on"])), order.today)
    row.state, row.offer = "agreed", {**row.offer, "agreed_by": order.by, "how": how}
    row.save(update_fields=["agreed_from", "state", "offer"])
    _record(row, "use.agreed", order=order, key=f"use.agreed:{row.pk}:{order.at.isoformat()}")


@transaction.atomic
def reopen(company: CompanyFacts, task_id: int, *, because_of: str) -> None:
    """Put a change that could not be carried out back to a person, with the reason."""
    row = locked_task(company, task_id)
    row.state, row.agreed_from, row.offer = "open", None, {**row.offer, "refused": because_of[:300]}
    row.save(update_fields=["state", "agreed_from", "offer"])


def _look(company: CompanyFacts, service: ServiceFacts, use: UseFound, *, today: date, at: datetime) -> bool:
    over = over_of(use)
    rows = Task.objects.select_for_update(of=("self",)).select_related("service")
    row = rows.filter(service_id=service.service_id, kind="use").exclude(state="done").first()
    if row is not None:
        _keep_up(row, over, use, today=today, at=at)
        return False
    if not over:
        return False
    answer = limit_on_use(company, service, over[0], today=today)
    key = f"use:{service.service_id}:{today:%Y-%m}"
    facts = _figures(over, use)
    return (
        open_task(company, service, kind="use", key=key, because=answer.because, facts=facts, today=today, at=at)
        is not None
    )


def _keep_up(row: Task, over: tuple[Over, ...], use: UseFound, *, today: date, at: datetime) -> None:
    """Keep the newest figures of a task; end it when the use is within what was agreed, unless the customer said yes."""
    if over:
        row.facts = _figures(over, use)
        row.save(update_fields=["facts"])
    elif "agreed_by" not in row.offer:
        end(row, outcome=WITHIN, order=Order(by="system", today=today, at=at))


def _figures(over: tuple[Over, ...], use: UseFound) -> dict[str, Plain]:
    figures: dict[str, Plain] = {"days": use.days, "measured_on": use.day.isoformat() if use.day is not None else ""}
    for one in over:
        figures |= {f"{one.what}_used": one.used, f"{one.what}_agreed": one.agreed}
    return figures


def _record(row: Task, what: str, *, order: Order, key: str) -> None:
    record(
        company_id=row.service.company_id,
        key=key,
        what=what,
        subject=f"service:{row.service_id}",
        on_day=order.today,
        at=order.at,
        because=because_from_json(row.because),
        facts={"name": row.service.name, "task": row.pk, **row.facts, **row.offer},
        customer_id=row.service.customer_id,
        by=order.by,
    )
