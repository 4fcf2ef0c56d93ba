"""A carrier and an inbox in memory: for stories and the simulation, and able to be as bad as real ones."""

import hashlib
from collections.abc import Sequence

from servanda.drivers.einvoices.ports import (
    FateUnknown,
    HandOver,
    InboxFile,
    Parcel,
    TakenOver,
    TurnedAway,
)


class MemoryTransport:
    """Keeps what it took over, in order; receivers can be told to turn away or to lose what is for them."""

    def __init__(self) -> None:
        self._taken: dict[str, Parcel] = {}
        self._answers: dict[str, TurnedAway | FateUnknown] = {}
        self._inbox: dict[str, bytes] = {}

    @property
    def taken(self) -> tuple[Parcel, ...]:
        """What was taken over."""
        return tuple(self._taken.values())

    def turn_away(self, address: str, *, is_permanent: bool) -> None:
        """From now on, turn away what is for the address."""
        self._answers[address] = TurnedAway("the receiver is not registered", is_permanent)

    def lose(self, address: str) -> None:
        """From now on, the line breaks over what is for the address."""
        self._answers[address] = FateUnknown("the connection was lost after the document was sent")

    def accept(self, address: str) -> None:
        """From now on, take over what is for the address again."""
        self._answers.pop(address, None)

    def answer(self, name: str, content: bytes) -> None:
        """Let a file come in."""
        self._inbox[name] = content

    def send(self, parcel: Parcel) -> HandOver:
        """Take the document over, once per key."""
        if parcel.recipient is None and not parcel.email:
            return TurnedAway("The document has no address to deliver to. Add one to the customer.", True)
        known = self._taken.get(parcel.key)
        if known is not None and known.content != parcel.content:
            return TurnedAway(
                f"Another document was handed over as {parcel.key}. Give this one a key of its own.", True
            )
        if known is None:
            for address in (parcel.recipient.value if parcel.recipient else "", parcel.email):
                if address in self._answers:
                    return self._answers[address]
            self._taken[parcel.key] = parcel
        return TakenOver(f"memory {hashlib.sha256(parcel.key.encode()).hexdigest()[:12]}")

    def waiting(self) -> Sequence[InboxFile]:
        """Return the files that nobody has dealt with."""
        return tuple(InboxFile(name, content) for name, content in self._inbox.items())

    def done(self, name: str) -> None:
        """Mark a file as dealt with."""
        self._inbox.pop(name, None)
