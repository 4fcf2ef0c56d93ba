"""The copies of services, and the newest of each for those who must know that one lies there."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet

from servanda.business.backups.decisions import SLACK, promise_found, promised_by
from servanda.business.backups.facts import CopyFacts, CopyPromise, LateCopies, PromiseFound
from servanda.business.backups.models import Copy
from servanda.business.companies.queries import company, today_of
from servanda.business.hosting.queries import parts_of_service, services, setup_of
from servanda.business.hosting.queries.services import company_id_of
from servanda.business.hosting.queries.terms import asked_of
from servanda.business.nodes.decisions.batching import Snapshot
from servanda.ground.citation import Citation
from servanda.ground.nodes.kinds.backups import BackupPlan
from servanda.terms.clauses import Backup

_LATE = """
select s.id, s.name, c.newest_at, u.laid_out_at, coalesce(c.is_broken, false)
  from service s
  join hosting_setup u on u.service_id = s.id
  left join lateral (
      select max(b.made_at) filter (where b.broken_at is null) as newest_at, bool_or(b.broken_at is not null) as is_broken
        from backup_copy b where b.service_id = s.id and b.forgotten_at is null) c on true
 where s.company_id = %(company)s and s.state = 'running' and u.laid_out_at is not null
   and exists (select 1 from hosting_part p where p.service_id = s.id and p.kind = 'backup' and p.state = 'kept')
   and (c.is_broken or coalesce(c.newest_at, u.laid_out_at)
        < %(now)s - make_interval(hours => (u.package ->> 'copies_every_hours')::int) - make_interval(secs => %(slack)s))
 order by coalesce(c.newest_at, u.laid_out_at), s.id limit %(limit)s
"""

# What keeps data and has no plan by which it is copied: no copy of it can be late, since none is ever due.
_UNCOPIED = """
select s.id, s.name, u.laid_out_at
  from service s join hosting_setup u on u.service_id = s.id
 where s.company_id = %(company)s and s.state = 'running' and u.laid_out_at is not null
   and exists (select 1 from hosting_part p where p.service_id = s.id and p.state = 'kept'
                and p.kind in ('site', 'database', 'mail-domain'))
   and not exists (select 1 from hosting_part p where p.service_id = s.id and p.kind = 'backup' and p.state = 'kept')
 order by u.laid_out_at, s.id limit %(limit)s
"""


def copies_of_service(service_id: int, *, limit: int = 400) -> tuple[CopyFacts, ...]:
    """Return the copies of a service, the newest first, those that are gone among them."""
    return _whole(Copy.objects.filter(service_id=service_id).order_by("-made_at")[:limit])


def copy_of(service_id: int, snapshot: str) -> CopyFacts | None:
    """Return a copy of this service that lies in the store and is whole."""
    rows = Copy.objects.filter(service_id=service_id, forgotten_at__isnull=True, broken_at__isnull=True)
    return next(iter(_whole(rows.filter(snapshot=snapshot))), None)


def final_snapshots(subjects: Iterable[str]) -> Mapping[str, Snapshot]:
    """Return the newest whole copy of each service (service:12) that its store still has."""
    ids = [int(subject.partition(":")[2]) for subject in subjects if subject.startswith("service:")]
    rows = Copy.objects.filter(service__in=ids, forgotten_at__isnull=True, broken_at__isnull=True).order_by("made_at")
    return {f"service:{row.service_id}": Snapshot(row.snapshot, row.made_at) for row in rows}


def promise_of_service(service_id: int, *, now: datetime) -> PromiseFound | None:
    """Return whether the promise of copies is kept for a service; None when it has nothing to be copied."""
    setup = setup_of(service_id)
    plan = next((one.statement for one in parts_of_service(service_id) if one.kind == "backup"), None)
    if setup is None or not isinstance(plan, BackupPlan):
        return None
    source = None if setup.package.source == "plausible" else Citation(setup.package.source, "")
    provider, (service,) = company(company_id_of(service_id)), services([service_id])
    answer = asked_of(provider, service, Backup, today=today_of(provider, now=now))
    promised = promised_by(answer, setup.package, source=source)
    copies = copies_of_service(service_id)
    moments = [copy.made_at for copy in copies] + ([setup.laid_out_at] if setup.laid_out_at is not None else [])
    promise = CopyPromise(
        service_id=service_id,
        since=min(moments, default=None),
        every_hours=min(plan.every_hours, promised.every_hours),
        generations=promised.generations,
        country=plan.country,
        because=promised.because,
    )
    return promise_found(promise, copies, now=now)


def late_copies(company_id: int, *, now: datetime, limit: int = 100) -> tuple[LateCopies, ...]:
    """Return the running services whose newest whole copy is late, or one of whose copies is broken: the worst first."""
    with connection.cursor() as cursor:
        cursor.execute(_LATE, {"company": company_id, "now": now, "slack": SLACK.total_seconds(), "limit": limit})
        return tuple(
            LateCopies(service_id=service_id, name=name, newest_at=newest_at, since=since, is_broken=is_broken)
            for service_id, name, newest_at, since, is_broken in cursor.fetchall()
        )


def uncopied(company_id: int, *, limit: int = 100) -> tuple[LateCopies, ...]:
    """Return the running services that keep data on a server and stand in no plan of copies (compusoft-024)."""
    with connection.cursor() as cursor:
        cursor.execute(_UNCOPIED, {"company": company_id, "limit": limit})
        return tuple(
            LateCopies(service_id=service_id, name=name, newest_at=None, since=since, is_broken=False, has_plan=False)
            for service_id, name, since in cursor.fetchall()
        )


def _whole(rows: Iterable[Copy]) -> tuple[CopyFacts, ...]:
    if isinstance(rows, QuerySet):
        rows = rows.select_related("node")
    return tuple(_facts(row) for row in rows)


def _facts(row: Copy) -> CopyFacts:
    return CopyFacts(
        copy_id=row.pk,
        service_id=row.service_id,
        node=row.node.name,
        key=row.key,
        snapshot=row.snapshot,
        country=row.country,
        made_at=row.made_at,
        size_bytes=row.size_bytes,
        read_back_at=row.read_back_at,
        broken_at=row.broken_at,
        broken_because=row.broken_because,
        forgotten_at=row.forgotten_at,
    )
