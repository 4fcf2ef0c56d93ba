"""What is sold and what it costs on a day, looked up in memory: a round asks by the hundred thousand."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from servanda.ground.law.vat import VatClass
from servanda.ground.money import Money
from servanda.ground.refusal import Refused
from servanda.terms.packages import HostingPackage


class NotInCatalogue(Refused):
    """The plan is not sold, or has no price on the day."""


@dataclass(frozen=True, slots=True)
class ListedProduct:
    """A thing sold; `is_service` tells whether something runs that can be held."""

    code: str
    name_da: str
    name_en: str
    kind: str
    is_service: bool
    unit_da: str
    unit_en: str
    vat_class: VatClass = VatClass.SERVICE


@dataclass(frozen=True, slots=True)
class ListedPrice:
    """The price of a plan from a day on, without VAT, and where its figure comes from."""

    since: date
    amount: Money
    source: str


@dataclass(frozen=True, slots=True)
class ListedPlan:
    """A way to buy a product. Its prices stand in the order of their days; an interval of 0 months is sold once."""

    code: str
    product: ListedProduct
    name_da: str
    name_en: str
    interval_months: int
    prices: tuple[ListedPrice, ...]
    own_vat_class: VatClass | None = None
    hosting: HostingPackage | None = None

    @property
    def vat_class(self) -> VatClass:
        """As what it is taxed: its own class, or the product's."""
        return self.own_vat_class or self.product.vat_class

    def price_on(self, day: date) -> Money:
        """Return the price in force on the day; refuses a day before the first one."""
        place = bisect_right(self.prices, day, key=lambda price: price.since)
        if place == 0:
            raise NotInCatalogue(
                "%(code)s has no price on %(day)s. Add one to the catalogue, or agree a price with the customer.",
                {"code": self.code, "day": day},
            )
        return self.prices[place - 1].amount


@dataclass(frozen=True, slots=True)
class PriceList:
    """All plans of a company, by code."""

    company_id: int
    plans: Mapping[str, ListedPlan]

    @property
    def products(self) -> Mapping[str, ListedProduct]:
        return {plan.product.code: plan.product for plan in self.plans.values()}

    def plan(self, code: str) -> ListedPlan:
        """Return the plan; refuses a code that is not sold."""
        found = self.plans.get(code)
        if found is None:
            raise NotInCatalogue(
                "There is no plan “%(code)s”. Choose one of: %(plans)s.",
                {"code": code, "plans": ", ".join(sorted(self.plans)) or "none"},
            )
        return found

    def price_on(self, code: str, day: date) -> Money:
        """Return what the plan costs on the day, without VAT."""
        return self.plan(code).price_on(day)

    def name_of(self, code: str, language: str) -> str:
        """Return the plan's name as it is printed."""
        plan = self.plan(code)
        return plan.name_da if language == "da" else plan.name_en
