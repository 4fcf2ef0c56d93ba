"""Figures that change with the law: each value carries the day it took effect and its source."""

from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from servanda.ground.citation import Citation
from servanda.ground.refusal import Refused

T = TypeVar("T")


class NotCovered(Refused):
    """No value is known for the day: it lies before the first entry, or after the last confirmed day."""


@dataclass(frozen=True, slots=True)
class Since(Generic[T]):
    """A value in force from a day on, and where it is written."""

    since: date
    value: T
    source: Citation


@dataclass(frozen=True, slots=True)
class Dated(Generic[T]):
    """Values in the order of their days. `until` is the first day for which nothing is known yet, if there is one."""

    name: str
    entries: tuple[Since[T], ...]
    until: date | None = None

    def __post_init__(self) -> None:
        days = [entry.since for entry in self.entries]
        assert days == sorted(set(days)), f"{self.name}: entries must stand in the order of their days"

    def on(self, day: date) -> Since[T]:
        """Return the value in force on the day; refuses days that no entry covers, and never guesses."""
        known = [entry for entry in self.entries if entry.since <= day]
        if not known or (self.until is not None and day >= self.until):
            raise NotCovered(
                "%(name)s is not known for %(day)s. Add the confirmed figure with its source.",
                {"name": self.name, "day": day},
            )
        return known[-1]
