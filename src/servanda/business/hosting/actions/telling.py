"""Telling the nodes what has changed: from touched services to wishes, in one transaction with the outbox.

The removal of a service or a part from its node needs a warrant of its own. When it is refused (the brake), the service
stays in the outbox and is tried again; nothing that helps anybody waits for it.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

import msgspec
from django.db import transaction

from servanda.business.companies.facts import CompanyFacts
from servanda.business.evidence.actions import NoWarrant, issue_warrant
from servanda.business.evidence.facts import Event, WarrantRequest
from servanda.business.evidence.queries import events_of_subjects, newest_warrant_of, warrant_of
from servanda.business.hosting.decisions.wanted import retention_wishes, wishes_for
from servanda.business.hosting.facts import PartFacts, RemovalFacts, ServiceFacts, ServicePicture
from servanda.business.hosting.models import Errand, Part, Secret, Setup, Touched
from servanda.business.hosting.queries.mail import leave_for_bulk
from servanda.business.hosting.queries.parts import part_facts
from servanda.business.hosting.queries.services import services
from servanda.business.nodes.actions.wishing import forget_wish, wish
from servanda.business.nodes.facts import Wish
from servanda.business.nodes.queries import keepers_of
from servanda.ground.citation import Citation
from servanda.ground.nodes.grammar import WebAddress
from servanda.ground.nodes.kinds.access import Login
from servanda.ground.nodes.kinds.databases import Database
from servanda.ground.nodes.kinds.mail import Mailbox
from servanda.ground.nodes.wanted import decode_statement

LOG = logging.getLogger(__name__)
AT_ONCE = 200
# A quarantine that no node has carried out by then is decided again.
WARRANT_DAYS = 60
OWN_ORDER = Citation("Aftaleloven", "§ 1")  # whoever orders something of their own to be removed is bound by it
_NOWHERE = "https://localhost"


def tell_nodes(company: CompanyFacts, *, today: date, at: datetime) -> int:
    """Wish for what has changed of the touched services and return how many of their statements are new."""
    told, failed = 0, set[int]()
    while True:
        with transaction.atomic():
            rows = Touched.objects.filter(service__company_id=company.company_id).exclude(service__in=failed)
            ids = list(rows.select_for_update(skip_locked=True).values_list("service_id", flat=True)[:AT_ONCE])
            if not ids:
                return told
            done, count = _tell(company, ids, today=today, at=at)
            told += count
            failed |= set(ids) - done
            Touched.objects.filter(service__in=done).delete()


def compare_all(company: CompanyFacts, *, today: date, at: datetime) -> int:
    """Look at every service that lies on a node, as if all were touched; returns what had been missed."""
    Touched.objects.bulk_create(
        (
            Touched(service_id=service_id)
            for service_id in Setup.objects.filter(service__company_id=company.company_id, node__isnull=False)
            .order_by("id")
            .values_list("service_id", flat=True)
        ),
        ignore_conflicts=True,
        batch_size=2000,
    )
    return tell_nodes(company, today=today, at=at)


def _tell(company: CompanyFacts, ids: list[int], *, today: date, at: datetime) -> tuple[set[int], int]:
    """Wish for what some services need now; returns which of them are done, and how much was new."""
    setups = {row.service_id: row for row in Setup.objects.filter(service__in=ids).select_related("node")}
    parts, keepers = _parts_of(ids), keepers_of(company.company_id)
    done, told = set[int](), 0
    for service in services(ids):
        setup = setups[service.service_id]
        if setup.node is not None:
            try:
                with transaction.atomic():
                    picture = _picture(company, service, setup, parts[service.service_id], today=today, at=at)
                    wishes = wishes_for(picture)
                    told += wish(picture.node_id, wishes)
                    for keeper in keepers:
                        told += wish(keeper.node_id, retention_wishes(setup.node.name, wishes))
                    told += _tell_errands(service, setup.node.pk)
            except NoWarrant as refusal:
                LOG.warning("service %s is not removed from its node yet: %s", service.service_id, refusal)
                continue
        done.add(service.service_id)
    return done, told


def _picture(
    company: CompanyFacts,
    service: ServiceFacts,
    setup: Setup,
    parts: tuple[PartFacts, ...],
    *,
    today: date,
    at: datetime,
) -> ServicePicture:
    assert setup.node_id is not None
    removed = (part for part in parts if part.state == "quarantined")
    return ServicePicture(
        service=service,
        node_id=setup.node_id,
        provider=company.name[:200],
        way_out=way_out_of(company),
        parts=parts,
        removal=_removal(company, service, today=today, at=at),
        bulk=leave_for_bulk(service.service_id),
        is_real_time=company.clock_on is None,
        removed_parts={part.part_id: _part_removal(company, service, part, today=today, at=at) for part in removed},
    )


def _tell_errands(service: ServiceFacts, node_id: int) -> int:
    """Wish for the errands that are on their way; those that are done with are forgotten, for they are done once."""
    told = 0
    for errand in Errand.objects.filter(service_id=service.service_id, node_id=node_id):
        statement = decode_statement(errand.body.encode())
        is_restore = errand.kind == "restore"  # it can be undone for as long as it may be taken at all
        if errand.ended_at is not None and not is_restore:
            forget_wish(node_id, statement.key)
        else:
            told += wish(node_id, [Wish(statement=statement, subject=f"service:{service.service_id}")])
    return told


def way_out_of(company: CompanyFacts) -> str:
    """Return where the owner of something that is held reads why: the company's own pages."""
    address = company.web if company.web.startswith("https://") else f"https://{company.web}"
    try:
        return msgspec.convert(address.rstrip("/"), WebAddress)
    except msgspec.ValidationError:
        return _NOWHERE


def _removal(company: CompanyFacts, service: ServiceFacts, *, today: date, at: datetime) -> RemovalFacts | None:
    if service.state == "running":
        return None
    if service.state == "purged":
        warrant = newest_warrant_of(f"service:{service.service_id}", act="data.purged")
        return RemovalFacts(warrant=warrant, state="purged")
    assert service.quarantined_on is not None
    basis = f"service.quarantined:{service.service_id}:{service.quarantined_on}"
    key = f"node.{basis}"
    _leave(
        company,
        service,
        key=key,
        act="service.quarantined",
        because=_because_of(service, basis),
        basis=(basis,),
        since=service.quarantined_on,
        today=today,
        at=at,
    )
    return RemovalFacts(warrant=key, state="quarantined")


def _part_removal(
    company: CompanyFacts, service: ServiceFacts, part: PartFacts, *, today: date, at: datetime
) -> RemovalFacts:
    assert part.removed_on is not None
    basis = f"part.removed:{part.part_id}:{part.removed_on}"
    key = f"node.{basis}"
    _leave(
        company,
        service,
        key=key,
        act="part.removed",
        because=(OWN_ORDER,),
        basis=(),
        since=part.removed_on,
        today=today,
        at=at,
    )
    return RemovalFacts(warrant=key, state="quarantined")


def _leave(
    company: CompanyFacts,
    service: ServiceFacts,
    *,
    key: str,
    act: str,
    because: tuple[Citation, ...],
    basis: tuple[str, ...],
    since: date,
    today: date,
    at: datetime,
) -> None:
    """Issue the warrant for a removal from a node, once."""
    if warrant_of(key) is not None:
        return
    issue_warrant(
        WarrantRequest(
            company_id=company.company_id,
            key=key,
            act=act,
            subject=f"service:{service.service_id}",
            fingerprint=f"service:{service.service_id}:line:{service.line_id}:since:{since}",
            because=because,
            parameters={"since": since.isoformat()},
            evidence_keys=basis,
            not_before=since,
            expires_on=max(since, today) + timedelta(days=WARRANT_DAYS),
            customer_id=service.customer_id,
        ),
        today=today,
        at=at,
    )


def _because_of(service: ServiceFacts, key: str) -> tuple[Citation, ...]:
    events: Iterable[Event] = events_of_subjects([f"service:{service.service_id}"])
    return next((event.because for event in events if event.key == key and event.because), service.purge_because)


def _parts_of(ids: list[int]) -> Mapping[int, tuple[PartFacts, ...]]:
    """Return the parts of some services with the hashes of their passwords."""
    rows = list(Part.objects.filter(service__in=ids).exclude(state="purged").order_by("id"))
    secrets: dict[int, dict[str, str]] = defaultdict(dict)
    for secret in Secret.objects.filter(part__in=rows):
        secrets[secret.part_id][secret.name] = secret.hash
    found: dict[int, list[PartFacts]] = defaultdict(list)
    for row in rows:
        found[row.service_id].append(_with_secrets(part_facts(row), secrets[row.pk]))
    return defaultdict(tuple, {service_id: tuple(parts) for service_id, parts in found.items()})


def _with_secrets(part: PartFacts, secrets: Mapping[str, str]) -> PartFacts:
    statement = part.statement
    if isinstance(statement, Mailbox | Login) and "" in secrets:
        statement = msgspec.structs.replace(statement, password_hash=secrets[""])
    if isinstance(statement, Database):
        users = tuple(
            msgspec.structs.replace(user, password_hash=secrets.get(user.name, user.password_hash))
            for user in statement.users
        )
        statement = msgspec.structs.replace(statement, users=users)
    return replace(part, statement=statement)
