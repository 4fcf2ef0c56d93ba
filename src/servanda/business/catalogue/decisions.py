"""What must be added so that the shop sells what the catalogue document says, and what may not be changed?

A published price is history: contracts and invoices rest on it. So prices are added, and a day that has passed never
gets another price.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from servanda.business.catalogue.facts import ListedPlan, PriceList
from servanda.terms.catalogue import Catalogue, CataloguePlan, CataloguePrice, CatalogueProduct


@dataclass(frozen=True, slots=True)
class PlanToAdd:
    """A plan that is new in the catalogue, with the product it belongs to."""

    product: CatalogueProduct
    plan: CataloguePlan


@dataclass(frozen=True, slots=True)
class PriceToAdd:
    """A price that is new for a plan."""

    plan_code: str
    price: CataloguePrice


@dataclass(frozen=True, slots=True)
class CatalogueChange:
    """What to add, and the sentences that say why the document cannot be loaded as it is."""

    plans: tuple[PlanToAdd, ...]
    prices: tuple[PriceToAdd, ...]
    objections: tuple[str, ...]


def catalogue_change(catalogue: Catalogue, known: PriceList, *, today: date) -> CatalogueChange:
    """Return what the document adds to what is known. What it no longer names stays, for the contracts that have it."""
    sold = [PlanToAdd(product, plan) for product in catalogue.product for plan in product.plan]
    return CatalogueChange(
        plans=tuple(entry for entry in sold if entry.plan.code not in known.plans),
        prices=tuple(
            PriceToAdd(entry.plan.code, price) for entry in sold for price in _new_prices(entry.plan, known.plans)
        ),
        objections=tuple(
            objection
            for entry in sold
            if entry.plan.code in known.plans
            for objection in _objections(entry, known.plans[entry.plan.code], today)
        ),
    )


def _new_prices(plan: CataloguePlan, known: Mapping[str, ListedPlan]) -> Iterator[CataloguePrice]:
    listed = known.get(plan.code)
    days = {price.since for price in listed.prices} if listed is not None else set()
    return (price for price in plan.price if price.since not in days)


def _objections(entry: PlanToAdd, listed: ListedPlan, today: date) -> Iterator[str]:
    code = entry.plan.code
    if entry.product.code != listed.product.code:
        yield f"{code} belongs to {listed.product.code}, not to {entry.product.code}. Give the new plan its own code."
    if entry.plan.interval_months != listed.interval_months:
        yield (
            f"{code} is sold {listed.interval_months} months at a time; contracts rest on that. Give the plan of"
            f" {entry.plan.interval_months} months a code of its own."
        )
    stored = {price.since: price.amount for price in listed.prices}
    for price in entry.plan.price:
        if price.since in stored and stored[price.since] != price.money:
            yield (
                f"{code} costs {stored[price.since]} since {price.since}; a price that was published is not edited"
                f" to {price.money}. Add a price from a later day."
            )
        elif price.since not in stored and price.since < today:
            yield f"{code} cannot get a price from {price.since}: the day has passed. Let it begin {today} or later."
