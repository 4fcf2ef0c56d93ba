"""One unpaid invoice per provider, lived day by day on the database, beside the timeline that the terms give."""

from datetime import date

import pytest

from servanda.ground.money import Money
from tests.cast import BIRK
from tests.stories.world import World

pytestmark = pytest.mark.django_db

NOVEMBER_30 = date(2026, 11, 30)


def test_safe_it_walks_an_unpaid_invoice_to_its_end() -> None:
    world = World("safe-it", NOVEMBER_30)
    birk = world.customer(BIRK, "hosting-monthly", began_on=date(2026, 11, 1), price=Money(10_000_00))
    world.live_until(date(2027, 2, 8))
    print(world.story_of(birk))
    assert False
