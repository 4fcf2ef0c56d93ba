"""What is a bank entry for? A table of what payers write, and what becomes of it."""

import pytest

from servanda.business.billing.decisions.matching import invoice_numbers_in, match, part_of
from servanda.business.billing.facts import IncomingEntry, OpenItem
from servanda.ground.law.companies import fik_reference
from servanda.ground.money import Money

ALMA, BIRK = 7, 8
OWED = Money(1_250_00)
FEE = Money(100_00)
NOTHING = Money(0)
BY_REFERENCE, BY_NUMBER, BY_NUMBERS = "payment reference", "invoice number and amount", "invoice numbers and amount"
NOT_KNOWN = "no payment reference and no number of an open invoice"
OTHER_AMOUNT = "the amount is not what is open on the invoice that it names"


def item(number: int, customer_id: int, *, principal: Money = OWED, charges: Money = NOTHING) -> OpenItem:
    return OpenItem(number, number, fik_reference(number), customer_id, principal, charges)


ITEMS = (item(1001, ALMA), item(1002, ALMA, principal=Money(500_00)), item(1003, BIRK), item(1004, BIRK, charges=FEE))
FIK_1001, FIK_1004 = fik_reference(1001), fik_reference(1004)
WRONG_DIGIT = FIK_1001[:-1] + str((int(FIK_1001[-1]) + 1) % 10)


@pytest.mark.parametrize(
    ("told", "amount", "reference", "text", "rule", "given", "rest"),
    [
        ("the reference and the amount", OWED, FIK_1001, "", BY_REFERENCE, {1001: (0, 1_250_00)}, 0),
        ("one øre short", OWED - Money(1), FIK_1001, "", BY_REFERENCE, {1001: (0, 1_249_99)}, 0),
        ("one øre over", OWED + Money(1), FIK_1001, "", BY_REFERENCE, {1001: (0, 1_250_00)}, 1),
        ("a part", Money(200_00), FIK_1001, "", BY_REFERENCE, {1001: (0, 200_00)}, 0),
        ("twice the amount", OWED * 2, FIK_1001, "", BY_REFERENCE, {1001: (0, 1_250_00)}, 1_250_00),
        ("the reference wins over the text", OWED, FIK_1001, "faktura 1003", BY_REFERENCE, {1001: (0, 1_250_00)}, 0),
        ("principal and charges", OWED + FEE, FIK_1004, "", BY_REFERENCE, {1004: (100_00, 1_250_00)}, 0),
        ("exactly the principal", OWED, FIK_1004, "", BY_REFERENCE, {1004: (0, 1_250_00)}, 0),
        ("charges come first of a part", Money(150_00), FIK_1004, "", BY_REFERENCE, {1004: (100_00, 50_00)}, 0),
        ("a number and the amount", OWED, "", "Faktura 1001", BY_NUMBER, {1001: (0, 1_250_00)}, 0),
        ("a number as reference", OWED, "1001", "", BY_NUMBER, {1001: (0, 1_250_00)}, 0),
        ("a number with zeros before it", OWED, "", "Fakt.nr 0001001", BY_NUMBER, {1001: (0, 1_250_00)}, 0),
        ("a number after a letter", OWED, "", "F-1001 tak", BY_NUMBER, {1001: (0, 1_250_00)}, 0),
        ("a number, with the charges", OWED + FEE, "", "1004", BY_NUMBER, {1004: (100_00, 1_250_00)}, 0),
        (
            "two invoices of one customer",
            Money(1_750_00),
            "",
            "1001 og 1002",
            BY_NUMBERS,
            {1001: (0, 1_250_00), 1002: (0, 500_00)},
            0,
        ),
        ("a wrong digit, and the number", OWED, WRONG_DIGIT, "1001", BY_NUMBER, {1001: (0, 1_250_00)}, 0),
        ("a wrong digit alone", OWED, WRONG_DIGIT, "", "the reference fails its check digit", None, 1_250_00),
        ("nothing", OWED, "", "", NOT_KNOWN, None, 1_250_00),
        ("a greeting", OWED, "", "Tak for sidst", NOT_KNOWN, None, 1_250_00),
        ("a number and another amount", Money(900_00), "", "1001", OTHER_AMOUNT, None, 900_00),
        ("a number, one øre short", OWED - Money(1), "", "1001", OTHER_AMOUNT, None, 1_249_99),
        ("two invoices and the amount of one", OWED, "", "1001 1002", OTHER_AMOUNT, None, 1_250_00),
        (
            "invoices of two customers",
            OWED * 2,
            "",
            "1001 1003",
            "it names invoices of several customers",
            None,
            2_500_00,
        ),
        ("a longer number that holds it", OWED, "", "21001", NOT_KNOWN, None, 1_250_00),
        ("a customer's number", OWED, "", "Kundenr. 1001", NOT_KNOWN, None, 1_250_00),
        ("a day", OWED, "", "1001-11-30", NOT_KNOWN, None, 1_250_00),
        ("an amount", OWED, "", "beløb 1001,00 kr", NOT_KNOWN, None, 1_250_00),
        ("an amount in thousands", OWED, "", "2.1001,00", NOT_KNOWN, None, 1_250_00),
    ],
)
def test_what_a_payer_tells_decides_where_the_money_goes(
    told: str,
    amount: Money,
    reference: str,
    text: str,
    rule: str,
    given: dict[int, tuple[int, int]] | None,
    rest: int,
) -> None:
    found = match(IncomingEntry(amount, reference, text), ITEMS)
    parts = {part.invoice_id: (part.to_charges.minor, part.to_principal.minor) for part in found.parts}
    assert (found.rule, parts, found.rest.minor) == (rule, given or {}, rest)
    assert (found.customer_id is None) == (given is None)


@pytest.mark.parametrize(
    ("paid_before_for", "rule"),
    [
        (frozenset[int](), BY_NUMBER),
        (frozenset({ALMA}), BY_NUMBER),
        (frozenset({ALMA, BIRK}), BY_NUMBER),
        (frozenset({BIRK}), "it names an invoice of another customer than this account has paid for before"),
    ],
)
def test_a_number_is_doubted_when_the_account_has_paid_for_somebody_else(
    paid_before_for: frozenset[int], rule: str
) -> None:
    assert match(IncomingEntry(OWED, "", "Faktura 1001", paid_before_for), ITEMS).rule == rule


def test_the_reference_is_not_doubted_whoever_pays() -> None:
    found = match(IncomingEntry(OWED, FIK_1001, "", frozenset({BIRK})), ITEMS)
    assert (found.rule, found.customer_id) == (BY_REFERENCE, ALMA)


def test_the_reference_of_a_settled_invoice_makes_it_the_customers_credit() -> None:
    found = match(IncomingEntry(OWED, FIK_1001, ""), (item(1001, ALMA, principal=NOTHING),))
    assert (found.parts, found.rest, found.customer_id) == ((), OWED, ALMA)


def test_an_invoice_in_another_currency_is_not_what_it_is_for() -> None:
    found = match(IncomingEntry(Money(1_250_00, "EUR"), FIK_1001, "1001"), ITEMS)
    assert (found.rule, found.customer_id) == (NOT_KNOWN, None)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Faktura 1001, 1002 og 1003", (1001, 1002, 1003)),
        ("1001\n1001", (1001,)),
        ("regning 1001.", (1001,)),
        ("se faktura 1001", (1001,)),
        ("tlf. 87 65 43 21 faktura 1001", (1001,)),
        ("kunde nr 1003 faktura 1001", (1001,)),
        ("cvr 13748136", ()),
        ("konto 0040-0440116243", ()),
        ("30.11.2026", ()),
        ("12.500,00", ()),
        ("1,250.00", ()),
        ("99", ()),
        ("1234567890123", ()),
    ],
)
def test_only_what_can_be_the_number_of_an_invoice_is_read_as_one(text: str, numbers: tuple[int, ...]) -> None:
    assert invoice_numbers_in(IncomingEntry(OWED, "", text)) == numbers


@pytest.mark.parametrize("amount", [1, 99_99, 100_00, 100_01, 1_250_00, 1_349_99, 1_350_00, 2_000_00])
def test_what_is_given_never_exceeds_the_amount_or_what_is_open(amount: int) -> None:
    part = part_of(item(1004, BIRK, charges=FEE), Money(amount))
    assert NOTHING <= part.to_charges <= FEE
    assert NOTHING <= part.to_principal <= OWED
    assert part.to_charges + part.to_principal == min(Money(amount), OWED + FEE)
