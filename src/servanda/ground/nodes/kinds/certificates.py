"""Certificates that the node gets by ACME and renews by itself."""

from typing import Annotated, Literal

from msgspec import Meta

from servanda.ground.nodes.grammar import HostPattern
from servanda.ground.nodes.kinds.base import Statement


class Certificate(Statement, frozen=True, tag="certificate", kw_only=True):
    """One certificate for some names. A name with an asterisk needs the proof by DNS (RFC 8555 § 8.4)."""

    name: Annotated[str, Meta(pattern=r"\A[a-z0-9][a-z0-9.-]{0,252}\Z")]
    names: Annotated[tuple[HostPattern, ...], Meta(min_length=1, max_length=100)]
    proof: Literal["http-01", "dns-01"] = "http-01"

    @property
    def key(self) -> str:
        return f"certificate/{self.name}"
