"""The nodes of a company, what is wished and found on them, and what the signer must know."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import connection
from django.db.models import Q, QuerySet

from servanda.business.companies.queries import Tally, tally_of
from servanda.business.nodes.facts import KEEPER, FoundResource, Ground, NodeFacts, ParkedStatement, StoredWish, Wish
from servanda.business.nodes.models import (
    Node,
    NodeFinding,
    NodeRefusal,
    NodeWish,
    ParkedWish,
    SignedDocument,
    SigningKey,
)
from servanda.ground.nodes.wanted import decode_statement
from servanda.ground.refusal import Refused

# What trying again mends: the signer does so by itself, and nobody is asked.
TRANSIENT = ("gap", "old", "future", "expired", "foreign")
# Documents of the present incarnation that were not lost, as the API hands them out (a view: migration 0001).
_OUTGOING = """
select seq, raw from node_outgoing where node_id = %s and incarnation = %s and seq > %s order by seq limit %s
"""


class NoSuchNode(Refused):
    """No node has the name."""


def nodes_of(company_id: int) -> tuple[NodeFacts, ...]:
    return _whole(Node.objects.filter(company_id=company_id))


def all_nodes() -> tuple[NodeFacts, ...]:
    """Return the nodes of all companies."""
    return _whole(Node.objects.all())


def has_nodes(company_id: int) -> bool:
    """Tell whether the company has a server of its own; without one nothing is set up by itself."""
    rows = Node.objects.filter(company_id=company_id, revoked_at__isnull=True)
    return rows.exclude(facts__contains={KEEPER: True}).exists()


def keepers_of(company_id: int) -> tuple[NodeFacts, ...]:
    """Return the keepers of the stores of a company's copies."""
    return tuple(node for node in nodes_of(company_id) if node.is_keeper and node.is_trusted)


def node_named(name: str) -> NodeFacts | None:
    """Return the node of this name, whatever its state."""
    found = _whole(Node.objects.filter(name=name))
    return found[0] if found else None


def node(node_id: int) -> NodeFacts:
    return _whole(Node.objects.filter(pk=node_id))[0]


def existing_node(name: str) -> NodeFacts:
    """Return the node; refuses a name that none has."""
    found = node_named(name)
    if found is None:
        raise NoSuchNode(
            "There is no node '%(name)s'. Add it by `servanda nodes add %(name)s`, or choose one that is there.",
            {"name": name},
        )
    return found


def public_spare_key() -> str:
    """Return the newest public key that passwords are sealed for beside their node's; empty where there is none."""
    rows = SigningKey.objects.filter(retired_at__isnull=True).exclude(spare_key="").order_by("-since_at")
    return rows.values_list("spare_key", flat=True).first() or ""


def counter_of(name: str) -> int:
    """Return the counter of the last request of a node that was answered."""
    return Node.objects.values_list("counter", flat=True).get(name=name)


def outgoing(node: NodeFacts, *, after: int, limit: int = 50) -> tuple[bytes, ...]:
    """Return the signed documents that a node may still take, in their order."""
    with connection.cursor() as cursor:
        cursor.execute(_OUTGOING, [node.node_id, node.incarnation, after, limit])
        return tuple(row[1].encode() for row in cursor.fetchall())


def signed_until(node: NodeFacts) -> int:
    """Return the number of the last document that was signed for a node in its present life."""
    rows = SignedDocument.objects.filter(node_id=node.node_id, incarnation=node.incarnation)
    return rows.order_by("-seq").values_list("seq", flat=True).first() or 0


def wishes_of(subjects: Iterable[str]) -> Mapping[str, tuple[StoredWish, ...]]:
    """Return the wishes about some services, by subject."""
    found: dict[str, list[StoredWish]] = {}
    for row in NodeWish.objects.filter(subject__in=list(subjects)).order_by("id"):
        found.setdefault(row.subject, []).append(stored_wish(row))
    return {subject: tuple(wishes) for subject, wishes in found.items()}


def found_of(subjects: Iterable[str]) -> tuple[FoundResource, ...]:
    """Return how the resources of some services were found; one without a finding is not among them."""
    asked = NodeWish.objects.filter(subject__in=list(subjects)).values_list("node_id", "key", "fingerprint")
    wishes = {(node_id, key): fingerprint for node_id, key, fingerprint in asked}
    rows = NodeFinding.objects.filter(
        node__in={node_id for node_id, _ in wishes}, key__in={key for _, key in wishes}
    ).select_related("node")
    return tuple(_found(row, wishes[row.node_id, row.key]) for row in rows if (row.node_id, row.key) in wishes)


def subject_of(node_id: int, key: str) -> str:
    """Return whose a resource is (service:12); empty where nothing was ever wished of it."""
    return NodeWish.objects.filter(node_id=node_id, key=key).values_list("subject", flat=True).first() or ""


def subjects_of(node_id: int, keys: Iterable[str]) -> Mapping[str, str]:
    return dict(NodeWish.objects.filter(node_id=node_id, key__in=list(keys)).values_list("key", "subject"))


def wished_state(node_id: int, key: str, fingerprint: str) -> str:
    """Return the state that is wished by the statement with this fingerprint; empty when it is not the newest."""
    rows = NodeWish.objects.filter(node_id=node_id, key=key, fingerprint=fingerprint)
    return rows.values_list("state", flat=True).first() or ""


def parked_statements(company_id: int) -> tuple[ParkedStatement, ...]:
    """Return what was not signed and what nodes refused for good, for a person; the oldest first."""
    ours = ParkedWish.objects.filter(node__company_id=company_id).select_related("node").order_by("since", "id")
    theirs = refusals_for_people().filter(node__company_id=company_id).select_related("node").order_by("at", "id")
    return tuple(_parked(row) for row in ours) + tuple(_refused(row) for row in theirs)


def parked_tallies(company_ids: Iterable[int]) -> tuple[Tally | None, Tally | None]:
    """How to count what waits for a person about servers: what was not signed, and what nodes refused for good."""
    ids = list(company_ids)
    return (
        tally_of(ParkedWish.objects.filter(node__company_id__in=ids), "node__company_id"),
        tally_of(refusals_for_people().filter(node__company_id__in=ids), "node__company_id"),
    )


def refusals_for_people() -> QuerySet[NodeRefusal]:
    """The refusals that trying again does not mend and nobody has settled."""
    return NodeRefusal.objects.filter(settled_at__isnull=True).exclude(reason__in=TRANSIENT)


def silent_since(company_id: int, *, before: datetime) -> tuple[NodeFacts, ...]:
    """Return the trusted nodes that have said nothing since a moment."""
    silent = Q(last_report_at__lt=before) | Q(last_report_at__isnull=True, enrolled_at__lt=before)
    return _whole(Node.objects.filter(silent, company_id=company_id, revoked_at__isnull=True).exclude(public_key=""))


def stored_wish(row: NodeWish) -> StoredWish:
    grounds = tuple(Ground(**ground) for ground in row.grounds)
    wish = Wish(statement=decode_statement(row.statement.encode()), subject=row.subject, grounds=grounds)
    return StoredWish(wish=wish, fingerprint=row.fingerprint)


def _whole(rows: QuerySet[Node]) -> tuple[NodeFacts, ...]:
    return tuple(node_facts(row) for row in rows.order_by("name"))


def node_facts(row: Node) -> NodeFacts:
    return NodeFacts(
        node_id=row.pk,
        company_id=row.company_id,
        name=row.name,
        incarnation=row.incarnation,
        public_key=row.public_key,
        sealing_key=row.sealing_key,
        country=row.country,
        services_max=row.services_max,
        services=row.services,
        takes_new=row.takes_new,
        addresses=tuple(row.addresses),
        host_name=row.host_name,
        facts=row.facts,
        accepted_seq=row.accepted_seq,
        accepted_hash=row.accepted_hash,
        reached_seq=row.reached_seq,
        last_report_at=row.last_report_at,
        enrolled_at=row.enrolled_at,
        revoked_at=row.revoked_at,
    )


def _found(row: NodeFinding, wanted: str) -> FoundResource:
    return FoundResource(
        node=row.node.name,
        key=row.key,
        state=row.state,
        is_current=row.fingerprint == wanted,
        differences=tuple((one["code"], one.get("wanted", ""), one.get("found", "")) for one in row.differences),
        facts=row.facts,
        found_at=row.found_at,
    )


def _parked(row: ParkedWish) -> ParkedStatement:
    return ParkedStatement(
        company_id=row.node.company_id,
        node=row.node.name,
        key=row.key,
        subject=row.subject,
        reason=row.reason,
        detail=row.detail,
        since=row.since,
        is_of_node=False,
    )


def _refused(row: NodeRefusal) -> ParkedStatement:
    return ParkedStatement(
        company_id=row.node.company_id,
        node=row.node.name,
        key=row.key,
        subject=subject_of(row.node_id, row.key),
        reason=row.reason,
        detail=row.detail,
        since=row.at,
        is_of_node=True,
        refusal_id=row.pk,
    )
