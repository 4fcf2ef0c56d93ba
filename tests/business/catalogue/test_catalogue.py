"""What is sold at which price on a day; a published price never changes."""

from datetime import UTC, date, datetime

import msgspec
import pytest

from servanda.agreements import PROVIDERS
from servanda.agreements.reading import catalogue_of
from servanda.business.catalogue.actions import CatalogueRefused, load_catalogue
from servanda.business.catalogue.facts import NotInCatalogue
from servanda.business.catalogue.queries import price_of, prices_of
from servanda.business.companies.actions import add_company
from servanda.business.evidence.queries import events_of_subjects
from servanda.ground.money import Money
from servanda.terms.catalogue import Catalogue, CataloguePlan, CataloguePrice, CatalogueProduct

TODAY = date(2026, 12, 1)
AT = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
FIRST = CataloguePrice(since=date(2025, 1, 1), amount="135.00", source="safeit-133")
NEXT = CataloguePrice(since=date(2027, 2, 1), amount="145.00", source="plausible")


@pytest.fixture
def company_id(db: None) -> int:
    return add_company(
        slug="safe-it",
        name="Safe",
        legal_name="Safe (eksempel) ApS",
        cvr="99005203",
        address_lines=("Eksempelvej 1",),
        email="faktura@eksempel.example",
        phone="",
        web="",
        bank_registration="9995",
        bank_account="0000200202",
        iban="DK2999950000200202",
        fik_creditor="80000022",
        colour="#333333",
        language="da",
        fiscal_year_starts_month=1,
        clock_on=TODAY,
    ).company_id


def catalogue(*prices: CataloguePrice, interval: int = 1, product: str = "pc-security") -> Catalogue:
    plan = CataloguePlan(
        code="pc-monthly",
        name_da="Pakke pr. enhed",
        name_en="Package per device",
        interval_months=interval,
        price=prices,
    )
    sold = CatalogueProduct(
        code=product,
        name_da="Pakke",
        name_en="Package",
        kind="package",
        is_service=True,
        unit_da="enhed",
        unit_en="device",
        plan=(plan,),
    )
    return Catalogue(provider="safe-it", product=(sold,))


def load(company_id: int, sold: Catalogue, today: date = TODAY) -> int:
    return load_catalogue(company_id, sold, today=today, at=AT)


@pytest.mark.clause("safeit-039")
def test_a_new_price_is_added_and_each_day_has_its_own(company_id: int) -> None:
    assert load(company_id, catalogue(FIRST)) == 2
    assert load(company_id, catalogue(FIRST, NEXT)) == 1
    assert load(company_id, catalogue(FIRST, NEXT)) == 0
    prices = prices_of(company_id)
    days = [date(2025, 1, 1), date(2027, 1, 1), date(2027, 1, 31), date(2027, 2, 1), date(2030, 1, 1)]
    assert [prices.price_on("pc-monthly", day) for day in days] == [*[Money(135_00)] * 3, *[Money(145_00)] * 2]
    assert price_of(company_id, plan_code="pc-monthly", day=date(2027, 2, 1)) == Money(145_00)
    assert [prices.name_of("pc-monthly", language) for language in ("da", "en")] == [
        "Pakke pr. enhed",
        "Package per device",
    ]
    assert len(events_of_subjects(["plan:pc-monthly"])) == 2


@pytest.mark.parametrize("day", [date(2024, 12, 31), date(2020, 1, 1)])
def test_a_day_before_the_first_price_and_an_unknown_plan_are_refused(company_id: int, day: date) -> None:
    load(company_id, catalogue(FIRST))
    with pytest.raises(NotInCatalogue, match="no price"):
        prices_of(company_id).price_on("pc-monthly", day)
    with pytest.raises(NotInCatalogue, match="pc-monthly"):
        prices_of(company_id).price_on("pc-yearly", TODAY)


@pytest.mark.parametrize(
    ("story", "changed"),
    [
        ("another amount on a past day", catalogue(msgspec.structs.replace(FIRST, amount="140.00"))),
        ("a price from a day that has passed", catalogue(FIRST, msgspec.structs.replace(NEXT, since=date(2026, 6, 1)))),
        ("another interval", catalogue(FIRST, interval=12)),
        ("another product", catalogue(FIRST, product="web-security")),
    ],
)
def test_what_contracts_rest_on_is_never_edited(company_id: int, story: str, changed: Catalogue) -> None:
    load(company_id, catalogue(FIRST))
    before = prices_of(company_id)
    with pytest.raises(CatalogueRefused):
        load(company_id, changed)
    assert prices_of(company_id) == before, story


def test_a_price_that_is_announced_for_later_is_not_edited_either(company_id: int) -> None:
    load(company_id, catalogue(FIRST, NEXT))
    with pytest.raises(CatalogueRefused, match="published"):
        load(company_id, catalogue(FIRST, msgspec.structs.replace(NEXT, amount="150.00")))


def test_what_the_document_no_longer_names_stays_for_those_who_have_it(company_id: int) -> None:
    load(company_id, catalogue(FIRST))
    load(company_id, Catalogue(provider="safe-it"))
    assert prices_of(company_id).price_on("pc-monthly", TODAY) == Money(135_00)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_each_providers_catalogue_can_be_loaded_and_priced(company_id: int, provider: str) -> None:
    sold = catalogue_of(provider)
    load(company_id, sold)
    prices = prices_of(company_id)
    plans = [(product, plan) for product in sold.product for plan in product.plan]
    assert set(prices.plans) == {plan.code for _, plan in plans}
    for product, plan in plans:
        assert prices.plan(plan.code).product.code == product.code
        assert prices.price_on(plan.code, TODAY) > Money(-1)
    assert set(prices.products) == {product.code for product, _ in plans}
