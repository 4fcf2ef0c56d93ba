"""What may be agreed in place of the terms is read as in a document, stays below the law, and comes back as it was."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.agreements import PROVIDERS
from servanda.agreements.reading import library_of
from servanda.business.contracts.decisions.deviating import (
    citation_of,
    name_of,
    own_terms_from_json,
    own_terms_to_json,
    read_agreed,
    rule_of,
    with_the_persons_say,
    written_of,
)
from servanda.ground.citation import Citation
from servanda.terms.clauses import CustomerKind, Interest, PaymentTerm, Reminder, ReminderFee, Rule
from servanda.terms.document import Agreement
from servanda.terms.resolving import Deviation, ask

BUSINESS, CONSUMER = CustomerKind.BUSINESS, CustomerKind.CONSUMER
AgreementOf = Callable[[str], Agreement]
DAY = date(2026, 12, 1)
ALL_RULES = tuple(
    placed.rule
    for provider in PROVIDERS
    for clause in library_of(provider).version(library_of(provider).versions[-1]).clauses
    for placed in clause.rules
)


@pytest.mark.parametrize("kind", sorted({rule.kind for rule in ALL_RULES}))
def test_every_rule_of_the_agreements_could_be_agreed_and_comes_back_as_it_was(kind: str) -> None:
    for rule in ALL_RULES:
        if rule.kind == kind:
            assert rule_of(kind, written_of(rule)) == rule


@given(st.dictionaries(st.text(max_size=8), st.one_of(st.none(), st.text(), st.integers(), st.floats(), st.booleans())))
def test_whatever_is_written_is_read_or_told_of_and_never_a_crash(written: dict[str, object]) -> None:
    read = read_agreed("payment-term", {"days": 30, "counted_from": "receipt", **written})
    assert (read.placed is None) == bool(read.problems)


def test_an_agreement_keeps_no_reason_on_the_invoice_and_comes_back_with_its_citation() -> None:
    cited = citation_of(number="K-7", since=DAY, language="en")
    own = Deviation(PaymentTerm(days=30, counted_from="receipt"), "Birk is ill", DAY, date(2027, 1, 1), cited)
    stored = own_terms_to_json((own,))
    assert "Birk" not in str(stored)
    (back,) = own_terms_from_json(stored)
    assert (back.rule, back.since, back.until, back.citation) == (own.rule, own.since, own.until, cited)
    assert str(cited) == "Special agreement K-7, 2026-12-01"


@pytest.mark.parametrize(
    ("rule", "name"),
    [
        (PaymentTerm(days=30, counted_from="receipt"), "payment-term"),
        (PaymentTerm(days=30, counted_from="receipt", products=("b", "a")), "payment-term (a, b)"),
        (
            Reminder(step=2, sent_after="due", wait_days=1, deadline_days=5, deadline_from="due", products=("a",)),
            "reminder step 2 (a)",
        ),
    ],
)
def test_an_agreement_is_named_by_what_tells_it_apart(rule: Rule, name: str) -> None:
    assert name_of(rule) == name


def test_the_law_stands_above_what_a_consumer_agreed_to(agreement_of: AgreementOf) -> None:
    agreement = agreement_of("safe-it")
    fee = rule_of("reminder-fee", {"amount": "250.00", "fees_max": 9, "spacing_days": 1})
    interest = rule_of("interest", {"method": "percent per started month", "percent": "2.00"})
    own = tuple(Deviation(rule, "agreed", DAY, date(2027, 12, 1)) for rule in (fee, interest))
    asked_fee = ask(agreement, ReminderFee, on=DAY, customer=CONSUMER, deviations=own)
    assert asked_fee.rule is not None
    assert (asked_fee.rule.amount, asked_fee.rule.fees_max, asked_fee.rule.spacing_days) == (Decimal(100), 3, 10)
    assert asked_fee.overridden
    assert next(link.role for link in asked_fee.chain if link.role != "law above") == "deviation"
    rate = ask(agreement, Interest, on=DAY, customer=CONSUMER, deviations=own)
    assert rate.rule is not None
    assert rate.rule.method == "statutory"
    assert Citation("Special agreement", "with the customer") in rate.because


def test_agreed_figures_do_not_let_the_program_act_alone(agreement_of: AgreementOf) -> None:
    agreement = agreement_of("vicevaert")
    mine = rule_of(
        "suspension", {"cause": "non-payment", "counted_from": "due", "wait_days": 90, "scope": "all services"}
    )
    (stated,) = [
        placed.rule
        for clause in agreement.clauses
        for placed in clause.rules
        if placed.rule.kind == "suspension" and getattr(placed.rule, "cause", "") == "non-payment"
    ]
    assert (mine.decided_by, stated.decided_by) == ("system", "person")
    kept = with_the_persons_say(mine, agreement, customer=BUSINESS, on=DAY)
    assert kept.decided_by == "person"
