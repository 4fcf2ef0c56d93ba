"""What does an invoice say: which lines at which price, which VAT, until when, and by which clauses?"""

from dataclasses import replace
from datetime import date

import pytest

from servanda.agreements.reading import library_of
from servanda.business.billing.decisions.invoices import invoice_due
from servanda.business.billing.decisions.reading import billing_terms_of
from servanda.business.billing.facts import BillableContract, BillableLine, InvoiceDraft
from servanda.business.catalogue.facts import ListedPlan, ListedPrice, ListedProduct, NotInCatalogue, PriceList
from servanda.ground.citation import requirements_of
from servanda.ground.law.vat import REVERSE_CHARGE, VatCategory, buyer_of, treatment_of
from servanda.ground.money import Money
from servanda.ground.periods import Period
from servanda.terms.clauses import CustomerKind

NOVEMBER_1, NOVEMBER_30 = date(2026, 11, 1), date(2026, 11, 30)
AT_HOME = buyer_of("DK", is_business=True)
GERMAN = buyer_of("DE", is_business=True, has_number=True)
DANISH = treatment_of(AT_HOME, on=NOVEMBER_30)


def plan(code: str, product: str, months: int, *prices: tuple[date, int]) -> ListedPlan:
    listed = ListedProduct(product, product, product, "package", True, "stk.", "unit")
    dated = tuple(ListedPrice(since, Money(minor), "plausible") for since, minor in prices)
    return ListedPlan(code, listed, f"{code} på dansk", f"{code} in English", months, dated)


PRICES = PriceList(
    1,
    {
        one.code: one
        for one in (
            plan("pc-monthly", "pc-security", 1, (date(2025, 1, 1), 135_00), (date(2027, 2, 1), 145_00)),
            plan("web-monthly", "web-security", 1, (date(2025, 1, 1), 850_00)),
            plan("m365-monthly", "m365-monthly", 1, (date(2025, 1, 1), 92_00)),
            plan("hosting-monthly", "webhosting", 1, (date(2025, 1, 1), 99_00)),
            plan("hosting-yearly", "webhosting", 12, (date(2025, 1, 1), 1_000_00)),
            plan("hour", "consulting", 0, (date(2025, 1, 1), 850_00)),
            plan("odd", "webhosting", 1, (date(2025, 1, 1), 33_33)),
        )
    },
)


def line(plan_code: str, *, line_id: int = 1, began_on: date = NOVEMBER_1, **changes: object) -> BillableLine:
    listed = PRICES.plan(plan_code)
    made = BillableLine(
        line_id=line_id,
        product=listed.product.code,
        plan=plan_code,
        description="",
        quantity=1,
        own_price=None,
        interval_months=listed.interval_months,
        began_on=began_on,
        until=None,
        billed_until=began_on,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def contract(*lines: BillableLine, **changes: object) -> BillableContract:
    made = BillableContract(
        contract_id=3,
        customer_id=5,
        customer_kind=CustomerKind.BUSINESS,
        terms_version="2025-01",
        language="da",
        email="birk@birk.example",
        buyer=AT_HOME,
        lines=lines,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def drafted(made: BillableContract, *, today: date = NOVEMBER_30) -> InvoiceDraft | None:
    library = library_of("safe-it")
    products = frozenset(line.product for line in made.lines)
    terms = billing_terms_of(library.version(library.versions[-1]), made.customer_kind, products, today)
    return invoice_due(made, PRICES, terms, today=today)


def draft(made: BillableContract, *, today: date = NOVEMBER_30) -> InvoiceDraft:
    found = drafted(made, today=today)
    assert found is not None
    return found


@pytest.mark.clause("safeit-006", "safeit-139", "safeit-140")
def test_a_month_of_the_pc_package_is_invoiced_on_its_last_working_day() -> None:
    made = contract(line("pc-monthly", quantity=4))
    assert drafted(made, today=date(2026, 11, 29)) is None
    found = draft(made)
    (only,) = found.lines
    assert (only.period, only.quantity, only.unit, only.net) == (
        Period(NOVEMBER_1, date(2026, 12, 1)),
        4,
        Money(135_00),
        Money(540_00),
    )
    assert (found.net, found.vat, found.total) == (Money(540_00), Money(135_00), Money(675_00))
    assert found.due_on == date(2026, 12, 7)
    assert {"safeit-006", "safeit-140"} <= set(requirements_of(found.because))
    assert DANISH.citation in found.because


@pytest.mark.clause("safeit-090", "safeit-139", "safeit-158", "safeit-159")
@pytest.mark.parametrize(
    ("plans", "due_on"),
    [
        (("pc-monthly", "m365-monthly"), date(2026, 12, 7)),
        (("pc-monthly", "web-monthly"), date(2026, 12, 7)),
        (("pc-monthly", "hosting-monthly"), date(2026, 12, 14)),
        (("hosting-monthly", "hour"), date(2026, 12, 14)),
    ],
)
def test_one_invoice_has_all_lines_that_are_due_and_one_due_day(plans: tuple[str, ...], due_on: date) -> None:
    found = draft(contract(*(line(code, line_id=number) for number, code in enumerate(plans))))
    assert [one.line_id for one in found.lines] == [0, 1]
    assert (found.due_on, found.is_term_agreed) == (due_on, True)


@pytest.mark.clause("safeit-039", "vicevaert-012")
def test_each_period_has_the_price_of_its_first_day() -> None:
    found = draft(contract(line("pc-monthly", began_on=date(2027, 1, 1))), today=date(2027, 2, 26))
    assert [(one.period, one.net) for one in found.lines] == [
        (Period(date(2027, 1, 1), date(2027, 2, 1)), Money(135_00)),
        (Period(date(2027, 2, 1), date(2027, 3, 1)), Money(145_00)),
    ]


@pytest.mark.clause("safeit-087", "safeit-196")
@pytest.mark.parametrize(
    ("plan_code", "last_day"), [("hosting-monthly", date(2026, 11, 30)), ("hosting-yearly", date(2027, 10, 31))]
)
def test_a_period_is_as_long_as_the_plan_says(plan_code: str, last_day: date) -> None:
    (only,) = draft(contract(line(plan_code))).lines
    assert only.period is not None
    assert only.period.last_day == last_day


def test_months_that_were_missed_come_as_lines_of_one_invoice() -> None:
    found = draft(contract(line("hosting-monthly", began_on=date(2026, 8, 1))))
    assert [one.period.since.month for one in found.lines if one.period] == [8, 9, 10, 11]
    assert found.net == Money(396_00)


@pytest.mark.clause("safeit-012", "compusoft-040", "vicevaert-126")
@pytest.mark.parametrize(
    ("plan_code", "quantity", "net", "vat", "total"),
    [
        ("hour", 1, 850_00, 212_50, 1_062_50),
        ("odd", 1, 33_33, 8_33, 41_66),
        ("odd", 3, 99_99, 25_00, 124_99),
    ],
)
def test_vat_comes_on_top_of_the_price(plan_code: str, quantity: int, net: int, vat: int, total: int) -> None:
    found = draft(contract(line(plan_code, quantity=quantity)))
    assert (found.net, found.vat, found.total) == (Money(net), Money(vat), Money(total))


def test_vat_is_rounded_once_on_the_sum_and_not_line_by_line() -> None:
    found = draft(contract(*(line("odd", line_id=number) for number in range(3))))
    assert [one.net for one in found.lines] == [Money(33_33)] * 3
    assert found.vat == Money(25_00)  # line by line it would be three times 8.33


def test_a_checked_business_elsewhere_in_the_eu_accounts_for_the_vat_itself() -> None:
    found = draft(contract(line("hosting-monthly"), buyer=GERMAN, language="en"))
    assert (found.vat, found.total) == (Money(0), Money(99_00))
    (group,) = found.groups
    assert group.category == VatCategory.REVERSE_CHARGE
    (note,) = {line.vat.note for line in found.lines}
    assert note is not None
    assert note.en.startswith("Reverse charge")
    assert REVERSE_CHARGE in found.because


def test_a_price_of_ones_own_stands_above_the_catalogue() -> None:
    assert draft(contract(line("hosting-monthly", own_price=Money(50_00)))).net == Money(50_00)


@pytest.mark.parametrize(
    ("language", "description", "printed"),
    [
        ("da", "birk.example", "hosting-monthly på dansk: birk.example"),
        ("en", "", "hosting-monthly in English"),
    ],
)
def test_a_line_is_described_in_the_customers_language(language: str, description: str, printed: str) -> None:
    (only,) = draft(contract(line("hosting-monthly", description=description), language=language)).lines
    assert only.description == printed


@pytest.mark.parametrize(
    "made",
    [
        contract(),
        contract(line("hosting-monthly", billed_until=date(2026, 12, 1))),
        contract(line("hosting-monthly", until=NOVEMBER_1)),
    ],
)
def test_where_nothing_is_due_there_is_no_invoice(made: BillableContract) -> None:
    assert drafted(made) is None


def test_a_period_before_the_first_price_is_refused_and_not_billed_for_nothing() -> None:
    with pytest.raises(NotInCatalogue, match="has no price on 2024-06-01"):
        drafted(contract(line("hosting-monthly", began_on=date(2024, 6, 1))))
