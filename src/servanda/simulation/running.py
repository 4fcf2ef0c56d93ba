"""Running a world in memory: which company, which plans, how many customers, and what came of it."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from types import MappingProxyType

from servanda.agreements.reading import catalogue_of, library_of
from servanda.business.catalogue.facts import ListedPlan, ListedPrice, ListedProduct, PriceList
from servanda.ground.calendar import add_months
from servanda.ground.law.vat import VatClass
from servanda.ground.refusal import Refused
from servanda.simulation.comparing import compare
from servanda.simulation.faults import ALL
from servanda.simulation.habits import world_of
from servanda.simulation.happenings import World
from servanda.simulation.house.rounds import Course, live
from servanda.simulation.house.state import COMPANY, House, Stopped
from servanda.terms.catalogue import CataloguePlan, CatalogueProduct


@dataclass(frozen=True, slots=True)
class Lived:
    """What came of a world."""

    house: House
    lines: tuple[str, ...]

    @property
    def sha256(self) -> str:
        return sha256("\n".join(self.lines).encode()).hexdigest()


def world(
    seed: int, *, provider: str, customers: int | Iterable[int], years: int, faults: frozenset[str] = ALL
) -> World:
    """Return the world of a seed for one of the installed providers."""
    begins_on = begins_with(provider)
    return world_of(
        seed,
        provider=provider,
        plans=tuple(prices_of(provider).plans),
        customers=customers,
        begins_on=begins_on,
        until=add_months(begins_on, 12 * years),
        faults=faults,
    )


def begins_with(provider: str) -> date:
    """Return the first day on which a customer can sign the provider's terms: there all worlds begin."""
    return min(agreement.effective_on for agreement in library_of(provider).agreements)


def lived(world: World, *, stops_at_first: bool = False) -> Lived:
    """Let a world pass, and return what happened, customer by customer; if asked for, only until something does not hold."""
    house = House(world, prices_of(world.provider), stops_at_first=stops_at_first)
    course = Course(house, library_of(world.provider))
    with suppress(Stopped):
        _live_through(course)
    lines = sorted(enumerate(house.log), key=lambda one: (one[1][1], one[0]))
    return Lived(house, tuple("|".join(map(str, line)) for _, line in lines))


def _live_through(course: Course) -> None:
    house = course.house
    try:
        live(course)
        compare(course, today=house.world.until)
    except (Refused, AssertionError, ArithmeticError, LookupError, TypeError, ValueError) as failure:
        day = house.log[-1][0] if house.log else house.world.begins_on
        house.violated("I00 the core never fails", day, None, f"{type(failure).__name__}: {failure}")


def prices_of(provider: str) -> PriceList:
    """Return the provider's plans with their prices, valid from the beginning of all worlds."""
    plans = {
        plan.code: _plan(product, plan, begins_with(provider))
        for product in catalogue_of(provider).product
        for plan in product.plan
    }
    return PriceList(COMPANY, MappingProxyType(plans))


def _plan(product: CatalogueProduct, plan: CataloguePlan, begins_on: date) -> ListedPlan:
    prices = sorted((ListedPrice(one.since, one.money, one.source) for one in plan.price), key=lambda one: one.since)
    first = replace(prices[0], since=min(prices[0].since, begins_on))
    return ListedPlan(
        code=plan.code,
        product=ListedProduct(
            code=product.code,
            name_da=product.name_da,
            name_en=product.name_en,
            kind=product.kind,
            is_service=product.is_service,
            unit_da="",
            unit_en="",
            vat_class=VatClass.SERVICE,
        ),
        name_da=plan.name_da,
        name_en=plan.name_en,
        interval_months=plan.interval_months,
        prices=(first, *prices[1:]),
    )
