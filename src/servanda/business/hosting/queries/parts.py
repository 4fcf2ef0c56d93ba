"""What a service consists of and where it lies, without the hashes of passwords."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import cast

import msgspec
from django.db.models import QuerySet

from servanda.business.companies.queries import Tally, tally_of
from servanda.business.hosting.facts import (
    Allowance,
    ErrandFacts,
    PartFacts,
    SetupFacts,
    UsageFacts,
)
from servanda.business.hosting.models import Errand, Part, Setup, Usage
from servanda.ground.nodes.wanted import decode_statement
from servanda.terms.packages import HostingPackage


def setup_of(service_id: int) -> SetupFacts | None:
    """Return where a service lies; None when nothing of it is ours to serve."""
    return next(iter(setups_of([service_id])), None)


def setups_of(service_ids: Iterable[int]) -> tuple[SetupFacts, ...]:
    return _setups(Setup.objects.filter(service__in=list(service_ids)))


def setups_that_wait(company_id: int) -> tuple[SetupFacts, ...]:
    """Return the services that lie nowhere yet, with the reason, for a person."""
    return _setups(Setup.objects.filter(service__company_id=company_id).exclude(waits_because=""))


def waiting_tally(company_ids: Iterable[int]) -> Tally | None:
    """How to count the services that lie nowhere yet."""
    rows = Setup.objects.filter(service__company_id__in=list(company_ids)).exclude(waits_because="")
    return tally_of(rows, "service__company_id")


def parts_of_service(service_id: int) -> tuple[PartFacts, ...]:
    """Return what a service consists of, what its owner removed last; not what was purged."""
    rows = Part.objects.filter(service_id=service_id).exclude(state="purged").order_by("kind", "key")
    return tuple(part_facts(row) for row in rows)


def part_of(service_id: int, key: str) -> PartFacts | None:
    """Return one part of this service, and of no other."""
    row = Part.objects.filter(service_id=service_id, key=key).exclude(state="purged").first()
    return part_facts(row) if row is not None else None


def errands_of_service(service_id: int, *, limit: int = 50) -> tuple[ErrandFacts, ...]:
    """Return what was ordered once for a service, the newest first."""
    rows = Errand.objects.filter(service_id=service_id).order_by("-ordered_at", "-id")[:limit]
    return tuple(errand_facts(row) for row in rows)


def usage_of(service_id: int, *, since: date) -> tuple[UsageFacts, ...]:
    rows = Usage.objects.filter(service_id=service_id, day__gte=since).order_by("day", "key")
    return tuple(UsageFacts(service_id=row.service_id, key=row.key, day=row.day, figures=row.figures) for row in rows)


def allowances(service_id: int) -> Mapping[str, Allowance]:
    """Return how much of each thing is given and used: mailboxes are counted over all services of the domain."""
    setup = setup_of(service_id)
    if setup is None:
        return {}
    together = [setup, *_siblings(setup)] if setup.domain else [setup]
    boxes = sum(one.package.mailboxes * one.quantity for one in together)
    kept = Part.objects.filter(state="kept")
    used = kept.filter(kind="mailbox", service__in=[one.service_id for one in together]).count()
    databases = kept.filter(kind="database", service_id=service_id).count()
    return {
        "mailboxes": Allowance(what="mailboxes", given=boxes, used=used),
        "databases": Allowance(what="databases", given=setup.package.databases * setup.quantity, used=databases),
    }


def _siblings(setup: SetupFacts) -> tuple[SetupFacts, ...]:
    """Return the other running services of the same customer on the same domain."""
    rows = Setup.objects.filter(
        domain=setup.domain,
        service__state="running",
        service__customer__service=setup.service_id,
    ).exclude(service_id=setup.service_id)
    return _setups(rows)


def _setups(rows: QuerySet[Setup]) -> tuple[SetupFacts, ...]:
    return tuple(setup_facts(row) for row in rows.select_related("node").order_by("id"))


def setup_facts(row: Setup) -> SetupFacts:
    return SetupFacts(
        service_id=row.service_id,
        number=row.pk,
        node_id=row.node_id,
        node=row.node.name if row.node is not None else "",
        domain=row.domain,
        is_domain_proven=row.is_domain_proven,
        plan_code=row.plan_code,
        package=msgspec.convert(row.package, HostingPackage),
        quantity=row.quantity,
        waits_because=row.waits_because,
        laid_out_at=row.laid_out_at,
        erased_at=row.erased_at,
    )


def part_facts(row: Part) -> PartFacts:
    return PartFacts(
        part_id=row.pk,
        service_id=row.service_id,
        key=row.key,
        statement=decode_statement(row.body.encode()),
        state=row.state,
        removed_on=row.removed_on,
        ordered_by=row.ordered_by,
        facts=cast("Mapping[str, str | int | bool]", row.facts),
    )


def errand_facts(row: Errand) -> ErrandFacts:
    return ErrandFacts(
        errand=row.errand,
        service_id=row.service_id,
        kind=row.kind,
        statement=decode_statement(row.body.encode()),
        state=row.state,
        step=row.step,
        percent=row.percent,
        result=row.result,
        by=row.by,
        ordered_at=row.ordered_at,
        not_after=row.not_after,
        ended_at=row.ended_at,
    )
