"""Catalogue and company are read with their mistakes named by line."""

import pytest

from servanda.ground.money import Money
from servanda.terms.catalogue import read_catalogue, read_company

CATALOGUE = """provider = "birk"

[[product]]
code = "web"
name_da = "Webhotel"
name_en = "Web hosting"
kind = "hosting"
is_service = true
unit_da = "stk."
unit_en = "each"

[[product.plan]]
code = "web-monthly"
name_da = "Webhotel, pr. måned"
name_en = "Web hosting, per month"
interval_months = 1

[[product.plan.price]]
since = 2025-01-01
amount = "135.00"
source = "birk-001"
"""
# 10000009 passes modulus 11, as 1·2 + 9·1 = 11.
COMPANY = """slug = "birk"
name = "Birks Bits"
legal_name = "Birks Bits ApS"
cvr = "10000009"
address_lines = ["Prøvevej 1", "0000 Prøveby"]
email = "faktura@birk.example"
phone = "+45 00 00 00 00"
web = "birk.example"
bank_registration = "1234"
bank_account = "0001234567"
iban = "DK0812340001234567"
fik_creditor = "80000000"
colour = "#1a2b3c"
language = "da"
fiscal_year_starts_month = 1
"""


def test_a_sound_catalogue_is_read() -> None:
    catalogue = read_catalogue(CATALOGUE, file="catalogue.toml").value
    assert catalogue is not None
    assert catalogue.codes == {"web"}
    assert catalogue.product[0].plan[0].price[0].money == Money(135_00)


@pytest.mark.parametrize(
    ("written", "instead", "line", "message"),
    [
        ('kind = "hosting"', 'kind = "hostin"', 7, "hostin"),
        ("is_service", "is_servce", 8, "unknown field is_servce"),
        ('unit_en = "each"\n', "", 3, "missing required field unit_en"),
        ('"135.00"', '"135,00"', 20, "not an amount"),
        ('"135.00"', '"-1.00"', 20, "less than nothing"),
        ("interval_months = 1", "interval_months = 99", 16, "out of bounds"),
        ('"birk-001"', '"guess"', 21, "no source"),
        ('code = "web"', 'code = "Web"', 4, "is no code"),
        ("2025-01-01", "2025-02-30", 19, "does not exist"),
    ],
)
def test_a_mistake_in_the_catalogue_is_named(written: str, instead: str, line: int, message: str) -> None:
    read = read_catalogue(CATALOGUE.replace(written, instead, 1), file="catalogue.toml")
    assert read.value is None
    assert message in read.problems[0].message
    assert read.problems[0].line == line


def test_codes_are_used_once() -> None:
    twice = CATALOGUE + CATALOGUE.split("\n", 1)[1]
    messages = [problem.message for problem in read_catalogue(twice, file="c").problems]
    assert messages == [
        'The code "web" is used twice: see line 4.',
        'The code "web-monthly" is used twice: see line 13.',
    ]


def test_prices_stand_in_the_order_of_their_days() -> None:
    earlier = '\n[[product.plan.price]]\nsince = 2024-01-01\namount = "1.00"\nsource = "plausible"\n'
    (problem,) = read_catalogue(CATALOGUE + earlier, file="c").problems
    assert "order of their days" in problem.message


def test_a_sound_company_is_read() -> None:
    read = read_company(COMPANY, file="company.toml")
    assert read.problems == ()
    assert read.value is not None
    assert read.value.legal_name == "Birks Bits ApS"


@pytest.mark.parametrize(
    ("written", "instead", "line", "message"),
    [
        ('"10000009"', '"10000008"', 4, "fails its check"),
        ('"10000009"', '"1000"', 4, "cannot stand here"),
        ('"DK0812340001234567"', '"DK8812340001234567"', 11, "does not fit the account"),
        ('"80000000"', '"70000000"', 12, "cannot stand here"),
        ("#1a2b3c", "blue", 13, "cannot stand here"),
        ("month = 1", "month = 13", 15, "no such month"),
        ('["Prøvevej 1", "0000 Prøveby"]', "[]", 5, "no address"),
        ('language = "da"', 'language = "sv"', 14, "sv"),
    ],
)
def test_a_mistake_in_the_company_is_named(written: str, instead: str, line: int, message: str) -> None:
    read = read_company(COMPANY.replace(written, instead), file="company.toml")
    assert read.value is None
    assert message in read.problems[0].message
    assert read.problems[0].line == line
