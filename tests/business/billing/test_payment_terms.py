"""Until when must an invoice be paid, and by which clause?"""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.agreements import PROVIDERS
from servanda.agreements.reading import library_of
from servanda.business.billing.decisions.payment import due_on, term_for
from servanda.business.billing.decisions.reading import billing_terms_of
from servanda.business.billing.decisions.terms import AT_PERIOD_START, BillingTerms, RuledTerm
from servanda.ground.calendar import is_bank_day
from servanda.ground.citation import Citation, requirements_of
from servanda.terms.clauses import CustomerKind, PaymentTerm

BUSINESS = CustomerKind.BUSINESS
ISSUED = date(2026, 11, 30)


def ruled(days: int, counted_from: str = "invoice date", *, clause: str = "1", is_house: bool = False) -> RuledTerm:
    rule = PaymentTerm(days=days, counted_from="receipt" if counted_from == "receipt" else "invoice date")
    return RuledTerm(rule, (Citation("birk", clause),), is_house)


def real(provider: str, *products: str) -> BillingTerms:
    library = library_of(provider)
    return billing_terms_of(library.version(library.versions[-1]), BUSINESS, frozenset(products), ISSUED)


@pytest.mark.clause("safeit-005", "safeit-090", "safeit-140", "safeit-159", "compusoft-038", "vicevaert-113")
@pytest.mark.parametrize(
    ("provider", "products", "received_on", "on", "requirement"),
    [
        ("safe-it", ("webhosting",), ISSUED, date(2026, 12, 14), "safeit-005"),
        ("safe-it", ("consulting",), date(2026, 12, 3), date(2026, 12, 14), "safeit-005"),
        ("safe-it", ("m365-monthly",), ISSUED, date(2026, 12, 7), "safeit-090"),
        ("safe-it", ("m365-yearly",), date(2026, 12, 2), date(2026, 12, 9), "safeit-090"),
        ("safe-it", ("pc-security",), ISSUED, date(2026, 12, 7), "safeit-140"),
        ("safe-it", ("web-security",), ISSUED, date(2026, 12, 7), "safeit-159"),
        ("safe-it", ("m365-monthly", "m365-yearly"), ISSUED, date(2026, 12, 7), "safeit-090"),
        ("safe-it", ("m365-monthly", "pc-security"), ISSUED, date(2026, 12, 7), "safeit-140"),
        ("safe-it", ("pc-security", "web-security", "m365-yearly"), ISSUED, date(2026, 12, 7), "safeit-159"),
        ("safe-it", ("m365-monthly", "webhosting"), ISSUED, date(2026, 12, 14), "safeit-005"),
        ("safe-it", ("pc-security", "hardware"), ISSUED, date(2026, 12, 14), "safeit-005"),
        ("compusoft", ("hosting",), ISSUED, date(2026, 12, 8), "compusoft-038"),
        ("vicevaert", ("subscription",), ISSUED, date(2026, 12, 8), "vicevaert-113"),
        ("vicevaert", ("subscription", "hardware"), ISSUED, date(2026, 12, 8), "vicevaert-113"),
        ("simsoft", ("webhotel", "domain"), ISSUED, date(2026, 12, 14), "simsoft-041"),
    ],
)
def test_an_invoice_falls_due_by_the_clause_for_all_that_is_on_it(
    provider: str, products: tuple[str, ...], received_on: date, on: date, requirement: str
) -> None:
    term = term_for(products, real(provider, *products))
    assert term is not None
    assert due_on(term, issued_on=ISSUED, received_on=received_on) == on
    assert requirement in requirements_of(term.because)
    assert term.is_house is (provider == "simsoft")


@pytest.mark.clause("servicepoint-001")
def test_terms_without_a_payment_term_give_no_due_day() -> None:
    assert term_for(("cloudnet",), real("servicepoint", "cloudnet")) is None


FOURTEEN, SEVEN, SEVEN_TOO, EIGHT = (
    ruled(14),
    ruled(7, "receipt", clause="2"),
    ruled(7, "receipt", clause="3"),
    ruled(8, clause="4"),
)


@pytest.mark.parametrize(
    ("story", "payment", "products", "expected"),
    [
        ("one product's own term", {"": FOURTEEN, "a": SEVEN}, ("a",), SEVEN),
        ("a product without one has the general term", {"": FOURTEEN, "a": SEVEN}, ("b",), FOURTEEN),
        ("a mixed invoice has the general term", {"": FOURTEEN, "a": SEVEN}, ("a", "b"), FOURTEEN),
        ("two terms that differ too", {"": FOURTEEN, "a": SEVEN, "b": EIGHT}, ("a", "b"), FOURTEEN),
        ("without a general one the longest holds", {"a": SEVEN, "b": EIGHT}, ("a", "b"), EIGHT),
        ("and where one product has none", {"a": SEVEN}, ("a", "b"), SEVEN),
        ("nothing at all", {}, ("a",), None),
        ("an invoice without products", {"": FOURTEEN}, (), FOURTEEN),
    ],
)
def test_a_mixed_invoice_has_the_general_term(
    story: str, payment: dict[str, RuledTerm], products: tuple[str, ...], expected: RuledTerm | None
) -> None:
    assert term_for(products, BillingTerms(payment=payment)) == expected, story


def test_the_same_term_from_two_clauses_holds_and_cites_both() -> None:
    terms = BillingTerms(payment={"": FOURTEEN, "a": SEVEN, "b": SEVEN_TOO})
    term = term_for(("a", "b"), terms)
    assert term is not None
    assert (term.rule.days, term.because) == (7, (Citation("birk", "2"), Citation("birk", "3")))


def test_a_term_that_the_house_chose_in_part_is_not_an_agreed_one() -> None:
    terms = BillingTerms(payment={"a": ruled(7), "b": ruled(7, clause="H1", is_house=True)})
    term = term_for(("a", "b"), terms)
    assert term is not None
    assert term.is_house


@given(
    days=st.integers(1, 60),
    issued_on=st.dates(date(2024, 1, 1), date(2030, 1, 1)),
    transit=st.integers(0, 10),
    counted_from=st.sampled_from(["receipt", "invoice date"]),
)
def test_a_due_day_is_a_bank_day_and_never_before_the_terms_days_are_over(
    days: int, issued_on: date, transit: int, counted_from: str
) -> None:
    received_on = issued_on + timedelta(days=transit)
    on = due_on(ruled(days, counted_from), issued_on=issued_on, received_on=received_on)
    first = (received_on if counted_from == "receipt" else issued_on) + timedelta(days=days)
    assert is_bank_day(on)
    assert first <= on <= first + timedelta(days=6)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_product_is_invoiced_by_a_rule_or_at_the_start_of_its_period(provider: str) -> None:
    terms = real(provider)
    assert (terms.run_for("no-such-product") == AT_PERIOD_START) is (provider in ("servicepoint", "vicevaert"))
