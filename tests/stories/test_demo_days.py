"""A demo company's day at the bank, beside the days of its payment providers."""

from datetime import date

import pytest

from servanda.business.billing.actions.sources import add_payment_account
from servanda.business.billing.facts import BankMovement, StatementDraft
from servanda.business.billing.queries import statements_of
from servanda.business.companies.actions import move_test_clock
from servanda.business.companies.queries import company as company_of
from servanda.business.dunning.actions import receive_statement
from servanda.faces.demo.companies import open_company
from servanda.faces.demo.life import live
from servanda.ground.calendar import moment_of
from servanda.ground.money import Money

pytestmark = pytest.mark.django_db
THURSDAY, FRIDAY = date(2026, 10, 1), date(2026, 10, 2)
PROVIDER = "BS81000001"
COLLECTED = Money(187_50)


def test_the_banks_statement_goes_on_from_the_banks_last_one_after_a_providers_statement_of_the_same_day() -> None:
    company = open_company("simsoft", clock_on=THURSDAY, at=moment_of(THURSDAY), today=THURSDAY)
    live(company, now=moment_of(THURSDAY))
    add_payment_account(company, PROVIDER, name="Betalingsservice")
    movement = BankMovement("C-1", 1, COLLECTED, THURSDAY, THURSDAY, "", "", "En kunde", "", False)
    told = StatementDraft(PROVIDER, "602-1", Money(0), COLLECTED, THURSDAY, THURSDAY, "602-1", "1.602", (movement,))
    receive_statement(company, told, today=THURSDAY, at=moment_of(THURSDAY))
    move_test_clock(company.company_id, to=FRIDAY)

    live(company_of(company.company_id), now=moment_of(FRIDAY))

    (newest,) = statements_of(company.company_id, account=company.iban, limit=1)
    assert (newest.opening_on, newest.opening, newest.closing) == (FRIDAY, Money(0), Money(0))
    assert {one.account for one in statements_of(company.company_id)} == {company.iban, PROVIDER}
