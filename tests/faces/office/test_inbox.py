"""The inbox of payments: proposals that are accepted, divided, undone; files taken in; layouts tried and kept."""

import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from servanda.business.billing.models import BankEntry
from servanda.business.billing.queries import entries_in_suspense, invoice_numbered, statements_of
from servanda.business.billing.queries.mappings import mapping_named
from servanda.business.companies.facts import CompanyFacts
from servanda.business.ledger.queries import balance_of_customer
from servanda.ground.money import Money
from tests.business.billing.books import assert_books_agree
from tests.faces.office.test_acts import COMPANY, invoice_id, told

PAGE = f"{COMPANY}matching/"


def page(browser: Client, query: str = "") -> str:
    answer = browser.get(f"{PAGE}{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def waiting(here: CompanyFacts) -> int:
    (entry,) = entries_in_suspense(here.company_id)
    return entry.entry_id


def test_the_page_says_how_much_waits_and_since_when_in_few_queries(eva: Client, here: CompanyFacts) -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        shown = page(eva)
    assert "1 bankpostering venter" in shown
    assert "bankdag" in shown
    assert "Navnet ligner kundens" in shown
    assert len(asked) <= 16, [query["sql"][:90] for query in asked]


def test_a_proposal_is_accepted_and_undone(eva: Client, here: CompanyFacts) -> None:
    entry_id = waiting(here)
    key = re.search(r'name="key" value="([^"]+)"', page(eva))
    assert key is not None
    assert "bogført" in told(eva, "matching/accept/", entry=entry_id, key=key[1])
    assert entries_in_suspense(here.company_id) == ()
    assert "Explained" not in page(eva, "?show=done")  # all of it is Danish
    assert "data-undo" in page(eva, f"?show=done&entry={entry_id}")
    assert "Skriv hvorfor" in told(eva, "matching/undo/", entry=entry_id, reason="")
    assert "Fortrudt" in told(eva, "matching/undo/", entry=entry_id, reason="Forkert kunde.")
    assert waiting(here) == entry_id
    assert_books_agree(here.company_id)


def test_an_entry_is_divided_by_the_form_and_the_rest_waits(eva: Client, here: CompanyFacts) -> None:
    entry_id = waiting(here)
    rows = {
        "kind_1": "invoice",
        "number_1": "1002",
        "amount_1": "100,00",
        "kind_3": "customer",
        "number_3": "1004",
        "amount_3": "50",
    }
    assert "delt" in told(eva, "matching/split/", entry=entry_id, **rows)
    paid = invoice_numbered(here.company_id, 1002)
    assert paid is not None
    assert sum(part.amount.minor for part in paid.allocations) == 100_00
    (rest,) = entries_in_suspense(here.company_id)
    assert rest.amount == Money(350_00)
    assert rest.parent_id == entry_id
    page(eva, f"?show=done&entry={entry_id}")
    assert_books_agree(here.company_id)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ({}, "Angiv mindst"),
        ({"number_1": "1002"}, "Række 1 skal have"),
        ({"number_1": "9999", "amount_1": "1"}, "ingen faktura 9999"),
        ({"number_1": "1002", "amount_1": "x"}, "ikke et beløb"),
        ({"number_1": "1002", "amount_1": "99999"}, "mere, end posteringen har"),
        ({"kind_1": "customer", "number_1": "9", "amount_1": "1"}, "refused|afvist|9"),
    ],
)
def test_a_division_that_cannot_be_is_told_and_nothing_happens(
    eva: Client, here: CompanyFacts, rows: dict[str, str], said: str
) -> None:
    assert re.search(said, told(eva, "matching/split/", entry=waiting(here), **rows))
    assert len(entries_in_suspense(here.company_id)) == 1


def test_a_customer_is_found_and_gets_the_credit(eva: Client, here: CompanyFacts) -> None:
    entry_id = waiting(here)
    found = page(eva, f"?entry={entry_id}&find=1004")
    customer = re.search(r'name="customer" value="(\d+)"', found)
    assert customer is not None
    before = balance_of_customer(int(customer[1]))
    told(eva, "matching/credit/", entry=entry_id, customer=customer[1], amount="500.00")
    assert balance_of_customer(int(customer[1])) == before - Money(500_00)


def test_many_are_looked_at_first_and_only_what_was_shown_is_booked(eva: Client, here: CompanyFacts) -> None:
    shown = eva.get(f"{PAGE}many/").content.decode()
    assert "Der er ikke sket noget endnu" in shown
    entry_id = waiting(here)
    said = told(eva, "matching/many/accept/", chosen=f"{entry_id}=1/2:3/0", show="waiting", q="")
    assert "0 betalinger" in said
    assert waiting(here) == entry_id


@pytest.mark.parametrize(
    "query", ["?entry=999999", "?entry=x&page=-1&show=?", "?q=%00'--", "?q=500,00", "?show=out", "?find=%25"]
)
def test_a_strange_address_shows_the_page(eva: Client, here: CompanyFacts, query: str) -> None:
    page(eva, query)


def test_an_entry_of_another_company_is_not_shown(eva: Client, here: CompanyFacts) -> None:
    entry_id = waiting(here)
    BankEntry.objects.filter(pk=entry_id).update(state="explained", company_id=here.company_id)
    assert "entry-" in page(eva, f"?entry={entry_id}")
    assert eva.post(f"{PAGE}accept/", {"entry": "1", "key": "x"}).status_code == 302
    assert Client().get(PAGE).status_code in {302, 403}


def csv_of(text: str, name: str = "bank.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode())


def upload(browser: Client, *files: SimpleUploadedFile, act: str = "book", mapping: str = "") -> tuple[int, str]:
    fields = {"files": list(files), "act": act, "mapping": mapping}
    answer = browser.post(f"{PAGE}upload/", fields)
    return answer.status_code, answer.content.decode()


def test_a_csv_file_is_tried_kept_looked_at_and_booked(eva: Client, here: CompanyFacts, settings: Settings) -> None:
    settings.DRIVERS = "servanda.wiring.drivers"
    balance = statements_of(here.company_id, limit=1)[0].closing
    day = date(2026, 10, 12)
    total = balance + Money(123_45)
    text = f"Dag;Hvad;Kroner;Rest\n{day:%d-%m-%Y};Salg af skrot;123,45;{total.decimal}\n".replace(".", ",")
    fields = {
        "name": "Vores bank",
        "delimiter": ";",
        "encoding": "utf-8",
        "decimal": ",",
        "thousands": "",
        "day_form": "dd-mm-yyyy",
        "header_lines": "1",
        "booked_on": "Dag",
        "text": "Hvad",
        "amount": "Kroner",
        "balance": "Rest",
    }
    tried = eva.post(f"{PAGE}layouts/keep/", {**fields, "act": "try", "sample": csv_of(text)})
    assert tried.status_code == 200
    assert "Salg af skrot" in tried.content.decode()
    wrong = eva.post(f"{PAGE}layouts/keep/", {**fields, "booked_on": "", "act": "keep"})
    assert wrong.status_code == 422
    assert eva.post(f"{PAGE}layouts/keep/", {**fields, "act": "keep"}).status_code == 302
    assert mapping_named(here.company_id, "Vores bank").layout.amount == "Kroner"
    assert "Vores bank" in eva.get(f"{PAGE}layouts/?name=Vores bank").content.decode()
    code, looked = upload(eva, csv_of(text), act="dry", mapping="Vores bank")
    assert (code, len(entries_in_suspense(here.company_id))) == (200, 1)
    assert "Intet er bogført" in looked
    upload(eva, csv_of(text), mapping="Vores bank")
    assert len(entries_in_suspense(here.company_id)) == 2
    code, again = upload(eva, csv_of(text), mapping="Vores bank")
    assert "Intet er ændret" in again
    code, refused = upload(eva, csv_of(text.replace("123,45", "x")), mapping="Vores bank")
    assert code == 422
    assert "bank.csv:2" in refused
    assert_books_agree(here.company_id)


@pytest.mark.parametrize("content", [b"", b"<Document/>", b"\x00\xff", b"<a>" * 9])
def test_a_file_that_is_none_is_refused_in_words(
    eva: Client, here: CompanyFacts, settings: Settings, content: bytes
) -> None:
    settings.DRIVERS = "servanda.wiring.drivers"
    code, shown = upload(eva, SimpleUploadedFile("x.xml", content))
    assert code == 422
    assert "x.xml:1" in shown
    assert eva.post(f"{PAGE}upload/", {}).status_code == 302


def test_small_differences_are_decided_and_written_off(eva: Client, here: CompanyFacts) -> None:
    assert "afvist" in told(eva, "matching/small/", amount="1,01", reason="For lidt.")
    assert "Besluttet" in told(eva, "matching/small/", amount="0,50", reason="For lidt.")
    assert "0,50" in page(eva)
    assert told(eva, "invoices/1002/write-off/")
    assert invoice_id(here, 1002)
