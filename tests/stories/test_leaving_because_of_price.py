"""A letter about a higher price that comes late leaves as much time to leave as one that came at once."""

from datetime import date

import pytest

from servanda.business.contracts.actions import leave_because_of_price
from servanda.business.contracts.facts import GivenNotice
from servanda.business.contracts.queries import lines_of_customer
from servanda.ground.calendar import moment_of
from servanda.ground.money import Money
from tests.cast import CARLA, EVA
from tests.stories.test_price_stories import FEBRUARY, announce, billed, new_price, price_letter
from tests.stories.world import World

pytestmark = pytest.mark.django_db

OCTOBER = date(2027, 10, 1)


@pytest.mark.parametrize(
    ("given_on", "until"), [(date(2027, 9, 5), OCTOBER), (date(2027, 9, 30), OCTOBER), (OCTOBER, None)]
)
def test_who_got_the_letter_late_may_leave_until_the_price_holds_for_them(given_on: date, until: date | None) -> None:
    """Carla is a consumer: her letter says 1 August, and comes on 5 August only, so the price holds from 1 October."""
    world = World("safe-it", date(2027, 1, 2))
    carla = world.customer(CARLA, "hosting-monthly", began_on=date(2027, 1, 1))
    new_price(world, "hosting-monthly", "99.00", since=FEBRUARY)
    change_id = announce(world, "hosting-monthly", since=FEBRUARY).change_id
    assert "Saturday 31 July 2027" in price_letter(carla).text
    world.sleep_until(date(2027, 8, 5))
    world.round()
    assert price_letter(carla).accepted_on == world.today
    world.round()
    world.sleep_until(given_on)
    (line,) = lines_of_customer(carla)
    given = GivenNotice(given_on=given_on, channel="e-mail")
    leave_because_of_price(change_id, line.line_id, given, today=given_on, at=moment_of(given_on), by=EVA)
    (line,) = lines_of_customer(carla)
    assert line.until == until
    world.sleep_until(date(2027, 10, 29))
    world.round()
    prices = billed(carla)
    assert {price for since, price in prices.items() if since < OCTOBER} == {Money(89_00)}
    assert prices.get(OCTOBER) == (None if until else Money(99_00))
