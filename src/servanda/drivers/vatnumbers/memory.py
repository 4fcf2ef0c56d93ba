"""Authorities in memory: one knows the numbers it was told and can be closed, one believes every number for practice."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from servanda.drivers.vatnumbers import Answer

SOURCE = "memory"


@dataclass
class MemoryAsker:
    """Answers from what it was told. A number that it does not know is not in use."""

    known: dict[str, str] = field(default_factory=dict)  # whose number it is
    closed_for: set[str] = field(default_factory=set)  # countries whose service is closed
    asked: list[str] = field(default_factory=list)
    is_trusting: bool = False  # knows every number that it was not told about

    def check(self, number: str, *, requester: str, at: datetime) -> Answer:
        """Return the answer; with a requester it has a consultation number."""
        self.asked.append(number)
        if number[:2] in self.closed_for:
            return Answer(
                outcome="unavailable",
                source=SOURCE,
                asked_at=at,
                reason="MS_UNAVAILABLE",
                sha256=_sha256("MS_UNAVAILABLE"),
            )
        name = self.known.get(number, "Prøve" if self.is_trusting else None)
        return Answer(
            outcome="valid" if name is not None else "invalid",
            source=SOURCE,
            asked_at=at,
            consultation=f"M-{len(self.asked)}" if requester else "",
            name=name or "",
            sha256=_sha256(f"{number}:{name}"),
        )


class PracticeAsker:
    """Believes every number, for companies that are made up. Its answers say that they are practice."""

    def check(self, number: str, *, requester: str, at: datetime) -> Answer:
        """Return a yes that nobody can take for an authority's."""
        return Answer(
            outcome="valid",
            source="practice",
            asked_at=at,
            consultation=f"PRACTICE-{_sha256(f'{number}{at}')[:8].upper()}" if requester else "",
            sha256=_sha256(number),
        )


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
