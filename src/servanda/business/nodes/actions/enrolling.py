"""Adding a node, letting it enrol once, hearing its requests once, and listening to it no more."""

import json
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Annotated

import msgspec
from django.db import connection, transaction

from servanda.business.companies.queries import company
from servanda.business.evidence.actions import record
from servanda.business.library.queries import library_of
from servanda.business.nodes.decisions.placing import is_country_allowed
from servanda.business.nodes.facts import NodeFacts, Plain
from servanda.business.nodes.models import Node, NodeToken, SigningKey
from servanda.business.nodes.queries import existing_node
from servanda.business.nodes.queries import node as node_of
from servanda.ground.nodes.grammar import Country, HostName, NodeName
from servanda.ground.nodes.messages import REPORTS_PATH
from servanda.ground.nodes.requests import RequestRefused, check_request
from servanda.ground.refusal import Refused
from servanda.terms.clauses import DataLocation
from servanda.terms.resolving import ask
from servanda.terms.versions import NoSuchVersion

TOKEN_LIFE = timedelta(minutes=15)
TOKEN_LETTERS_MIN = 40  # of the URL-safe alphabet: 240 bits that nobody guesses
FACTS_MAX = 200


class NodeRefused(Refused):
    """A node cannot be added or enrolled like this."""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What a node must know to trust us: whose documents to take, and what it is called."""

    install: str
    node: str
    incarnation: int
    keys: tuple[str, ...]


class _Card(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: NodeName
    country: Country
    services_max: Annotated[int, msgspec.Meta(ge=1, le=100_000)]
    host_name: HostName | None


@transaction.atomic
def add_node(
    company_id: int,
    name: str,
    *,
    country: str,
    services_max: int,
    addresses: tuple[str, ...],
    host_name: str,
    by: str,
    today: date,
    at: datetime,
) -> NodeFacts:
    """Add a server of a company; it takes services once it has enrolled.

    Refuses a name that is taken or no name, and a country in which the company's terms let no data lie (simsoft-064).
    """
    card = {"name": name, "country": country, "services_max": services_max, "host_name": host_name or None}
    try:
        msgspec.convert(card, _Card)
    except msgspec.ValidationError as error:
        raise NodeRefused(
            "The node '%(name)s' cannot be added: %(reason)s. Use small letters, digits and hyphens for the name, two "
            "capitals for the country (DK), and a full host name.",
            {"name": name[:40], "reason": str(error)},
        ) from error
    _refuse_country(company_id, country, on=today)
    row, is_new = Node.objects.get_or_create(
        name=name,
        defaults={
            "company_id": company_id,
            "country": country,
            "services_max": services_max,
            "addresses": list(addresses),
            "host_name": host_name,
            "added_at": at,
        },
    )
    if not is_new:
        raise NodeRefused(
            "There is a node %(name)s already. Choose another name, or make it a new token to enrol anew.",
            {"name": name},
        )
    _record(row, "node.added", at=at, today=today, by=by, facts={"country": country})
    return node_of(row.pk)


def _refuse_country(company_id: int, country: str, *, on: date) -> None:
    library = library_of(company(company_id).slug)
    try:
        terms = library.version_on(on)
    except NoSuchVersion:
        return  # a company without terms of its own yet has promised no country
    answer = ask(terms, DataLocation, on=on, selector=(("of", "all data"),))
    if not is_country_allowed(country, answer.rule, on=on):
        allowed = ", ".join(answer.rule.countries) if answer.rule is not None else ""
        raise NodeRefused(
            "By %(clause)s data lie in %(allowed)s only, and not in %(country)s. Choose a server there, or change the terms "
            "first.",
            {"clause": answer.because[0], "allowed": allowed, "country": country},
            because=answer.because[0],
        )


@transaction.atomic
def keep_token(name: str, token: str, *, by: str, today: date, at: datetime) -> None:
    """Let this node enrol once with a token that was drawn for it, within a quarter of an hour. Only its hash is kept."""
    assert len(token) >= TOKEN_LETTERS_MIN, "a token that can be guessed"
    row = Node.objects.select_for_update().get(pk=existing_node(name).node_id)
    if row.revoked_at is not None:
        raise NodeRefused("%(name)s was revoked. Add the server under another name.", {"name": name})
    NodeToken.objects.create(node=row, sha256=_hash(token), made_at=at, expires_at=at + TOKEN_LIFE, by=by)
    _record(row, "node.token_made", at=at, today=today, by=by, facts={})


@transaction.atomic
def enrol(
    token: str,
    *,
    name: str,
    public_key: str,
    sealing_key: str,
    facts: Mapping[str, Plain],
    today: date,
    at: datetime,
) -> Enrolment:
    """Let a node enrol: its key is kept, and a new incarnation begins with an empty memory.

    Refuses, without telling which: a token that is unknown, used, too old or another node's; a revoked node; no key.
    """
    keys = tuple(SigningKey.objects.filter(retired_at__isnull=True).order_by("since_at"))
    if not keys:
        raise NodeRefused("Nothing can be signed yet: make the signing key by `servanda nodes key` first.")
    if not _is_key(public_key) or not _is_key(sealing_key) or len(facts) > FACTS_MAX:
        raise NodeRefused(
            "The two public keys must be of 32 bytes each (Ed25519, X25519) in base64, with few facts beside."
        )
    with connection.cursor() as cursor:  # pages see no token, and change no key of a node but by showing one
        cursor.execute(
            "select node_enrol(%s, %s, %s, %s, %s::jsonb, %s)",
            [token, name, public_key, sealing_key, json.dumps(dict(facts)), at],
        )
        ((node_id,),) = cursor.fetchall()
    if node_id is None:
        raise NodeRefused("The token is not valid for this node. Make a new one; it lives for 15 minutes.")
    node = Node.objects.get(pk=node_id)
    _record(node, "node.enrolled", at=at, today=today, by="system", facts={"incarnation": node.incarnation})
    return Enrolment(keys[0].install, node.name, node.incarnation, tuple(key.public_key for key in keys))


@transaction.atomic
def hear(headers: Mapping[str, str], *, name: str, method: str, path: str, body: bytes, now: datetime) -> NodeFacts:
    """Return the node that signed a request, and keep its counter so that nobody can repeat it.

    Questions and reports are counted apart: a node waits with the one while it sends the other, and either may come first.
    Raises RequestRefused for an unknown, revoked or not enrolled node as for a wrong signature.
    """
    row = Node.objects.select_for_update().filter(name=name, revoked_at__isnull=True).exclude(public_key="").first()
    if row is None:
        raise RequestRefused(f"no trusted node {name[:40]!r}")
    counter = "report_counter" if path.startswith(REPORTS_PATH) else "counter"
    heard = check_request(
        headers,
        public_key=b64decode(row.public_key),
        last_counter=getattr(row, counter),
        method=method,
        path=path,
        body=body,
        now=now,
    )
    setattr(row, counter, heard)
    row.save(update_fields=[counter])
    return node_of(row.pk)


@transaction.atomic
def revoke_node(name: str, *, because: str, by: str, today: date, at: datetime) -> None:
    """Listen to a node no more. What it serves goes on; nothing of it is told to stop, for it would not obey us alone."""
    if not because.strip():
        raise NodeRefused("Say why. The reason is kept with the record.")
    row = Node.objects.select_for_update().get(pk=existing_node(name).node_id)
    if row.revoked_at is not None:
        return
    row.revoked_at, row.revoked_because, row.takes_new = at, because, False
    row.save(update_fields=["revoked_at", "revoked_because", "takes_new"])
    NodeToken.objects.filter(node=row, used_at__isnull=True).update(used_at=at)
    _record(row, "node.revoked", at=at, today=today, by=by, facts={"reason": because})


@transaction.atomic
def let_take_new(name: str, *, takes_new: bool, by: str, today: date, at: datetime) -> None:
    """Say whether a node takes new services; those it has stay."""
    row = Node.objects.select_for_update().get(pk=existing_node(name).node_id)
    if row.takes_new == takes_new:
        return
    row.takes_new = takes_new
    row.save(update_fields=["takes_new"])
    _record(row, "node.opened" if takes_new else "node.closed", at=at, today=today, by=by, facts={})


def _is_key(public_key: str) -> bool:
    try:
        return len(b64decode(public_key, validate=True)) == 32
    except ValueError:
        return False


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def _record(row: Node, what: str, *, at: datetime, today: date, by: str, facts: Mapping[str, object]) -> None:
    record(
        company_id=row.company_id,
        key=f"{what}:{row.pk}:{at.isoformat()}",
        what=what,
        subject=f"node:{row.pk}",
        on_day=today,
        at=at,
        because=(),
        facts={"name": row.name, **facts},
        by=by,
    )
