"""Asking the authorities whether a VAT number is in use, and keeping what they answer as evidence.

An asker never raises because of the outside: where no answer comes, or none that can be believed, it is `unavailable`, with
the reason. Only a plain yes is `valid`, and only a plain no is `invalid`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

Outcome = Literal["valid", "invalid", "unavailable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an authority says of a number. `consultation` is its name for this very answer, where it gives one."""

    outcome: Outcome
    source: str
    asked_at: datetime
    consultation: str = ""
    name: str = ""
    reason: str = ""
    sha256: str = ""  # of the answer as it came over the line


class NumberAsker(Protocol):
    """Asks about VAT numbers."""

    def check(self, number: str, *, requester: str, at: datetime) -> Answer:
        """Return the answer on a number with its prefix. The requester's own number makes the answer provable later."""
