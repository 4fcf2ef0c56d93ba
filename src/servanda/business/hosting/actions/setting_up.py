"""From an order to rows: which node takes a service, and what it consists of. In the transaction that opens it."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import transaction

from servanda.business.catalogue.queries import prices_of
from servanda.business.companies.facts import CompanyFacts
from servanda.business.contracts.queries import line as line_of
from servanda.business.evidence.actions import record
from servanda.business.hosting.actions.touching import touch
from servanda.business.hosting.decisions.opening import (
    domain_in,
    is_ownable,
    kinds_of,
    needs_domain,
    statements_to_open,
)
from servanda.business.hosting.models import Part, Service, Setup, SiteName
from servanda.business.hosting.queries.parts import setup_facts
from servanda.business.nodes.actions.wishing import take_place
from servanda.business.nodes.queries import has_nodes
from servanda.business.nodes.queries import node as node_of
from servanda.ground.nodes.kinds.web import Site
from servanda.ground.nodes.wanted import Wanted, encode
from servanda.ground.refusal import Refused
from servanda.terms.packages import HostingPackage, package_to_json


class SetupRefused(Refused):
    """A service cannot be set up like this."""


def set_up(company: CompanyFacts, service_ids: Iterable[int], *, today: date, at: datetime) -> int:
    """Set up services that lie nowhere yet and return how many lie on a node now. Runs in the caller's transaction.

    A service whose plan gives nothing of a server is left alone; so are all of a company that has no node.
    """
    ids = sorted(service_ids)
    if not ids or not has_nodes(company.company_id):
        return 0
    plans = prices_of(company.company_id).plans
    placed = 0
    for service in Service.objects.filter(pk__in=ids, state="running", setup__isnull=True).order_by("id"):
        line = line_of(service.line_id)
        plan = plans.get(line.plan_code)
        if plan is None or plan.hosting is None:
            continue
        setup = Setup.objects.create(
            service=service,
            domain=domain_in(line.description) if needs_domain(plan.hosting) else "",
            plan_code=line.plan_code,
            package=package_to_json(plan.hosting),
            quantity=line.quantity,
            waits_because="no node",
            opened_at=at,
        )
        placed += _place(setup, service, today=today, at=at)
    return placed


@transaction.atomic
def lay_out(company: CompanyFacts, service_id: int, *, reason: str, by: str, today: date, at: datetime) -> None:
    """Lay out on a server a service that began before the company had one, by a person's decision and reason.

    Refuses a service that is laid out or waits already, one that does not run, and one whose plan gives nothing of a server.
    """
    if not reason.strip():
        raise SetupRefused("Say why. The reason is kept with the record.")
    service = Service.objects.select_for_update().get(pk=service_id, company_id=company.company_id)
    if Setup.objects.filter(service=service).exists():
        raise SetupRefused(
            "%(name)s is laid out already, or waits for something; its page says for what.", {"name": service.name}
        )
    if service.state != "running":
        raise SetupRefused("%(name)s does not run now. Only what runs is laid out.", {"name": service.name})
    if not has_nodes(company.company_id):
        raise SetupRefused("The company has no server yet. Add one by `servanda nodes add` first.")
    set_up(company, [service_id], today=today, at=at)
    if not Setup.objects.filter(service=service).exists():
        raise SetupRefused(
            "The plan of %(name)s gives nothing of a server. Change the plan first.", {"name": service.name}
        )
    _record(service, "service.laid_out", today=today, at=at, by=by, facts={"reason": reason})


def set_up_waiting(company: CompanyFacts, *, today: date, at: datetime) -> int:
    """Try again to place the services that wait for room on a node, and return how many have it now."""
    placed = 0
    waiting = Setup.objects.filter(service__company_id=company.company_id, waits_because="no node")
    with transaction.atomic():
        for setup in waiting.select_for_update(of=("self",)).select_related("service").order_by("id"):
            if setup.service.state == "running":
                placed += _place(setup, setup.service, today=today, at=at)
    return placed


@transaction.atomic
def give_domain(service_id: int, domain: str, *, by: str, today: date, at: datetime) -> None:
    """Give a service that waits for it its domain. Refuses what is no domain, and a service that lies somewhere already."""
    name = domain.strip().lower().rstrip(".")
    if not is_ownable(name):
        raise SetupRefused(
            "'%(domain)s' is no domain that somebody can hold. Write it as in example.dk.", {"domain": domain[:80]}
        )
    setup = Setup.objects.select_for_update(of=("self",)).select_related("service").get(service_id=service_id)
    if not setup.waits_because:
        raise SetupRefused(
            "%(name)s is set up for %(domain)s already. Add a name to its site instead.",
            {"name": setup.service.name, "domain": setup.domain},
        )
    setup.domain = name
    setup.save(update_fields=["domain"])
    _place(setup, setup.service, today=today, at=at)
    _record(setup.service, "service.domain_given", today=today, at=at, by=by, facts={"domain": name})


@transaction.atomic
def confirm_domain(service_id: int, *, how: str, by: str, today: date, at: datetime) -> None:
    """Note that the owner of a service has shown to hold its domain: from now on its mail is delivered here."""
    if not how.strip():
        raise SetupRefused("Say how it was shown: by registration, by name servers, or by a record in the zone.")
    setup = Setup.objects.select_for_update(of=("self",)).select_related("service").get(service_id=service_id)
    if setup.is_domain_proven:
        return
    setup.is_domain_proven = True
    setup.save(update_fields=["is_domain_proven"])
    rows = Part.objects.select_for_update().filter(key=f"mail-domain/{setup.domain}", state="kept")
    for row in rows.filter(service__customer_id=setup.service.customer_id):
        row.body = row.body.replace('"is_proven":false', '"is_proven":true')
        row.save(update_fields=["body"])
        touch([row.service_id])
    _record(setup.service, "service.domain_proven", today=today, at=at, by=by, facts={"how": how})


def add_part(service_id: int, statement: Wanted, *, by: str, at: datetime) -> Part:
    """Keep one more thing that a service consists of. Runs in the caller's transaction, which touches the service."""
    part = Part.objects.create(
        service_id=service_id,
        kind=statement.key.partition("/")[0],
        key=statement.key,
        body=encode(statement).decode(),
        ordered_by=by,
        made_at=at,
    )
    if isinstance(statement, Site):
        SiteName.objects.bulk_create(SiteName(part=part, name=name) for name in names_of(statement))
    return part


def hand_over(service_id: int) -> tuple[int, ...]:
    """Leave the zone and the mail domain of a service that ends to another running one of its owner on the same domain.

    Returns the services that took something over. Runs in the caller's transaction, which touches them.
    """
    setup = Setup.objects.select_related("service").filter(service_id=service_id, node__isnull=False).first()
    if setup is None or not setup.domain:
        return ()
    others = Setup.objects.filter(domain=setup.domain, node=setup.node_id, service__state="running").exclude(
        pk=setup.pk
    )
    heirs = [setup_facts(row) for row in others.filter(service__customer=setup.service.customer_id).order_by("id")]
    took = []
    for kind, gives in (("zone", "has_zone"), ("mail-domain", "has_mail")):
        heir = next((one for one in heirs if getattr(one.package, gives)), None)
        if heir is not None:
            parts = Part.objects.filter(service_id=service_id, key=f"{kind}/{setup.domain}", state="kept")
            took += [heir.service_id] * parts.update(service_id=heir.service_id)
    return tuple(took)


def names_of(site: Site) -> tuple[str, ...]:
    """Return all names that lead to a site, those that send their visitors on among them."""
    return tuple(dict.fromkeys((*site.names, *(redirect.name for redirect in site.redirects))))


def _place(setup: Setup, service: Service, *, today: date, at: datetime) -> bool:
    """Give a service its node and its parts, or say what it waits for."""
    package = setup_facts(setup).package
    because = _hindrance(setup, service, package)
    if not because:
        kinds = kinds_of(package)
        beside = _node_of_domain(setup, service)
        node = take_place(service.company_id, kinds=kinds, country="", php=package.php, beside=beside)
        setup.node_id, because = (node.node_id, "") if node is not None else (None, "no node")
    was, setup.waits_because = setup.waits_because, because
    setup.save(update_fields=["node", "waits_because"])
    if because:
        if because != was or was == "no node":
            waits = {"because": because, "domain": setup.domain}
            _record(service, "service.waits", today=today, at=at, by="system", facts=waits, is_once=True)
        return False
    _add_parts(setup, service, package, at=at)
    touch([service.pk])
    facts = {"node": setup.node_id, "number": setup.pk, "domain": setup.domain}
    _record(service, "service.set_up", today=today, at=at, by="system", facts=facts)
    return True


def _node_of_domain(setup: Setup, service: Service) -> int | None:
    """Return the node on which the owner has the same domain already: its zone and its mail are served in one place."""
    if not setup.domain:
        return None
    others = Setup.objects.filter(domain=setup.domain, service__customer=service.customer_id, node__isnull=False)
    others = others.exclude(pk=setup.pk).exclude(service__state="purged").order_by("id")
    return others.values_list("node_id", flat=True).first()


def _hindrance(setup: Setup, service: Service, package: HostingPackage) -> str:
    if not needs_domain(package):
        return ""
    if not setup.domain:
        return "no domain"
    return "domain taken" if _is_foreign(setup, service, package) else ""


def _is_foreign(setup: Setup, service: Service, package: HostingPackage) -> bool:
    """Tell whether the domain, a name below or above it, or a part that is needed belongs to another customer."""
    parents = [setup.domain.split(".", at)[-1] for at in range(1, setup.domain.count("."))]
    others = Setup.objects.exclude(service__customer_id=service.customer_id).exclude(service__state="purged")
    same = others.filter(domain__in=[setup.domain, *parents], node__isnull=False)
    below = others.filter(domain__endswith=f".{setup.domain}", node__isnull=False)
    if same.exists() or below.exists():
        return True
    names = SiteName.objects.filter(name__in=[setup.domain, f"www.{setup.domain}"])
    return package.has_site and names.exists()


def _add_parts(setup: Setup, service: Service, package: HostingPackage, *, at: datetime) -> None:
    assert setup.node_id is not None
    node = node_of(setup.node_id)
    keys = (f"{kind}/{setup.domain}" for kind in ("zone", "mail-domain", "certificate"))
    shared = Part.objects.filter(key__in=list(keys)).exclude(state="purged").values_list("key", flat=True)
    made = statements_to_open(
        package,
        number=setup.pk,
        domain=setup.domain,
        is_proven=setup.is_domain_proven,
        addresses=node.addresses,
        host_name=node.host_name,
        shared=frozenset(shared),
    )
    for statement in made:
        add_part(service.pk, statement, by="", at=at)


def _record(
    service: Service,
    what: str,
    *,
    today: date,
    at: datetime,
    by: str,
    facts: Mapping[str, object],
    is_once: bool = False,
) -> None:
    record(
        company_id=service.company_id,
        key=f"{what}:{service.pk}" if is_once else f"{what}:{service.pk}:{at.isoformat()}",
        what=what,
        subject=f"service:{service.pk}",
        on_day=today,
        at=at,
        because=(),
        facts={"name": service.name, **facts},
        customer_id=service.customer_id,
        by=by,
    )
