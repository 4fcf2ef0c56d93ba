"""The pages of e-invoices: what is told, what a person can do about it, and what the pages never let through."""

import re
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from servanda.business.billing.facts import InvoiceFacts
from servanda.business.billing.queries import invoices_of_customer
from servanda.business.companies.facts import CompanyFacts
from servanda.business.companies.queries import company
from servanda.business.customers.actions import add_customer
from servanda.business.customers.facts import CustomerDetails
from servanda.business.customers.queries import customer_numbered
from servanda.business.einvoices.facts import EDocumentFacts, State
from servanda.business.einvoices.queries import content_of, documents_of_invoices, open_answers
from servanda.faces.clock.rounds import live_through_day
from servanda.faces.demo.answers import application_response
from servanda.ground.calendar import moment_of
from servanda.simulation import drivers
from servanda.terms.clauses import CustomerKind
from tests.faces.office.office_world import BEGAN_ON, HOSTILE, a_contract


@pytest.fixture
def nordlys(here: CompanyFacts) -> InvoiceFacts:
    """A public body's first invoice, whose e-invoice lacks a reference."""
    drivers.e_invoice_gate.cache_clear()
    drivers.e_invoice_transport.cache_clear()
    assert here.clock_on is not None
    details = CustomerDetails(
        number="1009",
        kind=CustomerKind.PUBLIC,
        name="Nordlys Kommune",
        email="faktura@nordlys.example",
        ean="5798000000001",
        address_lines=("Rådhuspladsen 1",),
        postal_code="8000",
        city="Prøveby",
    )
    added, _ = add_customer(here.company_id, details, today=here.clock_on, at=moment_of(here.clock_on))
    before = replace(here, clock_on=BEGAN_ON)  # a period that is to be invoiced by now
    a_contract(before, added, "A-9", CustomerKind.PUBLIC, ("webhosting", "hosting-yearly", "nordlys.example", None))
    live_through_day(here, now=timezone.now())
    (invoice,) = invoices_of_customer(added)
    return invoice


def live(here: CompanyFacts) -> None:
    live_through_day(company(here.company_id), now=timezone.now())


def document(invoice: InvoiceFacts) -> EDocumentFacts:
    return documents_of_invoices([invoice.invoice_id])[-1]


def page(browser: Client, name: str, *arguments: object, language: str = "da") -> str:
    response = browser.get(reverse(f"office:{name}", args=arguments), headers={"accept-language": language})
    assert response.status_code == 200
    return response.content.decode()


def do(browser: Client, name: str, *arguments: object, **values: str) -> str:
    response = browser.post(reverse(f"office:{name}", args=arguments), values, follow=True)
    return response.content.decode()


def reference(browser: Client, **given: str) -> str:
    values = {"delivery": "oioubl", "ean": "5798000000001", "order_number": "", "person_reference": ""} | given
    return do(browser, "invoicing", "safe-it", "1009", **values)


def test_who_asks_for_the_reference_is_told_on_the_day_and_mended_on_the_customer(
    eva: Client, here: CompanyFacts, nordlys: InvoiceFacts
) -> None:
    assert "Hvem spørger Nordlys Kommune om ordrenummer eller personreference?" in page(eva, "today", "safe-it")
    assert "Who asks Nordlys Kommune" in page(eva, "today", "safe-it", language="en")
    shown = page(eva, "customer", "safe-it", "1009")
    assert "BEK 206/2011" in shown
    assert 'value="e-mail"' not in shown  # a public body cannot get a PDF only
    assert "Noteret. Det, der ventede på det" in reference(eva, person_reference="NIELS17")
    live(here)
    assert document(nordlys).state is State.SENT
    assert "Hvem spørger" not in page(eva, "today", "safe-it")
    shown = page(eva, "invoice", "safe-it", nordlys.number)
    assert "Afleveret" in shown
    assert "NIELS17" in shown
    assert "UBL 2.1 schema" in shown


def test_a_public_body_is_refused_a_pdf_only_whatever_the_form_says(
    eva: Client, here: CompanyFacts, nordlys: InvoiceFacts
) -> None:
    assert "A public body may only be invoiced by e-invoice" in reference(eva, delivery="e-mail")
    assert customer_numbered(here.company_id, "1009").details.invoice_delivery == ""


def test_the_file_is_given_as_it_was_kept_and_to_nobody_of_another_company(
    eva: Client, here: CompanyFacts, nordlys: InvoiceFacts
) -> None:
    reference(eva, order_number="4500012345")
    live(here)
    found = document(nordlys)
    address = reverse("office:einvoice-file", args=["safe-it", found.document_id])
    response = eva.get(address)
    assert response.content == content_of(found.xml_sha256)
    assert "attachment" in response["Content-Disposition"]
    assert eva.get(reverse("office:einvoice-file", args=["vicevaert", found.document_id])).status_code == 404
    assert Client().get(address).status_code == 302


def test_a_refusal_is_a_card_with_the_reasons_and_is_sent_again_after_mending(
    eva: Client, here: CompanyFacts, nordlys: InvoiceFacts
) -> None:
    reference(eva, person_reference="UKENDT")
    live(here)
    found = document(nordlys)
    assert here.clock_on is not None
    content = application_response(found, here, code="BusinessReject", on=here.clock_on, reasons=(f"Ukendt {HOSTILE}",))
    file = SimpleUploadedFile("svar.xml", content)
    shown = eva.post(reverse("office:einvoice-upload", args=["safe-it"]), {"file": file}, follow=True).content.decode()
    assert "Svaret er gemt" in shown
    live(here)
    shown = page(eva, "today", "safe-it")
    assert "Modtageren afviste en e-faktura." in shown
    assert "Ukendt &lt;script&gt;" in shown
    assert HOSTILE not in shown
    assert f"/invoices/{nordlys.number}/?act=credit#acts" in shown
    again = reverse("office:einvoice-again", args=["safe-it", found.document_id])
    assert "Sig, hvorfor det sendes igen" in eva.post(again, {"reason": " "}, follow=True).content.decode()
    reference(eva, person_reference="KAREN2")
    assert "laves på ny" in eva.post(again, {"reason": "ny reference"}, follow=True).content.decode()
    live(here)
    assert document(nordlys).references.person_reference == "KAREN2"
    states = [one.state for one in documents_of_invoices([nordlys.invoice_id])]
    assert states == [State.REPLACED, State.REPLACED, State.SENT]  # parked, refused, and now on its way
    listed = page(eva, "einvoices", "safe-it")
    assert "Erstattet" in listed
    assert "?state=sent" in listed
    only = eva.get(reverse("office:einvoices", args=["safe-it"]) + "?state=replaced").content.decode()
    assert only.count(">Nordlys Kommune</a>") == 2


@pytest.mark.parametrize("size", [0, 1_000_001])
def test_an_answer_that_is_no_file_or_too_large_is_refused(eva: Client, here: CompanyFacts, size: int) -> None:
    file = SimpleUploadedFile("svar.xml", b"x" * size)
    shown = eva.post(reverse("office:einvoice-upload", args=["safe-it"]), {"file": file}, follow=True).content.decode()
    assert "Vælg en fil" in shown
    assert open_answers(here.company_id) == ()


def test_what_nobody_can_read_is_shown_given_and_settled_with_a_reason(eva: Client, here: CompanyFacts) -> None:
    file = SimpleUploadedFile("svar.xml", b"\x00 no xml")
    eva.post(reverse("office:einvoice-upload", args=["safe-it"]), {"file": file})
    live(here)
    (answer,) = open_answers(here.company_id)
    assert "Et svar på en e-faktura passer ikke" in page(eva, "today", "safe-it")
    assert eva.get(reverse("office:einvoice-answer", args=["safe-it", answer.answer_id])).content == b"\x00 no xml"
    settle = reverse("office:einvoice-answer-settle", args=["safe-it", answer.answer_id])
    assert "Sig, hvordan det blev afsluttet" in eva.post(settle, {"reason": ""}, follow=True).content.decode()
    assert "Noteret som klaret" in eva.post(settle, {"reason": "slettet hos dem"}, follow=True).content.decode()
    assert open_answers(here.company_id) == ()
    assert eva.get(reverse("office:einvoice-answer", args=["safe-it", answer.answer_id])).status_code == 404


def test_without_the_official_rules_one_card_says_how_many_wait_and_what_to_do(
    eva: Client, here: CompanyFacts, nordlys: InvoiceFacts
) -> None:
    drivers.e_invoice_gate().is_installed = False
    reference(eva, person_reference="NIELS17")
    live(here)
    shown = page(eva, "today", "safe-it")
    assert "1 e-faktura venter på de officielle regler." in shown
    assert "servanda invoice rules install" in shown
    assert drivers.e_invoice_transport().taken == ()


def test_other_references_for_a_contract_are_kept(eva: Client, here: CompanyFacts, nordlys: InvoiceFacts) -> None:
    shown = page(eva, "customer", "safe-it", "1009")
    (contract,) = re.findall(r'name="contract" value="(\d+)"', shown)
    said = do(eva, "contract-reference", "safe-it", "1009", contract=contract, order_number="PO-7", person_reference="")
    assert "Noteret." in said
    assert "blev afvist" in do(eva, "contract-reference", "safe-it", "1009", contract="999999")
    live(here)
    assert document(nordlys).references.order_number == "PO-7"


@pytest.mark.parametrize("asked", ["?state=nonsense", "?page=-1", "?page=9999999999", "?state=%00"])
def test_odd_addresses_show_a_page(eva: Client, here: CompanyFacts, asked: str) -> None:
    assert eva.get(reverse("office:einvoices", args=["safe-it"]) + asked).status_code == 200
