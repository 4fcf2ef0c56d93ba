"""Which clauses of the installed agreements cannot be enforced as they are written: these, and no other."""

from datetime import date

import pytest

from servanda.agreements import PROVIDERS
from servanda.agreements.reading import catalogue_of, library_of
from servanda.business.contracts.decisions.changing import earliest_effect
from servanda.business.contracts.decisions.ending import ends_by_notice
from servanda.business.contracts.decisions.leaving import repayment
from servanda.business.contracts.decisions.orders import Ending
from servanda.business.contracts.decisions.terms import ending_terms
from servanda.business.contracts.facts import RunningTerm
from servanda.business.dunning.decisions.reading import ladder_terms
from servanda.ground.citation import Citation
from servanda.ground.law.consumers import CONSUMER_TERMINATION
from servanda.ground.money import Money
from servanda.ground.periods import Period
from servanda.terms.clauses import CustomerKind, Refund, Reminder, Rule, Suspension, TermsChange
from servanda.terms.conflicts import Conflict, conflicts_in
from servanda.terms.law_above import ruling_on
from servanda.terms.resolving import ask
from servanda.terms.ruled import Ruled
from tests.terms.conflict_cases import ALL, ASSOCIATION, BUSINESS, CONSUMER, DAY, PUBLIC, SPACING

# By reading each provider's terms beside the list, and not from what the program says.
OF_PROVIDERS: dict[str, set[tuple[str, str]]] = {
    "simsoft": {
        ("i", "2.6"),  # mail stopped after misuse
        ("c", "5.1"),  # thirty days before the end of a year
        ("c", "5.2"),
        ("c", "5.3"),
        ("k", "8.1"),  # left by a reply
        ("j", "12.1"),  # data in the USA
    },
    "servicepoint": {
        ("i", "2.1"),  # stopped at once
        ("d", "2.2"),  # nothing back
        ("l", "10.7"),  # no liability for leaks and lost data
    },
    "safe-it": {
        ("f", "2.7"),  # five days of silence
        ("a", "3.2"),  # the second letter a week after the first
        ("o", "3.8"),
        ("o", "3.9"),
        ("c", "4.4"),  # yearly licences run to their agreed end
        ("h", "5.1"),
        ("h", "5.2"),
        ("h", "5.3"),
        ("h", "5.4"),
        ("i", "13.5"),
        ("e", "16.1"),  # a year of warranty on hardware
        ("l", "16.5"),
        ("l", "16.7"),  # the vendor's terms limit our liability
        ("o", "30.5"),  # a copy for a fee
        ("i", "34.2"),  # content taken down
    },
    "compusoft": {
        ("c", "2.2"),  # six months
        ("c", "2.3"),  # a hundred and eighty days
        ("b", "4.2"),  # six percent for each started month
        ("n", "5.1"),
        ("i", "5.2"),
        ("n", "5.5"),
        ("d", "5.5"),  # payment goes on after the rescission
        ("l", "7.2"),  # a fault that is provably ours alone
        ("h", "8.2"),
        ("h", "8.3"),
        ("h", "8.4"),
        ("h", "8.5"),
        ("l", "17.1"),
        ("l", "17.2"),
        ("l", "17.3"),
        ("m", "17.5"),  # the court in Odense
    },
    "vicevaert": {
        ("h", "1.2"),
        ("h", "2.3"),
        ("c", "2.7"),
        ("h", "2.8"),
        ("e", "4.3"),  # hardware on the maker's conditions
        ("d", "5.2"),  # no return
        ("e", "5.2"),  # software as it is
        ("l", "7.4"),  # no damages for delay
        ("e", "8.1"),  # five days
        ("e", "8.2"),
        ("l", "8.2"),
        ("l", "10.1"),
        ("l", "10.2"),
        ("l", "10.3"),
        ("l", "10.4"),  # outsiders who get in
        ("h", "12.2"),
        ("h", "13.1"),
        ("n", "14.5a"),
        ("o", "14.5a"),
        ("e", "15.1"),
        ("i", "16.3"),
        ("m", "19.1"),  # Københavns Byret
    },
}


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_installed_agreements_have_these_conflicts_and_no_other(provider: str) -> None:
    found = conflicts_in(library_of(provider).version_on(DAY), on=DAY, catalogue=catalogue_of(provider))
    assert {(each.letter, each.citation.clause) for each in found} == OF_PROVIDERS[provider]


@pytest.mark.parametrize(
    ("provider", "clause", "letter", "against"),
    [
        pytest.param("compusoft", "4.2", "b", {CONSUMER, PUBLIC, BUSINESS, ASSOCIATION}),
        pytest.param("compusoft", "17.5", "m", {CONSUMER}),
        pytest.param("vicevaert", "8.1", "e", {CONSUMER}),
        pytest.param("safe-it", "3.2", "a", set(ALL)),
        pytest.param("servicepoint", "2.2", "d", set(ALL)),
        pytest.param("simsoft", "5.1", "c", {CONSUMER}),
    ],
)
def test_conflicts_of_the_installed_agreements_name_whom_they_are_against(
    provider: str, clause: str, letter: str, against: set[CustomerKind]
) -> None:
    found = conflicts_in(library_of(provider).version_on(DAY), on=DAY, catalogue=catalogue_of(provider))
    named = [each for each in found if (each.citation.clause, each.letter) == (clause, letter)]
    assert {kind for each in named for kind in each.against} == against


@pytest.mark.parametrize("provider", PROVIDERS)
def test_what_is_said_to_be_carried_out_is_what_the_agreement_answers(provider: str) -> None:
    agreement = library_of(provider).version_on(DAY)
    rules = {placed.line: placed.rule for clause in agreement.clauses for placed in clause.rules}
    for conflict in conflicts_in(agreement, on=DAY, catalogue=catalogue_of(provider)):
        for customer in conflict.against:
            assert_is_answered(conflict, rules[conflict.line], customer)


def assert_is_answered(conflict: Conflict, rule: Rule, customer: CustomerKind) -> None:
    ruling = ruling_on(rule, customer=customer, on=DAY)
    heard = (*ruling.because, *ruling.law_beside, *filter(None, (ruling.forbidden_by, ruling.needs_warning)))
    if isinstance(rule, Reminder) and conflict.provision not in heard:
        assert str(conflict.provision) == SPACING  # lies between two letters
        return
    assert conflict.provision in heard
    if conflict.severity == "void":
        assert ruling.rule is not None or ruling.forbidden_by is not None
    if isinstance(rule, Suspension) and conflict.letter == "n":
        assert ruling.needs_warning == conflict.provision


def test_an_english_document_carries_no_rules_and_so_no_conflicts() -> None:
    english = library_of("compusoft").version("11", "en")
    assert conflicts_in(english, on=DAY) == ()


def provisions(provider: str, clause: str, letter: str, customer: CustomerKind) -> set[Citation]:
    """Return the provisions that a clause is told to yield to, and to which the decisions are said to yield."""
    found = conflicts_in(library_of(provider).version_on(DAY), on=DAY, catalogue=catalogue_of(provider))
    return {
        each.provision
        for each in found
        if (each.citation.clause, each.letter) == (clause, letter) and customer in each.against and each.is_overridden
    }


@pytest.mark.parametrize("customer", ALL)
def test_a_notice_ends_by_law_exactly_for_whom_it_is_told(customer: CustomerKind) -> None:
    agreement = library_of("compusoft").version_on(DAY)
    ending = ends_by_notice(
        ending_terms(agreement, product="hosting", customer=customer, on=DAY),
        term=RunningTerm(anchored_on=date(2026, 1, 1), until=date(2027, 1, 1), months=12),
        noticed_on=DAY,
        customer=customer,
        concluded_on=date(2026, 1, 1),
    )
    told = provisions("compusoft", "2.2", "c", customer)
    assert (CONSUMER_TERMINATION in ending.because) == (CONSUMER_TERMINATION in told)
    assert isinstance(ending, Ending)
    assert ending.ends_on == (date(2026, 12, 31) if customer is CONSUMER else date(2027, 12, 31))


@pytest.mark.parametrize("customer", ALL)
def test_interest_and_suspension_follow_the_law_exactly_for_whom_it_is_told(customer: CustomerKind) -> None:
    agreement = library_of("compusoft").version_on(DAY)
    products = frozenset({"hosting"})
    ladder = ladder_terms(agreement, customer, products, products, DAY)
    assert ladder.interest is not None
    assert ladder.suspension is not None
    assert (ladder.interest.rule.method == "statutory") == bool(provisions("compusoft", "4.2", "b", customer))
    is_warned = ladder.suspension.rule.counted_from == "reminder deadline"
    assert is_warned == bool(provisions("compusoft", "5.1", "n", customer))


@pytest.mark.parametrize("customer", ALL)
def test_a_change_waits_for_the_law_exactly_for_whom_it_is_told(customer: CustomerKind) -> None:
    agreement = library_of("compusoft").version_on(DAY)
    larger = ask(agreement, TermsChange, on=DAY, customer=customer, selector=(("change", "larger"),))
    assert larger.rule is not None
    rules = (Ruled(larger.rule, larger.because),)
    effect = earliest_effect(rules, sent_on=date(2026, 7, 1), customer=customer, concluded_on=date(2025, 1, 1))
    assert (CONSUMER_TERMINATION in effect.because) == bool(provisions("compusoft", "8.3", "h", customer))


@pytest.mark.parametrize("customer", ALL)
def test_what_was_prepaid_goes_back_exactly_to_whom_it_is_told(customer: CustomerKind) -> None:
    agreement = library_of("servicepoint").version_on(DAY)
    answer = ask(agreement, Refund, on=DAY, customer=customer, selector=(("cause", "customer default"),))
    assert answer.rule is not None
    paid = repayment(
        Ruled(answer.rule, answer.because),
        paid=Money(120_00),
        period=Period(date(2026, 1, 1), date(2027, 1, 1)),
        ended_on=date(2026, 6, 30),
        customer=customer,
    )
    assert paid is not None
    assert bool(paid.amount) == bool(provisions("servicepoint", "2.2", "d", customer))
