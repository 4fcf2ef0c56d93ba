"""Opening what a person must see to about a service, and ending it with what came of it. In the caller's transaction."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from servanda.business.companies.facts import CompanyFacts
from servanda.business.evidence.actions import record
from servanda.business.evidence.facts import because_from_json, because_to_json
from servanda.business.hosting.actions.changing import Order
from servanda.business.hosting.facts import Plain, ServiceFacts, TaskKind
from servanda.business.hosting.models import Task
from servanda.business.hosting.queries.tasks import NoSuchTask
from servanda.ground.citation import Citation
from servanda.ground.refusal import Refused

OPENED: Mapping[TaskKind, str] = {
    "load": "load.found",
    "use": "use.found",
    "complaint": "complaint.received",
    "restore": "restore.asked",
}


class TaskRefused(Refused):
    """What waits cannot be answered like this; the message says why, and what can."""


def open_task(
    company: CompanyFacts,
    service: ServiceFacts,
    *,
    kind: TaskKind,
    key: str,
    because: tuple[Citation, ...],
    facts: Mapping[str, Plain],
    today: date,
    at: datetime,
    words: str = "",
    by: str = "system",
) -> Task | None:
    """Open a task under its key, and record that. None: it was opened before. What somebody wrote is not in the record."""
    row, is_new = Task.objects.get_or_create(
        key=key,
        defaults={
            "service_id": service.service_id,
            "kind": kind,
            "opened_on": today,
            "opened_at": at,
            "by": by,
            "because": because_to_json(because),
            "facts": dict(facts),
            "words": words,
        },
    )
    if not is_new:
        return None
    record(
        company_id=company.company_id,
        key=key,
        what=OPENED[kind],
        subject=f"service:{service.service_id}",
        on_day=today,
        at=at,
        because=because,
        facts={"name": service.name, "task": row.pk, **facts},
        customer_id=service.customer_id,
        by=by,
    )
    return row


@transaction.atomic
def end_task(company: CompanyFacts, task_id: int, *, outcome: str, order: Order) -> None:
    """End a task on a person's word, which says what came of it. Refuses one that is ended, and no word."""
    end(locked_task(company, task_id), outcome=outcome, order=order)


def end(row: Task, *, outcome: str, order: Order) -> None:
    """End a locked task, and record by whom and how."""
    if not outcome.strip():
        raise TaskRefused("Say what came of it. It is kept with the record.")
    row.state, row.outcome = "done", outcome.strip()
    row.ended_at, row.ended_by = order.at, order.by
    row.save(update_fields=["state", "outcome", "ended_at", "ended_by"])
    record(
        company_id=row.service.company_id,
        key=f"task.done:{row.pk}",
        what="task.done",
        subject=f"service:{row.service_id}",
        on_day=order.today,
        at=order.at,
        because=because_from_json(row.because),
        facts={"name": row.service.name, "task": row.pk, "kind": row.kind},
        customer_id=row.service.customer_id,
        by=order.by,
    )


def locked_task(company: CompanyFacts, task_id: int) -> Task:
    """Lock a task of this company that waits. Refuses one that is ended, or of another company."""
    rows = Task.objects.select_for_update(of=("self",)).select_related("service")
    row = rows.filter(pk=task_id, service__company_id=company.company_id).exclude(state="done").first()
    if row is None:
        raise NoSuchTask("This was seen to already, or is not of this company. Look at the service as it is now.")
    return row
