"""When may a contract be ended for non-payment, and what does the ending reach?"""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from msgspec import structs

from servanda.agreements.reading import library_of
from servanda.business.dunning.decisions.closing import closable, closure_due
from servanda.business.dunning.decisions.orders import EndContract
from servanda.business.dunning.decisions.reading import ladder_terms
from servanda.business.dunning.facts import Done, HeldService
from servanda.terms.clauses import CustomerKind, Reminder, Rule, Suspension
from servanda.terms.document import Agreement
from tests.business.dunning.unpaid import (
    BUSINESS,
    CLOSED,
    CLOSURE,
    CONSUMER,
    HELD,
    ISSUED,
    LADDER,
    LATE,
    MAIL,
    SITE,
    TWICE,
    december,
    january,
    noticed,
    reminded,
    said,
    terms_of,
    unpaid,
)


@pytest.mark.clause("safeit-050")
@pytest.mark.parametrize(
    ("story", "done", "today", "expected"),
    [
        ("nothing is closed that was not held", TWICE, date(2027, 6, 1), "nothing"),
        ("fourteen whole days pass after the hold", HELD, january(5), "waits for closure until 2027-01-06"),
        ("then a person may close", HELD, january(6), "contract.ended by person"),
        (
            "a hold of a later day closes later",
            (*TWICE, Done("hold.placed", december(28))),
            january(11),
            "waits for closure until 2027-01-12",
        ),
        (
            "a day without banks moves to the next",
            (*TWICE, Done("hold.placed", december(16))),
            december(30),
            "waits for closure until 2027-01-04",
        ),
        ("it is closed once", CLOSED, date(2027, 6, 1), "nothing"),
    ],
)
def test_safe_it_may_close_fourteen_days_after_the_hold(
    story: str, done: tuple[Done, ...], today: date, expected: str
) -> None:
    terms = terms_of("safe-it", "webhosting")
    assert said(closure_due(unpaid(*done), terms, today=today)) == expected, story


@pytest.mark.clause("vicevaert-122")
def test_vicevaert_may_end_the_subscription_the_day_after_the_due_day_if_a_person_says_so() -> None:
    terms = terms_of("vicevaert", "subscription")
    assert said(closure_due(unpaid(), terms, today=december(14))) == "waits for closure until 2026-12-15"
    assert said(closure_due(unpaid(noticed()), terms, today=LATE)) == "contract.ended by person"


@pytest.mark.clause("compusoft-096")
def test_compusoft_may_end_only_upon_a_material_breach() -> None:
    terms = terms_of("compusoft", "hosting")
    assert closure_due(unpaid(noticed()), terms, today=date(2027, 6, 1)) is None
    breached = unpaid(noticed(), Done("breach.material", december(23)))
    assert said(closure_due(breached, terms, today=december(23))) == "contract.ended by person"
    assert said(closure_due(unpaid(Done("breach.material", december(26))), terms, today=december(26))) == (
        "waits for closure until 2026-12-28"
    )


@pytest.mark.clause("compusoft-096", "vicevaert-122")
@pytest.mark.parametrize(
    ("provider", "product", "premise"),
    [
        ("compusoft", "hosting", (Done("breach.material", december(17)),)),
        ("vicevaert", "subscription", ()),
    ],
)
def test_a_consumers_contract_is_not_ended_before_the_deadline_of_a_warning(
    provider: str, product: str, premise: tuple[Done, ...]
) -> None:
    terms = terms_of(provider, product, CONSUMER)
    assert closure_due(unpaid(noticed(), *premise), terms, today=date(2027, 6, 1)) is None
    warned = unpaid(noticed(), *premise, reminded(1, LATE, until=december(28)))
    assert said(closure_due(warned, terms, today=december(28))) == "waits for closure until 2026-12-29"
    assert said(closure_due(warned, terms, today=december(29))) == "contract.ended by person"


@pytest.mark.parametrize(("customer", "warning_step"), [(BUSINESS, None), (CONSUMER, 1)])
def test_only_consumers_must_be_warned_by_law(customer: CustomerKind, warning_step: int | None) -> None:
    assert terms_of("compusoft", "hosting", customer).warning_step == warning_step


def without(kinds: tuple[type[Rule], ...]) -> Agreement:
    """Return Compusoft's terms with all rules of the kinds left out."""
    agreement = library_of("compusoft").version("11")
    clauses = (
        replace(clause, rules=tuple(placed for placed in clause.rules if not isinstance(placed.rule, kinds)))
        for clause in agreement.clauses
    )
    return replace(agreement, clauses=tuple(clauses), sha256=f"without {kinds}")


@pytest.mark.parametrize("kinds", [(Suspension,), (Suspension, Reminder)])
@pytest.mark.parametrize(("customer", "is_warned"), [(BUSINESS, False), (CONSUMER, True)])
def test_terms_that_close_without_ever_suspending_warn_a_consumer_too(
    kinds: tuple[type[Rule], ...], customer: CustomerKind, is_warned: bool
) -> None:
    products = frozenset({"hosting"})
    terms = ladder_terms(without(kinds), customer, products, products, ISSUED)
    assert (terms.warning_step is not None) is is_warned
    if is_warned:
        assert terms.warning_step in {letter.rule.step for letter in terms.reminders}
        late = unpaid(noticed(), Done("breach.material", december(17)))
        assert closure_due(late, terms, today=date(2027, 6, 1)) is None


PAID = HeldService(4, "hosting", "paid.example", is_on_invoice=False, is_held=False)


@pytest.mark.clause("safeit-050", "compusoft-096")
@pytest.mark.parametrize(
    ("scope", "services", "reached"),
    [
        ("unpaid services", (SITE, PAID), (1,)),
        ("contract", (SITE, PAID), (1, 4)),
        ("unpaid services", (PAID,), ()),
        ("contract", (), ()),
    ],
)
def test_an_ending_reaches_the_unpaid_services_or_the_contract(
    scope: Any, services: tuple[HeldService, ...], reached: tuple[int, ...]
) -> None:
    rule = type(CLOSURE.rule)(cause="non-payment", counted_from="due", wait_days=1, scope=scope, decided_by="person")
    facts = unpaid(noticed(), services=services)
    assert closable(facts, rule) == reached
    found = closure_due(facts, replace(LADDER, closure=replace(CLOSURE, rule=rule)), today=LATE)
    assert (found.service_ids if isinstance(found, EndContract) else ()) == reached


def test_a_thing_sold_once_cannot_be_ended() -> None:
    assert closure_due(unpaid(noticed(), services=()), terms_of("vicevaert", "hardware"), today=LATE) is None


def test_terms_without_a_clause_end_nothing() -> None:
    assert closure_due(unpaid(*HELD, services=(SITE, MAIL)), replace(LADDER, closure=None), today=january(6)) is None


def test_days_on_which_dunning_stood_still_do_not_bring_the_closing_nearer() -> None:
    terms = terms_of("safe-it", "webhosting")
    held = (*TWICE, Done("hold.placed", december(22), paused_days=30))
    assert said(closure_due(unpaid(*held), terms, today=january(20))) == "waits for closure until 2027-02-05"


def test_the_end_of_a_contract_reaches_no_service_of_another_contract() -> None:
    rule = structs.replace(CLOSURE.rule, scope="contract")
    elsewhere = replace(MAIL, is_in_contract=False)
    assert closable(unpaid(services=(SITE, MAIL)), rule) == (SITE.service_id, MAIL.service_id)
    assert closable(unpaid(services=(SITE, elsewhere)), rule) == (SITE.service_id,)
