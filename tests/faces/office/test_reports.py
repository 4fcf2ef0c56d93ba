"""The pages of reports: every one opens in both languages, says the figures of the rows, and leads to them."""

import csv
import io
import re
from html import unescape
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from servanda.business.companies.facts import CompanyFacts
from servanda.faces.office.showing.reports.registry import REPORTS
from servanda.ground.money import Money, money_text
from tests.faces.office import office_world

SVG = re.compile(r"<svg viewBox[^>]*role=\"img\".*?</svg>", re.DOTALL)
LINK = re.compile(r'href="(/c/[^"]*/reports/rows/[^"]*)"')
QUERIES_MAX = 12  # of a report itself, beside those of the frame of every page


def address(company: CompanyFacts, name: str = "", **query: str) -> str:
    place = (
        reverse("office:report", args=[company.slug, name]) if name else reverse("office:reports", args=[company.slug])
    )
    return place + ("?" + "&".join(f"{key}={value}" for key, value in query.items()) if query else "")


def page(browser: Client, place: str, language: str = "en") -> str:
    answer = browser.get(place, headers={"accept-language": language})
    assert answer.status_code == 200, place
    return answer.content.decode()


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("name", ["", *REPORTS])
def test_every_report_opens_in_both_languages(eva: Client, here: CompanyFacts, name: str, language: str) -> None:
    shown = page(eva, address(here, name), language)
    assert f'<html lang="{language}"' in shown
    for drawing in SVG.findall(shown):
        root = ElementTree.fromstring(drawing)
        assert (root.findtext("title") or "").strip()
        assert (root.findtext("desc") or "").strip() or not root.findall("rect[@class]")
        assert all(float(bar.attrib["height"]) > 0 for bar in root.iter("rect") if "bar" in bar.get("class", ""))


@pytest.mark.parametrize("stretch", ["this-month", "last-month", "this-quarter", "financial-year", "last-12-months"])
@pytest.mark.parametrize("name", [name for name, report in REPORTS.items() if report.has_days])
def test_every_stretch_opens(eva: Client, here: CompanyFacts, name: str, stretch: str) -> None:
    page(eva, address(here, name, stretch=stretch))


def test_books_and_reports_stand_beside_each_other(eva: Client, here: CompanyFacts) -> None:
    shown = page(eva, address(here))
    assert reverse("office:books", args=[here.slug]) in shown
    assert shown.count('aria-current="page"') == 2  # the tab, and the way within it


@pytest.mark.parametrize("name", REPORTS)
def test_every_figure_leads_to_rows_that_add_up_to_it(eva: Client, here: CompanyFacts, name: str) -> None:
    shown = page(eva, address(here, name))
    links = dict.fromkeys(
        (unescape(place), unescape(text).replace("\u00a0", " "))
        for place, text in re.findall(r'<a href="(/c/[^"]*/reports/rows/[^"]*)">([^<]*)</a>', shown)
    )
    for place, text in links:
        rows = page(eva, place)
        if text.startswith("DKK"):
            assert text in unescape(rows).replace("\u00a0", " "), (place, text)


def test_arrears_show_the_same_as_the_list_of_customers(eva: Client, here: CompanyFacts) -> None:
    from servanda.business.billing.queries import open_totals_by_customer
    from servanda.ground.money import total_of

    totals = open_totals_by_customer(here.company_id, today=here.clock_on)  # type: ignore[arg-type]
    owed = total_of(one.open for one in totals.values())
    shown = page(eva, address(here, "arrears")).replace("\u00a0", " ")
    assert owed
    assert money_text(owed, "en") in shown
    assert "Differs" not in shown


@pytest.mark.parametrize("name", ["revenue", "arrears", "vat"])
@pytest.mark.parametrize("basis", ["issued", "accrued"])
def test_reports_agree_with_the_books(eva: Client, here: CompanyFacts, name: str, basis: str) -> None:
    shown = page(eva, address(here, name, basis=basis))
    assert "Agrees" in shown
    assert "Differs" not in shown


def test_a_hostile_name_is_only_text(eva: Client, here: CompanyFacts) -> None:
    for name in REPORTS:
        assert office_world.HOSTILE not in page(eva, address(here, name))


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"since": "2026-02-30", "until": "2026-03-01"}, "not a date that exists"),
        ({"since": "2026-03-02", "until": "2026-03-01"}, "Give the earlier day first"),
        ({"since": "1990-01-01", "until": "2026-03-01"}, "more than 5 years"),
        ({"since": "2026-03-01"}, "is not a date"),
        ({"stretch": "soon"}, "There is no stretch"),
    ],
)
def test_days_that_make_no_stretch_are_told(eva: Client, here: CompanyFacts, query: dict[str, str], said: str) -> None:
    assert said in unescape(page(eva, address(here, "revenue", **query)))


def test_a_day_to_come_is_shown_as_today(eva: Client, here: CompanyFacts) -> None:
    shown = page(eva, address(here, "arrears", **{"as-of": "2099-01-01"}))
    assert f'value="{here.clock_on}"' in shown


@pytest.mark.parametrize(
    "place",
    [
        "reports/nothing/",
        "reports/rows/nothing/",
        "reports/rows/documents/?since=2026-13-01",
        "reports/rows/open/?age=x",
        "reports/rows/open/?customer=nobody",
        "reports/rows/documents/?percent=nan",
    ],
)
def test_what_is_not_there_is_not_found(eva: Client, here: CompanyFacts, place: str) -> None:
    assert eva.get(f"/c/{here.slug}/{place}").status_code == 404


def test_only_staff_see_reports(here: CompanyFacts) -> None:
    answer = Client(SERVER_NAME="127.0.0.1").get(address(here))
    assert answer.status_code in (302, 400, 403)


@override_settings(DRIVERS="servanda.wiring.drivers")
@pytest.mark.parametrize("name", REPORTS)
def test_a_spreadsheet_has_the_tables_of_the_page(eva: Client, here: CompanyFacts, name: str) -> None:
    answer = eva.get(address(here, name, form="xlsx"), headers={"accept-language": "da"})
    assert answer.status_code == 200
    assert f"{here.slug}-{name}-" in answer["Content-Disposition"]
    book = load_workbook(io.BytesIO(answer.content))
    shown = page(eva, address(here, name), "da")
    assert len(book.sheetnames) == shown.count('<section class="card below" aria-labelledby="table-')
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)


@override_settings(DRIVERS="servanda.wiring.drivers")
def test_csv_has_one_table_with_the_same_sum(eva: Client, here: CompanyFacts) -> None:
    place = next(
        unescape(found)
        for found in re.findall(r'href="([^"]*form=csv[^"]*)"', page(eva, address(here, "revenue")))
        if parse_qs(urlsplit(unescape(found)).query)["table"] == ["months"]
    )
    answer = eva.get(place, headers={"accept-language": "en"})
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    minor = [round(float(row[3]) * 100) for row in rows[1:]]
    assert sum(minor[:-1]) == minor[-1]
    assert money_text(Money(minor[-1]), "en") in page(eva, address(here, "revenue")).replace("\u00a0", " ")


@override_settings(DRIVERS="servanda.wiring.drivers")
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_rows_can_be_taken_away(eva: Client, here: CompanyFacts, form: str) -> None:
    answer = eva.get(f"/c/{here.slug}/reports/rows/documents/?form={form}")
    assert answer.status_code == 200
    assert answer["Content-Disposition"].endswith(f'{here.slug}-documents.{form}"')


@pytest.mark.parametrize("name", ["", *REPORTS])
def test_a_report_asks_few_questions(eva: Client, here: CompanyFacts, name: str) -> None:
    eva.get(reverse("office:books", args=[here.slug]))
    with CaptureQueriesContext(connection) as frame:
        eva.get(reverse("office:books", args=[here.slug]))
    with CaptureQueriesContext(connection) as asked:
        eva.get(address(here, name))
    own = len(asked) - len(frame) + 1  # the page of the books asks one question of its own
    assert own <= QUERIES_MAX, [query["sql"][:90] for query in asked.captured_queries]
