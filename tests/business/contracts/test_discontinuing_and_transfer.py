"""A service that is no longer offered ends for each customer by their own terms; an operator may be no worse than we are."""

from dataclasses import replace
from datetime import date

import msgspec
import pytest

from servanda.agreements.reading import library_of
from servanda.business.companies.actions import add_company
from servanda.business.companies.facts import CompanyFacts
from servanda.business.contracts.actions import (
    ContractRefused,
    Operator,
    agree_rule_deviation,
    approve_transfer,
    conclude_contract,
    discontinue,
    follow_discontinuations,
    plan_discontinuation,
    weigh_for_all,
)
from servanda.business.contracts.decisions.terms import conclusion_terms
from servanda.business.contracts.facts import Acceptance, DeviationDraft, NewLine
from servanda.business.contracts.queries import changes_of, lines_of_customer
from servanda.business.customers.actions import add_customer
from servanda.business.customers.facts import CustomerDetails
from servanda.business.evidence.actions import set_brake
from servanda.business.evidence.queries import warrant_of
from servanda.business.letters.actions import claim_letters, keep_document, letters_to_render, record_outcomes
from servanda.business.letters.facts import Outcome
from servanda.business.letters.queries import letters_of_customer
from servanda.ground.calendar import moment_of
from servanda.ground.money import Money
from servanda.terms.clauses import CustomerKind, Rule
from servanda.terms.document import Agreement, PlacedRule

pytestmark = pytest.mark.django_db

BEGAN = date(2025, 7, 1)
BY = ("staff:eva", "staff:ole")


def company(today: date, slug: str = "vicevaert") -> CompanyFacts:
    return add_company(
        slug=slug,
        name="Vært",
        legal_name="Vært (eksempel) ApS",
        cvr="99005203",
        address_lines=("Eksempelvej 1",),
        email="post@eksempel.example",
        phone="",
        web="",
        bank_registration="9995",
        bank_account="0000200202",
        iban="DK2999950000200202",
        fik_creditor="80000022",
        colour="#333333",
        language="da",
        fiscal_year_starts_month=1,
        clock_on=today,
    )


def customer(of: CompanyFacts, number: str, product: str, language: str = "da") -> int:
    agreement = library_of(of.slug).version(library_of(of.slug).versions[0])
    details = CustomerDetails(
        number=number,
        kind=CustomerKind.BUSINESS,
        name=f"Prøve {number}",
        email=f"k{number}@eksempel.example",
        language=language,
    )
    customer_id = add_customer(of.company_id, details, today=BEGAN, at=moment_of(BEGAN))[0]
    conclude_contract(
        company_id=of.company_id,
        customer_id=customer_id,
        number=f"K-{number}",
        acceptance=Acceptance(
            version=agreement.version, language="da", sha256=agreement.sha256, at=moment_of(BEGAN), how="import"
        ),
        began_on=BEGAN,
        lines=(
            NewLine(
                product_code=product,
                plan_code=f"{product}-plan",
                interval_months=12,
                began_on=BEGAN,
                term_months=12,
                own_price=Money(1_000_00),
                description="eksempel.example",
            ),
        ),
        terms=conclusion_terms(agreement, product=product, customer=CustomerKind.BUSINESS, on=BEGAN),
        today=BEGAN,
        at=moment_of(BEGAN),
        scope_sheet="alt",
    )
    return customer_id


def post_all(of: CompanyFacts, on: date, state: str = "accepted") -> None:
    for written in letters_to_render(of.company_id, limit=100):
        keep_document(written.letter_id, b"%PDF", at=moment_of(on))
    letters = claim_letters(of.company_id, limit=100, now=moment_of(on))
    assert letters
    record_outcomes(
        [Outcome(letter.letter_id, state, "250 ok") for letter in letters],
        at=moment_of(on),
        today=on,
        retry_at=moment_of(on),
    )


def stop(of: CompanyFacts, today: date, product: str = "subscription") -> int:
    return discontinue(of, product, reason="Leverandøren lukker.", by=BY, today=today, at=moment_of(today))


@pytest.mark.clause("vicevaert-110")
@pytest.mark.parametrize(("sent", "last_day"), [("2027-03-15", date(2027, 6, 30)), ("2027-04-01", date(2027, 7, 31))])
def test_a_discontinued_service_ends_three_months_after_the_notice_at_the_end_of_a_month(
    sent: str, last_day: date
) -> None:
    today = date.fromisoformat(sent)
    of = company(today)
    customer_id = customer(of, "1", "subscription")
    (planned,) = plan_discontinuation(of, "subscription", sent_on=today)
    assert planned.ends_on == last_day
    stop(of, today)
    assert follow_discontinuations(of, today=today, at=moment_of(today)) == 0
    post_all(of, today)
    assert follow_discontinuations(of, today=today, at=moment_of(today)) == 1
    assert follow_discontinuations(of, today=today, at=moment_of(today)) == 0
    (line,) = lines_of_customer(customer_id)
    assert line.until is not None
    assert (line.until - last_day).days == 1
    warrant = warrant_of(f"provider.exit:{line.line_id}:{today}")
    assert warrant is not None


def test_a_notice_that_was_not_delivered_ends_nothing() -> None:
    today = date(2027, 3, 15)
    of = company(today)
    customer_id = customer(of, "1", "subscription")
    stop(of, today)
    post_all(of, today, state="rejected")
    later = date(2028, 1, 1)
    assert follow_discontinuations(of, today=later, at=moment_of(later)) == 0
    assert lines_of_customer(customer_id)[0].until is None


def test_under_the_brake_the_line_runs_on_and_a_later_round_counts_from_its_own_day() -> None:
    today = date(2027, 3, 15)
    of = company(today)
    customer_id = customer(of, "1", "subscription")
    stop(of, today)
    post_all(of, today)
    set_brake(of.company_id, is_engaged=True, reason="prøve", by="staff:eva", today=today, at=moment_of(today))
    assert follow_discontinuations(of, today=today, at=moment_of(today)) == 0
    later = date(2027, 5, 3)
    set_brake(of.company_id, is_engaged=False, reason="prøve", by="staff:eva", today=later, at=moment_of(later))
    assert follow_discontinuations(of, today=later, at=moment_of(later)) == 1
    assert lines_of_customer(customer_id)[0].until == date(2027, 9, 1)


def test_the_letter_says_the_last_day_in_the_customers_language() -> None:
    today = date(2027, 3, 15)
    of = company(today)
    danish, english = customer(of, "1", "subscription"), customer(of, "2", "subscription", language="en")
    stop(of, today)
    assert "onsdag den 30. juni 2027" in letters_of_customer(danish)[0].text
    assert "Wednesday 30 June 2027" in letters_of_customer(english)[0].text


def agree_exit(customer_id: int, *, months: int, today: date, until: date) -> None:
    (line,) = lines_of_customer(customer_id)
    draft = DeviationDraft(
        kind="provider-exit",
        written={"cause": "discontinuation", "months": months, "counted_to": "month end"},
        since=today,
        until=until,
        reason="Aftalt ved ordren.",
        approved_by=BY,
    )
    agree_rule_deviation(line.contract_id, draft, today=today, at=moment_of(today), by=BY[0])


def test_a_longer_notice_that_was_agreed_counts_for_that_customer_only() -> None:
    today = date(2027, 3, 15)
    of = company(today)
    by_terms, own = customer(of, "1", "subscription"), customer(of, "2", "subscription")
    agree_exit(own, months=6, today=today, until=date(2029, 1, 1))
    planned = {plan.line.customer_id: plan.ends_on for plan in plan_discontinuation(of, "subscription", sent_on=today)}
    assert planned == {by_terms: date(2027, 6, 30), own: date(2027, 9, 30)}
    stop(of, today)
    assert "torsdag den 30. september 2027" in letters_of_customer(own)[0].text
    post_all(of, today)
    assert follow_discontinuations(of, today=today, at=moment_of(today)) == 2
    assert [lines_of_customer(one)[0].until for one in (by_terms, own)] == [date(2027, 7, 1), date(2027, 10, 1)]


@pytest.mark.parametrize(("delivered", "ended"), [(date(2027, 3, 20), 1), (date(2027, 4, 2), 0)])
def test_an_exit_by_an_agreement_alone_ends_nothing_when_the_notice_comes_after_it(delivered: date, ended: int) -> None:
    today = date(2027, 3, 15)
    of = company(today, "simsoft")
    customer_id = customer(of, "1", "webhotel")
    agree_exit(customer_id, months=3, today=today, until=date(2027, 4, 1))
    stop(of, today, "webhotel")
    post_all(of, delivered)
    assert follow_discontinuations(of, today=delivered, at=moment_of(delivered)) == ended
    assert (lines_of_customer(customer_id)[0].until is not None) == bool(ended)
    assert follow_discontinuations(of, today=date(2027, 5, 1), at=moment_of(date(2027, 5, 1))) == 0


def test_terms_without_such_an_exit_keep_the_service_running() -> None:
    today = date(2027, 3, 15)
    of = company(today, "simsoft")
    customer_id = customer(of, "1", "webhotel")
    with pytest.raises(ContractRefused, match="K-1 give no right to discontinue"):
        stop(of, today, "webhotel")
    assert not letters_of_customer(customer_id)


@pytest.mark.parametrize("by", [("staff:eva", "staff:eva"), ("staff:eva", "")])
def test_one_person_discontinues_and_transfers_nothing(by: tuple[str, str]) -> None:
    today = date(2027, 3, 15)
    of = company(today)
    with pytest.raises(ContractRefused, match="two different persons"):
        discontinue(of, "subscription", reason="x", by=by, today=today, at=moment_of(today))
    with pytest.raises(ContractRefused, match="two different persons"):
        transfer(of, ours(), today, by=by)


# --- Transfer of the technical operation ------------------------------------------------------------------------------


def ours() -> Agreement:
    return library_of("vicevaert").version("2023-09")


def offered(*changed: tuple[type[Rule], dict[str, object]], without: type[Rule] | None = None) -> Agreement:
    """Return an operator's offer: our own promises, with rules of some kinds changed or left out."""
    clauses = []
    for clause in ours().clauses:
        rules = []
        for placed in clause.rules:
            if without is not None and isinstance(placed.rule, without):
                continue
            rule = placed.rule
            for kind, values in changed:
                rule = msgspec.structs.replace(rule, **values) if isinstance(rule, kind) else rule
            rules.append(PlacedRule(rule, placed.line, placed.name))
        clauses.append(replace(clause, rules=tuple(rules)))
    return replace(ours(), provider="operator", clauses=tuple(clauses), sha256="0" * 64)


def transfer(of: CompanyFacts, offer: Agreement, today: date, by: tuple[str, str] = BY, days: int = 30) -> int:
    since = date.fromordinal(today.toordinal() + days)
    operator = Operator(name="Drift ApS", country="Danmark", since=since)
    return approve_transfer(of, operator, offer, reason="Bedre drift.", by=by, today=today, at=moment_of(today))


@pytest.mark.clause("vicevaert-111")
def test_an_operator_with_the_same_promises_is_approved_and_every_customer_is_told() -> None:
    today = date(2027, 3, 15)
    of = company(today)
    customer_id = customer(of, "1", "subscription")
    transfer(of, offered(), today)
    (letter,) = letters_of_customer(customer_id)
    assert "Drift ApS" in letter.text
    assert "onsdag den 14. april 2027" in letter.text
    (change,) = changes_of(of.company_id)
    assert change.draft.change == "transfer"
    assert {"vicevaert-111"} <= {name for citation in change.because for name in citation.requirements}


@pytest.mark.clause("vicevaert-111")
def test_worse_operating_terms_block_the_transfer_and_are_named() -> None:
    today = date(2027, 3, 15)
    of = company(today)
    customer(of, "1", "subscription")
    kind = next(
        type(placed.rule)
        for clause in ours().clauses
        for placed in clause.rules
        if placed.rule.kind in ("maintenance", "backup", "updates", "monitoring", "uptime")
    )
    with pytest.raises(ContractRefused, match="worse than version 2023-09"):
        transfer(of, offered(without=kind), today)
    assert not changes_of(of.company_id)
    (verdict,) = weigh_for_all(of, offered(without=kind))
    assert verdict.worse
    assert not verdict.is_allowed


def test_customers_have_time_to_object() -> None:
    today = date(2027, 3, 15)
    of = company(today)
    customer(of, "1", "subscription")
    with pytest.raises(ContractRefused, match="2027-04-14"):
        transfer(of, offered(), today, days=29)


def test_terms_that_do_not_allow_it_refuse() -> None:
    today = date(2027, 3, 15)
    of = company(today, "compusoft")
    customer(of, "1", "hosting")
    agreement = library_of("compusoft").version(library_of("compusoft").versions[0])
    with pytest.raises(ContractRefused, match="no clause that lets the operation be handed"):
        transfer(of, agreement, today)
