"""A company with invoices, a bank that tells of payments, and drivers in memory."""

from datetime import date

import pytest
from pytest_django import Settings

from servanda.ground.money import Money
from servanda.simulation import drivers
from tests.business.billing.bank import Bank
from tests.cast import ALMA, BIRK
from tests.stories.world import World

BEGAN_ON = date(2026, 8, 2)  # billed at the end of a month, which is
BEGINS_ON = date(2026, 9, 1)
NET = Money(1_000_00)


@pytest.fixture(autouse=True)
def memory_drivers(settings: Settings) -> None:
    settings.DRIVERS = "servanda.simulation.drivers"
    settings.DAILY_LIFE = ""
    drivers.post.cache_clear()


@pytest.fixture
def bank(db: None) -> Bank:
    """The bank of a company to which Alma and Birk each owe 1250.00 on an invoice of today."""
    world = World("safe-it", BEGINS_ON)
    alma, birk = (world.customer(one, "hosting-monthly", began_on=BEGAN_ON, price=NET) for one in (ALMA, BIRK))
    world.round()
    return Bank(world, alma, birk)
