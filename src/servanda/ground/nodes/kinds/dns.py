"""Zones and their records."""

from typing import Annotated, Literal, cast

from msgspec import Meta, Struct

from servanda.ground.nodes.grammar import HostName, RecordName
from servanda.ground.nodes.kinds.base import Statement

RecordType = Literal[
    "A", "AAAA", "CAA", "CNAME", "DS", "HTTPS", "MX", "NS", "PTR", "SRV", "SSHFP", "SVCB", "TLSA", "TXT"
]


class Record(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One record, its content in the presentation form of its type; the agent reads it with dnspython once more."""

    name: RecordName  # fully qualified, without a dot at the end
    type: RecordType
    ttl: Annotated[int, Meta(ge=30, le=604_800)] = 3600
    content: Annotated[str, Meta(pattern=r"\A[\x20-\x7e]{1,4096}\Z")]


class Zone(Statement, frozen=True, tag="zone", kw_only=True):
    """A zone with all its records but SOA, which the node keeps. A held zone is still answered: names must stay."""

    domain: HostName
    records: Annotated[tuple[Record, ...], Meta(max_length=5000)] = ()
    has_dnssec: bool = True

    @property
    def key(self) -> str:
        return f"zone/{self.domain}"

    def takes_from(self, before: Statement) -> bool:
        """A zone whose parent vouches for its keys goes dark for all who check when it is no longer signed."""
        return cast("Zone", before).has_dnssec and not self.has_dnssec
