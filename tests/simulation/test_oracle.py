"""The oracle by itself: its days beside an independent list, its sums beside examples that a person can follow."""

from datetime import date, timedelta

import holidays
import pytest

from servanda.ground.calendar import add_months, is_bank_day
from servanda.oracle.days import banks_are_open, months_later
from servanda.oracle.owed import (
    Asked,
    Bought,
    Reminded,
    balance,
    due_day,
    fees_allowed,
    interest_on,
    periods_of,
    price_of,
    run_day,
    term_days,
    vat_on,
)
from servanda.oracle.terms import rules_in


def test_banks_are_closed_on_the_days_of_an_independent_list() -> None:
    closed = holidays.country_holidays("DK", years=range(2020, 2035), language="da")
    own = {(6, 5), (12, 24), (12, 31)}
    day = date(2020, 1, 1)
    while day < date(2035, 1, 1):
        ascension = "himmelfart" in closed.get(day - timedelta(days=1), "")
        expected = day.weekday() < 5 and day not in closed and (day.month, day.day) not in own and not ascension
        assert banks_are_open(day) == expected, day
        assert banks_are_open(day) == is_bank_day(day), day
        day += timedelta(days=1)


@pytest.mark.parametrize("months", [1, 3, 12, 13])
def test_months_are_counted_alike_from_every_day_of_a_year(months: int) -> None:
    for number in range(366):
        day = date(2024, 1, 1) + timedelta(days=number)
        assert months_later(day, months) == add_months(day, months)


def test_interest_grows_day_by_day_and_a_payment_stops_it_on_its_day() -> None:
    asked = Asked(
        total_minor=1_000_000,
        issued_on=date(2025, 1, 2),
        received_on=date(2025, 1, 2),
        due_on=date(2025, 1, 16),
        is_term_agreed=True,
        payments=((date(2025, 2, 15), 500_000),),
    )
    # 30 days of 10,000.00 and 10 days of 5,000.00 at 2.75 + 8 percent: 88.36 and 14.73, rounded once.
    assert interest_on(asked, until=date(2025, 2, 25)) == 10308


def test_a_month_that_was_cut_off_costs_its_days() -> None:
    bought = Bought(unit_minor=31_00, quantity=2, months=1, began_on=date(2025, 1, 1))
    assert list(periods_of(bought, until=date(2025, 3, 1)))[1] == (date(2025, 2, 1), date(2025, 3, 1))
    assert price_of(bought, date(2025, 1, 1), date(2025, 1, 11)) == 20_00


def test_vat_due_days_fees_and_balances() -> None:
    assert (vat_on(10), vat_on(2), vat_on(1)) == (3, 1, 0)
    assert due_day(date(2025, 4, 10), 7) == date(2025, 4, 22)  # Maundy Thursday to Easter Monday lie between
    letters = [Reminded(date(2025, 1, 1) + timedelta(days=10 * number), 100_00) for number in range(5)]
    assert fees_allowed(letters) == 300_00
    assert fees_allowed([Reminded(date(2025, 1, 1), 100_00), Reminded(date(2025, 1, 10), 100_00)]) == 100_00
    assert balance(invoices=(1000,), credit_notes=(200,), charges=(100,), money_in=(500, 600)) == -200


def test_the_terms_are_read_from_their_text() -> None:
    rules = rules_in(
        "## 1\n```toml payment-term\ndays = 8\n```\n```toml payment-term\ndays = 30\nproducts = ['a']\n```\n"
    )
    assert term_days(rules["payment-term"], product="a", customer="business") == (30, "invoice date")
    assert term_days(rules["payment-term"], product="b", customer="business") == (8, "invoice date")
    assert run_day([{"day": "period start", "lead_days": 8}], product="a", since=date(2025, 1, 9)) == date(2025, 1, 1)
    assert run_day([{"day": "last working day of month"}], product="a", since=date(2025, 5, 4)) == date(2025, 5, 30)
