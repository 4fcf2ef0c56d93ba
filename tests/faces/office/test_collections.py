"""Collecting in the office: agreements on a customer's page, and the page of what is on its way."""

from django.test import Client

from servanda.business.collecting.actions import order_due_collections, set_creditor
from servanda.business.collecting.facts import MandateKind
from servanda.business.collecting.queries import mandates_of
from servanda.business.companies.facts import CompanyFacts
from servanda.business.companies.queries import today_of
from servanda.business.customers.queries import customers_of
from servanda.business.dunning.queries import known_of_customer
from servanda.ground.calendar import moment_of

COMPANY = "/c/safe-it/"


def test_an_agreement_is_noted_its_invoices_are_ordered_and_it_ends_without_ending_the_contract(
    eva: Client, here: CompanyFacts
) -> None:
    customers = customers_of(here.company_id)
    whose = next(
        one
        for one in customers
        if any(invoice.open_principal for invoice in known_of_customer(here, one.customer_id).invoices)
    )
    page = f"{COMPANY}customers/{whose.number}/"
    assert "Opkræves automatisk" not in eva.get(page).content.decode(), "nobody collects for the company yet"
    set_creditor(here, MandateKind.BETALINGSSERVICE, "81000001", details={})
    assert "Notér en aftale" in eva.get(page).content.decode()
    eva.post(f"{page}mandate/", {"kind": "betalingsservice", "agreement": "700000001"})
    (mandate,) = mandates_of(here.company_id)
    assert (mandate.customer_id, mandate.number) == (whose.customer_id, "700000001")
    today = here.clock_on or today_of(here, now=moment_of(whose.created_on))
    assert order_due_collections(here, today=today, at=moment_of(today)) > 0
    shown = eva.get(f"{COMPANY}collections/").content.decode()
    assert "Afleveres næste gang" in shown
    assert f"customers/{whose.number}/" in shown
    eva.post(f"{page}mandate/end/", {"mandate": mandate.mandate_id})
    shown = eva.get(f"{COMPANY}collections/").content.decode()
    assert "afsluttet af os" in shown
    assert "Ikke afleveret" in shown


def test_a_form_that_is_not_whole_is_refused_in_words(eva: Client, here: CompanyFacts) -> None:
    number = customers_of(here.company_id)[0].number
    said = eva.post(f"{COMPANY}customers/{number}/mandate/", {"kind": "gold", "agreement": "7"}, follow=True)
    assert "Formularen er ikke hel" in said.content.decode()
