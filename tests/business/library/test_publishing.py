"""A version of the terms is published by two persons, checked as a whole, and stays as it is."""

from datetime import UTC, date, datetime
from importlib.resources import files

import pytest
from django.db import Error, connection, transaction

from servanda.agreements.reading import catalogue_of
from servanda.business.companies.actions import add_company
from servanda.business.companies.facts import CompanyFacts
from servanda.business.evidence.queries import events_of_subjects
from servanda.business.library.actions import NotPublished, publish_terms
from servanda.business.library.queries import library_of, version_of
from servanda.ground.refusal import WrongDocument
from servanda.terms.clauses import PaymentTerm
from servanda.terms.document import Agreement
from servanda.terms.resolving import ask
from servanda.terms.versions import NoSuchVersion

AT = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
BY = ("staff:eva", "staff:ole")


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
        clock_on=date(2026, 12, 1),
    )


def text(language: str, *, version: str = "2027-01", days: int = 21) -> str:
    written = files("servanda.agreements").joinpath("safe-it", f"2025-01.{language}.md").read_text(encoding="utf-8")
    written = written.replace('version = "2025-01"', f'version = "{version}"')
    written = written.replace("effective_on = 2025-01-01", "effective_on = 2027-01-01")
    return written.replace("days = 14\n", f"days = {days}\n", 1)


def publish(company: CompanyFacts, *, by: tuple[str, str] = BY, version: str = "2027-01", days: int = 21) -> Agreement:
    return publish_terms(
        company,
        danish=text("da", version=version, days=days),
        english=text("en", version=version, days=days),
        products=catalogue_of("safe-it").codes,
        by=by,
        at=AT,
    )


def test_a_published_version_holds_from_its_day_beside_the_installed_ones(company: CompanyFacts) -> None:
    publish(company)
    library = library_of("safe-it")
    assert library.versions == ("2025-01", "2027-01")
    assert library.version_on(date(2026, 12, 31)).version == "2025-01"
    assert library.version_on(date(2027, 1, 1)).version == "2027-01"
    assert version_of("safe-it", "2027-01", "en").language == "en"
    answer = ask(version_of("safe-it", "2027-01"), PaymentTerm, on=date(2027, 1, 1))
    assert answer.rule is not None
    assert answer.rule.days == 21


def test_publishing_is_evidence_with_both_persons_and_both_hashes(company: CompanyFacts) -> None:
    danish = publish(company)
    (event,) = events_of_subjects(["terms:2027-01"])
    assert event.facts["by"] == list(BY)
    assert danish.sha256 in str(event.facts["sha256"])


@pytest.mark.parametrize("by", [("staff:eva", "staff:eva"), ("staff:eva", " "), ("", "staff:ole")])
def test_one_person_alone_publishes_nothing(company: CompanyFacts, by: tuple[str, str]) -> None:
    with pytest.raises(NotPublished, match="two different persons"):
        publish(company, by=by)
    assert library_of("safe-it").versions == ("2025-01",)


@pytest.mark.parametrize("version", ["2025-01", "2027-01"])
def test_a_version_name_is_used_once(company: CompanyFacts, version: str) -> None:
    publish(company)
    with pytest.raises((NotPublished, WrongDocument), match=version):
        publish(company, version=version, days=28)


def test_a_text_with_problems_is_refused_with_all_of_them_and_nothing_is_kept(company: CompanyFacts) -> None:
    with pytest.raises(WrongDocument) as refused:
        publish(company, days=3650)
    assert {problem.field for problem in refused.value.problems} >= {"days"}
    assert library_of("safe-it").versions == ("2025-01",)


def test_a_company_without_that_version_is_told_which_there_are(company: CompanyFacts) -> None:
    with pytest.raises(NoSuchVersion, match="2025-01"):
        version_of("safe-it", "2031-01")


def test_a_published_text_cannot_be_changed_or_deleted(company: CompanyFacts) -> None:
    publish(company)
    for statement in ("update published_terms set text = 'x'", "delete from published_terms"):
        with pytest.raises(Error, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
