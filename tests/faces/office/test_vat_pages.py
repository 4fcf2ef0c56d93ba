"""VAT in the office: a period's tables and files, why an invoice is taxed as it is, and what staff note about a customer."""

import csv
import io
import re
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.test import Client

from servanda.business.billing.queries import invoice_numbered
from servanda.business.billing.queries.vat import sales_abroad
from servanda.business.billing.queries.vat_reports import vat_report_of
from servanda.business.companies.facts import CompanyFacts
from servanda.business.customers.models import Customer
from servanda.business.customers.queries import customer, customer_numbered
from servanda.business.customers.queries.vat import is_number_wished, moves_of, vat_of_customers
from servanda.ground.law.vat_location import LocationKind
from servanda.ground.law.vat_periods import vat_period

COMPANY = "/c/safe-it/"
FORM = {"kind": "bank", "country": "SE", "source": "x", "since": "2026-10-20", "reason": "x", "evidence": "x"}
QUARTER = "vat/?period=2026Q3"


def page(browser: Client, address: str, language: str = "da") -> str:
    browser.cookies["django_language"] = language
    answer = browser.get(f"{COMPANY}{address}")
    assert answer.status_code == 200
    return answer.content.decode()


def told(browser: Client, address: str, **fields: object) -> str:
    answer = browser.post(f"{COMPANY}{address}", fields, follow=True)
    assert answer.status_code == 200
    found = re.search(r'<p class="notice[^"]*">(.*?)</p>', answer.content.decode(), re.DOTALL)
    assert found is not None
    return found[1]


def carla(here: CompanyFacts) -> int:
    """Customer 1004, a consumer, who is made to live in Sweden from the beginning."""
    customer_id = customer_numbered(here.company_id, "1004").customer_id
    Customer.objects.filter(pk=customer_id).update(country="SE")
    return customer_id


def test_the_page_of_a_quarter_shows_the_return_and_that_it_ties_to_the_books(eva: Client, here: CompanyFacts) -> None:
    report = vat_report_of(here.company_id, vat_period("2026Q3"))
    assert report.boxes.sales_vat.minor > 0
    assert report.is_tied
    text = page(eva, QUARTER)
    amount = f"{report.boxes.sales_vat.decimal:,.2f}".translate(str.maketrans(",.", ".,"))
    assert text.count(amount) == 3  # in the return, and on both sides of the tie
    assert "stemmer ikke" not in text
    assert f"{report.boxes.sales_vat.decimal:,.2f}" in page(eva, QUARTER, "en")


@pytest.mark.parametrize(
    ("asked", "told_why"),
    [
        ("period=2026Q9", "ingen momsperiode"),
        ("period=%3Cb%3E", "ingen momsperiode"),
        ("rate=dyrt", "ingen kurs på euroen"),
    ],
)
def test_what_cannot_be_read_is_told_and_not_guessed(eva: Client, asked: str, told_why: str) -> None:
    assert told_why in page(eva, f"vat/?{asked}")


def test_a_workbook_has_all_tables_with_amounts_as_numbers(eva: Client, here: CompanyFacts) -> None:
    answer = eva.get(f"{COMPANY}vat/file/?period=2026Q3&form=xlsx&rate=7,46")
    assert "safe-it-2026Q3-vat.xlsx" in answer["Content-Disposition"]
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert len(book.worksheets) == 5
    report = vat_report_of(here.company_id, vat_period("2026Q3"))
    assert book.worksheets[0].cell(2, 2).value == float(report.boxes.sales_vat.decimal)


def test_each_table_is_given_as_csv_too(eva: Client, here: CompanyFacts) -> None:
    answer = eva.get(f"{COMPANY}vat/file/?period=2026Q3&form=csv&table=tie")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 4
    assert {Decimal(row[3].replace(",", ".")) for row in rows[1:]} == {0}


@pytest.mark.parametrize(
    "asked", ["period=2026Q9&form=xlsx", "period=2026Q3&form=pdf", "period=2026Q3&form=csv&table=../tie", "form=xlsx"]
)
def test_a_file_that_there_is_not_is_not_found(eva: Client, asked: str) -> None:
    assert eva.get(f"{COMPANY}vat/file/?{asked}").status_code == 404


def test_an_invoice_says_why_it_is_taxed_as_it_is(eva: Client, here: CompanyFacts) -> None:
    invoice = invoice_numbered(here.company_id, 1002)
    assert invoice is not None
    assert [(part.category, part.percent) for part in invoice.breakdown] == [("S", 25)]
    text = page(eva, "invoices/1002/")
    assert "Hvorfor denne moms" in text
    assert "Kunden er i Danmark, og salget er momspligtigt her." in text
    assert "Momsloven § 33" in text
    assert "Moms 25 %" in text
    assert "The customer is in Denmark" in page(eva, "invoices/1002/", "en")


def test_evidence_of_where_a_consumer_lives_is_noted_with_its_source(eva: Client, here: CompanyFacts) -> None:
    customer_id = carla(here)
    fields = {"kind": "bank", "country": "se", "source": "Kortets udsteder ved betaling"}
    assert "noteret" in told(eva, "customers/1004/vat/location/", **fields)
    assert here.clock_on is not None
    known = vat_of_customers([customer_id], on=here.clock_on)[customer_id]
    assert [(item.kind, item.country) for item in known.location] == [
        (LocationKind.BANK, "SE"),
        (LocationKind.BILLING_ADDRESS, "SE"),
    ]
    text = page(eva, "customers/1004/")
    assert "Landet er dokumenteret" in text
    assert "Kortets udsteder ved betaling" in text


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "gossip", "country": "SE", "source": "x"},
        {"kind": "billing address", "country": "SE", "source": "x"},
        {"kind": "bank", "country": "Sverige", "source": "x"},
        {"kind": "bank", "country": "1", "source": "x"},
        {"kind": "bank", "country": "SE", "source": " "},
    ],
)
def test_evidence_that_is_none_is_refused_in_words(eva: Client, here: CompanyFacts, fields: dict[str, str]) -> None:
    customer_id = carla(here)
    before = vat_of_customers([customer_id], on=date(2026, 12, 1))[customer_id].location
    assert told(eva, "customers/1004/vat/location/", **fields)
    assert vat_of_customers([customer_id], on=date(2026, 12, 1))[customer_id].location == before


def test_a_consumer_abroad_without_evidence_stands_on_the_page_of_today(eva: Client, here: CompanyFacts) -> None:
    carla(here)
    assert "skal ses efter" not in page(eva, "")
    assert "Valget er noteret" in told(
        eva, "vat/one-stop-shop/", choice="in", since=str(here.clock_on), reason="Vi sælger i Sverige"
    )
    assert sales_abroad(here.company_id, today=here.clock_on or date.min).is_chosen
    text = page(eva, "")
    assert "Momsen for 1 kunde skal ses efter" in text
    assert "mangler to oplysninger" in text


def test_the_one_stop_shop_is_not_chosen_for_a_day_that_has_passed(eva: Client, here: CompanyFacts) -> None:
    assert "er passeret" in told(eva, "vat/one-stop-shop/", choice="in", since="2026-01-01", reason="x")
    assert not sales_abroad(here.company_id, today=date(2027, 1, 1)).is_chosen


def test_a_move_is_noted_from_its_day(eva: Client, here: CompanyFacts) -> None:
    customer_id = customer_numbered(here.company_id, "1004").customer_id
    fields = {"country": "SE", "since": "2026-10-20", "reason": "Brev fra kunden", "city": "Provköping"}
    assert "Flytningen er noteret" in told(eva, "customers/1004/vat/move/", **fields)
    assert [(move.country, move.since) for move in moves_of(customer_id)] == [("SE", date(2026, 10, 20))]
    assert customer(customer_id).country == "DK"  # until then
    assert "Fra DK til SE" in page(eva, "customers/1004/")
    assert "allerede noteret" in told(eva, "customers/1004/vat/move/", **fields)


def test_a_vat_number_is_written_down_and_waits_to_be_checked(eva: Client, here: CompanyFacts) -> None:
    customer_id = customer_numbered(here.company_id, "1001").customer_id
    Customer.objects.filter(pk=customer_id).update(country="SE")
    told(eva, "customers/1001/vat/number/", vat_number="se 556677-8899 01")
    assert customer(customer_id).details.vat_number == "SE556677889901"
    assert is_number_wished(customer_id)
    assert "bliver spurgt om momsnummeret" in page(eva, "customers/1001/")
    assert "kan ikke være rigtigt" in told(eva, "customers/1001/vat/number/", vat_number="SE556677889902")
    assert customer(customer_id).details.vat_number == "SE556677889901"


def test_a_number_check_is_asked_for_by_a_button(eva: Client, here: CompanyFacts) -> None:
    customer_id = customer_numbered(here.company_id, "1001").customer_id
    assert "intet momsnummer" in told(eva, "customers/1001/vat/check/")
    Customer.objects.filter(pk=customer_id).update(country="SE", vat_number="SE556677889901")
    told(eva, "customers/1001/vat/check/")
    assert is_number_wished(customer_id)


def test_a_registered_dealer_is_noted_with_what_shows_it(eva: Client, here: CompanyFacts) -> None:
    customer_id = customer_numbered(here.company_id, "1001").customer_id
    assert "CVR-nummer" in told(eva, "customers/1001/vat/dealer/", evidence="Udskrift")
    Customer.objects.filter(pk=customer_id).update(cvr="13748136")
    told(eva, "customers/1001/vat/dealer/", evidence="Udskrift af CVR, 1. oktober 2026")
    assert "Udskrift af CVR, 1. oktober 2026" in page(eva, "customers/1001/")


@pytest.mark.parametrize("act", ["check", "number", "location", "move", "dealer"])
def test_a_customer_of_another_company_is_not_found(eva: Client, act: str) -> None:
    assert eva.post(f"/c/vicevaert/customers/1001/vat/{act}/", FORM).status_code == 404
