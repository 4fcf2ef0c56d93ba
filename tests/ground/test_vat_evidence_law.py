"""VAT: how goods, hardware, consumers abroad and what is no sale are taxed; rates, places, numbers and periods."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.ground.citation import Citation
from servanda.ground.dated import NotCovered
from servanda.ground.law.sentences import Sentence
from servanda.ground.law.vat import (
    DEALERS,
    EU_COUNTRIES,
    EXPORTED_GOODS,
    GOODS_TO_EU,
    NOT_A_SALE,
    ONE_STOP_SHOP,
    OUTSIDE_SCOPE,
    PLACE_PRESUMED,
    REVERSE_CHARGE,
    STANDARD_RATE,
    THRESHOLD,
    VatBuyer,
    VatClass,
    buyer_of,
    treatment_of,
)
from servanda.ground.law.vat_location import LocationItem, LocationKind, Proof, proof_of
from servanda.ground.law.vat_numbers import VatNumber, must_ask_again, read_vat_number
from servanda.ground.law.vat_periods import NotAVatPeriod, is_quarter, quarter_of, vat_period
from servanda.ground.law.vat_rates import STANDARD_RATES, UnknownRate, rates_to_confirm, standard_rate
from servanda.ground.law.vat_words import VatBasis, note_of, why_of
from servanda.ground.periods import Period

TODAY = date(2026, 12, 1)
SERVICE, GOODS, LISTED, OUTSIDE = VatClass.SERVICE, VatClass.GOODS, VatClass.LISTED_GOODS, VatClass.OUTSIDE
DANE, DANISH_FIRM = buyer_of("DK", is_business=False), buyer_of("DK", is_business=True)
DEALER = replace(DANISH_FIRM, dealer_evidence="momsregistreret forhandler, CVR-udskrift 1. november 2026")
GERMAN, SWEDISH_FIRM = buyer_of("DE", is_business=False), buyer_of("SE", is_business=True, has_number=True)
UNCHECKED = buyer_of("SE", is_business=True)
NORWEGIAN, NORWEGIAN_FIRM = buyer_of("NO", is_business=False), buyer_of("NO", is_business=True)
SOMEWHERE = replace(GERMAN, location_proof=Proof.LACKING)


@pytest.mark.parametrize(
    ("buyer", "sold", "is_shop", "category", "percent", "country", "citation"),
    [
        (DANISH_FIRM, GOODS, False, "S", "25", "DK", STANDARD_RATE),
        (DANISH_FIRM, LISTED, False, "S", "25", "DK", STANDARD_RATE),
        (DEALER, LISTED, False, "AE", "0", "DK", DEALERS),
        (DEALER, GOODS, False, "S", "25", "DK", STANDARD_RATE),
        (DEALER, SERVICE, True, "S", "25", "DK", STANDARD_RATE),
        (replace(DEALER, is_business=False), LISTED, False, "S", "25", "DK", STANDARD_RATE),
        (DANE, OUTSIDE, False, "E", "0", "DK", NOT_A_SALE),
        (GERMAN, OUTSIDE, True, "E", "0", "DK", NOT_A_SALE),
        (SWEDISH_FIRM, SERVICE, True, "AE", "0", "DK", REVERSE_CHARGE),
        (SWEDISH_FIRM, GOODS, False, "K", "0", "DK", GOODS_TO_EU),
        (SWEDISH_FIRM, LISTED, False, "K", "0", "DK", GOODS_TO_EU),
        (UNCHECKED, SERVICE, True, "S", "25", "DK", STANDARD_RATE),
        (UNCHECKED, GOODS, False, "S", "25", "DK", STANDARD_RATE),
        (GERMAN, SERVICE, False, "S", "25", "DK", THRESHOLD),
        (GERMAN, SERVICE, True, "S", "19", "DE", ONE_STOP_SHOP),
        (GERMAN, GOODS, True, "S", "19", "DE", ONE_STOP_SHOP),
        (SOMEWHERE, SERVICE, False, "S", "25", "DK", THRESHOLD),
        (SOMEWHERE, SERVICE, True, "S", "25", "DK", PLACE_PRESUMED),
        (SOMEWHERE, GOODS, True, "S", "19", "DE", ONE_STOP_SHOP),  # goods go to an address, whoever says so
        (replace(GERMAN, country="FI"), SERVICE, True, "S", "25.5", "FI", ONE_STOP_SHOP),
        (replace(GERMAN, country="EL"), SERVICE, True, "S", "24", "GR", ONE_STOP_SHOP),
        (NORWEGIAN_FIRM, SERVICE, True, "O", "0", "DK", OUTSIDE_SCOPE),
        (NORWEGIAN_FIRM, GOODS, False, "G", "0", "DK", EXPORTED_GOODS),
        (NORWEGIAN, GOODS, True, "G", "0", "DK", EXPORTED_GOODS),
        (replace(NORWEGIAN, location_proof=Proof.CONTRADICTORY), SERVICE, False, "S", "25", "DK", PLACE_PRESUMED),
    ],
)
def test_what_is_sold_and_to_whom_decides_the_treatment(
    buyer: VatBuyer, sold: VatClass, is_shop: bool, category: str, percent: str, country: str, citation: Citation
) -> None:
    found = treatment_of(buyer, sold=sold, on=TODAY, is_one_stop_shop=is_shop)
    assert (str(found.category), found.percent, found.country) == (category, Decimal(percent), country)
    assert found.citation == citation
    assert found.rate * 100 == found.percent


@pytest.mark.parametrize("basis", VatBasis)
def test_each_basis_has_its_reason_and_its_note_in_both_languages(basis: VatBasis) -> None:
    note, why = note_of(basis, country="SE"), why_of(basis, country="SE")
    assert (note is None) is (basis is VatBasis.DANISH)
    for sentence in (why, *((note,) if note is not None else ())):
        assert sentence.da.endswith(".")
        assert sentence.en.endswith(".")
        assert sentence.da != sentence.en
        assert "{" not in sentence.da + sentence.en


@pytest.mark.parametrize("country", sorted(EU_COUNTRIES.on(TODAY).value))
def test_every_country_of_the_union_has_a_rate_with_its_source(country: str) -> None:
    rate = STANDARD_RATES[country].on(TODAY)
    assert Decimal("0.15") <= rate.value <= Decimal("0.27")  # the directive's least, and Hungary's
    assert rate.source.clause == country


@pytest.mark.parametrize(
    ("country", "day", "percent"),
    [
        ("DE", TODAY, "19"),
        ("LU", date(2022, 12, 31), "17"),
        ("LU", date(2023, 6, 1), "16"),
        ("LU", date(2024, 1, 1), "17"),
        ("SK", date(2024, 12, 31), "20"),
        ("SK", date(2025, 1, 1), "23"),
        ("FI", date(2024, 8, 31), "24"),
        ("FI", date(2024, 9, 1), "25.5"),
        ("RO", date(2025, 7, 31), "19"),
        ("EE", date(2025, 7, 1), "24"),
    ],
)
def test_a_rate_is_that_of_the_day(country: str, day: date, percent: str) -> None:
    assert standard_rate(country, on=day) * 100 == Decimal(percent)


def test_a_rate_is_never_guessed() -> None:
    with pytest.raises(UnknownRate, match="GB is not known"):
        standard_rate("GB", on=TODAY)
    with pytest.raises(NotCovered):
        standard_rate("IE", on=date(2021, 8, 31))


def test_rates_on_which_the_sources_do_not_agree_wait_for_a_person() -> None:
    assert [(one.country, one.percent) for one in rates_to_confirm(TODAY)] == [("EE", 24), ("RO", 21)]
    assert rates_to_confirm(date(2024, 6, 1)) == ()


ADDRESS, BANK, IP = LocationKind.BILLING_ADDRESS, LocationKind.BANK, LocationKind.IP_ADDRESS


@pytest.mark.parametrize(
    ("items", "is_one_enough", "expected"),
    [
        ((), False, Proof.LACKING),
        (((ADDRESS, "SE"),), False, Proof.LACKING),
        (((ADDRESS, "SE"),), True, Proof.LACKING),  # the customer's own word is no third party's
        (((BANK, "SE"),), True, Proof.ENOUGH),
        (((BANK, "SE"),), False, Proof.LACKING),
        (((ADDRESS, "SE"), (BANK, "SE")), False, Proof.ENOUGH),
        (((BANK, "SE"), (BANK, "SE")), False, Proof.LACKING),
        (((ADDRESS, "SE"), (IP, "DE")), False, Proof.CONTRADICTORY),
        (((ADDRESS, "SE"), (IP, "DE")), True, Proof.CONTRADICTORY),
        (((ADDRESS, "SE"), (BANK, "SE"), (IP, "DE")), False, Proof.ENOUGH),
        (((ADDRESS, "SE"), (BANK, "SE"), (IP, "DE"), (LocationKind.SIM_CARD, "DE")), False, Proof.CONTRADICTORY),
    ],
)
def test_two_items_that_do_not_contradict_each_other_prove_where_a_consumer_lives(
    items: tuple[tuple[LocationKind, str], ...], is_one_enough: bool, expected: Proof
) -> None:
    noted = tuple(LocationItem(kind, country) for kind, country in items)
    assert proof_of("SE", noted, is_one_item_enough=is_one_enough) is expected


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("SE556677889901", "SE556677889901"),
        ("de 123 456 788", "DE123456788"),
        ("ATU12345675", "ATU12345675"),
        ("NL 123456782B01", "NL123456782B01"),
        ("GR123456783", "EL123456783"),
        ("EL123456783", "EL123456783"),
        ("DK13748136", "DK13748136"),
    ],
)
def test_a_vat_number_is_read_as_it_is_written_officially(written: str, text: str) -> None:
    read = read_vat_number(written)
    assert isinstance(read, VatNumber)
    assert read.text == text
    assert read.country == ("GR" if text.startswith("EL") else text[:2])


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("DE123456789", "wrong check digit"),
        ("DE12345678", "too long or too short"),
        ("XX12345678", "does not begin with the code of an EU country"),
        ("", "not begin"),
        ("GB123456789", "does not begin"),
        ("ATX12345675", "form"),
    ],
)
def test_a_number_that_cannot_be_one_is_told_why(written: str, told: str) -> None:
    read = read_vat_number(written)
    assert isinstance(read, Sentence)
    assert told in read.en


@pytest.mark.parametrize(
    ("checked_on", "expected"),
    [(None, True), (date(2026, 9, 2), False), (date(2026, 9, 1), True), (TODAY, False)],
)
def test_a_number_is_asked_about_before_its_first_use_and_after_three_months(
    checked_on: date | None, expected: bool
) -> None:
    assert must_ask_again(checked_on, today=TODAY) is expected


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("2026Q4", date(2026, 10, 1), date(2027, 1, 1)),
        ("2026q1", date(2026, 1, 1), date(2026, 4, 1)),
        ("2026H2", date(2026, 7, 1), date(2027, 1, 1)),
        ("2026-02", date(2026, 2, 1), date(2026, 3, 1)),
    ],
)
def test_a_vat_period_is_a_month_a_quarter_or_a_half_year(text: str, since: date, until: date) -> None:
    assert vat_period(text) == Period(since, until)


@pytest.mark.parametrize("text", ["", "2026", "2026Q5", "2026H3", "2026-13", "2026-00", "Q4", "1999Q1", "2026Q4x"])
def test_what_names_no_vat_period_is_refused(text: str) -> None:
    with pytest.raises(NotAVatPeriod, match="2026Q4"):
        vat_period(text)


@given(st.dates(date(2021, 1, 1), date(2099, 12, 31)))
def test_every_day_lies_in_its_quarter(day: date) -> None:
    quarter = vat_period(quarter_of(day))
    assert day in quarter
    assert is_quarter(quarter)
