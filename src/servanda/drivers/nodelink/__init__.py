"""How a node speaks with its control plane: it asks, nobody calls it.

Two implementations pass one suite (tests/drivers/nodelink): `http` and `memory`.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from servanda.ground.nodes.messages import Enrol, Enrolled


class LinkAway(Exception):
    """The control plane did not answer, or not in earnest. The node goes on serving and asks again later."""


class LinkRefused(Exception):
    """The control plane answered that it does not know this node, or not this token. A person must look."""


class Identity(Protocol):
    """Who asks: the node's name, its key, and a counter that never gives a number twice, whatever happens."""

    @property
    def node(self) -> str: ...
    @property
    def key(self) -> Ed25519PrivateKey: ...
    def next_counter(self) -> int: ...


class Link(Protocol):
    def documents(self, *, after: int, wait_seconds: float) -> Sequence[bytes]:
        """Return the signed documents that follow a number, in order; wait up to so long for one.

        Raises LinkAway and LinkRefused.
        """
        ...

    def report(self, signed: bytes) -> None:
        """Hand over a signed report. Raises LinkAway and LinkRefused; it may have arrived all the same."""
        ...

    def word(self, errand: str) -> str:
        """Return the sealed password of an errand of this node (ground/nodes/words.py), empty when there is none.

        Raises LinkAway and LinkRefused.
        """
        ...


class Door(Protocol):
    """The one place where a node without an identity may speak."""

    def enrol(self, enrol: Enrol) -> Enrolled:
        """Introduce the node. Raises LinkAway and LinkRefused."""
        ...


Clock = Callable[[], datetime]

__all__ = ["Clock", "Door", "Identity", "Link", "LinkAway", "LinkRefused"]
