"""Two workers on one line: whoever comes second finds the step done."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection

from servanda.agreements.reading import company_of, library_of
from servanda.business.companies.actions import add_company
from servanda.business.contracts.actions import conclude_contract, take_next_step
from servanda.business.contracts.decisions.terms import conclusion_terms
from servanda.business.contracts.facts import Acceptance, NewLine
from servanda.business.contracts.queries import line
from servanda.business.customers.actions import add_customer
from servanda.business.customers.facts import CustomerDetails
from servanda.business.evidence.queries import events_of_subjects
from servanda.terms.clauses import CustomerKind

BEGAN = date(2026, 1, 31)
AT = datetime(2026, 5, 1, 7, 0, tzinfo=UTC)
TODAY = date(2026, 5, 1)


def test_two_rounds_at_once_renew_each_term_once(real_database: object) -> None:
    line_id = _line()

    def round_of_steps(_: int) -> int:
        try:
            return sum(take_next_step(line_id, today=TODAY, at=AT) is not None for _ in range(6))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as workers:
        assert sum(workers.map(round_of_steps, range(2))) == 3
    assert line(line_id).term_until == date(2026, 5, 31)
    assert len(events_of_subjects([f"line:{line_id}"])) == 3


def _line() -> int:
    card: dict[str, Any] = {
        field: getattr(company_of("vicevaert"), field) for field in company_of("vicevaert").__struct_fields__
    }
    company_id = add_company(**card, clock_on=TODAY).company_id
    details = CustomerDetails(
        number="1042", kind=CustomerKind.BUSINESS, name="Alma Prøve", email="alma@eksempel.example"
    )
    customer_id, _ = add_customer(company_id, details, today=BEGAN, at=AT)
    agreement = library_of("vicevaert").version("2023-09")
    made = conclude_contract(
        company_id=company_id,
        customer_id=customer_id,
        number="K-1",
        acceptance=Acceptance(version="2023-09", language="da", sha256=agreement.sha256, at=AT, how="portal"),
        began_on=BEGAN,
        lines=(
            NewLine(product_code="subscription", plan_code="mail", interval_months=1, began_on=BEGAN, term_months=1),
        ),
        terms=conclusion_terms(agreement, product="subscription", customer=CustomerKind.BUSINESS, on=BEGAN),
        today=BEGAN,
        at=AT,
    )
    return made.line_ids[0]
