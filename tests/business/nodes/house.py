"""A company with a server: the real signer, and a node that takes documents by the very checks of the agent."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from servanda.business.backups.actions import take_report
from servanda.business.backups.queries import final_snapshots
from servanda.business.nodes.actions.enrolling import add_node, enrol, keep_token
from servanda.business.nodes.actions.keys import keep_key
from servanda.business.nodes.actions.signing import Seal, sign_waiting
from servanda.business.nodes.facts import NodeFacts
from servanda.business.nodes.queries import existing_node, outgoing
from servanda.ground.nodes.documents import DocumentRefused, Position, Trust, accept, fingerprint, hash_of
from servanda.ground.nodes.messages import public_bytes
from servanda.ground.nodes.sealing import open_password, public_text, spare_key
from servanda.ground.nodes.wanted import CopyNews, Document, Finding, RefusalNews, Report, Wanted
from tests.stories.world import World

INSTALL = "a" * 32


@dataclass
class House:
    """A company, its one node, and the signer; `now` is the real time, apart from the company's own day."""

    world: World
    name: str = "node1"
    services_max: int = 100
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    sealing: X25519PrivateKey = field(default_factory=X25519PrivateKey.generate)
    signer: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    now: datetime = datetime(2026, 12, 1, 12, tzinfo=UTC)
    known: dict[str, Wanted] = field(default_factory=dict)
    position: Position = field(default_factory=Position)
    report_number: int = 0
    taken: list[Document] = field(default_factory=list)
    is_first: bool = True  # a second node of the company has the signer of the first

    def __post_init__(self) -> None:
        if self.is_first:
            keep_key(
                self.signer.public_key().public_bytes_raw(),
                spare_key=public_text(spare_key(self.signer)),
                install=INSTALL,
                at=self.now,
            )
        add_node(
            self.world.company_id,
            self.name,
            country="DK",
            services_max=self.services_max,
            addresses=("192.0.2.10", "2001:db8::10"),
            host_name="node1.hosting.example",
            by="staff:eva",
            today=self.world.today,
            at=self.now,
        )
        self.enrol()

    @property
    def node(self) -> NodeFacts:
        return existing_node(self.name)

    def enrol(self) -> None:
        """Enrol, also anew: the node begins with an empty memory."""
        token = self.token()
        enrol(
            token,
            name=self.name,
            public_key=public_bytes(self.key),
            sealing_key=public_text(self.sealing),
            facts={},
            today=self.world.today,
            at=self.now,
        )
        self.known, self.position, self.report_number = {}, Position(), 0

    def token(self) -> str:
        token = secrets.token_urlsafe(32)
        keep_token(self.name, token, by="staff:eva", today=self.world.today, at=self.now)
        return token

    def opened(self, sealed: str | None, key: str, *, user: str = "") -> str:
        """Return the hash of a password as the node opens it."""
        assert sealed is not None
        assert sealed.startswith("hpke1:"), "it stands open"
        return open_password(sealed, with_key=self.sealing, reader="node", node=self.name, key=key, user=user)

    def sign(self, *, is_full: bool = True) -> int:
        seal = Seal(install=INSTALL, key=self.signer)
        return sign_waiting(seal, snapshots_of=final_snapshots, now=self.now, is_full=is_full)

    def take(self) -> list[RefusalNews]:
        """Let the node take what is there, and report: how far it is, and what it would not take."""
        node = self.node
        trust = Trust(INSTALL, self.name, node.incarnation, (self.signer.public_key().public_bytes_raw(),))
        refused = []
        for raw in outgoing(node, after=self.position.seq):
            try:
                document = accept(raw, trust, self.position, self.known, now=self.now)
            except DocumentRefused as refusal:
                refused.append(RefusalNews(seq=refusal.seq, reason=refusal.reason, detail=refusal.detail))
                continue
            self.known |= {one.key: one for one in document.resources}
            self.position = Position(document.seq, hash_of(raw))
            self.taken.append(document)
        self.report(refusals=tuple(refused))
        return refused

    def settle(self) -> None:
        """Sign and take until nothing is left."""
        for _ in range(60):
            if not self.sign():
                return
            self.take()
        raise AssertionError("the signer never comes to rest")

    def report(
        self,
        *,
        findings: tuple[Finding, ...] = (),
        copies: tuple[CopyNews, ...] = (),
        refusals: tuple[RefusalNews, ...] = (),
        **more: object,
    ) -> bool:
        self.report_number += 1
        report = Report(
            node=self.name,
            incarnation=self.node.incarnation,
            number=self.report_number,
            accepted=self.position.seq,
            accepted_hash=self.position.hash,
            at=self.now,
            findings=findings,
            copies=copies,
            refusals=refusals,
            **more,  # type: ignore[arg-type]
        )
        return take_report(self.node, report, now=self.now)

    def found(self, key: str, facts: Mapping[str, str | int | bool] | None = None) -> Finding:
        """Return the finding of a resource that is as it was told."""
        return Finding(key=key, fingerprint=fingerprint(self.known[key]), state="as wanted", facts=facts or {})

    def copy(self, key: str, snapshot: str = "0123456789abcdef") -> None:
        news = CopyNews(key=key, what="made", snapshot=snapshot, at=self.now, size_bytes=1000)
        self.report(copies=(news,))

    def days_pass(self, days: int) -> date:
        """Let days pass, for the company and for the machines."""
        self.now += timedelta(days=days)
        self.world.live_until(self.world.today + timedelta(days=days))
        return self.world.today


def kept(house: House, kind: str) -> list[Wanted]:
    return [one for key, one in sorted(house.known.items()) if key.startswith(f"{kind}/")]
