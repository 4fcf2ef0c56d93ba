"""What a node, a wish and a signed statement are to others."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from servanda.ground.nodes.wanted import Wanted

Plain = str | int | bool
KEEPER = "keeper"  # among the facts that it told when it enrolled


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeFacts:
    """A registered server. Without a public key it has not enrolled; a revoked one is not listened to any more."""

    node_id: int
    company_id: int
    name: str
    incarnation: int
    public_key: str  # base64 of 32 bytes
    sealing_key: str  # the same; secrets are sealed for it
    country: str
    services_max: int
    services: int  # that have been given to it
    takes_new: bool
    addresses: tuple[str, ...] = ()  # under which the world reaches it: IPv4 and IPv6
    host_name: str = ""
    facts: Mapping[str, Plain] = field(default_factory=dict)  # capabilities and versions, as it told them
    accepted_seq: int = 0
    accepted_hash: str = ""
    reached_seq: int = 0  # the highest number that it ever said to have taken
    last_report_at: datetime | None = None
    enrolled_at: datetime | None = None
    revoked_at: datetime | None = None

    @property
    def is_trusted(self) -> bool:
        return bool(self.public_key) and self.revoked_at is None

    @property
    def is_keeper(self) -> bool:
        """Tell whether it keeps a store of copies, and serves nobody."""
        return self.facts.get(KEEPER) is True


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What allows a statement to make a resource worse: a warrant for what we do, or the owner's own order."""

    act: Literal["hold", "change", "quarantine", "purge"]
    warrant: str = ""  # its key in evidence
    cause: str = ""  # of a hold
    by: str = ""  # who ordered a change: customer:ID, staff:NAME


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A statement that shall hold on a node, with what allows it."""

    statement: Wanted
    subject: str  # service:12
    grounds: tuple[Ground, ...] = ()

    @property
    def key(self) -> str:
        return self.statement.key


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredWish:
    """A wish as it waits for the signer."""

    wish: Wish
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """The newest statement on a resource that was signed and not lost on the way."""

    statement: Wanted
    fingerprint: str
    seq: int
    signed_on: date
    signed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """A warrant of evidence, as the signer reads it."""

    key: str
    act: str
    subject: str
    clause: str
    not_before: date
    expires_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundResource:
    """How a resource was found. `differences` are codes with the wanted and the found value, for pages to word."""

    node: str
    key: str
    state: str  # as wanted, differs, failed, parked
    is_current: bool  # the finding is about the newest wish
    differences: tuple[tuple[str, str, str], ...]
    facts: Mapping[str, Plain]
    found_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedStatement:
    """A statement that the signer did not sign or the node did not take, for a person to look at."""

    company_id: int
    node: str
    key: str
    subject: str
    reason: str
    detail: str
    since: datetime
    is_of_node: bool
    refusal_id: int | None = None
