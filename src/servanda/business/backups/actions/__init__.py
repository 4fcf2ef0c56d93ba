"""Taking in what a node reports: the one way by which it reaches the business, in one transaction."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from servanda.business.backups.models import Copy
from servanda.business.companies.queries import company, moment_for, today_of
from servanda.business.evidence.actions import record
from servanda.business.hosting.actions.taking_in import take_in
from servanda.business.hosting.queries import part_of, services
from servanda.business.nodes.actions.reporting import AlreadyHeard, keep_report
from servanda.business.nodes.facts import NodeFacts
from servanda.business.nodes.queries import subjects_of
from servanda.ground.nodes.kinds.backups import BackupPlan
from servanda.ground.nodes.wanted import CopyNews, Report


def take_report(node: NodeFacts, report: Report, *, now: datetime) -> bool:
    """Take in a report, whole or not at all. False: it came before, and nothing was done. Refuses a foreign one."""
    provider = company(node.company_id)
    today, at = today_of(provider, now=now), moment_for(provider, now=now)
    try:
        with transaction.atomic():
            keep_report(node, report, now=now, on_day=today)
            take_in(node, report, today=today, at=at)
            _take_copies(node, report.copies, today=today, at=at)
    except AlreadyHeard:
        return False
    return True


def _take_copies(node: NodeFacts, copies: Iterable[CopyNews], *, today: date, at: datetime) -> None:
    told = list(copies)
    subjects = subjects_of(node.node_id, {one.key for one in told})
    for one in told:
        kind, _, number = subjects.get(one.key, "").partition(":")
        part = part_of(int(number), one.key) if kind == "service" else None
        if part is not None and isinstance(part.statement, BackupPlan):
            _take_copy(node, part.service_id, part.statement, one, today=today, at=at)


def _take_copy(
    node: NodeFacts, service_id: int, plan: BackupPlan, news: CopyNews, *, today: date, at: datetime
) -> None:
    copy, is_new = Copy.objects.get_or_create(
        node_id=node.node_id,
        key=news.key,
        snapshot=news.snapshot,
        defaults={
            "service_id": service_id,
            "country": plan.country,
            "target": plan.target,
            "made_at": news.at,
            "size_bytes": news.size_bytes,
        },
    )
    if news.what == "restored":
        copy.read_back_at = max(copy.read_back_at or news.at, news.at)
    elif news.what == "broken":
        copy.broken_at, copy.broken_because = copy.broken_at or news.at, news.detail[:500]
    elif news.what == "forgotten":
        copy.forgotten_at = copy.forgotten_at or news.at
    elif is_new or news.size_bytes:
        copy.size_bytes = news.size_bytes
    copy.save()
    (service,) = services([service_id])
    record(
        company_id=node.company_id,
        key=f"copy.{news.what}:{node.node_id}:{news.key}:{news.snapshot}:{news.at.isoformat()}",
        what=f"copy.{news.what}",
        subject=f"service:{service_id}",
        on_day=today,
        at=at,
        because=(),
        facts={
            "snapshot": news.snapshot,
            "country": copy.country,
            "target": copy.target,
            "size_bytes": news.size_bytes,
            "seconds": round(news.seconds, 1),
            "detail": news.detail[:200],
        },
        customer_id=service.customer_id,
    )
