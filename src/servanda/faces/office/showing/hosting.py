"""Services and servers as staff see them."""

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from servanda.business.backups.facts import LateCopies
from servanda.business.backups.queries import late_copies, uncopied
from servanda.business.catalogue.queries import prices_of
from servanda.business.customers.queries import customer, customers
from servanda.business.hosting.decisions.complaints import SOURCES as COMPLAINT_SOURCES
from servanda.business.hosting.facts import ServiceFacts
from servanda.business.hosting.queries import ServiceFilter, services, services_of_company, setups_of, setups_that_wait
from servanda.business.hosting.queries.mail import bulk_of_service, bulk_wishes, mail_service_of
from servanda.business.hosting.queries.usage import excesses
from servanda.business.nodes.facts import NodeFacts
from servanda.business.nodes.queries import has_nodes, nodes_of, parked_statements
from servanda.business.nodes.wording import parked_text
from servanda.faces.office.places import Visit
from servanda.faces.office.showing.naming import customer_link
from servanda.faces.office.showing.tasks import ABOUT, SOURCES, task_rows, tasks_shown
from servanda.faces.office.shown import Link, Pager, Stamp, Tab
from servanda.faces.office.shown_hosting import (
    LateRow,
    NodeRow,
    NodesShown,
    ParkedRow,
    ServiceLine,
    ServiceList,
    ServicePanel,
    WaitingRow,
)
from servanda.faces.office.words import language
from servanda.faces.parts.hosting.words import size_text
from servanda.ground.calendar import day_text, moment_text
from servanda.ground.citation import texts_of

PER_PAGE = 50
WHY = {
    "no node": gettext_noop("no server has room for it"),
    "domain taken": gettext_noop("its domain belongs to another service"),
    "no domain": gettext_noop("it has no domain yet"),
}
# A node reports every few seconds; one that is silent so long is looked at by a person.
SILENT_AFTER = timedelta(minutes=10)
RECENT = timedelta(days=3)  # so old may a measurement be that speaks of a use beyond what was agreed


def service_list(here: Visit, *, show: str, search: str, page: int) -> ServiceList:
    """Return one page of a company's services, newest first."""
    show = show if show in set(ServiceFilter) else ServiceFilter.ALL
    found = services_of_company(
        here.company.company_id,
        show=ServiceFilter(show),
        search=search,
        skip=(page - 1) * PER_PAGE,
        limit=PER_PAGE + 1,
    )
    rows, has_more = found[:PER_PAGE], len(found) > PER_PAGE
    names = customers({one.customer_id for one in rows})
    domains = {one.service_id: one for one in setups_of([one.service_id for one in rows])}
    address = reverse("office:services", args=[here.company.slug])
    filters = (
        (ServiceFilter.ALL, _("All")),
        (ServiceFilter.HELD, _("Held")),
        (ServiceFilter.CLOSED, _("Closed")),
    )
    products = prices_of(here.company.company_id).products

    def line(service: ServiceFacts) -> ServiceLine:
        setup = domains.get(service.service_id)
        product = products.get(service.product)
        return ServiceLine(
            name=service.name,
            address=reverse("office:service", args=[here.company.slug, service.service_id]),
            product=service.product if product is None else product.name_da,
            customer=customer_link(names[service.customer_id], here.company.slug),
            node=setup.node if setup is not None else "",
            began_on=service.began_on,
            stamp=stamp_of(service),
            clauses=", ".join(texts_of(tuple(one for hold in service.open_holds for one in hold.because))),
        )

    def page_address(number: int) -> str:
        return f"{address}?show={show}&q={search}&page={number}"

    return ServiceList(
        rows=tuple(line(one) for one in rows),
        filters=tuple(Tab(words, f"{address}?show={name}", is_here=name == show) for name, words in filters),
        show=show,
        search=search,
        pager=Pager(
            text=_("Page %(page)s") % {"page": page},
            before=page_address(page - 1) if page > 1 else "",
            after=page_address(page + 1) if has_more else "",
        ),
    )


def stamp_of(service: ServiceFacts) -> Stamp:
    if service.state == "purged":
        return Stamp(_("Deleted"), "note")
    if service.state == "quarantined":
        return Stamp(_("Closed; data kept"), "warn")
    if service.open_holds:
        return Stamp(_("Held"), "stop")
    return Stamp(_("Runs"), "calm")


def service_panel(here: Visit, service: ServiceFacts) -> ServicePanel:
    """Return what staff see beside the page that its owner sees."""
    setups = setups_of([service.service_id])
    setup = setups[0] if setups else None
    keeper = mail_service_of(service.service_id)
    bulk = bulk_of_service(keeper) if keeper is not None else None
    plans = plans_beside(here.company.company_id, service.product)
    lies_nowhere = setup is None and service.state == "running" and bool(plans)
    return ServicePanel(
        plans=plans,
        quantity=setup.quantity if setup is not None else 1,
        may_act=service.state == "running",
        has_mail=keeper is not None,
        bulk_asked=bulk.messages_a_week if bulk is not None and bulk.state == "asked" else 0,
        domain=setup.domain if setup is not None else "",
        is_domain_proven=setup is not None and setup.is_domain_proven,
        waits_because=setup.waits_because if setup is not None else "",
        may_be_laid_out=lies_nowhere and has_nodes(here.company.company_id),
        customer=customer_link(customer(service.customer_id), here.company.slug),
        line=Link(
            _("The line of the contract"),
            reverse("office:line", args=[here.company.slug, customer(service.customer_id).number, service.line_id]),
        ),
        stamp=stamp_of(service),
        node=setup.node if setup is not None else "",
        number=setup.number if setup is not None else 0,
        tenant=setup.tenant if setup is not None else 0,
        plan=setup.plan_code if setup is not None else "",
        tasks=tasks_shown(here, service),
        abouts=tuple((name, _(text)) for name, text in ABOUT.items()),
        sources=tuple((name, _(SOURCES[name])) for name in COMPLAINT_SOURCES),
    )


def plans_beside(company_id: int, product: str) -> tuple[tuple[str, str], ...]:
    """Return the plans of a product that give something of a server: their codes and names."""
    danish = language() == "da"
    plans = prices_of(company_id).plans.values()
    return tuple(
        (one.code, one.name_da if danish else one.name_en)
        for one in plans
        if one.product.code == product and one.hosting is not None
    )


def nodes_shown(here: Visit, *, now: datetime) -> NodesShown:
    """Return the servers of a company, what lies nowhere yet, and what waits for a person."""
    company_id = here.company.company_id
    waiting, wishes = setups_that_wait(company_id), bulk_wishes(company_id)
    ids = [*(one.service_id for one in waiting), *(one.service_id for one in wishes)]
    names = {one.service_id: one for one in services(ids)}
    return NodesShown(
        tasks=task_rows(here),
        nodes=tuple(_node_row(one, now) for one in nodes_of(company_id)),
        waiting=tuple(
            WaitingRow(
                name=names[one.service_id].name,
                address=reverse("office:service", args=[here.company.slug, one.service_id]),
                why=_(WHY[one.waits_because]) if one.waits_because in WHY else one.waits_because,
            )
            for one in waiting
        ),
        parked=tuple(
            ParkedRow(
                node=one.node,
                key=one.key,
                reason=parked_text(one.reason, "da" if language() == "da" else "en"),
                detail=one.detail,
                since=one.since,
                who=_("The server refused it") if one.is_of_node else _("It was not signed"),
                refusal_id=one.refusal_id,
                service=_service_link(here, one.subject),
            )
            for one in parked_statements(company_id)
        ),
        late=tuple(
            LateRow(
                name=one.name,
                address=reverse("office:service", args=[here.company.slug, one.service_id]),
                why=_late_text(one),
            )
            for one in (*uncopied(company_id), *late_copies(company_id, now=now))
        ),
        bulk=tuple(
            WaitingRow(
                name=names[one.service_id].name,
                address=reverse("office:service", args=[here.company.slug, one.service_id]),
                why=_("%(count)s mails a week") % {"count": one.messages_a_week},
            )
            for one in wishes
        ),
        beyond=tuple(
            WaitingRow(
                name=one.name,
                address=reverse("office:service", args=[here.company.slug, one.service_id]),
                why=_("%(used)s of %(agreed)s on %(day)s")
                % {"used": size_text(one.used), "agreed": size_text(one.agreed), "day": day_text(one.day, language())},
            )
            for one in excesses(company_id, since=here.today - RECENT)
        ),
    )


def _late_text(late: LateCopies) -> str:
    if not late.has_plan:
        return _("it stands in no plan of copies")
    if late.is_broken:
        return _("a copy was found broken")
    if late.newest_at is None:
        return _("no copy since it was laid out %(moment)s") % {"moment": moment_text(late.since, language())}
    return _("the newest copy is of %(moment)s") % {"moment": moment_text(late.newest_at, language())}


def _service_link(here: Visit, subject: str) -> Link | None:
    kind, _colon, number = subject.partition(":")
    if kind != "service" or not number.isdigit():
        return None
    return Link(_("The service"), reverse("office:service", args=[here.company.slug, int(number)]))


def _node_row(node: NodeFacts, now: datetime) -> NodeRow:
    if node.revoked_at is not None:
        stamp = Stamp(_("Revoked"), "note")
    elif not node.public_key:
        stamp = Stamp(_("Not enrolled yet"), "warn")
    elif node.last_report_at is None or now - node.last_report_at > SILENT_AFTER:
        stamp = Stamp(_("Silent"), "stop")
    else:
        stamp = Stamp(_("Reports"), "calm")
    return NodeRow(
        name=node.name,
        country=node.country,
        services=node.services,
        services_max=node.services_max,
        accepted=node.accepted_seq,
        last_report_at=node.last_report_at,
        stamp=stamp,
        facts=tuple(f"{name}: {value}" for name, value in sorted(node.facts.items())),
    )
