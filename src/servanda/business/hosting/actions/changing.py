"""Changing, adding and removing one part of a service: checked, kept, recorded, and told to the node, in one transaction."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

import bcrypt
from django.db import connection, transaction

from servanda.business.access.actions.passwords import known_passwords
from servanda.business.evidence.actions import record
from servanda.business.evidence.queries import count_recorded
from servanda.business.hosting.actions.touching import touch
from servanda.business.hosting.decisions.changing import (
    ChangeRefused,
    checked_database_password,
    checked_password,
)
from servanda.business.hosting.facts import SetupFacts
from servanda.business.hosting.models import Part, Service, Setup
from servanda.business.hosting.queries.parts import setup_facts
from servanda.business.nodes.queries import node as node_of
from servanda.business.nodes.queries import public_spare_key
from servanda.ground.nodes.database_passwords import database_password_hash
from servanda.ground.nodes.sealing import seal_password
from servanda.ground.nodes.wanted import Wanted, decode_statement, encode

W = TypeVar("W", bound=Wanted)
BCRYPT_ROUNDS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Who orders a change, and when. `by` is customer:ID or staff:NAME."""

    by: str
    today: date
    at: datetime


def locked_setup(service_id: int) -> SetupFacts:
    """Lock a service that runs and return where it lies. Refuses one that does not run, or lies nowhere yet."""
    row = Setup.objects.select_for_update(of=("self",)).select_related("service").filter(service_id=service_id).first()
    if row is None or row.waits_because:
        raise ChangeRefused(
            "This service lies on no server yet, so there is nothing to change. Wait until it is set up."
        )
    if row.service.state != "running":
        raise ChangeRefused("%(name)s does not run now. Only what runs can be changed.", {"name": row.service.name})
    return setup_facts(row)


def locked_part(service_id: int, key: str, kind: type[W]) -> tuple[Part, W]:
    """Lock a part of this service that its owner has not removed. Refuses one that is not there, or of another service."""
    row = Part.objects.select_for_update().filter(service_id=service_id, key=key, state="kept").first()
    statement = decode_statement(row.body.encode()) if row is not None else None
    if row is None or not isinstance(statement, kind):
        raise ChangeRefused("This service has no %(part)s. Look at what it has now.", {"part": key[:120]})
    return row, statement


def is_taken(key: str) -> bool:
    """Tell whether a part with this key is there, of whatever service."""
    return Part.objects.filter(key=key).exclude(state="purged").exists()


def change(
    service_id: int,
    key: str,
    kind: type[W],
    changed: Callable[[W], W],
    *,
    order: Order,
    what: str,
    facts: Callable[[W], Mapping[str, object]] | None = None,
) -> None:
    """Change one part by a pure function; what is as it was already is not recorded again. In the caller's transaction."""
    locked_setup(service_id)
    row, before = locked_part(service_id, key, kind)
    after = changed(before)
    if after == before:
        return
    row.body, row.ordered_by = encode(after).decode(), order.by
    row.save(update_fields=["body", "ordered_by"])
    note(service_id, what, key, order=order, facts=facts(after) if facts is not None else None)


def remove(service_id: int, key: str, kind: type[W], *, order: Order) -> None:
    """Take a part out of operation by its owner's order: it lies in quarantine, and can be put back, until the service goes."""
    locked_setup(service_id)
    row, _ = locked_part(service_id, key, kind)
    row.state, row.removed_on, row.ordered_by = "quarantined", order.today, order.by
    row.save(update_fields=["state", "removed_on", "ordered_by"])
    note(service_id, "part.removed", key, order=order)


@transaction.atomic
def put_back(service_id: int, key: str, *, order: Order) -> None:
    """Put back a part that its owner had removed, as it was."""
    locked_setup(service_id)
    row = Part.objects.select_for_update().filter(service_id=service_id, key=key, state="quarantined").first()
    if row is None:
        raise ChangeRefused(
            "%(part)s was not removed, or is gone for good. Look at what the service has now.", {"part": key[:120]}
        )
    row.state, row.removed_on, row.ordered_by = "kept", None, order.by
    row.save(update_fields=["state", "removed_on", "ordered_by"])
    note(service_id, "part.put_back", key, order=order)


def keep_password(part: Part, password: str, *, user: str = "", names: tuple[str, ...] = ()) -> None:
    """Keep the hash of a password, sealed for the part's node; the password itself is kept nowhere.

    `user` is a user of a database; without it the password is the part's own. Refuses an easy one, one that holds a
    name, and any while the node has no key to seal it for.
    """
    node = node_of(Setup.objects.values_list("node_id", flat=True).get(service_id=part.service_id) or 0)
    if not node.sealing_key:
        raise ChangeRefused(
            "The server %(name)s has told no key by which passwords are kept from others. Let it be enrolled anew first.",
            {"name": node.name},
        )
    if user:
        hashed = database_password_hash(
            checked_database_password(password, names=(user, *names), known=known_passwords())
        )
    else:
        hashed = password_hash(checked_password(password, names=names, known=known_passwords()))
    about = {"node": node.name, "key": part.key, "user": user}
    sealed = seal_password(hashed, to=node.sealing_key, reader="node", **about)
    spare = public_spare_key()
    second = seal_password(hashed, to=spare, reader="spare", **about) if spare else ""
    with connection.cursor() as cursor:
        cursor.execute("select hosting_keep_secret(%s, %s, %s, %s)", [part.pk, user, sealed, second])


def forget_password(part_id: int, *, name: str | None) -> None:
    """Forget the password of one login of a part, or of all (None)."""
    with connection.cursor() as cursor:
        cursor.execute("select hosting_forget_secret(%s, %s)", [part_id, name])


def password_hash(password: str) -> str:
    """Return the hash that Dovecot and crypt(3) read."""
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(BCRYPT_ROUNDS)).decode()


def note(service_id: int, what: str, key: str, *, order: Order, facts: Mapping[str, object] | None = None) -> None:
    """Touch the service and record what was ordered. Names of people's mailboxes stand in no record: the part's id does."""
    touch([service_id])
    company_id, customer_id, name = Service.objects.values_list("company_id", "customer_id", "name").get(pk=service_id)
    part = Part.objects.filter(key=key, service_id=service_id).order_by("-id").values_list("pk", flat=True).first()
    subject = f"service:{service_id}"
    record(
        company_id=company_id,
        key=f"{what}:{part or service_id}:{order.at.isoformat()}:{count_recorded(subject, what)}",
        what=what,
        subject=subject,
        on_day=order.today,
        at=order.at,
        because=(),
        facts={"name": name, "kind": key.partition("/")[0], "part": part, **(facts or {})},
        customer_id=customer_id,
        by=order.by,
    )
