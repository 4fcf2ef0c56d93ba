"""How long does a line run, what follows, and what must be stated before it can begin?"""

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servanda.business.contracts.decisions.concluding import (
    agreed_value,
    conclusion_objections,
    deviation_objection,
    interval_objection,
    term_objection,
    term_of,
)
from servanda.business.contracts.decisions.orders import EndLine, RenewLine, Wait
from servanda.business.contracts.decisions.renewing import look_again_on, next_step
from servanda.business.contracts.decisions.terms import conclusion_terms, ending_terms
from servanda.business.contracts.facts import Deviation, LineFacts, NewLine, RunningTerm
from servanda.ground.calendar import add_months
from servanda.ground.citation import Citation, requirements_of
from servanda.terms.clauses import BillingInterval, CustomerKind, SpecialAgreement
from servanda.terms.document import Agreement
from servanda.terms.resolving import ask
from servanda.terms.ruled import Ruled

BUSINESS = CustomerKind.BUSINESS
AgreementOf = Callable[[str], Agreement]
LineOf = Callable[..., LineFacts]
DAY = date(2026, 7, 1)


def new_line(product: str, *, began_on: date = DAY, months: int | None = None, special: str = "") -> NewLine:
    return NewLine(
        product_code=product,
        plan_code="plan",
        interval_months=12,
        began_on=began_on,
        term_months=months,
        special_reason=special,
    )


@pytest.mark.clause("simsoft-038")
@pytest.mark.clause("vicevaert-010")
@pytest.mark.parametrize(
    ("provider", "line", "last_day"),
    [
        ("simsoft", new_line("webhotel"), date(2027, 6, 30)),
        ("simsoft", new_line("webhotel", months=24), date(2028, 6, 30)),
        ("compusoft", new_line("hosting"), date(2027, 6, 30)),
        ("vicevaert", new_line("subscription", months=24), date(2028, 6, 30)),
        ("vicevaert", new_line("subscription", months=36), date(2029, 6, 30)),
        ("vicevaert", new_line("subscription", began_on=date(2026, 1, 31), months=1), date(2026, 2, 27)),
    ],
)
def test_a_line_runs_as_long_as_ordered_or_as_the_terms_say(
    agreement_of: AgreementOf, provider: str, line: NewLine, last_day: date
) -> None:
    terms = conclusion_terms(agreement_of(provider), product=line.product_code, customer=BUSINESS, on=DAY)
    term = term_of(line, terms)
    assert term is not None
    assert term.last_day == last_day


@pytest.mark.clause("safeit-211")
def test_a_service_agreement_has_no_term_and_refuses_one(agreement_of: AgreementOf) -> None:
    terms = conclusion_terms(agreement_of("safe-it"), product="service-agreement", customer=BUSINESS, on=DAY)
    rule = terms.terms["service-agreement"]
    assert term_of(new_line("service-agreement"), terms) is None
    assert term_objection(rule, None, asked_months=None, is_special=False) is None
    refused = term_objection(rule, None, asked_months=36, is_special=False)
    assert refused is not None
    assert "safeit-211" in requirements_of(refused.because)


@pytest.mark.clause("vicevaert-029")
@pytest.mark.parametrize(
    ("months", "special", "is_refused"),
    [
        (1, "", False),
        (12, "", False),
        (24, "", False),
        (36, "", False),
        (18, "", True),
        (6, "", True),
        (18, "Aftalt med direktøren", False),
        (None, "", True),
    ],
)
def test_vicevaert_sells_four_lengths_and_others_only_by_special_agreement(
    agreement_of: AgreementOf, months: int | None, special: str, is_refused: bool
) -> None:
    terms = conclusion_terms(agreement_of("vicevaert"), product="subscription", customer=BUSINESS, on=DAY)
    found = conclusion_objections([new_line("subscription", months=months, special=special)], terms, sheet="")
    assert bool(found) is is_refused
    assert all("vicevaert-029" in requirements_of(objection.because) for objection in found)


def test_a_line_whose_notice_counts_to_an_end_needs_one(agreement_of: AgreementOf) -> None:
    terms = conclusion_terms(agreement_of("safe-it"), product="m365-yearly", customer=BUSINESS, on=DAY)
    assert conclusion_objections([new_line("m365-yearly")], terms, sheet="")
    assert not conclusion_objections([new_line("m365-yearly", months=12)], terms, sheet="")


def test_an_interval_that_is_not_offered_is_refused_and_a_thing_sold_once_has_none() -> None:
    offered = Ruled(BillingInterval(months=(1, 12)), (Citation("terms", "3"),))
    assert interval_objection(offered, months=12) is None
    assert interval_objection(offered, months=0) is None
    assert interval_objection(offered, months=3) is not None


@pytest.mark.clause("compusoft-042")
@pytest.mark.parametrize(("sheet", "is_refused"), [("", True), ("  ", True), ("CRM, 12 users, 200 GB", False)])
def test_a_compusoft_contract_needs_its_scope_sheet(agreement_of: AgreementOf, sheet: str, is_refused: bool) -> None:
    terms = conclusion_terms(agreement_of("compusoft"), product="hosting", customer=BUSINESS, on=DAY)
    found = conclusion_objections([new_line("hosting")], terms, sheet=sheet)
    assert bool(found) is is_refused
    assert all("compusoft-042" in requirements_of(objection.because) for objection in found)


@pytest.mark.clause("servicepoint-036")
def test_a_special_agreement_sets_the_limit_from_its_day(agreement_of: AgreementOf) -> None:
    answer = ask(agreement_of("servicepoint"), SpecialAgreement, on=DAY, product="cloudserver", customer=BUSINESS)
    assert answer.rule is not None
    special = Ruled(answer.rule, answer.because)
    limit = Deviation(
        about="resource limits", name="cpu-percent", value="90", since=DAY, reason="Data import", approved_by="eva"
    )
    later = Deviation(
        about="resource limits",
        name="cpu-percent",
        value="60",
        since=date(2026, 9, 1),
        until=date(2026, 10, 1),
        reason="Calm again",
        approved_by="eva",
    )
    assert deviation_objection(special, limit) is None

    def value_on(day: date) -> str | None:
        return agreed_value([later, limit], about="resource limits", name="cpu-percent", day=day)

    days = [date(2026, 6, 30), DAY, date(2026, 9, 1), date(2026, 10, 1)]
    assert [value_on(day) for day in days] == [None, "90", "60", "90"]


@pytest.mark.parametrize("change", [{"reason": " "}, {"approved_by": ""}, {"about": "price"}])
def test_a_special_agreement_without_reason_approver_or_clause_is_refused(
    agreement_of: AgreementOf, change: dict[str, str]
) -> None:
    answer = ask(agreement_of("servicepoint"), SpecialAgreement, on=DAY, product="cloudserver", customer=BUSINESS)
    assert answer.rule is not None
    values = {"about": "resource limits", "reason": "Data import", "approved_by": "eva"} | change
    deviation = Deviation(
        name="cpu-percent",
        value="90",
        since=DAY,
        about=values["about"],
        reason=values["reason"],
        approved_by=values["approved_by"],
    )
    assert deviation_objection(Ruled(answer.rule, answer.because), deviation) is not None
    assert deviation_objection(None, deviation) is not None


@pytest.mark.clause("simsoft-037")
@pytest.mark.clause("compusoft-036")
@pytest.mark.clause("vicevaert-031")
@pytest.mark.parametrize(
    ("provider", "product", "months", "until", "requirement"),
    [
        ("simsoft", "webhotel", 12, date(2028, 7, 1), "simsoft-037"),
        ("compusoft", "hosting", 12, date(2028, 7, 1), "compusoft-036"),
        ("compusoft", "hosting", 24, date(2028, 7, 1), "compusoft-036"),
        ("vicevaert", "subscription", 12, date(2028, 7, 1), "vicevaert-031"),
        ("vicevaert", "subscription", 36, date(2030, 7, 1), "vicevaert-031"),
    ],
)
def test_a_term_without_notice_is_followed_by_the_next_on_the_day_after(
    agreement_of: AgreementOf,
    line_of: LineOf,
    provider: str,
    product: str,
    months: int,
    until: date,
    requirement: str,
) -> None:
    renewal = ending_terms(agreement_of(provider), product=product, customer=BUSINESS, on=DAY).renewal
    line = line_of(product_code=product, term_months=months, began_on=add_months(date(2027, 7, 1), -months))
    waiting = next_step(line, renewal, today=date(2027, 6, 30))
    assert isinstance(waiting, Wait)
    assert waiting.until == date(2027, 7, 1)
    due = next_step(line, renewal, today=date(2027, 7, 1))
    assert isinstance(due, RenewLine)
    assert (due.passed_until, due.until) == (date(2027, 7, 1), until)
    assert requirement in requirements_of(due.because)


@pytest.mark.clause("safeit-106")
@pytest.mark.parametrize(
    ("story", "changes", "today", "expected"),
    [
        ("before its last day it waits", {"until": date(2027, 7, 1)}, date(2027, 6, 30), Wait),
        ("the day after it ends", {"until": date(2027, 7, 1)}, date(2027, 7, 1), EndLine),
        ("late notice: first renewed", {"until": date(2028, 7, 1)}, date(2027, 7, 1), RenewLine),
        ("ended lines are left alone", {"until": date(2027, 7, 1), "is_ended": True}, date(2028, 1, 1), type(None)),
        ("open-ended lines wait for nothing", {"term_months": None, "term_until": None}, date(2030, 1, 1), type(None)),
        (
            "an open-ended line ends too",
            {"term_months": None, "term_until": None, "until": date(2027, 7, 1)},
            date(2027, 7, 2),
            EndLine,
        ),
        ("a question to a person holds the renewal", {"has_open_question": True}, date(2027, 7, 1), Wait),
    ],
)
def test_what_is_due_on_a_line(
    agreement_of: AgreementOf, line_of: LineOf, story: str, changes: dict[str, object], today: date, expected: type
) -> None:
    renewal = ending_terms(agreement_of("simsoft"), product="webhotel", customer=BUSINESS, on=DAY).renewal
    assert isinstance(next_step(line_of(**changes), renewal, today=today), expected), story


def test_where_terms_name_no_renewal_a_person_decides(line_of: LineOf) -> None:
    step = next_step(line_of(), None, today=date(2027, 7, 1))
    assert isinstance(step, Wait)
    assert step.until is None


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(1, 36), st.integers(1, 30))
def test_terms_count_from_the_first_day_however_often_they_are_renewed(began_on: date, months: int, times: int) -> None:
    term = RunningTerm(anchored_on=began_on, until=add_months(began_on, months), months=months)
    for _ in range(times):
        term = term.followed_by(months)
    assert term.until == add_months(began_on, months * (times + 1))


@pytest.mark.parametrize(
    ("term_until", "until", "expected"),
    [
        (None, None, None),
        (date(2027, 7, 1), None, date(2027, 7, 1)),
        (date(2027, 7, 1), date(2028, 7, 1), date(2027, 7, 1)),
        (date(2027, 7, 1), date(2027, 2, 1), date(2027, 2, 1)),
        (None, date(2027, 2, 1), date(2027, 2, 1)),
    ],
)
def test_a_line_is_looked_at_again_on_its_next_possible_day(
    term_until: date | None, until: date | None, expected: date | None
) -> None:
    assert look_again_on(term_until=term_until, until=until) == expected
