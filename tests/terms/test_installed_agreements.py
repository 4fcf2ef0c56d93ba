"""The five installed agreements are sound, translated, covered and answer as their terms are read."""

from datetime import date

import pytest

from servanda.agreements import PROVIDERS
from servanda.agreements.reading import (
    NoSuchProvider,
    catalogue_of,
    company_of,
    library_of,
    package_folder,
    read_shelf,
)
from servanda.terms.book import book_of
from servanda.terms.book_pages import article_of, markdown_of
from servanda.terms.clauses import CustomerKind, Interest, PaymentTerm, Reminder, ReminderFee, Rule, Suspension
from servanda.terms.resolving import ask, rules_of

DAY = date(2026, 11, 30)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_no_document_has_a_problem(provider: str) -> None:
    assert read_shelf(package_folder(provider), shown_as=provider, provider=provider).problems == ()


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("language", ["da", "en"])
def test_every_version_is_shown_with_all_its_figures(provider: str, language: str) -> None:
    library = library_of(provider)
    for version in library.versions:
        agreement = library.find(version, "da" if language == "da" else "en")
        assert agreement is not None
        book = book_of(agreement, library.version(version))
        shown = markdown_of(book)
        assert all(f"### {clause.number} " in shown for clause in agreement.clauses)
        assert "{" not in shown
        assert article_of(book).count("<section ") == len(agreement.clauses)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_catalogue_and_company_belong_to_the_provider(provider: str) -> None:
    assert catalogue_of(provider).provider == provider
    assert company_of(provider).slug == provider


def test_only_installed_providers_have_a_folder() -> None:
    with pytest.raises(NoSuchProvider, match="Known are: simsoft"):
        package_folder("../ground")


@pytest.mark.parametrize(
    ("provider", "product", "days"),
    [
        pytest.param("safe-it", "webhosting", 14, marks=pytest.mark.clause("safeit-005")),
        pytest.param("safe-it", "pc-security", 7, marks=pytest.mark.clause("safeit-140")),
        pytest.param("compusoft", None, 8, marks=pytest.mark.clause("compusoft-038")),
        pytest.param("vicevaert", None, 8, marks=pytest.mark.clause("vicevaert-113")),
    ],
)
def test_invoices_fall_due_as_the_terms_say(provider: str, product: str | None, days: int) -> None:
    found = ask(library_of(provider).version_on(DAY), PaymentTerm, on=DAY, product=product)
    assert found.rule is not None
    assert found.rule.days == days
    assert not found.is_house


@pytest.mark.clause("compusoft-039")
def test_six_percent_a_month_is_for_businesses_only() -> None:
    terms = library_of("compusoft").version_on(DAY)
    business = ask(terms, Interest, on=DAY, customer=CustomerKind.BUSINESS)
    consumer = ask(terms, Interest, on=DAY, customer=CustomerKind.CONSUMER)
    assert business.rule is not None
    assert str(business.rule.percent) in ("6", "6.00")
    assert consumer.rule is not None
    assert consumer.rule.method == "statutory"
    assert [str(citation) for citation in consumer.because] == ["Renteloven § 7", "compusoft 4.2"]


@pytest.mark.clause("safeit-047")
def test_safe_it_suspends_the_day_after_the_first_reminders_deadline() -> None:
    terms = library_of("safe-it").version_on(DAY)
    found = ask(terms, Suspension, on=DAY, selector=(("cause", "non-payment"),))
    assert found.rule is not None
    assert (found.rule.after_step, found.rule.wait_days) == (1, 1)
    assert found.because[0].requirements == ("safeit-047",)
    assert len(rules_of(terms, Reminder, on=DAY)) == 3


@pytest.mark.parametrize("kind", [Reminder, ReminderFee, Interest])
def test_servicepoint_says_nothing_of_late_payment(kind: type[Rule]) -> None:
    answers = rules_of(library_of("servicepoint").version_on(DAY), kind, on=DAY)
    assert not any(answer.may_act_alone for answer in answers)
