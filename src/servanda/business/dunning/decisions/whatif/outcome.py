"""Who is hit, as a value that can be kept as JSON and shown again. It names customers by number only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from servanda.business.dunning.decisions.whatif.comparing import Act, Turn
from servanda.business.dunning.decisions.whatif.ladders import ChargeKind
from servanda.business.dunning.decisions.whatif.promises import PromiseChange
from servanda.terms.clauses import CustomerKind


@dataclass(frozen=True, slots=True)
class Count:
    """So many customers, and so many of their invoices."""

    customers: int = 0
    invoices: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Months:
    """What would differ in twelve months: by act and turn, and øre more (or below 0, less) by kind of charge.

    A customer counts once under each turn. An invoice counts by its first step that differs: what follows moves along.
    """

    acts: Mapping[Act, Mapping[Turn, Count]]
    money_minor: Mapping[ChargeKind, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseOutcome:
    """A promise that differs, for which products, and how many customers have one of them."""

    change: PromiseChange
    products: tuple[str, ...]
    customers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HitCustomer:
    """One of those who are hit most, and how. The sentences hold figures and days, and no names."""

    customer_id: int
    number: str
    kind: CustomerKind
    deviates: bool
    invoices: int
    money_minor: int
    sentences_da: tuple[str, ...]
    sentences_en: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Invoices that nothing is said of: dunning stood still on them, their delivery is not proven, or they would not come."""

    paused: int
    not_delivered: int
    not_issued: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoIsHit:
    """What a draft would change for a company's customers, from a year ago to a year ahead.

    `hit` are the customers for whom a reminder, a suspension, an ending or an amount would differ; a due day that only
    moves, and a promise, are counted beside it.
    """

    provider: str
    version: str
    sha256: str
    from_versions: tuple[str, ...]
    since: date
    on: date
    until: date
    customers: int
    invoices_past: int
    invoices_coming: int
    left_out: LeftOut
    hit: int
    hit_by_kind: Mapping[CustomerKind, int]
    hit_with_deviations: int
    due_sooner: Count
    due_later: Count
    past: Months
    coming: Months
    promises: tuple[PromiseOutcome, ...]
    promised_better: int  # customers with a promise that gets better; one can have both
    promised_worse: int
    most_hit: tuple[HitCustomer, ...]
    how_computed_da: tuple[str, ...]
    how_computed_en: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing would differ for anybody."""
        moved = self.due_sooner.invoices + self.due_later.invoices
        return not (self.hit or moved or self.promises)

    def as_json(self) -> dict[str, Any]:
        """Return what can be kept as JSON; `from_json` gives the same value back."""
        kept = msgspec.to_builtins(self)
        assert isinstance(kept, dict)
        return kept


def from_json(kept: Mapping[str, object]) -> WhoIsHit:
    """Return what was kept; raises `msgspec.ValidationError` for what is nothing of the kind."""
    return msgspec.convert(kept, WhoIsHit)
