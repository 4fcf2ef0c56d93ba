"""One entry of a timeline: what would happen on a day, and by which clause."""

from dataclasses import dataclass
from datetime import date

from servanda.ground.citation import Citation, requirements_of, texts_of
from servanda.ground.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEvent:
    """An event, the day it falls on and what it rests on.

    `rule_on` is the day that the rule itself gives, where a letter or an adverse act moved from it to a bank day. For a
    step that a person decides, `on` is the earliest day allowed.
    """

    on: date
    event: str
    because: tuple[Citation, ...]
    amount: Money | None = None
    decided_by: str = "system"
    note: str = ""
    step: int | None = None
    rule_on: date | None = None

    def as_json(self) -> dict[str, object]:
        """Return the stable form that `servanda terms timeline --json` prints."""
        shown: dict[str, object] = {
            "on": self.on.isoformat(),
            "event": self.event,
            "clauses": list(texts_of(self.because)),
            "requirements": list(requirements_of(self.because)),
            "amount_minor": self.amount.minor if self.amount is not None else None,
            "decided_by": self.decided_by,
            "note": self.note,
        }
        if self.step is not None:
            shown["step"] = self.step
        if self.rule_on is not None and self.rule_on != self.on:
            shown["rule_on"] = self.rule_on.isoformat()
        return shown


def in_order(events: list[TimelineEvent]) -> tuple[TimelineEvent, ...]:
    """Return the events in order of time; those of one day stay in the order in which they happen."""
    return tuple(sorted(events, key=lambda event: event.on))
