"""When may access be suspended, which services does that reach, and when is a delay a material breach?"""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.business.dunning.decisions.forecast import foresee
from servanda.business.dunning.decisions.ladder import next_step
from servanda.business.dunning.decisions.orders import PlaceHold, RecordBreach, SendReminder
from servanda.business.dunning.decisions.suspension import breach_due, hold_due
from servanda.business.dunning.decisions.terms import LadderTerms
from servanda.business.dunning.facts import Done, HeldService
from servanda.terms.clauses import CustomerKind
from servanda.terms.law_above import UNFAIR_TERM
from tests.business.dunning.unpaid import (
    BREACH,
    BUSINESS,
    CONSUMER,
    DUE,
    HELD,
    LADDER,
    LATE,
    MAIL,
    ONCE,
    PUBLIC,
    SERVER,
    SILENT,
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


@pytest.mark.clause("safeit-047", "safeit-197")
@pytest.mark.parametrize(
    ("story", "done", "today", "expected"),
    [
        ("no hold before the first letter", (noticed(),), december(22), "nothing"),
        ("nor before the second one was accepted", ONCE, december(22), "nothing"),
        ("on its day", TWICE, december(22), "hold.placed"),
        (
            "a second letter that came through later holds later",
            (*ONCE, reminded(2, december(29), until=january(4))),
            december(28),
            "waits for hold until 2026-12-29",
        ),
        ("it is placed once", HELD, december(29), "nothing"),
        ("and never after the end", (*TWICE, Done("contract.ended", december(23))), december(29), "nothing"),
    ],
)
def test_safe_it_holds_with_the_second_reminder_and_never_before_it(
    story: str, done: tuple[Done, ...], today: date, expected: str
) -> None:
    terms = terms_of("safe-it", "webhosting")
    facts = unpaid(*done, services=(replace(SITE, product="webhosting"),))
    assert said(hold_due(facts, terms, today=today)) == expected, story


def held_by(terms: LadderTerms, *services: HeldService) -> tuple[int, ...]:
    found = hold_due(unpaid(*TWICE, services=services), terms, today=december(22))
    return found.service_ids if isinstance(found, PlaceHold) else ()


OTHER = HeldService(9, "pc-security", "Birk's computer", is_on_invoice=False, is_held=False)


@pytest.mark.clause("safeit-047", "safeit-044")
def test_what_is_paid_stays_on_and_a_thing_sold_cannot_be_held() -> None:
    terms = terms_of("safe-it", "webhosting", beside="pc-security")
    site = replace(SITE, product="webhosting")
    assert held_by(terms, site, OTHER) == (1,)
    assert held_by(terms, replace(site, is_held=True), OTHER) == ()
    assert held_by(terms, OTHER) == ()
    assert held_by(terms_of("safe-it", "hardware"), SERVER) == ()
    assert held_by(LADDER, SITE, MAIL, SERVER) == (1,)


@pytest.mark.clause("safeit-044", "safeit-048")
@pytest.mark.parametrize(
    ("product", "is_suspendable"),
    [
        ("webhosting", True),
        ("m365-monthly", True),
        ("m365-yearly", True),
        ("pc-security", True),
        ("web-security", True),
        ("service-agreement", True),
        ("consulting", True),
        ("hardware", False),
    ],
)
def test_subscriptions_of_safe_it_can_be_held_and_a_hardware_sale_cannot(product: str, is_suspendable: bool) -> None:
    assert (product in terms_of("safe-it", product).suspendable) is is_suspendable


@pytest.mark.clause("compusoft-041", "vicevaert-123")
@pytest.mark.parametrize(
    ("provider", "product", "reached"),
    [("compusoft", "hosting", (1, 4)), ("vicevaert", "subscription", (1,))],
)
def test_a_hold_without_notice_is_a_persons_and_reaches_what_the_clause_says(
    provider: str, product: str, reached: tuple[int, ...]
) -> None:
    """CompuSoft may cut all services, Vicevært chosen ones: the unpaid are proposed, and a person may take more."""
    services = (replace(SITE, product=product), HeldService(4, product, "paid", is_on_invoice=False, is_held=False))
    facts = unpaid(noticed(), services=services)
    terms = terms_of(provider, product)
    assert said(hold_due(facts, terms, today=december(14))) == "waits for hold until 2026-12-15"
    found = hold_due(facts, terms, today=LATE)
    assert isinstance(found, PlaceHold)
    assert (found.decided_by, found.service_ids) == ("person", reached)
    assert found.is_adverse


@pytest.mark.clause("compusoft-041", "vicevaert-123")
@pytest.mark.parametrize(("provider", "product"), [("compusoft", "hosting"), ("vicevaert", "subscription")])
def test_a_consumer_is_held_only_after_the_deadline_of_an_accepted_warning(provider: str, product: str) -> None:
    terms = terms_of(provider, product, CONSUMER)
    facts = unpaid(noticed(), services=(replace(SITE, product=product),))
    assert hold_due(facts, terms, today=date(2027, 6, 1)) is None
    warned = facts.with_done(reminded(1, LATE, until=december(28)))
    assert said(hold_due(warned, terms, today=december(28))) == "waits for hold until 2026-12-29"
    found = hold_due(warned, terms, today=december(29))
    assert isinstance(found, PlaceHold)
    assert UNFAIR_TERM in found.because


@given(
    customer=st.sampled_from([BUSINESS, CONSUMER, PUBLIC]),
    provider=st.sampled_from([("compusoft", "hosting"), ("vicevaert", "subscription"), ("safe-it", "webhosting")]),
    lost=st.integers(0, 120),
)
def test_a_hold_of_a_consumer_always_has_a_letter_before_it(
    customer: CustomerKind, provider: tuple[str, str], lost: int
) -> None:
    terms = terms_of(*provider, customer)
    facts = unpaid(services=(replace(SITE, product=provider[1]),), customer_kind=customer)
    steps = list(foresee(facts, terms, today=LATE + timedelta(days=lost), until=date(2027, 12, 31)))
    (held,) = (step.on for step in steps if isinstance(step.order, PlaceHold))
    letters = [(step.on, step.order.deadline_on) for step in steps if isinstance(step.order, SendReminder)]
    assert held > DUE + timedelta(days=lost)
    if customer is CONSUMER:
        assert any(on < held and deadline < held for on, deadline in letters)


@pytest.mark.clause("compusoft-097")
@pytest.mark.parametrize(
    ("due_on", "done", "today", "expected"),
    [
        (date(2026, 12, 8), (noticed(december(9)),), december(16), "waits for breach until 2026-12-17"),
        (date(2026, 12, 8), (noticed(december(9)),), december(17), "breach.material"),
        (date(2026, 12, 8), (noticed(december(9)), Done("breach.material", december(17))), december(18), "nothing"),
        # Noticed a week late, so counted from a week later.
        (date(2026, 12, 8), (noticed(december(16)),), december(23), "waits for breach until 2026-12-24"),
        (None, (), january(31), "nothing"),
    ],
)
def test_more_than_eight_days_late_is_a_material_breach(
    due_on: date | None, done: tuple[Done, ...], today: date, expected: str
) -> None:
    assert said(breach_due(unpaid(*done, due_on=due_on), terms_of("compusoft", "hosting"), today=today)) == expected


def test_noting_a_breach_harms_nobody_and_needs_no_bank_day() -> None:
    terms = replace(SILENT, breach=BREACH)
    found = next_step(unpaid(noticed(), Done("not_specified", LATE)), terms, today=december(26))
    assert isinstance(found, RecordBreach)
    assert not found.is_adverse
    assert found.rule_on == december(23)


def test_terms_without_a_clause_hold_nothing() -> None:
    assert hold_due(unpaid(*TWICE), replace(LADDER, suspension=None), today=january(31)) is None
    assert breach_due(unpaid(*TWICE), LADDER, today=january(31)) is None
