"""What does a line cost for a period: its own price, the list's, or the one that binds the customer still?

Where no price of a plan has moved, the list is asked and nothing else. Where one has risen, the rise counts only for
customers whom it binds (`contracts.decisions.pricing`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from servanda.business.billing.facts import BillableContract, BillableLine
from servanda.business.catalogue.facts import PriceList
from servanda.business.contracts.decisions.pricing import PricedLine, bound_price, dated_prices
from servanda.business.contracts.facts import PriceNotices
from servanda.ground.citation import Citation
from servanda.ground.money import Money
from servanda.terms.document import Agreement


@dataclass(frozen=True, slots=True, kw_only=True)
class Pricing:
    """What is known of the lines whose list price has moved: what was agreed, by which terms, and what they were told.

    For a line that is not among them the list holds as it is.
    """

    lines: Mapping[int, PricedLine] = field(default_factory=dict)
    agreements: Mapping[str, Agreement] = field(default_factory=dict)  # by version
    notices: PriceNotices = field(default_factory=PriceNotices)


LIST_PRICES = Pricing()


def price_of(
    contract: BillableContract, line: BillableLine, prices: PriceList, pricing: Pricing, *, on: date
) -> tuple[Money, tuple[Citation, ...]]:
    """Return the price of a period that begins on the day, and what it rests on beside the first agreement."""
    if line.own_price is not None:
        return line.own_price, ()
    listed = prices.price_on(line.plan, on)  # refuses a day before the first price
    priced = pricing.lines.get(line.line_id)
    agreement = pricing.agreements.get(contract.terms_version)
    if priced is None or agreement is None:
        return listed, ()
    dated = dated_prices(
        prices.plan(line.plan), pricing.notices, customer_id=contract.customer_id, line_id=line.line_id
    )
    bound = bound_price(agreement, priced, dated, on=on)
    return bound.amount, bound.because
