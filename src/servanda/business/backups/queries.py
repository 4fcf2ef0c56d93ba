"""The copies of services, and the newest of each for those who must know that one lies there."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import QuerySet

from servanda.business.backups.decisions import promise_found
from servanda.business.backups.facts import CopyFacts, CopyPromise, PromiseFound
from servanda.business.backups.models import Copy
from servanda.business.hosting.queries import parts_of_service, setup_of
from servanda.business.nodes.decisions.batching import Snapshot
from servanda.ground.citation import Citation
from servanda.ground.nodes.kinds.backups import BackupPlan


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
    source = setup.package.source
    copies = copies_of_service(service_id)
    moments = [copy.made_at for copy in copies] + ([setup.laid_out_at] if setup.laid_out_at is not None else [])
    promise = CopyPromise(
        service_id=service_id,
        since=min(moments, default=None),
        every_hours=plan.every_hours,
        generations=setup.package.copies_daily,
        country=plan.country,
        because=() if source == "plausible" else (Citation(source, ""),),
    )
    return promise_found(promise, copies, now=now)


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
