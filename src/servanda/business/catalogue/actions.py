"""Loading the catalogue document: products, plans and prices are added; a published price is never edited."""

from datetime import date, datetime

from django.db import transaction

from servanda.business.catalogue.decisions import CatalogueChange, catalogue_change
from servanda.business.catalogue.models import Plan, Price, Product
from servanda.business.catalogue.queries import prices_of
from servanda.business.evidence.actions import record
from servanda.ground.refusal import Refused
from servanda.terms.catalogue import Catalogue, CatalogueProduct
from servanda.terms.packages import package_to_json


class CatalogueRefused(Refused):
    """The document would change what contracts and invoices already rest on."""


@transaction.atomic
def load_catalogue(company_id: int, catalogue: Catalogue, *, today: date, at: datetime, by: str = "system") -> int:
    """Load the document and return how many plans and prices are new; the same document again adds none."""
    _lock(company_id)
    change = catalogue_change(catalogue, prices_of(company_id), today=today)
    if change.objections:
        raise CatalogueRefused("\n".join(change.objections))
    products = {product.code: _save_product(company_id, product) for product in catalogue.product}
    _add_plans(change, products)
    _class_plans(catalogue, products)
    _add_prices(company_id, change)
    for new in change.prices:
        record(
            company_id=company_id,
            key=f"price.added:{company_id}:{new.plan_code}:{new.price.since}",
            what="price.added",
            subject=f"plan:{new.plan_code}",
            on_day=today,
            at=at,
            because=(),
            facts={"since": str(new.price.since), "amount": new.price.amount, "source": new.price.source},
            by=by,
        )
    return len(change.plans) + len(change.prices)


def _lock(company_id: int) -> None:
    """Let two loads of one company wait for each other; the lock goes with the transaction."""
    list(Product.objects.select_for_update().filter(company_id=company_id).values_list("id", flat=True))


def _save_product(company_id: int, product: CatalogueProduct) -> Product:
    """Add the product, or give it its present names: a name is no promise."""
    row, _ = Product.objects.update_or_create(
        company_id=company_id,
        code=product.code,
        defaults={
            "name_da": product.name_da,
            "name_en": product.name_en,
            "kind": product.kind,
            "is_service": product.is_service,
            "unit_da": product.unit_da,
            "unit_en": product.unit_en,
            "vat_class": product.vat,
        },
    )
    return row


def _add_plans(change: CatalogueChange, products: dict[str, Product]) -> None:
    Plan.objects.bulk_create(
        Plan(
            product=products[entry.product.code],
            code=entry.plan.code,
            name_da=entry.plan.name_da,
            name_en=entry.plan.name_en,
            interval_months=entry.plan.interval_months,
            vat_class=entry.plan.vat or "",
            hosting=package_to_json(entry.plan.hosting),
        )
        for entry in change.plans
    )


def _class_plans(catalogue: Catalogue, products: dict[str, Product]) -> None:
    """Give the plans that are sold already their present VAT class and package: what was sold keeps its own."""
    for product in catalogue.product:
        for plan in product.plan:
            known = Plan.objects.filter(product=products[product.code], code=plan.code)
            known.exclude(vat_class=plan.vat or "").update(vat_class=plan.vat or "")
            if plan.hosting is not None:
                known.update(hosting=package_to_json(plan.hosting))


def _add_prices(company_id: int, change: CatalogueChange) -> None:
    plans = dict(Plan.objects.filter(product__company_id=company_id).values_list("code", "id"))
    Price.objects.bulk_create(
        Price(
            plan_id=plans[new.plan_code],
            since=new.price.since,
            amount_minor=new.price.money.minor,
            currency=new.price.money.currency,
            source=new.price.source,
        )
        for new in change.prices
    )
