"""What a service and its holds are to others."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from servanda.ground.citation import Citation


@dataclass(frozen=True, slots=True)
class HoldFacts:
    """A reason why a service does not run. An open hold has no `lifted_at`."""

    hold_id: int
    service_id: int
    cause: str
    invoice_id: int | None
    placed_on: date
    placed_at: datetime
    because: tuple[Citation, ...]
    ends_at: datetime | None
    lifted_at: datetime | None


@dataclass(frozen=True, slots=True)
class ServiceFacts:
    """A service as it stands: it is served while it runs and nobody holds it."""

    service_id: int
    customer_id: int
    line_id: int
    product: str
    name: str
    state: str
    began_on: date
    quarantined_on: date | None
    purge_on: date | None
    purged_on: date | None
    purge_decided_by: str
    purge_because: tuple[Citation, ...] = ()
    holds: tuple[HoldFacts, ...] = ()

    @property
    def open_holds(self) -> tuple[HoldFacts, ...]:
        return tuple(hold for hold in self.holds if hold.lifted_at is None)

    @property
    def is_served(self) -> bool:
        """Tell whether the service may run: it may while nobody holds it."""
        return self.state == "running" and not self.open_holds


class ServiceSpan(NamedTuple):
    """A service and the days on which it ran or could be held; `until` is the day on which it was closed."""

    customer_id: int
    contract_id: int
    product: str
    since: date
    until: date | None
