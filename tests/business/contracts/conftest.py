"""A line and the five agreements, for the tests of contracts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from servanda.agreements.reading import library_of
from servanda.business.contracts.facts import LineFacts
from servanda.terms.clauses import CustomerKind
from servanda.terms.document import Agreement

AgreementOf = Callable[[str], Agreement]
LineOf = Callable[..., LineFacts]

_LINE = LineFacts(
    line_id=7,
    contract_id=3,
    contract_number="K-3",
    company_id=1,
    customer_id=5,
    customer_kind=CustomerKind.BUSINESS,
    terms_version="1",
    terms_language="da",
    concluded_on=date(2026, 7, 1),
    concluded_how="signed order",
    product_code="subscription",
    plan_code="plan",
    description="",
    quantity=1,
    own_price=None,
    interval_months=12,
    began_on=date(2026, 7, 1),
    term_months=12,
    term_until=date(2027, 7, 1),
    until=None,
    end_cause="",
    is_ended=False,
    has_open_question=False,
)


@pytest.fixture
def agreement_of() -> AgreementOf:
    """Gives a provider's newest Danish terms."""
    return lambda provider: library_of(provider).version(library_of(provider).versions[-1])


@pytest.fixture
def line_of() -> LineOf:
    """Gives a business's line with a year's term from 1 July 2026, changed as asked."""
    return lambda **changes: replace(_LINE, **changes)
