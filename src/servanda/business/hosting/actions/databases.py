"""Databases and their users, as their owner orders them."""

from collections.abc import Iterable

import msgspec
from django.db import transaction

from servanda.business.hosting.actions.changing import (
    Order,
    change,
    forget_password,
    is_taken,
    keep_password,
    locked_part,
    locked_setup,
    note,
    remove,
)
from servanda.business.hosting.actions.setting_up import add_part
from servanda.business.hosting.decisions.changing import (
    ChangeRefused,
    Rights,
    checked,
    is_wide,
    with_allowed,
    with_user,
    without_user,
)
from servanda.business.hosting.decisions.opening import new_database
from servanda.business.hosting.models import Part
from servanda.business.hosting.queries.parts import allowances
from servanda.ground.nodes.kinds.backups import BackupPlan
from servanda.ground.nodes.kinds.databases import Database
from servanda.ground.nodes.wanted import decode_statement, encode


@transaction.atomic
def add_database(service_id: int, name: str, *, order: Order) -> str:
    """Add a database without users and return its key; from now on it is copied too. Refuses more than the plan gives."""
    setup = locked_setup(service_id)
    allowance = allowances(service_id)["databases"]
    if allowance.is_used_up:
        raise ChangeRefused(
            "All %(count)s databases of the plan are in use. Remove one, or order more.", {"count": allowance.given}
        )
    database = checked(new_database(setup.package, number=setup.number, name=name.strip().lower()))
    if is_taken(database.key):
        raise ChangeRefused("%(name)s is there already. Choose another name.", {"name": database.name})
    add_part(service_id, database, by=order.by, at=order.at)
    _copy_too(service_id, database.name)
    note(service_id, "database.added", database.key, order=order)
    return database.key


@transaction.atomic
def remove_database(service_id: int, key: str, *, order: Order) -> None:
    """Take a database out of operation. Its data stay in quarantine and can be put back."""
    remove(service_id, key, Database, order=order)


@transaction.atomic
def add_database_user(
    service_id: int, key: str, name: str, *, password: str, order: Order, rights: Rights = "all"
) -> str:
    """Add a user of a database, who may do all or only read (servicepoint-084), and return its full name."""
    setup = locked_setup(service_id)
    row, database = locked_part(service_id, key, Database)
    changed = with_user(database, name, number=setup.number, rights=rights)
    user = changed.users[-1].name
    keep_password(row, password, user=user, names=(database.name,))
    change(service_id, key, Database, lambda _: changed, order=order, what="database.user_added")
    return user


@transaction.atomic
def set_database_password(service_id: int, key: str, user: str, *, password: str, order: Order) -> None:
    locked_setup(service_id)
    row, database = locked_part(service_id, key, Database)
    if user not in {one.name for one in database.users}:
        raise ChangeRefused(
            "%(database)s has no user %(name)s. Look at its users as they are now.",
            {"database": database.name, "name": user[:60]},
        )
    keep_password(row, password, user=user, names=(database.name,))
    note(service_id, "database.password_changed", key, order=order)


@transaction.atomic
def remove_database_user(service_id: int, key: str, user: str, *, order: Order) -> None:
    row, _ = locked_part(service_id, key, Database)
    change(service_id, key, Database, lambda one: without_user(one, user), order=order, what="database.user_removed")
    forget_password(row.pk, name=user)


@transaction.atomic
def allow_networks(service_id: int, key: str, *, networks: Iterable[str], order: Order) -> None:
    """Let the users of a database come from these addresses and no others (servicepoint-083).

    The record names who opened for which networks (servicepoint-087), and whether one of them is wide.
    """
    setup = locked_setup(service_id)
    wanted = tuple(networks)
    is_sold = setup.package.has_database_access
    change(
        service_id,
        key,
        Database,
        lambda one: with_allowed(one, wanted, is_sold=is_sold),
        order=order,
        what="database.access_changed",
        facts=lambda one: {"allow": list(one.allow), "is_wide": any(map(is_wide, one.allow))},
    )


def _copy_too(service_id: int, name: str) -> None:
    row = Part.objects.select_for_update().filter(service_id=service_id, kind="backup", state="kept").first()
    plan = decode_statement(row.body.encode()) if row is not None else None
    if row is not None and isinstance(plan, BackupPlan):
        wider = msgspec.structs.replace(plan, databases=(*plan.databases, name))
        row.body = encode(wider).decode()
        row.save(update_fields=["body"])
