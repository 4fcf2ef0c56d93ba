"""Paying back in the office: from a customer's page to a file that can be downloaded, by two persons."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from servanda.business.billing.facts import BankMovement, StatementDraft
from servanda.business.billing.models import InvoiceLine, Refund
from servanda.business.billing.queries import invoices_of_customer, statements_of
from servanda.business.companies.facts import CompanyFacts
from servanda.business.companies.queries import moment_for, today_of
from servanda.business.customers.queries import customer_numbered, customers_of
from servanda.business.dunning.actions import receive_statement
from servanda.business.payouts.queries import payouts_of, refunds_due
from servanda.faces.office.places import needs_of, visit
from servanda.ground.calendar import moment_of
from servanda.ground.money import Money
from tests.faces.office import office_world

COMPANY = "/c/safe-it/"
ACCOUNT = "DK5000400440116243"


@pytest.fixture
def credited(here: CompanyFacts) -> str:
    """A customer who has paid 300.00 too much; their number."""
    whose = next(one for one in customers_of(here.company_id) if invoices_of_customer(one.customer_id))
    invoice = invoices_of_customer(whose.customer_id)[0]
    now = moment_of(here.clock_on) if here.clock_on else moment_of(invoice.issued_on)
    today = today_of(here, now=now)
    before = statements_of(here.company_id, limit=1)
    opening = before[0].closing if before else Money(0)
    amount = invoice.open_total + Money(300_00)
    movement = BankMovement("PAYOUT-1", 1, amount, today, today, "", invoice.reference, whose.name, ACCOUNT, False)
    draft = StatementDraft(here.iban, "over", opening, opening + amount, today, today, "over", "over.xml", (movement,))
    receive_statement(here, draft, today=today, at=moment_for(here, now=now))
    return whose.number


def signed_in(name: str) -> Client:
    browser = Client(SERVER_NAME="127.0.0.1")
    browser.force_login(get_user_model().objects.get(username=name))
    return browser


def propose(browser: Client, number: str, **changed: str) -> str:
    form = {"amount": "300,00", "account": ACCOUNT, "reason": "betalt for meget"} | changed
    return browser.post(f"{COMPANY}customers/{number}/pay-back/", form, follow=True).content.decode()


def test_two_persons_pay_back_and_the_file_is_downloaded(eva: Client, here: CompanyFacts, credited: str) -> None:
    assert "0040 0440116243" in eva.get(f"{COMPANY}customers/{credited}/").content.decode()
    propose(eva, credited)
    (found,) = payouts_of(here.company_id)
    page = eva.get(f"{COMPANY}payouts/").content.decode()
    assert "De betalte" in page
    assert "Ingen har sagt ja endnu." in page
    eva.post(f"{COMPANY}payouts/approve/", {"payout": found.payout_id})
    assert "En anden person" in eva.get(f"{COMPANY}payouts/").content.decode()
    office_world.staff("ole")
    ole = signed_in("ole")
    ole.post(f"{COMPANY}payouts/approve/", {"payout": found.payout_id})
    ole.post(f"{COMPANY}payouts/file/", {"version": "001.03"})
    answer = ole.get(f"{COMPANY}payouts/files/1/")
    assert answer.status_code == 200
    assert found.end_to_end_id.encode() in answer.content
    assert "attachment" in answer["Content-Disposition"]
    assert ole.get(f"{COMPANY}payouts/files/2/").status_code == 404


def test_a_wrong_amount_and_an_account_from_a_mail_are_refused_in_words(eva: Client, credited: str) -> None:
    assert "er ikke et beløb" in propose(eva, credited, amount="tre hundrede")
    said = propose(eva, credited, account="elsewhere", other="9999 1234567", source="e-mail", evidence="a mail")
    assert "kun er kendt fra en mail" in said


def test_the_stop_is_seen_and_released(eva: Client, here: CompanyFacts) -> None:
    eva.post(f"{COMPANY}payouts/stop/", {"is_engaged": "1", "reason": "Mistænkelig mail."})
    assert "Mistænkelig mail." in eva.get(f"{COMPANY}payouts/").content.decode()
    eva.post(f"{COMPANY}payouts/stop/", {"is_engaged": "0", "reason": "Opklaret."})
    assert "Mistænkelig mail." not in eva.get(f"{COMPANY}payouts/").content.decode()


def test_what_a_consumer_must_be_paid_back_is_listed_by_its_day_and_its_form_is_filled_in(
    eva: Client, here: CompanyFacts, credited: str
) -> None:
    whose = customer_numbered(here.company_id, credited)
    invoice = invoices_of_customer(whose.customer_id)[0]
    line = InvoiceLine.objects.filter(invoice_id=invoice.invoice_id, line_id__isnull=False).order_by("id")[0]
    now = moment_of(here.clock_on) if here.clock_on else moment_of(invoice.issued_on)
    today = today_of(here, now=now)
    refund = Refund.objects.create(
        company_id=here.company_id,
        customer_id=whose.customer_id,
        kind="unused",
        key="a refund",
        line_id=line.line_id or 0,
        invoice_id=invoice.invoice_id,
        invoice_line=line,
        number=1,
        state="given",
        cause="withdrawal",
        since=today,
        until=today + timedelta(days=1),
        net_minor=1,
        document_id=invoice.invoice_id,
        pay_out_by=today + timedelta(days=14),
        on_day=today,
    )
    page = eva.get(f"{COMPANY}payouts/").content.decode()
    assert "Skal betales tilbage til forbrugere" in page
    assert "Det skal betales tilbage senest" in page
    front = eva.get(COMPANY).content.decode()
    assert "1 beløb skal tilbage til en forbruger" in front
    assert needs_of(visit(here.slug)).counts["refunds"] == 1
    address = f"{COMPANY}customers/{credited}/?refund={refund.pk}"
    assert f'href="{address}#pay-back"' in page
    form = eva.get(address).content.decode()
    assert 'value="Betales tilbage senest' in form
    assert re.findall(r'id="pay-amount"[^>]* value="([^"]*)"', form) == [f"{invoice.total.decimal}".replace(".", ",")]
    propose(eva, credited, amount="1,00")
    (left,) = refunds_due(here.company_id)
    assert left.amount == invoice.total - Money(1_00)
    propose(eva, credited, amount=f"{left.amount.decimal}".replace(".", ","))
    assert "Skal betales tilbage til forbrugere" not in eva.get(f"{COMPANY}payouts/").content.decode()
