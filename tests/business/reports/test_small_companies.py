"""Companies with nothing, with one customer, over a leap day and over the hour that summer time takes."""

from dataclasses import replace
from datetime import date

import pytest

from servanda.business.reports.decisions.stretches import STRETCHES, stretch_between, stretch_named
from servanda.business.reports.facts import Basis, Wanted
from servanda.business.reports.queries import (
    LISTS,
    arrears_on,
    churn_of,
    expected_of,
    payments_of,
    products_of,
    revenue_of,
    rows_behind,
    vat_of_stretch,
)
from servanda.ground.money import Money, total_of
from tests.cast import ALMA
from tests.stories.world import World

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", STRETCHES)
def test_an_empty_company_has_reports_of_nothing(name: str) -> None:
    world = World("safe-it", date(2026, 11, 2))
    stretch = stretch_named(name, today=world.today)
    for basis in Basis:
        revenue = revenue_of(world.company_id, stretch, basis=basis)
        assert not revenue.total.net
        assert not revenue.unexplained
        assert not revenue.unbridged
    arrears = arrears_on(world.company_id, world.today, today=world.today)
    assert (arrears.customers, arrears.total, arrears.booked) == ((), Money(0), Money(0))
    assert arrears.paid.days_from_issue is None
    expected = expected_of(world.company, today=world.today)
    assert not any(one.to_invoice for one in expected.months)
    assert churn_of(world.company_id, stretch).reasons == ()
    assert vat_of_stretch(world.company_id, stretch).parts == ()
    assert products_of(world.company_id, stretch).products == ()
    payments = payments_of(world.company_id, stretch)
    assert (payments.received, payments.charges, payments.suspense_since) == ((), (), None)
    for rows in LISTS:
        found = rows_behind(world.company_id, rows, Wanted(), today=world.today)
        assert (found.count, found.rows) == (0, ())


def test_one_customer_with_one_yearly_line_earns_day_by_day_over_a_leap_day() -> None:
    world = World("safe-it", date(2027, 12, 31))
    world.customer(ALMA, "hosting-yearly", began_on=date(2027, 12, 31), price=Money(366_01))
    world.round()
    whole = stretch_between(date(2027, 1, 1), date(2028, 12, 31))
    assert revenue_of(world.company_id, whole).total.net == Money(366_01)
    found = revenue_of(world.company_id, whole, basis=Basis.ACCRUED)
    assert found.total.net == Money(366_01)
    by_month = {one.month.since: one.turnover.net for one in found.months}
    assert by_month[date(2027, 12, 1)] == Money(1_01)  # the first day has the øre that is left over
    assert by_month[date(2028, 2, 1)] == Money(29_00)
    assert by_month[date(2028, 3, 1)] == Money(31_00)  # summer time begins on the 26th, and its day is a day
    assert by_month[date(2028, 10, 1)] == Money(31_00)
    assert by_month[date(2028, 12, 1)] == Money(30_00)  # it ends on 30 December
    opening = revenue_of(
        world.company_id, stretch_between(date(2028, 3, 1), date(2028, 3, 31)), basis=Basis.ACCRUED
    ).opening
    assert opening is not None
    assert opening.not_yet_earned == Money(366_01 - 1_01 - 31_00 - 29_00)


def test_a_line_that_is_given_an_end_is_expected_to_it_and_costs_its_days() -> None:
    world = World("vicevaert", date(2026, 11, 2))
    customer_id = world.customer(ALMA, "office-monthly", began_on=date(2026, 11, 2), price=Money(310_00))
    world.live_until(date(2026, 11, 3))
    before = expected_of(world.company, today=world.today)
    assert before.month_income == Money(310_00)
    assert before.year_income == Money(3720_00)
    _end(customer_id, date(2027, 1, 11))
    after = expected_of(world.company, today=world.today)
    by_month = {one.month.since: one.to_invoice for one in after.months if one.to_invoice}
    assert by_month[date(2027, 1, 1)] == Money(90_00)  # nine of the thirty-one days from 2 January
    assert max(by_month) == date(2027, 1, 1)


def _end(customer_id: int, until: date) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "update contract_line set until = %s, end_cause = 'notice' where customer_id = %s returning id",
            [until, customer_id],
        )
        assert cursor.fetchone()


def test_a_customer_who_comes_back_is_not_new() -> None:
    world = World("vicevaert", date(2026, 11, 2))
    customer_id = world.customer(ALMA, "office-monthly", began_on=date(2026, 8, 1), price=Money(100_00))
    _end(customer_id, date(2026, 9, 30))
    again = replace(ALMA, number="1009", name="Birk")
    other = world.customer(again, "office-monthly", began_on=date(2026, 11, 2), price=Money(50_00))
    _move(other, customer_id)
    found = churn_of(world.company_id, stretch_between(date(2026, 8, 1), date(2026, 11, 30))).movements
    assert [(one.new, one.reactivated, one.churned) for one in found] == [
        (Money(100_00), Money(0), Money(0)),
        (Money(0), Money(0), Money(-100_00)),
        (Money(0), Money(0), Money(0)),
        (Money(0), Money(50_00), Money(0)),
    ]
    assert total_of(one.churned for one in found) == Money(-100_00)


def _move(customer_id: int, to: int) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("update contract_line set customer_id = %s where customer_id = %s", [to, customer_id])
