"""VAT: rate, treatment by customer, and rounding on the sum."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.ground.citation import Citation
from servanda.ground.dated import NotCovered
from servanda.ground.law.vat import (
    CONSUMERS_OUTSIDE_EU,
    EU_COUNTRIES,
    OUTSIDE_SCOPE,
    REVERSE_CHARGE,
    SIMPLIFIED_INVOICE_MAX,
    STANDARD_RATE,
    THRESHOLD,
    VAT_RATE,
    UnknownCountry,
    net_of_gross,
    vat_of,
    vat_treatment,
)
from servanda.ground.money import Money, total_of

TODAY = date(2026, 11, 30)
RATE = Decimal("0.25")


@pytest.mark.parametrize(
    ("country", "has_checked", "is_business", "category", "percent", "citation"),
    [
        ("DK", False, False, "S", 25, STANDARD_RATE),
        ("DK", True, True, "S", 25, STANDARD_RATE),
        ("DE", True, True, "AE", 0, REVERSE_CHARGE),
        ("EL", True, True, "AE", 0, REVERSE_CHARGE),
        ("DE", False, True, "S", 25, STANDARD_RATE),
        ("DE", False, False, "S", 25, THRESHOLD),
        ("DE", True, False, "S", 25, THRESHOLD),
        ("NO", False, True, "O", 0, OUTSIDE_SCOPE),
        ("GB", True, True, "O", 0, OUTSIDE_SCOPE),
        ("GL", False, True, "O", 0, OUTSIDE_SCOPE),
        ("FO", False, False, "O", 0, CONSUMERS_OUTSIDE_EU),
        ("US", False, False, "O", 0, CONSUMERS_OUTSIDE_EU),
    ],
)
def test_the_customer_decides_the_treatment(
    country: str, has_checked: bool, is_business: bool, category: str, percent: int, citation: Citation
) -> None:
    found = vat_treatment(
        customer_country=country, has_checked_vat_number=has_checked, is_business=is_business, on=TODAY
    )
    assert (found.category.value, int(found.percent), found.citation) == (category, percent, citation)
    assert (found.note is not None) is (country != "DK")


def test_a_reverse_charge_is_named_on_the_invoice() -> None:
    found = vat_treatment(customer_country="SE", has_checked_vat_number=True, is_business=True, on=TODAY)
    assert found.note is not None
    assert "Omvendt betalingspligt" in found.note.da
    assert "Reverse charge" in found.note.en


def test_a_consumer_abroad_is_told_that_the_threshold_decides() -> None:
    found = vat_treatment(customer_country="SE", has_checked_vat_number=False, is_business=False, on=TODAY)
    assert found.note is not None
    assert "One Stop Shop" in found.note.da
    assert "threshold" in found.note.en


def test_the_united_kingdom_left_with_the_year_2020() -> None:
    assert "GB" in EU_COUNTRIES.on(date(2020, 12, 31)).value
    assert "GB" not in EU_COUNTRIES.on(date(2021, 1, 1)).value
    assert len(EU_COUNTRIES.on(TODAY).value) == 27


@pytest.mark.parametrize("country", ["dk", "DNK", "", "Danmark", "D1"])
def test_a_country_that_is_no_code_is_refused(country: str) -> None:
    with pytest.raises(UnknownCountry, match="two capital letters"):
        vat_treatment(customer_country=country, has_checked_vat_number=False, is_business=True, on=TODAY)


def test_vat_is_taken_on_the_sum_of_the_lines() -> None:
    net = total_of([Money(33_33)] * 3)
    assert net == Money(99_99)
    assert vat_of(net, rate=VAT_RATE.on(TODAY).value) == Money(25_00)
    assert net + vat_of(net, rate=RATE) == Money(124_99)


def test_a_gross_price_stays_exact() -> None:
    gross = Money(79_00)
    net = net_of_gross(gross, rate=RATE)
    assert net == Money(63_20)
    assert gross - net == Money(15_80)


def test_a_half_ore_is_rounded_up_although_the_divisor_has_no_exact_inverse() -> None:
    assert net_of_gross(Money(13), rate=Decimal("0.04")) == Money(13)  # 12.5


@given(st.integers(0, 10**11), st.sampled_from(["0.25", "0.19", "0.04", "0"]).map(Decimal))
def test_net_and_its_vat_come_back_to_the_gross_within_an_ore(minor: int, rate: Decimal) -> None:
    net = net_of_gross(Money(minor), rate=rate)
    assert abs((net + vat_of(net, rate=rate)).minor - minor) <= 1


def test_a_simplified_invoice_ends_at_three_thousand_kroner() -> None:
    assert SIMPLIFIED_INVOICE_MAX.on(TODAY).value == Money(3_000_00)


def test_days_before_the_rate_was_set_are_refused() -> None:
    assert VAT_RATE.on(date(1992, 1, 1)).value == RATE
    with pytest.raises(NotCovered):
        VAT_RATE.on(date(1991, 12, 31))
