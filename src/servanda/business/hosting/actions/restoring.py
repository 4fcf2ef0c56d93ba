"""A restore that staff do on a written request: asked for, told what it costs and why, agreed to, and only then begun."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import cast

from django.db import transaction

from servanda.business.companies.facts import CompanyFacts
from servanda.business.companies.queries import company as company_of
from servanda.business.evidence.actions import record
from servanda.business.evidence.facts import because_from_json
from servanda.business.hosting import wording
from servanda.business.hosting.actions.changing import Order
from servanda.business.hosting.actions.errands import What, order_restore
from servanda.business.hosting.actions.tasks import end, locked_task, open_task
from servanda.business.hosting.actions.writing import letter_to
from servanda.business.hosting.decisions.restoring import RestoreRefused, checked_estimate, hourly_rate
from servanda.business.hosting.facts import Plain
from servanda.business.hosting.models import Task
from servanda.business.hosting.queries.restoring import restore_way_of
from servanda.business.hosting.queries.services import company_id_of, services
from servanda.business.hosting.queries.terms import asked_of
from servanda.business.letters.actions import write_letters
from servanda.ground.money import Money
from servanda.terms.clauses import TimeRate


@transaction.atomic
def ask_for_restore(service_id: int, wish: Mapping[str, str], *, order: Order) -> int:
    """Take in a written request to give something back, and return its task. `wish`: snapshot, what, into, path, database, domain."""
    (service,) = services([service_id])
    provider = company_of(company_id_of(service_id))
    kept = {name: wish[name] for name in ("snapshot", "what", "into", "database", "domain") if wish.get(name)}
    row = open_task(
        provider,
        service,
        kind="restore",
        key=f"restore:{service_id}:{order.at.isoformat()}",
        because=restore_way_of(provider, service, today=order.today).because,
        facts=cast("Mapping[str, Plain]", kept),
        words=wish.get("path", ""),
        today=order.today,
        at=order.at,
        by=order.by,
    )
    if row is None:
        raise RestoreRefused("You asked for this a moment ago. We answer by mail.")
    return row.pk


@transaction.atomic
def answer_restore(
    company: CompanyFacts,
    task_id: int,
    *,
    hours: Decimal | None,
    reason: str,
    order: Order,
    rate: Decimal | None = None,
) -> None:
    """Say what a restore costs, with the reason: for hours it waits for the customer's yes, for nothing it may begin."""
    row = locked_task(company, task_id)
    if row.kind != "restore" or row.state != "open":
        raise RestoreRefused("This request was answered already. Look at the service as it is now.")
    (service,) = services([row.service_id])
    way = restore_way_of(company, service, today=order.today)
    charged = checked_estimate(way, hours=hours, reason=reason)
    offer: dict[str, Plain] = {"is_charged": bool(charged), "reason": reason.strip()}
    price = Money(0)
    if charged:
        works = (asked_of(company, service, TimeRate, today=order.today, selector=(("work", one),)) for one in _WORKS)
        each = hourly_rate(tuple(works), written=rate)
        price = Money(int((each * charged * 100).to_integral_value()))
        offer |= {"hours": str(charged), "rate": str(each), "price_minor": price.minor}
    row.offer, row.state = offer, "offered" if charged else "agreed"
    row.agreed_from = None if charged else order.today
    row.save(update_fields=["offer", "state", "agreed_from"])
    key = f"restore.answered:{row.pk}"
    _record(row, "restore.answered", key=key, order=order)
    words = wording.restore_answered(
        service.name,
        hours=charged,
        price=price,
        reason=reason.strip(),
        is_whole_promised=way.is_whole_promised,
        company_name=company.name,
        email=company.email,
    )
    write_letters(
        [
            letter_to(
                company,
                service.customer_id,
                key=key,
                kind="restore",
                words=words,
                because=because_from_json(row.because),
                today=order.today,
                at=order.at,
            )
        ]
    )


@transaction.atomic
def agree_on_restore(service_id: int, task_id: int, *, order: Order) -> None:
    """Take the customer's yes to what a restore costs."""
    row = locked_task(company_of(company_id_of(service_id)), task_id)
    if (row.service_id, row.kind, row.state) != (service_id, "restore", "offered"):
        raise RestoreRefused("Nothing is offered that could be agreed to. Look at the service as it is now.")
    row.state, row.agreed_from, row.offer = "agreed", order.today, {**row.offer, "agreed_by": order.by}
    row.save(update_fields=["state", "agreed_from", "offer"])
    _record(row, "restore.agreed", key=f"restore.agreed:{row.pk}", order=order)


@transaction.atomic
def begin_restore(company: CompanyFacts, task_id: int, *, errand: str, order: Order, now: datetime) -> None:
    """Begin what was asked for and agreed; the errand names its request. Refuses one without the customer's yes to its price."""
    row = locked_task(company, task_id)
    if (row.kind, row.state) != ("restore", "agreed"):
        raise RestoreRefused("Say first what it costs, and wait for the customer's yes where it costs something.")
    facts = row.facts
    order_restore(
        row.service_id,
        snapshot=facts["snapshot"],
        errand=errand,
        what=cast("What", facts["what"]),
        into="in place" if facts["into"] == "in place" else "beside",
        path=row.words or None,
        database=facts.get("database"),
        domain=facts.get("domain"),
        order=order,
        now=now,
        request=row.pk,
    )
    end(row, outcome=errand, order=order)


# The hour of a restore, or else the standard hour.
_WORKS = ("restore", "consulting")


def _record(row: Task, what: str, *, key: str, order: Order) -> None:
    record(
        company_id=row.service.company_id,
        key=key,
        what=what,
        subject=f"service:{row.service_id}",
        on_day=order.today,
        at=order.at,
        because=because_from_json(row.because),
        facts={"name": row.service.name, "task": row.pk, **row.offer},
        customer_id=row.service.customer_id,
        by=order.by,
    )
