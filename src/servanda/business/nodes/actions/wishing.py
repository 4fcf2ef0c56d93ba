"""Giving a service its node, and keeping what shall hold there: one row per resource, replaced when it changes."""

from collections.abc import Iterable
from dataclasses import asdict

from django.db.models import F
from django.db.models.functions import Now

from servanda.business.nodes.decisions.placing import node_for
from servanda.business.nodes.facts import NodeFacts, Wish
from servanda.business.nodes.models import Node, NodeWish
from servanda.business.nodes.queries import node_facts
from servanda.ground.nodes.documents import fingerprint
from servanda.ground.nodes.wanted import encode


def wish(node_id: int, wishes: Iterable[Wish]) -> int:
    """Keep the wishes for one node and return how many say something new. Runs in the caller's transaction.

    A resource that no wish names stays as it was wished: absence is never an order.
    """
    wanted = {one.key: one for one in wishes}
    known = {row.key: row for row in NodeWish.objects.select_for_update().filter(node_id=node_id, key__in=wanted)}
    changed = 0
    for key, one in sorted(wanted.items()):
        row = known.get(key) or NodeWish(node_id=node_id, key=key)
        print_now = fingerprint(one.statement)
        grounds = [asdict(ground) for ground in one.grounds]
        if row.pk is not None and row.fingerprint == print_now and row.grounds == grounds:
            continue
        changed += row.fingerprint != print_now
        row.subject, row.fingerprint, row.grounds = one.subject, print_now, grounds
        row.statement, row.state, row.wished_at = encode(one.statement).decode(), one.statement.state, Now()
        row.save()
    return changed


def forget_wish(node_id: int, key: str) -> None:
    """Forget a wish that has been done with, such as an errand. The node is told nothing."""
    NodeWish.objects.filter(node_id=node_id, key=key).delete()


def take_place(
    company_id: int, *, kinds: frozenset[str], country: str = "", php: str | None = None, beside: int | None = None
) -> NodeFacts | None:
    """Give a new service its node and count it there; None when no node takes it. Runs in the caller's transaction.

    `beside` is a node that it must share, because what it needs lies there.
    """
    rows = Node.objects.select_for_update().filter(company_id=company_id).order_by("id")
    if beside is not None:
        rows = rows.filter(pk=beside)
    chosen = node_for(map(node_facts, rows), kinds=kinds, country=country, php=php)
    if chosen is None:
        return None
    Node.objects.filter(pk=chosen.node_id).update(services=F("services") + 1)
    return chosen


def leave_place(node_id: int) -> None:
    """Count a service that is gone from its node no more."""
    Node.objects.filter(pk=node_id, services__gt=0).update(services=F("services") - 1)
