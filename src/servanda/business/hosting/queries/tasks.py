"""What waits for a person about services: loads, uses, complaints and wishes for a restore."""

from collections.abc import Iterable
from datetime import date, datetime

from servanda.business.companies.queries import Tally, tally_of
from servanda.business.evidence.facts import because_from_json
from servanda.business.hosting.facts import TaskFacts
from servanda.business.hosting.models import Task
from servanda.ground.refusal import Refused


class NoSuchTask(Refused):
    """What is asked for does not wait for anybody here."""


def open_tasks(company_id: int, *, limit: int = 200) -> tuple[TaskFacts, ...]:
    """Return what waits in a company, the oldest first."""
    rows = Task.objects.filter(service__company_id=company_id).exclude(state="done").select_related("service")
    return tuple(task_facts(row) for row in rows.order_by("id")[:limit])


def tasks_of_service(service_id: int, *, limit: int = 30) -> tuple[TaskFacts, ...]:
    """Return what was to be seen to about a service, what waits first, and then the newest."""
    rows = list(Task.objects.filter(service_id=service_id).select_related("service").order_by("-id")[:limit])
    return tuple(task_facts(row) for row in sorted(rows, key=lambda row: row.state == "done"))


def task_of(company_id: int, task_id: int) -> TaskFacts:
    """Return what waits, of this company; refuses one that is ended."""
    rows = Task.objects.select_related("service").filter(service__company_id=company_id).exclude(state="done")
    row = rows.filter(pk=task_id).first()
    if row is None:
        raise NoSuchTask("This was seen to already, or is not of this company. Look at the service as it is now.")
    return task_facts(row)


def agreed_tasks(company_id: int, *, today: date) -> tuple[TaskFacts, ...]:
    """Return the changes of lines that were agreed and whose day has come."""
    rows = Task.objects.filter(service__company_id=company_id, state="agreed", kind="use", agreed_from__lte=today)
    return tuple(task_facts(row) for row in rows.select_related("service").order_by("id"))


def task_tally(company_ids: Iterable[int]) -> Tally | None:
    """How to count what waits for a person about services."""
    rows = Task.objects.filter(service__company_id__in=list(company_ids)).exclude(state="done")
    return tally_of(rows, "service__company_id")


def load_seen_at(service_id: int) -> datetime | None:
    """Return when an exceptional load of a service was last told by its node."""
    rows = Task.objects.filter(service_id=service_id, kind="load").order_by("-id")
    told = rows.values_list("facts__seen_at", flat=True).first()
    return datetime.fromisoformat(told) if told else None


def task_facts(row: Task) -> TaskFacts:
    return TaskFacts(
        task_id=row.pk,
        service_id=row.service_id,
        customer_id=row.service.customer_id,
        name=row.service.name,
        kind=row.kind,  # type: ignore[arg-type]
        state=row.state,
        opened_on=row.opened_on,
        because=because_from_json(row.because),
        facts=row.facts,
        words=row.words,
        offer=row.offer,
        agreed_from=row.agreed_from,
        outcome=row.outcome,
    )
