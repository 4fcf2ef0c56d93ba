"""What was shown and accepted is kept word for word, whatever the terms become later; vendors' terms likewise."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import pytest
from django.db import Error, connection, transaction

from servanda.agreements.reading import catalogue_of
from servanda.business.companies.actions import add_company
from servanda.business.companies.facts import CompanyFacts
from servanda.business.evidence.queries import events_of_subjects
from servanda.business.library.actions import NotVendorTerms, accept, accept_all, add_vendor_terms, keep_shown
from servanda.business.library.facts import AcceptanceDraft, RenderedTerms, VendorTermsFacts
from servanda.business.library.queries import (
    NoSuchAcceptance,
    acceptance,
    acceptances_of,
    annexes_of,
    rendered_terms,
    vendor_terms_for,
)
from tests.business.library.test_publishing import publish

AT = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
TODAY = date(2026, 12, 1)
CATALOGUE = catalogue_of("safe-it").codes


@pytest.fixture
def company(db: None) -> CompanyFacts:
    return add_company(
        slug="safe-it",
        name="Safe",
        legal_name="Safe (eksempel) ApS",
        cvr="99005203",
        address_lines=("Eksempelvej 1",),
        email="faktura@eksempel.example",
        phone="",
        web="",
        bank_registration="9995",
        bank_account="0000200202",
        iban="DK2999950000200202",
        fik_creditor="80000022",
        colour="#333333",
        language="da",
        fiscal_year_starts_month=1,
        clock_on=TODAY,
    )


def draft(
    company: CompanyFacts, accepted: RenderedTerms | VendorTermsFacts, *, subject: str = "contract:17"
) -> AcceptanceDraft:
    return AcceptanceDraft(
        company_id=company.company_id,
        customer_id=42,
        subject=subject,
        accepted=accepted,
        accepted_at=AT,
        accepted_by="Alma Prøve",
        how="signed order",
    )


def vendor(
    company: CompanyFacts,
    *,
    name: str = "Datto",
    version: str = "3.2",
    content: bytes = b"You may use it.",
    products: frozenset[str] = frozenset({"webhosting"}),
    at: datetime = AT,
    media_type: str = "text/plain",
) -> VendorTermsFacts:
    return add_vendor_terms(
        company.company_id,
        name=name,
        version=version,
        language="en",
        media_type=media_type,
        content=content,
        products=products,
        catalogue=CATALOGUE,
        by="staff:eva",
        at=at,
    )


@pytest.mark.parametrize("language", ["da", "en"])
def test_the_accepted_text_is_the_one_that_was_shown_and_stays_so(company: CompanyFacts, language: str) -> None:
    shown = rendered_terms("safe-it", "2025-01", "da" if language == "da" else "en")
    number = accept(draft(company, shown), at=AT)
    publish(company)  # a later version with other figures
    kept = acceptance(number)
    assert kept.content.decode() == shown.text
    assert sha256(kept.content).hexdigest() == kept.facts.text_sha256 == shown.sha256
    assert (kept.facts.version, kept.facts.language, kept.facts.accepted_by) == ("2025-01", language, "Alma Prøve")
    assert (kept.facts.what, kept.facts.name, kept.facts.is_imported) == ("own", "", False)


def test_a_text_that_reads_otherwise_today_is_kept_beside_what_was_shown_before(company: CompanyFacts) -> None:
    """A release of the program may set a version otherwise; the customer is bound to what they read."""
    now = rendered_terms("safe-it", "2025-01")
    then = replace(
        now, text=now.text + "\n*Old mark*\n", sha256=sha256((now.text + "\n*Old mark*\n").encode()).hexdigest()
    )
    before, after = accept_all([draft(company, then), draft(company, now, subject="contract:18")], at=AT)
    assert acceptance(before).content.decode() == then.text
    assert acceptance(after).content.decode() == now.text


def test_a_published_version_is_accepted_as_it_reads(company: CompanyFacts) -> None:
    publish(company, days=21)
    kept = acceptance(accept(draft(company, rendered_terms("safe-it", "2027-01", "en")), at=AT))
    assert "21 days" in kept.content.decode()
    assert "21 days" not in rendered_terms("safe-it", "2025-01", "en").text


def test_what_is_accepted_twice_is_one_acceptance(company: CompanyFacts) -> None:
    shown, terms = rendered_terms("safe-it", "2025-01"), vendor(company)
    first = accept_all([draft(company, shown), draft(company, terms)], at=AT)
    assert accept_all([draft(company, shown), draft(company, terms)], at=AT + timedelta(days=1)) == first
    assert {found.recorded_at for found in acceptances_of(42)} == {AT}


@pytest.mark.parametrize("table", ["acceptance", "shown_terms", "vendor_terms"])
def test_nothing_of_it_can_be_changed_or_deleted(company: CompanyFacts, table: str) -> None:
    accept_all([draft(company, rendered_terms("safe-it", "2025-01")), draft(company, vendor(company))], at=AT)
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")  # otherwise a truncate is refused for another reason
    column = {"acceptance": "accepted_by", "shown_terms": "text", "vendor_terms": "name"}[table]
    for statement in (f"update {table} set {column} = 'x'", f"delete from {table}", f"truncate {table} cascade"):
        with pytest.raises(Error, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.parametrize("texts", ["null, null", "'a', 1"])
def test_an_acceptance_is_of_exactly_one_text(company: CompanyFacts, texts: str) -> None:
    with (
        pytest.raises(Error, match="an_acceptance_is_of_one_text"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "insert into acceptance (company_id, customer_id, subject, shown_id, vendor_terms_id, accepted_at,"
            f" accepted_by, how, recorded_at) values (%s, 42, 'contract:1', {texts}, now(), '', '', now())",
            [company.company_id],
        )


def test_a_text_is_kept_once_however_many_accept_it(company: CompanyFacts) -> None:
    shown = rendered_terms("safe-it", "2025-01")
    keep_shown(company.company_id, [shown, shown])
    accept_all([draft(company, shown, subject=f"contract:{number}") for number in range(30)], at=AT)
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from shown_terms")
        assert cursor.fetchone() == (1,)
    assert len(acceptances_of(42)) == 30


def test_an_unknown_acceptance_is_refused(db: None) -> None:
    with pytest.raises(NoSuchAcceptance, match="no acceptance 7"):
        acceptance(7)


@pytest.mark.clause("vicevaert-005")
def test_the_terms_of_a_vendor_are_kept_as_they_were_handed_over(company: CompanyFacts) -> None:
    content = b"%PDF-1.7 \x00\xff"
    terms = vendor(company, content=content, media_type="application/pdf")
    kept = acceptance(accept(draft(company, terms), at=AT))
    assert kept.content == content
    assert (kept.facts.what, kept.facts.name, kept.facts.version) == ("vendor", "Datto", "3.2")
    assert kept.facts.text_sha256 == sha256(content).hexdigest()
    (event,) = events_of_subjects([f"vendor-terms:{terms.vendor_terms_id}"])
    assert (event.facts["sha256"], event.by) == (terms.sha256, "staff:eva")


@pytest.mark.clause("vicevaert-007")
def test_the_annexes_of_an_acceptance_are_the_vendors_terms_of_the_same_contract(company: CompanyFacts) -> None:
    other = vendor(company, name="Acronis", content=b"Another text.")
    datto = vendor(company)
    own, *_ = accept_all(
        [
            draft(company, rendered_terms("safe-it", "2025-01")),
            draft(company, datto),
            draft(company, other),
            draft(company, rendered_terms("safe-it", "2025-01", "en"), subject="contract:18"),
        ],
        at=AT,
    )
    annexes = annexes_of(acceptance(own).facts)
    assert [(annex.facts.name, annex.content) for annex in annexes] == [
        ("Acronis", b"Another text."),
        ("Datto", b"You may use it."),
    ]
    assert annexes_of(annexes[0].facts) == ()
    assert [found.name for found in acceptances_of(42) if found.subject == "contract:17"] == ["", "Acronis", "Datto"]


def test_the_newest_terms_of_each_vendor_hold_for_the_products_they_belong_to(company: CompanyFacts) -> None:
    first = vendor(company)
    second = vendor(company, version="4", content=b"New.", at=AT + timedelta(days=30))
    other = vendor(company, name="Acronis", products=frozenset({"pc-security", "web-security"}))

    def held(*products: str, days: int = 0) -> tuple[VendorTermsFacts, ...]:
        return vendor_terms_for(company.company_id, products, on=TODAY + timedelta(days=days))

    assert held("webhosting", days=-1) == ()
    assert held("webhosting") == (first,)
    assert held("webhosting", days=29) == (first,)
    assert held("webhosting", days=30) == (second,)
    assert held("webhosting", "web-security") == (other, first)
    assert held("m365") == ()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": " "}, "need the vendor's name"),
        ({"version": ""}, "need the vendor's name and a version"),
        ({"content": b""}, "has 0 bytes"),
        ({"content": b"x" * 10_000_001}, "between 1 and"),
        ({"content": b"\xff"}, "not written in UTF-8"),
        ({"media_type": "text/html"}, "cannot be kept as terms"),
        ({"media_type": "application/pdf"}, "said to be a PDF"),
        ({"products": frozenset({"webhosting", "teleport"})}, "sells no teleport"),
        ({"products": frozenset()}, "belong to no product"),
        ({"name": "Kept"}, "Kept 3.2 is kept already"),
    ],
)
def test_terms_that_cannot_be_kept_are_refused_with_the_reason(
    company: CompanyFacts, change: dict[str, object], message: str
) -> None:
    vendor(company, name="Kept", content=b"First.")
    with pytest.raises(NotVendorTerms, match=message):
        vendor(company, **change)  # type: ignore[arg-type]
