"""What an e-document needs, whether it may go out, and what follows from what became of it: tables of sentences."""

from dataclasses import replace
from datetime import date

import pytest

from servanda.business.customers.facts import CustomerDetails, CustomerFacts, Delivery
from servanda.business.einvoices.decisions import (
    ATTEMPTS_MAX,
    after_answer,
    after_hand_over,
    after_judgement,
    endpoint_of,
    hindrances,
    references_for,
)
from servanda.business.einvoices.facts import HandedOver, Judged, Problem, References, State
from servanda.business.letters.decisions import carrier_of
from servanda.terms.clauses import CustomerKind
from tests.cast import ALMA

PUBLIC = CustomerDetails(
    number="1009",
    kind=CustomerKind.PUBLIC,
    name="Nordlys Kommune",
    email="faktura@nordlys.example",
    ean="5798000000001",
)
SOME = References(person_reference="NIELS17")
NONE = References()
WRONG = Problem("F-INV134", "galt", "wrong")
HINT = Problem("W-1", "obs", "mind", is_warning=True)


def customer(details: CustomerDetails, **changed: object) -> CustomerFacts:
    details = replace(details, **changed)  # type: ignore[arg-type]
    return CustomerFacts(customer_id=1, company_id=1, details=details, created_on=date(2026, 1, 1))


@pytest.mark.parametrize(
    ("story", "to", "references", "codes"),
    [
        ("a public body with all of it", customer(PUBLIC), SOME, []),
        ("a public body with an order number", customer(PUBLIC), References(order_number="45"), []),
        ("a public body without a reference", customer(PUBLIC), NONE, ["no reference"]),
        ("a public body without a GLN", customer(PUBLIC, ean="", cvr="13748136"), SOME, ["no EAN number"]),
        ("a public body with neither", customer(PUBLIC, ean=""), NONE, ["no EAN number", "no reference"]),
        ("a GLN that cannot be", customer(PUBLIC, ean="5798000000002"), SOME, ["no EAN number"]),
        ("a business by its CVR", customer(ALMA), NONE, []),
        ("a business by its GLN", customer(ALMA, cvr="", ean="5798000000001"), NONE, []),
        ("a business without either", customer(ALMA, cvr=""), NONE, ["no endpoint"]),
        ("a business abroad, whatever its number", customer(ALMA, country="SE"), NONE, ["no endpoint"]),
    ],
)
def test_what_must_be_known_of_a_customer(
    story: str, to: CustomerFacts, references: References, codes: list[str]
) -> None:
    found = hindrances(to, references)
    assert [problem.code for problem in found] == codes, story
    assert all(problem.message("da") and problem.message("en") and problem.remedy("da") for problem in found)


def test_the_contract_stands_before_the_customer_field_by_field() -> None:
    to = customer(PUBLIC, order_number="45", person_reference="NIELS17")
    assert references_for(to, NONE) == References(order_number="45", person_reference="NIELS17")
    assert references_for(to, References(order_number="PO-7")) == References(
        order_number="PO-7", person_reference="NIELS17"
    )
    assert endpoint_of(to) == "5798000000001"


@pytest.mark.parametrize(
    ("kind", "delivery", "expected"),
    [
        (CustomerKind.PUBLIC, "", Delivery.OIOUBL),
        (CustomerKind.PUBLIC, "peppol", Delivery.PEPPOL),
        (CustomerKind.BUSINESS, "", Delivery.E_MAIL),
        (CustomerKind.BUSINESS, "oioubl", Delivery.OIOUBL),
        (CustomerKind.CONSUMER, "", Delivery.E_MAIL),
        (CustomerKind.ASSOCIATION, "", Delivery.E_MAIL),
    ],
)
def test_how_invoices_go_out(kind: CustomerKind, delivery: str, expected: Delivery) -> None:
    assert customer(PUBLIC, kind=kind, invoice_delivery=delivery).delivery is expected


@pytest.mark.parametrize(
    ("kind", "delivery", "carrier"),
    [
        ("invoice", "oioubl", "e-invoice"),
        ("credit note", "oioubl", "e-invoice"),
        ("reminder", "oioubl", "e-invoice"),
        ("hold", "oioubl", "mail"),
        ("closing", "oioubl", "mail"),
        ("invoice", "peppol", "e-invoice"),
        ("credit note", "peppol", "e-invoice"),
        ("reminder", "peppol", "mail"),
        ("invoice", "e-mail", "mail"),
        ("reminder", "e-mail", "mail"),
    ],
)
def test_what_carries_a_letter(kind: str, delivery: str, carrier: str) -> None:
    assert carrier_of(kind, customer(ALMA, invoice_delivery=delivery)) == carrier


@pytest.mark.parametrize(
    ("story", "judged", "state", "codes"),
    [
        ("all asked, nothing found", Judged(checked_with=("a", "b"), not_checked=()), State.CHECKED, []),
        (
            "a warning hinders nobody",
            Judged(checked_with=("a",), not_checked=(), problems=(HINT,)),
            State.CHECKED,
            ["W-1"],
        ),
        ("an error parks", Judged(checked_with=("a",), not_checked=(), problems=(WRONG,)), State.PARKED, ["F-INV134"]),
        ("a rule set is missing", Judged(checked_with=("a",), not_checked=("b",)), State.PARKED, ["no official rules"]),
        ("nothing was asked", Judged(checked_with=(), not_checked=()), State.PARKED, ["no official rules"]),
        (
            "an error counts before a missing set",
            Judged(checked_with=("a",), not_checked=("b",), problems=(WRONG,)),
            State.PARKED,
            ["F-INV134"],
        ),
    ],
)
def test_only_what_all_rules_were_asked_about_goes_out(
    story: str, judged: Judged, state: State, codes: list[str]
) -> None:
    step = after_judgement(judged)
    assert (step.state, [problem.code for problem in step.problems]) == (state, codes), story


@pytest.mark.parametrize(
    ("outcome", "attempts", "state", "is_tried_again"),
    [
        ("taken", 1, State.SENT, False),
        ("refused", 1, State.PARKED, False),
        ("later", 1, State.CHECKED, True),
        ("unknown", 1, State.UNCERTAIN, True),
        ("later", ATTEMPTS_MAX, State.PARKED, False),
        ("unknown", ATTEMPTS_MAX, State.PARKED, False),
        ("taken", ATTEMPTS_MAX, State.SENT, False),
    ],
)
def test_what_follows_from_handing_over(outcome: str, attempts: int, state: State, is_tried_again: bool) -> None:
    step = after_hand_over(HandedOver(outcome, "because"), attempts=attempts)
    assert (step.state, step.is_tried_again) == (state, is_tried_again)
    assert bool(step.problems) == (state is State.PARKED)


@pytest.mark.parametrize(
    ("state", "verdict", "expected"),
    [
        (State.SENT, "accepted", State.ACCEPTED),
        (State.SENT, "rejected", State.REJECTED),
        (State.SENT, "none", None),
        (State.SENDING, "accepted", State.ACCEPTED),
        (State.UNCERTAIN, "accepted", State.ACCEPTED),
        (State.UNCERTAIN, "rejected", State.REJECTED),
        (State.PARKED, "accepted", State.ACCEPTED),
        (State.ACCEPTED, "accepted", None),
        (State.ACCEPTED, "rejected", State.REJECTED),
        (State.REJECTED, "accepted", None),
        (State.REJECTED, "rejected", None),
        (State.DUE, "accepted", None),
        (State.CHECKED, "rejected", None),
        (State.REPLACED, "accepted", None),
    ],
)
def test_what_an_answer_makes_of_a_document(state: State, verdict: str, expected: State | None) -> None:
    assert after_answer(state, verdict, attempts=1) is expected


def test_a_parked_document_that_never_left_cannot_have_been_answered() -> None:
    assert after_answer(State.PARKED, "accepted", attempts=0) is None
