"""A complaint about a service: taken in as a fact, by a person or by what a server refused to send, for a person to judge."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from servanda.business.companies.facts import CompanyFacts
from servanda.business.hosting.actions.changing import Order
from servanda.business.hosting.actions.tasks import TaskRefused, open_task
from servanda.business.hosting.decisions.complaints import About, checked_about, clauses_touched
from servanda.business.hosting.facts import ServiceFacts
from servanda.business.hosting.models import Task, Usage
from servanda.business.hosting.queries.services import services
from servanda.business.hosting.queries.terms import asked_of
from servanda.ground.citation import Citation
from servanda.terms.clauses import ActivityBan, ContentBan

OF_GATE = "mail gate"  # the server refused to send: alike to too many without a leave, or in a foreign name


@transaction.atomic
def receive_complaint(
    company: CompanyFacts, service_id: int, *, about: str, source: str, words: str, order: Order
) -> int:
    """Take in a complaint and return its task. Nothing is held by it: a person judges, and the clauses stand beside.

    Who complained stands in its words, never in the record.
    """
    if not words.strip():
        raise TaskRefused("Write what was complained of, and by whom. It stays with the task.")
    found = services([service_id], company_id=company.company_id)
    if not found:
        raise TaskRefused("There is no such service in this company.")
    subject = checked_about(about, source)
    row = open_task(
        company,
        found[0],
        kind="complaint",
        key=f"complaint:{service_id}:{order.at.isoformat()}",
        because=_clauses(company, found[0], subject, today=order.today),
        facts={"about": subject, "source": source},
        words=words.strip(),
        today=order.today,
        at=order.at,
        by=order.by,
    )
    if row is None:
        raise TaskRefused("This complaint was taken in a moment ago.")
    return row.pk


def take_refused_mail(company: CompanyFacts, rows: Iterable[Usage], *, today: date, at: datetime) -> int:
    """Open a task for each service whose mail a server refused to send as bulk or forged, while none is open.

    A day's figures open one at most, however often they are told. In the transaction of the report.
    """
    refused = {row.service_id: row for row in rows if row.figures.get("refused")}
    waiting = Task.objects.filter(service__in=refused, kind="complaint", facts__source=OF_GATE).exclude(state="done")
    seen = set(waiting.values_list("service_id", flat=True))
    opened = 0
    for service in services(refused.keys() - seen):
        row = refused[service.service_id]
        task = open_task(
            company,
            service,
            kind="complaint",
            key=f"refused-mail:{service.service_id}:{row.day}",
            because=_clauses(company, service, "spam", today=today),
            facts={"about": "spam", "source": OF_GATE, "refused": row.figures["refused"]},
            words=row.key.partition("/")[2],
            today=today,
            at=at,
        )
        opened += task is not None
    return opened


def _clauses(company: CompanyFacts, service: ServiceFacts, about: About, *, today: date) -> tuple[Citation, ...]:
    activities = asked_of(company, service, ActivityBan, today=today)
    contents = asked_of(company, service, ContentBan, today=today)
    return clauses_touched(activities, contents, about=about)
