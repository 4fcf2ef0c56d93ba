"""What a copy is to others, and whether the promise of copies is kept."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from servanda.ground.citation import Citation

PromiseState = Literal["kept", "at risk", "broken", "not measured", "not promised"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyFacts:
    """A copy of a service's data: when it was made, where it lies, and whether it was read back."""

    copy_id: int
    service_id: int
    node: str
    key: str
    snapshot: str
    country: str
    made_at: datetime
    size_bytes: int
    read_back_at: datetime | None
    broken_at: datetime | None
    broken_because: str
    forgotten_at: datetime | None

    @property
    def is_there(self) -> bool:
        return self.forgotten_at is None and self.broken_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Promised:
    """How many generations are promised, how often a copy is made, and by which clauses."""

    generations: int
    every_hours: int
    because: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyPromise:
    """What was promised of copies for one service."""

    service_id: int
    since: datetime | None  # when the service was laid out on its node, in real time as copies are; None: it is not yet
    every_hours: int
    generations: int
    country: str
    because: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseFound:
    """How a promise of copies stands, with the copies that say so."""

    promise: CopyPromise
    state: PromiseState
    newest_at: datetime | None
    generations: int
    read_back_at: datetime | None
    lacks: tuple[
        str, ...
    ] = ()  # codes: no copy lately, too few generations, wrong country, never read back, broken copy


@dataclass(frozen=True, slots=True, kw_only=True)
class LateCopies:
    """A running service whose copies a person must look at: the newest is late, or one was found broken."""

    service_id: int
    name: str
    newest_at: datetime | None
    since: datetime  # when it was laid out
    is_broken: bool
    has_plan: bool = True  # False: nothing says that it is to be copied
