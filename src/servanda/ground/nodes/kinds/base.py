"""What every statement has: what it is about, whether it stays, and what holds it."""

from enum import IntEnum
from typing import Literal

from msgspec import Struct

from servanda.ground.nodes.grammar import ClauseText, Day, PlainLine, WebAddress

State = Literal["kept", "quarantined", "purged"]
# Every reason for which something may be held; each lifts by itself, and only what it placed.
Cause = Literal["payment", "abuse", "load", "breach", "customer", "capacity"]

_RANK: dict[State, int] = {"kept": 0, "quarantined": 1, "purged": 2}


class Hold(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A reason why a resource is not served now, for the machine and for the page that its visitors see."""

    cause: Cause
    clause: ClauseText
    provider: PlainLine
    since: Day
    way_out: WebAddress  # where its owner reads the reason and ends it


class Worsening(IntEnum):
    """How much worse a statement makes a resource for its owner than the one before."""

    NOT = 0
    HELD = 1
    QUARANTINED = 2
    PURGED = 3


class Statement(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind"):
    """What one resource shall be. `key` names it once for ever on its node."""

    state: State = "kept"
    holds: tuple[Hold, ...] = ()

    @property
    def key(self) -> str:
        raise NotImplementedError

    @property
    def is_served(self) -> bool:
        return self.state == "kept" and not self.holds

    def worsening(self, before: "Statement | None") -> Worsening:
        """Tell how much worse this is than what stood before; nothing before means that nothing can be lost."""
        if before is None:
            return Worsening.NOT
        if _RANK[self.state] > _RANK[before.state]:
            return Worsening.PURGED if self.state == "purged" else Worsening.QUARANTINED
        causes = {hold.cause for hold in self.holds} - {hold.cause for hold in before.holds}
        return Worsening.HELD if causes or self.takes_from(before) else Worsening.NOT

    def takes_from(self, before: "Statement") -> bool:
        """Tell whether this drops something that the statement before had; kinds with parts say what counts."""
        return False
