"""What a period declares: each treatment in its box, each customer on the list, each country in the One Stop Shop."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.business.billing.decisions.vat_reports import in_euro, vat_report, whole_kroner
from servanda.business.billing.facts import TaxedSale, VatReport
from servanda.faces.parts.vat_tables import NotARate, euro_rate, vat_sheets
from servanda.ground.law.vat_periods import vat_period
from servanda.ground.law.vat_words import VatBasis
from servanda.ground.money import Money, total_of

PERIOD = vat_period("2026Q4")
SALE = TaxedSale(
    document_id=1,
    number=1001,
    is_credit_note=False,
    issued_on=date(2026, 11, 30),
    original_on=None,
    customer_id=1,
    buyer_country="DK",
    buyer_number="",
    country="DK",
    category="S",
    percent=Decimal(25),
    basis=VatBasis.DANISH,
    net=Money(1_000_00),
    vat=Money(250_00),
)
UNTAXED = replace(SALE, percent=Decimal(0), vat=Money(0))
TO_SWEDEN = replace(
    UNTAXED, category="AE", basis=VatBasis.REVERSE_CHARGE, buyer_country="SE", buyer_number="SE556677889901"
)
IN_GERMANY = replace(SALE, basis=VatBasis.ONE_STOP_SHOP, country="DE", percent=Decimal(19), vat=Money(190_00))


def report(*sales: TaxedSale) -> VatReport:
    return vat_report(sales, booked(*sales), period=PERIOD)


def booked(*sales: TaxedSale) -> dict[str, Money]:
    return {
        "sales": total_of(one.net for one in sales),
        "vat-out": total_of(one.vat for one in sales if one.country == "DK"),
        "vat-oss": total_of(one.vat for one in sales if one.country != "DK"),
    }


@pytest.mark.parametrize(
    ("sale", "box"),
    [
        (SALE, "taxed_net"),
        (replace(SALE, basis=VatBasis.UNCHECKED_NUMBER), "taxed_net"),
        (replace(SALE, basis=VatBasis.BELOW_THRESHOLD), "taxed_net"),
        (replace(SALE, basis=VatBasis.PLACE_UNPROVEN), "taxed_net"),
        (TO_SWEDEN, "services_to_eu"),
        (replace(TO_SWEDEN, basis=VatBasis.GOODS_TO_EU, category="K"), "goods_to_eu"),
        (replace(UNTAXED, basis=VatBasis.DEALER, category="AE"), "others"),
        (replace(UNTAXED, basis=VatBasis.OUTSIDE_EU, category="O"), "others"),
        (replace(UNTAXED, basis=VatBasis.OUTSIDE_EU, category="E"), "others"),
        (replace(UNTAXED, basis=VatBasis.EXPORT, category="G"), "others"),
        (replace(UNTAXED, basis=VatBasis.OUTSIDE_VAT, category="E"), "outside"),
        (IN_GERMANY, "one_stop_shop"),
    ],
)
def test_each_sale_stands_in_one_box(sale: TaxedSale, box: str) -> None:
    boxes = report(sale).boxes
    names = ("taxed_net", "goods_to_eu", "services_to_eu", "others", "outside", "one_stop_shop")
    assert {name: getattr(boxes, name).minor for name in names if getattr(boxes, name)} == {box: 1_000_00}
    assert boxes.sales_vat == (sale.vat if sale.country == "DK" else Money(0))


def test_the_list_of_eu_sales_has_a_line_for_each_number_with_credit_notes_taken_off() -> None:
    goods = replace(TO_SWEDEN, basis=VatBasis.GOODS_TO_EU, category="K", net=Money(500_49))
    credited = replace(TO_SWEDEN, is_credit_note=True, original_on=date(2026, 1, 1), net=Money(-300_00))
    other = replace(TO_SWEDEN, buyer_country="DE", buyer_number="DE123456788", net=Money(1))
    found = report(TO_SWEDEN, goods, credited, other).eu_sales
    assert [(one.number, one.services, one.goods) for one in found] == [
        ("DE123456788", Money(1), Money(0)),
        ("SE556677889901", Money(700_00), Money(500_49)),
    ]


def test_the_one_stop_shop_corrects_earlier_quarters_apart() -> None:
    credited = replace(
        IN_GERMANY, is_credit_note=True, original_on=date(2026, 9, 30), net=Money(-100_00), vat=Money(-19_00)
    )
    in_the_period = replace(credited, original_on=date(2026, 10, 1), net=Money(-1_00), vat=Money(-19))
    found = report(IN_GERMANY, credited, in_the_period)
    assert [(one.country, one.percent, one.net, one.vat) for one in found.oss] == [
        ("DE", Decimal(19), Money(999_00), Money(189_81))
    ]
    assert [(one.quarter, one.country, one.vat) for one in found.corrections] == [("2026Q3", "DE", Money(-19_00))]
    assert found.is_tied


def test_a_difference_to_the_books_is_shown_and_not_hidden() -> None:
    found = vat_report([SALE], {"sales": Money(1_000_00), "vat-out": Money(250_01)}, period=PERIOD)
    assert [tie.difference for tie in found.ties] == [Money(0), Money(1), Money(0)]
    assert not found.is_tied


BASES = st.sampled_from([SALE, TO_SWEDEN, IN_GERMANY, replace(UNTAXED, basis=VatBasis.DEALER, category="AE")])


@given(st.lists(st.tuples(BASES, st.integers(-(10**8), 10**8), st.integers(0, 10**7)), max_size=20))
def test_the_boxes_hold_every_krone_of_the_period_once(drawn: list[tuple[TaxedSale, int, int]]) -> None:
    sales = tuple(replace(one, net=Money(net), vat=Money(vat if one.percent else 0)) for one, net, vat in drawn)
    found = report(*sales)
    boxes = found.boxes
    parts = (boxes.taxed_net, boxes.goods_to_eu, boxes.services_to_eu, boxes.others, boxes.outside, boxes.one_stop_shop)
    assert total_of(parts) == total_of(one.net for one in sales)
    assert boxes.sales_vat + total_of(one.vat for one in found.oss) == total_of(one.vat for one in sales)
    assert found.is_tied


@pytest.mark.parametrize(
    ("minor", "kroner"), [(0, 0), (49, 0), (50, 1), (-50, -1), (1_49, 1), (1_50, 2), (-1_49, -1), (13_265_25, 13_265)]
)
def test_forms_have_whole_kroner(minor: int, kroner: int) -> None:
    assert whole_kroner(Money(minor)) == kroner


def test_an_amount_in_euro_is_rounded_once() -> None:
    assert in_euro(Money(746_00), kroner_per_euro=Decimal("7.46")) == Money(100_00, "EUR")
    assert in_euro(Money(-1_00), kroner_per_euro=Decimal("7.4599")) == Money(-13, "EUR")


@pytest.mark.parametrize(("text", "rate"), [("", None), (" 7,46 ", "7.46"), ("7.4599", "7.4599"), ("7", "7")])
def test_the_rate_of_the_euro_is_read_with_comma_or_full_stop(text: str, rate: str | None) -> None:
    assert euro_rate(text) == (Decimal(rate) if rate is not None else None)


@pytest.mark.parametrize("text", ["0", "-7", "101", "7.1234567", "7.4.6", "1e1", "x", "٧", "."])
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(NotARate):
        euro_rate(text)


def test_tables_say_the_same_in_both_languages() -> None:
    found = report(SALE, TO_SWEDEN, IN_GERMANY)
    danish, english = (vat_sheets(found, language, kroner_per_euro=Decimal("7.46")) for language in ("da", "en"))  # type: ignore[arg-type]
    assert [sheet.title for sheet in danish] != [sheet.title for sheet in english]
    for one, other in zip(danish, english, strict=True):
        assert len(one.headings) == len(other.headings)
        assert [row[1:] for row in one.rows] == [row[1:] for row in other.rows]
    assert danish[2].rows == (
        ("DE", Decimal(19), Decimal("1000.00"), Decimal("190.00"), Decimal("134.05"), Decimal("25.47")),
    )


def test_a_rate_on_which_the_sources_do_not_agree_is_named_where_it_is_used() -> None:
    estonian = replace(IN_GERMANY, country="EE", percent=Decimal("24.00"), vat=Money(240_00))
    notes = vat_sheets(report(IN_GERMANY, estonian), "en")[2].notes
    assert [note.split(".")[0] for note in notes] == ["Our sources do not agree on the rate in EE, 24 %"]
    assert vat_sheets(report(IN_GERMANY), "en")[2].notes == ()
