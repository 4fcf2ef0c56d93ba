"""The page of one line: what an act would bring is shown before it, and done only when asked; a refusal is told."""

import re

import pytest
from django.test import Client

from servanda.business.billing.queries import invoices_of_customer
from servanda.business.companies.facts import CompanyFacts
from servanda.business.contracts.queries import lines_of_customer
from servanda.business.customers.queries import customer_numbered
from tests.faces.office.test_acts import told


def line_of(here: CompanyFacts, number: str) -> int:
    (line,) = lines_of_customer(customer_numbered(here.company_id, number).customer_id)
    return line.line_id


def page(browser: Client, address: str) -> str:
    answer = browser.get(f"/c/safe-it/{address}")
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode().replace("\u00a0", " "))


def notes(here: CompanyFacts, number: str) -> list[object]:
    customer_id = customer_numbered(here.company_id, number).customer_id
    return [one for one in invoices_of_customer(customer_id) if one.kind == "credit note"]


def test_the_customers_page_leads_to_the_line(eva: Client, here: CompanyFacts) -> None:
    address = f"customers/1002/lines/{line_of(here, '1002')}/"
    assert address in page(eva, "customers/1002/")
    assert "birk.example" in page(eva, address)


def test_an_end_shows_what_goes_back_and_why_before_it_is_noted(eva: Client, here: CompanyFacts) -> None:
    address = f"customers/1002/lines/{line_of(here, '1002')}/"
    shown = page(eva, f"{address}?act=end&day=2026-12-31&cause=change")
    assert "A person decides whether" in shown or "Et menneske afgør, om" in shown
    assert "/365 dage" in shown
    assert notes(here, "1002") == []
    wrong = eva.post(
        f"/c/safe-it/{address}end/", {"act": "end", "day": "2026-12-31", "cause": "change", "channel": "e-mail"}
    )
    assert wrong.status_code == 422
    said = told(eva, f"{address}end/", act="end", day="2026-12-31", cause="change", channel="e-mail", reason="flytter")
    assert "Noteret" in said
    assert "slutter" in page(eva, "customers/1002/").lower()
    assert "Et menneske er spurgt" in page(eva, address)


def test_more_of_a_line_shows_its_price_and_is_billed(eva: Client, here: CompanyFacts) -> None:
    line_id = line_of(here, "1002")
    address = f"customers/1002/lines/{line_id}/"
    before = len(invoices_of_customer(customer_numbered(here.company_id, "1002").customer_id))
    assert "for resten af perioden" in page(eva, f"{address}?act=change&quantity=3&plan=hosting-yearly")
    told(eva, f"{address}change/", act="change", quantity="3", plan="hosting-yearly", reason="to mere")
    (line,) = lines_of_customer(customer_numbered(here.company_id, "1002").customer_id)
    assert line.quantity == 3
    assert len(invoices_of_customer(line.customer_id)) == before + 1


def test_an_outage_shows_the_most_that_may_go_back_and_is_credited_with_a_name(eva: Client, here: CompanyFacts) -> None:
    address = f"customers/1002/lines/{line_of(here, '1002')}/"
    shown = page(eva, f"{address}?act=outage&day=2026-09-20&last=2026-09-22")
    highest = re.search(r'name="amount" inputmode="decimal" required value="([0-9,]+)"', shown)
    assert highest is not None
    fields = {
        "act": "outage",
        "day": "2026-09-20",
        "last": "2026-09-22",
        "is_sole_fault": "1",
        "reason": "vores switch",
    }
    refused = eva.post(f"/c/safe-it/{address}outage/", {**fields, "amount": "99999.00"})
    assert (refused.status_code, notes(here, "1002")) == (422, [])
    told(eva, f"{address}outage/", **fields, amount=highest[1])
    assert len(notes(here, "1002")) == 1
    assert "Penge tilbage for et nedbrud" in page(eva, address)


def test_a_consumers_withdrawal_has_a_preview_and_one_too_late_is_refused(eva: Client, here: CompanyFacts) -> None:
    address = f"customers/1004/lines/{line_of(here, '1004')}/"
    assert here.clock_on is not None
    day = here.clock_on
    refused = eva.post(
        f"/c/safe-it/{address}withdraw/", {"act": "withdraw", "day": day.isoformat(), "channel": "e-mail"}
    )
    assert refused.status_code == 422
    assert "Kun en forbruger kan fortryde" in refused.content.decode()


def test_another_customers_line_is_not_found(eva: Client, here: CompanyFacts) -> None:
    assert eva.get(f"/c/safe-it/customers/1001/lines/{line_of(here, '1002')}/").status_code == 404
    assert eva.get("/c/safe-it/customers/1001/lines/999999/").status_code == 404


@pytest.mark.parametrize(
    "query", ["?act=end&day=x", "?act=nonsense", "?act=change&quantity=-1", "?act=outage&day=2026-09-20"]
)
def test_what_cannot_be_read_in_an_address_counts_as_not_given(eva: Client, here: CompanyFacts, query: str) -> None:
    page(eva, f"customers/1002/lines/{line_of(here, '1002')}/{query}")


def test_the_invoice_shows_interest_that_has_grown_and_the_file_for_a_collector(
    eva: Client, here: CompanyFacts
) -> None:
    customer_id = customer_numbered(here.company_id, "1002").customer_id
    number = invoices_of_customer(customer_id)[-1].number
    shown = page(eva, f"invoices/{number}/")
    assert "Send til inkasso" in shown
    refused = told(eva, f"invoices/{number}/collector/", collector="Prøveinkasso", reason="nu")
    assert "refused" in refused or "afvist" in refused.lower()
    file = eva.get(f"/c/safe-it/invoices/{number}/collector/file/")
    assert "principal_open" in file.content.decode("utf-8-sig")
