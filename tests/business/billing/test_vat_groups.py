"""VAT once per group on its sum, whose VAT it is, and how much of it comes back with credit notes."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.business.billing.decisions.vat import (
    NONE_ABROAD,
    after,
    buyer_from_json,
    buyer_to_json,
    groups_of,
    groups_to_credit,
    taxed,
    vat_by_account,
)
from servanda.business.billing.facts import DraftLine, InvoiceDraft, InvoiceLineFacts, SalesAbroad, VatGroup
from servanda.business.ledger.facts import Account
from servanda.ground.law.vat import VatBuyer, VatCategory, VatClass, VatTreatment, buyer_of, treatment_of
from servanda.ground.law.vat_location import LocationItem, LocationKind, Proof
from servanda.ground.law.vat_rates import UnknownRate
from servanda.ground.law.vat_words import VatBasis
from servanda.ground.money import Money, total_of
from servanda.terms.clauses import CustomerKind

TODAY = date(2026, 12, 1)
DANE = buyer_of("DK", is_business=True)
DEALER = replace(DANE, dealer_evidence="CVR-udskrift")
SWEDE, NORWEGIAN = buyer_of("SE", is_business=False), buyer_of("NO", is_business=False)
THRESHOLD = NONE_ABROAD.threshold


def line(minor: int, *, buyer: VatBuyer = DANE, sold: VatClass = VatClass.SERVICE, is_shop: bool = False) -> DraftLine:
    return DraftLine(
        line_id=None,
        product="webhosting",
        description="",
        quantity=1,
        unit=Money(minor),
        net=Money(minor),
        period=None,
        vat=treatment_of(buyer, sold=sold, on=TODAY, is_one_stop_shop=is_shop),
        sold=sold,
    )


def at_rate(minor: int, percent: str, country: str = "DK") -> DraftLine:
    made = VatTreatment(
        VatCategory.STANDARD, Decimal(percent) / 100, line(0).vat.citation, VatBasis.ONE_STOP_SHOP, country
    )
    return replace(line(minor), vat=made)


def draft(*lines: DraftLine, buyer: VatBuyer = SWEDE) -> InvoiceDraft:
    return InvoiceDraft(
        contract_id=1,
        customer_id=1,
        customer_kind=CustomerKind.CONSUMER,
        terms_version="2025-01",
        language="en",
        email="birk@birk.example",
        issued_on=TODAY,
        due_on=None,
        is_term_agreed=False,
        lines=lines,
        groups=groups_of(lines),
        buyer=buyer,
        because=(),
    )


def test_three_lines_of_33_33_have_25_00_of_vat() -> None:
    found = draft(*[line(33_33)] * 3)
    assert (found.net, found.vat, found.total) == (Money(99_99), Money(25_00), Money(124_99))


def test_hardware_under_reverse_charge_stands_beside_a_taxed_service() -> None:
    lines = (line(8_000_00, buyer=DEALER, sold=VatClass.LISTED_GOODS), line(500_00, buyer=DEALER))
    reverse_charged, taxed_group = groups_of(lines)
    assert (reverse_charged.category, reverse_charged.net, reverse_charged.vat) == ("AE", Money(8_000_00), Money(0))
    assert (taxed_group.category, taxed_group.percent, taxed_group.vat) == ("S", Decimal(25), Money(125_00))
    assert draft(*lines, buyer=DEALER).total == Money(8_625_00)


def test_what_is_outside_the_scope_stands_alone_or_is_written_as_exempt() -> None:
    service, goods = line(100_00, buyer=NORWEGIAN), line(50_00, buyer=NORWEGIAN, sold=VatClass.GOODS)
    (alone,) = taxed((service,), NORWEGIAN, NONE_ABROAD, on=TODAY)
    assert alone.vat.category is VatCategory.OUTSIDE_SCOPE
    beside, exported = taxed((service, goods), NORWEGIAN, NONE_ABROAD, on=TODAY)
    assert (beside.vat.category, beside.vat.basis) == (VatCategory.EXEMPT, VatBasis.OUTSIDE_EU)
    assert exported.vat.category is VatCategory.EXPORT


@pytest.mark.parametrize(
    ("abroad", "minor", "country"),
    [
        (NONE_ABROAD, 74_415_00, "DK"),
        (NONE_ABROAD, 74_415_01, "SE"),
        (replace(NONE_ABROAD, this_year=Money(74_000_00)), 415_00, "DK"),
        (replace(NONE_ABROAD, this_year=Money(74_000_00)), 415_01, "SE"),
        (replace(NONE_ABROAD, last_year=THRESHOLD), 1_00, "DK"),
        (replace(NONE_ABROAD, last_year=THRESHOLD + Money(1)), 1_00, "SE"),
        (replace(NONE_ABROAD, is_chosen=True), 1_00, "SE"),
        (replace(NONE_ABROAD, has_crossed=True), 1_00, "SE"),
    ],
)
def test_the_sale_that_crosses_the_threshold_is_the_first_with_the_vat_of_the_consumers_country(
    abroad: SalesAbroad, minor: int, country: str
) -> None:
    (only,) = taxed((line(minor, buyer=SWEDE),), SWEDE, abroad, on=TODAY)
    assert only.vat.country == country
    assert only.vat.basis is (VatBasis.ONE_STOP_SHOP if country == "SE" else VatBasis.BELOW_THRESHOLD)


def test_the_lines_of_an_invoice_cross_the_threshold_together() -> None:
    lines = tuple(line(40_000_00, buyer=SWEDE) for _ in range(2))
    assert {one.vat.country for one in taxed(lines, SWEDE, NONE_ABROAD, on=TODAY)} == {"SE"}


def test_sales_of_the_same_day_are_counted_one_after_the_other_and_a_crossing_lasts() -> None:
    abroad, countries = NONE_ABROAD, []
    for minor in (40_000_00, 34_415_00, 1, 1):
        lines = taxed((line(minor, buyer=SWEDE),), SWEDE, abroad, on=TODAY)
        abroad = after(abroad, draft(*lines))
        countries.append(lines[0].vat.country)
    assert countries == ["DK", "DK", "SE", "SE"]
    assert replace(abroad, this_year=Money(0)).is_one_stop_shop(Money(1))  # credited back, and still above


def test_sales_at_home_do_not_count() -> None:
    at_home = draft(line(100_000_00), buyer=DANE)
    assert after(NONE_ABROAD, at_home) == NONE_ABROAD


def test_a_country_whose_rate_is_not_known_is_refused_and_not_taxed_by_guess() -> None:
    with pytest.raises(UnknownRate):
        treatment_of(replace(SWEDE, country="GB"), on=date(2020, 6, 1), is_one_stop_shop=True)


def test_vat_of_other_countries_has_an_account_of_its_own() -> None:
    groups = groups_of((line(100_00), line(100_00, buyer=SWEDE, is_shop=True), at_rate(100_00, "19", "DE")))
    assert vat_by_account(groups) == {Account.VAT_OUT: Money(25_00), Account.VAT_OSS: Money(44_00)}


def test_what_was_known_of_a_buyer_comes_back_as_it_was_stored() -> None:
    item = LocationItem(LocationKind.BANK, "SE", "Prøvebank, 1. november 2026", TODAY)
    buyer = replace(SWEDE, location=(item,), location_proof=Proof.CONTRADICTORY, number_checked_on=TODAY)
    stored = msgspec.json.decode(msgspec.json.encode(buyer_to_json(buyer)))
    assert buyer_from_json(stored) == buyer
    assert buyer_from_json({}) is None


AMOUNTS = st.integers(0, 10**9)
LINES = st.lists(
    st.tuples(AMOUNTS, st.sampled_from([("25", "DK"), ("19", "DE"), ("25.5", "FI"), ("25", "SE"), ("0", "DK")])),
    min_size=1,
    max_size=12,
)


@given(LINES)
def test_the_groups_make_the_total_and_no_group_is_off_by_half_an_ore(lines: list[tuple[int, tuple[str, str]]]) -> None:
    made = tuple(at_rate(minor, percent, country) for minor, (percent, country) in lines)
    groups = groups_of(made)
    assert total_of(group.net for group in groups) == total_of(one.net for one in made)
    assert len({group.key for group in groups}) == len(groups)
    for group in groups:
        exact = Decimal(group.net.minor) * group.percent / 100
        assert exact - Decimal("0.5") < group.vat.minor <= exact + Decimal("0.5")


@given(LINES, st.data())
def test_crediting_in_any_number_of_parts_gives_back_exactly_the_vat_of_the_invoice(
    lines: list[tuple[int, tuple[str, str]]], data: st.DataObject
) -> None:
    charged = groups_of(at_rate(minor, percent, country) for minor, (percent, country) in lines)
    issued = tuple(_issued(place, minor, percent, country) for place, (minor, (percent, country)) in enumerate(lines))
    left = {one.position: one.net.minor for one in issued}
    credited: list[VatGroup] = []
    while any(left.values()):
        parts = []
        for one in issued:
            is_last = len(credited) > 40
            amount = left[one.position] if is_last else data.draw(st.integers(0, left[one.position]))
            if amount:
                parts.append((one, Money(amount)))
                left[one.position] -= amount
        note = groups_to_credit(charged, credited, parts)
        assert all(Money(0) <= group.vat for group in note)
        credited += note
        if not parts:
            left_over = [(one, Money(left[one.position])) for one in issued if left[one.position]]
            credited += groups_to_credit(charged, credited, left_over)
            break
    assert _totals(credited) == {group.key: (group.net, group.vat) for group in charged if group.net}


def _totals(groups: list[VatGroup]) -> dict[tuple[str, str, Decimal], tuple[Money, Money]]:
    found: dict[tuple[str, str, Decimal], tuple[Money, Money]] = {}
    for group in groups:
        net, vat = found.get(group.key, (Money(0), Money(0)))
        found[group.key] = (net + group.net, vat + group.vat)
    return found


def _issued(place: int, minor: int, percent: str, country: str) -> InvoiceLineFacts:
    return InvoiceLineFacts(
        position=place,
        line_id=None,
        product="webhosting",
        description="",
        quantity=1,
        unit=Money(minor),
        net=Money(minor),
        vat_category="S",
        vat_percent=Decimal(percent),
        since=None,
        until=None,
        credited_by=None,
        vat_country=country,
        vat_basis="one stop shop",
    )
