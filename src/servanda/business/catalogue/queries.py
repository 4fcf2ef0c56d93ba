"""What a company sells, read whole in one go."""

from datetime import date
from types import MappingProxyType

from servanda.business.catalogue.facts import ListedPlan, ListedPrice, ListedProduct, PriceList
from servanda.business.catalogue.models import Plan, Product
from servanda.ground.law.vat import VatClass
from servanda.ground.money import Money
from servanda.terms.packages import package_from_json


def prices_of(company_id: int) -> PriceList:
    """Return all plans of a company with all their prices: two queries, whatever the number of plans."""
    rows = (
        Plan.objects.filter(product__company_id=company_id)
        .select_related("product")
        .prefetch_related("price_set")
        .order_by("id")
    )
    return PriceList(company_id, MappingProxyType({row.code: _plan(row) for row in rows}))


def price_of(company_id: int, *, plan_code: str, day: date) -> Money:
    """Return what one plan costs on a day, without VAT; refuses a plan that is not sold then."""
    return prices_of(company_id).price_on(plan_code, day)


def _plan(row: Plan) -> ListedPlan:
    prices = (
        ListedPrice(price.since, Money(price.amount_minor, price.currency), price.source)
        for price in row.price_set.all()
    )
    return ListedPlan(
        code=row.code,
        product=_product(row.product),
        name_da=row.name_da,
        name_en=row.name_en,
        interval_months=row.interval_months,
        prices=tuple(sorted(prices, key=lambda price: price.since)),
        own_vat_class=VatClass(row.vat_class) if row.vat_class else None,
        hosting=package_from_json(row.hosting),
    )


def _product(row: Product) -> ListedProduct:
    return ListedProduct(
        code=row.code,
        name_da=row.name_da,
        name_en=row.name_en,
        kind=row.kind,
        is_service=row.is_service,
        unit_da=row.unit_da,
        unit_en=row.unit_en,
        vat_class=VatClass(row.vat_class),
    )
