"""Sealing the passwords of a node's services anew, for the key that the node has now.

A node that was made anew has another key, and opens nothing that was sealed for the one before. What was sealed for the
spare key is opened by whoever holds the signer's key, an operator of this installation, and sealed for the node.
"""

from dataclasses import dataclass
from datetime import date, datetime

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.db import transaction

from servanda.business.evidence.actions import record
from servanda.business.hosting.actions.touching import touch
from servanda.business.hosting.models import Secret
from servanda.business.nodes.facts import NodeFacts
from servanda.business.nodes.queries import existing_node
from servanda.ground.nodes.sealing import SEALED, key_mark, open_password, public_text, seal_password
from servanda.ground.refusal import Refused


class NotResealed(Refused):
    """The key is not the node's, so nothing was sealed for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resealed:
    """How many passwords the node can open now, and the parts whose passwords must be given anew."""

    count: int
    lost: tuple[str, ...]


@transaction.atomic
def reseal(name: str, *, mark: str, spare: X25519PrivateKey, by: str, today: date, at: datetime) -> Resealed:
    """Seal all passwords of a node's services for its present key, and let the node be told.

    `mark` is what the node itself says of its key (`servanda node status`): whoever enrolled in its name gets nothing.
    """
    node = existing_node(name)
    if not node.is_trusted or not node.sealing_key:
        raise NotResealed(
            "%(name)s has no key for secrets, or is not listened to. Make it a new token and enrol it first.",
            {"name": name},
        )
    if mark != key_mark(node.sealing_key):
        raise NotResealed(
            "The key that is kept for %(name)s is %(kept)s, and not %(said)s. Read it off the server by `servanda node "
            "status`. If they differ, somebody else has enrolled in its name: revoke it.",
            {"name": name, "kept": key_mark(node.sealing_key), "said": mark[:40]},
        )
    rows = Secret.objects.select_for_update(of=("self",)).select_related("part")
    rows = rows.filter(part__service__setup__node_id=node.node_id).exclude(part__state="purged").order_by("id")
    lost, touched, count = [], set[int](), 0
    for row in rows:
        hashed = _hash_of(row, node, spare)
        if hashed is None:
            lost.append(row.part.key)
            continue
        about = {"node": node.name, "key": row.part.key, "user": row.name}
        row.hash = seal_password(hashed, to=node.sealing_key, reader="node", **about)
        row.spare = seal_password(hashed, to=public_text(spare), reader="spare", **about)
        row.save(update_fields=["hash", "spare"])
        touched.add(row.part.service_id)
        count += 1
    touch(sorted(touched))
    record(
        company_id=node.company_id,
        key=f"node.resealed:{node.node_id}:{at.isoformat()}",
        what="node.resealed",
        subject=f"node:{node.node_id}",
        on_day=today,
        at=at,
        because=(),
        facts={"name": node.name, "count": count, "lost": len(lost)},
        by=by,
    )
    return Resealed(count=count, lost=tuple(lost))


def _hash_of(row: Secret, node: NodeFacts, spare: X25519PrivateKey) -> str | None:
    """Return the hash of a password, or None where it was sealed for no key that we have."""
    if not row.hash.startswith(SEALED):  # from before passwords were sealed
        return row.hash
    if not row.spare:
        return None
    try:
        return open_password(row.spare, with_key=spare, reader="spare", node=node.name, key=row.part.key, user=row.name)
    except ValueError:
        return None
