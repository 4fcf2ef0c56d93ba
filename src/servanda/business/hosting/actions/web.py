"""A site's names, redirects and PHP, and the login to its files, as their owner orders them."""

from collections.abc import Iterable
from typing import Literal

from django.db import transaction

from servanda.business.hosting.actions.changing import (
    Order,
    change,
    keep_password,
    locked_part,
    locked_setup,
    note,
)
from servanda.business.hosting.actions.setting_up import names_of
from servanda.business.hosting.decisions.changing import with_keys, with_names, with_php, with_redirects
from servanda.business.hosting.models import Part, SiteName
from servanda.business.nodes.queries import node as node_of
from servanda.ground.nodes.kinds.access import Login
from servanda.ground.nodes.kinds.certificates import Certificate
from servanda.ground.nodes.kinds.web import Site
from servanda.ground.nodes.wanted import decode_statement, encode


@transaction.atomic
def set_php(service_id: int, key: str, *, version: Literal["8.2", "8.3", "8.4"] | None, order: Order) -> None:
    """Let a site run with another version of PHP, or without; refuses one that its node does not have."""
    setup = locked_setup(service_id)
    assert setup.node_id is not None
    offered = str(node_of(setup.node_id).facts.get("php", "")).split(",")
    change(
        service_id,
        key,
        Site,
        lambda site: with_php(site, version, offered=[one for one in offered if one]),
        order=order,
        what="site.php_changed",
    )


@transaction.atomic
def set_names(service_id: int, key: str, *, names: Iterable[str], order: Order) -> None:
    """Give a site other names beside its first; its certificate follows. Refuses names that lead elsewhere."""
    wanted = tuple(names)
    locked_setup(service_id)
    row, site = locked_part(service_id, key, Site)
    foreign = _foreign(wanted, row)
    change(
        service_id,
        key,
        Site,
        lambda one: with_names(one, wanted, foreign=foreign),
        order=order,
        what="site.names_changed",
    )
    _follow(service_id, row, site.names[0], order=order)


@transaction.atomic
def set_redirects(service_id: int, key: str, *, redirects: Iterable[tuple[str, str, bool]], order: Order) -> None:
    """Let names send their visitors on: (name, to, is permanent). The list replaces the one before."""
    wanted = tuple(redirects)
    locked_setup(service_id)
    row, site = locked_part(service_id, key, Site)
    foreign = _foreign([name for name, _, _ in wanted], row)
    change(
        service_id,
        key,
        Site,
        lambda one: with_redirects(one, wanted, foreign=foreign),
        order=order,
        what="site.redirects_changed",
    )
    _follow(service_id, row, site.names[0], order=order)


@transaction.atomic
def set_login_keys(service_id: int, key: str, *, keys: Iterable[str], order: Order) -> None:
    """Let these public keys in, and no others."""
    wanted = tuple(keys)
    change(service_id, key, Login, lambda one: with_keys(one, wanted), order=order, what="login.keys_changed")


@transaction.atomic
def set_login_password(service_id: int, key: str, *, password: str, order: Order) -> None:
    locked_setup(service_id)
    row, login = locked_part(service_id, key, Login)
    keep_password(row, password, names=(login.name,))
    note(service_id, "login.password_changed", key, order=order)


def _foreign(names: Iterable[str], row: Part) -> frozenset[str]:
    """Return which of the names lead to another site, or belong to another customer's domain."""
    wanted = [name.strip().lower().rstrip(".") for name in names]
    rows = SiteName.objects.filter(name__in=wanted).exclude(part=row)
    parents = {name: [name.split(".", at)[-1] for at in range(name.count("."))] for name in wanted}
    domains = {parent for some in parents.values() for parent in some}
    others = Part.objects.filter(key__in=[f"{kind}/{one}" for one in domains for kind in ("zone", "mail-domain")])
    others = others.exclude(state="purged").exclude(service__customer=row.service.customer_id)
    held = {key.partition("/")[2] for key in others.values_list("key", flat=True)}
    return frozenset(rows.values_list("name", flat=True)) | {name for name, some in parents.items() if held & set(some)}


def _follow(service_id: int, row: Part, first: str, *, order: Order) -> None:
    """Keep the register of names and the certificate in step with the site."""
    row.refresh_from_db()
    site = decode_statement(row.body.encode())
    assert isinstance(site, Site)
    wanted = set(names_of(site))
    SiteName.objects.filter(part=row).exclude(name__in=wanted).delete()
    known = set(SiteName.objects.filter(part=row).values_list("name", flat=True))
    SiteName.objects.bulk_create(SiteName(part=row, name=name) for name in sorted(wanted - known))
    found = Part.objects.select_for_update().filter(key=f"certificate/{first}", state="kept", service_id=service_id)
    for certificate in found:
        body = encode(Certificate(name=first, names=names_of(site))).decode()
        if body != certificate.body:
            certificate.body, certificate.ordered_by = body, order.by
            certificate.save(update_fields=["body", "ordered_by"])
