"""The pages of the books: whole in both languages, few questions, and closing by form with a second person to open again."""

import io
import zipfile
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from servanda.business.books.queries.vouchers import newest_vouchers
from servanda.business.companies.facts import CompanyFacts
from servanda.business.companies.queries import company
from servanda.business.ledger.queries import closed_until
from tests.faces.office import office_world
from tests.faces.office.test_pages import Outline, page

BOOKS = "/c/safe-it/books/"
PAGES = (BOOKS, f"{BOOKS}vouchers/1/", f"{BOOKS}kept/")
QUERIES_MAX = 19


def today(here: CompanyFacts) -> date:
    found = company(here.company_id).clock_on
    assert found is not None
    return found


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("address", PAGES)
def test_each_page_is_whole_in_both_languages(eva: Client, address: str, language: str) -> None:
    outline = Outline(page(eva, address, language))
    assert outline.language == language
    assert outline.faults == []
    assert outline.headings.count(1) == 1
    assert len(outline.ids) == len(set(outline.ids))
    assert set(outline.fields) <= outline.labelled


@pytest.mark.parametrize("address", PAGES)
def test_a_page_asks_a_bounded_number_of_questions(eva: Client, address: str) -> None:
    page(eva, address)
    with CaptureQueriesContext(connection) as asked:
        page(eva, address)
    assert len(asked) <= QUERIES_MAX, len(asked)


def test_a_voucher_opens_with_its_lines_and_its_invoices(eva: Client, here: CompanyFacts) -> None:
    newest = newest_vouchers(here.company_id, limit=100)
    issued = next(one for one in newest if "Faktura" in page(eva, f"{BOOKS}vouchers/{one.number}/"))
    text = page(eva, f"{BOOKS}vouchers/{issued.number}/")
    assert "Debitorer" in text or "Tilgodehavender" in text
    assert "/c/safe-it/invoices/" in text
    assert eva.get(f"{BOOKS}vouchers/99999/").status_code == 404


def test_the_books_are_closed_by_form_and_opened_by_a_second_person(eva: Client, here: CompanyFacts) -> None:
    until = today(here).replace(day=1) - timedelta(days=1)
    refused = eva.post(f"{BOOKS}close/", {"until": today(here).isoformat(), "reason": "now"}, follow=True)
    assert "afvist" in refused.content.decode()
    assert closed_until(here.company_id) is None
    answer = eva.post(f"{BOOKS}close/", {"until": until.isoformat(), "reason": "the month is done"}, follow=True)
    assert "Bogføringen er lukket til og med" in answer.content.decode()
    assert closed_until(here.company_id) == until
    eva.post(f"{BOOKS}reopen/", {"after": "", "reason": "an error in the first week"})
    text = page(eva, BOOKS)
    assert "an error in the first week" in text
    number = text.split('name="reopening" value="')[1].split('"')[0]
    mine = eva.post(f"{BOOKS}reopen/answer/", {"reopening": number, "answer": "yes"}, follow=True)
    assert "to personer" in mine.content.decode()
    assert closed_until(here.company_id) == until
    office_world.staff("ole")
    ole = Client(SERVER_NAME=settings.ALLOWED_HOSTS[0])
    ole.force_login(get_user_model().objects.get(username="ole"))
    ole.post(f"{BOOKS}reopen/answer/", {"reopening": number, "answer": "yes"})
    assert closed_until(here.company_id) is None


def test_a_period_is_downloaded_and_a_wrong_one_told_on_the_page(eva: Client, here: CompanyFacts) -> None:
    until = today(here) - timedelta(days=1)
    query = {"since": "2026-08-01", "until": until.isoformat(), "documents": "1"}
    answer = eva.get(f"{BOOKS}export/", query)
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith('attachment; filename="books-safe-it-2026-08-01')
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert {"saft.xml", "journal.csv", "manifest.json"} <= set(archive.namelist())
    assert eva.get(f"{BOOKS}export/", {**query, "format": "saft"}).content.startswith(b"<?xml")
    for wrong in ({"until": "2090-01-01"}, {"since": "2027"}, {"format": "xbrl"}):
        refused = eva.get(f"{BOOKS}export/", {**query, **wrong})
        assert refused.status_code == 422
        assert "afvist" in refused.content.decode()


def test_the_books_are_for_staff(here: CompanyFacts) -> None:
    stranger = Client(SERVER_NAME=settings.ALLOWED_HOSTS[0])
    for address in (*PAGES, f"{BOOKS}export/?since=2026-08-01&until=2026-08-31"):
        assert stranger.get(address).status_code in {302, 403}
