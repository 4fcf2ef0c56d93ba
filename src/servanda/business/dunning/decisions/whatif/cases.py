"""What must be known of a company to say whom other terms would hit: its invoices, contracts, services and customers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from servanda.business.billing.decisions.prices import LIST_PRICES, Pricing
from servanda.business.billing.facts import BillableContract, PastInvoice
from servanda.business.catalogue.facts import PriceList
from servanda.business.hosting.facts import ServiceSpan
from servanda.ground.calendar import add_months
from servanda.terms.clauses import CustomerKind
from servanda.terms.document import Agreement

MONTHS = 12  # that are looked back over, and ahead


class KnownCustomer(NamedTuple):
    """A customer by number only: what comes out names nobody."""

    customer_id: int
    number: str
    kind: CustomerKind
    deviates: bool  # has a special agreement that holds


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyCase:
    """All that the question needs, as of a day. `paused` are the invoices on which dunning stood still at some time."""

    today: date
    customers: Sequence[KnownCustomer]
    invoices: Sequence[PastInvoice]
    paused: frozenset[int]
    contracts: Sequence[BillableContract]
    services: Sequence[ServiceSpan]
    prices: PriceList
    pricing: Pricing = LIST_PRICES
    versions: Mapping[str, Agreement]  # the agreements that bind now, by version

    @property
    def since(self) -> date:
        return add_months(self.today, -MONTHS)

    @property
    def until(self) -> date:
        return add_months(self.today, MONTHS)
