"""An order keeps what was accepted; without the vendors' terms, or with another text, there is none."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from servanda.agreements.reading import catalogue_of, library_of
from servanda.business.catalogue.actions import load_catalogue
from servanda.business.contracts.actions import ContractRefused, conclude_contract, import_contracts
from servanda.business.contracts.decisions.importing import ImportedRow
from servanda.business.contracts.decisions.terms import conclusion_terms
from servanda.business.contracts.facts import Acceptance, ContractFacts, NewLine
from servanda.business.contracts.queries import contract_numbers
from servanda.business.customers.queries import ids_by_number
from servanda.business.evidence.queries import events_of_subjects
from servanda.business.library.actions import add_vendor_terms
from servanda.business.library.facts import IMPORTED, VendorTermsFacts
from servanda.business.library.queries import acceptance, acceptances_of, rendered_terms
from servanda.ground.calendar import moment_of
from servanda.terms.clauses import CustomerKind
from tests.business.contracts.test_contract_actions import buyer, company

pytestmark = pytest.mark.django_db

TODAY = date(2026, 7, 1)
AT = datetime(2026, 7, 1, 7, 0, tzinfo=UTC)
TERMS = library_of("vicevaert").version("2023-09")
ORDERED = Acceptance(version="2023-09", language="da", sha256=TERMS.sha256, at=AT, how="signed order")


def datto(company_id: int, *, version: str = "3.2", at: datetime = AT, name: str = "Datto") -> VendorTermsFacts:
    return add_vendor_terms(
        company_id,
        name=name,
        version=version,
        language="en",
        media_type="text/plain",
        content=f"{name} {version}: you may use it.".encode(),
        products=frozenset({"subscription"}),
        catalogue=catalogue_of("vicevaert").codes,
        by="staff:eva",
        at=at,
    )


def order(
    company_id: int, *accepted: str, acceptance: Acceptance = ORDERED, product: str = "subscription"
) -> ContractFacts:
    line = NewLine(
        product_code=product,
        plan_code=f"{product}-plan",
        interval_months=12,
        began_on=TODAY,
        term_months=12,
        description="backup",
    )
    known = ids_by_number(company_id)
    customer_id = known.get("1042") or buyer(company_id)
    return conclude_contract(
        company_id=company_id,
        customer_id=customer_id,
        number="K-1",
        acceptance=acceptance,
        began_on=TODAY,
        lines=(line,),
        terms=conclusion_terms(TERMS, product=product, customer=CustomerKind.BUSINESS, on=TODAY),
        today=TODAY,
        at=AT,
        accepted_by="Alma Prøve",
        vendor_accepted=frozenset(accepted),
    )


def test_an_order_keeps_the_exact_text_with_language_hash_time_and_person() -> None:
    made = order(company("vicevaert"))
    (found,) = acceptances_of(made.customer_id)
    assert acceptance(found.acceptance_id).content.decode() == rendered_terms("vicevaert", "2023-09", "da").text
    assert (found.subject, found.version, found.language) == (f"contract:{made.contract_id}", "2023-09", "da")
    assert (found.accepted_at, found.accepted_by, found.how) == (AT, "Alma Prøve", "signed order")
    (event,) = events_of_subjects([f"contract:{made.contract_id}"])
    assert event.facts["shown_sha256"] == found.text_sha256
    assert "Alma" not in str(event.facts)  # the record names nobody; the acceptance does


def test_a_customer_who_reads_english_accepts_the_english_text() -> None:
    english = library_of("vicevaert").version("2023-09", "en")
    company_id = company("vicevaert")
    made = order(company_id, acceptance=replace(ORDERED, language="en", sha256=english.sha256))
    (found,) = acceptances_of(made.customer_id)
    assert acceptance(found.acceptance_id).content.decode() == rendered_terms("vicevaert", "2023-09", "en").text


def test_an_acceptance_of_another_text_is_refused_and_leaves_nothing() -> None:
    company_id = company("vicevaert")
    for sha256 in ("0" * 64, library_of("vicevaert").version("2023-09", "en").sha256):
        with pytest.raises(ContractRefused, match="that was another text"):
            order(company_id, acceptance=replace(ORDERED, sha256=sha256))
    assert contract_numbers(company_id) == frozenset()


@pytest.mark.clause("vicevaert-005")
def test_an_order_logs_hash_and_time_of_the_vendors_terms() -> None:
    company_id = company("vicevaert")
    terms = datto(company_id)
    made = order(company_id, terms.sha256)
    (event,) = events_of_subjects([f"contract:{made.contract_id}"])
    assert event.facts["vendor_terms"] == [{"name": "Datto", "version": "3.2", "sha256": terms.sha256}]
    assert event.facts["accepted_at"] == AT.isoformat()
    own, vendors = acceptances_of(made.customer_id)
    assert (own.what, vendors.what) == ("own", "vendor")
    assert (vendors.name, vendors.version, vendors.text_sha256) == ("Datto", "3.2", terms.sha256)
    assert (vendors.accepted_at, vendors.accepted_by) == (AT, "Alma Prøve")


@pytest.mark.clause("vicevaert-006")
def test_an_order_without_the_vendors_terms_is_refused_by_their_names_and_the_clause() -> None:
    company_id = company("vicevaert")
    accepted = datto(company_id, name="Acronis")
    datto(company_id)
    with pytest.raises(ContractRefused, match=r"Acronis 3\.2 and Datto 3\.2 were not accepted") as refusal:
        order(company_id)
    assert refusal.value.because is not None
    assert refusal.value.because.clause == "2.1"
    assert "vicevaert-006" in refusal.value.because.requirements
    with pytest.raises(ContractRefused, match=r"terms of Datto 3\.2 were"):
        order(company_id, accepted.sha256)
    assert contract_numbers(company_id) == frozenset()


def test_only_the_version_of_the_day_counts_and_only_for_its_products() -> None:
    company_id = company("vicevaert")
    old = datto(company_id, at=AT - timedelta(days=90))
    new = datto(company_id, version="4", at=AT - timedelta(days=1))
    with pytest.raises(ContractRefused, match="Datto 4"):
        order(company_id, old.sha256)
    with pytest.raises(ContractRefused, match="do not belong to what is bought"):
        order(company_id, new.sha256, old.sha256)
    with pytest.raises(ContractRefused, match="do not belong to what is bought"):
        order(company_id, new.sha256, product="colocation")
    made = order(company_id, new.sha256)
    assert [found.version for found in acceptances_of(made.customer_id)] == ["2023-09", "4"]


def test_terms_that_the_vendor_gave_later_were_not_there_to_be_accepted() -> None:
    company_id = company("vicevaert")
    datto(company_id, at=AT + timedelta(days=1))
    assert len(acceptances_of(order(company_id).customer_id)) == 1


def imported(number: int) -> ImportedRow:
    return ImportedRow(
        line=number + 1,
        contract=f"I-{number}",
        customer="1042",
        terms_version="2023-09",
        terms_language="da",
        accepted_on=date(2025, 6, 15),
        accepted_how="signed order",
        began_on=date(2025, 7, 1),
        scope_sheet="",
        product="subscription",
        plan="office-yearly",
        description="mail",
        quantity=1,
        own_price=None,
        interval_months=12,
        term_months=12,
        term_until=date(2027, 7, 1),
        special_reason="",
        billed_from=date(2026, 7, 1),
    )


def take_over(company_id: int, numbers: range) -> list[str]:
    """Import so many contracts and return the statements that it took."""
    with CaptureQueriesContext(connection) as queries:
        import_contracts(
            company_id,
            tuple(imported(number) for number in numbers),
            file="contracts.csv",
            today=TODAY,
            at=AT,
            by="operator",
        )
    return [query["sql"] for query in queries]


def test_an_import_keeps_what_the_file_says_and_claims_nothing_of_vendors() -> None:
    company_id = company("vicevaert")
    load_catalogue(company_id, catalogue_of("vicevaert"), today=TODAY, at=AT)
    customer_id = buyer(company_id)
    terms = datto(company_id, at=moment_of(date(2025, 1, 1)))
    take_over(company_id, range(1))
    (found,) = acceptances_of(customer_id)
    assert (found.what, found.accepted_by, found.how) == ("own", IMPORTED, "signed order")
    assert (found.accepted_at, found.recorded_at) == (moment_of(date(2025, 6, 15)), AT)
    assert found.is_imported
    (event,) = events_of_subjects([found.subject])
    assert event.facts["vendor_terms_not_known_to_be_accepted"] == [
        {"name": "Datto", "version": "3.2", "sha256": terms.sha256}
    ]


def test_the_acceptances_of_an_import_are_written_at_once() -> None:
    company_id = company("vicevaert")
    load_catalogue(company_id, catalogue_of("vicevaert"), today=TODAY, at=AT)
    customer_id = buyer(company_id)
    for numbers in (range(2), range(10, 40)):
        kept = [
            sql for sql in take_over(company_id, numbers) if re.search(r'"(acceptance|shown_terms|vendor_terms)"', sql)
        ]
        assert len(kept) == 4  # the vendors' terms, the text, what is there already, and what is new
    assert len(acceptances_of(customer_id)) == 32
