"""Work that is done once: giving back from a copy, taking that back, handing everything out."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Literal

import msgspec
from django.db import transaction

from servanda.business.companies.queries import company as company_of
from servanda.business.hosting.actions.changing import Order, locked_part, note
from servanda.business.hosting.decisions.changing import ChangeRefused, checked
from servanda.business.hosting.models import Errand, Setup
from servanda.business.hosting.queries.restoring import restore_way_of
from servanda.business.hosting.queries.services import company_id_of, services
from servanda.ground.nodes.kinds.backups import BackupPlan, Export, Restore
from servanda.ground.nodes.wanted import decode_statement, encode

# So long a restore can be taken up, and taken back: after that it is not done behind its owner's back.
UNDO_DAYS = 7
EXPORT_DAYS = 14
_AT_WORK = ("ordered", "running")
What = Literal["files", "file", "database", "mail", "all"]


@transaction.atomic
def order_restore(
    service_id: int,
    *,
    snapshot: str,
    errand: str,
    what: What,
    into: Literal["beside", "in place", "preview"],
    order: Order,
    now: datetime,
    path: str | None = None,
    database: str | None = None,
    domain: str | None = None,
    request: int | None = None,
) -> None:
    """Order something given back from a copy, as the errand of this id, or a preview of what that would change.

    `now` is the real time, which nodes go by. Where staff give back on a written request, `request` is its task.

    Refuses a service that is gone, a second restore while one is at work, and one without the request that the terms want.
    """
    setup, plan = _plan(service_id, what="restore")
    if into != "preview" and request is None:
        _refuse_unasked(service_id, today=order.today)
    if what == "database" and database not in plan.databases:
        raise ChangeRefused(
            "The copies of this service hold no database %(name)s. They hold: %(names)s.",
            {"name": database, "names": ", ".join(plan.databases) or "-"},
        )
    if what == "file" and not path:
        raise ChangeRefused("Say which file or folder shall come back.")
    restore = checked(
        Restore(
            errand=errand,
            plan=plan.plan,
            tenant=plan.tenant,
            snapshot=snapshot,
            what=what,
            into=into,
            path=path if what == "file" else None,
            database=database if what == "database" else None,
            domain=domain if what == "mail" else None,
            not_after=now + timedelta(days=UNDO_DAYS),
        )
    )
    kind = "preview" if into == "preview" else "restore"
    asked = {"request": request} if request is not None else {}
    _add(setup, restore, kind=kind, errand=errand, order=order, not_after=restore.not_after, more=asked)


@transaction.atomic
def undo_restore(service_id: int, errand: str, *, order: Order, now: datetime) -> None:
    """Take a restore back: what stood before stands again. Refuses one that is not done, was undone, or is too old."""
    row = Errand.objects.select_for_update().filter(service_id=service_id, errand=errand, kind="restore").first()
    if row is None or row.state != "done":
        raise ChangeRefused("Only a restore that is done can be undone. Look at how far it is.")
    statement = decode_statement(row.body.encode())
    assert isinstance(statement, Restore)
    if statement.into != "in place":
        raise ChangeRefused("What was given back beside the present data changed nothing, so there is nothing to undo.")
    if row.not_after < now:
        raise ChangeRefused(
            "What stood before is kept for %(days)s days, and that time has passed. Restore a copy.",
            {"days": UNDO_DAYS},
        )
    row.body = encode(msgspec.structs.replace(statement, is_undone=True)).decode()
    row.state, row.ended_at = "ordered", None
    row.save(update_fields=["body", "state", "ended_at"])
    note(service_id, "restore.undone", statement.key, order=order, facts={"errand": errand})


@transaction.atomic
def order_export(service_id: int, *, errand: str, order: Order, now: datetime) -> None:
    """Order all of a service in one archive, to be fetched for two weeks, as the errand of this id.

    Also while a service is in quarantine: its owner's data are its owner's. Refuses a second one while one is at work.
    """
    setup, plan = _plan(service_id, what="export")
    if plan.site is None:
        raise ChangeRefused(
            "This service has no folder in which an archive could lie. Open its database for your address and fetch it "
            "from there, or write to us."
        )
    export = Export(
        errand=errand,
        plan=plan.plan,
        tenant=plan.tenant,
        kept_until=now + timedelta(days=EXPORT_DAYS),
    )
    _add(setup, export, kind="export", errand=errand, order=order, not_after=export.kept_until)


def _plan(service_id: int, *, what: str) -> tuple[Setup, BackupPlan]:
    setup = (
        Setup.objects.select_for_update(of=("self",)).select_related("service").filter(service_id=service_id).first()
    )
    if setup is None or setup.node_id is None:
        raise ChangeRefused("This service lies on no server, so nothing of it can be handed over.")
    if setup.service.state == "purged" or (what == "restore" and setup.service.state != "running"):
        raise ChangeRefused(
            "%(name)s does not run now. Put it back first, or order an export.", {"name": setup.service.name}
        )
    kinds = ("restore", "preview") if what == "restore" else (what,)
    if Errand.objects.filter(service_id=service_id, kind__in=kinds, state__in=_AT_WORK).exists():
        raise ChangeRefused("One is at work already. Wait until it is done.")
    _, plan = locked_part(service_id, f"backup/{setup.pk}", BackupPlan)
    return setup, plan


def _add(
    setup: Setup,
    statement: Restore | Export,
    *,
    kind: str,
    errand: str,
    order: Order,
    not_after: datetime,
    more: Mapping[str, object] | None = None,
) -> None:
    assert setup.node_id is not None
    Errand.objects.create(
        service_id=setup.service_id,
        node_id=setup.node_id,
        errand=errand,
        kind=kind,
        body=encode(statement).decode(),
        by=order.by,
        ordered_at=order.at,
        not_after=not_after,
    )
    note(setup.service_id, f"{kind}.ordered", statement.key, order=order, facts={"errand": errand, **(more or {})})


def _refuse_unasked(service_id: int, *, today: date) -> None:
    (service,) = services([service_id])
    way = restore_way_of(company_of(company_id_of(service_id)), service, today=today)
    if not way.is_by_customer:
        raise ChangeRefused(
            "By these terms we give back on a written request. Ask for it here, and we answer what it costs.",
            because=way.because[0] if way.because else None,
        )
