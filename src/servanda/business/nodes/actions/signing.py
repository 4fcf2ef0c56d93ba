"""The signer: makes documents of what is wished, and of nothing else.

It works as a role of its own, with a key that no other part can read, and writes tables that no other role may write. It
reads wishes, warrants and the brake, and counts time from its own record. What it does not sign it parks with the
reason. Why it is apart: `docs/why/signer.md`.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection, transaction

from servanda.business.companies.queries import company, today_of
from servanda.business.evidence.queries import is_braked, is_halted, leaves_of
from servanda.business.nodes.decisions.batching import (
    LIFE,
    LIFE_ADVERSE,
    Batches,
    Part,
    Snapshot,
    Standing,
    batches,
)
from servanda.business.nodes.facts import Leave, NodeFacts, Signed, StoredWish
from servanda.business.nodes.models import (
    LostDocuments,
    NodeRefusal,
    NodeWish,
    ParkedWish,
    SignedDocument,
    SignedStatement,
)
from servanda.business.nodes.queries import TRANSIENT, all_nodes, stored_wish
from servanda.ground.nodes.documents import hash_of, sign
from servanda.ground.nodes.kinds.base import Worsening
from servanda.ground.nodes.texts import clause_text
from servanda.ground.nodes.wanted import Document, decode_statement, encode

LOG = logging.getLogger(__name__)
SIGNER_LOCK = 20_261  # names the lock on a node's documents among all advisory locks
RECENT = timedelta(minutes=2)
Snapshots = Callable[[Iterable[str]], Mapping[str, Snapshot]]

_LOST = """
not exists (select 1 from node_lost l where l.node_id = d.node_id and l.incarnation = d.incarnation
             and d.seq > l.after_seq and d.seq <= l.until_seq)
"""
_SAID = f"""
select distinct on (s.key) s.key, s.statement, s.fingerprint, d.seq, s.on_day, d.issued_at
  from node_statement s join node_document d on d.id = s.document_id
 where d.node_id = %(node)s and d.incarnation = %(incarnation)s and s.key = any(%(keys)s) and {_LOST}
 order by s.key, d.seq desc
"""
_COUNT = f"""
select count(distinct s.key) from node_statement s join node_document d on d.id = s.document_id
 where d.node_id = %(node)s and d.incarnation = %(incarnation)s and {_LOST}
"""
_WORSE = f"""
select count(*) from node_statement s join node_document d on d.id = s.document_id
 where d.node_id = %(node)s and s.worse > 0 and s.on_day = %(today)s and {_LOST}
"""
_LAST = f"""
select d.seq, d.sha256, {_LOST} from node_document d
 where d.node_id = %(node)s and d.incarnation = %(incarnation)s order by d.seq desc limit 1
"""


@dataclass(frozen=True, slots=True)
class Seal:
    """What a signer signs with: its key, and the installation that it speaks for."""

    install: str
    key: Ed25519PrivateKey


def sign_waiting(seal: Seal, *, snapshots_of: Snapshots, now: datetime, is_full: bool = True) -> int:
    """Sign what is wished for each trusted node and return how many documents that were.

    `is_full` compares all wishes with all that was signed; otherwise only those of late are looked at.
    """
    signed = 0
    for node in all_nodes():
        if node.is_trusted:
            signed += sign_for(node, seal, snapshots_of=snapshots_of, now=now, is_full=is_full)
    return signed


@transaction.atomic
def sign_for(node: NodeFacts, seal: Seal, *, snapshots_of: Snapshots, now: datetime, is_full: bool = True) -> int:
    """Sign what is wished for one node, in documents that follow each other."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [SIGNER_LOCK, node.node_id])
    is_resent = _note_lost(node, now=now)
    wishes = _wishes(node, now=now, is_full=is_full or is_resent)
    if not wishes:
        return 0
    today = today_of(company(node.company_id), now=now)
    standing = _standing(node, wishes, snapshots_of=snapshots_of, today=today, now=now)
    decided = batches(wishes, standing)
    for parts in decided.documents:
        _sign(node, seal, parts, today=today, now=now)
    _park(node, wishes, decided, now=now)
    return len(decided.documents)


def _wishes(node: NodeFacts, *, now: datetime, is_full: bool) -> tuple[StoredWish, ...]:
    rows = NodeWish.objects.filter(node_id=node.node_id).order_by("id")
    if not is_full:
        parked = ParkedWish.objects.filter(node_id=node.node_id).values_list("key", flat=True)
        rows = rows.filter(wished_at__gte=now - RECENT) | rows.filter(key__in=list(parked))
    return tuple(stored_wish(row) for row in rows)


def _standing(
    node: NodeFacts, wishes: tuple[StoredWish, ...], *, snapshots_of: Snapshots, today: date, now: datetime
) -> Standing:
    refused, alone = _refused(node)
    warrants = {ground.warrant for one in wishes for ground in one.wish.grounds if ground.warrant}
    purged = {one.wish.subject for one in wishes if one.wish.statement.state == "purged"}
    return Standing(
        today=today,
        now=now,
        is_braked=is_braked(node.company_id) or is_halted("time"),
        known=_known(node, [one.wish.key for one in wishes]),
        known_count=_number(_COUNT, node=node.node_id, incarnation=node.incarnation),
        leaves={
            one.key: Leave(
                key=one.key,
                act=one.act,
                subject=one.subject,
                clause=clause_text(one.because),
                not_before=one.not_before,
                expires_on=one.expires_on,
            )
            for one in leaves_of(node.company_id, warrants)
        },
        snapshots=snapshots_of(purged) if purged else {},
        alone=alone,
        refused=refused,
        worse_today=_number(_WORSE, node=node.node_id, today=today),
    )


def _known(node: NodeFacts, keys: list[str]) -> dict[str, Signed]:
    with connection.cursor() as cursor:
        cursor.execute(_SAID, {"node": node.node_id, "incarnation": node.incarnation, "keys": keys})
        return {
            key: Signed(
                statement=decode_statement(statement.encode()),
                fingerprint=fingerprint,
                seq=seq,
                signed_on=on_day,
                signed_at=issued_at,
            )
            for key, statement, fingerprint, seq, on_day, issued_at in cursor.fetchall()
        }


def _number(select: str, **values: int | date) -> int:
    with connection.cursor() as cursor:
        cursor.execute(select, values)
        return int(cursor.fetchone()[0])


def _refused(node: NodeFacts) -> tuple[dict[str, str], frozenset[str]]:
    """Return the fingerprints that the node will not take, with its reason, and the keys that are to be tried alone.

    A batch that was refused as a whole is tried again one statement at a time; what was refused alone waits for a person.
    """
    refused: dict[str, str] = {}
    alone: set[str] = set()
    rows = NodeRefusal.objects.filter(node_id=node.node_id, incarnation=node.incarnation, settled_at__isnull=True)
    for row in rows.exclude(reason__in=TRANSIENT):
        said = list(
            SignedStatement.objects.filter(
                document__node_id=node.node_id, document__incarnation=node.incarnation, document__seq=row.seq
            )
        )
        for one in said:
            if row.key == one.key or (not row.key and len(said) == 1):
                refused[one.fingerprint] = row.reason
            elif not row.key:
                alone.add(one.key)
    return refused, frozenset(alone)


def _note_lost(node: NodeFacts, *, now: datetime) -> bool:
    """Note which documents the node never took, or has forgotten, so that what they said is signed again."""
    last = SignedDocument.objects.filter(node_id=node.node_id, incarnation=node.incarnation).order_by("-seq").first()
    signed = last.seq if last is not None else 0
    if signed == node.accepted_seq or node.last_report_at is None:
        return False
    if signed < node.accepted_seq:  # the database was restored: what the node holds was said by nobody we know
        return _note_loss(node, until=node.accepted_seq, after=0, because="older database", now=now)
    return _note_loss(node, until=signed, after=node.accepted_seq, because=_loss(node, now=now), now=now)


def _note_loss(node: NodeFacts, *, after: int, until: int, because: str, now: datetime) -> bool:
    if not because or _is_noted(node, until=until):
        return False
    LostDocuments.objects.create(
        node_id=node.node_id,
        incarnation=node.incarnation,
        after_seq=after,
        until_seq=until,
        because=because,
        at=now,
    )
    return True


def _loss(node: NodeFacts, *, now: datetime) -> str:
    """Return why what follows the node's position is lost, or an empty text."""
    if node.accepted_seq < node.reached_seq:
        return "older position"
    after = SignedDocument.objects.filter(node_id=node.node_id, incarnation=node.incarnation, seq__gt=node.accepted_seq)
    noted = LostDocuments.objects.filter(node_id=node.node_id, incarnation=node.incarnation).order_by("-until_seq")
    lost_until = noted.values_list("until_seq", flat=True).first() or 0
    refusals = NodeRefusal.objects.filter(
        node_id=node.node_id, incarnation=node.incarnation, seq__gt=max(node.accepted_seq, lost_until)
    ).exclude(reason="old")
    whole = refusals.filter(key="").order_by("seq").first()
    if whole is not None:
        return f"refused: {whole.reason}"
    heard_at = min(now, node.last_report_at or now)  # a node that is away is told again when it is back, and not before
    return "expired" if after.filter(seq__gt=lost_until, not_after__lt=heard_at).exists() else ""


def _is_noted(node: NodeFacts, *, until: int) -> bool:
    return LostDocuments.objects.filter(
        node_id=node.node_id,
        incarnation=node.incarnation,
        after_seq__lte=node.accepted_seq,
        until_seq__gte=until,
    ).exists()


def _sign(node: NodeFacts, seal: Seal, parts: tuple[Part, ...], *, today: date, now: datetime) -> None:
    seq, follows = _place_after(node)
    is_adverse = any(part.worse is not Worsening.NOT for part in parts)
    assert not is_adverse or all(part.worse is not Worsening.NOT for part in parts), "restoring waits for nobody"
    is_removal = any(part.warrant is not None for part in parts)
    document = Document(
        install=seal.install,
        node=node.name,
        incarnation=node.incarnation,
        seq=seq,
        follows=follows,
        issued_at=now,
        not_after=now + (LIFE_ADVERSE if is_removal else LIFE),
        resources=tuple(part.wish.wish.statement for part in parts),
        warrants=tuple(part.warrant for part in parts if part.warrant is not None),
    )
    raw = sign(document, seal.key)
    row = SignedDocument.objects.create(
        node_id=node.node_id,
        incarnation=node.incarnation,
        seq=seq,
        sha256=hash_of(raw),
        follows=follows,
        issued_at=now,
        not_after=document.not_after,
        is_adverse=is_adverse,
        raw=raw.decode(),
    )
    SignedStatement.objects.bulk_create(
        SignedStatement(
            document=row,
            key=part.wish.wish.key,
            state=part.wish.wish.statement.state,
            worse=int(part.worse),
            statement=encode(part.wish.wish.statement).decode(),
            fingerprint=part.wish.fingerprint,
            warrant=part.warrant.warrant if part.warrant is not None else "",
            on_day=today,
        )
        for part in parts
    )


def _place_after(node: NodeFacts) -> tuple[int, str | None]:
    """Return the next document's number and what it follows; nothing, when the one before was lost or is the first."""
    with connection.cursor() as cursor:
        cursor.execute(_LAST, {"node": node.node_id, "incarnation": node.incarnation})
        found = cursor.fetchone()
    seq, digest, stands = found or (0, "", False)
    if seq < node.accepted_seq:
        return node.accepted_seq + 1, None
    return seq + 1, digest if stands else None


def _park(node: NodeFacts, wishes: tuple[StoredWish, ...], decided: Batches, *, now: datetime) -> None:
    parked = {one.wish.wish.key: one for one in decided.parked}
    looked_at = [one.wish.key for one in wishes]
    known = {row.key: row for row in ParkedWish.objects.filter(node_id=node.node_id, key__in=looked_at)}
    gone = [row.pk for key, row in known.items() if key not in parked]
    ParkedWish.objects.filter(pk__in=gone).delete()
    for key, one in parked.items():
        row = known.get(key)
        if row is not None and (row.fingerprint, row.reason, row.detail) == (
            one.wish.fingerprint,
            one.reason,
            one.detail,
        ):
            continue
        ParkedWish.objects.update_or_create(
            node_id=node.node_id,
            key=key,
            defaults={
                "subject": one.wish.wish.subject,
                "fingerprint": one.wish.fingerprint,
                "reason": one.reason,
                "detail": one.detail,
                "since": now,
            },
        )
